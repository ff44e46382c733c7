"""Windows and words: nothing of a text is lost, whatever it holds."""

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_tokenizers import KINDS, NASTY, nasty_reader, texts

from infer import bio, tokens
from infer.schema import InputError, Span

LABELS = ("ACTOR", "PLACE")


@pytest.fixture(scope="module", params=KINDS)
def reader(request, tmp_path_factory):
    return nasty_reader(request.param, tmp_path_factory.mktemp("tokenizer"))


@given(st.integers(0, 400), st.integers(1, 60), st.data())
@settings(deadline=None, max_examples=150)
def test_every_token_has_one_owner_and_the_most_context(count, room, data):
    """Windows cover all tokens; the owner of a token is a window that lies deepest around it."""
    stride = data.draw(st.integers(1, room))
    cut = tokens.windows(count, room, stride)
    assert [token for w in cut for token in range(w.own_start, w.own_end)] == list(range(count))
    for w in cut:
        assert 0 <= w.start <= w.own_start < w.own_end <= w.end <= count and w.end - w.start <= room
        assert len(cut) == 1 or w.end - w.start == room
        for token in (w.own_start, w.own_end - 1):
            depths = [depth(other, token, count) for other in cut if other.start <= token < other.end]
            assert depth(w, token, count) >= max(depths) - 1


def depth(window, token, count):
    left = token - window.start if window.start else count
    right = window.end - 1 - token if window.end < count else count
    return min(left, right)


@given(texts)
@settings(deadline=None, max_examples=200)
def test_words_hold_every_character_but_space(text):
    """Nothing visible lies outside words; words are in order, apart, and hold no space."""
    words = tokens.find_words(text)
    assert "".join(text[a:b] for a, b in words) == "".join(text.split())
    assert (words[1:, 0] >= words[:-1, 1]).all() and (words[:, 1] > words[:, 0]).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,100 men", ["1,100", "men"]),
        ("14-16, 3.", ["14", "-", "16", ",", "3", "."]),
        ("Da'esh's", ["Da", "'", "esh", "'", "s"]),
        ("cafe\u0301 a\u0301b", ["cafe\u0301", "a\u0301b"]),
        ("مَدينة", ["مَدينة"]),
        ("in東京", ["in", "東", "京"]),
        ("hit😀ok", ["hit", "😀", "ok"]),
        ("\U0001f4cd\ufe0fOsk \u2764\ufe0e3", ["\U0001f4cd\ufe0f", "Osk", "\u2764\ufe0e", "3"]),
    ],
)
def test_words_are_what_a_reader_calls_words(text, expected):
    assert [text[a:b] for a, b in tokens.find_words(text)] == expected


@given(texts)
@settings(deadline=None, max_examples=120)
def test_offsets_are_code_points_of_the_raw_text(reader, text):
    """Word edges are the raw text's own word edges, whatever the normalizer did; pieces never cut them."""
    read = reader.read(text)
    edges = tokens.find_words(text)
    assert set(read.words[:, 0]) <= set(edges[:, 0]) and set(read.words[:, 1]) <= set(edges[:, 1])
    assert (np.diff(read.heads) > 0).all() and len(read.heads) == len(read.words)


@pytest.mark.parametrize("reader", KINDS[:2], indirect=True)  # Unigram has them among its common pieces
def test_special_tokens_written_in_a_text_are_text(reader):
    """A report that quotes "[SEP]" or "<s>" must not end the sequence for the model."""
    read = reader.read("hit [SEP] [CLS] <s> </s>")
    ends = set(reader.model_input(read, tokens.Window(0, 0, 0, 0)).tolist())
    assert not ends & set(read.ids.tolist())


def test_the_files_own_truncation_and_padding_are_off(reader):
    """all-MiniLM-L6-v2's tokenizer.json cuts at 128 tokens and pads to 128: a report would be lost."""
    assert len(reader.read("Halab " * 700).words) == 700
    assert len(reader.read("Halab").words) == 1


def test_windows_fit_the_encoder_with_its_special_tokens(reader):
    """No input is longer than `window`; labels line up with it; owned words are tagged once in all."""
    read = reader.read("Rebels took Halab and then 1,100 men left Halab again")
    tags, _ = bio.encode(read, [Span(12, 17, "PLACE")], LABELS)
    seen = []
    for window in reader.windows(read):
        ids = reader.model_input(read, window)
        rows = reader.frame(bio.token_tags(read, tags, window))
        assert len(ids) == len(rows) <= 10
        assert (reader.body(ids) == read.ids[window.start : window.end]).all()
        seen.extend(rows[rows != tokens.MISSING])
    assert seen == tags.tolist()


def test_prediction_over_windows_equals_prediction_at_once(reader):
    """A model that looks at one token only must not notice the windows, whatever the batch size."""

    def run(ids):
        return np.stack([np.sin(ids * k) for k in range(5)], axis=-1)

    read = [reader.read(text) for text in NASTY]
    small, large = (tokens.predict(reader, read, run, size) for size in (1, 4096))
    for one, a, b in zip(read, small, large, strict=True):
        if len(one.ids):
            expected = tokens.softmax(run(one.ids))
            assert np.array_equal(a, b) and np.allclose(a, expected)
        else:
            assert a is None and b is None and bio.decode(one, a, LABELS) == ()


def test_a_megabyte_on_one_line_is_read_whole_and_soon(reader):
    text = "Rebels shelled Halab " * 50_000
    begun = time.process_time()
    read = reader.read(text)
    assert len(read.words) == 150_000 and reader.windows(read)[-1].own_end == len(read.ids)
    assert time.process_time() - begun < 30


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (10, 0), (10, 11)])
def test_windows_that_leave_gaps_are_refused(tmp_path, window, stride):
    nasty_reader("wordpiece", tmp_path)
    with pytest.raises(InputError, match=f"stride is {stride} and window {window}"):
        tokens.Tokenizer(tmp_path / "tokenizer.json", window, stride)


def test_a_file_that_is_no_tokenizer_is_refused_in_one_line(tmp_path):
    for content in (None, "{}", "no json"):
        file = tmp_path / "tokenizer.json"
        if content:
            file.write_text(content)
        with pytest.raises(InputError, match="is no tokenizer") as error:
            tokens.Tokenizer(file, 8, 4)
        assert "\n" not in str(error.value)


def test_marks_are_known_by_their_category():
    """The joiners and marks that extend a word are what Unicode calls marks, in several scripts."""
    for mark in "\u0301\u064e\u0941\u20dd":
        assert unicodedata.category(mark)[0] == "M"
        assert len(tokens.find_words(f"a{mark}b")) == 1
