"""An event as a row of a page's table: every value with the spans whose words it was read from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from infer.render import wording
from infer.render.html.marked import sure, words_of
from infer.render.record import span_ids
from infer.render.table import nested
from infer.schema import OUTCOMES, Document, Event

CARRIED = "carried over from another sentence"


@dataclass(frozen=True, slots=True)
class Value:
    """Some words of a cell; `lights` are the ids of spans, empty where the words are only between values."""

    text: str
    lights: str = ""
    said: str = ""
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`above` are the ids of the totals that it hangs under; `verdict` the worst of its checks or None."""

    event: Event
    above: tuple[str, ...]
    parts: int
    cells: dict[str, tuple[Value, ...]]
    lights: str
    carried: str
    sure: str
    verdict: str | None


class Cells:
    """The table of a document: its columns, and a row an event, breakdowns right under their totals."""

    def __init__(self, document: Document):
        self.document, self.ids = document, span_ids(document)
        there = {c.outcome for e in document.events for c in e.casualties}
        killed, *others = ([o] if o in there else [] for o in OUTCOMES)
        self.outcomes = [outcomes for outcomes in (killed, sum(others, [])) if outcomes]
        self.columns = ("actor", "attacks", *map(", ".join, self.outcomes), "place", "time")

    def rows(self) -> Iterator[Row]:
        above: list[str] = []
        shown = list(nested(self.document.events))
        under = [depth for _, depth in shown]
        for place, (event, depth) in enumerate(shown):
            above[depth:] = [event.id]
            after = (d for d in under[place + 1 :])
            parts = 0
            for other in after:
                if other <= depth:
                    break
                parts += other == depth + 1
            yield self._row(event, tuple(above[:depth]), parts)

    def _row(self, event: Event, above: tuple[str, ...], parts: int) -> Row:
        inherited = [slot.span for slot in event.slots() if getattr(slot, "inherited", False)]
        verdict = wording.worst([check for check in self.document.checks if check.event == event.id])
        cells = dict(zip(self.columns, map(tuple, self._cells(event)), strict=True))
        lights, carried = self.lights(words_of(event)), self.lights(inherited)
        return Row(event, above, parts, cells, lights, carried, sure(event.confidence), verdict)

    def lights(self, spans: Iterable) -> str:
        return " ".join(self.ids[span] for span in spans)

    def _cells(self, event: Event) -> Iterator[Iterable[Value]]:
        yield self._listed(event.actors, lambda a: wording.one_line(a.name or ""))
        yield self._pieces(wording.attack_pieces(self.document, event), "attacks")
        for outcomes in self.outcomes:
            yield self._casualties(event, outcomes)
        yield self._listed(event.locations, lambda at: wording.place(self.document, at))
        periods = [event.period] if event.period else []
        yield self._listed(periods, lambda p: wording.period(p.interval))

    def _casualties(self, event: Event, outcomes: Sequence[str]) -> Iterator[Value]:
        """What an event says of some outcomes; each is named where the column holds several."""
        told = False
        for outcome in outcomes:
            people = "" if outcome == "unspecified" else outcome
            values = list(self._pieces(wording.casualty_pieces(self.document, event, outcome), people))
            if told and values:
                yield Value("; ")
            yield from values
            told = told or bool(values)
            if values and len(outcomes) > 1:
                yield Value(f" {outcome}")

    def _pieces(self, pieces: Iterable[wording.Piece], what: str) -> Iterator[Value]:
        for text, slot in pieces:
            yield self._value(slot, text, f"{text} {what}".strip()) if slot else Value(text)

    def _listed(self, slots: Iterable, shown: Callable) -> Iterator[Value]:
        for place, slot in enumerate(slots):
            if place:
                yield Value(", ")
            text = shown(slot) or f"“{wording.quote(self.document, slot)}”"
            yield self._value(slot, text, text)

    def _value(self, slot, text: str, said: str) -> Value:
        quote, inherited = wording.quote(self.document, slot), getattr(slot, "inherited", False)
        if quote not in said:
            said += f", from “{quote}”"
        return Value(text, self.ids[slot.span], f"{said}, {CARRIED}" if inherited else said, inherited)
