"""Breakdowns under their totals, and the arithmetic that says whether the parts add up.

A breakdown is linked only where the text says so: a list under a line that announces it, a colon or
"including" in a sentence, or parts that add up exactly. Differences are reported, never repaired.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from infer.blocks import Layout, layout
from infer.lexicon import DISTRIBUTION, SELECTION, any_of
from infer.schema import Check, Document, Event, Quantity, Span

ANNOUNCES = any_of(DISTRIBUTION)
SELECTS = any_of(SELECTION)
OPENER = re.compile(
    r":|[(–—]|\s--?\s|\b(?:includ\w+|of (?:which|them|these|those)|among (?:them|these|which)|with|namely)\b",
    re.I,
)
OF_ALL = re.compile(r"\b(?:of|among)\s+(?:the|all|these|those|its|their)?\s*(?:the\s+)?$", re.I)
OF_THESE = re.compile(
    r"\W*(?:by\s+(?:type|place|cause|region|province|governorate|state|county|month|week|area|district|actor|"
    r"perpetrator|party|means|weapon)\b"
    r"|(?:\w+\s+){0,4}of\s+(?:these|those|them|the)\b|among\s+(?:these|those|them)\b"
    r"|(?:these|those|they|the\s+attacks|the\s+operations)\s+(?:were\s+|are\s+)?"
    r"(?:includ\w+|distribut\w+|consist\w+|compris\w+))",
    re.I,
)


def placed_parts(reading, spans: Sequence[Span]) -> set[Span]:
    """Components that have a place each ("14 dead: eight in Homs, six in Hama"): events, not components."""
    placed = set()
    totals_here = {c.part_of for s in spans if (c := reading.casualty.get(s)) and c.part_of}
    for total in totals_here:
        parts = [s for s in spans if (c := reading.casualty.get(s)) and c.part_of == total]
        bounds = [*parts[1:], None]
        own = [
            any(s.label == "LOCATION" and p.end <= s.start and (b is None or s.end <= b.start) for s in spans)
            for p, b in zip(parts, bounds, strict=True)
        ]
        if len(parts) > 1 and all(own):
            placed |= set(parts)
    return placed


def link(reading, drafts: Sequence) -> None:
    """Set `total` and `link` of every draft that breaks another one down, where it has none yet."""
    groups = [list(group) for _, group in groupby(drafts, key=lambda d: d.clause.sentence)]
    for group in groups:
        link_sentence(reading, group)
    lists: dict[int | None, dict[int, Any]] = {}
    for draft in sorted(drafts, key=lambda d: not d.counts):
        block = reading.layout.blocks[draft.block]
        if block.kind in ("bullet", "row") and draft.total is None:
            lists.setdefault(block.intro, {}).setdefault(draft.block, draft)
    for intro, items in lists.items():
        link_list(reading, drafts, intro, list(items.values()))
    for i, group in enumerate(groups):
        link_following(reading, groups[:i], [d for d in group if d.total is None])


def link_sentence(reading, group: Sequence) -> None:
    """In "17 attacks: 12 in X, five in Y" or "of 17 attacks, 12 were in X": the later under the first."""
    total, rest = group[0], [d for d in group[1:] if d.total is None]
    if not rest:
        return
    tails = [rest[k:] for k in range(len(rest))]
    exact = next((tail for tail in tails if len(tail) > 1 and same_sum(reading, total, tail)), None)
    said = next((tail for tail in tails if opened(reading, total, group, tail)), None)
    if exact or said:
        attach(exact or said, total, "partition" if exact else "subset")


def opened(reading, total, group: Sequence, tail: Sequence) -> bool:
    """Whether the words before a tail of the sentence's events say that they are parts of the first."""
    before = group[group.index(tail[0]) - 1]
    gap = reading.text[before.anchor.end : tail[0].anchor.start]
    lead = reading.text[max(0, total.anchor.start - 20) : total.anchor.start]
    return bool(OPENER.search(gap) or OF_ALL.search(lead)) and all(
        holds(reading, total, part) for part in tail
    )


def attach(parts: Sequence, total, how: str) -> None:
    for part in parts:
        part.total, part.link = total, how


