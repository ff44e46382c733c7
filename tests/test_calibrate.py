"""The fitted map says how often records are right, on reports that it did not see."""

import json
from dataclasses import replace

import numpy as np
import pytest
import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from annotations.score import compare
from infer import assembly, checkpoint, pipeline
from infer.calibration import Calibration
from infer.schema import Document
from infer.tagger import Tagger
from train import calibrate
from train.__main__ import main

REPORTS = [
    "In {P June 2023} {A Red Column} carried out {N 12 operations} in {L Homs} and killed {C two soldiers}.",
    "In {P June 2023} {A Red Column} carried out {N 14 operations} in {L Homs} and killed {C nine soldiers}.",
    "{A Red Column} carried out {N 15 operations} in {L Homs}.",
]


def gold(*texts: str) -> list[Document]:
    made = []
    for number, text in enumerate(texts):
        plain, spans = marked(text)
        made.append(assembly.assemble_spans(Document(f"r{number}", plain, spans=spans)))
    return made


@pytest.fixture
def model(tmp_path):
    return tiny_checkpoint.write(tmp_path / "model")


def sure(right: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Confidences that are far too great, and greater for the right ones."""
    return np.clip(0.85 + 0.05 * right + random.normal(0, 0.03, len(right)), 0, 1)


def judged(events: int, reports: int = 40, seed: int = 0) -> calibrate.Judged:
    random = np.random.default_rng(seed)
    right = random.random(events) < 0.4
    return calibrate.Judged(random.integers(0, reports, events), sure(right, random), right)


def test_confidence_that_is_too_great_is_mended_on_reports_held_out():
    made = judged(600)
    shown = calibrate.cross_validated(made, [f"d{i}" for i in range(40)])
    raw, mended = (calibrate.measures(c, made.right) for c in (made.confidence, shown))
    assert raw["expected_calibration_error"] > 0.4 > 0.08 > mended["expected_calibration_error"]
    assert mended["brier"] < raw["brier"]
    assert calibrate.ranking(made.confidence, made.right) > 0.8


def test_a_report_is_judged_by_a_map_that_never_saw_it(monkeypatch):
    made, seen = judged(90, reports=12), []

    def look(confidence, right):
        seen.append(set(confidence.tolist()))
        return Calibration(1, 1, 0)

    monkeypatch.setattr(calibrate, "fit", look)
    calibrate.cross_validated(made, [f"d{i}" for i in range(12)])
    assert len(seen) == calibrate.FOLDS
    for report in range(12):
        own = set(made.confidence[made.report == report].tolist())
        assert sum(not own & rest for rest in seen) == 1 and sum(own <= rest for rest in seen) == 9


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1, max_size=40))
def test_any_events_give_a_map_bins_of_all_and_an_error_below_one(rows):
    confidence, right = (np.array(column) for column in zip(*rows, strict=True))
    fitted = calibrate.fit(confidence, right)
    assert 0 <= fitted(0.5) <= 1  # rounded: a steep map of few events reaches the ends
    found = calibrate.bins(confidence, right)
    assert sum(b["events"] for b in found) == len(rows) and len(found) <= calibrate.BINS
    assert 0 <= calibrate.measures(confidence, right)["expected_calibration_error"] <= 1


def test_equal_confidences_are_one_bin_and_no_error_where_they_are_the_share_right():
    right = np.array([True, False] * 50)
    measured = calibrate.measures(np.full(100, 0.5), right)
    assert measured["expected_calibration_error"] == 0 and len(measured["bins"]) == 1


def test_right_is_what_the_scorer_calls_an_exact_record(model):
    documents = gold(*REPORTS)
    made = calibrate.judge(documents, Tagger(model))
    found = [pipeline.read(replace(d, spans=(), events=()), Tagger(model)) for d in documents]
    assert made.right.sum() == sum(compare(g, f).records.tp for g, f in zip(documents, found, strict=True))
    assert made.right.tolist() == [True, False, True] and made.report.tolist() == [0, 1, 2]
    assert made.confidence.tolist() == [e.confidence for d in found for e in d.events]


def test_the_command_writes_the_map_the_figures_and_the_plot(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("train.dataset.load", lambda file: gold(*REPORTS))
    command = ["calibrate", "--model", str(model), "--data", "dev.json", "-o", str(tmp_path / "out")]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "3 events of 3 documents, 66.7 % right" in told and "expected calibration error: 0." in told
    first = (tmp_path / "out" / "reliability.svg").read_bytes()
    result = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert checkpoint.load(model).calibration == Calibration(**result["calibration"])
    assert main(command) == 0, "fitted to raw confidences, whatever map is there already"
    again = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert again == result and (tmp_path / "out" / "reliability.svg").read_bytes() == first


@pytest.mark.parametrize("texts", [(), REPORTS[:1], ("Nothing happened.", "Nor here.")])
def test_too_few_reports_are_refused_in_one_line_and_nothing_is_written(
    model, tmp_path, monkeypatch, capsys, texts
):
    monkeypatch.setattr("train.dataset.load", lambda file: gold(*texts))
    before = (model / checkpoint.CONFIG).read_bytes()
    out = tmp_path / "out"
    assert main(["calibrate", "--model", str(model), "--data", "few.json", "-o", str(out)]) == 2
    error = capsys.readouterr().err
    assert "few.json: events were found in fewer than two reports" in error and error.count("\n") == 1
    assert (model / checkpoint.CONFIG).read_bytes() == before and not out.exists()
