"""Spans → events: which figures and slots make one line of the spreadsheet.

Every attack count opens an event; casualties without one join the event they continue or open
their own. Slots that a sentence does not state come, in this order, from the total it breaks down,
the sentences before it in its paragraph, the line that introduces its list, the heading above, and
(for periods) the headline and the nearest earlier event.
"""

import re
from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import exp, log

from infer import actors, casualties, roles, totals
from infer.blocks import Layout
from infer.clauses import Clause, clauses
from infer.lexicon import (
    ATTACK_NOUNS,
    ATTACK_PLURALS,
    COMPARISON,
    OTHER_SOURCES,
    POINTS_BACK,
    SETS_APART,
    any_of,
    phrases,
)
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Event,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)

BACK = re.compile(rf"\W*{phrases(POINTS_BACK)}", re.I)
APART = re.compile(rf"\W*{phrases(SETS_APART)}", re.I)
OTHER_SOURCE = any_of(OTHER_SOURCES)
COLLECTIVE = re.compile(rf"\b(?:these|those|all)\s+(?:\w+\s+){{0,2}}{phrases(ATTACK_NOUNS)}\b", re.I)
SEVERAL = any_of(ATTACK_PLURALS)
CONTROL = re.compile(r"\b(?:controlled|control|held|occupied|run|administered)\b", re.I)
FILLER = re.compile(
    r"\b(?:the|of|in|an?|areas?|regions?|parts|under|by|territor(?:y|ies)|zones?|controlled|control|held)\b|[\W_]+",
    re.I,
)
COMPARED = re.compile(rf"\b{phrases(COMPARISON)}\b[^.;:]*$", re.I)
WINDOW = 40  # characters before a period in which a comparison is looked for
SPECIFIC = {"populated_place": 0, None: 0, "area": 1, "admin1": 2, "country": 3}


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
        """Spans of each sentence, without those of an inline dateline."""
        inside = casualties.spans_by_sentence(self.layout, self.spans)
        return {i: [s for s in spans if s.start >= self.body(i)] for i, spans in inside.items()}

    def body(self, sentence: int) -> int:
        block = self.layout.blocks[self.layout.sentences[sentence].block]
        return (
            len(self.text)
            if block.kind == "dateline"
            else block.body
            if block.kind == "paragraph"
            else block.start
        )

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
        return [s for s in spans if label == "LOCATION" or self.dated(s) and not self.aside(s)]

    def is_day(self, span: Span) -> bool:
        """Whether a span is a period of one day."""
        return span in self.interval and self.interval[span].granularity == "day"

    def aside(self, period: Span) -> bool:
        """Whether a period dates the report itself, or one that the report's own is compared with."""
        block = self.layout.blocks[self.layout.sentences[self.layout.sentence_of(period)].block]
        if block.kind == "dateline" and self.is_day(period):
            return True
        return bool(COMPARED.search(self.text, max(block.start, period.start - WINDOW), period.start))

    def dated(self, period: Span) -> bool:
        interval = self.interval.get(period)
        return bool(interval and (interval.start or interval.end))

    def counts_in(self, sentence: int) -> bool:
        """Whether a sentence has a count of attacks or a casualty figure."""
        return any(s.label in ("ATTACK_COUNT", "CASUALTY") for s in self.by_sentence.get(sentence, ()))

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


@dataclass(eq=False, slots=True)
class Draft:
    """An event in the making. `own` holds the spans its sentences state, `carried` the inherited ones."""

    clause: Clause
    block: int
    headline: bool
    counts: list[Span]
    figures: list[Span]
    own: dict[str, list[Span]]
    carried: dict[str, list[Span]] = field(default_factory=dict)
    alternatives: dict[Span, Span] = field(default_factory=dict)
    total: "Draft | None" = None
    link: str | None = None  # how it hangs on its total: partition or subset

    @property
    def anchor(self) -> Span:
        return self.counts[0] if self.counts else self.figures[0]

    def spans(self, slot: str) -> list[Span]:
        return self.own[slot] or self.carried.get(slot, [])


def events(reading: Reading) -> tuple[Event, ...]:
    """Events of a document, in text order, with ids e1, e2, …"""
    drafts = without_repeats(reading, drafted(reading))
    for draft in drafts:
        inherit(reading, drafts, draft)
    drafts.sort(key=lambda d: d.anchor)
    ids = {id(d): f"e{i}" for i, d in enumerate(drafts, 1)}
    return tuple(frozen(reading, d, ids) for d in drafts)


