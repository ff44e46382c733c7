"""Clauses → drafts: which of a report's sentences tell of one event.

Every attack count opens an event; casualties without one join the event that they go on about, or
open their own. What only says again what another draft says is dropped.
"""

import re
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from infer import breakdowns, siblings
from infer.clauses import Clause, clauses
from infer.lexicon import ATTACK_NOUNS, OTHER_SOURCES, POINTS_BACK, SETS_APART, any_of, phrases
from infer.reading import COMPARED, WINDOW, Reading, agree
from infer.schema import Span
from infer.victims import ELLIPTIC

BACK = re.compile(rf"\W*{phrases(POINTS_BACK)}", re.I)
APART = re.compile(rf"\W*{phrases(SETS_APART)}", re.I)
OTHER_SOURCE = any_of(OTHER_SOURCES)
DEFINITE = re.compile(r"\b(?:the|these|those|all|its|their|same)\s+(?:same\s+)?$", re.I)
IN_ALL = re.compile(r"\W*(?:in total|in all|altogether|overall|all told)\b", re.I)
COLLECTIVE = re.compile(rf"\b(?:these|those|all)\s+(?:\w+\s+){{0,2}}{phrases(ATTACK_NOUNS)}\b", re.I)


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
    echoes: list[Span] = field(default_factory=list)

    @property
    def anchor(self) -> Span:
        return self.counts[0] if self.counts else self.figures[0]

    def spans(self, slot: str) -> list[Span]:
        return self.own[slot] or self.carried.get(slot, [])


def drafted(reading: Reading) -> list[Draft]:
    """One draft per event, linked to its total; counts of attacks first, so that tolls find theirs."""
    placed = {
        part for spans in reading.by_sentence.values() for part in breakdowns.placed_parts(reading, spans)
    }
    clauses_ = list(clauses_of(reading, placed))
    drafts: list[Draft] = []
    for clause in clauses_:
        if clause.counts and not echoed(reading, drafts, clause):
            drafts.append(opened(reading, clause))
    breakdowns.link(reading, drafts)
    for clause in clauses_:
        if clause.counts:
            continue
        target = holder(reading, drafts, clause, placed) or continued(reading, drafts, clause)
        if target:
            extend(reading, target, clause)
        else:
            insort(drafts, opened(reading, clause), key=lambda d: d.anchor)
    breakdowns.link(reading, drafts)
    return drafts


def echoed(reading: Reading, drafts: Sequence[Draft], clause: Clause) -> bool:
    """Whether a clause's count only names one told before ("of the 84 attacks"), which takes its figures."""
    count = clause.counts[0]
    before = reading.text[max(0, count.start - 20) : count.start]
    value = reading.number[count].value
    if len(clause.counts) > 1 or value is None or value < 2 or not DEFINITE.search(before):
        return False
    same = (d for d in reversed(drafts) if not d.headline and reading.number[d.counts[0]].value == value)
    first = next(same, None)
    if first:
        first.echoes.append(count)
        extend(reading, first, clause)
    return first is not None


def clauses_of(reading: Reading, placed: set[Span]) -> Iterator[Clause]:
    """The clauses of all sentences that have a count or a figure."""
    for index, spans in reading.by_sentence.items():
        spans = [s for s in spans if s not in reading.repeats]
        parts = {s for s in spans if (c := reading.casualty.get(s)) and c.part_of}
        here = placed.intersection(spans)
        yield from (c for c in clauses(reading.text, index, spans, parts, here) if c.anchor)


def holder(reading: Reading, drafts: Sequence[Draft], clause: Clause, placed: set[Span]) -> Draft | None:
    """The draft with the toll that all figures of a clause are components of."""
    tolls = {reading.casualty[f].part_of for f in clause.figures}
    if None in tolls or placed.intersection(clause.figures):
        return None
    return next((d for d in drafts if tolls <= {*d.figures, *clause.figures}), None)


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
        return dated if compared else [p for p in dated if not reading.aside(p) and not reading.spoken(p)]
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
        if repeated(reading, draft, figure, clause.sentence) is None:
            if rival := rival_figure(reading, draft, figure, reading.words(clause.sentence)):
                draft.alternatives[figure] = rival
            draft.figures.append(figure)
    for slot in draft.own:
        if slot != "periods" or not draft.own[slot]:
            draft.own[slot] += [s for s in own_slots(reading, clause, slot) if s not in draft.own[slot]]


