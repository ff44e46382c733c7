"""More training reports out of those there are: names, numbers, dates swapped, bullets changed, typos made.

A name is swapped for another span of its label and shape (which of its words begin with a capital), so
that the sentence still reads like one; a number or a date is written anew. The same words become the
same words throughout a copy. Swapping mentions and breaking characters are two of the classic
augmentations for tagging (Dai and Adel 2020, "An Analysis of Simple Data Augmentation for NER").
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from random import Random

from infer.calendar_words import MONTHS, WEEKDAYS
from infer.number_words import UNITS
from infer.schema import Document, Span
from train.config import Augment

Edit = tuple[int, int, str]  # start, end, what takes its place

_BULLET = re.compile(r"^[^\S\n]*([•·▪◦‣*–—-])[^\S\n]+", re.M)
_BULLETS = ("•", "-", "*", "–", "▪")
_WORD = re.compile(r"[A-Za-z]{4,}")
_COUNTS = [word for word, value in UNITS.items() if value > 1]
_SHORT = {name[:3]: name for name in (*MONTHS, *WEEKDAYS)}
_VALUE = re.compile(
    rf"(?P<year>\b(?:19|20)\d\d\b)|(?<![\w.,:/-])(?P<digits>\d+)(?![\w:/-]|[.,]\d)"
    rf"|\b(?P<word>{'|'.join([*_COUNTS, *MONTHS, *WEEKDAYS, *_SHORT])})\b",
    re.I,
)


def augmented(documents: Sequence[Document], settings: Augment, seed: int) -> list[Document]:
    """`settings.copies` changed copies of every document, without events; the originals are not among them.

    What a copy looks like depends on the seed, the document's id and the split's spans alone.
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
    """What can stand for a span of a label and shape: all such spans, as often as they occur."""
    pools = defaultdict(list)
    for document in documents:
        for span in document.spans:
            quote = span.text(document.text)
            if not _VALUE.search(quote) and "\n" not in quote:
                pools[span.label, shape(quote)].append(quote)
    return pools


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
    chosen: dict[tuple[str, str], str] = {}
    for span in document.spans:
        quote = span.text(document.text)
        key = span.label, quote.casefold()
        if key not in chosen:
            chosen[key] = _swapped(quote, span.label, pools, random) if random.random() < share else quote
        yield span.start, span.end, _cased(chosen[key], quote)


def _swapped(quote: str, label: str, pools, random: Random) -> str:
    if _VALUE.search(quote):
        dated = any(name in quote.casefold() for name in (*MONTHS, *_SHORT))
        return _VALUE.sub(lambda match: _another(match, dated, random), quote)
    return random.choice(pools.get((label, shape(quote))) or [quote])


def _another(match: re.Match, dated: bool, random: Random) -> str:
    if match["year"]:
        return str(random.randint(2004, 2025))
    if digits := match["digits"]:
        last = 28 if dated and len(digits) <= 2 else 10 ** len(digits) - 1
        return str(random.randint(min(2, last) if dated else max(2, 10 ** (len(digits) - 1)), last))
    word = match["word"].casefold()
    names = next(names for names in (_COUNTS, MONTHS, WEEKDAYS) if _SHORT.get(word, word) in names)
    other = random.choice(names)
    return _cased(other[:3] if word in _SHORT and word not in names else other, match["word"])


def _cased(words: str, like: str) -> str:
    """In capitals where the model is, with a capital where it has one."""
    if len(like) > 4 and like.isupper():
        return words.upper()
    return words[:1].upper() + words[1:] if like[:1].isupper() else words


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
