"""Two checkpoints compared: counts that can be followed by hand, a table that says who got better where."""

import json
from dataclasses import replace

import pytest
import tiny_checkpoint
from marked import marked

from annotations import score
from annotations.counts import Counts
from infer import assembly, pipeline
from infer.schema import LABELS, Document, InputError
from infer.tagger import Tagger
from train import bootstrap, compare
from train.__main__ import main

REPORTS = [
    "In {P June 2023} {A Red Column} carried out {N 12 operations} in {L Homs} and killed {C two soldiers}.",
    "{A Red Column} carried out {N 15 operations} in {L Homs}.",
    "{A Red Column} carried out {N 16 operations} there.",
    "{A Red Column} carried out {N 17 operations} in {L Idlib}.",
]


@pytest.fixture(autouse=True)
def data(monkeypatch):
    """Gold is what the rules make of the spans as marked; only the last report has one that nobody finds."""
    made = []
    for number, text in enumerate(REPORTS):
        plain, spans = marked(text)
        made.append(assembly.assemble_spans(Document(f"r{number}", plain, spans=spans)))
    monkeypatch.setattr("train.dataset.load", lambda file: made)
    return made


@pytest.fixture
def good(tmp_path):
    return tiny_checkpoint.write(tmp_path / "good")


@pytest.fixture
def blind(tmp_path, monkeypatch):
    """Like the good one, but that it knows no place, and takes "there" for one."""
    words = {w: tag for w, tag in tiny_checkpoint.WORDS.items() if w != "Homs"} | {"there": "B-LOCATION"}
    monkeypatch.setattr(tiny_checkpoint, "WORDS", words)
    return tiny_checkpoint.write(tmp_path / "blind")


def test_the_counts_of_each_side_are_those_of_the_scorer(good, blind, data):
    result = compare.compare(blind, good, "dev.json")
    for side, folder in (("old", blind), ("new", good)):
        tagger = Tagger(folder)
        found = [pipeline.read(replace(d, spans=(), events=(), checks=()), tagger) for d in data]
        total = sum(map(score.compare, data, found), score.Scores())
        measures = {name: row[side] for name, row in result["measures"].items()}
        assert measures["spans"] == total.span_micro.as_dict() and measures["slots"] == total.micro.as_dict()
        assert (
            measures["records"] == total.records.as_dict() and measures["part_of"] == total.part_of.as_dict()
        )
        assert {n: row[side] for n, row in result["slots"].items()} == {
            n: c.as_dict() for n, c in total.slots.items()
        }
        assert result[side]["sha256"] == tagger.checkpoint.digest()
    assert set(result["labels"]) == set(LABELS)
    places = result["labels"]["LOCATION"]
    assert [places[side][k] for side in ("old", "new") for k in ("tp", "fp", "fn")] == [0, 1, 3, 2, 0, 1]
    assert places["difference"] == pytest.approx(0.8) and places["interval"][0] >= 0
    same = result["labels"]["CASUALTY"]
    assert (same["difference"], same["interval"], same["better"]) == (0.0, [0.0, 0.0], 0.0)
    assert result["data"]["documents"] == 4 and result["bootstrap"]["resamples"] == bootstrap.RESAMPLES
    assert json.loads(json.dumps(result)) == result


def test_each_row_is_of_what_it_is_called():
    """No two counts of these scores are alike; reports that changed alike stand by their names."""
    slots = {slot: Counts(20 + i) for i, slot in enumerate(score.SLOTS)}
    made = score.Scores(
        spans={"ACTOR": Counts(1), "PERIOD": Counts(2)},
        spans_overlap={"ACTOR": Counts(3), "PERIOD": Counts(4)},
        slots=slots,
        part_of=Counts(5),
        component_of=Counts(6),
        alternative_to=Counts(7),
        events=Counts(8),
        records=Counts(9),
    )
    result = compare.compared([compare.Judged(id, made, made) for id in ("b", "a", "c")])
    rows = {name: row["new"]["tp"] / 3 for name, row in result["measures"].items()}
    assert rows == {"spans": 3, "slots": 20 + 21 + 22 + 23 + 24, "records": 9, "part_of": 5}
    labels = {name: row["old"]["tp"] / 3 for name, row in result["labels"].items()}
    assert labels == dict.fromkeys(LABELS, 0) | {"ACTOR": 1, "PERIOD": 2}
    assert {name: row["old"]["tp"] / 3 for name, row in result["slots"].items()} == {
        slot: counts.tp for slot, counts in slots.items()
    }
    assert [row["id"] for row in result["reports"]] == ["a", "b", "c"]


