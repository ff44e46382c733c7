"""A PDF's text: its letters as PDFium finds them, put in order by `infer.pages` and `infer.printed`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from infer.pages import EVEN, LEVEL, Line, in_order
from infer.printed import put_together
from infer.schema import InputError

NEW_LINE, HYPHEN = "\r\n", "\x02"  # PDFium's sign for the hyphen of a word that goes on in the next line
WIDE = 1.5  # heights of a letter: a wider gap parts the cells of a table
MANY = 3  # even gaps or more are those of a justified line
SPACE = 0.2  # heights of a letter between two words
SMALL, RAISED_LEAST, RAISED_MOST = 0.85, 0.15, 0.6  # of a letter's height: a footnote's mark, in its line
MARKS = "*†‡§¶,–-"
NAMED = 5  # pages named in a note


def text_of(content: bytes, name: str, note: Callable[[str], None]) -> tuple[str, str | None]:
    """(text, the title the file gives itself). InputError where it is locked, broken or has no text."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as pdf:
            pages = [in_order(list(_pieces(pdf, number))) for number in range(len(pdf))]
            title = pdf.get_metadata_value("Title")
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(f"{name}: is locked by a password; save it without one") from None
        raise InputError(f"{name}: is broken, or no PDF ({error}); save it anew, or as text") from None
    empty = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    if len(empty) == len(pages):
        raise InputError(
            f"{name}: has no text on its pages, which are pictures, it seems (a scan); "
            "run text recognition on it first, such as: ocrmypdf in.pdf out.pdf"
        )
    if empty:
        named = ", ".join(empty[:NAMED]) + (" …" if len(empty) > NAMED else "")
        note(f"{name}: no text on {len(empty)} of {len(pages)} pages (pictures?): {named}")
    return put_together(line for lines in pages for line in lines), title


def _pieces(pdf, number: int) -> Iterator[Line]:
    """What stands on a page in the order of the file, in pieces: a new line or a wide gap parts them."""
    import pypdfium2.raw as pdfium

    page = pdf[number]
    sheet = page.get_textpage()
    growing, parted = _Growing(number), False
    for at in range(sheet.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(sheet, at))
        if sign == HYPHEN:
            yield from growing.ended(True)
            growing = _Growing(number)
        elif sign.isspace():
            parted, growing.spaced = parted or sign in NEW_LINE, growing.spaced or sign not in NEW_LINE
        elif sign.isprintable() or "\ue000" <= sign <= "\uf8ff":  # symbol fonts' bullets are private signs
            letter = _letter(sheet, at, sign)
            if not growing.goes_on(letter, parted):
                yield from growing.ended(False)
                growing = _Growing(number)
            growing.add(letter, parted)
            parted = False
    yield from growing.ended(False)
    sheet.close()
    page.close()


@dataclass(frozen=True, slots=True)
class _Letter:
    sign: str
    left: float
    right: float
    baseline: float
    size: float


class _Growing:
    """A line, letter by letter."""

    def __init__(self, page: int):
        self.page = page
        self.words: list[list[_Letter]] = []
        self.spaced = True

    def goes_on(self, letter: _Letter, parted: bool) -> bool:
        """Whether a letter is one of the line; PDFium parts lines at raised letters, but not at all jumps."""
        if not self.words:
            return True
        last = self.words[-1][-1]
        size = max(last.size, letter.size)
        near = -size / 2 < letter.left - last.right < WIDE * size
        level = abs(letter.baseline - last.baseline) < RAISED_MOST * size
        if parted:
            return near and level
        back = letter.right < min(last.left, self.words[0][0].left) - WIDE * size
        return near or not back and abs(letter.baseline - last.baseline) < LEVEL * size

    def add(self, letter: _Letter, parted: bool) -> None:
        apart = parted and self.words and letter.left - self.words[-1][-1].right > SPACE * letter.size
        if self.spaced or apart or not self.words:
            self.words.append([])
        self.words[-1].append(letter)
        self.spaced = False

    def ended(self, hyphen: bool) -> Iterator[Line]:
        """The line, in pieces where gaps are wide, without the marks of footnotes."""
        if not self.words:
            return
        size = _commonest(letter.size for word in self.words for letter in word)
        words = list(self._unmarked(size))
        wide = _wide_gaps(words, size)
        starts = [0, *(n for n, gap in enumerate(wide, start=1) if gap), len(words)]
        for first, last in pairwise(starts):
            yield self._piece(words[first:last], hyphen and last == len(words))

    def _unmarked(self, size: float) -> Iterator[list[_Letter]]:
        """The words without raised signs that point to a footnote; one that begins the line is a word."""
        baseline = _commonest(x.baseline for word in self.words for x in word if x.size == size)
        for place, word in enumerate(self.words):
            raised = [_is_mark(letter, size, baseline) for letter in word]
            plain = [letter for letter, mark in zip(word, raised, strict=True) if not mark]
            if place == 0 and raised[0]:
                yield [letter for letter, mark in zip(word, raised, strict=True) if mark]
            if plain:
                yield plain

    def _piece(self, words: list[list[_Letter]], hyphen: bool) -> Line:
        text = " ".join("".join(letter.sign for letter in word) for word in words)
        left, right = words[0][0].left, words[-1][-1].right
        baseline = _commonest(letter.baseline for word in words for letter in word)
        size = _commonest(letter.size for word in words for letter in word)
        return Line(self.page, left, right, baseline, size, text, hyphen)


def _commonest(values: Iterable[float]) -> float:
    return Counter(values).most_common(1)[0][0]


def _is_mark(letter: _Letter, size: float, baseline: float) -> bool:
    small = letter.size < SMALL * size and letter.baseline - baseline > RAISED_LEAST * size
    return small and (letter.sign.isdecimal() or letter.sign in MARKS)


def _wide_gaps(words: list[list[_Letter]], size: float) -> list[bool]:
    """Whether the gap before each word but the first is one between cells, not that of a justified line."""
    gaps = [word[0].left - before[-1].right for before, word in pairwise(words)]
    even = len(gaps) >= MANY and max(gaps) - min(gaps) < EVEN * max(gaps)
    return [gap > WIDE * size and not even for gap in gaps]


def _letter(sheet, at: int, sign: str) -> _Letter:
    import pypdfium2.raw as pdfium

    left, _, right, _ = sheet.get_charbox(at)
    x, y, matrix = c_double(), c_double(), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetCharOrigin(sheet, at, byref(x), byref(y))
    pdfium.FPDFText_GetMatrix(sheet, at, byref(matrix))
    size = pdfium.FPDFText_GetFontSize(sheet, at) * (hypot(matrix.b, matrix.d) or 1.0)
    return _Letter(sign, left, right, round(y.value, 2), round(size, 2))
