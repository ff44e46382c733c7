"""A block's sentences: where a full stop ends one and where it belongs to an abbreviation."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from infer.schema import Span

# Words whose full stop does not end a sentence; single letters ("U.S.", "J. Doe") are caught by the pattern.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr st gen lt col maj capt sgt cpl pvt brig adm sen rep gov pres prof rev fr hon jr sr no nos "
    "vs etc al approx inc ltd co dept jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu "
    "thurs fri sat sun fig vol ca km mt ft ave".split()
)
BOUNDARY = re.compile(r"(?<!\s)[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\W_a-z])|;(?=\s)|\r?\n\s*\r?\n")
LAST_WORD = re.compile(r"(\w+)\.$")


def split(text: str, start: int, body: int, end: int, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Sentences of the block [start, end), [start, end); none ends before its `body`."""
    for match in BOUNDARY.finditer(text, max(start, body - 1), end):
        if inside_span(match, spans) or is_abbreviation(text, match, start):
            continue
        if match.end() > start:
            yield trimmed(text, start, match.end())
            start = match.end()
    if text[start:end].strip():
        yield trimmed(text, start, end)


def inside_span(boundary: re.Match, spans: Sequence[Span]) -> bool:
    """Whether one of the sorted, disjoint spans goes on after the boundary."""
    i = bisect_left(spans, boundary.end(), key=lambda s: s.end)
    return i < len(spans) and spans[i].start <= boundary.start() and boundary.start() < spans[i].end - 1


def is_abbreviation(text: str, match: re.Match, start: int) -> bool:
    closed = match.group().rstrip("]")  # "[Petro, Inc.]"
    word = LAST_WORD.search(text, start, match.start() + 1) if closed == "." else None
    if not word:
        return False
    return word.group(1).casefold() in ABBREVIATIONS or len(word.group(1)) == 1 and word.group(1).isalpha()


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