def drafted(reading: Reading) -> list[Draft]:
    """One draft per event, linked to its total; counts of attacks first, so that tolls find theirs."""
    clauses_ = list(clauses_of(reading))
    drafts = [opened(reading, clause) for clause in clauses_ if clause.counts]
    totals.link(reading, drafts)
    for clause in clauses_:
        if clause.counts:
            continue
        target = holder(reading, drafts, clause) or continued(reading, drafts, clause)
        if target:
            extend(reading, target, clause)
        else:
            insort(drafts, opened(reading, clause), key=lambda d: d.anchor)
    totals.link(reading, drafts)
    return drafts


def clauses_of(reading: Reading) -> Iterator[Clause]:
    """The clauses of all sentences that have a count or a figure."""
    for index, spans in reading.by_sentence.items():
        spans = [s for s in spans if s not in reading.repeats]
        parts = {s for s in spans if (c := reading.casualty.get(s)) and c.part_of}
        placed = totals.placed_parts(reading, spans)
        yield from (c for c in clauses(reading.text, index, spans, parts, placed) if c.anchor)


def holder(reading: Reading, drafts: Sequence[Draft], clause: Clause) -> Draft | None:
    """The draft with the toll that all figures of a clause are components of."""
    tolls = {reading.casualty[f].part_of for f in clause.figures}
    if totals.placed_parts(reading, reading.by_sentence[clause.sentence]).intersection(clause.figures):
        return None
    return next((d for d in drafts if None not in tolls and tolls <= {*d.figures, *clause.figures}), None)


def opened(reading: Reading, clause: Clause) -> Draft:
    block = reading.layout.sentences[clause.sentence].block
    own = {slot: own_slots(reading, clause, slot) for slot in ("actors", "places", "periods")}
    headline = reading.layout.blocks[block].kind == "headline"
    draft = Draft(clause, block, headline, list(clause.counts), [], own)
    for before, figure in pairwise([None, *clause.figures]):
        gap = reading.text[before.end : figure.start] if before else ""
        if rival := rival_figure(reading, draft, figure, gap):
            draft.alternatives[figure] = rival
        draft.figures.append(figure)
    return draft


def own_slots(reading: Reading, clause: Clause, slot: str) -> list[Span]:
    if slot == "actors":
        acting = reading.acting.get(clause.sentence, [])
        return [a for a in clause.actors if a in acting] or [
            a for a in acting if a.start < clause.anchor.start
        ][-1:]
    if slot == "periods":
        dated = [p for p in clause.periods if reading.dated(p)]
        compared = COMPARED.search(reading.text, max(0, clause.anchor.start - WINDOW), clause.anchor.start)
        return dated if compared else [p for p in dated if not reading.aside(p)]
    return origin_dropped(reading, clause.places)


def origin_dropped(reading: Reading, places: Sequence[Span]) -> list[Span]:
    """Places without those that people or weapons came from ("fired from X at Y"), if others remain."""
    kept = [
        p
        for p in places
        if not re.search(r"\bfrom\s+(?:the\s+)?$", reading.text[max(0, p.start - 12) : p.start])
    ]
    return kept or list(places)


def extend(reading: Reading, draft: Draft, clause: Clause) -> None:
    """Add the figures and slots of a clause that goes on about the same event."""
    for figure in clause.figures:
        first = repeated(reading, draft, figure)
        if first is None:
            if rival := rival_figure(reading, draft, figure, reading.words(clause.sentence)):
                draft.alternatives[figure] = rival
            draft.figures.append(figure)
    for slot in draft.own:
        if slot != "periods" or not draft.own[slot]:
            draft.own[slot] += [s for s in own_slots(reading, clause, slot) if s not in draft.own[slot]]


def repeated(reading: Reading, draft: Draft, figure: Span) -> Span | None:
    """The figure of the draft that this one says again."""
    new = reading.casualty[figure]
    for span in draft.figures:
        old = reading.casualty[span]
        same_people = old.victims == new.victims or "unspecified" in (old.victims, new.victims)
        if (
            (old.quantity, old.outcome) == (new.quantity, new.outcome)
            and same_people
            and not (old.part_of or new.part_of)
            and old.quantity.value
        ):
            return span
    return None


def rival_figure(reading: Reading, draft: Draft, figure: Span, words: str) -> Span | None:
    """The first figure for the same people by another source, where the words before name a source."""
    new = reading.casualty[figure]
    if new.part_of or not OTHER_SOURCE.search(words):
        return None
    for span in draft.figures:
        old = reading.casualty[span]
        same_people = casualties.ELLIPTIC.fullmatch(figure.text(reading.text)) or (
            new.victims == old.victims != "unspecified"
        )
        if (
            same_people
            and old.outcome == new.outcome
            and old.part_of is None
            and span not in draft.alternatives
        ):
            return span
    return None


