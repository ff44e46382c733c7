"""Retraining from an export to better weights: one command that refuses early, goes on, decides by dev."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import small_label_studio
import tiny_checkpoint
import tiny_runs

from annotations import gold
from annotations.__main__ import main as annotations_command
from infer import checkpoint
from train import config, dataset, export, fit, fit_linker, retrain, swap
from train.__main__ import main
from train.choices import IF_BETTER, Choices

OWN = 12
DEV, TEST, TRAIN, ADDED = range(90, 94), range(95, 98), range(6), range(6, 9)
QUICK = ["linker.epochs=2", "linker.score_every=2", "export.tolerance=1"]


def reports(numbers) -> list[dict]:
    return [tiny_runs.report(number, OWN) for number in numbers]


class Place:
    """A folder with splits, a configuration, an export, and weights that know nothing of its reports."""

    def __init__(self, folder: Path):
        self.folder = folder
        splits = {"train": TRAIN, "dev": DEV, "test": TEST}
        self.settings = tiny_runs.settings_file(folder, **{name: reports(n) for name, n in splits.items()})
        self.export = folder / "export.json"
        self.export.write_text(json.dumps(reports(ADDED)), encoding="utf-8")
        self.weights = tiny_checkpoint.write(folder / "weights")
        self.run = folder / "runs" / "tiny-retrained"

    def retrain(self, *words: str, adding: bool = True) -> int:
        add = [f"data.add={self.export}"] if adding else []
        return main([str(self.settings), *add, *QUICK, "--against", str(self.weights), *words])


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


class Killed(BaseException):
    """Stands for the power going off."""


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A place where better weights took the place of the old; broken off twice on the way."""
    place = Place(tmp_path_factory.mktemp("place"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "export", killed)
        with pytest.raises(Killed):
            place.retrain()
        patch.undo()
        patch.setattr(fit, "fit", killed)
        patch.setattr(fit_linker, "fit_linker", killed)
        patch.setattr("train.compare.compare", killed)
        with pytest.raises(Killed):
            place.retrain()
        patch.undo()
        for module, name in ((fit, "fit"), (fit_linker, "fit_linker"), (export, "export")):
            patch.setattr(module, name, killed)
        patch.setattr("train.calibrate.calibrate", killed)
        place.old = content(place.weights)
        assert place.retrain() == 0
    return place


def killed(*_):
    raise Killed


def test_better_weights_replace_the_old_after_a_run_broken_off_twice(trained):
    """Nothing is made again: what was killed would be killed in the second go."""
    made = trained.run / "checkpoint"
    assert content(trained.weights) == content(made) != trained.old
    assert checkpoint.load(trained.weights).name == "tiny-retrained"
    assert checkpoint.load(trained.weights).calibration and list((trained.run / "calibration").iterdir())
    result = json.loads((trained.run / "compare.json").read_text())
    assert result["measures"]["slots"]["better"] >= retrain.NEEDED
    assert result["new"]["sha256"] == checkpoint.load(trained.weights).digest()
    assert result["data"]["file"].endswith("dev.json") and len(result["reports"]) == len(DEV)


def test_all_of_training_reads_the_joined_reports(trained):
    """The tagger, the early spans and the resolved configuration; the linker reads the same file."""
    run = config.load(trained.run / "config.yaml")
    assert run.data.train == str(trained.run / "train.json") and run.data.add == ()
    ids = [f"r{n:02}" for n in (*TRAIN, *ADDED)]
    assert [task.id for task in gold.read(Path(run.data.train))] == ids
    told = json.loads((trained.run / "data.json").read_text())["train"]
    assert told["documents"] == len(ids) and told["sha256"] == dataset.fingerprint(
        dataset.load(run.data.train)
    )
    assert sorted(fit.early_spans(run)) == ids


def test_test_is_scored_once_with_the_weights_that_stand(trained, monkeypatch, capsys):
    """Typed again, the command finds its weights in place, and shows the scores that were made."""
    scores = json.loads((trained.run / "scores-test.json").read_text())
    assert scores["model"]["sha256"] == checkpoint.load(trained.weights).digest()
    assert scores["data"]["documents"] == len(TEST)
    monkeypatch.setattr("train.evaluate.evaluate", killed)
    before = content(trained.weights)
    assert trained.retrain() == 0 and content(trained.weights) == before
    told = capsys.readouterr()
    assert "has the weights of this run already; see" in told.err
    assert "test.json, 3 documents" in told.out


def worse(trained, place):
    """The weights are the good ones, and the run of this place has learnt nothing."""
    shutil.rmtree(place.weights)
    shutil.copytree(trained.weights, place.weights)
    return ["fit.epochs=1", "fit.learning_rate=1e-6"]


def test_worse_weights_are_kept_out_unless_the_user_insists(trained, place, capsys, monkeypatch):
    little = worse(trained, place)
    before = content(place.weights)
    assert place.retrain(*little) == 0
    assert content(place.weights) == before
    told = capsys.readouterr().out
    line = next(line for line in told.splitlines() if ": kept" in line)
    assert "kept (slots on dev: better in 0.00 % of resamples, 95 % needed)" in line
    assert json.loads((place.run / "scores-test.json").read_text())["model"]["sha256"] == (
        checkpoint.load(place.weights).digest()
    )
    again = shlex.split(line.partition("to replace them type: python -m train ")[2])
    assert again[0] == str(place.settings) and again[-1] == "--replace"
    monkeypatch.setattr(fit, "fit", killed)
    assert main(again) == 0
    assert ": replaced (slots on dev: better in 0.00 %" in capsys.readouterr().out
    assert content(place.weights) == content(place.run / "checkpoint") != before
    assert json.loads((place.run / "scores-test.json").read_text())["model"]["sha256"] == (
        checkpoint.load(place.weights).digest()
    )


@pytest.mark.parametrize(
    ("slots", "replaced", "reason"),
    [
        (0.95, True, "slots on dev: better in 95.00 % of resamples, 95 % needed"),
        (0.9495, False, "slots on dev: better in 94.95 % of resamples, 95 % needed"),
        (None, False, "slots on dev: no slot can be scored, 95 % needed"),
    ],
)
def test_slots_decide_and_nothing_else_does(tmp_path, monkeypatch, capsys, slots, replaced, reason):
    swapped = []
    monkeypatch.setattr(swap, "swap", lambda *folders: swapped.append(folders))
    others = dict.fromkeys(("spans", "records", "part_of"), {"better": 0.0 if replaced else 1.0})
    choices = Choices(tmp_path / "weights", IF_BETTER, None, None, "python -m train x")
    retrain._decide(choices, tmp_path / "new", {"measures": others | {"slots": {"better": slots}}})
    assert swapped == [(tmp_path / "new", tmp_path / "weights")] * replaced
    assert f"({reason})" in capsys.readouterr().out


def test_keep_keeps_what_is_better_out(trained, place, capsys, monkeypatch):
    """Also where the weights could not be written."""
    shutil.copytree(trained.run, place.run)
    for file in (place.run / "scores-test.json", place.run / "compare.json"):
        file.unlink()
    monkeypatch.setattr(retrain, "trained", lambda run: place.run / "checkpoint")
    monkeypatch.setattr(retrain.added, "joined", lambda run: run)
    monkeypatch.setattr(swap, "check", killed)
    before = content(place.weights)
    assert place.retrain("--keep") == 0 and content(place.weights) == before
    line = next(line for line in capsys.readouterr().out.splitlines() if ": kept" in line)
    assert "better in 100.00 %" in line and line.endswith("--replace") and "--keep" not in line


def test_a_swap_that_fails_is_one_line_and_the_old_weights_stand(trained, place, capsys, monkeypatch):
    shutil.copytree(trained.run / "checkpoint", place.folder / "made")
    (place.folder / "made" / "zz").symlink_to("nowhere")
    monkeypatch.setattr(retrain, "trained", lambda run: place.folder / "made")
    before = content(place.weights)
    assert place.retrain() == 2 and content(place.weights) == before
    assert "weights was not replaced, and stands as it did (" in capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def studio(monkeypatch):
    """A Label Studio server with the reports to add; its address and token stand where `pull` looks."""
    studio = small_label_studio.LabelStudio()
    for raw in reports(ADDED):
        studio.add(raw["data"], *raw["annotations"])
    with small_label_studio.serving(studio) as url:
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", small_label_studio.LEGACY)
        yield studio


@pytest.fixture
def pulls_here(monkeypatch):
    """What `retrain` starts runs in this process, which has loaded all that takes another two seconds."""

    def run(command: list[str]) -> subprocess.CompletedProcess:
        assert command[:3] == [sys.executable, "-m", "annotations"]
        return subprocess.CompletedProcess(command, annotations_command(command[3:]))

    monkeypatch.setattr(retrain, "subprocess", SimpleNamespace(run=run))


def pulled(place, *words: str) -> list[str]:
    """The reports that a run with what was pulled would train on."""
    with pytest.raises(Killed):
        place.retrain("--pull", "--project", "Reports", *words, adding=False)
    return [task.id for task in gold.read(place.run / "train.json")]


def test_pull_adds_what_label_studio_has_and_a_second_run_takes_the_same(place, studio, monkeypatch, capsys):
    """By a process of its own. What was annotated meanwhile is another run's, by a name of its own."""
    monkeypatch.setattr(retrain, "trained", killed)
    ids = [f"r{n:02}" for n in (*TRAIN, *ADDED)]
    assert pulled(place) == ids
    kept = place.run / "pulled-Reports.json"
    assert json.loads((place.run / "added.json").read_text())["files"] == [str(kept)]
    [more] = reports([9])
    studio.add(more["data"], *more["annotations"])
    asked = len(studio.asked)
    assert pulled(place) == ids and len(studio.asked) == asked
    told = capsys.readouterr().err
    assert f"{kept}: pulled before, taken as it is; for what came since, type name=tiny-retrained-2" in told
    place.run = place.run.with_name("tiny-retrained-2")
    assert pulled(place, "name=tiny-retrained-2") == [*ids, "r09"]
    assert pulled(place, "name=tiny-retrained-2", "--project", "3") == [*ids, "r09"]
    assert sorted(file.name for file in place.run.glob("pulled*")) == ["pulled-3.json", "pulled-Reports.json"]


@pytest.mark.usefixtures("pulls_here")
def test_of_several_annotators_the_preferred_one_is_pulled_for_a_run(place, studio, monkeypatch):
    """Each choice is a file of its own: what another was pulled for is not taken for it."""
    monkeypatch.setattr(retrain, "trained", killed)
    [raw] = reports([9])
    [whole] = raw["annotations"]
    id = studio.add(raw["data"], whole | {"completed_by": 1}, {"result": [], "completed_by": 2})
    stamps = ["2024-02-01T00:00:00Z", "2024-02-02T00:00:00Z"]
    for annotation, stamp in zip(studio.rows[id]["annotations"], stamps, strict=True):
        annotation["updated_at"] = stamp

    def regions(*words: str) -> int:
        pulled(place, *words)
        return len(gold.read(place.run / "train.json")[-1].regions)

    assert regions() == 0
    assert regions("--prefer", "one@example.org") > 0
    assert regions("--prefer", "2") == 0
    assert sorted(file.name for file in place.run.glob("pulled*")) == [
        "pulled-Reports-by-2.json",
        "pulled-Reports-by-one-example-org.json",
        "pulled-Reports.json",
    ]


@pytest.mark.usefixtures("pulls_here")
def test_what_is_pulled_comes_beside_what_is_added(place, studio, monkeypatch):
    monkeypatch.setattr(retrain, "trained", killed)
    place.export.write_text(json.dumps(reports([9])), encoding="utf-8")
    assert pulled(place, f"data.add={place.export}") == [f"r{n:02}" for n in (*TRAIN, *ADDED, 9)]


@pytest.mark.usefixtures("pulls_here")
def test_where_a_pull_names_broken_reports_nothing_is_trained_until_they_are_mended(
    place, studio, monkeypatch, capfd
):
    """What was pulled beside them is not taken by the next run."""
    monkeypatch.setattr(retrain, "trained", killed)
    [good], [broken] = reports([9]), reports([9])
    broken["annotations"][0]["result"][0]["value"]["end"] = 999
    id = studio.add(broken["data"], *broken["annotations"])
    assert place.retrain("--pull", "--project", "Reports", adding=False) == 2
    told = capfd.readouterr()
    assert "outside the text" in told.out
    assert told.err.endswith("annotations pull ended with 1, see above; nothing was trained\n")
    assert not list(place.run.iterdir())
    studio.annotate(id, *good["annotations"])
    assert pulled(place)[-1] == "r09"


@pytest.mark.usefixtures("pulls_here")
def test_what_cannot_be_pulled_is_told_by_pull(place, studio, capfd):
    assert place.retrain("--pull", "--project", "99", adding=False) == 2
    first, last = capfd.readouterr().err.splitlines()[-2:]
    assert "project" in first and "99" in first
    assert last == "train: python -m annotations pull ended with 2, see above; nothing was trained"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--keep"], "--against, --replace and --keep go with data.add=FILE or --pull"),
        (["--against", "x"], "--against, --replace and --keep go with data.add=FILE or --pull"),
        (["--pull"], "--pull and --project P go together"),
        (["data.add=export.json", "--prefer", "1"], "--prefer goes with --pull"),
        (["data.add=export.json", "--project", "3"], "--pull and --project P go together"),
        (["data.add=export.json", "--against", "nowhere"], "nowhere: no such folder"),
        (["data.add=nowhere.json"], "nowhere.json: No such file"),
        (
            ["data.add=export.json", "data.train=x.conll", "linker.epochs=0"],
            "data.add is ['export.json']; needed",
        ),
        (["data.add=3"], "data.add is 3; needed: a list of strings"),
    ],
)
def test_what_does_not_go_together_is_one_line(place, capsys, words, message):
    assert main([str(place.settings), *words]) == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and not place.run.exists()


