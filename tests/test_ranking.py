"""The queue of reports to annotate: what is unsure comes first, and no source crowds out the others."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations import ranking
from annotations.ranking import MEASURES, Ranked, of_spans, of_words, queue, source_of, sureness
from infer.schema import Document
from infer.tokens import Tokens

SURE, TORN = [0.98, 0.01, 0.01], [0.4, 0.3, 0.3]


def rows(*words) -> np.ndarray:
    return np.array(words, dtype=np.float64)


def test_words_are_measured_by_the_geometric_mean_of_their_likeliest_tags():
    assert of_words(rows([0.9, 0.1], [0.2, 0.8])) == pytest.approx(math.sqrt(0.9 * 0.8))


def test_spans_are_measured_over_words_as_far_as_they_may_be_of_one():
    """(0.1 × 0.9 + 0.8 × 0.8) / (0.1 + 0.8): a word outside for certain weighs nothing."""
    torn = rows([0.9, 0.1], [0.2, 0.8])
    assert of_spans(torn) == pytest.approx(0.73 / 0.9)
    assert of_spans(np.vstack([torn, [[1.0, 0.0]] * 50])) == pytest.approx(0.73 / 0.9)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_doubtful_text_is_measured_below_a_sure_one(measure):
    inside = [0.01, 0.98, 0.01]
    assert measure(rows(SURE, TORN, inside)) < measure(rows(SURE, inside, inside)) <= 1


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_every_measure_stays_between_0_and_1(drawn):
    probabilities = rows(*drawn) / rows(*drawn).sum(axis=1, keepdims=True)
    for measure in MEASURES.values():
        assert 0 <= measure(probabilities) <= 1 + 1e-9


def test_word_pieces_are_not_words_and_an_empty_text_leaves_no_doubt():
    """The second token is the rest of the first word: what the model says of it is never read."""
    words, heads = np.array([[0, 4], [5, 8]]), np.array([0, 2])
    read = Tokens(np.arange(3), words, heads)
    given = rows([0.9, 0.1, 0.0], TORN, [0.9, 0.1, 0.0])
    assert sureness(read, given, of_words) == pytest.approx(0.9)
    nothing = Tokens(np.arange(0), np.empty((0, 2)), np.arange(0))
    assert sureness(nothing, None, of_words) == sureness(nothing, rows(), of_spans) == 1


def report(id: str, source: str, sure: float) -> Ranked:
    return Ranked(Document(id, "x"), source, sure)


def test_sources_take_turns_and_each_gives_its_least_sure_report():
    given = [report("a1", "A", 0.1), report("a2", "A", 0.2), report("a3", "A", 0.3), report("b1", "B", 0.9)]
    assert [r.document.id for r in queue(given[::-1])] == ["a1", "b1", "a2", "a3"]


ranked_reports = st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 1)).map(tuple), max_size=30).map(
    lambda drawn: [report(f"{i:02}", *one) for i, one in enumerate(drawn)]
)


@given(ranked_reports)
def test_the_score_alone_tells_the_order(reports):
    """Label Studio sorts by the score; nothing else of the queue reaches it."""
    ordered = queue(reports)
    assert sorted(r.document.id for r in ordered) == sorted(r.document.id for r in reports)
    assert ordered == sorted(ordered, key=lambda r: r.score)
    assert all(r.sureness <= r.score <= 1 or r.sureness == r.score for r in ordered)
    below = [r.score for r in ordered if r.score < 1]
    assert len(set(below)) == len(below)


@given(ranked_reports)
def test_no_source_is_more_than_a_turn_ahead_of_one_that_still_has_reports(reports):
    ordered = queue(reports)
    for cut in range(len(ordered)):
        seen = [r.source for r in ordered[:cut]]
        for left in {r.source for r in ordered[cut:]}:
            assert all(seen.count(other) <= seen.count(left) + 1 for other in set(seen))


@pytest.mark.parametrize(
    ("document", "source"),
    [
        (Document("a/b/one.txt", "x"), "a/b"),
        (Document("news.csv#12", "x"), "news.csv"),
        (Document("one.txt", "x"), ""),
        (Document("a/one.txt", "x", extra={"Publisher": "The Gazette", "site": "x.org"}), "The Gazette"),
        (Document("a/one.txt", "x", extra={"publisher": "", "site": None}), "a"),
    ],
)
def test_a_source_is_who_published_it_else_where_it_lies(document, source):
    assert source_of(document) == source


def test_columns_may_be_named():
    document = Document("1", "x", extra={"desk": "north", "source": "S"})
    assert source_of(document, ("desk",)) == "north"
    assert ranking.SOURCES[0] == "source"
