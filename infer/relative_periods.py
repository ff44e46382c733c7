"""Periods that are told from where one stands: "last week", "the past three days", "two days later".

The first half stands on the report date, the second on an earlier mention. Each function takes the
match of its pattern in `infer.period_rules` and the clues, and returns the interval or None.
"""

from datetime import date

from infer.intervals import calendar_unit, interval, plus, shift
from infer.plain_dates import parse, place
from infer.schema import Interval

_LENGTHS = {"weekend": (2, 2), "week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}


def offset_day(count):
    def rule(m, clues):
        at = clues.report_date and plus(clues.report_date, "day", count)
        return at and interval(at, at)

    return rule


def overnight(m, clues):
    return clues.report_date and interval(plus(clues.report_date, "day", -1), clues.report_date)


def weekday(m, clues):
    """ "Last Tuesday", "Monday of last week"."""
    report, weekday = clues.report_date, int(m["w"]) - 1
    if not report:
        return None
    if m["week"]:
        weeks = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1}[m["week"]]
        at = plus(report, "day", weekday - report.weekday() + 7 * weeks)
    elif m["which"] in ("next", "coming"):
        at = plus(report, "day", (weekday - report.weekday() - 1) % 7 + 1)
    else:
        before = m["which"] in ("last", "past", "previous")
        at = plus(report, "day", -((report.weekday() - weekday - before) % 7 + before))
    return at and interval(at, at)


def past(m, clues):
    """ "The past month", "last week", "the last three days"."""
    report, unit = clues.report_date, m["unit"]
    of_late = m["which"] == "past" or (m["which"] == "last" and m["the"])
    if clues.topic and unit == "month" and m["n"] is None and of_late:
        return clues.topic
    if not report:
        return None
    if unit == "weekend":
        return _weekend(plus(report, "day", -7 if report.weekday() > 4 else 0))
    if m["n"] is None and not of_late and m["which"] != "latest":
        before = plus(report, unit, -1)
        return before and calendar_unit(unit, before)
    count = int(m["n"] or 1)
    if unit == "day":
        start = plus(report, "day", -(count - 1 if m["n"] else 1))
    else:
        start = plus(report, unit, -count)
        start = start and plus(start, "day", 1) if unit == "week" else start
    return start and interval(start, report)


def hours(m, clues):
    start = clues.report_date and plus(clues.report_date, "day", -int(m["n"]) // 24)
    return start and interval(start, clues.report_date)


def this(m, clues):
    report, unit = clues.report_date, m["unit"]
    if not report:
        return None
    if unit == "week":
        return interval(plus(report, "day", -6), report)
    if unit == "weekend":
        return _weekend(report)
    if unit == "month" and clues.topic and shift(clues.topic, "month", 1) == calendar_unit("month", report):
        return clues.topic
    whole = calendar_unit(unit, report)
    return whole and interval(whole.start, report)


def _weekend(at: date | None) -> Interval | None:
    """The latest weekend that has begun by that day."""
    saturday = at and plus(at, "day", -((at.weekday() - 5) % 7))
    return saturday and calendar_unit("weekend", saturday)


def next_unit(m, clues):
    after = clues.report_date and plus(clues.report_date, m["unit"], 1)
    return after and calendar_unit(m["unit"], after)


def ago(m, clues):
    count = 1 if m["n"] in ("a", "an") else int(m["n"])
    at = clues.report_date and plus(clues.report_date, m["unit"], -count)
    return at and calendar_unit(m["unit"], at)


def last_month_named(m, clues):
    """ "Last December": before the report's own month."""
    report = clues.report_date
    before = report and plus(report.replace(day=1), "day", -1)
    plain = parse(m["x"], clues)
    return before and plain and place(plain, clues, not_after=before)


def back(m, clues):
    """ "That week", "the month": the nearest mention of that length, or the calendar unit around one."""
    return next((i for e in clues.earlier if (i := _as_unit(e, m["unit"]))), None)


def _as_unit(earlier: Interval, unit: str) -> Interval | None:
    if not earlier.start or not earlier.end:
        return None
    low, high = _LENGTHS.get(unit, (1, 1))
    if low <= (earlier.end - earlier.start).days + 1 <= high:
        return earlier
    around = calendar_unit(unit, earlier.start)
    return around if around and around.end >= earlier.end and unit != "day" else None


def same_period(m, clues):
    return clues.earlier[0] if clues.earlier else None


def corresponding(m, clues):
    """ "The same period last year": the earlier mention, shifted."""
    if not clues.earlier or not clues.earlier[0].start:
        return None
    near = clues.earlier[0]
    if m["year"]:
        return shift(near, "year", int(m["year"]) - near.start.year)
    return shift(near, m["by"] or "year", -1)


def following(m, clues):
    """ "The next day", "the following week", "the day before"."""
    after = m["way"] in ("next", "following", "subsequent", "after", "later")
    if clues.earlier:
        return _step(clues.earlier[0], m["unit"], 1 if after else -1)
    report = clues.report_date
    if not report or after:
        return None
    before = plus(report, m["unit"], -1)
    return before and calendar_unit(m["unit"], before)


def _step(near: Interval, unit: str, way: int) -> Interval | None:
    """The mention moved by a unit; seen from a single day, the calendar unit before or after it."""
    if unit == "day":
        return _days_from(near, way)
    if near.granularity == "day":
        at = plus(near.start, unit, way)
        return at and calendar_unit(unit, at)
    return shift(near, unit, way)


def later(m, clues):
    """ "Two days later", "a year earlier"."""
    if not clues.earlier:
        return None
    count = 1 if m["n"] in ("a", "an", "the") else int(m["n"])
    count = count if m["way"] in ("later", "after", "afterwards") else -count
    if m["unit"] == "day":
        return _days_from(clues.earlier[0], count)
    return shift(clues.earlier[0], m["unit"], count)


def _days_from(near: Interval, count: int) -> Interval | None:
    """A day counted from a day, or from the nearer end of a week at most."""
    if not near.start or not near.end or (near.end - near.start).days > 6:
        return None
    at = plus(near.end if count > 0 else near.start, "day", count)
    return at and interval(at, at)
