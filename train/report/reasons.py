"""Why a filler of an event is missing, added or another: what became of its span on the other side.

Everything is said of both sides alike: side 0 is gold, side 1 what was found; "the other side" of a filler
that gold alone has is what was found.
"""

from collections.abc import Sequence

from annotations.event_pairs import Pair, Pairing, has_value, same_actor, same_place, words
from infer import numbers
from infer.render import wording
from infer.schema import FIGURES, Actor, Document, Event, Location, Period, Span

WHY = {
    "missed": "span missed",
    "invented": "span invented",
    "boundary": "boundary of the span",
    "label": "wrong label",
    "number": "wrong value: number",
    "outcome": "wrong value: outcome",
    "date": "wrong value: date",
    "place": "wrong value: place",
    "name": "wrong value: name",
    "elsewhere": "wrong attachment: at another event",
    "unlinked": "wrong attachment: link missing",
    "added": "wrong attachment: link invented",
    "link": "wrong link to a total or other figure",
    "kind": "wrong kind of event",
    "victims": "wrong victims",
    "components": "wrong components",
    "event": "with its event",
}
VALUE = {
    "attack_count": "number",
    "casualty": "number",
    "location": "place",
    "actor": "name",
    "period": "date",
}
NAMES = "gold", "the model"
SHOWN = 3  # events that a note names


