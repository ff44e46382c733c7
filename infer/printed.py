"""Lines of printed pages → text: paragraphs, list items and table rows as lines, words whole again.

Footnotes stand after the report, and after them running heads, each once; page numbers are left out.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from infer.lines import BULLET, MONTH, TERMINAL
from infer.margins import without_heads, without_notes
from infer.pages import Line

SAME_SIZE = 0.08  # share by which letters of one size may differ
LOOSE = 1.25  # of the usual distance of lines; a wider one parts paragraphs
INDENT = 0.8  # heights of a letter
SPREAD = 1.45  # of the usual distance of lines, over which a sentence goes on
NUMBERED = re.compile(r"\(?(\d{1,2})[.)]\s")
ENDS_OPEN = re.compile(
    rf"\b(?:{MONTH}|and|or|to|of|the|by|than|least|about|nearly|over|some|in|on|at|from)$", re.I
)
DASH = re.compile(r"[-–—]\s")
LABEL = re.compile(r"[^\W\d_a-zß-ÿ][^\s:]*(?: [^\s:]+){0,2}: \S")  # "Gao: …", "Deir ez-Zor: …"
SYMBOL = re.compile(r"[\ue000-\uf8ff]\s*")  # a bullet of a symbol font
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
LEADERS = re.compile(r"(?:\s?[.…]){5,}")  # between a title and its page
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


def put_together(lines: Iterable[Line]) -> str:
    """The text of the lines of all pages, which come in the order of reading; heads and notes are its end."""
    body, heads = without_heads([_plain(line) for line in lines])
    body, notes = without_notes(body)
    words = Counter(word for line in body for word in re.findall(r"[\w-]+", line.text.casefold()))
    text, previous = "", ""
    for paragraph in (*_paragraphs(body), *notes, *([head] for head in heads)):
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


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    usual = _usual_distances(lines)
    paragraph: list[Line] = []
    before = 0.0  # where the lines of the run before end
    for run in _runs(lines, usual):
        edge, margin = max(line.right for line in run), min(line.left for line in run)
        for place, line in enumerate(run):
            if paragraph and (
                _follows(paragraph, line, edge, margin) if place else _goes_on(paragraph, line, usual, before)
            ):
                paragraph.append(line)
                continue
            if paragraph:
                yield paragraph
            paragraph = [line]
        before = max(edge, before) if len(run) == 1 and before > run[0].left else edge
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


def _follows(paragraph: list[Line], line: Line, edge: float, margin: float) -> bool:
    """Whether a line goes on with the paragraph of the line right above it."""
    above = paragraph[-1]
    if above.hyphen or _only_bullet(above):
        return True
    if _starts(line, above) or _is_row(above.text):
        return False
    if _within_sentence(above, line):
        return True
    return not _had_room(above, line, edge) and not (
        TERMINAL.search(above.text) and (_indented(above, line, margin) or _outdented(paragraph, line))
    )


def _had_room(above: Line, line: Line, edge: float) -> bool:
    """Whether the first word of a line could have stood in the line above, had the paragraph gone on."""
    word = line.text.split(" ", 1)[0]
    return edge - above.right > (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)


def _indented(above: Line, line: Line, margin: float) -> bool:
    deeper = line.left - margin > INDENT * line.size and above.left - margin < INDENT * line.size / 2
    return deeper and not BULLET.match(above.text)


def _outdented(paragraph: list[Line], line: Line) -> bool:
    """Whether a line stands left of the words of a list's item, which it follows."""
    inner = paragraph[-1].left if len(paragraph) > 1 else paragraph[0].left + INDENT * line.size
    return bool(BULLET.match(paragraph[0].text)) and line.left < inner - INDENT * line.size / 2


def _within_sentence(above: Line, line: Line) -> bool:
    return line.text[:1].islower() and not TERMINAL.search(above.text)


def _starts(line: Line, above: Line) -> bool:
    """Whether a line begins an item of a list or is a row of a table.

    "8. " and "– " do not where a sentence goes on in them ("killed on May", "8. On Monday …").
    """
    if _is_row(line.text) or LABEL.match(line.text) or not BULLET.match(line.text):
        return _is_row(line.text) or bool(LABEL.match(line.text))
    number, before = NUMBERED.match(line.text), NUMBERED.match(above.text)
    if TERMINAL.search(above.text) or before and number and int(before[1]) + 1 == int(number[1]):
        return True
    if number:
        return not ENDS_OPEN.search(above.text)
    return (
        not DASH.match(line.text) or bool(DASH.match(above.text)) or not line.text[2:].lstrip()[:1].islower()
    )


def _only_bullet(line: Line) -> bool:
    return len(line.text) == 1 and not line.text.isalnum() and bool(BULLET.match(f"{line.text} x"))


def _goes_on(paragraph: list[Line], line: Line, usual: dict[int, float], edge: float) -> bool:
    """Whether a paragraph goes on below a gap, in another column or on another page."""
    above = paragraph[-1]
    distance = _distance(above, line)
    if distance:
        near = distance < SPREAD * usual.get(round(line.size), 0.0)
        within = _within_sentence(above, line) or above.hyphen and line.text[:1].islower()
        return _only_bullet(above) or near and within and not _breaks(above, line)
    if above.hyphen or _only_bullet(above):
        return True
    if _breaks(above, line) or TERMINAL.search(above.text):
        return False
    return line.text[:1].islower() or not _had_room(above, line, edge)


def _breaks(above: Line, line: Line) -> bool:
    return not _same_size(above, line) or _starts(line, above) or _is_row(above.text)


def _joined(paragraph: Sequence[Line], words: Counter) -> str:
    text = paragraph[0].text
    for above, line in pairwise(paragraph):
        if above.hyphen:
            text += _hyphen(text, line.text, words)
        elif not (above.text.endswith("-") and above.text[-2:-1].isalnum()):
            text += " "
        text += line.text
    return text + ("-" if paragraph[-1].hyphen else "")


def _hyphen(before: str, after: str, words: Counter) -> str:
    """The hyphen of a broken word where it is part of the word, else nothing."""
    first = re.search(r"[\w-]*$", before).group().casefold()
    second = re.match(r"[\w-]*", after).group().casefold()
    whole, hyphenated = words[first + second], words[f"{first}-{second}"]
    if whole != hyphenated:
        return "-" if hyphenated > whole else ""
    part = HYPHENATED.search(before) or HYPHENATING.match(after) or not after[:1].islower()
    return "-" if part else ""
