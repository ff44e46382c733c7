"""Breakdowns under their totals, and whether the parts add up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import marked

from infer.pipeline import assemble_spans
from infer.schema import Document, Quantity, Span
from infer.totals import added, bounds, checks, verdict


def read(text):
    text, spans = marked(text)
    return assemble_spans(Document("d", text, date(2022, 9, 30), "caller", spans=spans))


def totals(text):
    """Each event's count or first figure, and the one it is part of."""
    document = read(text)
    name = {e.id: e.anchor.text(document.text) for e in document.events}
    return {name[e.id]: name.get(e.part_of) for e in document.events}


def found(text):
    return [(c.field, c.outcome, c.stated, c.sum_of_parts, c.status) for c in read(text).checks]


LIST = "{A Rebels} made {N nine raids} in {P May}:\n\n• {L Gao}: {N %s raids}.\n• {L Kidal}: {N %s raids}.\n"


def test_a_breakdown_that_adds_up_and_one_that_does_not():
    assert found(LIST % ("five", "four")) == [("attack_count", None, 9, 9, "agrees")]
    assert found(LIST % ("five", "six")) == [("attack_count", None, 9, 11, "differs")]
    assert found(LIST % ("five", "three")) == [("attack_count", None, 9, 8, "differs")]


def test_a_part_without_a_number_leaves_the_sum_open():
    assert found(LIST % ("five", "several"))[0][-1] == "cannot_tell"


def test_two_breakdowns_of_one_total_are_two_checks():
    text = LIST % ("five", "four") + "\nBy type these were {N six ambushes} and {N three kidnappings}.\n"
    assert [c[2:] for c in found(text)] == [(9, 9, "agrees"), (9, 9, "agrees")]


def test_a_few_examples_are_no_full_breakdown():
    text = "{A Rebels} made {N nine raids}, including:\n\n• {L Gao}: {N two}.\n• {L Kidal}: {N one}.\n"
    assert [c[-1] for c in found(text)] == ["cannot_tell"]


def test_casualties_are_compared_outcome_by_outcome():
    text = (
        "{N Nine raids} killed {C seven guards} and wounded {C three}, as follows:\n\n"
        "• {L Gao}: {N five raids} killed {C four guards}.\n"
        "• {L Kidal}: {N four raids} killed {C two guards}.\n"
    )
    assert found(text) == [("attack_count", None, 9, 9, "agrees"), ("casualties", "killed", 7, 6, "differs")]


def test_components_of_a_toll():
    assert found("{C Nine dead}: {C two nuns} and {C seven guards}.") == [
        ("casualties", "killed", 9, 9, "agrees")
    ]
    assert found("{C Nine dead}: {C two nuns} and {C six guards}.") == [
        ("casualties", "killed", 9, 8, "differs")
    ]
    assert found("{C Nine men} were killed, including {C two nuns}.") == [
        ("casualties", "killed", 9, 2, "agrees")
    ]


def test_the_total_may_follow_its_list_or_close_its_table():
    after = (
        "- {L Gao}: {N five raids}.\n- {L Kidal}: {N four raids}.\n\nIn sum {A rebels} made {N nine raids}.\n"
    )
    assert totals(after) == {"five raids": "nine raids", "four raids": "nine raids", "nine raids": None}
    table = "Raids in May\n\n{L Gao}\t{N 15}\n{L Kidal}\t{N 14}\nTotal\t{N 29}\n"
    assert totals(table) == {"15": "29", "14": "29", "29": None}


def test_lists_below_lists():
    text = (
        "{A Rebels} made {N nine raids}:\n\n1. {L Gao}: {N six raids}:\n    a. {L Ansongo}: {N four}\n"
        "    b. {L Bourem}: {N two}\n2. {L Kidal}: {N three raids}\n"
    )
    parts = {"six raids": "nine raids", "four": "six raids", "two": "six raids", "three raids": "nine raids"}
    assert totals(text) == {"nine raids": None} | parts


def test_of_these():
    text = "{A Rebels} made {N nine raids} in {L Mali}. Of these, {N four} took place in {L Gao}."
    assert totals(text) == {"nine raids": None, "four": "nine raids"}


def test_parts_that_exceed_their_total_differ_even_if_others_are_missing():
    text = "{A Rebels} made {N nine raids}. Of these, {N six} hit {L Gao}. Of these, {N five} hit {L Kidal}."
    assert found(text) == [("attack_count", None, 9, 11, "differs")]


def test_a_comparison_is_no_part():
    text = (
        "{A Rebels} made {N 41 raids}, down from {N 53} in {P May}: {N 30} in {L Gao}, {N 11} in {L Kidal}."
    )
    assert totals(text) == {"41 raids": None, "53": None, "30": "41 raids", "11": "41 raids"}


@pytest.mark.parametrize(
    "stated, parts, subset, status",
    [
        (Quantity(14, None, "at_least"), [15], False, "agrees"),
        (Quantity(14, None, "at_least"), [13], False, "differs"),
        (Quantity(14, None, "at_most"), [13], False, "agrees"),
        (Quantity(14, None, "at_most"), [15], False, "differs"),
        (Quantity(15, 20), [17], False, "agrees"),
        (Quantity(15, 20), [21], False, "differs"),
        (Quantity(14, None, "about"), [14], False, "cannot_tell"),
        (Quantity(None, None, "vague"), [14], False, "cannot_tell"),
        (Quantity(14), [9], True, "agrees"),
        (Quantity(14), [15], True, "differs"),
        (Quantity(14), [7, 7], False, "agrees"),
    ],
)
def test_quantities_are_compared_as_what_they_may_be(stated, parts, subset, status):
    check = verdict("e1", "attack_count", None, stated, [Quantity(p) for p in parts], ("e2",), True, subset)
    assert check.status == status


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_exact_parts_agree_with_their_own_sum_and_with_no_other(values):
    parts = [Quantity(v) for v in values]
    assert added(parts) == Quantity(sum(values))
    for stated, status in ((sum(values), "agrees"), (sum(values) + 1, "differs")):
        assert verdict("e1", "attack_count", None, Quantity(stated), parts, (), True).status == status


@given(st.integers(0, 1000), st.sampled_from(["exact", "at_least", "at_most"]))
def test_what_is_stated_lies_within_its_own_bounds(value, relation):
    low, high = bounds(Quantity(value, None, relation))
    assert low <= value <= high


def test_documents_without_events_have_no_checks():
    assert checks(Document("d", "Nothing.", spans=(Span(0, 7, "ACTOR"),))) == ()


def test_equal_numbers_in_a_list_are_no_breakdown():
    assert totals("- {L Gao}: {N four raids}\n- {L Kidal}: {N four ambushes}\n") == {
        "four raids": None,
        "four ambushes": None,
    }


def test_a_list_and_the_list_below_it_never_hold_each_other():
    text = "* {L Gao}: {N 14 raids}\n    - {L Ansongo}: {N 14}\n"
    assert totals(text)["14 raids"] is None


def test_a_column_of_a_table_tells_the_outcome():
    text = "Losses in May\n\nTown\tKilled\tWounded\n{L Gao}\t{C 6}\t{C 9}\n{L Kidal}\t{C 3}\t{C 4}\n"
    figures = [c for e in read(text).events for c in e.casualties]
    assert [c.outcome for c in figures] == ["killed", "wounded", "killed", "wounded"]
