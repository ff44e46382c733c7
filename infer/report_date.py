"""The day on which a report says that it was published: a dateline, or a stamp at its top or foot."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from infer.calendar_words import WEEKDAY, YEAR, canonical, order_of
from infer.lexicon import phrases
from infer.lines import BULLET
from infer.number_words import MONTH
from infer.plain_dates import Clues, parse, place
from infer.schema import Span

TOP_LINES = 15
FOOT_LINES = 6
_TH = r"(?:st|nd|rd|th)?"
_DAY_MONTH = rf"(?:\d{{1,2}}{_TH}(?:\s+of)?[\s-]*{MONTH}\.?|{MONTH}\.?\s*\d{{1,2}}{_TH}(?!\d))"
_DATE = re.compile(
    rf"(?<![\w/.])(?:{WEEKDAY}[,.]?\s+(?:the\s+)?)?"
    rf"(?:{_DAY_MONTH}[\s,-]+'?(?:{YEAR}|\d\d)(?!\d|:\d|\s*[ap]\.?m)"
    rf"|{YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:{YEAR}|\d\d))(?!\d|/\d)"
    rf"|(?<!\w){WEEKDAY}[,.]?\s+{_DAY_MONTH}(?![\w-])",
    re.I,
)
_LABEL = re.compile(
    r"(?:^|[\s|(•-])(?:(?P<published>published|posted|publication\s+date|date(?:\s+of\s+(?:issue|publication))?"
    r"|dated|issued|released?|release\s+date|filed|created)"
    r"|(?:last\s+)?(?:updated|modified|revised)|(?:state|situation|status|data)\s+(?:of|as\s+of|as\s+at|on))"
    r"(?:\s+(?:on|at|by))?\s*[:|-]?\s*$",
    re.I,
)
_AGENCY = r"(?:\s*[(\[][^()\[\]\n]{1,60}[)\]])*"
_TODAY = re.compile(r"(?:^|[.!?…]\s)\W*today\s*[,(–—-]\s*$", re.I)
_KIND = """
    report, bulletin, memo, note, brief, briefing, edition, statement, communiqué, communique, release,
    update, letter, list, words, pictures, text, dispatch, sheet, digest
"""
_DOCUMENT = re.compile(rf"(?!.*\bnext\b).*\b{phrases(_KIND)}\b[^.!?;:]*[,–—-]\s*$", re.I)
_NUMBERED = re.compile(r"(?:\bno\.?|[#№])\s*$", re.I)
_DASH_AFTER = re.compile(rf"\s*\)?{_AGENCY}\s*(?:--|[-–—:])")
_RANGE_AFTER = re.compile(rf"\s*(?:[-–—]|to|until)\s*(?:\d|{MONTH})", re.I)
_RANGE_BEFORE = re.compile(rf"(?:\d{_TH}|{MONTH})\.?\s*[-–—]\s*$", re.I)
_CELL = re.compile(r"\s*[|¦‖•·]\s*|\s{2,}|\.\s+")
_MOST_LETTERS = 90  # of a line that names the kind of document that it heads
_LONGEST_STAMP = 200  # characters
_TIME = re.compile(
    r"\bt?\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\.\d+)?z?\b|\b[ap]\.?m\b\.?|[+-]\d{2}:?\d{2}\b|\b\d{4}\s?(?=gmt|utc|local|hrs)"
    r"|\b(?:gmt|utc|bst|cet|cest|eat|cat|wat|pkt|[ecpmi][sd]t)\b",
    re.I,
)
_IN_A_SENTENCE = re.compile(
    r"\b(?:on|in|of|from|since|until|till|to|and|between|after|before|during|ending|ended|beginning|starting|next"
    r"|was|were|is|has|have|had|killed|as)\b"
    rf"|(?:\d{_TH}|{MONTH})\.?\s*(?:[-–—]\s*)?$",
    re.I,
)
_MOST_WORDS = 6
_PUBLISHED, _UPDATED, _DATELINE, _STAMP = range(4)


def find_report_date(text: str, spans: Iterable[Span] = ()) -> date | None:
    """The date of publication that the text states, None where it states none or several.

    Looked for in the first and last lines and in every line that holds a PERIOD span. "Published" goes
    before "updated", both before a dateline and that before a line that is nothing but a date.
    """
    found: dict[int, list[date]] = {}
    day_first = order_of(text)
    for line in _lines(text, spans):
        for rank, words in _statements(line):
            if day := _day(words, text, day_first):
                found.setdefault(rank, []).append(day)
    if not found:
        return None
    rank = min(found)
    days = found[rank]
    if rank == _STAMP:
        return days[0] if days[0] == max(days) else None
    return days[0] if rank in (_PUBLISHED, _UPDATED) or len(set(days)) == 1 else None


def _lines(text: str, spans: Iterable[Span]) -> list[str]:
    """The lines of the top, of the foot and those that hold a PERIOD span, in order."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\r\n]*\S[^\r\n]*", text)]
    kept = {*lines[:TOP_LINES], *lines[-FOOT_LINES:]}
    starts = [span.start for span in spans if span.label == "PERIOD"]
    kept |= {(a, b) for a, b in lines if any(a <= start < b for start in starts)}
    return [text[a:b].strip() for a, b in sorted(kept)]


def _statements(line: str) -> Iterator[tuple[int, str]]:
    """(rank, words) of each date in a line that stands as the line's own."""
    for match in _DATE.finditer(line[:_LONGEST_STAMP]):
        before, after = line[: match.start()], line[match.end() :]
        label = _LABEL.search(before)
        if _NUMBERED.search(before):
            continue
        if label and len(before) < 80 and _is_heading(_CELL.split(before[: label.start()])[-1]):
            yield (_PUBLISHED if label["published"] else _UPDATED), match[0]
        elif _RANGE_AFTER.match(after):
            return
        elif _TODAY.search(before):
            yield _DATELINE, match[0]
        elif _heads_document(before, after):
            yield _STAMP, match[0]
        elif BULLET.match(line) and re.search(r"\w", after):
            continue
        elif _is_heading(before) and _DASH_AFTER.match(after):
            yield _DATELINE, match[0]
        elif _is_heading(_CELL.split(before)[-1]) and _is_heading(_CELL.split(after)[0]):
            yield _STAMP, match[0]


def _heads_document(before: str, after: str) -> bool:
    """Whether a date ends the words that name the document ("Memo to the council, 3 May 2021")."""
    named = len(before) < _MOST_LETTERS and _DOCUMENT.match(before) and not _RANGE_BEFORE.search(before)
    return bool(named) and not re.match(r"\s*[^\s:)\]}.]", after)


def _is_heading(words: str) -> bool:
    """Whether the words beside a date are a place, a title or nothing, and no part of a sentence."""
    words = _TIME.sub(" ", words)
    return len(re.findall(r"\w+", words)) <= _MOST_WORDS and not _IN_A_SENTENCE.search(words.rstrip(" ,|(:"))


def _day(words: str, text: str, day_first: bool | None) -> date | None:
    """The day; a weekday with day and month takes the one year of the text on which it fits."""
    plain = parse(canonical(words, day_first), Clues())
    if not plain or not plain.day or not plain.month:
        return None
    if plain.year:
        found = place(plain, Clues())
        return found and found.start
    years = {int(year) for year in re.findall(rf"(?<!\d){YEAR}(?!\d)", text)}
    found = (place(type(plain)(year, plain.month, plain.day), Clues()) for year in sorted(years))
    fitting = [day.start for day in found if day and day.start.weekday() == plain.weekday]
    return fitting[0] if len(fitting) == 1 else None
