"""The corpus on disk: one task a line, in order, read back whole, never half written."""

import json

import pytest
from annotated import reports, task

from annotations import gold, labelstudio
from annotations.__main__ import main
from annotations.documents import to_document
from infer.schema import InputError


def test_a_split_is_one_array_that_label_studio_imports_with_one_task_a_line(tmp_path):
    made = reports()
    gold.save("dev", [labelstudio.write_task(t) for t in reversed(made)], tmp_path)
    content = (tmp_path / "dev.json").read_bytes()
    assert b"\r" not in content and content.endswith(b"\n]\n")
    lines = content.decode().splitlines()
    assert len(lines) == len(made) + 2
    assert [json.loads(line.rstrip(","))["data"]["doc_id"] for line in lines[1:-1]] == sorted(
        t.id for t in made
    )
    assert "داعش" in content.decode(), "readable in a diff, not escaped"


def test_what_is_saved_is_loaded_as_it_was(tmp_path):
    made = sorted(reports(), key=lambda t: t.id)
    gold.save("dev", map(labelstudio.write_task, made), tmp_path)
    assert gold.load("dev", tmp_path) == made
    assert gold.documents("dev", tmp_path) == [to_document(t) for t in made]
    before = (tmp_path / "dev.json").read_bytes()
    gold.save("dev", gold.read_raw("dev", tmp_path), tmp_path)
    assert (tmp_path / "dev.json").read_bytes() == before, "saving again changes nothing"


def test_a_failed_save_leaves_what_was_there(tmp_path):
    gold.save("dev", [labelstudio.write_task(task("Nothing."))], tmp_path)
    before = (tmp_path / "dev.json").read_bytes()
    with pytest.raises(TypeError):
        gold.save("dev", [{"data": {"doc_id": "x", "text": object()}}], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dev.json"]
    assert (tmp_path / "dev.json").read_bytes() == before


def test_an_absent_or_unknown_split_is_named(tmp_path):
    with pytest.raises(InputError, match="dev.json: no such file"):
        gold.load("dev", tmp_path)
    with pytest.raises(InputError, match="no split 'validation'; splits are train, dev, test"):
        gold.load("validation", tmp_path)
    assert gold.read_raw("dev", tmp_path) == []


def test_a_broken_corpus_is_never_loaded_in_part(tmp_path):
    """Neither a task that needs mending nor one that nobody annotated is dropped silently."""
    whole = labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))
    cut = json.loads(json.dumps(whole))
    cut["annotations"][0]["result"][0]["value"]["end"] = 2
    for broken in (cut, whole | {"annotations": []}):
        gold.save("dev", [broken], tmp_path)
        with pytest.raises(InputError, match="dev.json: t-1.*annotations check"):
            gold.load("dev", tmp_path)


def test_the_shipped_corpus_and_the_reports_that_wait_have_no_errors(tmp_path, capsys):
    """Offsets, fields, relations, duplicates and phrases over splits: what `check` looks for.

    `next.json` is for the next training: judged with all splits, as if it were training data already.
    """
    waiting = labelstudio.read_file(gold.DATA / "next.json")
    for split in gold.SPLITS:
        gold.save(split, [*gold.read_raw(split), *(waiting if split == "train" else [])], tmp_path)
    assert len(waiting) > 100 and main(["check", "--data", str(tmp_path)]) == 0
    assert ", 0 errors, " in capsys.readouterr().out.splitlines()[-1]


def test_the_second_readings_are_of_corpus_reports_as_they_stand():
    """Adjudication changes marks, never texts; the agreement can be measured again at any time."""
    texts = {task.id: task.text for split in gold.SPLITS for task in gold.load(split)}
    for name in ("first", "second"):
        tasks = gold.read(gold.DATA.parent / "agreement" / f"{name}.json")
        assert len(tasks) == 60 and all(texts[task.id] == task.text for task in tasks)