def link_following(reading, before: Sequence[list], group: list) -> None:
    """After "Of these, 12 were …" or "By type these were …": parts of a total stated earlier."""
    if not group:
        return
    block = group[0].block
    near = {block, block - 1, reading.layout.blocks[block - 1].intro}  # the last may be the head of a list
    earlier = [d for g in reversed(before) for d in g if not d.headline and d not in group]
    exact = [
        t
        for t in earlier
        if len(group) > 1 and same_sum(reading, t, group) and (t.block in near or len(group) > 2)
    ]
    if exact:
        attach(group, exact[0], "partition")
        return
    roots = [t.total if t.total and t.total.block == block else t for t in earlier if t.block == block]
    roots += [t for t in earlier if t.total is None and reading.layout.blocks[t.block].intro is None]
    if OF_THESE.match(reading.words(group[0].clause.sentence)):
        for part in group:
            total = next((t for t in roots if t is not part and holds(reading, t, part)), None)
            if total:
                attach([part], total, "subset")


def link_list(reading, drafts: Sequence, intro: int | None, items: list) -> None:
    """The events of a list under the total that its introduction states, points back to or sums up later."""
    words = ""
    if intro is not None:
        words = reading.text[reading.layout.blocks[intro].start : reading.layout.blocks[intro].end]
    blocks = {item.block for item in items}
    others = [d for d in drafts if not d.headline and d.block not in blocks]
    inside = [d for d in reversed(others) if d.block == intro]
    roots = [d for d in others if d.total is None]
    earlier = [
        d for d in reversed(roots) if d.block < min(blocks) and reading.layout.blocks[d.block].intro is None
    ]
    later = [d for d in roots if max(blocks) < d.block <= max(blocks) + 2]
    summed_up = [
        t for t in items if same_sum(reading, t, [i for i in items if i is not t])
    ]  # a table's last row
    announced = bool(ANNOUNCES.search(words) or SELECTS.search(words))
    close = intro == min(blocks) - 1
    exact = [t for t in (*inside, *earlier[:3], *later) if same_sum(reading, t, items)] or summed_up
    fitting = [t for t in inside if announced or words.endswith(":") or close and nearly(reading, t, items)]
    fitting += [t for t in earlier if announced]
    total = next((t for t in (*exact, *fitting) if comparable(t, items)), None)
    if total is not None:
        how = "subset" if SELECTS.search(words) and not exact else "partition"
        attach([item for item in items if item is not total and comparable(total, [item])], total, how)


def nearly(reading, total, items: Sequence) -> bool:
    """Whether items are so many, and so nearly add up, that they can only be meant as a breakdown."""
    whole, values = measure(reading, total), [measure(reading, i) for i in items]
    return len(items) > 1 and None not in (whole, *values) and 0.5 * whole <= sum(values) <= 1.1 * whole


def comparable(total, items: Sequence) -> bool:
    """Whether a total counts what its parts count: attacks if any part does, else casualties."""
    return bool(total.counts) if any(i.counts for i in items) else bool(total.figures or total.counts)


def holds(reading, total, part) -> bool:
    """Whether the part is not larger than the total, as far as both have values."""
    if bool(total.counts) != bool(part.counts) and not (total.counts and part.figures):
        return False
    whole, piece = measure(reading, total), measure(reading, part)
    return (
        not (total.counts and part.counts or not (total.counts or part.counts))
        or whole is None
        or piece is None
        or piece <= whole
    )


def measure(reading, draft) -> int | None:
    return reading.number[draft.counts[0] if draft.counts else draft.figures[0]].value


def same_sum(reading, total, parts: Sequence) -> bool:
    """Whether the parts' attack counts (else their first figures) add up to one that the total states."""
    if not parts or any(bool(p.counts) != bool(parts[0].counts) for p in parts):
        return False
    values = [measure(reading, p) for p in parts]
    stated = [reading.number[s].value for s in (total.counts if parts[0].counts else total.figures)]
    return None not in values and sum(values) >= 2 and sum(values) in stated


