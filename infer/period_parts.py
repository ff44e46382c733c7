"""Parts of a period: "the first half of X", "the last ten days of X", "the second week of X".

Each function takes the match of its pattern in `infer.period_rules`, the interval of X (None where
there is none) and the clues, and returns the interval or None.
"""

from datetime import date

from infer import intervals
from infer.intervals import calendar_unit, interval, plus
from infer.plain_dates import Clues, PlainDate, place
from infer.schema import Interval


def piece(m, whole, clues):
    """A half or quarter of a year, a half of a month; without a year, of the one that the report is about."""
    size = 6 if m["kind"].startswith("h") else 3
    number = 12 // size if m["no"] in ("last", "final") else int(m["no"])
    if m["x"]:
        return whole and cut(whole, size, number)
    pieces = (cut(intervals.year(year), size, number) for year in _years(clues))
    report = clues.report_date
    return next((i for i in pieces if i and (not report or i.start <= report)), None)


def _years(clues: Clues) -> list[int]:
    """The years that a quarter may belong to, the likeliest first."""
    if clues.sentence_year:
        return [clues.sentence_year]
    if topic := clues.topic("year"):
        return [topic.end.year]
    if clues.report_date:
        return [clues.report_date.year, clues.report_date.year - 1]
    start = clues.dated and (clues.dated.start or clues.dated.end)
    return [start.year] if start else []


def pieces(m, whole, clues):
    """ "The second and third quarters"."""
    ends = [piece({"no": no, "kind": m["kind"], "x": m["x"]}, whole, clues) for no in (m["a"], m["b"])]
    return interval(ends[0].start, ends[1].end) if all(ends) else None


def cut(whole: Interval, size: int, number: int) -> Interval | None:
    """Part `number` of a year in parts of `size` months, or a half of a month (its first 15 days)."""
    if whole.granularity == "year" and 0 < number * size <= 12:
        return intervals.months(whole.start.year, size * (number - 1) + 1, size * number)
    if whole.granularity == "month" and size == 6 and number in (1, 2):
        middle = whole.start.replace(day=15)
        return interval(whole.start, middle) if number == 1 else interval(plus(middle, "day", 1), whole.end)
    return None


def units_of(m, whole, clues):
    """ "The first two weeks of X", "the last ten days of X"; the middle ten days are the 11th to 20th."""
    count = int(m["n"] or 1)
    if not whole or not whole.start or not whole.end or not count:
        return None
    if m["no"] == "middle":
        spare = (whole.end - whole.start).days + 1 - count
        start = plus(whole.start, "day", spare // 2) if m["unit"] == "day" and spare >= 0 else None
        return start and interval(start, plus(start, "day", count - 1))
    if m["no"] == "1o":
        after = plus(whole.start, m["unit"], count)
        return after and interval(whole.start, min(plus(after, "day", -1), whole.end))
    start = plus(plus(whole.end, "day", 1), m["unit"], -count)
    return start and interval(max(start, whole.start), whole.end)


def nth_unit(m, whole, clues):
    """ "The second week of August": its days 8 to 14."""
    number = int(m["no"])
    if not whole or not whole.start or not whole.end or not number:
        return None
    start, after = plus(whole.start, m["unit"], number - 1), plus(whole.start, m["unit"], number)
    return interval(start, min(plus(after, "day", -1), whole.end)) if after and start <= whole.end else None


def day_of(m, month, clues):
    """ "The 19th of this month"."""
    first = month and month.start
    return first and place(PlainDate(first.year, first.month, int(m["no"])), clues)


def told(unit: str | None, clues: Clues) -> Interval | None:
    """What "the first ten months" or "days" are part of: the year that the report is about, or the month last
    spoken of, else the report's."""
    if unit == "month":
        years = map(intervals.year, _years(clues))
        return next((y for y in years if y and (not clues.report_date or y.start <= clues.report_date)), None)
    near = clues.earlier[0] if clues.earlier else None
    month = near if near and near.granularity == "month" else clues.topic("month")
    return month or (near and near.start and calendar_unit("month", near.start))


def up_to(m, whole, clues):
    """ "The week ending X", "the twelve months to X"."""
    if not whole or not whole.end:
        return None
    after = plus(whole.end, "day", 1)
    start = plus(after, m["unit"], -int(m["n"] or 1))
    return start and interval(start, whole.end)


def week_from(m, day, clues):
    return day and day.granularity == "day" and interval(day.start, plus(day.start, "day", 6)) or None


def week_of(m, day, clues):
    """The calendar week of a day; "the week of 4 to 10 May" is what it says."""
    if day and day.granularity != "day":
        return day if intervals.lasts(day, "week") else None
    return day and calendar_unit("week", day.start) or None


def hours_to(m, day, clues):
    """ "The 24 hours to X"."""
    return day and intervals.hours_to(day.end, int(m["n"]))


def decade(m, whole, clues):
    return interval(intervals.year(int(m["y"])).start, date(int(m["y"]) + 9, 12, 31))
