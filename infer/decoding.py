"""Bytes → text: UTF-8, a Unicode encoding with its mark, or what a detector is sure of; else an error."""

import codecs
from typing import BinaryIO

from infer.schema import InputError

CHUNK = 1 << 20  # bytes read at once
SAMPLE = 1 << 18  # bytes shown to the detector
MAX_CHAOS = 0.05  # charset-normalizer's share of mess above which it is not sure
USUAL = "cp1252"  # where several encodings fit equally: by far the commonest, and HTML's default
MARKS = (  # longest first: the mark of UTF-32 little-endian begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HOW_TO = "save it as UTF-8 text"


def codec_of(stream: BinaryIO, name: str, declared: str | None = None) -> str:
    """The codec that decodes all of a seekable `stream`; a byte order mark is no text.

    `name` is what an error calls the input. `declared` is the encoding that the content itself names,
    believed where the content is not UTF-8 and decodes so. Raises InputError for bytes that are no
    text, UTF-8 with broken bytes, and encodings that cannot be told for sure.
    """
    head = stream.read(CHUNK)
    marked = next((codec for mark, codec in MARKS if head.startswith(mark)), None)
    at = _first_stray_byte(head, stream, marked or "utf-8")
    if at is None:
        return marked or "utf-8"
    if marked:
        raise InputError(f"{name}: begins as {marked} but is broken at byte {at}; {HOW_TO}")
    if declared and _decodes(stream, declared):
        return declared
    stream.seek(max(0, at - SAMPLE // 2))
    return _detected(stream.read(SAMPLE), at, name)


def _decodes(stream: BinaryIO, declared: str) -> bool:
    """Whether the stream is in the encoding that it declares; it cannot declare one of wide characters."""
    stream.seek(0)
    try:
        stream.read().decode(declared)
    except (LookupError, UnicodeError):
        return False
    return not declared.lower().startswith(("utf-16", "utf-32"))


def _first_stray_byte(chunk: bytes, stream: BinaryIO, codec: str) -> int | None:
    """Where the bytes of `chunk` and the rest of the stream stop being text in `codec`; NUL is no text."""
    decoder = codecs.getincrementaldecoder(codec)()
    done = 0
    while True:
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - held + error.start
        if "\0" in text:
            return done + max(chunk.find(b"\0"), 0)
        if not chunk:
            return None
        done += len(chunk)
        chunk = stream.read(CHUNK)


def _detected(sample: bytes, at: int, name: str) -> str:
    """The encoding of a sample around the byte `at` of the input, where it is not UTF-8."""
    from charset_normalizer import from_bytes

    lenient = sample.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    if sum(not c.isascii() for c in lenient) > 2 * broken:
        raise InputError(f"{name}: is UTF-8 but for byte {at}, which is broken; mend it, or {HOW_TO} again")
    wide = b"\0" in sample  # as in English in UTF-16 without its mark, and in binary files
    found = [m for m in from_bytes(sample) if m.encoding.startswith(("utf_16", "utf_32")) == wide]
    best = [m for m in found if (m.chaos, m.coherence) == (found[0].chaos, found[0].coherence)]
    if not best:
        raise InputError(f"{name}: is binary, not text (byte {at}); give text, or {HOW_TO}")
    if best[0].chaos > MAX_CHAOS or (len(best) > 1 and not best[0].coherence):
        raise InputError(f"{name}: is not UTF-8 (byte {at}) nor surely another encoding; {HOW_TO}")
    fitting = {codec for match in best for codec in match.could_be_from_charset}
    return USUAL if USUAL in fitting else best[0].encoding


def plain_name(codec: str) -> str:
    """How a record names the encoding: Python's name of the codec, whether or not there was a mark."""
    return codecs.lookup(codec).name.removesuffix("-sig")
