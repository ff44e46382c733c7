"""The arithmetic of totals: whether the parts of what a report states add up.

A difference is reported, never repaired.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infer.blocks import Layout, layout
from infer.breakdowns import SELECTS
from infer.schema import Check, Document, Event, Quantity


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
    together = len(indexes) == 1 or None not in intros and len({b.start for b in blocks}) == len(parts)
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
