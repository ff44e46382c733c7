"""The words of a date expression in one plain spelling, which the grammar of periods then reads.

`canonical("on Monday, the 5th of Sept. 2022 at 10:30 pm")` is `"w1 5o m9 2022"`: months are m1 to
m12, weekdays w1 (Monday) to w7, ordinals end in o, dashes and "to" stand apart, clock times and
parts of the day are gone.
"""

import re
from collections.abc import Iterable
from datetime import date

from infer.number_words import MONTH, TENS, UNITS

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)\b"
)
YEAR = r"(?:1[5-9]|20|21)\d\d"
NUMERIC_DATE = r"(?<![\d./])(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})(?![\d/])"
ISO_DATE = rf"(?<!\d)(?P<y>{YEAR})(?P<mark>[-/.]?)(?P<m>0[1-9]|1[0-2])(?P=mark)(?P<d>[0-2]\d|3[01])(?!\d)"

_SHORT_DATE = rf"(?<![\d/.])(?P<a>\d{{1,2}})(?P<mark>/)(?P<b>\d{{1,2}})(?![\d/]|\s*(?:of\s+)?{MONTH})"
_YEAR_MONTH = rf"(?<![\d/.-])(?P<y>{YEAR})-(?P<m>0[1-9]|1[0-2])(?![\d/.-])"
_DAYS_OF_MONTH = rf"({MONTH}\.? \d{{1,2}})/(\d{{1,2}})(?![\d/])"
OPEN_ORDER = "?"
_BRITISH = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH}\b", re.I)
_AMERICAN = re.compile(rf"\b{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?! {MONTH})", re.I)
_MONTH_LONG = 31  # days

