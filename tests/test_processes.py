"""Training by two processes of torchrun: what one process makes, once, and an end whatever happens."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
import tiny_models
import torch
from conftest import ROOT
from safetensors.torch import load_file
from tiny_runs import report, settings_file

from infer.schema import InputError
from train import config, encoder, processes
from train.__main__ import main

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
EPOCHS, LONGEST = 2, 600  # seconds, on a machine that is busy
# Nothing is drawn by chance but the batches. Seven windows, three a batch, and seven reports, two a batch:
# the last batch is one, and nothing is left for the second process.
SETTINGS = (
    *("fit.masked=0", "fit.dropout=0", "fit.head_dropout=0", "fit.precision=float32", "linker.masked=0"),
    *(f"fit.epochs={EPOCHS}", f"linker.epochs={EPOCHS}", "fit.batch_tokens=80", "linker.batch_tokens=60"),
    *("linker.score_every=1", "export.tolerance=1"),
)
# The power goes off in the second process: in the tagger's last epoch, or in the linker's.
DIES = """
import os, sys, time
from train import fit, fit_linker
from train.__main__ import main

step, epoch = fit.TaggerTrainer.training_step, fit_linker._epoch

def die():
    if os.environ["RANK"] == "1":
        os.kill(os.getpid(), 9)

def tagger(self, *rest, **more):
    if sys.argv[1] == "tagger" and self.state.epoch > 1.1:
        die()
    return step(self, *rest, **more)

def linker(*rest):
    linker.epochs += 1
    if linker.epochs == 2:
        time.sleep(3)  # the first process keeps what the first epoch came to
        die()
    return epoch(*rest)

linker.epochs = 0
fit.TaggerTrainer.training_step, fit_linker._epoch = tagger, linker
sys.exit(main(sys.argv[2:]))
"""


def torchrun(*arguments: object) -> subprocess.CompletedProcess:
    """What two processes said, and how they ended; those that do not end are ended."""
    quiet = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [*TORCHRUN, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | quiet, text=True, **pipes) as process:
        try:
            said = process.communicate(timeout=LONGEST)
        finally:
            process.terminate()  # and not killed: torchrun has to end its own
    return subprocess.CompletedProcess(command, process.returncode, *said)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    train, dev = [report(n) for n in range(7)], [report(n) for n in range(90, 93)]
    return settings_file(tmp_path_factory.mktemp("run"), train=train, dev=dev)


@pytest.fixture(scope="module")
def one(file):
    """The configuration of a run by one process."""
    assert main(["fit", str(file), "name=one", *SETTINGS]) == 0
    return config.load(file, ["name=one", *SETTINGS])


@pytest.fixture(scope="module")
def two(file):
    """The configuration of a run by two, from beginning to end, and what it said."""
    done = torchrun("-m", "train", file, "name=two", *SETTINGS)
    assert done.returncode == 0, done.stderr
    return config.load(file, ["name=two", *SETTINGS]), done


def weights(run) -> dict[str, torch.Tensor]:
    """All that training decides: biases of attention's keys have no gradient, and of what is rounded off
    Adam makes whole steps."""
    linker = load_file(run.folder / "linker" / "linker.safetensors")
    for name in [name for name in linker if name.endswith("project.bias")]:
        linker[name] = linker[name].reshape(3, -1)[::2]  # of query, key and value
    tagger = load_file(run.folder / "model" / "model.safetensors")
    return {f"linker {n}": t for n, t in linker.items()} | {f"tagger {n}": t for n, t in tagger.items()}


def alike(first, second) -> None:
    torch.testing.assert_close(weights(second), weights(first), atol=1e-4, rtol=0)


def log(run, *names: str) -> list[dict]:
    lines = [json.loads(line) for line in run.folder.joinpath(*names, "log.jsonl").read_text().splitlines()]
    timed = ("seconds", "tokens_per_second")
    return [{name: value for name, value in line.items() if name not in timed} for line in lines]


def steps(run) -> int:
    last = max((run.folder / "trainer").glob("checkpoint-*"), key=lambda f: int(f.name.split("-")[1]))
    return json.loads((last / "trainer_state.json").read_text())["global_step"]


def test_two_processes_make_the_weights_of_one(one, two):
    """The same steps, losses and scores too, though in every epoch a batch is too small for two."""
    assert steps(one) == steps(two[0]) == 3 * EPOCHS
    assert json.loads((one.folder / "data.json").read_text())["train"]["windows"] == 7
    alike(one, two[0])
    for names in ((), ("linker",)):
        expected, found = log(one, *names), log(two[0], *names)
        assert len(found) == EPOCHS
        for before, after in zip(expected, found, strict=True):
            losses = {name for name, value in before.items() if isinstance(value, float)}
            assert {n: after[n] for n in losses} == pytest.approx({n: before[n] for n in losses}, abs=1e-3)
            assert {n: after[n] for n in after if n not in losses} == {
                n: before[n] for n in before if n not in losses
            }


def test_what_is_done_once_is_done_and_told_once(two):
    """Scores, model, linker and checkpoint: a line each, and an epoch's."""
    run, done = two
    told = Counter(line.split("  ")[0] for line in done.stderr.splitlines())
    for part in ("epoch", "linker"):
        assert [told[f"{part} {epoch}/{EPOCHS}"] for epoch in range(1, EPOCHS + 1)] == [1] * EPOCHS
    for folder in ("model", "linker", "checkpoint"):
        assert told[f"{folder}: {run.folder / folder}"] == 1
    for name in ("scores-dev.json", "scores-test.json", "checkpoint/linker.onnx"):
        assert (run.folder / name).is_file()
    assert done.stdout.count("events end to end") == 2
    assert {file.name for file in (run.folder / "linker").iterdir()} == {"linker.safetensors", "log.jsonl"}


