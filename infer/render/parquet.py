"""Parquet for pandas, DuckDB and R: one row an event, typed columns, lists as lists, always the same."""

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

from infer.render import flat
from infer.schema import Document, Event, Location

PLACE = {
    "name": str, "text": str, "kind": str, "country": str, "admin1": str, "latitude": float,
    "longitude": float, "inherited": bool,
}  # fmt: skip


def write(documents: Iterable[Document], stream: BinaryIO) -> None:
    """The columns of COLUMNS.md, `casualties` and `places` as lists of records, the input's own as text."""
    import pyarrow
    from pyarrow import parquet

    rows, passed = [], {}
    for document in documents:
        given = flat.inputs(document)
        passed |= dict.fromkeys(given)
        given = {name: value if value is None else str(value) for name, value in given.items()}
        rows += [_row(document, event) | given for event in document.events]
    columns = {name: [row.get(name) for row in rows] for name in (*_names(), *passed)}
    table = pyarrow.table(columns, schema=_schema(passed))
    parquet.write_table(table, stream, compression="zstd")


def _names() -> tuple[str, ...]:
    return (*flat.COLUMNS, "casualties", "places")


def _schema(passed: Iterable[str]):
    import pyarrow as pa

    kinds = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        date: pa.date32(),
        tuple: pa.list_(pa.string()),
    }

    def records(fields: dict[str, type]):
        return pa.list_(pa.struct([(name, kinds[kind]) for name, kind in fields.items()]))

    ours = [(name, kinds[kind]) for name, kind in flat.COLUMNS.items()]
    nested = [("casualties", records(flat.FIGURES)), ("places", records(PLACE))]
    return pa.schema(ours + nested + [(name, pa.string()) for name in passed])


def _row(document: Document, event: Event) -> dict:
    return flat.row(document, event) | {
        "casualties": list(flat.figures(document, event)),
        "places": [_place(document, location) for location in event.locations],
    }


def _place(document: Document, location: Location) -> dict:
    own = {name: getattr(location.place, name) for name in PLACE if name not in ("text", "inherited")}
    return own | {"text": location.span.text(document.text), "inherited": location.inherited}
