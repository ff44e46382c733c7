"""The workbook read back by openpyxl: real dates and numbers, no formula, nothing cut unsaid."""

import io
import re
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import documents, sample, words

from infer.render import flat, xlsx
from infer.schema import Document, InputError

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def written(*documents: Document) -> tuple[openpyxl.Workbook, list[str]]:
    stream, notes = io.BytesIO(), []
    xlsx.write(documents, stream, notes.append)
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue())), notes


def rows(sheet) -> list[dict]:
    header, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in others]


def text_of(value: str) -> str:
    """What Excel shows of a text in the file; openpyxl leaves it escaped (ECMA-376, 22.9.2.19)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


def test_the_sheets_have_real_dates_and_numbers_under_a_header_that_stays():
    book, notes = written(sample())
    assert book.sheetnames == ["events", "casualties", "checks", "notes"] and notes == []
    assert all(sheet.freeze_panes == "A2" and sheet["A1"].font.bold for sheet in book)
    total, homs, hama = rows(book["events"])
    assert list(total) == [*flat.COLUMNS, "input_source", "input_lat"]
    assert (total["period_start"], total["killed"], homs["latitude"]) == (datetime(2023, 6, 1), 8, 34.5)
    assert (total["confidence"], hama["wounded"], homs["inherited"]) == (0.8765, None, "actors; period")
    assert book["events"]["B2"].is_date and book["events"]["B2"].number_format == "yyyy-mm-dd"
    figures = rows(book["casualties"])
    assert [(f["event"], f["value"], f["adds_up"]) for f in figures][:3] == [
        ("e1", 8, True), ("e1", 1, False), ("e1", 7, False),
    ]  # fmt: skip
    checks = rows(book["checks"])
    assert [(c["status"], c["stated"], c["parts"]) for c in checks] == [
        ("agrees", 17, "e2; e3"), ("differs", 8, "e2"), ("agrees", 8, "a civilian; seven soldiers"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "{=1}"])
def test_a_formula_is_text_also_when_its_cell_is_edited(text):
    book, _ = written(replace(sample(), extra={"x": text}))
    cell = book["events"].cell(2, len(flat.COLUMNS) + 1)
    assert cell.data_type == "s" and text_of(cell.value) == text
    assert cell.quotePrefix or text.startswith("{")


def test_an_address_is_no_link():
    book, _ = written(replace(sample(), extra={"url": "https://example.org/a", "file": "internal:x!A1"}))
    assert all(cell.hyperlink is None for row in book["events"] for cell in row)
    assert rows(book["events"])[0]["url"] == "https://example.org/a"


@settings(deadline=None, max_examples=25)
@given(st.lists(documents(), max_size=2), words)
def test_whatever_the_documents_hold_no_cell_is_a_formula_and_texts_come_back(many, name):
    many = [
        replace(document, extra={name: f"{start}{name}"}) for document, start in zip(many, "=@", strict=False)
    ]
    book, _ = written(*many)
    for sheet in book:
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "d", "b"}
    texts = [
        d.extra[name].replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for d in many for _ in d.events
    ]
    column = len(flat.COLUMNS) + 1
    cells = [book["events"].cell(2 + n, column).value for n in range(len(texts))]
    assert [text_of(cell) for cell in cells] == texts


def test_a_text_that_no_cell_holds_is_cut_to_fit_and_named():
    long = "🚑" * 20_000  # two UTF-16 units each
    book, notes = written(replace(sample(), id="r.csv#2", extra={"a": "x" * 32_767, "b": long}))
    a, b = list(rows(book["events"])[0].values())[-2:]
    assert a == "x" * 32_767 and len(b.encode("utf-16-le")) == 2 * 32_767 and b.rstrip("…") == "🚑" * 16_383
    (note,) = notes
    assert "32,767 characters" in note and "input_b of r.csv#2" in note and "input_a" not in note


def test_more_rows_than_a_sheet_holds_are_refused_in_a_line(monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 7)
    assert len(rows(written(sample())[0]["casualties"])) == 6
    monkeypatch.setattr(xlsx, "MAX_ROWS", 6)
    with pytest.raises(InputError, match="more casualties than the 6 rows of an Excel sheet; write Parquet"):
        written(sample())


def test_without_events_there_are_headers():
    book, _ = written(Document("d", ""))
    assert [cell.value for cell in book["events"][1]] == list(flat.COLUMNS)
    assert [cell.value for cell in book["casualties"][1]] == ["document", "event", *flat.FIGURES]
    assert [cell.value for cell in book["checks"][1]] == list(xlsx.CHECK)


def test_the_notes_say_of_each_sheet_what_may_be_added_up():
    book, _ = written(sample())
    told = {row["of"]: row["note"] for row in rows(book["notes"])}
    assert set(book.sheetnames) - {"notes"} <= set(told) and "part_of is empty" in told["events"]
    assert "adds_up" in told["casualties"]


def test_equal_documents_make_equal_files():
    one, two = io.BytesIO(), io.BytesIO()
    xlsx.write([sample()], one, print)
    xlsx.write([sample()], two, print)
    assert one.getvalue() == two.getvalue()