_FOLD = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t\r\n"), " ")
_FOLD |= dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(map(ord, "‘’ʼ"), "'")
_PART = (
    r"(?:(?:very |early |late |mid |pre |earlier |later )?"
    r"(?:morning|afternoon|evening|night|dawn|daybreak|dusk|noon|midday|midnight|sunset|sunrise|nightfall"
    r"|day ?time|daylight)|(?:early|late|small|first|morning|evening|night|daylight)(?: morning)? hours)\b"
)
_AT = r"(?:(?:at|in|on|during|around|about|towards?|since) )?(?:the )?"
_BOUNDARY = r"(?:beginning|start|outset|end|turn|close|opening|course|(?:1o|last|final) (?:few )?days)"
_CLOCK = (
    r"(?:\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.? ?m\b\.?)?|\d{1,2}(?:[.:]\d{2})? ?[ap]\.? ?m\b\.?"
    r"|\d{3,4} ?(?:hours|hrs|h|gmt|utc)\b|\bo'clock\b"
    r"|\b[0-2]\d[0-5]\d (?=(?:on|this|today|tonight|yesterday|tomorrow|last night|and [0-2]\d[0-5]\d on)\b))"
)
_NUMBER = "|".join(sorted([*UNITS, *TENS], key=len, reverse=True))
_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bt(?=\d{2}:)|(?<=:\d{2})z\b", " "),
        (rf"(?:\b(?:at|around|about|shortly|before|after) )*{_CLOCK}", " "),
        (r"\b(?:local time|greenwich mean time|gmt|utc|[ecpmi][sd]t|eat|cat|wat|pkt)\b(?: time)?", " "),
        (r"\bnew year's eve\b", "31 m12"),
        (r"\b(?:the )?new year(?:'s day)?$", "1 m1"),
        (r"\bnew year's day\b", "1 m1"),
        (r"\bchristmas eve\b", "24 m12"),
        (r"\bchristmas(?: day)?\b", "25 m12"),
        (r"[\"“”«»\[\](){}]|(?<=\w)'s\b", " "),
        (r"(\d{1,2}) ?- ?(m\d+) ?- ?(\d{4}|\d{2})\b", r"\1 \2 \3"),
        (r"\b(early|mid|late|pre)- ?", r"\1 "),
        (r"\b([23])0[ -](\do)\b", r"\1\2"),
        (r"\ba couple of\b", "2"),
        (r"(\d+) ?h(?:rs?)?$", r"\1 hours"),
        (r"^(\d{1,2})\.(0?[1-9]|1[0-2])\.?$", r"\1 m\2"),
        (r"^(m\d+ \d{1,2}) - (\d{4})$", r"\1 \2"),
        (rf"^0?([1-9]|1[0-2])[.-]({YEAR})$", r"m\1 \2"),
        (r"(?<=\do) half[ -]year\b", " half"),
        (r"\b(?:a |1 )?fortnight\b", "2 week"),
        (r"\bhalf[ -]year\b", "6 month"),
        (r"\btrimester\b", "quarter"),
        (r"\bsemester\b", "half"),
        (r"\bprev\b\.?", "previous"),
        (r"\byrs?\b\.?", "year"),
        (r"\bbefore (?:dawn|daybreak|sunrise|first light|midnight)\b", " "),
        (r"\b1o (?:light|hours of)\b", " "),
        (r"\bof '(\d\d)$", r"of 20\1"),
        (r"\b(?:all|(?:the )?(?:whole|entirety)) of (?:the )?(?=\S)", " "),
        (r"\b(?:the|that|this|same) whole (?=month|year|week|quarter)", "the "),
        (r"\bthe (?:above-?)?(?:mentioned|aforementioned|said|concerned) (?=\S)", "the "),
        (r"\bthe (week|month|quarter|year) just (?:ended|past|gone|over)\b", r"last \1"),
        (r"\bopening (?=\d+ |week|month|day)", "1o "),
        (r"\b(middle|1o|last|final) (\d+) evenings?\b", r"\1 \2 day"),
        (r"^(\d+) (?:evening|night|morning)s (?=later|after|before|earlier)", r"\1 day "),
        (r"\bthe (?:same|said) date\b", "the same day"),
        (r"(\d+)(?:st|nd|rd|th|d)\b", r"\1o"),
        (r"(\d+)[ -]+(hour|day|week|month|year)\b", r"\1 \2"),
        (r"\blast (?:night|evening)\b|\byesterday (?:late )?" + _PART, "yesterday"),
        (r"\btonight\b|\b(?:this|today) " + _PART, "today"),
        (rf"^since (?:the )?{_PART}$", "today"),
        (rf"\b(that|same|next|following|previous|preceding) {_PART}", r"\1 day"),
        (rf"\b{_PART} (before|after)\b", r"day \1"),
        (r"\bbefore (?=the end of )", "until "),
        (r"\b(?:this )?(?:past|last|coming) (?=(?:w\d )?(?:\d{1,2}o? m\d|m\d+ \d))", " "),
        (r"\bovernight (?:into|to) ", "overnight into "),
        (r"\bovernight (?:on |from |of |between )?(?=[mw\d])|(?<=[\dw]) overnight\b", " "),
        (rf"\b{_AT}{_PART}(?: (?:of|on|at|hours))?(?=$|\W)", " "),
        (r"(?<=\d) ?/ ?(?=[\dwm])", " - "),
        (r"(?<=\d)\s*,\s*and\b|(?<=m\d)\s*,\s*and\b|(?<=m\d\d)\s*,\s*and\b|\band\b|&", " & "),
        (r"(w\d)\.?\s*,\s*(?=w\d)|((?<!w)\d|o|m\d+)\s*,\s*(?=\d{1,2}o?\b|m\d)", r"\1\2 & "),
        (r"[,;:!]|\.(?=\s|$)|(?<=m\d)\.|(?<=m\d\d)\.|(?<=w\d)\.", " "),
        (r"\s*-\s*", " - "),
        (r"\b(?:up )?(?:un)?till?\b|\bthrough(?= .*\d|$)|\bthru\b|\bup to\b|\bup until\b", "until"),
        (rf"\b(?:the )?(?:very )?{_BOUNDARY} of (?=the (?:year|month|week|quarter)\b)", "some of "),
        (rf"\b(?:the )?(?:very )?{_BOUNDARY} of (?=[a-z\d])", " "),
        (r"(?<!\d )\b(?:months?|period|days|dates?) of (?=m\d)|\b(?:the )?years? (?:of )?(?=\d{4})", " "),
        (r"\bthe (?=\d{1,2}o?(?: |$))(?!\d+ (?:day|week|month|quarter|year)s?\b)", " "),
        (r"\bof (?=m\d)|(?<=\d) of (?=\d{4}\b|(?:last|this|that) year)", " "),
        (r"^(?:later|earlier)(?: in| on)? (?=\S)|\bon (?=[mw\d])", " "),
        (r"\b(?:at|around|about|approximately|circa|shortly|late|early|mid|middle(?! \d))\b", " "),
        (r"\b(?:the )?month of\b", " "),
        (r"^\W*(?:(?:on|in|during|over|throughout|within|for|dated|of) )+(?!the )", ""),
        (r"^\W*(?:on|in|during|over|throughout|within|for|dated|of) (?=the )", ""),
    )
)