def test_what_cannot_take_a_pulled_file_pulls_none(place, capsys, monkeypatch):
    monkeypatch.setattr(retrain.subprocess, "run", killed)
    words = ["data.train=x.conll", "linker.epochs=0", "--pull", "--project", "3"]
    assert place.retrain(*words, adding=False) == 2 and not place.run.exists()
    assert "data.train is no Label Studio JSON" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["fit", "curve", "export"])
def test_a_part_of_a_run_takes_no_added_file(place, capsys, command):
    assert main([command, str(place.settings), f"data.add={place.export}"]) == 2
    assert (
        "data.add is for a whole run; type: python -m train CONFIG data.add=FILE" in capsys.readouterr().err
    )


def test_broken_and_leaking_exports_are_exit_code_2_and_train_nothing(place, capsys, monkeypatch):
    monkeypatch.setattr(fit, "fit", killed)
    leak, broken = reports(DEV)[0], reports(ADDED)[0]
    broken["annotations"][0]["result"][0]["value"]["end"] = 999
    for raw, message in ((leak, "r90: this doc_id stands in dev"), (broken, "outside the text")):
        place.export.write_text(json.dumps([raw]), encoding="utf-8")
        assert place.retrain() == 2 and message in capsys.readouterr().err
    assert not place.run.exists()


def test_weights_that_cannot_be_replaced_are_told_before_training(place, capsys, monkeypatch):
    """And those that a broken swap moved aside are put back first."""
    monkeypatch.setattr(fit, "fit", killed)
    monkeypatch.setattr(swap.os, "access", lambda *_: False)
    assert place.retrain() == 2
    assert "weights cannot be replaced (no permission); name weights of your own" in capsys.readouterr().err
    before = content(place.weights)
    place.weights.rename(place.folder / ".weights.old")
    assert place.retrain() == 2 and content(place.weights) == before
    assert "weights: put back; a swap was broken off" in capsys.readouterr().err


def test_a_name_that_was_given_is_the_runs(place):
    made = config.load(place.settings)
    assert retrain.named(made, ["fit.epochs=1"]).folder == place.run
    assert retrain.named(made, ["name=tiny"]).name == "tiny"


def test_too_few_events_to_calibrate_on_are_told_and_no_end(place, capsys):
    made = tiny_checkpoint.write(place.run / "checkpoint")
    retrain._calibrate(config.load(place.settings), made)
    assert "not calibrated: " in capsys.readouterr().err and checkpoint.load(made).calibration is None
