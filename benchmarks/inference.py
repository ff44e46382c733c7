"""How fast `python -m infer` starts, how many tokens it reads a second, and how much memory it takes."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import Worker, interleaved, middle, of_process
from benchmarks.table import Comparison
from infer import checkpoint
from infer.schema import InputError

Tell = Callable[[str], None]
TOLD = {
    "job": "the whole job: read, tag, assemble, link, write",
    "rules": "the whole job without the linker",
    "tagging": "texts to spans",
    "network": "ONNX Runtime alone, tokenized and batched before",
    "tuned": "transformers pipeline, batches of 32 by length, tags only",
    "pipeline": "transformers pipeline, a call a text, tags only",
}
SHORT = "On Monday gunmen killed two farmers near Gao.", "Three soldiers were wounded in Kidal on 4 May 2023."


def cold(report: Path, model: Path, repeats: int, tell: Tell) -> Comparison:
    """The command on one report against a script that only tags it."""
    commands = {
        "python -m infer": [*_infer(report, model), "--format", "json"],
        "transformers pipeline, tags only": _contender("tag", model, report),
    }
    runs = {name: lambda command=command: of_process(command) for name, command in commands.items()}
    for run in runs.values():
        run()  # what is read from the disk the first time is not counted
    costs = {name: middle(found) for name, found in interleaved(runs, repeats, tell).items()}
    ours, theirs = costs.values()
    shares = [a / b for a, b in ((ours.wall, theirs.wall), (ours.cpu, theirs.cpu), (ours.peak, theirs.peak))]
    rows = [(name, c.wall, c.cpu, c.peak) for name, c in costs.items()]
    return Comparison(
        "Cold start: one report, from the command to its end",
        ("", "seconds", "processor s", "peak MB"),
        (*rows, ("share", *shares)),
        (f"{report.name}, medians of {repeats} in turn",),
    )


def throughput(reports: Path, model: Path, repeats: int, count: int, tell: Tell) -> Comparison:
    """Tokens a second of the whole job and of its parts, against transformers' pipeline."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = folder / "reports.jsonl"
        _write(file, islice(cycle(texts(reports)), count))
        models = dict.fromkeys(TOLD, model) | {"rules": _without_linker(model, folder)}
        workers = {
            name: stack.enter_context(Worker(_contender("job" if name == "rules" else name, of, file)))
            for name, of in models.items()
        }
        tokens = workers["job"].about["tokens"]
        for name, worker in workers.items():
            tell(f"warm: {name}")
            worker.run()
        costs = interleaved({name: worker.run for name, worker in workers.items()}, repeats, tell)
    cost = {name: middle(found) for name, found in costs.items()}
    rows = [
        (
            TOLD[name],
            tokens / c.wall,
            tokens / c.cpu,
            cost["pipeline"].wall / c.wall,
            cost["network"].wall / c.wall,
        )
        for name, c in cost.items()
    ]
    return Comparison(
        "Throughput",
        ("", "tokens/s", "tokens/processor s", "× pipeline", "× ONNX Runtime"),
        tuple(rows),
        (f"{count} reports, {tokens} tokens; models loaded and warm; medians of {repeats} in turn",),
    )


def memory(model: Path, most: int, longest: int, tell: Tell) -> Comparison:
    """Peak memory by the number of reports, and by the length of one."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in _steps(10, most):
            file = folder / "reports.jsonl"
            _write(file, islice(cycle(SHORT), count))
            rows.append(_memory_row(f"{count} reports of a sentence", file, model, tell))
        sentence = " ".join(SHORT) + "\n\n"
        for size in _steps(10_000, longest):
            file = folder / "report.txt"
            file.write_text(sentence * (size // len(sentence)), encoding="utf-8")
            rows.append(_memory_row(f"one report of {size // 1000} kB", file, model, tell))
    return Comparison("Memory", ("", "peak MB", "processor s"), tuple(rows))


def _memory_row(name: str, file: Path, model: Path, tell: Tell) -> tuple:
    out = str(file.with_suffix(".out"))
    cost = of_process([*_infer(file, model), "--format", "jsonl", "-o", out])
    tell(f"{name}: {cost.peak:.0f} MB, {cost.wall:.1f} s")
    return name, cost.peak, cost.cpu


def _steps(first: int, last: int) -> list[int]:
    """first, ten times first, … up to last."""
    found = [first]
    while found[-1] * 10 <= last:
        found.append(found[-1] * 10)
    return found


def _infer(file: Path, model: Path) -> list[str]:
    return [sys.executable, "-m", "infer", str(file), "--model", str(model)]


def _contender(name: str, model: Path, file: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.contenders", name, str(model), str(file)]


def texts(file: Path) -> list[str]:
    """The texts of a Label Studio export, or of a JSON Lines file."""
    try:
        content = file.read_text(encoding="utf-8")
        if file.suffix == ".json":
            return [task["data"]["text"] for task in json.loads(content)]
        return [json.loads(line)["text"] for line in content.splitlines()]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(
            f"{file}: holds no reports ({type(error).__name__}); give a .jsonl with texts, or an export .json"
        ) from None


def _write(file: Path, texts) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps({"text": text}) + "\n" for text in texts)


def _without_linker(model: Path, folder: Path) -> Path:
    """The checkpoint with the events of the rules."""
    copy = folder / "rules"
    shutil.copytree(model, copy, ignore=shutil.ignore_patterns(checkpoint.LINKER, "*.safetensors"))
    config = json.loads((copy / checkpoint.CONFIG).read_text(encoding="utf-8"))
    config[checkpoint.SETTINGS].pop("linker", None)
    (copy / checkpoint.CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return copy
