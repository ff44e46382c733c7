"""Two annotations of one report: what is shared is counted, what differs is named, nothing is left out."""

import pytest
from annotated import reports, task, written

from annotations import agreement, markup
from infer.schema import InputError

TEXT = "{A1 Raiders} made {N1 two raids} on {L1 Dun town}: {C1 nine dead}, {C2 a guard} among them."
EVENTS = "N1 aggregate: casualty C1; actor A1; location L1"
SPANS = "N1 2 / C1 killed mixed 9 subset C2 / C2 killed security_forces 1 / A1 none / L1 none"
FIRST = task(TEXT, EVENTS, SPANS)
SECOND = task(
    "{A1 Raiders} made {N1 two raids} on {L1 Dun} town: {C1 nine dead}, a guard among them.",
    EVENTS,
    "N1 2 / C1 wounded mixed 9 / A1 none / L1 none",
)


def test_one_annotation_agrees_with_itself():
    both = agreement.pairs(reports(), reports()[::-1])
    scores = agreement.agree(both)
    assert len(both) == scores.documents == 5
    assert scores.span_micro.f1 == scores.span_overlap_micro.f1 == scores.micro.f1 == 1.0
    assert scores.span_micro.tp == sum(len(made.regions) for made in reports())
    assert [line for a, b in both for line in agreement.differences(a, b)] == []


def test_what_differs_is_counted_by_its_kind():
    """Three of five spans are the same, a fourth overlaps; the toll has another outcome: no slot agrees."""
    scores = agreement.agree([(FIRST, SECOND)])
    assert (scores.span_micro.tp, scores.span_micro.fn, scores.span_micro.fp) == (3, 2, 1)
    assert (scores.span_overlap_micro.tp, scores.span_overlap_micro.fn) == (4, 1)
    assert (scores.slots["casualty"].tp, scores.slots["location"].tp) == (0, 1)


def test_every_difference_has_a_line():
    assert list(agreement.differences(FIRST, SECOND)) == [
        "t-1 [26, 34) LOCATION 'Dun town': 'Dun' in B",
        "t-1 [36, 45) CASUALTY 'nine dead': outcome killed in A, wounded in B; "
        "components subset in A, None in B",
        "t-1 [47, 54) CASUALTY 'a guard': only A (outcome killed, victims security_forces, value 1)",
        "t-1 [36, 45): only A: 'nine dead' includes 'a guard'",
    ]
    assert list(agreement.differences(SECOND, FIRST))[2:] == [
        "t-1 [47, 54) CASUALTY 'a guard': only B (outcome killed, victims security_forces, value 1)",
        "t-1 [36, 45): only B: 'nine dead' includes 'a guard'",
    ]


def test_fields_are_compared_where_both_marked_the_same_words():
    rows = {
        line.split()[0]: line.split()[1:] for line in agreement.fields([(FIRST, SECOND)]).splitlines()[1:]
    }
    assert rows == {
        "outcome": ["0.0", "0", "1"],
        "victims": ["100.0", "1", "0"],
        "components": ["0.0", "0", "1"],
        "event": ["100.0", "1", "0"],
        "value": ["100.0", "3", "0"],
    }


def test_only_reports_of_both_are_compared_and_none_is_an_error():
    [(other, _)] = markup.parse(written("Calm.").replace("t-1", "t-2"))
    assert agreement.pairs([FIRST, other], [SECOND]) == [(FIRST, SECOND)]
    with pytest.raises(InputError, match="no doc_id in common"):
        agreement.pairs([FIRST], [other])


def test_another_text_is_refused():
    with pytest.raises(InputError, match="t-1 and t-1 are different texts"):
        agreement.agree([(FIRST, task("Calm."))])
