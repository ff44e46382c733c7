"""Breakdowns under their totals: which events the text gives as parts of which.

A link is made only where the text says so: a list under a line that announces it, a colon or
"including" in a sentence, or parts that add up exactly.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from infer import siblings
from infer.lexicon import ATTACK_NOUNS, DISTRIBUTION, SELECTION, any_of, phrases
from infer.schema import Span

ANNOUNCES = any_of(DISTRIBUTION)
SELECTS = any_of(SELECTION)
OPENER = re.compile(
    r":|[(–—]|\s--?\s|\b(?:includ\w+|of (?:which|them|these|those)|among (?:them|these|which)|with|namely)\b",
    re.I,
)
OF_ALL = re.compile(r"\b(?:of|among)\s+(?:the|all|these|those|its|their)?\s*(?:the\s+)?$", re.I)
KINDS = """
    type, place, cause, region, province, governorate, state, county, month, week, area, district, actor,
    perpetrator, party, means, weapon
"""
TOTAL_NOUNS = f"{ATTACK_NOUNS}, total, dead, victims"
OF_THESE = re.compile(
    rf"\W*(?:by\s+{phrases(KINDS)}\b"
    rf"|(?:\w+\s+){{0,4}}of\s+(?:these|those|them\b|the\s+(?:\w+\s+)?{phrases(TOTAL_NOUNS)}\b)"
    r"|among\s+(?:these|those|them)\b"
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
    """Set `total` of every draft that breaks another one down, where it has none yet."""
    groups = [list(group) for _, group in groupby(drafts, key=lambda d: d.clause.sentence)]
    echoed = echoes(reading, drafts)
    for group in groups:
        echo = echoed.get(group[0].clause.sentence)
        link_sentence(reading, [echo, *group] if echo and echo not in group else group)
    lists: dict[int | None, dict[int, Any]] = {}
    for draft in sorted(drafts, key=lambda d: not d.counts):
        block = reading.layout.blocks[draft.block]
        if block.kind in ("bullet", "row") and draft.total is None:
            lists.setdefault(block.intro, {}).setdefault(draft.block, draft)
    for intro, items in lists.items():
        link_list(reading, drafts, intro, list(items.values()))
    for i, group in enumerate(groups):
        link_following(reading, groups[:i], [d for d in group if d.total is None])
    told = siblings.Told(reading, drafts)
    for total, parts in siblings.link_runs(told):
        attach(parts, total)
    for total, parts in siblings.link_elliptic(told):
        attach(parts, total)


def echoes(reading, drafts: Sequence) -> dict[int, Any]:
    """The total that a sentence names again ("of the 84 attacks, …"), by the sentence."""
    return {reading.layout.sentence_of(echo): d for d in drafts for echo in d.echoes}


def link_sentence(reading, group: Sequence) -> None:
    """In "17 attacks: 12 in X, five in Y" or "of 17 attacks, 12 were in X": the later under the first."""
    total = group[0]
    rest = [d for d in group[1:] if d.total is None]
    if not rest:
        return
    tails = [rest[k:] for k in range(len(rest))]
    exact = next((tail for tail in tails if len(tail) > 1 and same_sum(reading, total, tail)), None)
    told = [d for d in rest if not siblings.aside(reading, d)]
    tails = [told[k:] for k in range(len(told))]
    said = next((tail for tail in tails if opened(reading, total, group, tail)), None)
    if exact or said:
        attach(exact or said, total)


def opened(reading, total, group: Sequence, tail: Sequence) -> bool:
    """Whether the words before a tail of the sentence's events say that they are parts of the first."""
    before, first = group[group.index(tail[0]) - 1], tail[0].anchor
    sentence = reading.layout.sentences[tail[0].clause.sentence]
    said = [s for s in (total.anchor, *total.echoes) if sentence.start <= s.start < first.start]
    if not said:
        return False
    gap = reading.text[max(before.anchor.end, said[-1].end) : first.start]
    if gap.endswith("(") and reading.text[first.end : first.end + 1] == ")":
        gap = gap[:-1]  # "Gao (12), Kidal (5)"
    if gap.count(")") > gap.count("("):
        gap = gap[gap.rindex(")") + 1 :]
    lead = reading.text[max(0, said[-1].start - 20) : said[-1].start]
    return bool(OPENER.search(gap) or OF_ALL.search(lead)) and all(
        holds(reading, total, part) for part in tail
    )


