"""Errors of spans by kind: every span is counted once, and what MUC calls correct is the scorer's."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotations import score, span_errors
from infer.schema import Span

LABELS = ("ACTOR", "LOCATION", "PERIOD")


@st.composite
def sides(draw):
    made = []
    for _ in range(2):
        edges = draw(st.lists(st.integers(0, 24), unique=True, max_size=10).map(sorted))
        kept = (pair for pair in pairwise(edges) if draw(st.booleans()))
        made.append(tuple(Span(*pair, draw(st.sampled_from(LABELS))) for pair in kept))
    return made


@given(sides())
def test_every_span_is_judged_once_and_the_counts_are_the_scorers(both):
    """What is correct, and what is correct or off at an edge alone, the scorer counts by other code."""
    gold, found = both
    judged = span_errors.judge(gold, found)
    assert sorted(pair.gold for pair in judged if pair.gold) == sorted(gold)
    assert sorted(pair.found for pair in judged if pair.found) == sorted(found)
    exact, overlap = score.exact_spans(gold, found), score.overlapping_spans(gold, found)
    rows = span_errors.count(judged)
    for label, row in rows.items():
        assert row["correct"] == exact[label].tp
        assert row["correct"] + row["boundary"] == overlap[label].tp
        assert sum(row.values()) - row["spurious"] == sum(span.label == label for span in gold)


@given(sides())
def test_a_pair_is_of_the_kind_it_is_called(both):
    for gold, found, kind in span_errors.judge(*both):
        if kind in ("missing", "spurious"):
            assert (gold is None, found is None) == (kind == "spurious", kind == "missing")
            continue
        assert gold.overlaps(found)
        same = (gold.label == found.label, (gold.start, gold.end) == (found.start, found.end))
        assert (
            same
            == {
                "correct": (True, True),
                "boundary": (True, False),
                "type": (False, True),
                "both": (False, False),
            }[kind]
        )


@given(sides())
def test_the_confusion_has_every_span_in_its_row_and_column(both):
    gold, found = both
    table = span_errors.confusion(span_errors.judge(gold, found))
    for label in {span.label for span in (*gold, *found)}:
        assert sum(table[label].values()) == sum(span.label == label for span in gold)
        assert sum(row[label] for row in table.values()) == sum(span.label == label for span in found)
    assert table[""][""] == 0


def test_a_span_that_could_be_two_things_is_the_better_one():
    """One found span meets two of gold: the one of its label wins, the other is missing."""
    gold = (Span(0, 5, "ACTOR"), Span(6, 9, "LOCATION"))
    (first, second) = span_errors.judge(gold, (Span(3, 9, "LOCATION"),))
    assert (first.kind, second.kind) == ("missing", "boundary")
    assert span_errors.confusion([first, second])["LOCATION"] == {"ACTOR": 0, "LOCATION": 1, "": 0}
