"""A report's text in pieces, plain or marked: every span once, with what was read from its words."""

from collections.abc import Iterator
from dataclasses import dataclass

from infer.render.record import span_ids
from infer.schema import LABELS, Document, Event, Span

NAMES = {
    "ACTOR": "actor",
    "ATTACK_COUNT": "number of attacks",
    "CASUALTY": "casualties",
    "LOCATION": "place",
    "PERIOD": "time",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `span`, its id, and what is said of it only where it is marked.

    `look` is the place of the label among LABELS, 0 for any other label.
    """

    text: str
    span: str | None = None
    label: str = ""
    look: int = 0
    said: str = ""


def pieces(document: Document) -> Iterator[Piece]:
    """The whole text in order."""
    ids, uses, end = span_ids(document), _uses(document), 0
    for span in document.spans:
        if span.start > end:
            yield Piece(document.text[end : span.start])
        said = " · ".join(filter(None, (name_of(span.label), uses.get(span), sure(span.confidence))))
        yield Piece(span.text(document.text), ids[span], name_of(span.label), look_of(span.label), said)
        end = span.end
    if end < len(document.text):
        yield Piece(document.text[end:])


def legend(document: Document) -> list[tuple[int, str, int]]:
    """(look, name, how many spans) of each label in the document."""
    counted: dict[str, int] = {}
    for span in document.spans:
        counted[span.label] = counted.get(span.label, 0) + 1
    order = sorted(counted, key=lambda label: (look_of(label) or len(LABELS) + 1, label))
    return [(look_of(label), name_of(label), counted[label]) for label in order]


def name_of(label: str) -> str:
    return NAMES.get(label) or label.replace("_", " ").lower()


def look_of(label: str) -> int:
    return LABELS.index(label) + 1 if label in LABELS else 0


def sure(confidence: float | None) -> str:
    """A confidence in words that people read; empty for None."""
    return "" if confidence is None else f"{confidence:.0%} sure"


def _uses(document: Document) -> dict[Span, str]:
    """The events that have a value from each span, and the name that it is known by."""
    events: dict[Span, dict[str, None]] = {}
    names: dict[Span, str] = {}
    for event in document.events:
        for slot in event.slots():
            events.setdefault(slot.span, {})[event.id] = None
            if name := _known_as(slot):
                names[slot.span] = name
    told = {span: f"in {', '.join(ids)}" for span, ids in events.items()}
    return {span: f"{names[span]} · {used}" if span in names else used for span, used in told.items()}


def _known_as(slot) -> str | None:
    place = getattr(slot, "place", None)
    return place.name if place else getattr(slot, "name", None)


def words_of(event: Event) -> list[Span]:
    """The spans of an event's values, each once, inherited ones too."""
    return list(dict.fromkeys(slot.span for slot in event.slots()))
