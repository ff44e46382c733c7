"""Where a mark stands in a text: which unit its offsets count, and where it may begin and end."""

import unicodedata

CODE_POINTS = "code points"
UTF16 = "UTF-16 units"
LINE_FEEDS = "CRLF counted as one"
_PAIRS = dict(zip("([{«“‘", ")]}»”’", strict=True))
_PUNCTUATION = frozenset(",;:!?…\"'*•–—-/|\\،؛؟").union(_PAIRS, _PAIRS.values())


def locate(text: str, marks: list[tuple[int, int, str | None]]) -> list[tuple[int, int, str, bool]]:
    """For each (start, end, quote) its code points, the unit it was counted in, and whether the quote agrees.

    Code points unless all quotes, or failing that this one quote, agree under another unit only:
    old front ends counted UTF-16 units (label-studio #539), and files read with newline
    translation count CRLF as one. A quote of None agrees with anything.
    """
    units = {CODE_POINTS: range(len(text) + 1)}
    if any(character > "\uffff" for character in text):
        units[UTF16] = [i for i, c in enumerate(text) for _ in range(2 if c > "\uffff" else 1)] + [len(text)]
    if "\r\n" in text:
        units[LINE_FEEDS] = [i for i in range(len(text)) if text[i - 1 : i + 1] != "\r\n"] + [len(text)]
    readings = {unit: [_read(text, table, *mark) for mark in marks] for unit, table in units.items()}
    common = next((unit for unit, placed in readings.items() if all(ok for *_, ok in placed)), None)
    found = []
    for i in range(len(marks)):
        unit = common or next((u for u, placed in readings.items() if placed[i][2]), CODE_POINTS)
        start, end, ok = readings[unit][i]
        found.append((start, end, unit, ok))
    return found


def _read(text: str, table, start: int, end: int, quote: str | None) -> tuple[int, int, bool]:
    if not 0 <= start < end < len(table):
        return start, end, False
    start, end = table[start], table[end]
    return start, end, quote is None or collapse(quote) == collapse(text[start:end])


def collapse(quote: str) -> str:
    """White space as one space: Label Studio's own quotes do not keep it (#3078)."""
    return " ".join(quote.replace("\\n", " ").split())


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without white space at its edges; unchanged where nothing else is in it."""
    words = text[start:end].strip()
    if not words:
        return start, end
    start += text[start:end].index(words)
    return start, start + len(words)


def snap(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) widened to whole words."""
    while 0 < start and _in_word(text[start]) and _in_word(text[start - 1]):
        start -= 1
    while end < len(text) and _in_word(text[end - 1]) and _in_word(text[end]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def edge(text: str, start: int, end: int) -> str | None:
    """What is wrong with where a span begins or ends; None where nothing is."""
    quote = text[start:end]
    if trim(text, start, end) != (start, end) or not quote.strip():
        return "begins or ends on white space"
    if (whole := snap(text, start, end)) != (start, end):
        return f"cuts a word; whole words are {text[slice(*whole)]!r}"
    if (
        quote[0] in _PUNCTUATION
        and not _closed(quote, quote[0])
        and not (quote[0] in "'‘’" and quote[1:2].isupper())
    ):
        return f"begins on {quote[0]!r}"
    if quote[-1] in _PUNCTUATION and not _closed(quote, quote[-1]):
        return f"ends on {quote[-1]!r}"
    return "ends on a full stop" if quote[-1] == "." and not _abbreviated(quote) else None


def _closed(quote: str, bracket: str) -> bool:
    """Whether the bracket's partner stands within, as in "the Dune Front (DF)", and not around it all."""
    return any(bracket in pair and any(p in quote[1:-1] for p in pair) for pair in _PAIRS.items())


def _abbreviated(quote: str) -> bool:
    """Whether the last word is written with its full stop ("U.S.", "Jan.")."""
    word = quote.split()[-1]
    return "." in word[:-1] or len(word) <= 5
