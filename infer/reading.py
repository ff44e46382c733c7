"""A text with what the readers made of it, and the questions that assembly asks of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from infer import actors, roles
from infer.blocks import Layout
from infer.lexicon import COMPARISON, SPOKEN, phrases
from infer.schema import FIGURES, Casualty, Interval, Place, Quantity, Span

CONTROL = re.compile(r"\b(?:controlled|control|held|occupied|run|administered)\b", re.I)
FILLER = re.compile(
    r"\b(?:the|of|in|an?|areas?|regions?|parts|under|by|territor(?:y|ies)|zones?|controlled|control|held)\b|[\W_]+",
    re.I,
)
COMPARED = re.compile(rf"\b{phrases(COMPARISON)}\b[^.;:]*$", re.I)
WINDOW = 40  # characters before a period in which a comparison is looked for


@dataclass(frozen=True)
class Reading:
    """A text with its layout and what the readers made of its spans."""

    text: str
    layout: Layout
    spans: Sequence[Span]
    number: Mapping[Span, Quantity]
    interval: Mapping[Span, Interval]
    place: Mapping[Span, Place]
    party: Mapping[Span, "actors.Party | None"]
    casualty: Mapping[Span, Casualty]
    repeats: Mapping[Span, Span]

    @cached_property
    def by_sentence(self) -> dict[int, list[Span]]:
        """Spans of each sentence, without those of date lines."""
        inside = self.layout.by_sentence(self.spans)
        return {i: [s for s in spans if s.start >= self.body(i)] for i, spans in inside.items()}

    def body(self, sentence: int) -> int:
        """Where a sentence's block begins to tell: after an inline dateline; nowhere in a line of one."""
        block = self.layout.blocks[self.layout.sentences[sentence].block]
        match block.kind:
            case "dateline":
                return len(self.text)
            case "paragraph":
                return block.body
        return block.start

    @cached_property
    def acting(self) -> dict[int, list[Span]]:
        """The actors of each sentence that act in it."""
        found = {}
        for i, spans in self.by_sentence.items():
            sentence = self.layout.sentences[i]
            found[i] = roles.agents(
                self.text, sentence.start, sentence.end, [s for s in spans if s.label == "ACTOR"]
            )
        return found

    def stated(self, sentence: int, slot: str) -> list[Span]:
        """The spans of a sentence that could fill a slot of an event stated elsewhere."""
        if slot == "actors":
            return self.acting.get(sentence, [])
        label = "LOCATION" if slot == "places" else "PERIOD"
        spans = [s for s in self.by_sentence.get(sentence, ()) if s.label == label]
        if label == "LOCATION":
            return spans
        return [s for s in spans if self.dated(s) and not self.aside(s) and not self.spoken(s)]

    def is_day(self, span: Span) -> bool:
        """Whether a span is a period of one day."""
        return span in self.interval and self.interval[span].granularity == "day"

    def aside(self, period: Span) -> bool:
        """Whether a period is one that the report's own is compared with."""
        block = self.layout.blocks[self.layout.sentences[self.layout.sentence_of(period)].block]
        return bool(COMPARED.search(self.text, max(block.start, period.start - WINDOW), period.start))

    def dated(self, period: Span) -> bool:
        interval = self.interval.get(period)
        return bool(interval and (interval.start or interval.end))

    def spoken(self, period: Span) -> bool:
        """Whether a period dates what was said of a deed, not the deed ("police said on Monday")."""
        return bool(SPOKEN.search(self.text, max(0, period.start - WINDOW), period.start))

    def counts_in(self, sentence: int) -> bool:
        """Whether a sentence has a count of attacks or a casualty figure."""
        return any(s.label in FIGURES for s in self.by_sentence.get(sentence, ()))

    def words(self, sentence: int) -> str:
        s = self.layout.sentences[sentence]
        return self.text[s.start : s.end]

    def place_key(self, span: Span) -> str:
        """Equal for two mentions of one place."""
        words = span.text(self.text).casefold()
        place = self.place.get(span)
        if place and place.name and not CONTROL.search(words):
            return f"{place.name}|{place.kind}|{place.country}"
        return " ".join(sorted(FILLER.sub(" ", words).split())) or words

    def actor_key(self, span: Span) -> str:
        party = self.party.get(span)
        return party.name if party and party.name else span.text(self.text).casefold()


def agree(reading: Reading, slot: str, a: Span, b: Span) -> bool:
    if slot == "actors":
        return reading.actor_key(a) == reading.actor_key(b)
    if slot == "periods":
        x, y = reading.interval[a], reading.interval[b]
        return x == y or contains(x, y) or contains(y, x)
    x, y = reading.place.get(a, Place()), reading.place.get(b, Place())
    words = [set(FILLER.sub(" ", s.text(reading.text).casefold()).split()) for s in (a, b)]
    return (
        reading.place_key(a) == reading.place_key(b)
        or words[0] <= words[1]
        or words[1] <= words[0]
        or within(x, y)
        or within(y, x)
    )


def contains(outer: Interval, inner: Interval) -> bool:
    known = outer.start and outer.end and inner.start and inner.end
    return bool(known and outer.start <= inner.start and inner.end <= outer.end)


def within(inner: Place, outer: Place) -> bool:
    """Whether the outer place is the country or division that the inner one lies in."""
    if outer.kind == "country":
        return outer.country is not None and inner.country == outer.country
    return outer.kind == "admin1" and outer.admin1 is not None and inner.admin1 == outer.admin1
