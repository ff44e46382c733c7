"""Documents out: one module a format, and `record`, the contract that all of them print."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TextIO

from infer.schema import Document, InputError, not_installed

SUMMARY_FORMATS = ("table", "json")


@dataclass(frozen=True, slots=True)
class Style:
    """How to print: a key of FORMATS, the model as in `record.to_record`, and whether with the text.

    `index` is the address of the page that lists a page among others; `note` tells the user one line of
    what a format cannot hold.
    """

    format: str = "table"
    model: dict | None = None
    with_text: bool = False
    index: str | None = None
    note: Callable[[str], None] = lambda line: None


def _table(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import table

    table.write(documents, stream)


def _json(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import json_records

    json_records.write(_records(documents, style), stream, alone)


def _json_lines(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import json_records

    json_records.write_lines(_records(documents, style), stream)


def _records(documents: Iterable[Document], style: Style) -> Iterable[dict]:
    from infer.render.record import to_record

    return (to_record(document, style.model, style.with_text) for document in documents)


def _csv(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import spreadsheet

    spreadsheet.write(documents, stream)


def _html(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import html

    html.write(documents, stream, style)


def _geojson(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import geojson

    geojson.write(documents, stream)


def _acled(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool) -> None:
    from infer.render import acled

    acled.write(documents, stream, style.note)


def _parquet(documents: Iterable[Document], stream: IO, style: Style, alone: bool) -> None:
    from infer.render import parquet

    parquet.write(documents, stream)


def _xlsx(documents: Iterable[Document], stream: IO, style: Style, alone: bool) -> None:
    from infer.render import xlsx

    xlsx.write(documents, stream, style.note)


@dataclass(frozen=True, slots=True)
class Format:
    """How its files end, what prints it, whether to a stream of bytes; the module it needs, and its extra.

    `named` is whether a file's ending means it, where no format is given.
    """

    suffix: str
    write: Callable[[Iterable[Document], IO, Style, bool], None]
    binary: bool = False
    needs: str | None = None
    extra: str | None = None
    named: bool = True


FORMATS = {
    "table": Format(".txt", _table),
    "json": Format(".json", _json),
    "jsonl": Format(".jsonl", _json_lines),
    "csv": Format(".csv", _csv),
    "html": Format(".html", _html),
    "geojson": Format(".geojson", _geojson),
    "acled": Format(".csv", _acled, named=False),
    "parquet": Format(".parquet", _parquet, binary=True, needs="pyarrow", extra="export"),
    "xlsx": Format(".xlsx", _xlsx, binary=True, needs="xlsxwriter", extra="export"),
}
SUFFIXES = {name: format.suffix for name, format in FORMATS.items() if format.named}


def check_installed(name: str) -> None:
    """InputError where what a format needs is not installed."""
    from importlib.util import find_spec

    needed = FORMATS[name].needs
    if needed and not find_spec(needed):
        raise InputError(f"--format {name}: {not_installed(needed, FORMATS[name].extra)}")


def write(documents: Iterable[Document], stream: IO, style: Style, alone: bool = False) -> None:
    """Print documents as they come; `alone` prints JSON as the one record and not as an array of records.

    A stream for anything but a table is opened as UTF-8 with `newline=""`, for a binary format as bytes.
    """
    format = FORMATS[style.format]
    if not format.binary:
        format.write(documents, stream, style, alone)
        return
    whole = BytesIO()  # the libraries ask where they are in a file, which a pipe cannot tell
    format.write(documents, whole, style, alone)
    stream.write(whole.getbuffer())


def write_index(written: Iterable[tuple[Document, Path]], stream: TextIO, style: Style, folder: Path) -> None:
    """Print the page that lists the pages of `folder`, which have each been written to its path."""
    from infer.render.html import index

    stream.write(index.written(written, folder, style.model))


def write_summary(documents: Iterable[Document], stream: TextIO, style: Style) -> None:
    """Print what all documents state, by actor, place and month; as a table or as JSON (SUMMARY_FORMATS)."""
    from infer.render import summary

    found = summary.summarize(documents)
    if style.format == "json":
        from infer.render import summary_json

        summary_json.write(found, style.model, stream)
    else:
        from infer.render import summary_text

        summary_text.write(found, stream)
