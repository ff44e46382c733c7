"""Where a place lies that no table knows: by the places that the text names around it.

A name without an entry ("Tell Zaytun", a hamlet) lies in the one country that the document speaks of, and
in the division that most of its places lie in, unless its own line or the last place before it says
otherwise. A nameless part ("the western countryside", "the city centre") is part of the last place named.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from infer.placechoice import Support
from infer.placephrases import is_long, is_neighbourhood, is_only_nouns, lies_between, noun_kind
from infer.schema import Place, Span

_INSIDE = re.compile(
    r"\s*,?\s*(?P<words>(?:[^\W\d_]+[\s,]+){0,5}?)(?:in|of|inside|within)\s+(?:the\s+|its\s+)?$", re.I
)
_APPOSED = re.compile(r"\s*,\s+an?\s+(?P<words>(?:[\w'’-]+\s+){1,6}?)(?:in|of)\s+(?:the\s+)?$", re.I)
_BULLET = re.compile(r"\W*(?:[A-Za-z]?\d{0,3}[.):]\s*)?\W*")
_ALONE = re.compile(r"[\W\d_]*")
_BESIDE = re.compile(r"\s*[|/\t]\s*")
_LABELLED = re.compile(r"\s{0,2}[:.|/\t–—-]")
_APART = re.compile(r",[ ]")
_ENDS_ITEM = re.compile(r" ?(?:[.:;|\t\n(–—]|$)")
LEAD = 3  # times as many mentions as the second division has, for one that a document keeps to
FEWEST = 2  # mentions of a division that a document keeps to


@dataclass(frozen=True, slots=True)
class Heading:
    """A place that may hold another.

    `beside`: it is the table cell before; `is_one_of_many`: not the only heading of a text, which may be
    no more than where it was written.
    """

    span: Span
    beside: bool = False
    is_one_of_many: bool = True


def headings(text: str, spans: Sequence[Span]) -> dict[Span, list[Heading]]:
    """The places that head each place's row ("Mali | Gao"), line ("Hama: …", "Hama, Tell X.") and section.

    A section's head is all of its line; the nearest come first.
    """
    sections = section_heads(text, spans)
    found: dict[Span, list[Heading]] = {}
    label: Span | None = None
    for i, span in enumerate(spans):
        start, _ = line_of(text, span)
        before = spans[i - 1] if i and spans[i - 1].end > start else None
        label = label if before else None
        heads = []
        if before and _BESIDE.fullmatch(text, before.end, span.start):
            heads = [Heading(before, True), *(h for h in found[before] if h.beside)]
        elif before and _APART.fullmatch(text, before.end, span.start) and _ENDS_ITEM.match(text, span.end):
            heads = [Heading(before)]
        elif label:
            heads = [Heading(label)]
        above = [head for head in sections if head.end < start][-2:]
        found[span] = heads + [Heading(head, is_one_of_many=len(sections) > 1) for head in reversed(above)]
        if _BULLET.fullmatch(text, start, span.start) and _LABELLED.match(text, span.end):
            label = span
    return found


def section_heads(text: str, spans: Iterable[Span]) -> list[Span]:
    """The places that are all of their line, without those of lists, where the next line is too."""
    alone = []
    for span in spans:
        start, end = line_of(text, span)
        if _BULLET.fullmatch(text, start, span.start) and _ALONE.fullmatch(text, span.end, end):
            alone.append((start, end, span))
    starts, ends = {start for start, _, _ in alone}, {end for _, end, _ in alone}
    return [span for start, end, span in alone if end + 1 not in starts and start - 1 not in ends]


def line_of(text: str, span: Span) -> tuple[int, int]:
    end = text.find("\n", span.end)
    return text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text)


def puts_inside(between: str) -> bool:
    """Whether the words between two places put the first in the second: "X in Y", "X, a small town in Y"."""
    if inside := _INSIDE.fullmatch(between):
        return is_only_nouns(inside["words"].replace(",", " "))
    apposed = _APPOSED.fullmatch(between)
    return bool(apposed) and any(map(noun_kind, apposed["words"].split()))


def completed(
    text: str, places: dict[Span, Place], unknown: Collection[Span], support: Support
) -> dict[Span, Place]:
    """The places, those of `unknown` and the nameless parts with what the text around lends them."""
    found = places | in_country(text, places, unknown, support)
    known = sorted(span for span, place in places.items() if place.admin1)
    usual = leading(Counter((places[span].country, places[span].admin1) for span in known))
    on_line = line_numbers(text)
    beside = defaultdict(set)
    for span in known:
        beside[on_line(span)].add(places[span].admin1)
    lent = {}
    for span, place in found.items():
        before = known[: bisect_left(known, span)][-1:]
        last = places[before[0]] if before else None
        if place.admin1 or not last:
            continue
        if is_neighbourhood(span.text(text)) and place.country in (None, last.country):
            lent[span] = replace(place, country=last.country, admin1=last.admin1)
        elif span in unknown and place.country and not is_long(span.text(text)):
            if usual == (place.country, last.admin1) and beside[on_line(span)] <= {last.admin1}:
                lent[span] = replace(place, admin1=last.admin1)
    return found | lent


def in_country(
    text: str, places: dict[Span, Place], unknown: Iterable[Span], support: Support
) -> dict[Span, Place]:
    """The unknown places in the only plausible country of the document, or that of all its known places."""
    home = support.sole() or only(place.country for place in places.values())
    return {
        span: replace(places[span], country=home)
        for span in unknown
        if home and not places[span].country and not lies_between(span.text(text))
    }


def leading(divisions: Counter) -> tuple[str, str] | None:
    """The (country, division) that clearly leads the others."""
    ranked = divisions.most_common(2)
    if not ranked or ranked[0][1] < FEWEST or (ranked[1:] and ranked[0][1] < LEAD * ranked[1][1]):
        return None
    return ranked[0][0]


def line_numbers(text: str) -> Callable[[Span], int]:
    ends = [match.start() for match in re.finditer("\n", text)]
    return lambda span: bisect_left(ends, span.start)


def only(values: Iterable[str | None]) -> str | None:
    """The one value there is, beside None."""
    known = set(values) - {None}
    return known.pop() if len(known) == 1 else None