def test_a_broken_run_goes_on_as_if_unbroken(file, two, tmp_path):
    """One process dies, in the tagger's training and then in the linker's: the other is ended with it."""
    (tmp_path / "dies.py").write_text(DIES)
    run = replace(two[0], name="broken")
    logged = []
    for part in ("tagger", "linker"):
        done = torchrun(tmp_path / "dies.py", part, "fit", file, "name=broken", *SETTINGS)
        assert done.returncode != 0 and "SIGKILL" in done.stderr
        logged.append((len(log(run)), (run.folder / "linker" / "log.jsonl").exists()))
    assert logged == [(1, False), (EPOCHS, True)] and len(log(run, "linker")) == 1
    done = torchrun("-m", "train", "fit", file, "name=broken", *SETTINGS)
    assert done.returncode == 0 and "epoch" not in done.stderr and "linker 1/" not in done.stderr, done.stderr
    alike(two[0], run)
    assert [len(log(run)), len(log(run, "linker"))] == [EPOCHS, EPOCHS]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("fit.epoch=3", "train: no setting 'fit.epoch'; did you mean fit.epochs?"),
        ("name=two", "two holds a run with another config.yaml; choose another name=, or delete the folder"),
    ],
)
def test_what_cannot_be_trained_is_told_once_and_ends_all(file, two, setting, message):
    """Seen by both processes, or by the first alone."""
    done = torchrun("-m", "train", "fit", file, setting)
    assert done.returncode != 0
    assert done.stderr.count("train: ") == 1 and message in done.stderr
    assert "exitcode  : 2" in done.stderr and done.stderr.count("Traceback") == 1  # torchrun's own


@pytest.fixture
def second(monkeypatch):
    """This process as the second of two, none of which has joined the other."""
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(processes, "PATIENCE", 0)


def test_a_process_that_fails_alone_says_so(second, capsys):
    assert main(["fit", "missing.yaml"]) == 2
    assert capsys.readouterr().err.startswith("train: missing.yaml: no readable configuration")


@pytest.mark.parametrize("command", [["export"], ["run", "data.add=x.json"], ["curve"]])
def test_what_is_no_training_from_the_start_is_for_one_process(second, file, capsys, command):
    name, *rest = command
    assert main([name, str(file), *rest]) == 2
    told = "retraining runs in one process" if rest else "torchrun is for training"
    assert capsys.readouterr().err.startswith(f"train: {told}")


def test_more_processes_than_gpus_are_refused(second, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(InputError, match="2 processes for 1 GPUs; type: torchrun --nproc-per-node 1"):
        processes.totals({"loss": 1.0})


def test_draws_are_those_of_one_process_in_the_first_and_others_in_the_second(second, monkeypatch):
    drawn = []
    for number in ("0", "1", "1"):
        monkeypatch.setenv("RANK", number)
        torch.manual_seed(5)
        processes.own_draws(5, 1)
        drawn.append(torch.rand(4).tolist())
    torch.manual_seed(5)
    assert drawn[0] == torch.rand(4).tolist() != drawn[1] == drawn[2]


def test_every_item_is_in_one_share(second, monkeypatch):
    for items, count in ((range(9), 3), (range(5), 4), (range(2), 3), ([], 2)):
        monkeypatch.setenv("WORLD_SIZE", str(count))
        shares = []
        for number in range(count):
            monkeypatch.setenv("RANK", str(number))
            shares += processes.share(items)
        assert sorted(shares) == list(items)


@pytest.mark.parametrize("architecture", tiny_models.ARCHITECTURES)
def test_all_that_learns_has_a_gradient(tmp_path, architecture):
    """torch waits for the gradient of each parameter, and nobody looks for those that are not used."""
    base = tiny_models.base_model(tmp_path / architecture, architecture)
    settings = {"name": "x", "base_model": str(base), "windows": {"size": 24, "stride": 12}}
    run = config._build(config.Config, settings, "")
    model, _ = encoder.load(run)
    encoder.freeze(model, run.fit.frozen_layers, run.fit.frozen_embeddings)
    ids = torch.arange(5, 25).reshape(2, 10)
    model.train()(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids % 3).loss.backward()
    learning = {name for name, p in model.named_parameters() if p.requires_grad}
    assert learning and learning == {n for n, p in model.named_parameters() if p.grad is not None}