def attach(parts: Sequence, total) -> None:
    """Hang parts under a total, never one under its own part."""
    above = [total]
    while above[-1].total:
        above.append(above[-1].total)
    for part in parts:
        if part not in above:
            part.total = total


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
        attach(group, exact[0])
        return
    roots = [t.total if t.total and t.total.block == block else t for t in earlier if t.block == block]
    roots += [t for t in earlier if t.total is None and reading.layout.blocks[t.block].intro is None]
    if OF_THESE.match(reading.words(group[0].clause.sentence)):
        for part in [group[0], *(d for d in group[1:] if not siblings.taken(reading, d))]:
            total = next((t for t in roots if t is not part and holds(reading, t, part)), None)
            if total:
                attach([part], total)


def link_list(reading, drafts: Sequence, intro: int | None, items: list) -> None:
    """The events of a list under the total that its introduction states, points back to or sums up later."""
    words = ""
    if intro is not None:
        words = reading.text[reading.layout.blocks[intro].start : reading.layout.blocks[intro].end]
    blocks = {item.block for item in items}
    others = [d for d in drafts if not d.headline and d.block not in blocks]
    inside = [d for d in reversed(others) if d.block == intro or intro in blocks_of(reading, d.echoes)]
    roots = [d for d in others if d.total is None]
    earlier = [
        d for d in reversed(roots) if d.block < min(blocks) and reading.layout.blocks[d.block].intro is None
    ]
    later = [d for d in roots if max(blocks) < d.block <= max(blocks) + 2]
    rest, last = items[:-1], items[-1]
    summed_up = [last] if len(rest) > 1 and not last.own["places"] and same_sum(reading, last, rest) else []
    announced = bool(ANNOUNCES.search(words) or SELECTS.search(words))
    close = intro == min(blocks) - 1
    exact = [t for t in (*inside, *earlier[:3], *later) if len(items) > 1 and same_sum(reading, t, items)]
    exact = exact or summed_up
    fitting = [t for t in inside if announced or words.endswith(":") or close and nearly(reading, t, items)]
    fitting += [t for t in earlier if announced]
    total = next((t for t in (*exact, *fitting) if comparable(t, items)), None)
    if total is not None:
        attach([item for item in items if item is not total and comparable(total, [item])], total)


def blocks_of(reading, spans: Sequence[Span]) -> set[int]:
    return {reading.layout.sentences[reading.layout.sentence_of(s)].block for s in spans}


def nearly(reading, total, items: Sequence) -> bool:
    """Whether items are so many, and so nearly add up, that they can only be meant as a breakdown."""
    whole, values = measure(reading, total), [measure(reading, i) for i in items]
    return len(items) > 1 and None not in (whole, *values) and 0.5 * whole <= sum(values) <= 1.1 * whole


def comparable(total, items: Sequence) -> bool:
    """Whether a total counts what its parts count: attacks if any part does, else casualties."""
    return bool(total.counts) if any(i.counts for i in items) else bool(total.figures or total.counts)


def holds(reading, total, part) -> bool:
    """Whether the part is not larger than the total, as far as both have values."""
    if bool(total.counts) != bool(part.counts):
        return bool(total.counts)  # a toll may be part of counted attacks, never the other way
    whole, piece = measure(reading, total), measure(reading, part)
    return None in (whole, piece) or piece <= whole


def measure(reading, draft) -> int | None:
    return reading.number[draft.counts[0] if draft.counts else draft.figures[0]].value


def same_sum(reading, total, parts: Sequence) -> bool:
    """Whether the parts' attack counts (else their first figures) add up to one that the total states."""
    if not parts or any(bool(p.counts) != bool(parts[0].counts) for p in parts):
        return False
    values = [measure(reading, p) for p in parts]
    stated = [reading.number[s].value for s in (total.counts if parts[0].counts else total.figures)]
    return None not in values and sum(values) >= 2 and sum(values) in stated
