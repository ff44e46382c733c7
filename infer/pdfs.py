"""A PDF's text: its lines as PDFium finds them on the pages, put together by `infer.printed`."""

from collections.abc import Callable, Iterator
from ctypes import byref, c_double
from math import hypot

from infer.printed import Line, put_together
from infer.schema import InputError

NEW_LINE, HYPHEN = "\r\n", "\x02"  # PDFium's sign for the hyphen of a word that goes on in the next line
WIDE = 1.5  # heights of a letter: a wider gap parts the cells of a table
MANY, EVEN = 3, 0.2  # so many gaps, that differ by no more than this share, are those of a justified line
NAMED = 5  # pages named in a note


def text_of(content: bytes, name: str, note: Callable[[str], None]) -> tuple[str, str | None]:
    """(text, the title the file gives itself). InputError where it is locked, broken or has no text."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as pdf:
            pages = [list(_lines(pdf, number)) for number in range(len(pdf))]
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


def _lines(pdf, number: int) -> Iterator[Line]:
    """The lines of a page in the order of the file, which is that of reading, columns too."""
    import pypdfium2.raw as pdfium

    page = pdf[number]
    sheet = page.get_textpage()
    growing = _Growing(number, sheet)
    for at in range(sheet.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(sheet, at))
        if sign in (*NEW_LINE, HYPHEN):
            if line := growing.ended(sign == HYPHEN):
                yield line
            growing = _Growing(number, sheet)
        else:
            growing.add(at, sign)
    if line := growing.ended(False):
        yield line
    sheet.close()
    page.close()


class _Growing:
    """A line, letter by letter."""

    def __init__(self, page: int, sheet):
        self.page, self.sheet = page, sheet
        self.words, self.gaps = [], []  # a gap before each word but the first
        self.letters: list[int] = []
        self.left = self.right = 0.0
        self.spaced = False

    def add(self, at: int, sign: str) -> None:
        if sign.isspace():
            self.spaced = True
        elif sign.isprintable() or "\ue000" <= sign <= "\uf8ff":  # symbol fonts' bullets are private signs
            left, _, right, _ = self.sheet.get_charbox(at)
            self._put(sign, left, right)
            self.letters.append(at)

    def _put(self, sign: str, left: float, right: float) -> None:
        if not self.words:
            self.words, self.left = [sign], left
        elif self.spaced:
            self.words.append(sign)
            self.gaps.append(left - self.right)
        else:
            self.words[-1] += sign
        self.right, self.spaced = right, False

    def ended(self, hyphen: bool) -> Line | None:
        if not self.words:
            return None
        among = self.letters[len(self.letters) // 2]
        size = _size(self.sheet, among)
        text = self.words[0] + "".join(
            g + w for g, w in zip(self._between(size), self.words[1:], strict=True)
        )
        return Line(self.page, self.left, self.right, _baseline(self.sheet, among), size, text, hyphen)

    def _between(self, size: float) -> list[str]:
        """A tab for a gap between cells, else a space; even gaps are those of a justified line."""
        even = len(self.gaps) >= MANY and max(self.gaps) - min(self.gaps) < EVEN * max(self.gaps)
        return ["\t" if gap > WIDE * size and not even else " " for gap in self.gaps]


def _baseline(sheet, at: int) -> float:
    import pypdfium2.raw as pdfium

    x, y = c_double(), c_double()
    pdfium.FPDFText_GetCharOrigin(sheet, at, byref(x), byref(y))
    return y.value


def _size(sheet, at: int) -> float:
    """The height of a letter on the page: the font's, as the page enlarges it."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(sheet, at, byref(matrix))
    return pdfium.FPDFText_GetFontSize(sheet, at) * (hypot(matrix.b, matrix.d) or 1.0)