def canonical(quote: str, day_first: bool | None = None) -> str:
    """`quote` in the one spelling of this module; a numeric date whose order is open becomes OPEN_ORDER.

    `day_first` says how the document writes 03/04/2023, None where that is not known.
    """
    text = re.sub(r"\d", lambda m: str(int(m[0])), quote.translate(_FOLD).lower())
    text = re.sub(ISO_DATE, lambda m: f" {int(m['d'])} m{int(m['m'])} {m['y']} ", text)
    text = re.sub(NUMERIC_DATE, lambda m: _numeric(m, day_first), text)
    text = re.sub(_DAYS_OF_MONTH, r"\1-\2", text)
    text = re.sub(_SHORT_DATE, lambda m: _numeric(m, day_first), text)
    text = re.sub(_YEAR_MONTH, _month_of_year, text)
    text = re.sub(r"(?<![\d/])(0?[1-9]|1[0-2])/(\d{4})(?!\d)", lambda m: f"m{int(m[1])} {m[2]}", text)
    text = re.sub(r"^(?:the )?(first|second|third|fourth)$", r"the \1 piece", text)
    text = re.sub(rf"\b(?:{'|'.join(_ORDINALS)})\b", lambda m: f"{_ORDINALS.index(m[0]) + 1}o", text)
    text = re.sub(rf"\b(?:{_NUMBER})(?:[ -](?:{'|'.join(UNITS)}))?\b", _number, text)
    text = re.sub(rf"(?<![^\W\d_]){MONTH}\.?", lambda m: f" m{_index(MONTHS, m[0])} ", text)
    text = re.sub(rf"\b{WEEKDAY}\.?", lambda m: f"w{_index(WEEKDAYS, m[0])}", text)
    text = " ".join(text.split())
    for pattern, replacement in _REWRITES:
        text = " ".join(pattern.sub(replacement, text).split())
    return text


def _month_of_year(m: re.Match) -> str:
    """2024-04 is a month; 2010-12 may as well be years, and stays."""
    return f"m{int(m['m'])} {m['y']}" if int(m["m"]) <= int(m["y"][2:]) else m[0]


def order_of(text: str, quotes: Iterable[str] = (), report_date: date | None = None) -> bool | None:
    """Whether numeric dates put the day first, by those of `text` and the yearless ones in `quotes`.

    A number over 12 settles it; else that one order makes a date the report's own; else that one only
    puts a date into the month before the report; else a text that writes "3 May" and never "May 3" puts
    the day first. None where they do not say or disagree.
    """
    dates = [m.groups() for m in re.finditer(NUMERIC_DATE, text)]
    dates += [(*m.groups(), "") for quote in quotes for m in re.finditer(_SHORT_DATE, quote, re.I)]
    pairs = [(int(a), int(b), year) for a, _, b, year in dates]
    votes = {a > 12 for a, b, _ in pairs if (a > 12) != (b > 12)}
    for days in (1, _MONTH_LONG) if report_date else ():
        recent = _days_up_to(report_date, days)
        fits = [(_names(a, b, year, recent), _names(b, a, year, recent)) for a, b, year in pairs]
        votes = votes or {day_first for day_first, month_first in fits if day_first != month_first}
    if not votes and _BRITISH.search(text) and not _AMERICAN.search(text):
        return True
    return votes.pop() if len(votes) == 1 else None


def _days_up_to(report_date: date, count: int) -> list[date]:
    first = report_date.toordinal()
    return [date.fromordinal(n) for n in range(max(first - count + 1, 1), first + 1)]


def _names(day: int, month: int, year: str, days: list[date]) -> bool:
    return any((d.day, d.month) == (day, month) and str(d.year).endswith(year) for d in days)


def respelt(quote: str) -> str:
    """`quote` with the months and weekdays that were misspelt put right ("Febuary")."""
    from difflib import get_close_matches

    def right(word: re.Match) -> str:
        return next(iter(get_close_matches(word[0].lower(), [*MONTHS, *WEEKDAYS], 1, 0.82)), word[0])

    return re.sub(r"[^\W\d_]{5,}", right, quote)


def _numeric(match: re.Match, day_first: bool | None) -> str:
    a, b = int(match["a"]), int(match["b"])
    if match["mark"] == "." or a > 12 or a == b:
        day_first = True
    elif b > 12:
        day_first = False
    if day_first is None:
        return f" {OPEN_ORDER} "
    day, month = (a, b) if day_first else (b, a)
    return f" {day} m{month} {match.groupdict().get('y', '')} "


def _number(match: re.Match) -> str:
    words = re.split("[ -]", match[0])
    values = [UNITS.get(word, TENS.get(word)) for word in words]
    if len(values) == 1 or (values[0] >= 20 and 0 < values[1] < 10):
        return str(sum(values))
    return " ".join(map(str, values))


def _index(names: list[str], word: str) -> int:
    return next(i for i, name in enumerate(names, start=1) if name.startswith(word.rstrip(".")[:3]))
