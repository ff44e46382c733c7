"""Document ↔ event record, the JSON contract of `infer/event-record.schema.json`, both ways."""

import hashlib
from datetime import date

from infer import origin
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Check,
    Document,
    Event,
    InputError,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)

SCHEMA_VERSION = "1.1"  # its minor number grows with the optional fields, "Since 1.x" in the schema
CONFIDENCE_DIGITS = 4


def to_record(document: Document, model: dict | None = None, with_text: bool = False) -> dict:
    """The record of a document, ready for `json.dumps`.

    `model` is {"name", "version", "labels"} of what predicted it, None for gold. `with_text` adds
    `document.text`, for inputs whose text the reader of the record does not hold.
    """
    ids = span_ids(document)
    return {
        "schema_version": SCHEMA_VERSION,
        "document": _document(document, with_text),
        "model": model,
        "spans": [_span(ids, document.text, span) for span in document.spans],
        "events": [_event(ids, document.text, event) for event in document.events],
        "checks": [_check(ids, check) for check in document.checks],
    }


def sha256(text: str) -> str:
    """Of the text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def span_ids(document: Document) -> dict[Span, str]:
    """What each span of a document is called."""
    return {span: f"s{n}" for n, span in enumerate(document.spans, start=1)}


def _document(document: Document, with_text: bool) -> dict:
    record = {
        "id": document.id,
        "report_date": iso(document.report_date),
        "report_date_source": document.report_date_source,
        "length": len(document.text),
        "sha256": sha256(document.text),
        "encoding": document.encoding,
    }
    record |= origin.of(document).known()
    if document.extra:
        record["extra"] = document.extra
    if with_text:
        record["text"] = document.text
    return record


def _span(ids: dict, text: str, span: Span) -> dict:
    return {
        "id": ids[span],
        "label": span.label,
        "start": span.start,
        "end": span.end,
        "text": span.text(text),
        "confidence": _rounded(span.confidence),
    }


def _event(ids: dict, text: str, event: Event) -> dict:
    start, end = event.evidence
    count = event.attack_count
    record = {
        "id": event.id,
        "kind": event.kind,
        "part_of": event.part_of,
        "actors": [_quote(ids, text, a) | {"name": a.name, "inherited": a.inherited} for a in event.actors],
        "attack_count": count and _attack_count(ids, text, count),
        "casualties": [_casualty(ids, text, c) for c in event.casualties],
        "locations": [_location(ids, text, place) for place in event.locations],
        "period": event.period and _period(ids, text, event.period),
        "evidence": {"start": start, "end": end},
        "confidence": _rounded(event.confidence),
    }
    if event.alternative_counts:
        record["alternative_counts"] = [_attack_count(ids, text, c) for c in event.alternative_counts]
    return record


def _quote(ids: dict, text: str, slot) -> dict:
    return {"span": ids[slot.span], "text": slot.span.text(text)}


def _quantity(quantity: Quantity) -> dict:
    return {"value": quantity.value, "upper": quantity.upper, "relation": quantity.relation}


def _attack_count(ids: dict, text: str, count: AttackCount) -> dict:
    record = _quote(ids, text, count) | _quantity(count.quantity)
    return record | ({"alternative_to": ids[count.alternative_to]} if count.alternative_to else {})


def _casualty(ids: dict, text: str, casualty: Casualty) -> dict:
    return (
        _quote(ids, text, casualty)
        | _quantity(casualty.quantity)
        | {
            "outcome": casualty.outcome,
            "victims": casualty.victims,
            "components": casualty.components,
            "part_of": casualty.part_of and ids[casualty.part_of],
            "alternative_to": casualty.alternative_to and ids[casualty.alternative_to],
        }
    )


def _location(ids: dict, text: str, location: Location) -> dict:
    place = location.place
    return _quote(ids, text, location) | {
        "name": place.name,
        "kind": place.kind,
        "country": place.country,
        "admin1": place.admin1,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "inherited": location.inherited,
    }


def _period(ids: dict, text: str, period: Period) -> dict:
    return _quote(ids, text, period) | {
        "start": iso(period.interval.start),
        "end": iso(period.interval.end),
        "granularity": period.interval.granularity,
        "inherited": period.inherited,
    }


def _check(ids: dict, check: Check) -> dict:
    record = {
        "event": check.event,
        "field": check.field,
        "outcome": check.outcome,
        "stated": check.stated,
        "sum_of_parts": check.sum_of_parts,
        "parts": [ids[p] if isinstance(p, Span) else p for p in check.parts],
        "status": check.status,
    }
    return record | ({"span": ids[check.span]} if check.span else {})


def iso(day: date | None) -> str | None:
    return day and day.isoformat()


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, CONFIDENCE_DIGITS)


def from_record(record: dict, text: str | None = None) -> Document:
    """The document that a record tells of: the inverse of `to_record`.

    `text` may be left out where the record holds it (`--with-text`). Raises InputError where the
    record is of another text, and ValueError, KeyError or IndexError where it does not keep to the schema.
    """
    about = record["document"]
    text = about.get("text") if text is None else text
    if text is None:
        raise InputError(f"the record of {about['id']} holds no text; give it, or write it with --with-text")
    if sha256(text) != about["sha256"]:
        raise InputError(
            f"the record of {about['id']} is of another text: {about['length']} characters with SHA-256 "
            f"{about['sha256']}; the text given has {len(text)} and {sha256(text)}"
        )
    spans = {s["id"]: Span(s["start"], s["end"], s["label"], s["confidence"]) for s in record["spans"]}
    return Document(
        id=about["id"],
        text=text,
        report_date=_day(about["report_date"]),
        report_date_source=about["report_date_source"],
        encoding=about["encoding"],
        spans=tuple(spans.values()),
        events=tuple(_read_event(spans, e) for e in record["events"]),
        checks=tuple(_read_check(spans, c) for c in record["checks"]),
        extra=about.get("extra", {}),
    )


def _read_event(spans: dict, event: dict) -> Event:
    anchor = event["attack_count"] or event["casualties"][0]
    return Event(
        id=event["id"],
        kind=event["kind"],
        anchor=spans[anchor["span"]],
        part_of=event["part_of"],
        actors=tuple(Actor(spans[a["span"]], a["name"], a["inherited"]) for a in event["actors"]),
        attack_count=event["attack_count"] and _read_attack_count(spans, event["attack_count"]),
        alternative_counts=tuple(_read_attack_count(spans, c) for c in event.get("alternative_counts", ())),
        casualties=tuple(_read_casualty(spans, c) for c in event["casualties"]),
        locations=tuple(_read_location(spans, place) for place in event["locations"]),
        period=event["period"] and _read_period(spans, event["period"]),
        confidence=event["confidence"],
    )


def _read_quantity(slot: dict) -> Quantity:
    return Quantity(slot["value"], slot["upper"], slot["relation"])


def _read_attack_count(spans: dict, slot: dict) -> AttackCount:
    return AttackCount(spans[slot["span"]], _read_quantity(slot), spans.get(slot.get("alternative_to")))


def _read_casualty(spans: dict, slot: dict) -> Casualty:
    return Casualty(
        span=spans[slot["span"]],
        quantity=_read_quantity(slot),
        outcome=slot["outcome"],
        victims=slot["victims"],
        components=slot["components"],
        part_of=spans.get(slot["part_of"]),
        alternative_to=spans.get(slot["alternative_to"]),
    )


def _read_location(spans: dict, slot: dict) -> Location:
    place = Place(*(slot[k] for k in ("name", "kind", "country", "admin1", "latitude", "longitude")))
    return Location(spans[slot["span"]], place, slot["inherited"])


def _read_period(spans: dict, slot: dict) -> Period:
    interval = Interval(_day(slot["start"]), _day(slot["end"]), slot["granularity"])
    return Period(spans[slot["span"]], interval, slot["inherited"])


def _read_check(spans: dict, check: dict) -> Check:
    return Check(
        event=check["event"],
        field=check["field"],
        outcome=check["outcome"],
        stated=check["stated"],
        sum_of_parts=check["sum_of_parts"],
        parts=tuple(spans.get(p, p) for p in check["parts"]),
        status=check["status"],
        span=spans.get(check.get("span")),
    )


def _day(iso: str | None) -> date | None:
    return iso and date.fromisoformat(iso)
