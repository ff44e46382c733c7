"""What stands around the text of printed pages: running heads and feet, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise

from infer.pages import Line

HEAD_LINES = 3  # that a running head or foot may have
APART = 1.6  # heights of a letter that a running head is at least from the text
NOTE = re.compile(r"(?:\[\d{1,3}\]|\d{1,3}|[*†‡§¶])\.?\s?(?=[^\W\d_]|[\"“‘'(])")  # how a footnote begins
NOTE_SIZE = 0.92  # of the size of the text: larger letters are no footnote's
NUMBER = re.compile(r"\d+")
PAGE = re.compile(r"\W*(?:page|p\.?)?\s*(\d+)(?:\s*(?:/|of)\s*\d+)?\W*", re.I)


def without_heads(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the report itself, and its running heads, each once; page numbers are in neither."""
    edges = [line for _, page in groupby(lines, key=lambda line: line.page) for line in _at_edges(list(page))]
    pages = defaultdict(set)
    for line in edges:
        for key in (line.text, *_numbered(line)):
            pages[key].add(line.page)
    around, body, heads = set(edges), [], {}
    for line in lines:
        if line not in around:
            body.append(line)
        elif not _is_page_number(line, pages):
            if len(pages[line.text]) > 1:
                heads.setdefault(line.text, line)
            else:
                body.append(line)
    return body, list(heads.values())


def _is_page_number(line: Line, pages: dict) -> bool:
    alone = PAGE.fullmatch(line.text)
    first = alone and int(alone[1][:9]) == line.page + 1
    return bool(first) or any(len(pages[key]) > 1 for key in _numbered(line))


def _at_edges(page: list[Line]) -> list[Line]:
    """The few lines that stand apart from the others at the top and at the bottom of a page."""
    upwards = sorted(page, key=lambda line: line.baseline)
    blocks = [[upwards[0]]]
    for below, line in pairwise(upwards):
        if line.baseline - below.baseline > APART * line.size:
            blocks.append([])
        blocks[-1].append(line)
    return [line for block in (blocks[0], *blocks[1:][-1:]) if len(block) <= HEAD_LINES for line in block]


def _numbered(line: Line) -> Iterator[tuple[str, int, str]]:
    """The line with each of its numbers, in turn, counted from the page's: equal for page numbers."""
    for number in NUMBER.finditer(line.text):
        yield line.text[: number.start()], int(number.group()[:9]) - line.page, line.text[number.end() :]


def without_notes(lines: list[Line]) -> tuple[list[Line], list[list[Line]]]:
    """The lines of the report itself, and its footnotes: small letters at the foot of a page or a column."""
    sizes = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    usual = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    notes: list[list[Line]] = []
    body: list[Line] = []
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        foot = _feet(page, usual)
        body += [line for line in page if line not in foot]
        notes += _each_note([line for line in page if line in foot])
    return body, notes


def _feet(page: list[Line], usual: float) -> set[Line]:
    """The small lines below which no other stands in their column, from the first that has a note's mark."""
    large = [line for line in page if line.size > NOTE_SIZE * usual]
    low = [line for line in page if line not in large and not any(_under(line, other) for other in large)]
    marked = [line for line in low if NOTE.match(line.text)]
    return {line for line in low if any(first == line or _under(first, line) for first in marked)}


def _under(above: Line, line: Line) -> bool:
    return line.baseline < above.baseline and line.left < above.right and above.left < line.right


def _each_note(lines: list[Line]) -> Iterator[list[Line]]:
    note: list[Line] = []
    for line in lines:
        if note and NOTE.match(line.text):
            yield note
            note = []
        note.append(line)
    if note:
        yield note
