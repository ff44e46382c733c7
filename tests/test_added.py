"""Added reports reach training whole and audited, and none of them is scored on."""

import copy
import json
from dataclasses import replace

import pytest
import tiny_runs

from annotations import gold
from infer.schema import InputError
from train import added, config

OWN = 30  # words, so that no two reports are nearly the same


def reports(*numbers: int) -> list[dict]:
    return [tiny_runs.report(number, OWN) for number in numbers]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose splits hold reports 0–2, 10 and 20, and that adds an export."""
    monkeypatch.setattr(tiny_runs.tiny_models, "base_model", lambda folder: folder)
    file = tiny_runs.settings_file(tmp_path, train=reports(0, 1, 2), dev=reports(10), test=reports(20))
    return config.load(file, [f"data.add={tmp_path / 'export.json'}"])


def export(run, *raws: dict, name: str = "export.json"):
    file = run.folder.parent.parent / name
    file.write_text(json.dumps(raws), encoding="utf-8")
    return str(file)


def ids(made) -> list[str]:
    return [task.id for task in gold.read(made.data.train)]


def refused(run, message: str):
    with pytest.raises(InputError, match=message) as error:
        added.joined(run)
    assert "\n" not in str(error.value) and not run.folder.exists()


def test_the_joined_file_holds_both_and_the_splits_stay(run, capsys):
    """In order, readable as any split, and named in the configuration; a replaced report is told."""
    changed = tiny_runs.report(1, OWN)
    changed["annotations"][0]["result"] = []
    export(run, changed, *reports(3))
    splits = {file: file.read_bytes() for file in run.folder.parent.parent.glob("*.json")}
    made = added.joined(run)
    assert made == replace(run, data=replace(run.data, train=str(run.folder / "train.json"), add=()))
    assert ids(made) == ["r00", "r01", "r02", "r03"]
    assert gold.read(made.data.train)[1].regions == ()
    assert [t for t in gold.read(made.data.train) if t.id != "r01"] == [
        *(t for t in gold.read(run.data.train) if t.id != "r01"),
        *(t for t in gold.read(run.data.add[0]) if t.id == "r03"),
    ]
    assert capsys.readouterr().err == f"r01: replaces the report of this doc_id in {run.data.train}\n"
    assert {file: file.read_bytes() for file in splits} == splits
    kept = json.loads((run.folder / "added.json").read_text())
    assert kept == {"files": list(run.data.add), "reports": ["r01", "r03"]}


def test_several_files_are_one_addition(run):
    files = [export(run, *reports(3)), export(run, *reports(4), name="more.json")]
    both = replace(run, data=replace(run.data, add=tuple(files)))
    assert ids(added.joined(both)) == ["r00", "r01", "r02", "r03", "r04"]


def test_repairs_are_told_and_what_nobody_annotated_is_left_out(run, capsys):
    """A region with a space too many is mended; a skipped and an unlabelled task are no empty reports."""
    loose, skipped, bare = reports(3, 4, 5)
    place = loose["annotations"][0]["result"][0]["value"]
    place["end"] += 1
    skipped["annotations"][0]["was_cancelled"] = True
    bare["annotations"] = []
    export(run, loose, skipped, bare)
    made = added.joined(run)
    told = capsys.readouterr().err.splitlines()
    assert ids(made) == ["r00", "r01", "r02", "r03"]
    assert gold.read(made.data.train)[3] == gold.read(export(run, *reports(3)))[0]
    assert [line.partition("export.json: ")[2] for line in told] == [
        "r03 [0, 6): repair: region A1: 'Rebels ' set to whole words, 'Rebels'",
        "r04: note: skipped annotation left out",
        "r04: note: not annotated, left out",
        "r05: note: not annotated, left out",
    ]


def test_fields_that_training_may_leave_empty_may_be_empty(run):
    sparse = tiny_runs.report(3, OWN)
    said = sparse["annotations"][0]
    said["result"] = [result for result in said["result"] if result.get("from_name") != "value"]
    export(run, sparse)
    assert {region.value for region in gold.read(added.joined(run).data.train)[3].regions} == {None}


def test_broken_reports_are_all_named_and_nothing_is_written(run, capsys):
    wide, unknown, fine = reports(3, 4, 5)
    wide["annotations"][0]["result"][0]["value"] |= {"end": 999}
    for result in unknown["annotations"][0]["result"]:
        if result["type"] == "labels":
            result["value"]["labels"] = ["SHIP"]
    export(run, wide, unknown, fine)
    refused(run, "export.json: 2 broken, named above; mend them first, nothing was trained")
    told = capsys.readouterr().err
    assert "export.json: r03" in told and "outside the text" in told and "is labelled SHIP" in told
    assert "r05" not in told


def test_a_report_added_twice_is_refused(run, capsys):
    files = [export(run, *reports(3)), export(run, *reports(3), name="more.json")]
    refused(replace(run, data=replace(run.data, add=tuple(files))), "more.json: 1 broken, named above")
    assert "more.json: r03: error: added twice; one doc_id is one report" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["[]", '[{"data": {"doc_id": "a", "text": "b"}, "annotations": []}]'])
def test_an_export_without_annotations_is_refused(run, file):
    with open(run.data.add[0], "w") as stream:
        stream.write(file)
    refused(run, "export.json: no annotated report; annotate some")


@pytest.mark.parametrize("number_of_text", [30, None])
@pytest.mark.parametrize("split, number", [("dev", 10), ("test", 20)])
def test_a_report_of_dev_or_test_is_refused_by_its_doc_id(run, capsys, split, number, number_of_text):
    """Also where its text is another; where it is not, that is one fault and not two."""
    same = tiny_runs.report(number_of_text or number, OWN)
    same["data"]["doc_id"] = f"r{number}"
    export(run, same, *reports(3))
    refused(run, "added reports that stand in dev or test: 1, named above")
    told = capsys.readouterr().err.splitlines()
    assert told == [f"r{number}: this doc_id stands in {split} ({getattr(run.data, split)}) too"]


@pytest.mark.parametrize("split, number", [("dev", 10), ("test", 20)])
@pytest.mark.parametrize("how", ["the same", "nearly the same"])
def test_a_text_of_dev_or_test_is_refused_with_its_twin(run, capsys, split, number, how):
    """Under a doc_id of its own; one changed word does not hide it."""
    twin = tiny_runs.report(number, OWN)
    twin["data"]["doc_id"] = "new"
    if how != "the same":
        text = twin["data"]["text"]
        twin["data"]["text"] = text[:-1] + ("y" if text[-1] == "x" else "x")
    export(run, twin, *reports(3))
    refused(run, "added reports that stand in dev or test: 1, named above")
    told = capsys.readouterr().err.splitlines()
    assert told == [f"new: has {how} text as r{number} in {split} ({getattr(run.data, split)})"]


def test_a_text_of_train_under_another_doc_id_is_told_and_taken(run, capsys):
    again = tiny_runs.report(2, OWN)
    again["data"]["doc_id"] = "again"
    export(run, again)
    assert ids(added.joined(run)) == ["again", "r00", "r01", "r02"]
    assert "again: has the same text as r02 in" in capsys.readouterr().err


def test_a_folder_with_a_run_on_other_reports_is_left_alone(run):
    """The same reports go on; others are refused once a run has begun, with a name that is free."""
    export(run, *reports(3))
    file = run.folder / "train.json"
    first = added.joined(run)
    (run.folder.parent / "tiny-2").mkdir()
    export(run, *reports(3, 4))
    assert added.joined(run) == first and len(ids(first)) == 5, "nothing was trained yet"
    (run.folder / "config.yaml").write_text(first.to_yaml())
    before = file.read_bytes()
    assert added.joined(run) == first and file.read_bytes() == before
    for other in (reports(3), reports(3, 5)):
        export(run, *other)
        with pytest.raises(InputError, match="holds a run on other reports; type name=tiny-3, or delete the"):
            added.joined(run)
    relinked = copy.deepcopy(reports(3, 4))
    del relinked[0]["annotations"][0]["result"][-1]
    assert relinked[0]["annotations"][0]["result"] != reports(3)[0]["annotations"][0]["result"]
    export(run, *relinked)
    with pytest.raises(InputError, match="holds a run on other reports"):
        added.joined(run)
    file.unlink()
    export(run, *reports(3, 4))
    with pytest.raises(InputError, match="holds a run on other reports"):
        added.joined(run)
