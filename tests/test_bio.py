"""IOB2 tags: spans come back as they went in, none cuts a word, and none vanishes without a count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_tokenizers import KINDS, nasty_reader, texts
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from infer import bio, tokens
from infer.schema import InputError, Span

LABELS = ("ACTOR", "PLACE")


@pytest.fixture(scope="module", params=KINDS)
def reader(request, tmp_path_factory):
    return nasty_reader(request.param, tmp_path_factory.mktemp("tokenizer"))


def certain(read, tags):
    """Token probabilities [tokens, tags] of a model that is sure of the given word tags."""
    rows = np.full((len(read.ids), len(bio.tag_names(LABELS))), 0.01)
    rows[read.heads, np.maximum(tags, 0)] = 0.95
    return rows


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


def test_a_token_over_two_words_joins_them(tmp_path):
    """Where a normalizer glues words, no tag can part them: a span on one is lost, one on both is not."""
    glued = Tokenizer(models.WordLevel({"[UNK]": 0, "armymen": 1, "left": 2}, unk_token="[UNK]"))
    glued.normalizer = normalizers.BertNormalizer()  # drops control characters
    glued.pre_tokenizer = pre_tokenizers.Whitespace()
    glued.save(str(tmp_path / "tokenizer.json"))
    read = tokens.Tokenizer(tmp_path / "tokenizer.json", window=10, stride=5).read("army\x00men left")
    assert read.words.tolist() == [[0, 8], [9, 13]] and read.heads.tolist() == [0, 1]
    assert bio.encode(read, [Span(0, 4, "ACTOR")], LABELS)[1][0].cause == bio.CUTS_A_WORD
    assert bio.encode(read, [Span(0, 8, "ACTOR")], LABELS)[0].tolist() == [1, 0]
