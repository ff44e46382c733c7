"""Figures that add up to a total beside them are its parts, and only those."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infer.addends import nested
from infer.schema import Casualty, Event, Quantity, Span


def figures(*rows) -> tuple[Casualty, ...]:
    """(value, place of its total among the rows or None, other fields) in text order."""
    spans = [Span(10 * i, 10 * i + 2, "CASUALTY") for i in range(len(rows))]
    made = []
    for span, (value, total, *fields) in zip(spans, rows, strict=True):
        changes = {"outcome": "killed", "victims": "unspecified"} | (fields[0] if fields else {})
        quantity = changes.pop("quantity", Quantity(value))
        part_of = None if total is None else spans[total]
        made.append(Casualty(span, quantity, part_of=part_of, **changes))
    return tuple(made)


def totals(rows: tuple[Casualty, ...]) -> list[int | None]:
    """Of each figure after assembly, the place of its total."""
    event = Event("e1", "aggregate", rows[0].span, casualties=rows)
    (done,) = nested([event])
    assert [c.span for c in done.casualties] == [c.span for c in rows]
    places = {c.span: i for i, c in enumerate(done.casualties)}
    return [places.get(c.part_of) for c in done.casualties]


KILLED = {"components": "partition"}


def test_the_figure_that_a_total_lacks_is_hung_under_it():
    rows = figures((29, None, KILLED), (24, None), (4, 0), (1, 0))
    assert totals(rows) == [None, 0, 0, 0]


def test_a_part_that_is_one_too_many_belongs_to_the_figure_before_it():
    """25 dead: 23 combatants, including seven militiamen; two others."""
    rows = figures((25, None, KILLED), (23, None), (7, 0), (2, 0))
    assert totals(rows) == [None, 0, 1, 0]
    (done,) = nested([Event("e1", "aggregate", rows[0].span, casualties=rows)])
    assert [c.components for c in done.casualties] == ["partition", "subset", None, None]


def test_a_large_total_is_completed_where_no_part_was_known():
    assert totals(figures((40, None), (34, None), (6, None))) == [None, 0, 0]
    assert totals(figures((40, None), (34, None), (5, None))) == [None, None, None]


@pytest.mark.parametrize(
    "rows",
    [
        figures((2, None), (1, None), (1, None)),  # three killed here and there
        figures((25, None), (23, None, {"outcome": "wounded"}), (2, 0)),
        figures((25, None), (23, None, {"quantity": Quantity(23, relation="about")}), (2, 0)),
        figures((25, None, {"quantity": Quantity(25, relation="at_least")}), (23, None), (2, 0)),
        figures((16, None, {"victims": "security_forces"}), (8, None), (8, None, {"victims": "armed_group"})),
        figures((23, None), (2, None), (25, None, KILLED)),  # a total is told before its parts
        figures((7, None, KILLED), (3, 0), (4, 0), (7, None)),  # its parts are all there
    ],
    ids=["small", "outcome", "about", "at least", "victims", "before", "whole"],
)
def test_what_may_be_chance_or_other_people_stays(rows):
    assert totals(rows) == [
        None if c.part_of is None else [r.span for r in rows].index(c.part_of) for c in rows
    ]


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=7))
def test_no_figure_is_lost_and_what_is_hung_adds_up(drawn):
    rows = figures(*((value, 0 if part and i else None) for i, (value, part) in enumerate(drawn)))
    (done,) = nested([Event("e1", "aggregate", rows[0].span, casualties=rows)])
    assert [(c.span, c.quantity) for c in done.casualties] == [(c.span, c.quantity) for c in rows]
    for before, after in zip(rows, done.casualties, strict=True):
        if after.part_of and before.part_of is None:
            parts = [c.quantity.value for c in done.casualties if c.part_of == after.part_of]
            total = next(c for c in done.casualties if c.span == after.part_of)
            assert sum(parts) == total.quantity.value
