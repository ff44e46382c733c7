"""More training reports out of those there are: names, numbers, dates swapped, bullets changed, typos made.

A name is swapped for another span of its label and shape (which of its words begin with a capital), so
that the sentence still reads like one; a number or a date is written anew, ranges still in order. The
same words become the same words throughout a copy. Swapping mentions and breaking characters are two
of the classic augmentations for tagging (Dai and Adel 2020, "An Analysis of Simple Data Augmentation
for NER").
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from random import Random

from infer.calendar_words import MONTHS, WEEKDAYS
from infer.number_words import TENS, UNITS
from infer.schema import Document, Span
from train.config import Augment

Edit = tuple[int, int, str]  # start, end, what takes its place

VALUES = ("ATTACK_COUNT", "CASUALTY", "PERIOD")  # labels whose numbers and dates are written anew
_BULLET = re.compile(r"^[^\S\n]*([•·▪◦‣*–—-])[^\S\n]+", re.M)
_BULLETS = ("•", "-", "*", "–", "▪")
_WORD = re.compile(r"[A-Za-z]{4,}")
_WORDS = {value: word for word, value in reversed([*UNITS.items(), *TENS.items()]) if value > 1}
_WORDS |= {
    ten + one: f"{_WORDS[ten]}-{word}" for ten in TENS.values() for word, one in UNITS.items() if 0 < one < 10
}
_VALUE_OF = {word: value for value, word in _WORDS.items()}
_SHORT = {name[:3]: name for name in (*MONTHS, *WEEKDAYS)} | {"sept": "september"}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True)).replace("-", "[- ]")


_COUNT = (
    r"(?P<year>\b(?:19|20)\d\d\b)"
    r"|(?<![\w.,:/])(?P<number>\d{1,9}(?:[.,]\d{1,3}){0,3})(?![.,]?\d|[\w:/])"
    rf"|(?<!-)\b(?P<word>{_any(_VALUE_OF)})\b"
)
_DATE = (
    r"(?<![\d.,:/])(?P<date>\d{1,2}(?:[/.]\d{1,2}(?![\w:])|-\d{1,2}(?=-\d{4}\b))|(?<=\d{4}-)\d\d-\d\d\b)"
    r"|\b(?P<quarter>[QH][1-4])\b"
    r"|\b(?P<ordinal>\d{1,2}(?:st|nd|rd|th))\b(?!\s+(?:quarter|half|trimester|semester|week|month))"
    rf"|\b(?P<month>{_any(name for word in MONTHS for name in (word, word[:3], 'sept'))})\b"
    rf"|\b(?P<weekday>{_any(name for word in WEEKDAYS for name in (word, word[:3]))})\b"
)
_OF_COUNT, _OF_PERIOD = re.compile(_COUNT, re.I), re.compile(f"{_DATE}|{_COUNT}", re.I)


def augmented(documents: Sequence[Document], settings: Augment, seed: int) -> list[Document]:
    """`settings.copies` changed copies of every document, without events; the originals are not among them.

    What a copy looks like depends on the seed, the document, the number of the copy, and the spans of all
    `documents` in their order.
    """
    pools = _pools(documents) if settings.copies else {}
    return [
        _copy(document, settings, pools, Random(f"{seed}:{document.id}:{copy}"), copy)
        for copy in range(settings.copies)
        for document in documents
    ]


def shape(quote: str) -> str:
    """Which words begin with a capital, runs of the same kind as one: "northern outskirts of Osk" is "xX"."""
    kinds = ("X" if word[:1].isupper() else "x" for word in quote.split())
    return "".join(kind for kind, _ in groupby(kinds))


def _pools(documents: Iterable[Document]) -> dict[tuple[str, str], list[str]]:
    """What can stand for a span of a label and shape: all such spans, as often as they occur.

    Left out are values, spans over lines, and words in the capitals of a headline.
    """
    pools = defaultdict(list)
    for document in documents:
        for span in document.spans:
            quote = span.text(document.text)
            shouted = quote.isupper() and sum(map(str.isalpha, quote)) > 6
            if not (_is_value(quote, span.label) or "\n" in quote or shouted):
                pools[span.label, shape(quote)].append(quote)
    return pools


def _is_value(quote: str, label: str) -> bool:
    return label in VALUES and bool(re.search(r"\d", quote) or _values(label).search(quote))


def _values(label: str) -> re.Pattern:
    return _OF_PERIOD if label == "PERIOD" else _OF_COUNT


def _copy(document: Document, settings: Augment, pools, random: Random, number: int) -> Document:
    made = Document(f"{document.id}+{number + 1}", document.text, spans=document.spans)
    made = rewritten(made, _swaps(made, settings.swap, pools, random))
    if random.random() < settings.markers:
        made = rewritten(made, _markers(made, random))
    return rewritten(made, _typos(made, settings.typos, random))


def rewritten(document: Document, edits: Iterable[Edit]) -> Document:
    """The document with each edit made; an edit lies within one span or outside of all."""
    text, at, shifts = [], 0, []
    for start, end, words in sorted(edits):
        text += [document.text[at:start], words]
        shifts.append((end, len(words) - (end - start)))
        at = end
    spans = [
        Span(_moved(shifts, span.start), _moved(shifts, span.end), span.label) for span in document.spans
    ]
    return Document(document.id, "".join([*text, document.text[at:]]), spans=tuple(spans))


def _moved(shifts: Sequence[tuple[int, int]], offset: int) -> int:
    return offset + sum(by for end, by in shifts if end <= offset)


def _swaps(document: Document, share: float, pools, random: Random) -> Iterator[Edit]:
    """Decided once for all mentions of the same words, capitals aside; a kept mention is no edit."""
    chosen: dict[tuple[str, str], str | None] = {}
    for span in document.spans:
        quote = span.text(document.text)
        key = span.label, quote.casefold()
        if key not in chosen:
            swap = random.random() < share
            chosen[key] = _swapped(quote, span.label, pools, random) if swap else None
        if (words := chosen[key]) is not None:
            yield span.start, span.end, _cased(words, quote, span, document.text)


def _swapped(quote: str, label: str, pools, random: Random) -> str | None:
    if _is_value(quote, label):
        return _anew(quote, _values(label), random)
    pool = pools.get((label, shape(quote)))
    return random.choice(pool) if pool else None


def _cased(words: str, quote: str, span: Span, text: str) -> str:
    """In capitals where the line is in capitals throughout, else with a capital where the quote has one."""
    line = text[text.rfind("\n", 0, span.start) + 1 :].partition("\n")[0]
    if line.isupper():
        return words.upper()
    if quote[:1].isupper():
        return words[:1].upper() + words[1:]
    return words[:1].lower() + words[1:] if _is_value(quote, span.label) else words


def _anew(quote: str, values: re.Pattern, random: Random) -> str:
    """The quote with other numbers and dates; what was the larger of two of a kind still is."""
    dated = any(match.lastgroup == "month" for match in values.finditer(quote))
    old: dict[tuple[str, range], set[int]] = defaultdict(set)
    for match in values.finditer(quote):
        kind, allowed, value = _read(match, dated)
        old[kind, allowed].add(value)
    new = {}
    for (kind, allowed), known in old.items():
        drawn = sorted(random.sample(allowed, min(len(known), len(allowed))))
        new |= {(kind, value): other for value, other in zip(sorted(known), drawn, strict=False)}

    def other(match: re.Match) -> str:
        kind, _, value = _read(match, dated)
        return _spelled(match, kind, new[kind, value]) if (kind, value) in new else match[0]

    return values.sub(other, quote)


def _read(match: re.Match, dated: bool) -> tuple[str, range, int]:
    """(kind, what may stand for it, value) of a number or date; only values of one kind compare."""
    group, words = match.lastgroup, match[0].casefold()
    if group == "year":
        return group, range(2004, 2026), int(words)
    if group == "date":  # the day first, unless that makes no date; written anew, both parts are 1 to 12
        day, month = map(int, re.findall(r"\d+", words))
        return group, range(12 * 12), 31 * month + day if month <= 12 else 31 * day + month
    if group == "quarter":
        return words[0], range(1, 5 if words[0] == "q" else 3), int(words[1])
    if group in ("month", "weekday"):
        names = MONTHS if group == "month" else WEEKDAYS
        return group, range(len(names)), names.index(_SHORT.get(words, words))
    if group == "word":
        value = _VALUE_OF[re.sub(r"\s", "-", words)]
        return ("unit", range(2, 20), value) if value < 20 else ("ten", range(20, 100), value)
    digits = re.sub(r"\D", "", words)
    if group == "ordinal" or dated and len(words) <= 2:
        return "day", range(1, 29), int(digits)
    if words in ("0", "1"):
        return words, range(int(words), int(words) + 1), int(words)
    return re.sub(r"\d", "0", words), range(max(2, 10 ** (len(digits) - 1)), 10 ** len(digits)), int(digits)


def _spelled(match: re.Match, kind: str, value: int) -> str:
    """A value in the notation of what it replaces."""
    words = match[0]
    if kind == "date":
        mark = re.search(r"\D", words)[0]
        width = 2 if re.search(r"\b0", words) else 1
        return mark.join(str(part + 1).zfill(width) for part in divmod(value, 12)[::-1])
    if kind in ("q", "h"):
        return f"{words[0]}{value}"
    if kind == "day":
        digits = str(value).zfill(2 if words.startswith("0") else 1)
        ending = "th" if value in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return digits + ending if match.lastgroup == "ordinal" else digits
    if kind in ("month", "weekday"):
        name = (MONTHS if kind == "month" else WEEKDAYS)[value]
        short = words.casefold() in _SHORT and words.casefold() != "may"
        return (name[:3] if short else name).capitalize()
    if kind in ("unit", "ten"):
        return _WORDS[value].capitalize() if words[0].isupper() else _WORDS[value]
    digits = iter(str(value))
    return re.sub(r"\d", lambda _: next(digits), words)


def _markers(document: Document, random: Random) -> Iterator[Edit]:
    """Every bullet another, the same for all; or none."""
    mark = random.choice((*_BULLETS, ""))
    for match in _BULLET.finditer(document.text):
        end = match.end(1) if mark else match.end()
        if not any(span.start < end and match.start() < span.end for span in document.spans):
            yield match.start(1), end, mark


def _typos(document: Document, share: float, random: Random) -> Iterator[Edit]:
    for match in _WORD.finditer(document.text):
        if random.random() < share:
            break_word: Callable[[str, int], str] = random.choice((_exchange, _drop, _double))
            yield *match.span(), break_word(match[0], random.randrange(1, len(match[0]) - 2))


def _exchange(word: str, i: int) -> str:
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _drop(word: str, i: int) -> str:
    return word[:i] + word[i + 1 :]


def _double(word: str, i: int) -> str:
    return word[:i] + word[i] + word[i:]
