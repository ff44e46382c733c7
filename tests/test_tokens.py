"""Windows, words and BIO tags: nothing of a text is lost, and no span cuts a word."""

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from infer import bio, tokens
from infer.schema import InputError, Span

LABELS = ("ACTOR", "PLACE")
NASTY = (
    "",
    " \t\r\n ",
    "Rebels took Halab.\r\nThen: 1,100 shells; U.S. jets — 3.5 km away.",
    "😀 militia 👨‍👩‍👧 in cafe\u0301 Zoe\u0308 naïve İstanbul ﬁve",
    "قُتل ثلاثة جنود في مدينة حلب",
    "army\x00men\u00adhere [SEP] [CLS] <s> \ufeffend",
    "x" * 3000,
    "攻撃 三件 in東京都",
)
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=80),
    st.lists(
        st.sampled_from(["Halab", "1,100", "é", "e\u0301", "😀", " ", "\r\n", "-", "حلب", "of"]), max_size=60
    ).map("".join),
)


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(NASTY, trainers.WordPieceTrainer(vocab_size=120, special_tokens=special))
    pair = [("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", tokenizer.token_to_id("[SEP]"))]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=pair)
    tokenizer.enable_truncation(8)  # as all-MiniLM-L6-v2 ships its own: must be switched off
    tokenizer.enable_padding(length=8)
    return tokenizer


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(NASTY, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        NASTY, trainers.UnigramTrainer(vocab_size=150, unk_token="<unk>", special_tokens=["<unk>"])
    )
    return tokenizer


@pytest.fixture(scope="session", params=[wordpiece, byte_level, unigram], ids=lambda make: make.__name__)
def reader(request, tmp_path_factory):
    file = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    request.param().save(str(file))
    return tokens.Tokenizer(file, window=10, stride=5)


def certain(read, tags):
    """Token probabilities [tokens, tags] of a model that is sure of the given word tags."""
    rows = np.full((len(read.ids), len(bio.tag_names(LABELS))), 0.01)
    rows[read.heads, np.maximum(tags, 0)] = 0.95
    return rows


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


@given(texts, st.data())
@settings(deadline=None, max_examples=200)
def test_decode_returns_what_encode_was_given(reader, text, data):
    """Round trip: spans on word edges come back exactly, adjacent ones of one label too."""
    read = reader.read(text)
    cuts = data.draw(st.lists(st.integers(0, len(read.words)), unique=True, max_size=8).map(sorted))
    spans = tuple(
        Span(int(read.words[a, 0]), int(read.words[b - 1, 1]), data.draw(st.sampled_from(LABELS)))
        for a, b in zip(cuts[:-1], cuts[1:], strict=True)
        if data.draw(st.booleans())
    )
    tags, lost = bio.encode(read, spans, LABELS)
    assert not lost
    rows = certain(read, tags) if len(read.ids) else None
    assert bio.decode(read, rows, LABELS) == spans


@given(texts, st.data())
@settings(deadline=None, max_examples=200)
def test_a_span_is_encoded_or_lost_with_its_cause(reader, text, data):
    """Any span whatever: aligned, or listed as lost; the words it cuts are missing, never outside."""
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))), "PLACE")
    read = reader.read(text)
    tags, lost = bio.encode(read, [span], LABELS)
    touched = (read.words[:, 0] < span.end) & (read.words[:, 1] > span.start)
    assert (tags[~touched] == bio.OUTSIDE).all() and (tags[touched] != bio.OUTSIDE).all()
    if not touched.any():
        assert lost == [(span, bio.NO_TOKEN)]
    elif lost:
        assert lost == [(span, bio.CUTS_A_WORD)] and (tags[touched] == tokens.MISSING).all()


def test_a_cut_word_is_missing_not_outside(reader):
    """Half a word cannot be tagged; calling it O would teach the model that it is none."""
    read = reader.read("near Halab city")
    tags, lost = bio.encode(read, [Span(5, 8, "PLACE")], LABELS)
    assert tags.tolist() == [0, tokens.MISSING, 0]
    assert lost == [bio.Lost(Span(5, 8, "PLACE"), bio.CUTS_A_WORD)]


def test_an_unknown_label_is_refused(reader):
    with pytest.raises(InputError, match="label 'WEAPON' is not in labels: ACTOR, PLACE"):
        bio.encode(reader.read("a gun"), [Span(2, 5, "WEAPON")], LABELS)


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


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_decoding_finds_the_best_valid_sequence(seed, length):
    """Viterbi against trying every valid IOB2 sequence."""
    scores = np.log(np.random.default_rng(seed).dirichlet(np.ones(5), size=length))
    best = max(valid_sequences(length), key=lambda path: sum(scores[i, tag] for i, tag in enumerate(path)))
    assert bio._best_path(scores).tolist() == list(best)


def valid_sequences(length):
    paths = [()]
    for _ in range(length):
        paths = [
            (*path, tag)
            for path in paths
            for tag in range(5)
            if tag in (0, 1, 3) or path and path[-1] in (tag - 1, tag)
        ]
    return paths


def test_confidence_is_the_least_sure_decision_and_thresholds_cut(reader):
    read = reader.read("Halab city fell")
    rows = np.full((len(read.ids), 5), 0.0)
    rows[read.heads] = [[0.1, 0, 0, 0.9, 0], [0.2, 0, 0, 0, 0.8], [0.7, 0, 0, 0, 0.3]]
    (span,) = bio.decode(read, rows, LABELS)
    assert span == Span(0, 10, "PLACE") and span.confidence == 0.7
    assert bio.decode(read, rows, LABELS, {"ACTOR": 0.9}) == (span,)
    assert bio.decode(read, rows, LABELS, {"PLACE": 0.71}) == ()


def test_a_megabyte_on_one_line_is_read_whole_and_soon(reader):
    text = "Rebels shelled Halab " * 50_000
    begun = time.process_time()
    read = reader.read(text)
    assert len(read.words) == 150_000 and reader.windows(read)[-1].own_end == len(read.ids)
    assert time.process_time() - begun < 30


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (10, 0), (10, 11)])
def test_windows_that_leave_gaps_are_refused(tmp_path, window, stride):
    file = tmp_path / "tokenizer.json"
    wordpiece().save(str(file))
    with pytest.raises(InputError, match=f"stride is {stride} and window {window}"):
        tokens.Tokenizer(file, window, stride)


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
