"""Parts that stand apart from their total."""

from datetime import date

import pytest
from marked import marked

from infer.assembly import assemble_spans
from infer.schema import Document


def totals(text):
    """[(words of an event's anchor, those of its total's)], in text order; None where it has none."""
    text, spans = marked(text)
    events = assemble_spans(Document("d", text, date(2022, 9, 30), "caller", spans=spans)).events
    quote = {e.id: e.anchor.text(text) for e in events}
    return [(quote[e.id], quote.get(e.part_of)) for e in events]


@pytest.mark.parametrize(
    "parts",
    [
        "By cause\n\n{N 11 mines} in all.\n\n{N Nine raids} by night.\n\n{N Four clashes}.",
        "{L Gao} saw {N 11 raids}. In {L Kidal} there were {N nine raids}, and {N four raids} in {L Mopti}.",
    ],
)
def test_counts_in_a_row_that_add_up_are_a_breakdown(parts):
    found = totals("{N 24 raids} struck {L Mali}. Rain fell.\n\nIt was a wet month for all.\n\n" + parts)
    assert [total for _, total in found] == [None, *["24 raids"] * 3]


def test_tolls_in_a_row_that_add_up_are_one_too():
    text = (
        "{C 90 people} were killed in {L Mali}.\n\nIt rained.\n\n"
        "{L Gao}: {C 40}; {L Kidal}: {C 30}; {L Mopti}: {C 20}."
    )
    assert [total for _, total in totals(text)] == [None, *["90 people"] * 3]


def test_what_does_not_add_up_or_is_compared_is_no_part():
    text = (
        "{N 24 raids} struck {L Mali}.\n\n{N 11 mines} blew up, {N nine fires} broke out, {N 30 bombs} fell."
    )
    assert {total for _, total in totals(text)} == {None}
    text = "{N 24 raids} struck {L Mali} ({P July}: {N 17}, {P June}: {N 10})."
    assert {total for _, total in totals(text)} == {None}


def test_a_count_says_what_it_is_taken_from():
    text = (
        "There were {N 24 raids} and {N 40 clashes} in {L Mali}.\n\nIt rained.\n\n"
        "{N Nine of the raids} hit {L Gao}, {N two of them} at night. {N Six of the 40} were in {L Kidal}."
    )
    assert totals(text)[2:] == [
        ("Nine of the raids", "24 raids"),
        ("two of them", "Nine of the raids"),
        ("Six of the 40", "40 clashes"),
    ]


def test_a_bare_number_goes_by_a_count_told_before():
    text = "{N 24 raids} struck {L Mali}.\n\nIt rained. {L Gao} suffered {N eleven}, {L Kidal} {N seven}."
    assert totals(text)[1:] == [("eleven", "24 raids"), ("seven", "24 raids")]


def test_a_bare_number_of_another_time_does_not():
    text = "{N 24 raids} struck {L Mali} in {P May 2022}.\n\nIn {P May 2021} there had been {N eleven}."
    assert totals(text)[1] == ("eleven", None)


def test_numbers_in_brackets_after_their_places_are_side_by_side():
    text = (
        "{N 40 raids} struck {L Mali}. {L Gao} is first ({N 11 raids}), "
        "then {L Kidal} ({N five}) and {L Mopti} ({N 3})."
    )
    assert [total for _, total in totals(text)][2:] == ["40 raids", "40 raids"]
