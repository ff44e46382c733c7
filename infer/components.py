"""Which casualty figures are parts of which: "eight dead: a civilian, five soldiers and two rebels".

A colon, a dash or a bracket opens a partition, "including" or "of whom" a subset. Where a list could
go on inside or outside of an "including", the sum of the outer partition decides.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infer.lexicon import any_of, phrases
from infer.schema import Quantity, Span

VICTIMS_OF = (
    "dead, victims, fatalities, casualties, wounded, injured, killed, slain, detained, detainees, arrested"
)
BREAKS_DOWN = r"compris\w+, consisting of, namely, viz, made up of, broken down, i\.e\., divided into"
JOINS = "and, or, as well as, plus, along with, together with, in addition to, followed by"
PARTITION = re.compile(rf"[:(\[–—]|\s--?\s|\b{phrases(BREAKS_DOWN)}", re.I)
ARE = re.compile(rf"\s+(?:{phrases(VICTIMS_OF)}\s+)?(?:are|were)\s+", re.I)
OF_THEM = re.compile(
    rf"\b(?:of|among(?:st)?|between)\s+(?:them|whom|these|which|those|the\s+{phrases(VICTIMS_OF)})\b", re.I
)
SUBSET = re.compile(rf"\bincluding\b|\bincluded?s?\b|{OF_THEM.pattern}", re.I)
TRAILING = re.compile(
    rf"[\s,]*{OF_THEM.pattern}(?=\s*(?:[,.;:)\n]|(?:and|for|did|were|was|are|had|have|died|killed|dead)\b))",
    re.I,
)
LIST_GAP = re.compile(rf"[\s,;/&+]*(?:{phrases(JOINS)}\b\s*)?(?:the|another|also)?\s*", re.I)
IN_BRACKETS = re.compile(r"\)[\s,]*(?:and|or)?\s*\w+\s*\(")  # "killed (5), injured (3) or …"
NEW_DEED = any_of(
    """
    while, whereas, but, after, when, where, then, separately, meanwhile, also killed, also wounded,
    in another, in a separate, in an attack,
    an? (?:attack|ambush|explosion|raid|strike|blast|bomb)
    """
)
OPENING = re.compile(
    rf"\W*(?:(?:they|these|those|this|the\s+(?:{phrases(VICTIMS_OF)}|toll|figure|number|total))"
    rf"(?:\s+{phrases(VICTIMS_OF)})?\s+(?:includ\w+|were|are|compris\w+|consist\w*)"
    r"|(?:of|among)\s+(?:them|these|those|the)\b|includ\w+)",
    re.I,
)
NAMED = re.compile(
    r"[\s,(“\"‘'–—-]*(?:(?:named|identified(?: \w+)? as|called|known as|nicknamed)\s*)?[“\"‘']?", re.I
)
DETERMINER = re.compile(r"(?:an?|one|the|another|\d)\b", re.I)


@dataclass(slots=True)
class Frame:
    """An open total: its span, how it was opened, and the parts it has so far."""

    total: Span
    kind: str
    parts: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Parts:
    """What was found: component → total, total → partition | subset, and repeated mentions → first."""

    total_of: dict[Span, Span] = field(default_factory=dict)
    kind: dict[Span, str] = field(default_factory=dict)
    repeats: dict[Span, Span] = field(default_factory=dict)


def read(
    text: str, figures: Sequence[Span], number: Mapping[Span, Quantity], outcome: Mapping[Span, str | None]
) -> Parts:
    """Components among the CASUALTY spans of one sentence, in text order."""
    parts = Parts()
    frames: list[Frame] = []
    for i, span in enumerate(figures[1:], 1):
        gap = between(text, figures[i - 1], span)
        if same_person(text, figures[i - 1], span, number):
            parts.repeats[span] = figures[i - 1]
            continue
        opened = opening(text, figures[:i], span, gap, number, parts)
        if opened:
            frames = [f for f in frames if f.total != opened.total and opened.total in f.parts] + [opened]
        elif frames and (
            NEW_DEED.search(gap)
            or not (IN_BRACKETS.fullmatch(gap) or compatible(outcome, frames[0].total, span))
        ):
            frames = []
        elif frames:
            frames = continuing(text, frames, figures[i:], gap, number)
        if frames:
            frames[-1].parts.append(span)
            parts.total_of[span] = frames[-1].total
            parts.kind[frames[-1].total] = frames[-1].kind
    return parts


def between(text: str, first: Span, second: Span) -> str:
    """The words between two figures, without an "of them" that still belongs to the first."""
    trailing = TRAILING.match(text, first.end, second.start)
    return text[trailing.end() if trailing else first.end : second.start]


def same_person(text: str, first: Span, second: Span, number: Mapping[Span, Quantity]) -> bool:
    """Whether a name stands beside a description ("an officer, Captain X,"): one person said twice."""
    one = Quantity(1)
    described = [bool(DETERMINER.match(text, s.start)) for s in (first, second)]
    gap = text[first.end : second.start]
    return (
        number[first] == number[second] == one and described[0] != described[1] and bool(NAMED.fullmatch(gap))
    )


def opening(text, before: Sequence[Span], span: Span, gap: str, number, parts: Parts) -> Frame | None:
    """The frame that this figure opens, if the words before it say that it is a part."""
    if TRAILING.match(text, span.end):  # "40 dead, nine women and two men among them"
        total = max(before, key=lambda s: number[s].value or 0)
        return Frame(total, "subset") if fits(number, total, [span]) else None
    if OF_THEM.search(text, span.start, span.end) or SUBSET.search(gap):
        outside = [s for s in before if not closed(text, s, span)]
        total = large_enough(outside, span, number, parts if OF_THEM.search(gap + span.text(text)) else None)
        return Frame(total, "subset") if total else None
    opener = PARTITION.search(gap) or definite(text, before[-1]) and ARE.fullmatch(gap)
    if opener and opener.group() == "(":
        # Not in "X first with 9, Y second (4)" nor in "9 killed (in May: 4)".
        direct = "," not in gap[: opener.start()] and ":" not in gap and len(gap) - opener.end() < 15
        opener = opener if direct else None
    if (
        opener
        and not NEW_DEED.search(gap)
        and fits(number, before[-1], [span])
        and before[-1] not in parts.kind
    ):
        return Frame(before[-1], "partition")
    return None


def definite(text: str, span: Span) -> bool:
    """Whether a figure is one told before ("the 61 dead")."""
    return bool(re.search(r"\bthe\s+$", text[max(0, span.start - 5) : span.start], re.I)) or bool(
        re.match(r"the\s", span.text(text), re.I)
    )


def closed(text: str, earlier: Span, span: Span) -> bool:
    """Whether the earlier figure stands in brackets that have been closed since."""
    gap = text[earlier.end : span.start]
    return gap.count(")") > gap.count("(")


def large_enough(before: Sequence[Span], span: Span, number, parts: Parts | None) -> Span | None:
    """The nearest earlier figure that can hold this one; with `parts`, only one that is no part itself."""
    for total in reversed(before):
        if (parts is None or total not in parts.total_of) and fits(number, total, [span]):
            return total
    return None


def fits(number: Mapping[Span, Quantity], total: Span, parts: Sequence[Span]) -> bool:
    """Whether the parts can lie within the total, as far as both have values."""
    whole = number[total].value
    if whole is None or whole < 2:
        return False
    return sum(number[p].value or 0 for p in parts) <= whole


def compatible(outcome: Mapping[Span, str | None], total: Span, part: Span) -> bool:
    kinds = (outcome.get(total), outcome.get(part))
    return kinds[0] == kinds[1] or None in kinds or kinds[0] == "unspecified"


def continuing(text: str, frames: list[Frame], rest: Sequence[Span], gap: str, number) -> list[Frame]:
    """The frames that stay open for the next figure of a list."""
    if len(frames) > 1 and ends_inside(frames, rest, number):
        return frames[:-1]
    if IN_BRACKETS.fullmatch(gap):
        return frames[:1]
    if gap.count(")") > gap.count("("):
        return frames[:-1]
    frame = frames[-1]
    closes = (
        len(frames) == 1
        and frame.kind == "subset"
        and len(frame.parts) == 1
        and re.match(r"\s*[,;)]\s*(?:and|as well as|in addition|along|plus)\b", gap)
    )
    if closes or not fits(number, frame.total, [*frame.parts, rest[0]]):
        return frames[:-1] if len(frames) > 1 else []
    if not LIST_GAP.fullmatch(gap) and len(gap) > 90:
        return []
    return frames


def ends_inside(frames: list[Frame], rest: Sequence[Span], number) -> bool:
    """Whether the inner list ends here because what follows completes the outer partition."""
    outer = frames[-2]
    missing = (number[outer.total].value or 0) - sum(number[p].value or 0 for p in outer.parts)
    values = [number[s].value or 0 for s in rest]
    return missing > 0 and any(sum(values[:k]) == missing for k in range(1, len(values) + 1))
