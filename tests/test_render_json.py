"""JSON in its three shapes: the record, an array, and lines; all of them parse back."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import documents, sample

from infer import render
from infer.render import Style
from infer.render.record import to_record

MODEL = {"name": "minilm", "version": "1", "labels": ["ACTOR"]}

LATER = ("csv", "acled", "html")


def printed(documents, format: str, alone=False, **style) -> str:
    stream = io.StringIO(newline="")
    render.write(iter(documents), stream, Style(format, **style), alone)
    return stream.getvalue()


@settings(deadline=None, max_examples=25)
@given(st.lists(documents(), max_size=3))
def test_the_array_and_the_lines_hold_every_record(many):
    records = [to_record(d, MODEL, True) for d in many]
    assert json.loads(printed(many, "json", model=MODEL, with_text=True)) == records
    lines = printed(many, "jsonl", model=MODEL, with_text=True).split("\n")
    assert [json.loads(line) for line in lines[:-1]] == records and lines[-1] == ""


def test_one_record_alone_is_an_object():
    assert json.loads(printed([sample()], "json", alone=True)) == to_record(sample())


@pytest.mark.parametrize("format", [n for n, f in render.FORMATS.items() if not f.binary and n not in LATER])
def test_documents_are_printed_as_they_come(format):
    """All but those of LATER, whose header needs the columns of every document, or that print one alone."""
    stream = io.StringIO()

    def coming():
        yield sample()
        assert "bulletin.txt" in stream.getvalue()
        yield sample()

    render.write(coming(), stream, Style(format))
    assert stream.getvalue().count("bulletin.txt") >= 2


def test_letters_stay_letters():
    assert "Ḩimş" in printed([sample()], "json") and "🚑" in printed([sample()], "json", with_text=True)
