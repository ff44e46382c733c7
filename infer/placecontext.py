"""Where a place lies that no table knows: by the places that the text names around it.

A name without an entry ("Tell Zaytun", a hamlet) lies in the one country that the document speaks of, and
in the division that most of its places lie in, unless its own line or the last place before it says
otherwise. A nameless part ("the western countryside", "the city centre") is part of the last place named.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from infer.placechoice import Support
from infer.placephrases import is_long, is_neighbourhood, is_only_nouns, lies_between, noun_kind
from infer.schema import Place, Span

_INSIDE = re.compile(
    r"\s*,?\s*(?P<words>(?:[^\W\d_]+[\s,]+){0,5}?)(?:in|of|inside|within)\s+(?:the\s+|its\s+)?$", re.I
)
_APPOSED = re.compile(r"\s*,\s+an?\s+(?P<words>(?:[\w'’-]+\s+){1,6}?)(?:in|of)\s+(?:the\s+)?$", re.I)
LEAD = 3  # times as many mentions as the second division has, for one that a document keeps to
FEWEST = 2  # mentions of a division that a document keeps to


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
