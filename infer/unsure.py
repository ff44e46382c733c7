"""Leaves out the events that a reading is less sure of, and keeps the rest whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from infer import totals
from infer.schema import Document, Event


@dataclass(frozen=True, slots=True)
class Sifted:
    """A document without its unsure events; which those were, and which parts of them stay.

    Parts whose total was left out hang under the next total above that stays (`moved`), or stand alone
    (`alone`). Ids are those of the whole document.
    """

    document: Document
    left_out: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


def sifted(document: Document, least: float) -> Sifted:
    """The document with the events whose confidence is `least` or more, or that have none.

    A breakdown that lost a part is checked as an incomplete one. Spans all stay.
    """
    gone = {e.id for e in document.events if e.confidence is not None and e.confidence < least}
    if not gone:
        return Sifted(document)
    by_id = {e.id: e for e in document.events}
    kept = [e for e in document.events if e.id not in gone]
    events = [replace(e, part_of=next((t for t in totals_of(e, by_id) if t not in gone), None)) for e in kept]
    changed = [(was, now) for was, now in zip(kept, events, strict=True) if was.part_of != now.part_of]
    return Sifted(
        replace(document, events=tuple(events), checks=totals.checks(document, frozenset(gone))),
        tuple(e.id for e in document.events if e.id in gone),
        tuple(now.id for _, now in changed if now.part_of),
        tuple(now.id for _, now in changed if not now.part_of),
    )


def totals_of(event: Event, by_id: Mapping[str, Event]) -> Iterator[str]:
    """The ids of the totals above an event, the nearest first."""
    seen = {event.id}
    while event.part_of and event.part_of not in seen:
        yield event.part_of
        seen.add(event.part_of)
        event = by_id.get(event.part_of, event)


def told(result: Sifted, least: float) -> str:
    """What was left out of a document, in one line."""
    count, before = len(result.left_out), len(result.left_out) + len(result.document.events)
    line = f"{result.document.id}: {count} of {before} events left out, less sure than {least:g}"
    for name, ids in (
        ("that now stand alone", result.alone),
        ("now under the next total above", result.moved),
    ):
        if ids:
            line += f"; parts of them {name}: {len(ids)} ({', '.join(ids)})"
    return line