def continued(reading: Reading, drafts: Sequence[Draft], clause: Clause) -> Draft | None:
    """The draft that a clause without an attack count goes on about, if any."""
    before = [d for d in drafts if not d.headline and d.anchor < clause.anchor]
    if not before:
        return None
    draft, words = before[-1], reading.words(clause.sentence)
    block = reading.layout.sentences[clause.sentence].block
    if draft.clause.sentence == clause.sentence or APART.match(words):
        return None
    collective = bool(COLLECTIVE.search(words))
    while draft.total and (collective or draft.total.clause.sentence == draft.clause.sentence):
        draft = draft.total
    prose = reading.layout.blocks[block].kind == "paragraph"
    near = draft.block == block or prose and before[-1].block == block - 1 and BACK.match(words)
    near = near or prose and collective and bool(draft.counts)
    return draft if near and not conflicting(reading, draft, clause) else None


def conflicting(reading: Reading, draft: Draft, clause: Clause) -> bool:
    """Whether a slot that both state differs."""
    for slot in ("places", "periods", "actors"):
        new = own_slots(reading, clause, slot)
        if (
            new
            and draft.own[slot]
            and not any(agree(reading, slot, a, b) for a in new for b in draft.own[slot])
        ):
            return True
    return False


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


def without_repeats(reading: Reading, drafts: list[Draft]) -> list[Draft]:
    """Drop drafts that only say again what another one says: headlines, leads, recapitulations."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: d.headline):
        first = next((k for k in kept if says_again(reading, draft, k)), None)
        if first is None:
            kept.append(draft)
            continue
        for slot, spans in draft.own.items():
            first.own[slot] = first.own[slot] or list(spans)
        for other in drafts:
            if other.total is draft:
                other.total = first if other is not first else None
    return kept


def says_again(reading: Reading, draft: Draft, first: Draft) -> bool:
    if (
        draft.total
        or first.total
        and not draft.headline
        or not numbers(reading, draft) <= numbers(reading, first)
    ):
        return False
    if draft.headline or first.headline:
        return True
    said = numbers(reading, draft)
    telling = len(said) > 1 or any(value >= 10 for _, value in said)
    if not telling and not BACK.match(reading.words(draft.clause.sentence)):
        return False
    slots = [s for s in ("places", "periods", "actors") if draft.own[s] and first.own[s]]
    return all(any(agree(reading, s, a, b) for a in draft.own[s] for b in first.own[s]) for s in slots)


def numbers(reading: Reading, draft: Draft) -> set[tuple[str, int]]:
    """What a draft counts, as (attacks or outcome, value)."""
    counted = {("attacks", reading.number[s].value) for s in draft.counts}
    suffered = {(reading.casualty[s].outcome, reading.casualty[s].quantity.value) for s in draft.figures}
    return {(what, value) for what, value in counted | suffered if value is not None}


def inherit(reading: Reading, drafts: Sequence[Draft], draft: Draft) -> None:
    """Fill the slots that the draft's own sentences leave open."""
    for slot in ("actors", "places", "periods"):
        if not draft.own[slot] and not (slot == "actors" and passive_victims(reading, draft)):
            found = (spans for spans in sources(reading, drafts, draft, slot) if spans)
            draft.carried[slot] = list(next(found, []))
    draft.carried["places"] = [*draft.carried.get("places", ()), *governing_places(reading, draft)]


def governing_places(reading: Reading, draft: Draft) -> list[Span]:
    """Places that the label of the draft's list item and a heading that is a mere place add to its own."""
    block = reading.layout.blocks[draft.block]
    first = next(i for i, s in enumerate(reading.layout.sentences) if s.block == draft.block)
    label = [
        s
        for s in reading.stated(first, "places")
        if block.kind in ("bullet", "row") and s.start <= block.body + 2
    ]
    headings = [i for i in above(reading, draft) if is_heading(reading, i)]
    known = {reading.place_key(p) for p in draft.spans("places")}
    return [
        p
        for p in (*label, *(s for i in headings for s in reading.stated(i, "places")))
        if reading.place_key(p) not in known
    ]


def is_heading(reading: Reading, sentence: int) -> bool:
    """Whether a sentence is a heading that is little more than the names of places ("NORTH KIVU:")."""
    kind = reading.layout.blocks[reading.layout.sentences[sentence].block].kind
    spans = reading.by_sentence.get(sentence, [])
    named = sum(s.end - s.start for s in spans if s.label == "LOCATION")
    return kind == "heading" and not reading.counts_in(sentence) and len(reading.words(sentence)) <= 2 * named


def passive_victims(reading: Reading, draft: Draft) -> bool:
    """Whether the sentence names a party only as the one that suffered ("X lost ten members")."""
    named = [s for s in reading.by_sentence[draft.clause.sentence] if s.label == "ACTOR"]
    return bool(named) and draft.total is None and not draft.counts


