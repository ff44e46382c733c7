"""Event records as JSON: one object, an array, or one object a line."""

import json
from collections.abc import Iterable
from typing import TextIO


def write(records: Iterable[dict], stream: TextIO, alone: bool) -> None:
    """An array, or the record itself where it is `alone`.

    Each record is written as it comes, so that any number of them needs the memory of one.
    """
    opening, closing = ("", "\n") if alone else ("[\n", "\n]\n")
    stream.write(opening)
    for number, record in enumerate(records):
        stream.write(",\n" if number else "")
        stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2))
    stream.write(closing)


def write_lines(records: Iterable[dict], stream: TextIO) -> None:
    for record in records:
        stream.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
