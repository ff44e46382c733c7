"""A map of confidences never turns their order round, and travels with the weights."""

import json
from dataclasses import replace

import pytest
import tiny_checkpoint
from hypothesis import given
from hypothesis import strategies as st
from sample_documents import sample

from infer import checkpoint
from infer.calibration import Calibration, calibrated
from infer.schema import InputError

weights = st.floats(0, 50)
maps = st.builds(Calibration, weights, weights, st.floats(-50, 50))


@given(maps, st.floats(0, 1), st.floats(0, 1))
def test_a_greater_confidence_never_becomes_the_lesser(calibration, p, q):
    low, high = sorted((p, q))
    assert 0 <= calibration(low) <= calibration(high) <= 1


@given(st.floats(0.0002, 0.9998))
def test_the_plain_map_changes_nothing(p):
    assert abs(Calibration(1, 1, 0)(p) - p) < 1e-4


def test_only_what_has_a_confidence_is_mapped_and_nothing_without_a_map():
    document = replace(sample(), events=(sample().events[0], replace(sample().events[1], confidence=None)))
    assert calibrated(document, None) is document
    halves = calibrated(document, Calibration(0, 0, 0))
    assert [e.confidence for e in halves.events] == [0.5, None] and halves.spans == document.spans


def test_a_map_is_written_into_the_settings_and_read_back(tmp_path):
    folder = tiny_checkpoint.write(tmp_path / "model")
    before = json.loads((folder / checkpoint.CONFIG).read_text())
    assert checkpoint.load(folder).calibration is None
    for c in (0.25, -1.0):
        checkpoint.write_calibration(folder, Calibration(1.5, 0.5, c))
        assert checkpoint.load(folder).calibration == Calibration(1.5, 0.5, c)
    after = json.loads((folder / checkpoint.CONFIG).read_text())
    del after[checkpoint.SETTINGS][checkpoint.CALIBRATION]
    assert after == before


@pytest.mark.parametrize(
    "broken", [{"a": -1, "b": 1, "c": 0}, {"a": 1, "b": 1}, {"a": "nan", "b": 1, "c": 0}, [1]]
)
def test_a_map_that_could_fall_or_is_none_is_refused_in_one_line(tmp_path, broken):
    folder = tiny_checkpoint.write(tmp_path / "model")
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    config[checkpoint.SETTINGS][checkpoint.CALIBRATION] = broken
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    with pytest.raises(InputError, match="no readable settings") as error:
        checkpoint.load(folder)
    assert "\n" not in str(error.value)
