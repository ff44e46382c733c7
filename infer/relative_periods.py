"""Periods that are told from where one stands: "last week", "the past three days", "two days later".

The first half stands on the report date, the second on an earlier mention. Each function takes the
match of its pattern in `infer.period_rules` and the clues, and returns the interval or None.
"""

from datetime import date

from infer.intervals import calendar_unit, interval, plus, shift
from infer.plain_dates import parse, place
from infer.schema import Interval

_LENGTHS = {"weekend": (2, 2), "week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
_SHORT = 7  # days; what is longer has no "next day"


def offset_day(count):
    """The rule for a day so many days from the report date."""

    def rule(m, clues):
        at = plus(clues.report_date, "day", count)
        return at and interval(at, at)

    return rule


def overnight(m, clues):
    return clues.report_date and interval(plus(clues.report_date, "day", -1), clues.report_date)


def weekday(m, clues):
    """ "Last Tuesday", "Monday of last week"."""
    report, number = clues.report_date, int(m["w"]) - 1
    if not report:
        return None
    if m["week"]:
        weeks = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1}[m["week"]]
        at = plus(report, "day", number - report.weekday() + 7 * weeks)
    elif m["which"] in ("next", "coming"):
        at = _weekday_after(report, number)
    else:
        before = m["which"] in ("last", "past", "previous")
        at = plus(report, "day", -((report.weekday() - number - before) % 7 + before))
    return at and interval(at, at)


def following_weekday(m, clues):
    """ "The following Sunday": the first after the earlier mention."""
    near = clues.earlier[0] if clues.earlier else None
    at = near and near.end and _weekday_after(near.end, int(m["w"]) - 1)
    return at and interval(at, at)


def _weekday_after(day: date, number: int) -> date | None:
    return plus(day, "day", (number - day.weekday() - 1) % 7 + 1)


def calendar_before(m, clues):
    """ "Last week", "the previous month"; a previous one lies before the one just spoken of."""
    before = plus(clues.report_date, m["unit"], -1)
    found = before and calendar_unit(m["unit"], before)
    if found and m["again"] and clues.earlier and clues.earlier[0] == found:
        return shift(found, m["unit"], -1)
    return found


def past_unit(m, clues):
    """ "The past month": the month that the report is about, else from the same day a month before."""
    unit, report = m["unit"], clues.report_date
    if (unit == "month" or not report) and clues.topic(unit):
        return clues.topic(unit)
    if unit == "day":
        return overnight(m, clues)
    return _up_to_report(unit, 1, report)


def past_units(m, clues):
    """ "The last three days": three days that end on the report's."""
    return _up_to_report(m["unit"], int(m["n"]), clues.report_date)


def _up_to_report(unit: str, count: int, report: date | None) -> Interval | None:
    start = plus(report, unit, -count)
    if unit in ("day", "week"):
        start = plus(start, "day", 1)
    return start and start <= report and interval(start, report) or None


def hours(m, clues):
    start = plus(clues.report_date, "day", -int(m["n"]) // 24)
    return start and interval(start, clues.report_date)


def this(m, clues):
    """ "This month", up to the report; just after a month that the report is about, that month."""
    report, unit = clues.report_date, m["unit"]
    if not report:
        topic = clues.topic()
        return interval(date(topic.start.year, 1, 1), None) if topic and unit == "year" else clues.topic(unit)
    if unit == "week":
        return interval(plus(report, "day", -6), report)
    topic = clues.topic(unit) if unit == "month" else None
    whole = calendar_unit(unit, report)
    if topic and shift(topic, "month", 1) == whole:
        return topic
    return whole and interval(whole.start, report)


def weekend(m, clues):
    """The latest weekend that has begun; "last weekend" on a weekend is the one before."""
    report = clues.report_date
    if report and m["last"] and report.weekday() > 4:
        report = plus(report, "day", -7)
    saturday = report and plus(report, "day", -((report.weekday() - 5) % 7))
    return saturday and calendar_unit("weekend", saturday)


def next_unit(m, clues):
    after = plus(clues.report_date, m["unit"], 1)
    return after and calendar_unit(m["unit"], after)


def ago(m, clues):
    at = plus(clues.report_date, m["unit"], -_count(m["n"]))
    return at and calendar_unit(m["unit"], at)


def last_month_named(m, clues):
    """ "Last December": before the report's own month."""
    before = clues.report_date and plus(clues.report_date.replace(day=1), "day", -1)
    plain = parse(m["x"], clues)
    return before and plain and place(plain, clues, not_after=before)


def back(m, clues):
    """ "That week": the nearest mention of that length, or the calendar unit around one.

    "The month" is the one that the report is about, if it is about one.
    """
    if m[0].startswith("the ") and "same" not in m[0] and clues.topic(m["unit"]):
        return clues.topic(m["unit"])
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
    """ "The same period": the nearest mention of more than a day, else the nearest."""
    longer = (e for e in clues.earlier if e.granularity != "day")
    return next(longer, clues.earlier[0] if clues.earlier else None)


def reporting_period(m, clues):
    return clues.topic() or same_period(m, clues)


def corresponding(m, clues):
    """ "The same period last year": the earlier mention, shifted."""
    near = clues.topic(m["what"]) or same_period(m, clues)
    if not near or not near.start:
        return None
    if m["year"]:
        return shift(near, "year", int(m["year"]) - near.start.year)
    return shift(near, m["by"] or "year", -1)


def following(m, clues):
    """ "The next day", "the following week", "the day before"; without a mention, before the report."""
    after = m["way"] in ("next", "following", "subsequent", "after", "later", "afterwards")
    if clues.earlier:
        return _step(clues.earlier[0], m["unit"], 1 if after else -1)
    before = None if after else plus(clues.report_date, m["unit"], -1)
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
    count = _count(m["n"]) * (1 if m["way"] in ("later", "after", "afterwards") else -1)
    if m["unit"] == "day":
        return _days_from(clues.earlier[0], count)
    return shift(clues.earlier[0], m["unit"], count)


def _days_from(near: Interval, count: int) -> Interval | None:
    """A day counted from a day, or from the nearer end of a week at most."""
    if not near.start or not near.end or (near.end - near.start).days >= _SHORT:
        return None
    at = plus(near.end if count > 0 else near.start, "day", count)
    return at and interval(at, at)


def _count(words: str) -> int:
    return 1 if words in ("a", "an") else int(words)
