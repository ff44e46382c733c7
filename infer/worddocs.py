"""A Word file's text as its reader sees it: headings, paragraphs, lists, tables in order, footnotes last."""

import re
import zlib
from io import BytesIO
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from infer import webpages
from infer.schema import InputError

LOCKED = b"\xd0\xcf\x11\xe0"  # how a file of the old format begins, and one that a password locks
PROPERTIES, TITLE = "docProps/core.xml", "{http://purl.org/dc/elements/1.1/}title"
BACK = re.compile(r'\s*<a href="#(?:foot|end)note-ref-[^"]*">↑</a>')  # from a footnote to where it is noted
BROKEN = (
    *(BadZipFile, ElementTree.ParseError, ExpatError, KeyError, OSError, ValueError, AttributeError),
    *(TypeError, IndexError, NotImplementedError, RecursionError, zlib.error),
)


def text_of(content: bytes, name: str) -> tuple[str, str | None]:
    """(text, the title the file gives itself). InputError where it is locked, broken or of another kind."""
    import mammoth

    if content.startswith(LOCKED):
        raise InputError(
            f"{name}: is locked by a password, or of Word's old format (.doc); save it as .docx without one"
        )
    try:
        nothing = mammoth.images.img_element(lambda image: {})
        page = mammoth.convert_to_html(BytesIO(content), convert_image=nothing).value
        title = _title(content)
    except BROKEN as error:
        raise InputError(f"{name}: is broken, or no Word file ({error}); save it anew as .docx") from None
    return webpages.text_of(BACK.sub("", page)), title


def _title(content: bytes) -> str | None:
    with ZipFile(BytesIO(content)) as file:
        if PROPERTIES not in file.namelist():
            return None
        return ElementTree.fromstring(file.read(PROPERTIES)).findtext(TITLE)
