"""Periods that are told from an earlier mention: "that week", "the same period last year", "two days later".

Each function takes the match of its pattern in `infer.period_rules` and the clues, and returns the
interval or None. A report returns to what it is about: "the same month" outside the paragraph that
names one is the month of the headline, and so is the one that "the month before" is counted from.
"""

from collections.abc import Iterator

from infer.intervals import calendar_unit, interval, lasts, plus, shift
from infer.plain_dates import Clues, parse
from infer.relative_periods import counted, weekday_after
from infer.schema import Interval

_SHORT = 7  # days; what is longer has no "next day"
_AFTER = ("next", "following", "subsequent", "after", "later", "afterwards", "followed", "to come")


def following_weekday(m, clues):
    """ "The following Sunday": the first after the earlier mention."""
    near = clues.earlier[0] if clues.earlier else None
    at = near and near.end and weekday_after(near.end, int(m["w"]) - 1)
    return at and interval(at, at)


def back(m, clues):
    """ "That week": the nearest mention of that length, or the calendar unit around one.

    "The month" is the one that the report is about, if it is about one; so is "the same month" where
    the paragraph has named none.
    """
    unit, same = m["unit"], "same" in m[0]
    if m[0].startswith("the ") and not same and clues.topic(unit):
        return clues.topic(unit)
    own = clues.paragraph if same and clues.topic(unit) else clues.earlier
    for near in own:
        if lasts(near, unit):
            return near
        around = calendar_unit(unit, near.start) if near.start and near.end and unit != "day" else None
        if around and around.end >= near.end:
            told = (i for i in clues.earlier if lasts(i, unit))
            return next((i for i in told if i.start <= near.start and near.end <= i.end), around)
    return clues.topic(unit)


def that_day_and_next(m, clues):
    day = next((i.start for i in clues.earlier if i.granularity == "day"), None)
    return day and interval(day, plus(day, "day", 1))


def back_many(m, clues):
    """ "Those three days", "the same six months": a mention of that length, else that many in a row."""
    unit, number = m["unit"], 2 if m["n"] == "both" else int(m["n"])
    stretches = (*clues.paragraph, *clues.topics, *clues.earlier)
    if found := next((i for i in stretches if lasts(i, unit, number)), None):
        return found
    told = list(dict.fromkeys(i for i in clues.earlier if i.granularity == unit))[:number]
    whole = interval(min(i.start for i in told), max(i.end for i in told)) if len(told) == number else None
    return whole if whole and lasts(whole, unit, number) else None


def back_named(m, clues):
    """ "That July", "the same Wednesday": the nearest mention that lies in it or falls on it."""
    plain = parse(m["x"], clues)
    if not plain:
        return None
    if plain.weekday is not None:
        days = (i for i in clues.earlier if i.granularity == "day")
        return next((i for i in days if i.start.weekday() == plain.weekday), None)
    months = (calendar_unit("month", i.start) for i in clues.earlier if i.start and i.granularity != "year")
    return next((i for i in months if i and i.start.month == plain.month), None)


def same_period(m, clues):
    """ "The same period": a stretch of the paragraph, else the report's, else the nearest mention."""
    return next(_stretches(clues), clues.earlier[0] if clues.earlier else None)


def _stretches(clues: Clues) -> Iterator[Interval]:
    topics = (i for i in clues.topics[:1] if not clues.report_date or i.end <= clues.report_date)
    own = (*clues.paragraph, *topics, *clues.earlier)
    return (i for i in own if i.granularity != "day")


def reporting_period(m, clues):
    return clues.topic() or same_period(m, clues)


def since_then(m, clues):
    near = clues.earlier[0] if clues.earlier else None
    return near and near.start and interval(near.start, clues.report_date)


def corresponding(m, clues):
    """ "The same period last year": the earlier mention, shifted."""
    near = clues.topic(m["what"].rstrip("s")) or same_period(m, clues)
    if not near or not near.start:
        return None
    if m["year"]:
        return shift(near, "year", int(m["year"]) - near.start.year)
    return shift(near, m["by"] or "year", -1)