def test_swapped_sides_are_the_same_comparison_the_other_way_round(good, blind):
    there, back = compare.compare(blind, good, "d"), compare.compare(good, blind, "d")
    for group in ("measures", "labels", "slots"):
        for name, row in there[group].items():
            mirrored = back[group][name]
            assert (row["old"], row["new"]) == (mirrored["new"], mirrored["old"])
            assert row["difference"] is None or row["difference"] == -mirrored["difference"]
    assert [row["id"] for row in there["reports"]] == ["r0", "r1", "r2", "r3"]
    assert [row["change"] for row in there["reports"]] == [1, 1, 0, 0]
    assert [(r["id"], r["change"]) for r in back["reports"]][-2:] == [("r0", -1), ("r1", -1)]


def test_a_checkpoint_against_itself_is_no_better_anywhere(good):
    result = compare.compare(good, good, "d")
    rows = [row for group in ("measures", "labels", "slots") for row in result[group].values()]
    assert all(row["better"] in (0.0, None) and row["difference"] in (0.0, None) for row in rows)
    assert "more slots right: in no report\n\nfewer slots right: in no report" in compare.table(result)


def test_the_table_names_what_changed(good, blind):
    told = compare.table(compare.compare(blind, good, "dev.json"))
    lines = told.splitlines()
    assert lines[0].startswith("tiny 0 (") and ") against tiny 0 (" in lines[0]
    assert lines[0].endswith("on dev.json, 4 documents;") and "2000 resamples" in lines[1]
    cells = {line.split("  ")[1]: line.split() for line in lines if line.startswith("  ")}
    assert cells["LOCATION"][1:4] == ["0.0", "80.0", "+80.0"]
    assert cells["part of"][-5:] == ["-", "-", "-", "-", "-"]
    assert cells["r1"] == ["r1", "3", "2", "3", "+1", "0", "0"]
    assert "r3" not in cells and "fewer slots right: in no report" in told
    assert max(map(len, lines)) < 110


def test_the_reports_that_changed_most_come_first_on_both_ends(monkeypatch):
    """As many as SHOWN of each, and none that did not change."""
    monkeypatch.setattr(compare, "SHOWN", 2)
    rows = [
        {
            "id": f"r{c:+d}",
            "change": c,
            "old": {"tp": 5, "fn": 5, "fp": 1},
            "new": {"tp": 5 + c, "fn": 5 - c, "fp": 0},
        }
        for c in (4, 2, 1, 0, -1, -3, -5)
    ]
    gained, lost = compare._reports(rows)
    assert [line.split()[0] for line in gained.splitlines()[1:]] == ["r+4", "r+2"]
    assert [line.split()[0] for line in lost.splitlines()[1:]] == ["r-5", "r-3"]
    assert lost.splitlines()[1].split() == ["r-5", "10", "5", "0", "-5", "1", "0"]


def test_other_labels_are_refused(good, tmp_path, monkeypatch):
    monkeypatch.setattr(tiny_checkpoint, "LABELS", ("ACTOR", "SHIP"))
    monkeypatch.setattr(tiny_checkpoint, "WORDS", {"Red": "B-SHIP"})
    other = tiny_checkpoint.write(tmp_path / "ships")
    with pytest.raises(InputError, match="ships knows the labels ACTOR, SHIP; events are compared where"):
        compare.compare(good, other, "d")


def test_the_command_compares_on_dev_unless_told_otherwise(good, blind, tmp_path, capsys, monkeypatch):
    asked, load = [], compare.dataset.load
    monkeypatch.setattr("train.dataset.load", lambda file: asked.append(file) or load(file))
    command = ["evaluate", "--model", str(good), "--against", str(blind)]
    assert main([*command, "-o", str(tmp_path / "out" / "compare.json")]) == 0
    result = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert capsys.readouterr().out.strip() == compare.table(result)
    assert main([*command, "--data", "other.json", "-o", str(tmp_path / "other.json")]) == 0 and asked == [
        "annotations/data/dev.json",
        "other.json",
    ]
    assert result["new"]["sha256"] == Tagger(good).checkpoint.digest()
