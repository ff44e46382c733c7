"""What one line of a report is: an item of a list, a row of a table, a date stamp, the end of a sentence."""

import re

WORD = re.compile(r"\w")
LINE = re.compile(r"[^\r\n]+")
BULLET = re.compile(
    r"\s*(?:[•‣·∙*\u25a0-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]\ufe0f?|[-–—+o»›→¤§](?=\s)"
    r"|\d{1,2}\s?(?:/|[-–—])(?=\s)|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)](?=\s))\s*(?=\S)"
)
CELLS = re.compile(r"\t|\s\|\s|^\s*\||\S(?:[ \u00a0]{3,}|[ .]{4,})[(~≥]?\d")
TERMINAL = re.compile(r"[.!?…:;][\"'”’)\]]*\s*$")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
STAMP_WORD = re.compile(
    rf"\d+(?:st|nd|rd|th)?|{MONTH}|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?"
    r"|am|pm|gmt|utc|published|updated|date|on|at",
    re.I,
)
TOWN = re.compile(r"^\s*[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+){0,2},\s")
DATE_LIKE = re.compile(rf"\b\d{{4}}\b|\b{MONTH}\b|\d[:/.]\d", re.I)


def starts_item(text: str, start: int, end: int) -> bool:
    line = text[start:end]
    return bool(BULLET.match(line) or CELLS.search(line))


def is_stamp(words: str) -> bool:
    """Whether a line is nothing but a date and a time, and a town ("Niamey, 9 May 2024   05:44")."""
    words = TOWN.sub("", words)
    tokens = re.findall(r"\w+", words)
    return bool(DATE_LIKE.search(words)) and all(STAMP_WORD.fullmatch(t) for t in tokens)