def sources(reading: Reading, drafts: Sequence[Draft], draft: Draft, slot: str) -> Iterator[list[Span]]:
    """Where a slot may be carried from, best first."""
    if draft.total:
        yield draft.total.spans(slot) or next(
            (s for s in sources(reading, drafts, draft.total, slot) if s), []
        )
    for sentence in above(reading, draft):
        yield reading.stated(sentence, slot)
    if draft.counts and slot == "actors":
        previous = [i for i, s in enumerate(reading.layout.sentences) if s.block == draft.block - 1]
        yield from (reading.stated(i, slot) for i in reversed(previous))
    if slot != "actors" or draft.counts:
        for i in frame(reading.layout):
            yield [s for s in reading.stated(i, slot) if not (draft.counts and reading.is_day(s))]
    if slot == "periods":
        earlier = [d.own["periods"] for d in drafts if d.anchor < draft.anchor]
        yield from earlier if draft.counts else reversed(earlier)


def frame(layout: Layout) -> list[int]:
    """The sentences of the headline and of the date line, which hold for the whole report."""
    return [
        i for i, s in enumerate(layout.sentences) if layout.blocks[s.block].kind in ("headline", "dateline")
    ]


def above(reading: Reading, draft: Draft) -> Iterator[int]:
    """Sentences that govern a draft's: before it in its block, the list's introduction, the heading."""
    layout = reading.layout

    def of_block(block: int) -> list[int]:
        return [i for i, s in enumerate(layout.sentences) if s.block == block]

    yield from (i for i in reversed(of_block(draft.block)) if i < draft.clause.sentence)
    block = layout.blocks[draft.block]
    while block.intro is not None:
        yield from reversed(of_block(block.intro))
        block = layout.blocks[block.intro]
    headings = (i for i in range(draft.block, -1, -1) if layout.blocks[i].kind == "heading")
    yield from next((s for s in map(of_block, headings) if not any(map(reading.counts_in, s))), [])


def frozen(reading: Reading, draft: Draft, ids: Mapping[int, str]) -> Event:
    acting = unique(draft.spans("actors"), reading.actor_key)
    inherited = {slot: not draft.own[slot] for slot in draft.own}
    sides = {actors.victims_class(p) for a in acting if (p := reading.party.get(a))} - {None}
    figures = [reading.casualty[f] for f in sorted(draft.figures)]
    figures = [
        replace(
            f,
            alternative_to=draft.alternatives.get(f.span),
            part_of=f.part_of if f.part_of in draft.figures else None,
        )
        for f in figures
    ]
    count = draft.counts[0] if draft.counts else None
    period = best_period(reading, draft)
    event = Event(
        id=ids[id(draft)],
        kind=kind(reading, draft, period),
        anchor=draft.anchor,
        part_of=ids.get(id(draft.total)) if draft.total else None,
        actors=tuple(Actor(a, (p := reading.party.get(a)) and p.name, inherited["actors"]) for a in acting),
        attack_count=AttackCount(count, reading.number[count]) if count else None,
        alternative_counts=tuple(AttackCount(c, reading.number[c], count) for c in draft.counts[1:]),
        casualties=casualties.settle(reading.text, figures, sides),
        locations=tuple(
            Location(p, reading.place.get(p, Place()), p not in draft.own["places"])
            for p in sorted(
                unique([*draft.own["places"], *draft.carried.get("places", ())], reading.place_key),
                key=lambda p: SPECIFIC[reading.place.get(p, Place()).kind],
            )
        ),
        period=Period(period, reading.interval[period], inherited["periods"]) if period else None,
    )
    return replace(event, confidence=confidence(event))


def unique(spans: Sequence[Span], key) -> list[Span]:
    return list({key(s): s for s in reversed(spans)}.values())[::-1]


def best_period(reading: Reading, draft: Draft) -> Span | None:
    """Of several stated periods the most precise; a written date beats a weekday, then the nearest."""

    def rank(span: Span):
        interval = reading.interval[span]
        days = (interval.end - interval.start).days if interval.start and interval.end else 10**6
        return (
            days,
            not any(c.isdigit() for c in span.text(reading.text)),
            abs(span.start - draft.anchor.start),
        )

    return min(draft.spans("periods"), key=rank, default=None)


def kind(reading: Reading, draft: Draft, period: Span | None) -> str:
    """`incident` for one attack; `aggregate` for a total over several."""
    if draft.counts:
        return "incident" if reading.number[draft.counts[0]] == Quantity(1) else "aggregate"
    if (
        period
        and reading.interval[period].granularity not in ("day", None)
        or SEVERAL.search(reading.words(draft.clause.sentence))
    ):
        return "aggregate"
    return "incident"


def confidence(event: Event) -> float | None:
    """Geometric mean of the confidences of the event's spans; None where a person marked them."""
    known = [s.span.confidence for s in event.slots() if s.span.confidence is not None]
    return round(exp(sum(log(max(c, 1e-6)) for c in known) / len(known)), 4) if known else None
