"""`python -m annotations`: what it takes in, refuses, reports and prints, and its exit codes."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from annotated import REPORTS, reports, task, written

from annotations import gold, labelstudio
from annotations.__main__ import main
from annotations.documents import to_document
from annotations.tasks import Region
from infer.schema import Span

ROOT = Path(__file__).parent.parent
GOOD = dict(
    text="{L1 Dun} fell. {C1 A guard} died.", events="C1 incident", spans="L1 none / C1 killed civilian 1"
)


@pytest.fixture
def run(tmp_path, capsys):
    """`run(command, *arguments)` in a corpus of its own → exit code, lines of output, lines of errors."""

    def call(*arguments: str):
        corpus = [] if arguments[0] == "agree" else ["--data", str(tmp_path / "corpus")]
        code = main([*map(str, arguments), *corpus])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return call


def source(tmp_path: Path, name: str, content) -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def stored(tmp_path: Path, split: str = "train") -> dict[str, dict]:
    return {raw["data"]["doc_id"]: raw for raw in gold.read_raw(split, tmp_path / "corpus")}


def test_marked_up_reports_are_imported_and_pass_the_check(run, tmp_path):
    code, out, _ = run("import", REPORTS, "--split", "dev")
    assert (code, out[-1]) == (0, "5 imported, 0 refused, 0 left out")
    assert out[0] == "trip-001: ok, 17 spans, 3 events"
    assert stored(tmp_path, "dev").keys() == {t.id for t in reports()}
    assert run("check") == (0, ["5 reports, 0 errors, 0 notes"], [])


def test_an_export_replaces_reports_of_the_same_id_and_keeps_the_others(run, tmp_path):
    run(
        "import",
        source(tmp_path, "a.txt", written(**GOOD) + written("Old.").replace("t-1", "t-2")),
        "--split",
        "train",
    )
    export = [labelstudio.write_task(task("New.")) | {"id": 5, "predictions": [1]}]
    code, out, _ = run("import", source(tmp_path, "e.json", export), "--split", "train")
    assert (code, out) == (0, ["t-1: ok, 0 spans, 0 events", "1 imported, 0 refused, 0 left out"])
    assert {id: raw["data"]["text"] for id, raw in stored(tmp_path).items()} == {"t-1": "New.", "t-2": "Old."}
    assert "predictions" not in stored(tmp_path)["t-1"]


def test_broken_reports_are_refused_by_name_and_change_nothing(run, tmp_path):
    run("import", source(tmp_path, "a.txt", written(**GOOD)), "--split", "train")
    before = stored(tmp_path)
    broken = written(**(GOOD | {"events": ""})) + written("{L1 x").replace("t-1", "t-2")
    good = written("Fine.").replace("t-1", "t-3")
    code, out, _ = run("import", source(tmp_path, "b.txt", broken + good), "--split", "train")
    assert code == 1
    assert out[0].startswith("t-1 [10, 17): error: C1 'A guard' belongs to no event")
    assert out[1].startswith("t-2: error: line ")
    assert out[-1] == "1 imported, 2 refused, 0 left out"
    assert stored(tmp_path) == before | {"t-3": stored(tmp_path)["t-3"]}


def test_repairs_are_told_and_then_stored(run, tmp_path):
    raw = labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))
    for result in raw["annotations"][0]["result"]:
        result["value"]["end"] = 4
    code, out, _ = run("import", source(tmp_path, "e.json", [raw]), "--split", "train")
    assert code == 0
    assert any("set to whole words, 'Dun'" in line for line in out)
    assert run("check")[0] == 0


def test_tasks_that_nobody_annotated_are_left_out_and_told(run, tmp_path):
    raw = labelstudio.write_task(task("Nothing.")) | {"annotations": []}
    code, out, _ = run("import", source(tmp_path, "e.json", [raw]), "--split", "train")
    assert (code, out) == (0, ["t-1: note: not annotated, left out", "0 imported, 0 refused, 1 left out"])
    assert not (tmp_path / "corpus").exists()


def test_a_report_is_in_one_split_and_given_once(run, tmp_path):
    path = source(tmp_path, "a.txt", written(**GOOD))
    assert run("import", path, "--split", "train")[0] == 0
    code, out, _ = run("import", path, "--split", "dev")
    assert (code, out[0]) == (1, "t-1: error: is in train already; a report is in one split")
    code, out, _ = run("import", path, path, "--split", "train")
    assert (code, out[1]) == (1, "t-1: error: given twice; one doc_id is one report")


def test_values_may_be_empty_in_train_and_not_in_dev(run, tmp_path):
    raw = labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))
    raw["annotations"][0]["result"].pop()
    path = source(tmp_path, "e.json", [raw])
    assert run("import", path, "--split", "dev")[0] == 1
    assert run("import", path, "--split", "train")[0] == 0
    assert run("check")[0] == 0


def test_a_dry_run_says_all_and_writes_nothing(run, tmp_path):
    code, out, _ = run("import", REPORTS, "--dry-run")
    assert (code, out[-1]) == (0, "5 good, 0 refused, 0 left out")
    assert not (tmp_path / "corpus").exists()


def test_the_named_annotator_is_taken(run, tmp_path):
    raw = labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))
    raw["annotations"][0]["completed_by"] = 4
    raw["annotations"].append({"completed_by": 5, "result": [], "ground_truth": True})
    path = source(tmp_path, "e.json", [raw])
    assert run("import", path, "--split", "train", "--annotator", "4")[1][-2] == "t-1: ok, 1 spans, 0 events"
    assert run("import", path, "--split", "train")[1][-2] == "t-1: ok, 0 spans, 0 events"


def test_check_names_what_is_broken_and_returns_1(run, tmp_path):
    """Broken by hand, as an editor of the file might: a cut word, a skipped task, a text in two splits."""
    fell = labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))
    fell["annotations"][0]["result"][0]["value"]["end"] = 2
    skipped = labelstudio.write_task(task("Nothing at all happened here today.")) | {
        "annotations": [{"was_cancelled": True}]
    }
    skipped["data"]["doc_id"] = "t-2"
    gold.save("train", [fell, skipped], tmp_path / "corpus")
    copy = labelstudio.write_task(task("Dun fell."))
    copy["data"]["doc_id"] = "t-3"
    gold.save("test", [copy], tmp_path / "corpus")
    code, out, _ = run("check")
    assert code == 1 and out[-1] == "2 reports, 5 errors, 0 notes"
    assert "t-1 [0, 3): error: region L1: 'Du' set to whole words, 'Dun'" in out
    assert "t-2: error: not annotated, left out" in out
    assert "t-3: error: has the same text in test as t-1 in train; keep one" in out


def test_check_names_wording_that_two_splits_share(run, tmp_path):
    shared = "no one had seen the river so high"
    rest = "Boats lay idle all along its banks.", "Farmers brought in what was left: maize, beans, a goat."
    for split, id, more in zip(("train", "dev"), ("t-1", "t-2"), rest, strict=True):
        path = source(tmp_path, "a.txt", written(f"In {id} {shared}. {more}").replace("t-1", id))
        assert run("import", path, "--split", split)[0] == 0
    code, out, _ = run("check")
    assert (code, len(out), out[-1]) == (1, 2, "2 reports, 1 errors, 0 notes")
    assert out[0] == f"t-2 [7, 40): error: {shared!r} has the wording of t-1 in train; reword it"


def test_notes_alone_return_0(run, tmp_path):
    odd = written("{N1 One raid}.", "N1 aggregate", "N1 1")
    run("import", source(tmp_path, "a.txt", odd), "--split", "test")
    code, out, _ = run("check")
    assert code == 0 and out[-1] == "1 reports, 0 errors, 1 notes"


def test_stats_count_by_split_conflict_and_style(run, tmp_path):
    run("import", REPORTS, "--split", "train")
    _, out, _ = run("stats")
    tables = {
        block.split()[0]: [line.split() for line in block.split("\n")]
        for block in "\n".join(out).split("\n\n")
    }
    spans = sum(len(t.regions) for t in reports())
    [train] = [row for row in tables["split"] if row[0] == "train"]
    assert int(train[1]) == 5 and sum(map(int, train[3:8])) == spans
    assert [row[:2] for row in tables["conflict"][1:]] == [["invented", "4"], ["syria", "1"]]
    assert ["repeats", str(sum(r.kind == "repeats" for t in reports() for r in t.relations))] in tables[
        "relation"
    ]


def test_records_keep_to_the_contract(run, tmp_path, validate):
    run("import", REPORTS, "--split", "train")
    code, out, _ = run("records")
    records = json.loads("\n".join(out))
    texts = {id: raw["data"]["text"] for id, raw in stored(tmp_path).items()}
    assert code == 0 and [r["document"]["id"] for r in records] == sorted(texts)
    for record in records:
        validate(record, texts[record["document"]["id"]])
    first = records[0]
    assert [event["part_of"] for event in first["events"]] == [None, "e1", "e1"]
    assert first["checks"], "totals are checked in gold too"


def test_records_go_to_a_file_or_to_a_folder_of_one_each(run, tmp_path):
    run("import", REPORTS, "--split", "dev")
    folder, file = tmp_path / "out", tmp_path / "all.json"
    assert run("records", "-o", f"{folder}/")[0] == 0 and run("records", "--split", "dev", "-o", file)[0] == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{t.id}.json" for t in reports())
    one = json.loads((folder / "trip-001.json").read_text(encoding="utf-8"))
    assert one == json.loads(file.read_text(encoding="utf-8"))[0]


def test_reports_printed_as_text_are_imported_as_they_were(tmp_path, capsysbinary):
    """What a corrector does: print, edit, import; nothing but the edit may change."""
    corpus, printed = ["--data", str(tmp_path / "corpus")], tmp_path / "dev.txt"
    assert main(["import", str(REPORTS), "--split", "dev", *corpus]) == 0
    before = [to_document(made) for made in gold.load("dev", tmp_path / "corpus")]
    capsysbinary.readouterr()
    assert main(["text", "--split", "dev", *corpus]) == 0
    printed.write_bytes(capsysbinary.readouterr().out)
    assert main(["import", str(printed), "--split", "dev", *corpus]) == 0
    assert [to_document(made) for made in gold.load("dev", tmp_path / "corpus")] == before


def test_a_report_that_the_form_cannot_write_is_named_and_the_others_are_printed(run, tmp_path):
    run("import", REPORTS, "--split", "train")
    odd = replace(task("{L1 Dun}.", spans="L1 none"), regions=())
    odd = replace(odd, data=odd.data | {"doc_id": "odd-1", "text": "a {brace}"})
    kept = gold.read_raw("train", tmp_path / "corpus")
    gold.save("train", [*kept, labelstudio.write_task(odd)], tmp_path / "corpus")
    code, out, err = run("text")
    assert code == 1 and len(err) == 1 and "odd-1: the text has '{' at character 2" in err[0]
    assert sum(line.startswith("===") for line in out) == len(kept)


def test_named_reports_alone_are_printed_as_text(run, tmp_path):
    run("import", REPORTS, "--split", "train")
    code, out, _ = run("text", "trip-001")
    assert code == 0 and [line for line in out if line.startswith("===")] == ["=== trip-001"]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["import", "absent.json", "--split", "train"], "absent.json: No such file"),
        (["import", "absent.txt", "--split", "train"], "absent.txt: No such file"),
        (["import", str(REPORTS)], "no --split; type --split train, dev or test"),
        (["stats"], "holds no corpus"),
        (["records", "--split", "dev"], "dev.json: no such file"),
        (["text"], "holds no corpus"),
    ],
)
def test_bad_input_is_one_line_and_2(run, arguments, said):
    code, out, err = run(*arguments)
    assert (code, out, len(err)) == (2, [], 1)
    assert err[0].startswith(f"python -m annotations {arguments[0]}: ") and said in err[0]


def test_the_command_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "annotations", "--help"], cwd=ROOT, capture_output=True, timeout=60
    )
    assert done.returncode == 0 and b"import" in done.stdout


def test_two_annotations_are_compared_and_differences_listed_on_request(run, tmp_path):
    a = source(tmp_path, "a.json", [labelstudio.write_task(made) for made in reports()])
    changed = [labelstudio.write_task(task(**GOOD)), *map(labelstudio.write_task, reports()[:2])]
    b = source(tmp_path, "b.json", changed)
    code, out, _ = run("agree", a, b)
    assert (code, out[0]) == (0, f"2 reports in both; A is {a}, B is {b}")
    assert "only in B: t-1" in out[-1] and "3 only in A: trip-00" in out[-3]
    one = [labelstudio.write_task(task("{L1 Dun} fell.", spans="L1 none"))]
    two = [labelstudio.write_task(task("Dun fell."))]
    a, b = source(tmp_path, "a.json", one), source(tmp_path, "b.json", two)
    assert run("agree", a, b, "--list")[1][0] == "t-1 [0, 3) LOCATION 'Dun': only A (value none)"


GIVEN = task(**GOOD)
FALLEN, DEAD = GIVEN.regions
OVERLAPPING = Region("L2", Span(0, 8, "LOCATION"), value="none")


@pytest.mark.parametrize(
    "regions, said",
    [
        ((FALLEN, replace(DEAD, outcome="died")), "C1 'A guard' has outcome 'died'; allowed: killed, "),
        ((FALLEN, replace(DEAD, value="lots of")), "C1 'A guard' value is 'lots of'; a count is written "),
        ((FALLEN, OVERLAPPING, DEAD), "L1 'Dun' overlaps L2 'Dun fell'"),
    ],
)
def test_what_no_document_can_be_made_of_is_one_line_and_exit_2(run, tmp_path, regions, said):
    sound, broken = labelstudio.write_task(GIVEN), labelstudio.write_task(replace(GIVEN, regions=regions))
    a, b = source(tmp_path, "a.json", [sound]), source(tmp_path, "b.json", [broken])
    gold.save("dev", [broken], tmp_path / "corpus")
    for arguments in (["agree", a, b], ["agree", b, a], ["stats"], ["records"]):
        code, out, err = run(*arguments)
        assert (code, out, len(err)) == (2, [], 1)
        assert ".json: t-1 [" in err[0] and f"error: {said}" in err[0]


def test_fields_that_training_data_may_leave_empty_do_not_stop_it(run, tmp_path):
    bare = replace(GIVEN, regions=(replace(FALLEN, value=None), replace(DEAD, value=None, victims=None)))
    gold.save("train", [labelstudio.write_task(bare)], tmp_path / "corpus")
    a = source(tmp_path, "a.json", [labelstudio.write_task(bare)])
    assert [run(*said)[0] for said in (["agree", a, a], ["stats"], ["records"])] == [0, 0, 0]


def test_what_cannot_be_compared_is_one_line_and_exit_2(run, tmp_path):
    a = source(tmp_path, "a.json", [labelstudio.write_task(task("Dun fell."))])
    b = source(tmp_path, "b.json", [labelstudio.write_task(made) for made in reports()])
    code, _, err = run("agree", a, b)
    assert (code, len(err)) == (2, 1) and "no doc_id in common" in err[0]
    code, _, err = run("agree", a, tmp_path / "absent.json")
    assert (code, len(err)) == (2, 1) and "absent.json" in err[0]
