"""Rows of CSV and JSON Lines become documents, cell for cell; a bad row is named and the others go on."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.rows import Columns, day, documents, from_csv, from_json_lines
from infer.schema import InputError

USUAL = Columns()


def from_text(table: str, columns=USUAL, kind="csv") -> list:
    lines = io.StringIO(table, newline="")
    rows = from_csv(lines, columns) if kind == "csv" else from_json_lines(lines)
    return list(documents(rows, f"r.{kind}", columns, "utf-8"))


def from_lines(*rows, columns=USUAL) -> list:
    lines = (r if isinstance(r, str) else json.dumps(r) for r in rows)
    return from_text("\n".join(lines), columns, "jsonl")


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(cells.filter(bool), cells, cells), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_cells_come_through_as_they_were_line_ends_and_quotes_too(rows, delimiter):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "region", "sub;ject"), *rows])
    read = from_text(file.getvalue())
    assert [(d.text, d.extra["region"], d.extra["sub;ject"]) for d in read] == rows


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.none()), max_size=4
    )
)
def test_json_values_come_through_as_they_were(rows):
    read = from_lines(*({"text": text, "n": n} for text, n in rows))
    assert [(d.text, d.extra["n"]) for d in read] == rows


def test_the_usual_columns_are_found_and_the_others_passed_through():
    (read,) = from_text("Doc_ID,Date,Body,source\r\n7,2024-02-01,Nine dead,wire\r\n")
    assert (read.id, read.report_date, read.report_date_source) == ("7", date(2024, 2, 1), "data")
    assert (read.text, read.extra) == ("Nine dead", {"source": "wire"})


def test_columns_can_be_chosen():
    (read,) = from_lines(
        {"story": "Nine dead", "n": 5, "on": "2024-02-01T23:30:00Z", "text": "teaser"},
        columns=Columns(text="story", id="n", date="on"),
    )
    assert (read.text, read.id, read.report_date) == ("Nine dead", "5", date(2024, 2, 1))
    assert read.extra == {"text": "teaser"}


def test_without_an_id_a_document_is_called_after_the_line_its_row_begins_on():
    assert [d.id for d in from_text('text,x\n"two\nlines",1\nnext,2\n')] == ["r.csv#2", "r.csv#4"]
    assert [d.id for d in from_lines({"text": "a"}, "", {"text": "b"})] == ["r.jsonl#1", "r.jsonl#3"]


def test_a_cell_of_a_megabyte_is_whole():
    text = "Nine soldiers were killed.\r\n" * 40_000
    (read,) = from_text(f'text\r\n"{text}"\r\n')
    assert read.text == text


def test_an_empty_json_text_is_an_empty_report_but_an_empty_csv_cell_is_none():
    assert from_lines({"text": ""})[0].text == ""
    assert isinstance(from_text('text,x\n"",1\n')[0], InputError)


def test_a_short_row_has_no_value_in_its_last_columns():
    assert from_text("text,x\nNine dead\n")[0].extra == {"x": None}


@pytest.mark.parametrize(
    "row, why",
    [
        ('{"text": "cut', "is no JSON"),
        ('{"text": NaN}', "NaN is no JSON number"),
        ('{"text": "x", "n": 1e999}', "1e999 is no JSON number"),
        ('{"text": "half \\ud83d a pair"}', "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('["text"]', "is a JSON list"),
        ({"txt": "typo"}, "has no column text or body or content; columns: txt; choose with --text-column"),
        ({"text": None}, "has no text in 'text'"),
        ({"text": 5}, "has no text in 'text'"),
        ({"text": "x", "id": [1]}, r"has the id \[1\]"),
        ({"text": "x", "date": "31/12/2024"}, "'31/12/2024' is no date; write year-month-day"),
        ({"text": "x", "date": 20240101}, "is no date"),
    ],
)
def test_a_bad_json_line_is_named_and_the_others_go_on(row, why):
    before, bad, after = from_lines({"text": "a"}, row, {"text": "b"})
    assert (before.text, after.text) == ("a", "b")
    with pytest.raises(InputError, match=f"r.jsonl, line 2: .*{why}"):
        raise bad


@pytest.mark.parametrize(
    "table, why",
    [
        ("text,x\na,1\nb,1,2\nc,1", "line 3: has 3 cells, the header 2"),
        ("text,x\na,1\n,1\nc,1", "line 3: has no text"),
        ("text,date\na,2024-01-01\nb,2024-13-01\nc,", "line 3: '2024-13-01' is no date"),
    ],
)
def test_a_bad_csv_row_is_named_and_the_others_go_on(table, why):
    before, bad, after = from_text(table)
    assert (before.text, after.text) == ("a", "c")
    with pytest.raises(InputError, match=why):
        raise bad


@pytest.mark.parametrize(
    "table, why",
    [
        ("", "has no column text or body or content; columns: none"),
        ("headline,story\na,b", "columns: headline, story; choose with --text-column"),
        ("text,x,x\na,1,2", "has several columns 'x'"),
    ],
)
def test_a_table_without_a_text_column_is_one_error(table, why):
    (bad,) = from_text(table)
    with pytest.raises(InputError, match=why):
        raise bad


def test_a_chosen_column_that_is_not_there_is_an_error_whatever_the_delimiter():
    for delimiter in ",;":
        (bad,) = from_text(f"text{delimiter}x\na{delimiter}b", Columns(id="key"))
        assert "has no column 'key'" in str(bad) and "--id-column" in str(bad)


def test_an_open_quote_is_named_where_it_opens_and_the_rest_not_made_up():
    good, bad = from_text('text,x\na,1\n"b,1\nc,1\n')
    assert good.text == "a" and "line 3: is no CSV" in str(bad)


@pytest.mark.parametrize("stated", ["2024-02-30", "tomorrow", "", None, 5, "2024"])
def test_what_is_no_day_is_refused(stated):
    with pytest.raises(InputError, match="is no date"):
        day(stated)