def checks(document: Document) -> tuple[Check, ...]:
    """Every stated total against the sum of its parts; two breakdowns of one total are two checks."""
    groups = breakdowns(document)
    return tuple(check for e in document.events for check in (*event_checks(e, groups), *component_checks(e)))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Parts of one total that are listed together; `whole` where the text gives them as all of it."""

    total: str
    parts: tuple[Event, ...]
    whole: bool


def breakdowns(document: Document) -> list[Breakdown]:
    """The breakdowns of a document: the parts that stand in one list, one sentence, or one paragraph."""
    found = layout(document.text, document.spans)
    parts = [e for e in document.events if e.part_of]
    sentence = {e.id: found.sentence_of(e.anchor) for e in parts}
    together = Counter((e.part_of, sentence[e.id]) for e in parts)
    groups: dict[tuple, list[Event]] = {}
    for part in parts:
        block = found.sentences[sentence[part.id]].block
        intro = found.blocks[block].intro
        alone = together[part.part_of, sentence[part.id]] == 1
        place = ("list", intro) if intro is not None else ("block", block) if alone else sentence[part.id]
        groups.setdefault((part.part_of, place), []).append(part)
    return [
        Breakdown(total, tuple(parts), whole(document, found, parts)) for (total, _), parts in groups.items()
    ]


def whole(document: Document, found: Layout, parts: Sequence[Event]) -> bool:
    """Whether parts are given as a full breakdown: several of one list or sentence, not "the deadliest"."""
    indexes = {found.sentence_of(p.anchor) for p in parts}
    blocks = [found.blocks[found.sentences[i].block] for i in indexes]
    intros = {b.intro for b in blocks}
    together = len(indexes) == 1 or None not in intros and len({(b.start) for b in blocks}) == len(parts)
    before = [found.blocks[i] for i in intros if i is not None] or [found.sentences[min(indexes)]]
    return (
        len(parts) > 1 and together and not any(SELECTS.search(document.text, b.start, b.end) for b in before)
    )


def event_checks(event: Event, groups: Sequence[Breakdown]) -> Iterator[Check]:
    for group in groups:
        if group.total == event.id:
            yield from breakdown_checks(event, group)


def breakdown_checks(event: Event, group: Breakdown) -> Iterator[Check]:
    ids = tuple(p.id for p in group.parts)
    counted = [p.attack_count.quantity for p in group.parts if p.attack_count]
    if event.attack_count and counted:
        complete = group.whole and len(counted) == len(ids)
        yield verdict(event.id, "attack_count", None, event.attack_count.quantity, counted, ids, complete)
    stated = {c.outcome for c in event.casualties if c.counts}
    for outcome in sorted(stated & {c.outcome for p in group.parts for c in p.casualties if c.counts}):
        whole_figures = [c.quantity for c in event.casualties if c.counts and c.outcome == outcome]
        pieces = [c.quantity for p in group.parts for c in p.casualties if c.counts and c.outcome == outcome]
        complete = group.whole and all(
            any(c.outcome == outcome and c.counts for c in p.casualties) for p in group.parts
        )
        yield verdict(event.id, "casualties", outcome, added(whole_figures), pieces, ids, complete)


def component_checks(event: Event) -> Iterator[Check]:
    for total in event.casualties:
        parts = [c for c in event.casualties if c.part_of == total.span]
        if parts and total.components:
            spans = tuple(p.span for p in parts)
            quantities = [p.quantity for p in parts]
            yield verdict(
                event.id,
                "casualties",
                total.outcome,
                total.quantity,
                quantities,
                spans,
                True,
                total.components == "subset",
                total.span,
            )


def verdict(
    event: str,
    what: str,
    outcome,
    stated: Quantity,
    parts: Sequence[Quantity],
    names,
    complete: bool,
    subset=False,
    span=None,
) -> Check:
    """The check of one total; quantities are compared as intervals, so "at least 14" agrees with 15."""
    total = added(parts)
    status = "cannot_tell"
    if clear(stated) and all(map(clear, parts)):
        (low, high), (least, most) = bounds(stated), bounds(total)
        agrees = least <= high and (subset or low <= most)
        status = "agrees" if agrees else "differs" if complete or least > high else "cannot_tell"
    return Check(event, what, outcome, stated.value, total.value, names, status, span)


def clear(quantity: Quantity) -> bool:
    return quantity.value is not None and quantity.relation not in ("about", "vague")


def bounds(quantity: Quantity) -> tuple[float, float]:
    """The least and the most a clear quantity may be."""
    match quantity.relation:
        case "at_least":
            return quantity.value, float("inf")
        case "at_most":
            return 0, quantity.value
    return quantity.value, quantity.upper if quantity.upper is not None else quantity.value


def added(quantities: Sequence[Quantity]) -> Quantity:
    """The sum; its relation is the loosest of the summands', its value None where one has none."""
    values = [q.value for q in quantities]
    if None in values or not values:
        return Quantity(None, None, "vague")
    relations = {q.relation for q in quantities} - {"exact"}
    upper = sum(q.upper if q.upper is not None else q.value for q in quantities)
    relation = "exact" if not relations else relations.pop() if len(relations) == 1 else "about"
    return Quantity(sum(values), upper if upper != sum(values) else None, relation)
