"""The CSV: the documented columns, the values of the record, safe to open in a spreadsheet program."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import documents, sample

import infer.render
from infer.render import spreadsheet
from infer.schema import Document


def printed(*documents: Document) -> str:
    stream = io.StringIO(newline="")
    spreadsheet.write(documents, stream)
    return stream.getvalue()


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_sample_s_rows_hold_its_values():
    total, homs, hama = rows(printed(sample()))
    assert {k: total[k] for k in ("document", "event", "part_of", "kind", "actors", "actors_text")} == {
        "document": "bulletin.txt", "event": "e1", "part_of": "", "kind": "aggregate",
        "actors": "Red Column", "actors_text": "Red Column cells",
    }  # fmt: skip
    assert (total["attacks"], total["attacks_relation"], total["attacks_text"]) == (
        "17", "at_least", "at least 17 operations",
    )  # fmt: skip
    assert (total["killed"], total["killed_victims"], total["killed_components"]) == (
        "8", "mixed", "a civilian; seven soldiers",
    )  # fmt: skip
    assert (homs["part_of"], homs["killed"], homs["alternatives"]) == ("e1", "5", "30")
    assert (homs["locations"], homs["locations_text"], homs["country"], homs["admin1"]) == (
        "Ḩimş", "Homs", "SY", "SY-HI",
    )  # fmt: skip
    assert (homs["latitude"], homs["longitude"]) == ("34.5", "-38.25")
    assert (homs["period_start"], homs["period_end"], homs["inherited"]) == (
        "2023-06-01", "2023-06-30", "actors; period",
    )  # fmt: skip
    assert (hama["wounded"], hama["wounded_relation"], hama["wounded_text"]) == ("", "vague", "dozens")
    assert (total["checks"], hama["checks"]) == ("differs", "")


def test_every_column_is_documented_and_every_documented_column_is_there():
    text = (
        (Path(infer.render.__file__).parent / "COLUMNS.md").read_text(encoding="utf-8").split("## Excel")[0]
    )
    named = re.findall(
        r"`([a-z0-9_]+)`", "".join(line.split("|")[1] for line in text.splitlines() if line[:2] == "| ")
    )
    others = [
        c for c in spreadsheet.COLUMNS if not c.startswith(("wounded", "captured", "missing", "unspecified"))
    ]
    assert [c for c in named if c != "column"] == others
    for outcome in ("wounded", "captured", "missing", "unspecified"):
        assert outcome in text
        mine = [c.removeprefix(outcome) for c in spreadsheet.COLUMNS if c.startswith(outcome)]
        assert mine == [c.removeprefix("killed") for c in spreadsheet.COLUMNS if c.startswith("killed")]


@settings(deadline=None, max_examples=40)
@given(st.lists(documents(), max_size=3))
def test_any_documents_make_one_row_an_event_with_the_same_columns(many):
    read = rows(printed(*many))
    events = [(d, e) for d in many for e in d.events]
    assert [r["event"] for r in read] == [e.id for _, e in events]
    for row, (document, _) in zip(read, events, strict=True):
        assert list(row)[: len(spreadsheet.COLUMNS)] == list(spreadsheet.COLUMNS)
        assert None not in row and None not in row.values()
        assert row["document"].removeprefix("'") == document.id.removeprefix("'")


def test_input_columns_come_last_and_meet_none_of_ours():
    (first, *_) = rows(printed(replace(sample(), extra={"event": "x", "killed": None, "n": [1, "é"]})))
    assert list(first)[-3:] == ["input_event", "input_killed", "input_n"]
    assert (first["event"], first["input_event"], first["input_killed"]) == ("e1", "x", "")
    assert first["input_n"] == '[1, "é"]'


@pytest.mark.parametrize(
    "formula", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "-1.5x"]
)
def test_a_formula_is_defused(formula):
    assert spreadsheet.safe(formula) == f"'{formula}"


@pytest.mark.parametrize("value", ["-12.5", "+7", "-.5", "1e-3", "plain", "a=b", -12.5, 3, ""])
def test_numbers_and_plain_words_stay_as_they_are(value):
    assert spreadsheet.safe(value) == value


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_but_a_number_begins_as_a_formula(text):
    cell = spreadsheet.safe(text)
    assert not cell.startswith(tuple("=+-@\t\r")) or float(cell) is not None


def test_without_events_there_is_a_header():
    assert printed(Document("d", "")).split("\r\n") == [",".join(spreadsheet.COLUMNS), ""]