class Reasons:
    """The spans of both sides of a report, and which events hold them."""

    def __init__(self, gold: Document, found: Document, pairing: Pairing):
        self.documents, self.text = (gold, found), gold.text
        there = {pair.gold.id: pair.predicted.id for pair in pairing.pairs}
        self.partner = there, {found: gold for gold, found in there.items()}

    def lacking(self, side: int, event: Event, partner: Event, slot: str, filler) -> tuple[str, str]:
        """Why the other side's event lacks a filler of this side's."""
        other = 1 - side
        spans = self._there(other, filler.span)
        if not spans:
            return self._no_span(side, filler.span)
        inside = [f for f in held(partner, slot) if f.span in spans]
        if inside:
            return self._inside(side, slot, filler, inside)
        return self._attachment(side, event, slot, filler, spans)

    def _no_span(self, side: int, span: Span) -> tuple[str, str]:
        over = [s for s in self.documents[1 - side].spans if s.overlaps(span)]
        if over:
            labels = ", ".join(sorted({s.label for s in over}))
            return "label", f"{NAMES[1 - side]} has {self._quoted(*over)} as {labels}"
        return ("missed" if side == 0 else "invented"), ""

    def _inside(self, side: int, slot: str, filler, inside: Sequence) -> tuple[str, str]:
        """The other event holds the span: with other edges, without a value, or for something else."""
        same = next((f for f in inside if f.span == filler.span), None)
        if same is None:
            return "boundary", f"{NAMES[1 - side]} has {self._quoted(*(f.span for f in inside))}"
        if getattr(same, "alternative_to", None) and slot == "attack_count":
            return "link", f"{NAMES[1 - side]} has it as another source’s figure"
        if not valued(slot, same):
            return VALUE[slot], f"{NAMES[1 - side]} has no value for it"
        return ("unlinked" if side == 0 else "added"), f"{NAMES[1 - side]} has it for another one there"

    def _attachment(self, side: int, event: Event, slot: str, filler, spans: list[Span]) -> tuple[str, str]:
        """The other side has the span, but not at this event."""
        theirs = self._holding(1 - side, slot, spans)
        if len(self._holding(side, slot, [filler.span])) == 1:
            if strangers := [holder for holder in theirs if not self._shares(side, holder, slot, filler)]:
                return "elsewhere", f"{NAMES[1 - side]} has it at {self._named(*strangers)}"
        known = f"at {self._named(*theirs)}" if theirs else "at no event"
        return ("unlinked" if side == 0 else "added"), f"{NAMES[1 - side]} has it {known}"

    def _holding(self, side: int, slot: str, spans: Sequence[Span]) -> list[Event]:
        """The events of a side that hold one of the spans in a slot."""
        return [e for e in self.documents[side].events if any(f.span in spans for f in held(e, slot))]

    def _shares(self, side: int, holder: Event, slot: str, filler) -> bool:
        """Whether this side has the filler at the partner of the other side's event, too."""
        partner = self.partner[1 - side].get(holder.id)
        mine = next((e for e in self.documents[side].events if e.id == partner), None)
        return mine is not None and any(self._same(f, filler) for f in held(mine, slot))

    def _same(self, a, b) -> bool:
        if isinstance(a, Location):
            return same_place(self.text, a, b)
        return same_actor(self.text, a, b) if isinstance(a, Actor) else a.span.overlaps(b.span)

    def instead(self, pair: Pair, slot: str, gold, found) -> tuple[str, str]:
        """Why aligned events have these fillers in one place of a slot."""
        if gold.span.overlaps(found.span):
            return self._value(slot, gold, found)
        why, note = self.lacking(0, pair.gold, pair.predicted, slot, gold)
        if why in ("missed", "label"):
            return why, note or "the model took another span"
        if self._misread(gold, found):
            return "date", "gold reads the model’s span as the same days"
        if not self._there(0, found.span):
            return self._no_span(1, found.span)
        return why, note

    def _value(self, slot: str, gold, found) -> tuple[str, str]:
        """Two readings of spans that overlap."""
        if slot == "casualty" and gold.quantity.value == found.quantity.value:
            return "outcome", ""
        if gold.span != found.span and self._right_if_whole(gold):
            return "boundary", ""
        return VALUE[slot], ""

    def _right_if_whole(self, gold) -> bool:
        """Whether gold's words are read as gold has it, so that the span's edges are to blame."""
        if gold.span.label not in FIGURES:
            return True
        return numbers.read(gold.span.text(self.text)).value == gold.quantity.value

    def _misread(self, gold: Period, found: Period) -> bool:
        """Whether gold reads, from the words that the model took, what the model should have read."""
        others = (event.period for event in self.documents[0].events if event.period)
        return any(p.span.overlaps(found.span) and p.interval == gold.interval for p in others)

    def whole(self, side: int, event: Event, slot: str, filler) -> tuple[str, str]:
        """Why the other side lacks what an event says, the whole of which it lacks."""
        other = 1 - side
        spans = self._there(other, filler.span)
        if not spans:
            return self._no_span(side, filler.span)
        if filler.span.label not in FIGURES:
            return "event", ""
        holders = self._holding(other, slot, spans)
        alone = [e for e in holders if e.id not in self.partner[other]]
        if alone:
            (theirs, *_) = (f for f in held(alone[0], slot) if f.span in spans)
            why, note = self._value(slot, *((filler, theirs) if side == 0 else (theirs, filler)))
            return why, note or f"{NAMES[other]}’s {alone[0].id} has it, but is no match"
        if holders:
            return "elsewhere", f"{NAMES[other]} has it at {self._named(*holders)}"
        return ("unlinked" if side == 0 else "added"), f"{NAMES[other]} has it at no event"

    def total(self, gold: Event | None, found: Event | None) -> str:
        """What to know of a wrong link to a total: which events are matched with those it points to."""
        told = []
        for side, event in enumerate((gold, found)):
            if event:
                match = self.partner[side].get(event.id)
                known = f"matches {NAMES[1 - side]}’s {match}" if match else "has no match"
                told.append(f"{NAMES[side]}’s {event.id} {known}")
        return "; ".join(told)

    def other_name(self, gold: Actor, found: Actor) -> bool:
        """Whether two mentions of one party are given different names."""
        return bool(gold.name and found.name) and words(gold.name) != words(found.name)

    def _there(self, side: int, span: Span) -> list[Span]:
        return [s for s in self.documents[side].spans if s.label == span.label and s.overlaps(span)]

    def _quoted(self, *spans: Span) -> str:
        return ", ".join(f"“{wording.words(self.documents[0], span)}”" for span in spans)

    def _named(self, *events: Event) -> str:
        """Events by their anchors; of many the first."""
        told = [f"{event.id} {self._quoted(event.anchor)}" for event in events[:SHOWN]]
        more = len(events) - SHOWN
        return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def held(event: Event, slot: str) -> Sequence:
    """All that an event holds in a slot, without a value too."""
    match slot:
        case "attack_count":
            return [count for count in (event.attack_count, *event.alternative_counts) if count]
        case "casualty":
            return event.casualties
        case "location":
            return event.locations
        case "actor":
            return event.actors
    return [event.period] if event.period else []


def valued(slot: str, filler) -> bool:
    """Whether a filler says anything that the scorer counts."""
    if slot == "period":
        return filler.interval.start is not None
    return slot not in ("attack_count", "casualty") or has_value(filler)
