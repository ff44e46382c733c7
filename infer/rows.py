"""Reports that are rows of a table: CSV, JSON Lines and Parquet, with a column for the text."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from math import isfinite
from typing import BinaryIO

from infer.schema import Document, InputError

USUAL = {"text": ("text", "body", "content"), "id": ("id", "doc_id"), "date": ("report_date", "date")}
DELIMITERS = (",", ";", "\t")
MAX_CELL = 2**31 - 1  # characters; what csv takes on every platform
BATCH = 500  # rows of a Parquet file in memory at a time

Row = tuple[int, dict | InputError]  # the line it begins on, and its cells by column or why it has none


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that hold text, id and report date; None takes the first of the usual names there is."""

    text: str | None = None
    id: str | None = None
    date: str | None = None

    def among(self, names: Iterable[str]) -> dict[str, str | None]:
        """{role: name of its column, or None}; usual names are met in any case, given ones exactly."""
        names = list(names)
        folded = {name.strip().casefold(): name for name in reversed(names)}
        there = f"columns: {', '.join(names) or 'none'}"
        found = {}
        for role, usual in USUAL.items():
            found[role] = getattr(self, role) or next((folded[u] for u in usual if u in folded), None)
            if found[role] not in (None, *names):
                raise InputError(f"has no column {found[role]!r}; {there}; choose with --{role}-column")
        if found["text"] is None:
            raise InputError(
                f"has no column {' or '.join(USUAL['text'])}; {there}; choose with --text-column"
            )
        return found


def documents(
    rows: Iterable[Row], name: str, columns: Columns, encoding: str
) -> Iterator[Document | InputError]:
    """The document of each row of the file `name`; an InputError, with its line, for a bad one."""
    for line, row in rows:
        try:
            if isinstance(row, InputError):
                raise row
            yield _document(row, columns.among(row), f"{name}#{line}", encoding)
        except InputError as error:
            yield InputError(f"{name}, line {line}: {error}")


def from_csv(lines: Iterator[str], columns: Columns) -> Iterator[Row]:
    """The rows of a CSV file opened with `newline=""`.

    The delimiter is the first of comma, semicolon and tab under which the header names the text column.
    """
    csv.field_size_limit(MAX_CELL)
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=_delimiter(first, columns), strict=True)
    line = 1
    try:
        header = next(reader, [])
        text = _checked(header, columns)["text"]
        while True:
            line = reader.line_num + 1
            row = next(reader, None)
            if row is None:
                return
            if row:
                yield line, _cells(header, row, text)
    except csv.Error as error:
        yield line, InputError(f"is no CSV ({error}); mend it there, the rest was not read")
    except InputError as error:
        yield line, error


def _delimiter(header: str, columns: Columns) -> str:
    """Comma where none makes the header name the text column, so that the error tells of it."""
    for delimiter in DELIMITERS:
        try:
            columns.among(next(csv.reader([header], delimiter=delimiter), []))
        except InputError:
            continue
        return delimiter
    return DELIMITERS[0]


def _checked(header: list[str], columns: Columns) -> dict[str, str | None]:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"has several columns {', '.join(map(repr, twice))}; give each a name of its own")
    return columns.among(header)


def _cells(header: list[str], row: list[str], text: str) -> dict | InputError:
    """Cells by column, None where the row is short; an empty text is none: CSV cannot tell them apart."""
    if len(row) > len(header):
        return InputError(
            f"has {len(row)} cells, the header {len(header)}; quote cells that hold a delimiter"
        )
    cells = dict(zip(header, row + [None] * (len(header) - len(row)), strict=True))
    return cells | {text: cells[text] or None}


def from_json_lines(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a JSON Lines file; blank lines are nothing."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> dict | InputError:
    try:
        row = json.loads(line, parse_constant=_refuse, parse_float=_finite)
        json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        return InputError(f"is no JSON ({error}); one object a line is needed")
    if not isinstance(row, dict):
        return InputError(f"is a JSON {type(row).__name__}; one object a line is needed")
    return row


def from_parquet(stream: BinaryIO, columns: Columns, skip: int = 0) -> Iterator[Row]:
    """The rows of a Parquet file after the first `skip`, numbered from 1 at its beginning."""
    import pyarrow
    from pyarrow import parquet

    number = 0
    try:
        file = parquet.ParquetFile(stream)
        columns.among(file.schema_arrow.names)
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            if number + count <= skip:
                number += count
                continue
            for batch in file.iter_batches(BATCH, row_groups=[group]):
                before = min(max(0, skip - number), len(batch))
                for at, row in enumerate(batch.slice(before).to_pylist(), start=number + before + 1):
                    yield at, {name: _plain(value) for name, value in row.items()}
                number += len(batch)
    except pyarrow.ArrowException as error:
        reason = str(error).splitlines()[0]
        yield number + 1, InputError(f"is no Parquet ({reason}); write it anew, the rest was not read")
    except InputError as error:
        yield number + 1, error


def _plain(value: object) -> object:
    """A cell of a Parquet file as JSON has it: days and times in ISO 8601, what is no number as nothing."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _refuse(constant: str):
    raise ValueError(f"{constant} is no JSON number")


def _finite(number: str) -> float:
    return float(number) if isfinite(float(number)) else _refuse(number)


def _document(row: dict, roles: dict, default_id: str, encoding: str) -> Document:
    text, own_id, stated = row[roles["text"]], row.get(roles["id"]), row.get(roles["date"])
    if not isinstance(text, str):
        seen = "nothing" if text is None else repr(text)
        raise InputError(f"has no text in {roles['text']!r}, but {seen}; give each row a text")
    if isinstance(own_id, dict | list | bool | float):
        raise InputError(f"has the id {own_id!r}; give a string or a whole number")
    report_date = None if stated in (None, "") else day(stated)
    return Document(
        id=default_id if own_id in (None, "") else str(own_id),
        text=text,
        report_date=report_date,
        report_date_source="data" if report_date else None,
        encoding=encoding,
        extra={k: v for k, v in row.items() if k not in roles.values()},
    )


def day(stated: object) -> date:
    """The day of an ISO 8601 date, or date and time; InputError for anything else."""
    try:
        return datetime.fromisoformat(stated.strip()).date()
    except (ValueError, AttributeError):
        raise InputError(f"{stated!r} is no date; write year-month-day, such as 2024-01-31") from None
