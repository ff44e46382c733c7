"""The time line: bars as high as months have events, lines as long as periods, nothing left out unsaid."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import sample

from infer.render.html import timeline
from infer.render.html.timeline import LANE, TALLEST
from infer.render.summary import summarize
from infer.schema import Document, Interval


def drawn(*intervals: tuple[date | None, date | None], kind: str = "aggregate"):
    """The time line of reports that each tell of one event in an interval."""
    total = sample().events[0]

    def report(n: int, interval: Interval) -> Document:
        event = replace(total, kind=kind, period=replace(total.period, interval=interval))
        return replace(sample(), id=f"{n}.txt", events=(event,), checks=())

    documents = [report(n, Interval(start, end)) for n, (start, end) in enumerate(intervals)]
    return timeline.drawn(summarize(documents).by_period)


def test_bars_are_as_high_as_the_events_of_their_month():
    june, july = (date(2023, 6, 3), date(2023, 6, 4)), (date(2023, 7, 1), date(2023, 7, 31))
    found = drawn(june, june, june, july)
    assert [(bar.totals, bar.incidents) for bar in found.bars] == [(TALLEST, 0), (TALLEST / 3, 0)]
    assert [bar.said for bar in found.bars] == [
        "2023-06: 3 totals",
        "2023-07: 1 total",
    ] and found.tallest == 3
    assert [bar.incidents for bar in drawn(june, kind="incident").bars] == [TALLEST]
    assert found.bars[1].x == found.bars[0].width and not found.lines and not found.left_out


def test_a_line_is_as_long_as_its_period():
    """Also where the only months with a bar are its first: it is not cut off there."""
    found = drawn((date(2024, 1, 5), date(2024, 1, 6)), (date(2024, 1, 1), date(2024, 4, 30)))
    (line,), (bar,) = found.lines, found.bars
    assert line.x == 0 and abs(line.width - 4 * bar.width) < 3 and abs(found.width - 4 * bar.width) < 1


def test_what_cannot_be_drawn_is_counted():
    day = date(2024, 1, 1)
    assert drawn((None, None), (day, None)) is None
    assert drawn((day, day), (None, day), (day, None), (None, None)).left_out == 3


days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
intervals = st.tuples(days, days).map(sorted).map(tuple)


@settings(deadline=None, max_examples=60)
@given(st.lists(intervals, min_size=1, max_size=25))
def test_every_event_is_drawn_or_counted_and_no_two_lines_meet(many):
    found = drawn(*many)
    told = sum(int(period.said.rsplit(": ")[1].split()[0]) for period in (*found.bars, *found.lines))
    assert told + found.left_out == len(many)
    for period in (*found.bars, *found.lines):
        assert 0 <= period.x and period.x + period.width <= found.width + timeline.NARROWEST
    for n, a in enumerate(found.lines):
        assert a.y % LANE == 0 and a.y + LANE <= found.height + 1
        for b in found.lines[n + 1 :]:
            assert a.y != b.y or a.x + a.width <= b.x + 1 or b.x + b.width <= a.x + 1
