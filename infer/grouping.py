"""Which parts of a total make one breakdown of it, and whether they are given as all of it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from infer.blocks import Block, Layout, layout
from infer.breakdowns import SELECTS
from infer.schema import Document, Event, Quantity

OPENER = re.compile(r":\s|\s[–—-]+\s|\((?=[^()]*$)")  # before the parts of a sentence: all of its total
PARTIAL = re.compile(
    r"\b(?:of (?:the|these|those|them|which)|the (?:rest|others?|remain\w+)|what remains|in particular"
    r"|stand out|head the list|(?:dead|cost)liest|bloodiest|heaviest|worst|largest|biggest|highest|hardest"
    r"|most|for example|such as|so far)\b",
    re.I,
)

Parts = tuple[Event, ...]
Sum = Callable[[Parts], int]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Parts of one total that are listed together; `whole` where the text gives them as all of it."""

    total: str
    parts: Parts
    whole: bool

    def less(self, without: frozenset[str]) -> "Breakdown":
        parts = tuple(p for p in self.parts if p.id not in without)
        return Breakdown(self.total, parts, self.whole and len(parts) == len(self.parts))


def breakdowns(document: Document) -> list[Breakdown]:
    """The breakdowns of a document: what stands in one list, sentence or paragraph, and what adds up."""
    found = layout(document.text, document.spans)
    if not found.sentences:
        return []  # marks without a word
    by_id = {e.id: e for e in document.events}
    parts: dict[str, list[Event]] = {}
    for event in sorted(document.events, key=lambda e: e.anchor):
        if event.part_of in by_id:
            parts.setdefault(event.part_of, []).append(event)
    return [
        Breakdown(total, group, whole(document, found, by_id[total], group))
        for total, its in parts.items()
        for group in regrouped(found, by_id[total], together(found, its))
    ]


def together(found: Layout, parts: Sequence[Event]) -> list[Parts]:
    """The parts of one total by the list, the sentence, or else the paragraph that they stand in."""
    sentence = {p.id: found.sentence_of(p.anchor) for p in parts}
    beside = Counter(sentence.values())
    groups: dict[tuple, list[Event]] = {}
    for part in parts:
        block = found.sentences[sentence[part.id]].block
        intro = found.blocks[block].intro
        alone = beside[sentence[part.id]] == 1
        place = ("list", intro) if intro is not None else ("block", block) if alone else sentence[part.id]
        groups.setdefault((place,), []).append(part)
    return [tuple(group) for group in groups.values()]


def regrouped(found: Layout, total: Event, groups: Sequence[Parts]) -> list[Parts]:
    """The groups, taken apart or put together where only that makes them add up to an exact total."""
    what = broken_down(total, groups)
    if what is None:
        return list(groups)
    stated = measured(total, what).value
    size = {id(p): (q.value or 0) if (q := measured(p, what)) else 0 for g in groups for p in g}

    def sum_of(parts: Parts) -> int:
        return sum(size[id(p)] for p in parts)

    apart = [piece for g in groups for piece in taken_apart(found, g, sum_of, stated)]
    return put_together(apart, sum_of, stated)


def taken_apart(found: Layout, group: Parts, sum_of: Sum, stated: int) -> list[Parts]:
    """Two breakdowns that stand together: runs that all add up, or lists or lines of which one does."""
    if sum_of(group) <= stated:
        return [group]
    runs, start = [], 0
    for end in range(1, len(group) + 1):
        if sum_of(group[start:end]) == stated:
            runs.append(group[start:end])
            start = end
    if start == len(group):
        return runs
    for gap in (1, 0):
        pieces = list(parted(found, group, gap))
        if any(len(piece) > 1 and sum_of(piece) == stated for piece in pieces):
            return pieces
    return [group]


def parted(found: Layout, group: Parts, gap: int) -> Iterator[Parts]:
    """The parts in pieces, a new one where more than `gap` blocks lie between two."""
    block = [found.sentences[found.sentence_of(p.anchor)].block for p in group]
    starts = [i for i in range(len(group)) if not i or block[i] - block[i - 1] > gap]
    yield from (group[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True))


def put_together(groups: Sequence[Parts], sum_of: Sum, stated: int) -> list[Parts]:
    """One breakdown that is told in several places: neighbours which add up, of those that do not."""
    done = [g for g in groups if sum_of(g) == stated]
    rest = [g for g in groups if sum_of(g) != stated]
    while rest:
        end, reached = 0, 0
        while end < len(rest) and reached < stated:
            reached += sum_of(rest[end])
            end += 1
        end = end if reached == stated else 1
        done.append(tuple(part for g in rest[:end] for part in g))
        rest = rest[end:]
    return sorted(done, key=lambda g: g[0].anchor)


def broken_down(total: Event, groups: Sequence[Parts]) -> str | None:
    """What its parts break down of a total: "attacks" or an outcome of which both give numbers."""
    for what in ("attacks", *(c.outcome for c in total.casualties if c.counts)):
        stated = measured(total, what)
        if stated and stated.relation == "exact" and stated.upper is None and stated.value:
            if any((q := measured(p, what)) and q.value for g in groups for p in g):
                return what
    return None


def measured(event: Event, what: str) -> Quantity | None:
    """The attacks or the people of an outcome that an event states, None where it states none."""
    if what == "attacks":
        return event.attack_count.quantity if event.attack_count else None
    figures = [c.quantity for c in event.casualties if c.counts and c.outcome == what]
    return added(figures) if figures else None


def whole(document: Document, found: Layout, total: Event, parts: Parts) -> bool:
    """Whether parts are given as all of a total: every item of a list, or several after a colon."""
    indexes = {found.sentence_of(p.anchor) for p in parts}
    blocks = {found.sentences[i].block for i in indexes}
    intros = {found.blocks[b].intro for b in blocks}
    if len(parts) < 2 or len(intros) > 1:
        return False
    first, last = found.sentences[min(indexes)], found.sentences[max(indexes)]
    start = first.start
    if total.anchor.end <= parts[0].anchor.start:
        start = max(start, total.anchor.end)
    before, after = document.text[start : parts[0].anchor.start], document.text[start : last.end]
    (intro,) = intros
    if intro is None:
        return len(indexes) == 1 and bool(OPENER.search(before)) and not partial(after)
    head = found.blocks[intro]
    items = {i for i, b in enumerate(found.blocks) if b.intro == intro and told(document, b)}
    items.discard(found.sentences[found.sentence_of(total.anchor)].block)
    return items == blocks and not partial(before) and not partial(document.text[head.start : head.end])


def partial(words: str) -> bool:
    """Whether words say that not all is told: "the worst of them", "including", "the rest"."""
    return bool(SELECTS.search(words) or PARTIAL.search(words))


def told(document: Document, block: Block) -> bool:
    """Whether a line of a list tells of something; the head of a table does not."""
    return block.kind != "row" or any(c.isdigit() for c in document.text[block.start : block.end])


def added(quantities: Sequence[Quantity]) -> Quantity:
    """The sum; its relation is the loosest of the summands', its value None where one has none."""
    values = [q.value for q in quantities]
    if None in values or not values:
        return Quantity(None, None, "vague")
    relations = {q.relation for q in quantities} - {"exact"}
    upper = sum(q.upper if q.upper is not None else q.value for q in quantities)
    relation = "exact" if not relations else relations.pop() if len(relations) == 1 else "about"
    return Quantity(sum(values), upper if upper != sum(values) else None, relation)
