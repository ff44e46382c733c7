"""The model card says what the committed scores say, of the weights that ship, and nothing by hand."""

import json

import pytest
import yaml

from annotations import gold
from infer import checkpoint
from infer.schema import InputError
from train.__main__ import main
from train.report import card
from train.report.write import as_json


@pytest.fixture(scope="module")
def corpus():
    return card.corpus()


@pytest.fixture
def text():
    return card.CARD.read_text(encoding="utf-8")


def test_card_and_scores_agree(text, corpus):
    """Type `python -m train evaluate --card` where they do not."""
    assert card.filled(text, card.load(), corpus) == text


def test_the_scores_are_of_the_weights_that_ship_and_of_the_corpus_that_is_here():
    stored = card.load()
    assert set(stored) == set(card.SPLITS)
    assert {of["model"]["sha256"] for of in stored.values()} == {checkpoint.load().digest()}
    for split, of in stored.items():
        assert of["data"]["documents"] == len(gold.read_raw(split))


def test_no_report_is_among_the_committed_scores():
    """Counts only: no text, and no figure of a single report."""
    for of in card.load().values():
        assert not set(card.LEFT_OUT) & set(of)


def test_a_figure_changed_by_hand_does_not_stand(text, corpus):
    scores = card.load()
    f1 = f"{100 * scores['dev']['spans']['strict']['all']['f1']:.1f}"
    block = text.index("<!-- spans: begin -->")
    changed = text[:block] + text[block:].replace(f1, "99.9", 1)
    assert changed != text and card.filled(changed, scores, corpus) == text


def test_the_front_matter_is_hugging_faces_and_holds_the_results(text):
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["license"] == "apache-2.0" and front["pipeline_tag"] == "token-classification"
    for result in front["model-index"][0]["results"]:
        stored = card.load()[result["dataset"]["split"]]
        assert result["dataset"]["revision"] == stored["data"]["sha256"]
        first = result["metrics"][0]
        assert first == {
            "type": "f1",
            "name": "spans, strict F1",
            "value": round(stored["headline"]["spans"]["f1"], 4),
        }


def test_a_card_without_a_block_is_refused(text, corpus):
    with pytest.raises(InputError, match="no place for 'killed'; put <!-- killed: begin --> and"):
        card.filled(text.replace("<!-- killed: begin -->", ""), card.load(), corpus)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "other.json"], "other.json: the card shows dev and test of the corpus; type one of"),
        (["-o", "x"], "--card writes model_card.md and nothing else"),
        (["--against", "infer/weights"], "--card writes model_card.md and nothing else"),
    ],
)
def test_what_the_card_cannot_show_is_one_line(arguments, message, capsys):
    assert main(["evaluate", "--card", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_split_is_scored_stored_and_shown(tmp_path, monkeypatch, text, corpus):
    """The other split's figures stay; what is known of the training stays with the same weights."""
    stored, page = tmp_path / "scores", tmp_path / "card.md"
    stored.mkdir()
    page.write_text(text)
    before = card.load()
    made = {"seed": 1, "documents": 2, "sha256": "x", "networks": {"tagger": {"epochs": 3, "seconds": 5400}}}
    for split, of in before.items():
        (stored / f"{split}.json").write_text(as_json(of | {"training": made}))
    scores = before["dev"] | {"headline": before["dev"]["headline"], "reports": [{"id": "x"}]}
    scores["model"] = before["dev"]["model"]
    monkeypatch.setattr(card, "judge", lambda tagger, file: type("J", (), {"checkpoint": None}))
    monkeypatch.setattr(card, "Tagger", lambda model: None)
    monkeypatch.setattr(card, "measured", lambda judged: scores)
    monkeypatch.setattr(card, "training", lambda weights: None)
    monkeypatch.setattr(card, "corpus", lambda: corpus)
    written = card.update("any", [str(gold.path("dev"))], page, stored)
    assert written == [stored / "dev.json", page]
    after = json.loads((stored / "dev.json").read_text())
    assert "reports" not in after and after["training"] == made
    assert json.loads((stored / "test.json").read_text())["model"] == before["test"]["model"]
    assert "tagger: 3 epochs, 90 minutes; 1.5 hours together" in page.read_text()