def following(m, clues):
    """ "The next day", "the following week", "the day before"; without a mention, before the report."""
    unit, after = m["unit"], m["way"] in _AFTER
    if near := _base(unit, after, clues):
        if unit == "week" and near.granularity == "day" and m["way"] in ("after", "followed", "before"):
            return _beside(near, "week", 1, after)
        return _step(near, unit, 1 if after else -1)
    before = None if after else plus(clues.report_date, unit, -1)
    return before and calendar_unit(unit, before)


def _base(unit: str, after: bool, clues: Clues) -> Interval | None:
    """What "the week before" is counted from: one of the sentence, the report's, else what is nearest."""
    near = clues.earlier[0] if clues.earlier else None
    if unit == "day":
        return next((i for i in clues.earlier if _days_from(i, 1)), None)
    if after:
        return near
    told = next((i for i in clues.sentence if lasts(i, unit)), None)
    if unit == "year" and not told:
        told = next((i for i in clues.sentence if i.granularity in ("month", "quarter")), None)
    told = told or clues.topic(unit)
    if told or not near or not near.start:
        return told or near
    around = (i for i in clues.earlier if lasts(i, unit) and i.start <= near.start and near.start <= i.end)
    return next(around, near)


def _step(near: Interval, unit: str, way: int) -> Interval | None:
    """The mention moved by a unit; seen from a single day, the calendar unit before or after it."""
    if unit == "day":
        return _days_from(near, way)
    if near.granularity == "day":
        at = plus(near.start, unit, way)
        return at and calendar_unit(unit, at)
    return shift(near, unit, way)


def many_beside(m, clues):
    """ "The ten days that followed", "the preceding three months": so many on from a mention or before it."""
    near = next(_stretches(clues), None) if m["unit"] not in ("day", "week") else None
    near = near or (clues.earlier[0] if clues.earlier else None)
    return near and _beside(near, m["unit"], int(m["n"]), m["way"] in _AFTER)


def _beside(near: Interval, unit: str, number: int, after: bool) -> Interval | None:
    if after:
        start = near.end and plus(near.end, "day", 1)
        last = start and plus(plus(start, unit, number), "day", -1)
        return last and interval(start, last)
    last = near.start and plus(near.start, "day", -1)
    start = near.start and plus(near.start, unit, -number)
    return start and interval(start, last)


def later(m, clues):
    """ "Two days later", "a year earlier"."""
    number = counted(m["n"]) * (1 if m["way"] in _AFTER else -1)
    near = clues.earlier[0] if clues.earlier else None
    if m["unit"] in ("day", "week"):
        days = (i for i in clues.earlier if i.granularity == "day")
        near = near if m["unit"] == "week" or near and _days_from(near, number) else next(days, None)
    elif number < 0:
        near = next((i for i in clues.sentence if i.granularity), None) or clues.topic() or near
    if not near:
        return None
    return _days_from(near, number) if m["unit"] == "day" else shift(near, m["unit"], number)


def _days_from(near: Interval, count: int) -> Interval | None:
    """A day counted from a day, or from the nearer end of a week at most."""
    if not near.start or not near.end or (near.end - near.start).days >= _SHORT:
        return None
    at = plus(near.end if count > 0 else near.start, "day", count)
    return at and interval(at, at)


def another_piece(m, clues):
    """ "81 in the first quarter, 90 in the second": of the year whose quarter or half was named before."""
    for near in clues.earlier:
        months = {"quarter": 3, "range": 6}.get(near.granularity or "")
        if months and lasts(near, "month", months) and near.start.month % months == 1:
            first = near.start.replace(month=1, day=1)
            start = plus(first, "month", months * (int(m["no"]) - 1))
            return start and start.year == first.year and _beside_day(start, months) or None
    return None


def _beside_day(start, months: int) -> Interval:
    return interval(start, plus(plus(start, "month", months), "day", -1))
