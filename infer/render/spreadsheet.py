"""CSV with one row an event; what each column holds is told in COLUMNS.md beside this file."""

import csv
import json
import re
from collections.abc import Iterable
from typing import TextIO

from infer.grouping import added
from infer.render import wording
from infer.schema import OUTCOMES, Document, Event, Quantity

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program takes for a formula at a cell's start
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
INPUT = "input_"  # before the names of columns that were passed through, so that they meet none of ours
SEPARATOR = "; "
QUANTITY = ("", "_upper", "_relation", "_text")
COLUMNS = (
    *("document", "report_date", "report_date_source", "event", "part_of", "kind", "actors", "actors_text"),
    *(f"attacks{part}" for part in QUANTITY),
    *(f"{outcome}{part}" for outcome in OUTCOMES for part in (*QUANTITY, "_victims", "_components")),
    *("alternatives", "locations", "locations_text", "location_kind", "country", "admin1"),
    *("latitude", "longitude", "period_start", "period_end", "period_granularity", "period_text"),
    *("inherited", "confidence", "evidence_start", "evidence_end", "checks", "checks_text"),
)


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """Rows of all events, columns of the input last.

    The header needs the input columns of every document, so rows are kept in memory until the end.
    """
    rows = [row(document, event) for document in documents for event in document.events]
    passed = dict.fromkeys(name for r in rows for name in r if name.startswith(INPUT))
    writer = csv.DictWriter(stream, [*COLUMNS, *passed], restval="")
    writer.writeheader()
    writer.writerows({name: safe(value) for name, value in r.items()} for r in rows)


def safe(value):
    """The cell of a value: text that a spreadsheet program would run as a formula gets a ' before it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(FORMULA) and not NUMBER.fullmatch(value) else value


def row(document: Document, event: Event) -> dict:
    """Every column of an event, by name."""
    start, end = event.evidence
    cells = {
        "document": document.id,
        "report_date": document.report_date,
        "report_date_source": document.report_date_source,
        "event": event.id,
        "part_of": event.part_of,
        "kind": event.kind,
        "actors": SEPARATOR.join(a.name or _text(document, a) for a in event.actors),
        "actors_text": _texts(document, event.actors),
        **_quantity("attacks", event.attack_count and event.attack_count.quantity),
        "attacks_text": event.attack_count and _text(document, event.attack_count),
    }
    for outcome in OUTCOMES:
        cells |= _casualties(document, event, outcome)
    cells |= _alternatives(document, event) | _places(document, event) | _period(document, event)
    cells |= {
        "inherited": _inherited(event),
        "confidence": event.confidence and round(event.confidence, 4),
        "evidence_start": start,
        "evidence_end": end,
        **_checks(document, event),
    }
    return cells | {f"{INPUT}{name}": _plain(value) for name, value in document.extra.items()}


def _text(document: Document, slot) -> str:
    return slot.span.text(document.text)


def _texts(document: Document, slots) -> str:
    return SEPARATOR.join(_text(document, slot) for slot in slots)


def _quantity(name: str, quantity: Quantity | None) -> dict:
    return {
        name: quantity and quantity.value,
        f"{name}_upper": quantity and quantity.upper,
        f"{name}_relation": quantity and quantity.relation,
    }


def _casualties(document: Document, event: Event, outcome: str) -> dict:
    figures = wording.counting(event, outcome)
    parts = [c for c in event.casualties if c.outcome == outcome and c.part_of]
    return {
        **_quantity(outcome, added([f.quantity for f in figures]) if figures else None),
        f"{outcome}_text": _texts(document, figures),
        f"{outcome}_victims": SEPARATOR.join(f.victims for f in figures),
        f"{outcome}_components": _texts(document, parts),
    }


def _alternatives(document: Document, event: Event) -> dict:
    others = [*event.alternative_counts, *(c for c in event.casualties if c.alternative_to)]
    return {"alternatives": _texts(document, others)}


def _places(document: Document, event: Event) -> dict:
    places = [location.place for location in event.locations]
    first = places[0] if places else None
    return {
        "locations": SEPARATOR.join(at.place.name or _text(document, at) for at in event.locations),
        "locations_text": _texts(document, event.locations),
        "location_kind": first and first.kind,
        "country": next((p.country for p in places if p.country), None),
        "admin1": next((p.admin1 for p in places if p.admin1), None),
        "latitude": first and first.latitude,
        "longitude": first and first.longitude,
    }


def _period(document: Document, event: Event) -> dict:
    period = event.period
    return {
        "period_start": period and period.interval.start,
        "period_end": period and period.interval.end,
        "period_granularity": period and period.interval.granularity,
        "period_text": period and _text(document, period),
    }


def _inherited(event: Event) -> str:
    groups = {"actors": event.actors, "locations": event.locations, "period": filter(None, [event.period])}
    return SEPARATOR.join(name for name, slots in groups.items() if any(s.inherited for s in slots))


def _checks(document: Document, event: Event) -> dict:
    checks = [c for c in document.checks if c.event == event.id]
    return {
        "checks": wording.worst(checks),
        "checks_text": SEPARATOR.join(wording.check(document, c) for c in checks),
    }


def _plain(value):
    """An input's value as a cell; lists and objects of JSON as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