def repeated(reading: Reading, draft: Draft, figure: Span, sentence: int) -> Span | None:
    """The figure of the draft that this one says again: a large one, or one that points back."""
    new = reading.casualty[figure]
    telling = (new.quantity.value or 0) >= 10 or BACK.match(reading.words(sentence))
    for span in draft.figures if telling else ():
        old = reading.casualty[span]
        same_people = old.victims == new.victims or "unspecified" in (old.victims, new.victims)
        same = (old.quantity, old.outcome) == (new.quantity, new.outcome)
        if same and same_people and not (old.part_of or new.part_of):
            return span
    return None


def rival_figure(reading: Reading, draft: Draft, figure: Span, words: str) -> Span | None:
    """The first figure for the same people by another source, where the words before name a source."""
    new = reading.casualty[figure]
    if new.part_of or not OTHER_SOURCE.search(words):
        return None
    for span in draft.figures:
        old = reading.casualty[span]
        same_people = ELLIPTIC.fullmatch(figure.text(reading.text)) or (
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
    while before and before[-1].clause.sentence != clause.sentence and siblings.aside(reading, before[-1]):
        before.pop()  # a figure of comparison
    if not before:
        return None
    draft, words = before[-1], reading.words(clause.sentence)
    block = reading.layout.sentences[clause.sentence].block
    if draft.clause.sentence == clause.sentence or APART.match(words):
        return None
    collective = bool(COLLECTIVE.search(words) or IN_ALL.match(words))
    while draft.total and (collective or draft.total.clause.sentence == draft.clause.sentence):
        draft = draft.total
    prose = reading.layout.blocks[block].kind == "paragraph"
    near = draft.block == block or prose and before[-1].block == block - 1 and BACK.match(words)
    near = near or prose and collective and bool(draft.counts)
    return draft if near and not conflicting(reading, draft, clause) else None


def conflicting(reading: Reading, draft: Draft, clause: Clause) -> bool:
    """Whether a slot that both state differs."""
    if draft.counts and reading.number[draft.counts[0]].value != 1 and finer(reading, draft, clause):
        return True  # "seven raids in May. On the 15th …": one of them, told apart
    for slot in ("places", "periods", "actors"):
        new = own_slots(reading, clause, slot)
        if (
            new
            and draft.own[slot]
            and not any(agree(reading, slot, a, b) for a in new for b in draft.own[slot])
        ):
            return True
    return False


def finer(reading: Reading, draft: Draft, clause: Clause) -> bool:
    """Whether a clause names a day within the longer period of the draft."""
    days = [p for p in own_slots(reading, clause, "periods") if reading.is_day(p)]
    return bool(days) and any(not reading.is_day(p) for p in draft.own["periods"])


def without_repeats(reading: Reading, drafts: list[Draft]) -> list[Draft]:
    """Drop drafts that only say again what another one says: headlines, leads, recapitulations."""
    said = {id(d): numbers(reading, d) for d in drafts}
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: d.headline):
        may_hold = (k for k in kept if said[id(draft)] <= said[id(k)])
        first = next((k for k in may_hold if says_again(reading, draft, k, said[id(draft)])), None)
        if first is None:
            kept.append(draft)
            continue
        for slot, spans in draft.own.items():
            first.own[slot] = first.own[slot] or list(spans)
        for other in drafts:
            if other.total is draft:
                other.total = first if other is not first else None
    return kept


def says_again(reading: Reading, draft: Draft, first: Draft, said: set[tuple[str, int]]) -> bool:
    """Whether a draft whose numbers are all among another's is no event of its own."""
    if draft.total or first.total and not draft.headline:
        return False
    if draft.headline or first.headline:
        return True
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
