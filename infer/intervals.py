"""Arithmetic of days, weeks, months, quarters and years on `Interval`s."""

from calendar import monthrange
from datetime import date, timedelta

from infer.schema import Interval

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
DAYS_IN = {"day": 1, "week": 7, "weekend": 7}  # a weekend is stepped by weeks

_SLACK = {"day": 0, "week": 1}  # days; months of the Islamic calendar are shorter


def interval(start: date | None, end: date | None) -> Interval:
    """The interval of these days, ends put in order, its granularity by its shape."""
    if start and end and start > end:
        start, end = end, start
    return Interval(start, end, granularity(start, end))


def granularity(start: date | None, end: date | None) -> str | None:
    """One day, seven days, a calendar month, quarter or year; any other stretch is a range."""
    if not start and not end:
        return None
    if not start or not end:
        return "range"
    length = (end - start).days + 1
    if length in (1, 7):
        return "day" if length == 1 else "week"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        months = months_between(start, end) + 1
        for unit in ("month", "quarter", "year"):
            if months == MONTHS_IN[unit] and start.month % months == 1 % months:
                return unit
    return "range"


def months_between(start: date, end: date) -> int:
    return 12 * (end.year - start.year) + end.month - start.month


def day(year: int, month: int, number: int) -> date | None:
    """That day, None where the calendar has no such day."""
    try:
        return date(year, month, number)
    except (ValueError, OverflowError):
        return None


def iso_week(year: int, number: int) -> Interval | None:
    """A week of the ISO calendar, None where the year has no such week."""
    try:
        return calendar_unit("week", date.fromisocalendar(year, number, 1))
    except ValueError:
        return None


def hours_to(end: date | None, count: int) -> Interval | None:
    """So many hours up to a day, as whole days: it and one before for every 24 hours begun."""
    start = plus(end, "day", -count // 24)
    return start and interval(start, end)


def month(year: int, number: int) -> Interval | None:
    first = day(year, number, 1)
    return first and interval(first, first.replace(day=monthrange(year, number)[1]))


def year(number: int) -> Interval | None:
    return months(number, 1, 12)


def months(year_number: int, first: int, last: int) -> Interval | None:
    """The months `first` to `last` of a year, whole."""
    start, end = month(year_number, first), month(year_number, last)
    return interval(start.start, end.end) if start and end else None


def calendar_unit(unit: str, at: date) -> Interval | None:
    """The calendar day, week (Monday first), weekend, month, quarter or year that `at` lies in."""
    monday = plus(at, "day", -at.weekday())
    if unit == "day":
        return interval(at, at)
    if unit in ("week", "weekend"):
        first = plus(monday, "day", 5) if unit == "weekend" and monday else monday
        last = plus(monday, "day", 6) if monday else None
        return interval(first, last) if first and last else None
    if unit == "month":
        return month(at.year, at.month)
    if unit == "quarter":
        first = 3 * ((at.month - 1) // 3) + 1
        return months(at.year, first, first + 2)
    return year(at.year) if unit == "year" else None


def plus(at: date | None, unit: str, count: int) -> date | None:
    """`at` moved by `count` units; the same day of the month, or its last; None past the calendar's ends."""
    if at is None:
        return None
    try:
        if unit in DAYS_IN:
            return at + timedelta(DAYS_IN[unit] * count)
        total = 12 * at.year + at.month - 1 + MONTHS_IN[unit] * count
        return at.replace(
            total // 12, total % 12 + 1, min(at.day, monthrange(total // 12, total % 12 + 1)[1])
        )
    except (ValueError, OverflowError):
        return None


def lasts(of: Interval, unit: str, count: int = 1) -> bool:
    """Whether the interval is about that many days, weeks, months … long ("15 to 22 August" is a week)."""
    if not of.start or not of.end:
        return False
    if unit == "weekend":
        return (of.end - of.start).days == 1
    after = plus(of.start, unit, count)
    return bool(after) and abs((after - of.end).days - 1) <= _SLACK.get(unit, 2)


def shift(of: Interval, unit: str, count: int) -> Interval | None:
    """The interval moved by `count` units; whole months stay whole months."""
    start = of.start and plus(of.start, unit, count)
    end = of.end and plus(of.end, unit, count)
    if (of.start and not start) or (of.end and not end):
        return None
    if end and unit in MONTHS_IN and of.start and of.start.day == 1 and plus(of.end, "day", 1).day == 1:
        end = end.replace(day=monthrange(end.year, end.month)[1])
    return interval(start, end)
