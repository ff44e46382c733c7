"""The sum of killed counts nobody twice: figures worked out by hand."""

from dataclasses import replace

import pytest
from marked import marked

from infer.schema import Casualty, Document, Event, Quantity
from train.judging import compared
from train.report.killed import error, killed

TEXT, SPANS = marked(
    "{C ten dead}, {C four} and {C six}; {C 12} said others; {C three hurt}; {C seven killed}."
)
TEN, FOUR, SIX, TWELVE, HURT, SEVEN = SPANS


def dead(span, value, **more) -> Casualty:
    return Casualty(span, Quantity(value), "killed", **more)


def report(*events: Event, id: str = "r") -> Document:
    return Document(id, TEXT, spans=SPANS, events=events)


TOTAL = Event(
    "e1",
    "aggregate",
    TEN,
    casualties=(
        dead(TEN, 10, components="partition"),
        dead(FOUR, 4, part_of=TEN),
        dead(SIX, 6, part_of=TEN),
        dead(TWELVE, 12, alternative_to=TEN),
        Casualty(HURT, Quantity(3), "wounded"),
    ),
)
PART = Event("e2", "incident", SEVEN, "e1", casualties=(dead(SEVEN, 7),))


def test_components_other_sources_breakdowns_and_wounded_are_not_added():
    assert killed(report(TOTAL)) == 10
    assert killed(report(TOTAL, PART)) == 10
    assert killed(report(TOTAL, replace(PART, part_of=None))) == 17


def test_nothing_stated_is_none_and_nobody_is_zero():
    vague = Event("e1", "incident", TEN, casualties=(dead(TEN, None),))
    assert killed(report()) is None and killed(report(vague)) is None
    assert killed(report(Event("e1", "incident", TEN, casualties=(dead(TEN, 0),)))) == 0


def test_the_error_is_over_reports_in_which_either_side_states_any():
    """Sums 10 for 10, 17 for 10, none for 10, and a report without any on both sides."""
    gold = [report(TOTAL, id=str(i)) for i in range(3)] + [report(id="3")]
    found = [report(TOTAL), report(TOTAL, replace(PART, part_of=None)), report(), report()]
    told = error(compared(gold, found))
    assert (told["reports"], told["exact"], told["near"], told["gold"], told["found"]) == (3, 1, 1, 30, 27)
    assert told["bias"] == pytest.approx(-1) and told["absolute"] == pytest.approx(17 / 3)
    assert told["median"] == 7


@pytest.mark.parametrize(("found", "near"), [(10, 1), (11, 1), (9, 1), (12, 0), (8, 0)])
def test_a_tenth_off_is_near(found, near):
    of_ten = Event("e1", "incident", TEN, casualties=(dead(TEN, found),))
    assert error(compared([report(TOTAL)], [report(of_ten)]))["near"] == near


def test_without_any_report_there_is_no_error():
    told = error(compared([report()], [report()]))
    assert told["reports"] == 0 and told["bias"] is told["absolute"] is told["median"] is None
