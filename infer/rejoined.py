"""Spans of one phrase that a tagger tore apart, joined again where the layout alone settles it.

Telegraphic and upper-case text breaks names and dates at line ends ("SAN / MIGUEL", "28 / MARCH"), and
reads a clock ("at 1545") as a year and an age ("Diaz, 24,") as people. A bracket is never half of a name:
"Ain Al Arab (Kobani) area" is one.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from infer.blocks import Layout, layout
from infer.number_words import MONTH
from infer.schema import Span

NAMES = ("ACTOR", "CASUALTY", "LOCATION")
OPENED = re.compile(r"[ \t]*\(")
WRAP = re.compile(r"[ \t]+|[ \t]*\r?\n[ \t]*")
NAME = re.compile(r"(?!(?:an?|the|his|her|its|their|one|north|south|east|west)\b)[^\d\s][^\d]*", re.I)
REACH = 30  # characters before a span that may belong to it
MONTHS_DAY = re.compile(rf"(?<![\d.,:/-])(?:0?[1-9]|[12]\d|3[01])(?:{WRAP.pattern})(?={MONTH}\b)", re.I)
CLOCK = re.compile(r"\bat\s+(?=(?:[01]\d|2[0-3])[0-5]\d\b)", re.I)
AGE = re.compile(r"[^\W\d]{2,},\s+(?=[1-9]\d[,;.)])")


def rejoined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans with torn dates and names whole, without clocks and ages; sorted and disjoint."""
    found = layout(text, spans)
    kept = [s for s in dates(text, found, spans) if not clock_or_age(text, s)]
    whole: list[Span] = []
    for span in kept:
        if whole and one_name(text, found, whole[-1], span):
            before = whole.pop()
            span = Span(before.start, span.end, span.label, least(before, span))
        whole.append(span)
    return tuple(s for span in whole for s in bracketed(text, span))


def dates(text: str, found: Layout, spans: Sequence[Span]) -> list[Span]:
    """The spans, a day put back before its month; what was read of the day alone is swallowed."""
    kept: list[Span] = []
    for span in spans:
        day = last_match(MONTHS_DAY, text, span.start) if span.label == "PERIOD" else None
        if (
            day
            and prose(found, day.start(), span.end)
            and not (kept and kept[-1].start < day.start() < kept[-1].end)
        ):
            kept = [s for s in kept if s.start < day.start()]
            span = Span(day.start(), span.end, span.label, span.confidence)
        kept.append(span)
    return kept


def last_match(pattern: re.Pattern, text: str, end: int) -> re.Match | None:
    """The match that ends where a span starts."""
    before = takewhile(lambda m: m.start() < end, pattern.finditer(text, max(0, end - REACH)))
    return next((m for m in before if m.end() == end), None)


def clock_or_age(text: str, span: Span) -> bool:
    words = span.text(text)
    if not words.isdigit():
        return False
    pattern = CLOCK if len(words) == 4 else AGE if span.label == "CASUALTY" else None
    return pattern is not None and last_match(pattern, text, span.start) is not None


def one_name(text: str, found: Layout, first: Span, second: Span) -> bool:
    """Whether two neighbours are one name that was torn: at a blank, a wrapped line's end, or its bracket."""
    if first.label != second.label or first.label not in NAMES:
        return False
    if OPENED.fullmatch(text, first.end, second.start):
        return lone(second.text(text)) == ")"
    return (
        bool(WRAP.fullmatch(text, first.end, second.start))
        and prose(found, first.start, second.end)
        and bool(NAME.fullmatch(second.text(text)))
        and not any(c.isdigit() for c in first.text(text))
    )


def lone(words: str) -> str:
    """The bracket that stands alone in a phrase: "(", ")" or none."""
    opened, closed = words.count("("), words.count(")")
    return "(" if opened > closed else ")" if closed > opened else ""


def bracketed(text: str, span: Span) -> list[Span]:
    """The span up to a bracket that it does not close, or from one that it does not open; maybe none."""
    start, end = span.start, span.end
    match lone(span.text(text)):
        case "(":
            end = text.rindex("(", start, end)
        case ")":
            start = text.index(")", start, end) + 1
        case _:
            return [span]
    words = text[start:end]
    start, end = end - len(words.lstrip()), start + len(words.rstrip())
    return [Span(start, end, span.label, span.confidence)] if start < end else []


def prose(found: Layout, start: int, end: int) -> bool:
    """Whether [start, end) lies in one paragraph or list item."""
    return any(b.kind in ("paragraph", "bullet") and b.start <= start and end <= b.end for b in found.blocks)


def least(*spans: Span) -> float | None:
    return min((s.confidence for s in spans if s.confidence is not None), default=None)
