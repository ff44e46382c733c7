"""Excel: sheets of events, casualty figures, checks and notes, with real dates and nothing that runs."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import BinaryIO

from infer.render import flat, wording
from infer.render.spreadsheet import is_formula
from infer.schema import Check, Document, InputError, Span

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of a sheet, the header among them
MAX_CELL = 32_767  # UTF-16 units
MAX_DIGITS = 15  # of a number that Excel does not round
FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar is wrong, or there is none
WIDE, NARROW, MARGIN = 60, 8, 2
TOLD = 3  # cells named in a note
EVENTS, CASUALTIES, CHECKS, NOTES = "events", "casualties", "checks", "notes"
READ_FIRST = {
    "this workbook": "What a program read from reports. It errs: read the words (…_text) before you cite.",
    EVENTS: "A row an event. Add up only rows whose part_of is empty: the others lie inside the event it "
    "names. An incident may also lie inside a total that no part_of names: a month's, or another report's.",
    CASUALTIES: "A row a figure of an event, joined by document and event. Only those whose adds_up is TRUE "
    "may be added up within an event; the others are parts of one of them, or what another source says.",
    CHECKS: "A row a total and the sum of its parts. What differs is so in the report; nothing is repaired.",
    "empty cells": "The report does not say, or it is not known. It is never zero.",
    "columns": "Periods include both days. The point of a region is one within it: look at location_kind. "
    "inherited: stated in another sentence. confidence: how likely all in the row is right, from 0 to 1.",
}
CHECK = (
    "document",
    "event",
    "field",
    "outcome",
    "total",
    "stated",
    "sum_of_parts",
    "parts",
    "status",
    "text",
)


def write(documents: Iterable[Document], stream: BinaryIO, note: Callable[[str], None]) -> None:
    """A workbook; `note` is told which texts were longer than a cell and cut."""
    from xlsxwriter import Workbook

    options = {"default_date_format": "yyyy-mm-dd", "in_memory": True}
    book = Workbook(stream, options)
    book.set_properties({"created": datetime(2000, 1, 1)})  # no clock: equal input, equal bytes
    sheets = {name: _Sheet(book, name) for name in (EVENTS, CASUALTIES, CHECKS)}
    sheets[EVENTS].head(flat.COLUMNS)
    sheets[CASUALTIES].head(("document", "event", *flat.FIGURES))
    sheets[CHECKS].head(CHECK)
    for document in documents:
        _add(document, sheets)
    sheets[NOTES] = _Sheet(book, NOTES)
    for of, told in READ_FIRST.items():
        sheets[NOTES].add({"of": of, "note": told}, of)
    for sheet in sheets.values():
        sheet.close()
    book.close()
    cut = [cell for sheet in sheets.values() for cell in sheet.cut]
    if cut:
        named = ", ".join(cut[:TOLD]) + (f" and {len(cut) - TOLD} more" if len(cut) > TOLD else "")
        note(
            f"xlsx: longer than the {MAX_CELL:,} characters of a cell, cut there and marked with …: {named}; "
            "CSV, Parquet and JSON hold them whole"
        )


def _add(document: Document, sheets: dict[str, "_Sheet"]) -> None:
    given = flat.inputs(document)
    for event in document.events:
        cells = {name: flat.spelled(value) for name, value in flat.row(document, event).items()}
        sheets[EVENTS].add(cells | given, document.id)
        of = {"document": document.id, "event": event.id}
        for figure in flat.figures(document, event):
            sheets[CASUALTIES].add(of | figure, document.id)
    for check in document.checks:
        sheets[CHECKS].add(_check(document, check), document.id)


def _check(document: Document, check: Check) -> dict:
    parts = (wording.words(document, p) if isinstance(p, Span) else p for p in check.parts)
    cells = (
        *(document.id, check.event, check.field, check.outcome),
        *(check.span and wording.words(document, check.span), check.stated, check.sum_of_parts),
        *(flat.SEPARATOR.join(parts), check.status, wording.check(document, check)),
    )
    return dict(zip(CHECK, cells, strict=True))


class _Sheet:
    """A sheet that grows by rows; its columns are those that a row had, in the order they came."""

    def __init__(self, book, name: str):
        self.sheet, self.name = book.add_worksheet(name), name
        self.bold, self.as_text = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        self.columns: dict[str, int] = {}
        self.widths: dict[str, int] = {}
        self.rows, self.of, self.cut = 0, "", []

    def head(self, columns: Iterable[str]) -> None:
        for column in columns:
            self.columns.setdefault(column, len(self.columns))
            self.widths.setdefault(column, max(NARROW, len(column)))
        if len(self.columns) > MAX_COLUMNS:
            raise InputError(
                f"xlsx: more than the {MAX_COLUMNS:,} columns of an Excel sheet; write CSV or JSON"
            )

    def add(self, cells: dict, of: str) -> None:
        self.head(cells)
        self.rows += 1
        self.of = of
        if self.rows >= MAX_ROWS:
            raise InputError(
                f"xlsx: more {self.name} than the {MAX_ROWS:,} rows of an Excel sheet; write Parquet or CSV, "
                "or read fewer reports at once"
            )
        for column, value in cells.items():
            if value is not None:
                self._put(column, value)

    def _put(self, column: str, value) -> None:
        at = self.rows, self.columns[column]
        if isinstance(value, bool):
            self.sheet.write_boolean(*at, value)
        elif isinstance(value, date) and value >= FIRST_DAY:
            self.sheet.write_datetime(*at, datetime(value.year, value.month, value.day))
        elif isinstance(value, int | float) and len(str(abs(value)).replace(".", "")) <= MAX_DIGITS:
            self.sheet.write_number(*at, value)
        else:
            self._put_text(at, column, str(value))
        shown = max(map(len, str(value).splitlines()), default=0)
        self.widths[column] = max(self.widths[column], min(shown, WIDE))

    def _put_text(self, at: tuple[int, int], column: str, text: str) -> None:
        """As text, whatever it looks like: no formula, number or link, not when it is edited either."""
        words = _writable(text)
        if (kept := _fitting(words)) != words:
            self.cut.append(f"{column} of {self.of}")
        self.sheet.write_string(*at, kept, self.as_text if is_formula(kept) else None)

    def close(self) -> None:
        for column, number in self.columns.items():
            self.sheet.write_string(0, number, _fitting(_writable(column)), self.bold)
            self.sheet.set_column(number, number, self.widths[column] + MARGIN)
        self.sheet.freeze_panes(1, 0)
        if self.columns:
            self.sheet.autofilter(0, 0, max(self.rows, 1), len(self.columns) - 1)


def _writable(text: str) -> str:
    """What XML 1.0 can hold of it; the library escapes control characters."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _fitting(text: str) -> str:
    """The text, or as much of it as a cell holds and `…`."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * (MAX_CELL - 1)].decode("utf-16-le", "ignore") + "…"
