"""Active learning, tried out: what training gains from the reports it is least sure of, against random ones.

The corpus plays the annotator: a first draw of the training split is annotated, the rest is not yet. A
tagger fitted on the draw ranks the rest by each of `annotations.ranking.MEASURES`; as many words of
the rest as an analyst would annotate are added in that order, and another tagger is fitted. What it reaches
on dev is set against that of the same number of words taken at random. Budgets are words and not
reports: a long report is more work.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import transformers

from annotations import gold, labelstudio, ranking
from annotations.documents import to_document
from annotations.tasks import Task
from infer import tokens
from infer.output import replacing
from infer.schema import InputError
from train import encoder
from train.config import Config
from train.curve import best
from train.fit import TOKENIZER, fit, is_done

ORDERS = (ranking.RANDOM, *ranking.MEASURES)
SEEDS = 3
RESULT = "active.json"


def simulate(config: Config, first: int, more: Sequence[int], seeds: int = SEEDS) -> Path:
    """Try all orders; RESULT holds strict dev F1 by order, words added and seed. Returns its folder.

    `first` is the number of reports that are annotated at the start, `more` the words added to them. Every
    fit is a run folder of its own under `<runs>/<name>-active`, so what broke off goes on. Raises InputError
    where the training split holds less than that.
    """
    pool = gold.read(Path(config.data.train))
    whole = sum(map(_words, pool))
    if not 0 < first < len(pool) or not more or min(more) < 1:
        raise InputError(f"--first is 1 to {len(pool) - 1} reports and --more one word or more of {whole:,}")
    folder = Path(config.runs) / f"{config.name}-active"
    config = replace(config, runs=str(folder), linker=replace(config.linker, epochs=0))
    points = []
    for seed in range(config.seed, config.seed + seeds):
        for point in _of_seed(replace(config, seed=seed), pool, first, sorted(more)):
            points.append(point)
            print(json.dumps(point), file=sys.stderr)
    result = {"first": first, "reports": len(pool), "points": points}
    with replacing(folder / RESULT) as stream:
        stream.write(json.dumps(result, indent=2) + "\n")
    return folder


def _of_seed(config: Config, pool: list[Task], first: int, more: Sequence[int]) -> Iterator[dict]:
    random = np.random.default_rng(config.seed)
    shuffled = [pool[i] for i in random.permutation(len(pool))]
    start, rest = shuffled[:first], shuffled[first:]
    begun = _fitted(config, f"{config.seed}-start", start)
    yield _point(begun, "start", 0)
    queues: dict[str, Callable[[], list[Task]]] = {ranking.RANDOM: lambda: rest}
    for name, measure in ranking.MEASURES.items():
        queues[name] = lambda measure=measure: ranked(begun, rest, measure)
    for name, queue in queues.items():
        ordered = queue()
        for words in more:
            added = taken(ordered, words)
            run = _fitted(config, f"{config.seed}-{name}-{words}", [*start, *added])
            yield _point(run, name, words) | {"reports": len(added)}


def taken(queue: Sequence[Task], words: int) -> list[Task]:
    """The first reports of a queue that hold as many words, with the report in which they are reached."""
    found, count = [], 0
    for task in queue:
        if count >= words:
            break
        found.append(task)
        count += _words(task)
    if count < words:
        raise InputError(f"--more {words}: only {count:,} words are left to add; give fewer")
    return found


def ranked(run: Config, tasks: Sequence[Task], measure: ranking.Measure) -> list[Task]:
    """The tasks in the order of `annotations.ranking.queue`, by the torch model of a fitted run."""
    folder = run.folder / "model"
    reader = tokens.Tokenizer(folder / TOKENIZER, run.windows.size, run.windows.stride)
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder).eval()
    read = [reader.read(task.text) for task in tasks]
    found = tokens.predict(reader, read, lambda ids: encoder.logits(model, ids), encoder.EVALUATION_TOKENS)
    by_id = {task.id: task for task in tasks}
    reports = [
        ranking.Ranked(document, ranking.source_of(document, ("source_style",)), sure)
        for task, words, rows in zip(tasks, read, found, strict=True)
        for document, sure in [(to_document(task), ranking.sureness(words, rows, measure))]
    ]
    return [by_id[report.document.id] for report in ranking.queue(reports)]


def _fitted(config: Config, name: str, tasks: Sequence[Task]) -> Config:
    """The run of that name, fitted on the tasks, if it is not there yet."""
    file = Path(config.runs) / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as stream:
        json.dump([labelstudio.write_task(task) for task in tasks], stream, ensure_ascii=False)
    run = replace(config, name=name, data=replace(config.data, train=str(file)))
    if not is_done(run):
        fit(run)
    return run


def _point(run: Config, order: str, words: int) -> dict:
    return {"order": order, "words": words, "seed": run.seed, "f1": best(run.folder)["all"]}


def _words(task: Task) -> int:
    return len(task.text.split())


def table(result: dict) -> str:
    """Strict dev F1 in percent by order and words added: mean and standard deviation over seeds."""
    points = result["points"]
    budgets = sorted({p["words"] for p in points if p["words"]})
    begun = [p["f1"] for p in points if p["order"] == "start"]
    lines = [f"{result['first']} reports: {_told(begun)}", f"{'added by':<10}"]
    lines[1] += "".join(f"{words:>9,} words" for words in budgets)
    for order in ORDERS:
        cells = [[p["f1"] for p in points if (p["order"], p["words"]) == (order, b)] for b in budgets]
        lines.append(f"{order:<10}" + "".join(f"{_told(cell):>15}" for cell in cells))
    return "\n".join(lines)


def _told(scores: Sequence[float]) -> str:
    spread = f" ± {100 * stdev(scores):.1f}" if len(scores) > 1 else ""
    return f"{100 * mean(scores):.1f}{spread}"
