"""Breakdowns under their totals, and the arithmetic that says whether the parts add up.

A breakdown is linked only where the text says so: a list under a line that announces it, a colon or
"including" in a sentence, or parts that add up exactly. Differences are reported, never repaired.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from infer.lexicon import DISTRIBUTION, SELECTION, any_of
from infer.schema import Check, Event, Quantity, Span

ANNOUNCES = any_of(DISTRIBUTION)
SELECTS = any_of(SELECTION)
OPENER = re.compile(
    r":|[(–—]|\s--?\s|\b(?:includ\w+|of (?:which|them|these|those)|among (?:them|these|which)|with|namely)\b",
    re.I,
)
OF_THESE = re.compile(
    r"\W*(?:(?:\w+\s+){0,4}of\s+(?:these|those|them|the)\b|among\s+(?:these|those|them)\b"
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
    """Set `total` and `link` of every draft that breaks another one down."""
    for _, group in groupby(drafts, key=lambda d: d.clause.sentence):
        link_sentence(reading, list(group))
    link_following(reading, drafts)
    lists: dict[int, list] = {}
    for draft in drafts:
        intro = reading.layout.blocks[draft.block].intro
        if intro is not None and draft.total is None:
            lists.setdefault(intro, []).append(draft)
    for intro, items in lists.items():
        link_list(reading, drafts, intro, items)


def link_sentence(reading, group: list) -> None:
    """In "17 attacks: 12 in X, five in Y": later events of a sentence under its first."""
    total, parts = group[0], group[1:]
    if not parts:
        return
    gap = reading.text[total.anchor.end : parts[0].anchor.start]
    opener = OPENER.search(gap)
    adds_up = len(parts) > 1 and same_sum(reading, total, parts)
    if (opener or adds_up) and all(holds(reading, total, p) for p in parts):
        for part in parts:
            part.total, part.link = total, "subset" if SELECTS.search(gap) and not adds_up else "partition"


def link_following(reading, drafts: Sequence) -> None:
    """After "Of these, 12 were …": a sentence that breaks down the total stated before it in its block."""
    for before, draft in pairwise(drafts):
        total = before.total if before.total and before.block == draft.block else before
        if draft.total or before.block != draft.block or before.clause.sentence == draft.clause.sentence:
            continue
        if OF_THESE.match(reading.words(draft.clause.sentence)) and holds(reading, total, draft):
            draft.total, draft.link = total, "subset"


def link_list(reading, drafts: Sequence, intro: int, items: list) -> None:
    """The events of a list under the total that its introduction states or points back to."""
    block = reading.layout.blocks[intro]
    words = reading.text[block.start : block.end]
    inside = [d for d in drafts if d.block == intro and d.total is None]
    earlier = [
        d
        for d in drafts
        if d.block < intro
        and d.total is None
        and reading.layout.blocks[d.block].intro is None
        and not d.headline
    ]
    announced = bool(ANNOUNCES.search(words) or SELECTS.search(words)) or (inside and words.endswith(":"))
    candidates = list(reversed(inside)) or (list(reversed(earlier)) if announced else [])
    exact = [t for t in candidates[:3] or list(reversed(earlier))[:2] if same_sum(reading, t, items)]
    fitting = [t for t in candidates if announced and comparable(t, items)]
    for item in items:
        total = next(iter(exact or fitting), None)
        if total is not None and (comparable(total, [item])):
            item.total, item.link = total, "subset" if SELECTS.search(words) and not exact else "partition"


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
    """Whether the parts' attack counts (else their first figures) add up to the total's."""
    if not parts or any(bool(p.counts) != bool(total.counts) for p in parts):
        return False
    values = [measure(reading, p) for p in parts]
    return None not in values and sum(values) == measure(reading, total)


def checks(events: Sequence[Event]) -> tuple[Check, ...]:
    """Every stated total against the sum of its parts, as the contract words it."""
    return tuple(
        check for event in events for check in (*event_checks(event, events), *component_checks(event))
    )


def event_checks(event: Event, events: Sequence[Event]) -> Iterator[Check]:
    parts = [e for e in events if e.part_of == event.id]
    ids = tuple(p.id for p in parts)
    counted = [p.attack_count.quantity for p in parts if p.attack_count]
    if event.attack_count and counted:
        yield verdict(
            event.id,
            "attack_count",
            None,
            event.attack_count.quantity,
            counted,
            ids,
            complete=len(counted) == len(parts),
        )
    stated = {c.outcome for c in event.casualties if c.counts}
    for outcome in sorted(stated & {c.outcome for p in parts for c in p.casualties}):
        whole = added([c.quantity for c in event.casualties if c.counts and c.outcome == outcome])
        pieces = [c.quantity for p in parts for c in p.casualties if c.counts and c.outcome == outcome]
        complete = all(any(c.outcome == outcome for c in p.casualties) for p in parts)
        yield verdict(event.id, "casualties", outcome, whole, pieces, ids, complete)


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
