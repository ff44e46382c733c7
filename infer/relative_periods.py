"""Periods that are told from where one stands: "last week", "the past three days", "two days later".

They stand on the report date; those that stand on an earlier mention are in `infer.pointing_periods`.
Each function takes the match of its pattern in `infer.period_rules` and the clues, and returns the
interval or None.
"""

from datetime import date

from infer.intervals import calendar_unit, hours_to, interval, iso_week, plus, shift, year
from infer.plain_dates import parse, place
from infer.schema import Interval


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
        at = weekday_after(report, number)
    else:
        before = m["which"] in ("last", "past", "previous")
        at = plus(report, "day", -((report.weekday() - number - before) % 7 + before))
    return at and interval(at, at)


def weekday_after(day: date, number: int) -> date | None:
    return plus(day, "day", (number - day.weekday() - 1) % 7 + 1)


def calendar_before(m, clues):
    """ "Last week", "the previous month"; a previous one lies before the one just spoken of."""
    unit, report = m["unit"], clues.report_date
    if m["again"] and (topic := clues.topic(unit)) and (not report or topic.end <= report):
        return shift(topic, unit, -1)
    if not report and unit == "year":
        return shift(year_of(clues), "year", -1) if year_of(clues) else None
    before = plus(report, unit, -1)
    found = before and calendar_unit(unit, before)
    if found and m["again"] and clues.earlier and clues.earlier[0] == found:
        return shift(found, unit, -1)
    return found


def year_of(clues) -> Interval | None:
    """The year that an undated report is about, by its headline and lead."""
    topic = clues.topic()
    return topic and year(topic.end.year)


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
    return hours_to(clues.report_date, int(m["n"]))


def week_numbered(m, clues):
    """ "Week 18"; without a year, the latest that has begun by the report date."""
    number, report = int(m["no"]), clues.report_date
    if m["year"]:
        return iso_week(int(m["year"]), number)
    weeks = (iso_week(year, number) for year in (report.year, report.year - 1)) if report else ()
    return next((week for week in weeks if week and week.start <= report), None)


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
    """ "Two weeks ago" is a day, "two months ago" a month."""
    at = plus(clues.report_date, m["unit"], -counted(m["n"]))
    return at and (interval(at, at) if m["unit"] == "week" else calendar_unit(m["unit"], at))


def last_month_named(m, clues):
    """ "Last December": before the report's own month."""
    before = clues.report_date and plus(clues.report_date.replace(day=1), "day", -1)
    plain = parse(m["x"], clues)
    return before and plain and place(plain, clues, not_after=before)


def counted(words: str) -> int:
    return 1 if words in ("a", "an") else int(words)
