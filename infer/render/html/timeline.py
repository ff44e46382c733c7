"""The time line of many reports: the events of each month as bars, longer periods as lines under them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from infer.render.summary import Group
from infer.render.summary_text import kinds, label

WIDTH = 1000  # pixels that are filled before months become narrow
NARROWEST, WIDEST = 3, 64  # pixels of a month
LONGEST = 120  # months, beyond which long periods are cut off at the first and the last month with a bar
TALLEST = 96  # pixels of the highest bar
LANE, LANES = 11, 14  # height of a line, and how many may lie over one another
LABEL = 54  # pixels that a month's name needs


@dataclass(frozen=True, slots=True)
class Bar:
    """A period with its events; heights are of incidents (below) and totals (above), 0 for a line."""

    said: str
    first: date
    last: date
    x: float
    width: float
    incidents: float = 0
    totals: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """`left_out` are events without both days, or of lines that found no room."""

    width: float
    bars: tuple[Bar, ...]
    lines: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    tallest: int
    height: float
    left_out: int


def drawn(periods: Iterable[Group]) -> TimeLine | None:
    """The time line of a summary's periods; None where no day is known."""
    groups = list(periods)
    known = [g for g in groups if g.key and all(g.key)]
    if not known:
        return None
    months = [g for g in known if _month(g.key[0]) == _month(g.key[1])]
    first, last = _ends(known)
    if months and last - first > LONGEST:
        first, last = _ends(months)
    each = min(WIDEST, max(NARROWEST, WIDTH / (last - first + 1)))
    tallest = max((len(g.roots) for g in months), default=0)
    bars = tuple(_bar(g, first, each, tallest) for g in months)
    lines = tuple(_lines([g for g in known if g not in months], first, last, each))
    shown = sum(len(g.roots) for g in months) + sum(len(g.roots) for g, _ in lines)
    height = (1 + max((line.y for _, line in lines), default=-LANE)) + LANE
    return TimeLine(
        round((last - first + 1) * each, 1),
        bars,
        tuple(line for _, line in lines),
        tuple(_ticks(first, last, each)),
        tallest,
        height,
        sum(len(g.roots) for g in groups) - shown,
    )


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _ends(groups: Sequence[Group]) -> tuple[int, int]:
    return min(_month(g.key[0]) for g in groups), max(_month(g.key[1]) for g in groups)


def _said(group: Group) -> str:
    return f"{label('by month', group)}: {kinds(group)}"


def _bar(group: Group, first: int, each: float, tallest: int) -> Bar:
    totals = sum(root.event.kind == "aggregate" for root in group.roots)
    heights = (round(n * TALLEST / tallest, 1) for n in (len(group.roots) - totals, totals))
    x = (_month(group.key[0]) - first) * each
    return Bar(_said(group), *group.key, round(x, 1), round(each, 1), *heights)


def _lines(groups: Sequence[Group], first: int, last: int, each: float) -> Iterable[tuple[Group, Bar]]:
    """Longer periods by their first day, each in the uppermost lane that is free."""
    ends: list[float] = []
    for group in sorted(groups, key=lambda g: g.key):
        start, end = max(_at(group.key[0]), first), min(_at(group.key[1]) + 1 / 31, last + 1)
        if end <= start:
            continue
        x, until = (start - first) * each, (end - first) * each
        lane = next((n for n, taken in enumerate(ends) if taken <= x), len(ends))
        if lane == LANES:
            continue
        ends[lane : lane + 1] = [until + 2]
        width = max(until - x, NARROWEST)
        yield group, Bar(_said(group), *group.key, round(x, 1), round(width, 1), y=lane * LANE)


def _at(day: date) -> float:
    return _month(day) + (day.day - 1) / 31


def _ticks(first: int, last: int, each: float) -> Iterable[Tick]:
    """Months' names where they fit, else years."""
    step = 1 if each >= LABEL else 12 if each * 12 >= LABEL else 60
    for month in range(first, last + 1):
        year, index = divmod(month, 12)
        named = month == first or (index == 0 if step > 1 else True)
        if named and (step < 60 or year % 5 == 0 and index == 0):
            text = f"{year}-{index + 1:02}" if step == 1 else str(year)
            if step == 1 and month != first and index:
                text = date(2000, index + 1, 1).strftime("%b")
            yield Tick(round((month - first) * each, 1), text)
