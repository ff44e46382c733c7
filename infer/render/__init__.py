"""Documents out: one module a format, and `record`, the contract that all of them print."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from infer.schema import Document

SUFFIXES = {"table": ".txt", "json": ".json", "jsonl": ".jsonl", "csv": ".csv", "html": ".html"}
SUMMARY_FORMATS = ("table", "json")


@dataclass(frozen=True, slots=True)
class Style:
    """How to print: a key of SUFFIXES, the model as in `record.to_record`, and whether with the text.

    `index` is the address of the page that lists a page among others.
    """

    format: str = "table"
    model: dict | None = None
    with_text: bool = False
    index: str | None = None


def write(documents: Iterable[Document], stream: TextIO, style: Style, alone: bool = False) -> None:
    """Print documents as they come; `alone` prints JSON as the one record and not as an array of records.

    A stream for JSON, JSON Lines and CSV is opened as UTF-8 with `newline=""`.
    """
    if style.format == "table":
        from infer.render import table

        table.write(documents, stream)
    elif style.format == "csv":
        from infer.render import spreadsheet

        spreadsheet.write(documents, stream)
    elif style.format == "html":
        from infer.render import html

        html.write(documents, stream, style)
    else:
        from infer.render import json_records
        from infer.render.record import to_record

        records = (to_record(document, style.model, style.with_text) for document in documents)
        if style.format == "jsonl":
            json_records.write_lines(records, stream)
        else:
            json_records.write(records, stream, alone)


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
