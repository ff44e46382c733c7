"""Evaluation: what ships is what is scored, by seqeval and by our own scorer alike, in three readings."""

import json
from itertools import pairwise

import pytest
import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.score import Counts, compare
from infer import checkpoint
from infer.schema import LABELS, Document, Span
from train import dataset, scores
from train.__main__ import main
from train.evaluate import evaluate, table

COLUMNS = """Red B-ACTOR
Column I-ACTOR
claimed O
14 B-ATTACK_COUNT
operations I-ATTACK_COUNT
near O
Homs B-LOCATION
, O
killing O
five B-CASUALTY
soldiers I-CASUALTY
and O
a B-CASUALTY
farmer I-CASUALTY
"""


@pytest.fixture
def model(tmp_path):
    return tiny_checkpoint.write(tmp_path / "model")


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "gold.conll"
    file.write_text(COLUMNS)
    return str(file)


@st.composite
def spans(draw, text):
    edges = draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8).map(sorted))
    return tuple(Span(a, b, draw(st.sampled_from(LABELS))) for a, b in pairwise(edges) if draw(st.booleans()))


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_our_exact_span_score_is_seqevals(data):
    """Two scorers, written apart, agree on any two sets of spans: per label and in all."""
    text = "Red Column hit Homs in June"
    gold, found = (Document(id="d", text=text, spans=data.draw(spans(text))) for _ in range(2))
    ours, theirs = compare(gold, found), scores.strict([gold], [found.spans])
    assert ours.span_micro == theirs.pop("all")
    assert {label: c for label, c in ours.spans.items() if c != Counts()} == theirs


def test_the_three_readings(model, data, tmp_path):
    """Counts worked out by hand: the tiny model misses "a farmer" and finds the other four spans."""
    result = evaluate(model, data)
    assert result["spans"]["mode"] == "seqeval strict IOB2"
    strict = result["spans"]["strict"]
    assert (strict["CASUALTY"]["tp"], strict["CASUALTY"]["fn"], strict["ACTOR"]["tp"]) == (1, 1, 1)
    assert (strict["all"]["tp"], strict["all"]["fp"], strict["all"]["fn"]) == (4, 0, 1)
    assert result["spans"]["overlap"]["all"]["tp"] == 4
    assert result["model"]["sha256"] == checkpoint.load(model).digest()
    assert result["data"]["documents"] == 1 and result["data"]["sha256"] == dataset.fingerprint(
        dataset.load(data)
    )
    for reading in ("events_from_gold_spans", "events_end_to_end"):
        assert result[reading]["all slots"]["tp"] == 0 and result[reading]["all slots"]["recall"] is None
    assert json.loads(json.dumps(result)) == result


def test_gold_events_do_not_reach_the_program(model, monkeypatch):
    """What is scored is read from text or spans alone: gold records handed in would score themselves."""
    seen = []

    def look(document, *rest):
        seen.append(document)
        return document

    gold = Document(id="d", text="five soldiers", spans=(Span(0, 13, "CASUALTY"),))
    monkeypatch.setattr("train.dataset.load", lambda path: [gold])
    monkeypatch.setattr("train.judging.pipeline.read", look)
    monkeypatch.setattr("train.judging.assembly.assemble_spans", look)
    evaluate(model, "any.json")
    assert {document.spans for document in seen} == {(), gold.spans}
    assert not any(document.events or document.checks for document in seen)


def test_another_label_set_is_scored_by_spans_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny_checkpoint, "LABELS", ("ACTOR", "SHIP"))
    monkeypatch.setattr(tiny_checkpoint, "WORDS", {"Red": "B-SHIP"})
    model = tiny_checkpoint.write(tmp_path / "model")
    file = tmp_path / "gold.bio"
    file.write_text("Red B-SHIP\nsank O\n")
    result = evaluate(model, str(file))
    assert result["spans"]["strict"]["all"]["f1"] == 1.0 and result["events_end_to_end"] is None
    assert "events end to end: not scored" in table(result)


def test_the_table_shows_every_count(model, data):
    """Plain text, a row a label, the mode of the strict reading in its head."""
    lines = table(evaluate(model, data)).splitlines()
    assert lines[0].startswith("tiny 0 on ") and lines[0].endswith("1 documents")
    assert "spans, seqeval strict IOB2" in table(evaluate(model, data))
    (row,) = (line for line in lines[:9] if line.split()[:1] == ["CASUALTY"])
    assert row.split() == ["CASUALTY", "100.0", "50.0", "66.7", "tp", "1", "fp", "0", "fn", "1"]
    assert "events from gold spans" in "\n".join(lines) and max(map(len, lines)) < 110


def test_the_command_prints_the_table_and_writes_the_counts(model, data, tmp_path, capsys):
    output = tmp_path / "new" / "scores.json"
    assert main(["evaluate", "--model", str(model), "--data", data, "-o", str(output)]) == 0
    assert capsys.readouterr().out.strip() == table(evaluate(model, data))
    assert json.loads(output.read_text()) == evaluate(model, data)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "--model", "nowhere"], "train: nowhere: no such folder"),
        (["nowhere.yaml"], "train: nowhere.yaml: no readable configuration"),
        (
            ["fit", "configs/smoke.yaml", "fit.epoch=1"],
            "train: no setting 'fit.epoch'; did you mean fit.epochs?",
        ),
        (["export", "configs/smoke.yaml", "runs=nowhere"], "holds no fitted model"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
