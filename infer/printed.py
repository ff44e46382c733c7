"""Lines of printed pages → text: paragraphs, list items and table rows as lines, words whole again.

Running heads, which stand on every page, are told once, after the report; page numbers are not.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from infer.blocks import BULLET, TERMINAL

HEAD_LINES = 3  # that a running head or foot may have
APART = 1.6  # heights of a letter that a running head is at least from the text
SAME_SIZE = 0.08  # share by which letters of one size may differ
LOOSE = 1.25  # of the usual distance of lines; a wider one parts paragraphs
INDENT = 0.8  # heights of a letter
FULL = 2.0  # heights of a letter that a full line may end short of the margin
LABEL = re.compile(r"[^\W\d_a-zß-ÿ][^\s:]*(?: [^\s:]+){0,2}: \S")  # "Gao: …", "Deir ez-Zor: …"
SYMBOL = re.compile(r"[\ue000-\uf8ff]\s*")  # a bullet of a symbol font
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
LEADERS = re.compile(r"(?:\s?[.…]){5,}")  # between a title and its page
NUMBER = re.compile(r"\d+")
PAGE = re.compile(r"\W*(?:page|p\.?)?\s*(\d+)(?:\s*(?:/|of)\s*\d+)?\W*", re.I)
# Before a hyphen at the end of a line that belongs to the word.
HYPHENATED = re.compile(
    r"(?:^|\W)(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|self|non|anti|ex|pro|counter|cross|co"
    r"|vice|mid|semi|multi|inter|ultra|well|al|el|ul|ad|an|ar|as|at|ash|az|ez|er|es|et|ed|en|de|of|in|the|and"
    r"|\w*\d|(?-i:[A-Z]+))$",
    re.I,
)
HYPHENATING = re.compile(  # and after it
    r"(?:led|backed|based|held|run|controlled|aligned|allied|affiliated|linked|supported|sponsored|style|wide"
    r"|year|month|week|day|hour|old|strong|man|member|defen[cs]e)\b"
)


@dataclass(frozen=True, slots=True)
class Line:
    """Some words of a page (from 0): where they stand and how large, in points, y upwards.

    `hyphen`: the last word goes on in the next line; the hyphen is not in `text`.
    """

    page: int
    left: float
    right: float
    baseline: float
    size: float
    text: str
    hyphen: bool = False


def put_together(lines: Iterable[Line]) -> str:
    """The text of the lines of all pages, which come in the order of reading; running heads are its end."""
    body, heads = _without_heads([_plain(line) for line in lines])
    words = Counter(word for line in body for word in re.findall(r"[\w-]+", line.text.casefold()))
    text, previous = "", ""
    for paragraph in (*_paragraphs(body), *([head] for head in heads)):
        written = _joined(paragraph, words)
        text += ("\n" if _listed(previous) and _listed(written) else "\n\n") if text else ""
        text += written
        previous = written
    return text


def _plain(line: Line) -> Line:
    text = SYMBOL.sub("• ", line.text, count=1) if SYMBOL.match(line.text) else line.text
    return replace(line, text=text.translate(LIGATURES).strip())


def _listed(text: str) -> bool:
    return bool(BULLET.match(text)) or _is_row(text)


def _is_row(text: str) -> bool:
    return "\t" in text or bool(LEADERS.search(text))


def _without_heads(lines: list[Line]) -> tuple[list[Line], list[Line]]:
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


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    usual = _usual_distances(lines)
    paragraph: list[Line] = []
    for run in _runs(lines, usual):
        edge, margin = max(line.right for line in run), min(line.left for line in run)
        for place, line in enumerate(run):
            above = paragraph[-1] if paragraph else None
            if above and (_follows(above, line, edge, margin) if place else _goes_on(paragraph, line)):
                paragraph.append(line)
                continue
            if paragraph:
                yield paragraph
            paragraph = [line]
    if paragraph:
        yield paragraph


def _usual_distances(lines: Sequence[Line]) -> dict[int, float]:
    """The commonest distance of two lines, by the size of their letters in whole points."""
    found = defaultdict(Counter)
    for above, line in pairwise(lines):
        if _same_size(above, line) and (distance := _distance(above, line)):
            found[round(line.size)][round(distance, 1)] += 1
    return {size: min(c, key=lambda d: (-c[d], d)) for size, c in found.items()}


def _same_size(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= SAME_SIZE * max(one.size, other.size)


def _distance(above: Line, line: Line) -> float | None:
    """Points from one line down to another, None where that is on another page, beside it or above it."""
    down = above.baseline - line.baseline
    return down if above.page == line.page and down > 0 else None


def _runs(lines: Sequence[Line], usual: dict[int, float]) -> Iterator[list[Line]]:
    """Lines of one size at the usual distance, one below another: what lies in one column without a gap."""
    run: list[Line] = []
    for line in lines:
        if run:
            distance = _distance(run[-1], line)
            most = LOOSE * usual.get(round(line.size), 0.0)
            if not distance or distance > most or not _same_size(run[-1], line):
                yield run
                run = []
        run.append(line)
    if run:
        yield run


def _follows(above: Line, line: Line, edge: float, margin: float) -> bool:
    """Whether a line goes on with the paragraph of the line right above it."""
    if above.hyphen or _only_bullet(above):
        return True
    if _starts(line) or _is_row(above.text):
        return False
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)
    if edge - above.right > width:  # its first word had room above
        return False
    indented = line.left - margin > INDENT * line.size and above.left - margin < INDENT * line.size / 2
    return not (indented and TERMINAL.search(above.text) and not BULLET.match(above.text))


def _starts(line: Line) -> bool:
    """Whether a line begins an item of a list or is a row of a table."""
    return bool(BULLET.match(line.text) or LABEL.match(line.text)) or _is_row(line.text)


def _only_bullet(line: Line) -> bool:
    return len(line.text) == 1 and not line.text.isalnum() and bool(BULLET.match(f"{line.text} x"))


def _goes_on(paragraph: list[Line], line: Line) -> bool:
    """Whether a paragraph goes on in another column or on another page."""
    above = paragraph[-1]
    if above.hyphen or _only_bullet(above):
        return True
    if not _same_size(above, line) or _distance(above, line) or _starts(line) or _is_row(above.text):
        return False
    if TERMINAL.search(above.text):
        return False
    full = len(paragraph) > 1 and max(x.right for x in paragraph) - above.right < FULL * above.size
    return line.text[:1].islower() or full


def _joined(paragraph: Sequence[Line], words: Counter) -> str:
    text = paragraph[0].text
    for above, line in pairwise(paragraph):
        if above.hyphen:
            text += _hyphen(text, line.text, words)
        elif not (above.text.endswith("-") and above.text[-2:-1].isalnum()):
            text += " "
        text += line.text
    return text


def _hyphen(before: str, after: str, words: Counter) -> str:
    """The hyphen of a broken word where it is part of the word, else nothing."""
    first = re.search(r"[\w-]*$", before).group().casefold()
    second = re.match(r"[\w-]*", after).group().casefold()
    whole, hyphenated = words[first + second], words[f"{first}-{second}"]
    if whole != hyphenated:
        return "-" if hyphenated > whole else ""
    part = HYPHENATED.search(before) or HYPHENATING.match(after) or not after[:1].islower()
    return "-" if part else ""
