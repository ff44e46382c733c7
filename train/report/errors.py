"""What is wrong with the events that were read, event by event and slot by slot, and why.

Events and their fillers are paired as the scorer pairs them (`annotations.event_pairs`), so that the errors
are what its counts are made of: every false or missed filler is one side of one Difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.event_pairs import SLOTS, Pair, Pairing, counts, figure_links, has_value, periods
from annotations.values import write_place
from infer.render import wording
from infer.schema import AttackCount, Casualty, Document, Event, Location, Period, Span
from train.report.reasons import Reasons

STATES = {"wrong": "wrong event", "missed": "missed event", "invented": "invented event"}
LINKS = {"part_of": "component_of", "alternative_to": "alternative_to"}  # field of a casualty → slot
ALL_SLOTS = (*SLOTS, "part_of", *LINKS.values(), "event")
VALUES = {"relation": "number", "upper": "number", "country": "place", "admin1": "place"}  # attribute → why


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says of a slot: the words it was read from, and their value as people read it."""

    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A slot, attribute or link on which the sides differ; a side is None where it says nothing.

    `why` is a key of `reasons.WHY`, `note` says more of it. `scored` are the fillers of slots, which the
    slots' score counts; the rest is compared beside it. A link is `about` the figure that it starts at.
    """

    slot: str
    why: str
    gold: Said | None
    found: Said | None
    note: str = ""
    scored: bool = True
    about: Span | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the spans that it is about."""
        given = (self.about, *(side.span for side in (self.gold, self.found) if side))
        return tuple(sorted({span.label for span in given if span}))


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that is wrong, missed or invented; `gold` or `found` is None where that side has none."""

    report: str
    gold: Event | None
    found: Event | None
    differences: tuple[Difference, ...]

    @property
    def state(self) -> str:
        """A key of STATES."""
        return "missed" if self.found is None else "invented" if self.gold is None else "wrong"


def faults(gold: Document, found: Document, pairing: Pairing | None = None) -> list[Fault]:
    """Every event of a report that is not as gold has it, in the order of the text."""
    pairing = pairing or Pairing(gold, found)
    sides = Sides(gold, found, pairing)
    matched = {id(event) for pair in pairing.scored for event in (pair.gold, pair.predicted)}
    made = [Fault(gold.id, p.gold, p.predicted, tuple(sides.differences(p))) for p in pairing.scored]
    for side, events in enumerate((pairing.gold, pairing.predicted)):
        for event in events:
            if id(event) not in matched:
                ends = (None, event) if side else (event, None)
                made.append(Fault(gold.id, *ends, tuple(sides.alone(event, side))))
    return sorted((fault for fault in made if fault.differences), key=lambda f: (f.gold or f.found).anchor)


class Sides:
    """Gold and what was found of one report."""

    def __init__(self, gold: Document, found: Document, pairing: Pairing):
        self.pairing, self.reasons = pairing, Reasons(gold, found, pairing)
        self.documents = gold, found
        self.events = tuple({event.id: event for event in document.events} for document in self.documents)

    def differences(self, pair: Pair) -> Iterator[Difference]:
        """Of two aligned events."""
        matched = pair.counts, pair.casualties, pair.locations, pair.actors, pair.periods
        for slot, pairs in zip(SLOTS, matched, strict=True):
            taken = {id(filler) for couple in pairs for filler in couple}
            gold, found = (
                [filler for filler in fillers(event, slot) if id(filler) not in taken]
                for event in (pair.gold, pair.predicted)
            )
            yield from self._fillers(pair, slot, gold, found)
        yield from self._attributes(pair)
        yield from self._links(pair)

    def alone(self, event: Event, side: int) -> Iterator[Difference]:
        """Of an event that the other side lacks: all that it says; `side` 0 is gold."""
        for slot in SLOTS:
            for filler in fillers(event, slot):
                why, note = self.reasons.whole(side, event, slot, filler)
                said = self._said(side, filler)
                yield Difference(slot, why, said if side == 0 else None, said if side else None, note)

    def _fillers(self, pair: Pair, slot: str, gold: list, found: list) -> Iterator[Difference]:
        """Of the fillers without partner: those that lie over one another are two readings of one span."""
        for filler in gold:
            other = next((o for o in found if o.span.overlaps(filler.span)), None)
            if other is None and slot == "period":
                other = next(iter(found), None)  # an event has one: this stands in its place
            if other is not None:
                found.remove(other)
                why, note = self.reasons.instead(pair, slot, filler, other)
            else:
                why, note = self.reasons.lacking(0, pair.gold, pair.predicted, slot, filler)
            yield Difference(slot, why, self._said(0, filler), other and self._said(1, other), note)
        for filler in found:
            why, note = self.reasons.lacking(1, pair.predicted, pair.gold, slot, filler)
            yield Difference(slot, why, None, self._said(1, filler), note)

    def _attributes(self, pair: Pair) -> Iterator[Difference]:
        """One difference for the attributes of a filler that make one value."""
        seen = set()
        for compared in pair.attributes():
            why = VALUES.get(compared.name, compared.name)
            if compared.same or (key := (why, id(compared.of[0]))) in seen:
                continue
            seen.add(key)
            if why == "kind":
                ends = [event.anchor for event in compared.of]
                slot, values = "event", [compared.gold, compared.predicted]
            else:
                slot, ends = slot_of(compared.of[0]), [filler.span for filler in compared.of]
                values = [attribute(filler, why) for filler in compared.of]
            yield Difference(slot, why, *map(Said, ends, values), scored=False)
        for gold, found in pair.actors:
            if self.reasons.other_name(gold, found):
                yield Difference("actor", "name", self._said(0, gold), self._said(1, found), scored=False)

    def _links(self, pair: Pair) -> Iterator[Difference]:
        for link in self.pairing.totals(pair):
            if link.counts().tp == 0 and (link.gold or link.predicted):
                ends = [
                    events.get(id)
                    for events, id in zip(self.events, (link.gold, link.predicted), strict=True)
                ]
                said = [end and Said(end.anchor, end.id) for end in ends]
                note = self.reasons.total(*ends)
                yield Difference("part_of", "link", *said, note, scored=False, about=pair.gold.anchor)
        for name, slot in LINKS.items():
            for link in figure_links(pair, name):
                if link.counts().tp == 0 and (link.gold or link.predicted):
                    ends = (link.gold, link.predicted)
                    said = [end and Said(end, self._words(end)) for end in ends]
                    yield Difference(slot, "link", *said, scored=False, about=link.of[0].span)

    def _words(self, span: Span) -> str:
        return wording.words(self.documents[0], span)

    def _said(self, side: int, filler) -> Said:
        return Said(filler.span, value(self.documents[side], filler))


def fillers(event: Event, slot: str) -> Sequence:
    """The fillers of a slot that the scorer counts."""
    match slot:
        case "attack_count":
            return counts(event)
        case "casualty":
            return [casualty for casualty in event.casualties if has_value(casualty)]
        case "location":
            return event.locations
        case "actor":
            return event.actors
    return periods(event)


def slot_of(filler) -> str:
    kinds = {AttackCount: "attack_count", Casualty: "casualty", Location: "location", Period: "period"}
    return kinds.get(type(filler), "actor")


def value(document: Document, filler) -> str:
    """The value of a filler as people read it: "≥17", "8 killed", "SY-DY", "2023-10"."""
    match filler:
        case AttackCount():
            return wording.count(document, filler)
        case Casualty():
            return f"{wording.count(document, filler)} {filler.outcome.replace('_', ' ')}"
        case Location():
            return write_place(filler.place) or wording.quote(document, filler)
        case Period():
            return wording.period(filler.interval) or "no date"
    return filler.name or wording.quote(document, filler)


def attribute(filler, why: str) -> str:
    """What a filler says of an attribute, by the `why` of a difference in it."""
    match why:
        case "number":
            return wording.number(filler.quantity) or "no number"
        case "place":
            return write_place(filler.place) or "unknown"
    return (getattr(filler, why) or "none").replace("_", " ")
