"""Hard-wrapped text: line breaks that a fixed width made, told from those that somebody meant."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from infer.lines import LINE, TERMINAL, WORD, is_stamp, starts_item

FIRST_WORD = re.compile(r"\s*(\S+)")
NARROWEST, WIDEST = 45, 120  # characters of the longest line of wrapped text
FULL = 0.6  # least share of a wrapped chunk's lines that had no room for another word

Line = tuple[int, int]  # [start, end), with its indent, without white space at its end


@lru_cache(maxsize=8)  # two networks and the rules read the same reports
def flowed(text: str) -> str:
    """The text, as long as it was, with blanks for the line breaks that only keep lines short.

    Lines between two blank lines are wrapped if most of them had no room for the first word of the next
    one, and most of those end within a sentence. List items, table rows, datelines and what follows a
    line with room to spare keep the break before them.
    """
    chunks = list(_chunks(text))
    widest = max((end - start for chunk in chunks for start, end in chunk), default=0)
    made = list(text)
    for chunk in chunks:
        for start, end in _soft(text, chunk, widest):
            made[start:end] = " " * (end - start)
    return "".join(made)


def _chunks(text: str) -> Iterator[list[Line]]:
    """The lines that no blank line parts."""
    chunk: list[Line] = []
    for match in LINE.finditer(text):
        if chunk and text.count("\n", chunk[-1][1], match.start()) > 1:
            yield chunk
            chunk = []
        if match[0].strip():
            chunk.append((match.start(), match.start() + len(match[0].rstrip())))
    if chunk:
        yield chunk


def _soft(text: str, chunk: list[Line], widest: int) -> list[Line]:
    """[start, end) of the breaks in a chunk that its width made; of two lines, the whole text tells it."""
    width = max(end - start for start, end in chunk) if len(chunk) > 2 else widest
    inner = [(a, b) for a, b in pairwise(chunk) if _may_go_on(text, a, b)]
    full = [(a, b) for a, b in inner if a[1] - a[0] + 1 + len(FIRST_WORD.match(text, b[0])[1]) > width]
    unfinished = sum(not TERMINAL.search(text, *a) for a, _ in full)
    if not NARROWEST <= width <= WIDEST or len(full) < FULL * len(inner) or 2 * unfinished <= len(full):
        return []
    return [(a[1], b[0]) for a, b in full]


def _may_go_on(text: str, line: Line, other: Line) -> bool:
    worded = all(WORD.search(text, *found) for found in (line, other))
    return worded and not starts_item(text, *other) and not is_stamp(text[slice(*other)])
