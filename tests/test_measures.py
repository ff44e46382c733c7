"""What scores.json holds and report.md shows: figures worked out by hand on three reports."""

import json

import pytest
import tiny_checkpoint
from annotated import written
from marked import marked

from annotations import labelstudio, markup
from infer import assembly
from infer.schema import Document
from infer.tagger import Tagger
from train import bootstrap
from train.__main__ import main
from train.judging import judge, total
from train.report import measures, slices
from train.report.markdown import summary, table
from train.report.tables import sections

REPORTS = (
    (
        "{A Red Column fighters} carried out {N 12 operations} in {L Homs} and killed {C two soldiers}.",
        "syria",
    ),
    ("{A Red Column} carried out {N 15 operations} in {L Homs}, and {C five} fell in {L Gao}.", "syria"),
    ("Nothing was heard of {A Blue Band}.", None),
)
COLUMNS = "Red B-ACTOR\nColumn I-ACTOR\nin O\nHoms B-LOCATION\n"


@pytest.fixture
def model(tmp_path):
    return tiny_checkpoint.write(tmp_path / "model")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Three reports, a run that was trained on one, and a report that two annotators marked."""
    made = []
    for number, (text, conflict) in enumerate(REPORTS):
        plain, spans = marked(text)
        extra = {"conflict": conflict} if conflict else {}
        made.append(assembly.assemble_spans(Document(f"r{number}", plain, spans=spans, extra=extra)))
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "runs" / "tiny"
    run.mkdir(parents=True)
    (tmp_path / "train.conll").write_text(COLUMNS)
    (run / "config.yaml").write_text("data:\n  train: train.conll\n")
    for name, place in (("first", "{L1 Gao}"), ("second", "Gao")):
        [(task, _)] = markup.parse(
            written(
                f"{{N1 Two raids}} in {place}.", "N1 aggregate", "N1 2" + " / L1 ML-7" * (name == "first")
            )
        )
        (tmp_path / f"{name}.json").write_text(json.dumps([labelstudio.write_task(task)]))
    monkeypatch.setattr(measures, "TWICE", tmp_path)
    monkeypatch.setattr("train.dataset.load", lambda file, load=slices.dataset.load: given(file, load, made))
    return made


def given(file, load, made):
    return load(file) if str(file).endswith((".conll", ".bio")) else made


def test_each_figure_is_what_the_reports_add_up_to(model, project):
    judged = judge(Tagger(model), "dev.json")
    made = measures.measured(judged)
    spans = made["headline"]["spans"]
    assert [spans[key] for key in ("tp", "fp", "fn")] == [7, 1, 3], "Gao, Blue Band, and an edge"
    assert spans["interval"] == list(bootstrap.interval([r.scores.span_micro for r in judged.end_to_end]))
    assert made["headline"]["slots"]["tp"] == total(judged.end_to_end).micro.tp
    assert made["span_errors"]["LOCATION"] | {"correct": 2, "missing": 1} == made["span_errors"]["LOCATION"]
    assert made["confusion"]["ACTOR"] == {**dict.fromkeys(made["confusion"], 0), "ACTOR": 2, "": 1}
    assert made["ceiling"]["reports"] == 1 and made["ceiling"]["spans"]["LOCATION"]["fn"] == 1
    assert made["names"]["labels"] == {
        "ACTOR": {
            "seen": {"gold": 2, "strict": 1, "overlap": 2},
            "unseen": {"gold": 1, "strict": 0, "overlap": 0},
        },
        "LOCATION": {
            "seen": {"gold": 2, "strict": 2, "overlap": 2},
            "unseen": {"gold": 1, "strict": 0, "overlap": 0},
        },
    }
    assert made["killed"]["events_end_to_end"]["reports"] == 2
    events = made["calibration"]
    assert sum(bin["events"] for bin in events["bins"]) == events["events"]
    assert json.loads(json.dumps(made)) == made


def test_slices_part_the_reports_and_add_up(model):
    made = measures.measured(judge(Tagger(model), "dev.json"))
    assert {name: row["reports"] for name, row in made["slices"]["conflict"].items()} == {"2 others": 3}
    assert "register" not in made["slices"], "no report tells of one"
    for kind, parts in made["slices"].items():
        assert sum(row["reports"] for row in parts.values()) == 3, kind
        for key in ("spans", "slots", "records"):
            assert sum(row[key]["tp"] for row in parts.values()) == made["headline"][key]["tp"]
    empty = made["slices"]["length"]["301 words and more"]
    assert empty["reports"] == 0 and empty["slots"]["f1"] is None and empty["slots"]["interval"] is None


def test_values_of_few_reports_share_a_row(monkeypatch):
    parts = {"a": [0, 1, 2], "b": [3], "c": [4, 5], "d": [6, 7, 8]}
    assert slices._pooled(parts) == {"a": [0, 1, 2], "d": [6, 7, 8], "2 others": [3, 4, 5]}
    assert slices._pooled({"a": [0, 1, 2], "b": [3]}) == {"a": [0, 1, 2], "b": [3]}


def test_every_row_is_as_wide_as_its_head_and_ready_to_print(model):
    made = measures.measured(judge(Tagger(model), "dev.json"))
    found = sections(made)
    assert {"headline", "spans", "span-errors", "confusion", "slots", "killed", "calibration"} < {
        section.id for section in found
    }
    assert len({section.id for section in found}) == len(found)
    for section in found:
        assert all(len(row) == len(section.head) for row in section.rows), section.id
        assert all(isinstance(cell, str) for row in section.rows for cell in row), section.id
    by_id = {section.id: section for section in found}
    rows = {row[0]: row[1:] for row in by_id["headline"].rows}
    assert rows["spans, strict"][0] == "–" and rows["spans, strict"][1].startswith("77.8 (")
    assert dict(zip(by_id["spans"].head, by_id["spans"].rows[3], strict=True))["missed"] == "1"


def test_another_label_set_and_one_report_are_shown_as_far_as_they_go(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny_checkpoint, "LABELS", ("ACTOR", "SHIP"))
    monkeypatch.setattr(tiny_checkpoint, "WORDS", {"Red": "B-SHIP"})
    (tmp_path / "gold.bio").write_text("Red B-SHIP\nsank O\n")
    tagger = Tagger(tiny_checkpoint.write(tmp_path / "ships"))
    made = measures.measured(judge(tagger, str(tmp_path / "gold.bio")))
    assert set(made["headline"]) == {"spans"} and made["ceiling"] is made["calibration"] is None
    assert made["killed"] == {} and made["headline"]["spans"]["interval"] == [1.0, 1.0]
    ids = {section.id for section in sections(made)}
    assert "spans" in ids and not ids & {"slots", "killed", "calibration"}
    assert "| SHIP |" in summary(made, sections(made))


def test_words_of_a_cell_are_no_markup():
    assert table(["a|b", "x"], [["*bold*", "<i>"], ["part_of", "_it_\n2"]]).splitlines() == [
        "| a\\|b | x |",
        "| --- | ---: |",
        "| \\*bold\\* | \\<i\\> |",
        "| part_of | \\_it\\_ 2 |",
    ]


def test_the_command_writes_the_folder_of_the_run(model, tmp_path, capsys):
    assert main(["evaluate", "--model", str(model), "--data", "dev.json"]) == 0
    told = capsys.readouterr()
    assert "report: runs/tiny/report" in told.err and "events end to end" in told.out
    made = json.loads((tmp_path / "runs/tiny/report/scores.json").read_text())
    assert made["headline"]["spans"]["tp"] == 7 and "comparison" not in made
    page = (tmp_path / "runs/tiny/report/report.md").read_text()
    assert page.startswith("# tiny 0 on 3 reports") and "## How good it is" in page


def test_with_another_model_the_report_tells_what_was_fixed_and_what_broke(
    model, tmp_path, monkeypatch, capsys
):
    words = {word: tag for word, tag in tiny_checkpoint.WORDS.items() if word != "Homs"}
    monkeypatch.setattr(tiny_checkpoint, "WORDS", words)
    blind = tiny_checkpoint.write(tmp_path / "blind")
    for one, other, ids in ((model, blind, "+e1"), (blind, model, "−e1")):
        command = ["evaluate", "--model", str(one), "--against", str(other), "-o", str(tmp_path / "out")]
        assert main(command) == 0
        made = json.loads((tmp_path / "out" / "scores.json").read_text())
        rows = {section.id: section for section in sections(made)}["comparison-reports"].rows
        assert rows[-1][-1] == ids or rows[0][-1] == ids
        assert "against tiny 0" in (tmp_path / "out" / "report.md").read_text()


def test_a_folder_that_cannot_be_written_is_one_line(model, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert (
        main(["evaluate", "--model", str(model), "--data", "d.json", "-o", str(tmp_path / "file" / "x")]) == 2
    )
    error = capsys.readouterr().err
    assert "cannot be written" in error and error.count("\n") == 1
