"""An event as one row of typed values, for every format that is a table; COLUMNS.md tells what each holds."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from infer import origin
from infer.grouping import added
from infer.render import wording
from infer.schema import OUTCOMES, Casualty, Document, Event, Quantity

INPUT = "input_"  # before the names of columns that were passed through, so that they meet none of ours
SEPARATOR = "; "
QUANTITY = {"": int, "_upper": int, "_relation": str}
FIGURE = QUANTITY | {"_text": tuple, "_victims": tuple, "_components": tuple}
COLUMNS = {  # name: type of its values; a tuple holds strings
    "document": str, "report_date": date, "report_date_source": str,
    "event": str, "part_of": str, "kind": str, "actors": tuple, "actors_text": tuple,
    **{f"attacks{part}": kind for part, kind in QUANTITY.items()}, "attacks_text": str,
    **{f"{outcome}{part}": kind for outcome in OUTCOMES for part, kind in FIGURE.items()},
    "alternatives": tuple, "locations": tuple, "locations_text": tuple,
    "location_kind": str, "country": str, "admin1": str, "latitude": float, "longitude": float,
    "period_start": date, "period_end": date, "period_granularity": str, "period_text": str,
    "inherited": tuple, "confidence": float, "evidence_start": int, "evidence_end": int,
    "checks": str, "checks_text": tuple,
    **dict.fromkeys(origin.NAMES, str),
}  # fmt: skip
FIGURES = {  # of a casualty figure
    "figure": int, "outcome": str, "victims": str, "value": int, "upper": int, "relation": str, "text": str,
    "adds_up": bool, "component_of": int, "alternative_to": int, "components": str, "start": int, "end": int,
}  # fmt: skip


def row(document: Document, event: Event) -> dict:
    """Every column of an event, by name; None where there is no value."""
    start, end = event.evidence
    cells = {
        "document": document.id,
        "report_date": document.report_date,
        "report_date_source": document.report_date_source,
        "event": event.id,
        "part_of": event.part_of,
        "kind": event.kind,
        "actors": tuple(a.name or _text(document, a) for a in event.actors),
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
    known = origin.of(document)
    return cells | {name: getattr(known, name) for name in origin.NAMES}


def inputs(document: Document) -> dict:
    """The input's own columns: strings and numbers as they were, lists, objects and truth values as JSON."""
    return {f"{INPUT}{name}": _plain(value) for name, value in document.extra.items()}


def figures(document: Document, event: Event) -> Iterator[dict]:
    """Each casualty figure of an event; `adds_up` says which of them may be added up within it."""
    number = {c.span: n for n, c in reversed([*enumerate(event.casualties, start=1)])}
    for place, c in enumerate(event.casualties, start=1):
        yield {
            "figure": place,
            "outcome": c.outcome,
            "victims": c.victims,
            "value": c.quantity.value,
            "upper": c.quantity.upper,
            "relation": c.quantity.relation,
            "text": _text(document, c),
            "adds_up": c.counts,
            "component_of": number.get(c.part_of),
            "alternative_to": number.get(c.alternative_to),
            "components": c.components,
            "start": c.span.start,
            "end": c.span.end,
        }


def first_known(event: Event, part: str) -> str | None:
    """The country or the division of an event's most specific place that has one."""
    return next((code for at in event.locations if (code := getattr(at.place, part))), None)


def spelled(value) -> object:
    """A value of a row where lists cannot stand: strings with `; ` between them, None for none."""
    return (SEPARATOR.join(value) or None) if isinstance(value, tuple) else value


def _text(document: Document, slot) -> str:
    return slot.span.text(document.text)


def _texts(document: Document, slots: Iterable) -> tuple[str, ...]:
    return tuple(_text(document, slot) for slot in slots)


def _quantity(name: str, quantity: Quantity | None) -> dict:
    return {
        name: quantity and quantity.value,
        f"{name}_upper": quantity and quantity.upper,
        f"{name}_relation": quantity and quantity.relation,
    }


def _casualties(document: Document, event: Event, outcome: str) -> dict:
    counted: list[Casualty] = wording.counting(event, outcome)
    parts = [c for c in event.casualties if c.outcome == outcome and c.part_of]
    return {
        **_quantity(outcome, added([c.quantity for c in counted]) if counted else None),
        f"{outcome}_text": _texts(document, counted),
        f"{outcome}_victims": tuple(c.victims for c in counted),
        f"{outcome}_components": _texts(document, parts),
    }


def _alternatives(document: Document, event: Event) -> dict:
    others = [*event.alternative_counts, *(c for c in event.casualties if c.alternative_to)]
    return {"alternatives": _texts(document, others)}


def _places(document: Document, event: Event) -> dict:
    first = event.locations[0].place if event.locations else None
    return {
        "locations": tuple(at.place.name or _text(document, at) for at in event.locations),
        "locations_text": _texts(document, event.locations),
        "location_kind": first and first.kind,
        "country": first_known(event, "country"),
        "admin1": first_known(event, "admin1"),
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


def _inherited(event: Event) -> tuple[str, ...]:
    groups = {"actors": event.actors, "locations": event.locations, "period": filter(None, [event.period])}
    return tuple(name for name, slots in groups.items() if any(s.inherited for s in slots))


def _checks(document: Document, event: Event) -> dict:
    checks = [c for c in document.checks if c.event == event.id]
    return {
        "checks": wording.worst(checks),
        "checks_text": tuple(wording.check(document, c) for c in checks),
    }


def _plain(value):
    is_cell = value is None or isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if is_cell else json.dumps(value, ensure_ascii=False)
