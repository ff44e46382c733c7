"""Bytes become the text they were, or an error: never other letters, never half a file."""

import io
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import decoding
from infer.decoding import codec_of, plain_name
from infer.schema import InputError

ENGLISH = "The army’s spokesman said “nine soldiers” were killed near the café – it gave no date. " * 3
FRENCH = "Des hommes armés ont tué douze civils à Solhan, près de la frontière, lundi après-midi."
ARABIC = "قتل مسلحون سبعة جنود في بادية دير الزور يوم الثلاثاء وأصيب ثلاثة آخرون بجروح خطيرة"
RUSSIAN = "Боевики атаковали колонну, погибли семь военных и трое ранены в понедельник вечером."


def decoded(content: bytes) -> tuple[str, str]:
    codec = codec_of(io.BytesIO(content), "report.txt")
    return content.decode(codec), plain_name(codec)


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@settings(deadline=None)
@given(texts, st.sampled_from(["utf-8", "utf-8-sig"]))
def test_utf_8_comes_back_as_it_was_and_its_mark_is_no_text(text, codec):
    if not text.startswith("\ufeff"):
        assert decoded(text.encode(codec)) == (text, "utf-8")


@settings(deadline=None)
@given(texts, st.integers(1, 7))
def test_characters_cut_by_the_end_of_a_chunk_are_whole(text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "CHUNK", size)
        if not text.startswith("\ufeff"):
            assert decoded(text.encode())[0] == text


@pytest.mark.parametrize(
    "text, codec, name",
    [
        (ENGLISH, "cp1252", "cp1252"),
        (FRENCH, "latin-1", "cp1252"),
        (ARABIC, "cp1256", "cp1256"),
        (RUSSIAN, "cp1251", "cp1251"),
        (ENGLISH, "utf-16", "utf-16"),
        (ENGLISH, "utf-32", "utf-32"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
    ],
)
def test_another_encoding_that_is_plain_to_tell_is_decoded_and_named(text, codec, name):
    assert decoded(text.encode(codec)) == (text, name)


def test_an_encoding_is_judged_where_it_shows_even_late_in_a_long_file():
    text = "Nothing to report. " * 100_000 + ENGLISH
    assert decoded(text.encode("cp1252")) == (text, "cp1252")


RANDOM = random.Random(5)


@pytest.mark.parametrize(
    "content, why",
    [
        (RANDOM.randbytes(4000), "binary"),
        (zlib.compress(ENGLISH.encode() * 9), "binary"),
        (b"\x89PNG\r\n\x1a\n" + RANDOM.randbytes(60), "binary"),
        (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + RANDOM.randbytes(400), "binary"),
        (b"Nine soldiers\0\0\x01\x02 were killed", "binary"),
        (b"Caf\xe9", "nor surely another encoding"),
        ("“nine soldiers” in Serê".encode()[:-1], "is UTF-8 but for byte 26"),
        ("“nine soldiers” in Serê ".encode() + b"\xff then", "is UTF-8 but for byte 29"),
        (b"\xff\xfeN\0i", "begins as utf-16 but is broken at byte 4"),
    ],
)
def test_what_is_no_text_or_not_for_sure_is_an_error_that_names_the_file_and_what_to_do(content, why):
    with pytest.raises(InputError, match=why) as error:
        decoded(content)
    assert str(error.value).startswith("report.txt: ") and "UTF-8" in str(error.value)
    assert "\n" not in str(error.value)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_whole_or_refused(content):
    try:
        codec = codec_of(io.BytesIO(content), "x")
    except InputError:
        return
    content.decode(codec)
