"""CSV with one row an event; what each column holds is told in COLUMNS.md beside this file."""

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from infer.render import flat
from infer.schema import Document

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program takes for a formula at a cell's start
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
COLUMNS = tuple(flat.COLUMNS)


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """Rows of all events, columns of the input last.

    The header needs the input columns of every document, so rows are kept in memory until the end.
    """
    rows = [flat.row(d, event) | flat.inputs(d) for d in documents for event in d.events]
    passed = dict.fromkeys(name for r in rows for name in r if name.startswith(flat.INPUT))
    print_rows(rows, [*COLUMNS, *passed], stream)


def print_rows(rows: Iterable[dict], columns: list[str], stream: TextIO) -> None:
    """A header and rows, every cell of them made safe."""
    writer = csv.DictWriter(stream, columns, restval="")
    writer.writeheader()
    writer.writerows({name: safe(flat.spelled(value)) for name, value in row.items()} for row in rows)


def safe(value):
    """The cell of a value: text that a spreadsheet program would run as a formula gets a ' before it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return f"'{value}" if is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program may run a text; a plain number with its sign is none."""
    return text.startswith(FORMULA) and not NUMBER.fullmatch(text)
