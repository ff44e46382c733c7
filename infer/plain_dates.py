"""Days, months and years by name: "Friday 3 May 2019", "3 May", "May", "Friday", "the 3rd".

They are read from the spelling of `calendar_words`. What such a date leaves out is filled in from the
clues: with a report date it is the latest such day not after it, else the one nearest to what
the document dates elsewhere.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from infer import intervals
from infer.calendar_words import YEAR
from infer.schema import Interval

_RELATIVE_YEAR = r"(?:of )?(?:the )?(?:this|last|previous|current|next|same|that) year"
_DAY = r"(?P<d>\d{1,2})o?(?: m(?P<m>\d+))?|m(?P<m2>\d+)(?: (?P<d2>\d{1,2})o?)?"
_SHORT_YEAR = r"'\d\d|(?<=m\d )\d\d|(?<=m\d\d )\d\d|(?<=\d )[4-9]\d"
_PLAIN = re.compile(
    rf"(?:the )?(?:w(?P<w>\d)(?: the)?)? ?(?:{_DAY})?"
    rf"(?: ?(?P<y>{YEAR})| (?P<yy>{_SHORT_YEAR})| (?P<ry>{_RELATIVE_YEAR}))?(?: w(?P<w2>\d))?"
)
_LEAP_CYCLE = 9
_LASTING = {"week", "month", "quarter", "year"}
_SOON = 183  # days


@dataclass(frozen=True, slots=True)
class Clues:
    """What a document tells of the date of an expression in it.

    `earlier` holds the dated mentions before it, nearest first (what "the same period" points back
    to) the mention whose year an expression without one takes where no report date is known;
    `topics` the stretches of time that the headline and the lead name as the report's own;
    `sentence_days` the days and `sentence_year` the year that the same sentence names (the year, before
    the expression). `day_first` says how numeric dates are written.
    """

    report_date: date | None = None
    earlier: tuple[Interval, ...] = ()
    dated: Interval | None = None
    topics: tuple[Interval, ...] = ()
    sentence_days: tuple[date, ...] = ()
    sentence_year: int | None = None
    day_first: bool | None = None
    paragraph: tuple[Interval, ...] = ()
    sentence: tuple[Interval, ...] = ()
    coming: bool = False

    def topic(self, unit: str | None = None) -> Interval | None:
        """The first stretch that the report is about, or the first that is as long as such a unit."""
        if unit is None:
            return next(iter(self.topics), None)
        return next((t for t in self.topics if unit in _LASTING and intervals.lasts(t, unit)), None)


@dataclass(frozen=True, slots=True)
class PlainDate:
    """What a date says in so many words; `weekday` counts from 0, Monday."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


def parse(text: str, clues: Clues) -> PlainDate | None:
    """The date that the whole of `text` spells, None where it is something else."""
    match = _PLAIN.fullmatch(text)
    if not match or not text:
        return None
    month = match["m"] or match["m2"]
    number = match["d"] or match["d2"]
    if int(month or 1) not in range(1, 13) or int(number or 1) not in range(1, 32):
        return None
    weekday = match["w"] or match["w2"]
    year = match["y"] and int(match["y"])
    if match["yy"]:
        if not (number and month or "'" in match["yy"] or int(match["yy"]) > 31):
            return None
        year = full_year(int(match["yy"].strip("'")), clues.report_date)
    if match["ry"]:
        year = relative_year(match["ry"], clues)
        if year is None:
            return None
    return PlainDate(year, month and int(month), number and int(number), weekday and int(weekday) - 1)


def full_year(short: int, report_date: date | None) -> int:
    """The century of a two-digit year: the latest not after the year that follows the report date."""
    newest = report_date.year + 1 if report_date else 2049
    return newest - (newest - short) % 100


def relative_year(words: str, clues: Clues) -> int | None:
    """The year meant by "this year", "last year", "the same year"."""
    if re.search("same|that", words):
        return clues.earlier[0].start.year if clues.earlier and clues.earlier[0].start else None
    if clues.report_date is None:
        return None
    return clues.report_date.year + (1 if "next" in words else -1 if re.search("last|prev", words) else 0)


def place(plain: PlainDate, clues: Clues, not_after: date | None = None) -> Interval | None:
    """The date on the calendar; `not_after` bounds it in place of the report date."""
    bound = not_after or clues.report_date
    if plain.month:
        if year := plain.year or (None if not_after else clues.sentence_year):
            return _in_year(plain, year)
        if not not_after and (found := _coming(plain, clues) or _month_over(plain, clues)):
            return found
        return _latest(plain, bound) if bound else _nearest(plain, clues.dated)
    if plain.year:
        return intervals.year(plain.year) if plain.day is None else None
    if plain.day:
        return _day_of_month(plain, clues, bound)
    return _weekday(plain.weekday, clues, bound)


def chain(plains: list[PlainDate], clues: Clues) -> list[Interval | None]:
    """The dates of a range or list, each lending its neighbours the month and year that they lack."""
    plains = list(plains)
    for i in (*reversed(range(len(plains) - 1)), *range(len(plains) - 1)):
        plains[i], plains[i + 1] = _share(plains[i], plains[i + 1])
    if plains[0].year and not plains[-1].year:
        return _forward(plains, clues)
    days = [place(plains[-1], clues)]
    for plain in reversed(plains[:-1]):
        days.insert(0, _up_to(plain, days[0], clues))
    return days


def _share(left: PlainDate, right: PlainDate) -> tuple[PlainDate, PlainDate]:
    """Neighbours with one month between them ("3 and 5 May", "May 3-5") lend it and its year."""
    if left.month is None and left.day and right.month:
        left = replace(left, month=right.month, year=left.year or right.year)
    elif right.month is None and right.day and left.month:
        right = replace(right, month=left.month, year=right.year or left.year)
    return left, right


def _up_to(plain: PlainDate, following: Interval | None, clues: Clues) -> Interval | None:
    """A date before `following`: the latest such day not after it, or one of the same month."""
    if plain.year or not following:
        return place(plain, clues)
    if plain.month == following.start.month:
        return place(replace(plain, year=following.start.year), clues)
    return place(plain, clues, not_after=following.start)


def _forward(plains: list[PlainDate], clues: Clues) -> list[Interval | None]:
    """A year told at the first date carries to the next ones, or to the turn of the year."""
    days = [place(plains[0], clues)]
    for plain in plains[1:]:
        last = days[-1]
        years = (last.start.year, last.start.year + 1) if last and plain.month else ()
        found = (place(replace(plain, year=plain.year or year), clues) for year in years)
        days.append(next((day for day in found if day and day.start >= last.start), None))
    return days


def _in_year(plain: PlainDate, year: int) -> Interval | None:
    if plain.day is None:
        return intervals.month(year, plain.month)
    at = intervals.day(year, plain.month, plain.day)
    return at and intervals.interval(at, at)


def _latest(plain: PlainDate, bound: date) -> Interval | None:
    """The latest such day or month not after `bound`, or the next one if only that falls on its weekday."""
    years = range(bound.year, bound.year - _LEAP_CYCLE, -1)
    past = next((i for y in years if (i := _in_year(plain, y)) and i.start <= bound), None)
    if past and plain.weekday is not None and plain.day and past.start.weekday() != plain.weekday:
        coming = _in_year(plain, past.start.year + 1)
        if coming and coming.start.weekday() == plain.weekday:
            return coming
    return past


def _coming(plain: PlainDate, clues: Clues) -> Interval | None:
    """The next such day after the report, where the words speak of one that is not far off."""
    report = clues.report_date
    if not clues.coming or not report:
        return None
    found = (i for y in (report.year, report.year + 1) if (i := _in_year(plain, y)) and i.end > report)
    soon = next(found, None)
    return soon if soon and (soon.start - report).days <= _SOON else None


def _month_over(plain: PlainDate, clues: Clues) -> Interval | None:
    """In a report on the past year, the month of that year, not the one that has only begun."""
    whole, report = clues.topic("year"), clues.report_date
    if plain.day or not whole or not report or whole.end > report or plain.month != report.month:
        return None
    found = _in_year(plain, whole.end.year)
    return found if found and whole.start <= found.start and found.end <= whole.end else None


def _nearest(plain: PlainDate, dated: Interval | None) -> Interval | None:
    """The one nearest to a dated mention; with a weekday, the nearest that falls on it. What is open at one
    end counts as a year."""
    if not dated:
        return None
    start = dated.start or intervals.plus(dated.end, "year", -1)
    end = dated.end or intervals.plus(dated.start, "year", 1)
    if not start or not end:
        return None
    years = range(start.year - 1, end.year + 2)
    found = [i for y in years if (i := _in_year(plain, y))]
    fitting = [i for i in found if plain.day and i.start.weekday() == plain.weekday] or found
    return min(fitting, key=lambda i: max((start - i.end).days, (i.start - end).days, 0), default=None)


def _day_of_month(plain: PlainDate, clues: Clues, bound: date | None) -> Interval | None:
    """ "The 5th": of the month last spoken of, else the latest such day; "Friday 5th": if it is a Friday."""
    near = clues.earlier[0] if clues.earlier else None
    spoken_of = near and near.start and near.end and not intervals.months_between(near.start, near.end)
    months = [intervals.plus(bound.replace(day=1), "month", -back) for back in range(3)] if bound else []
    days = [intervals.day(m.year, m.month, plain.day) for m in months if m]
    days = [d for d in days if d and d <= bound]
    if spoken_of:
        days = [intervals.day(near.start.year, near.start.month, plain.day), *days]
    fitting = [d for d in days if d and d.weekday() == plain.weekday]
    at = (fitting or days or [None])[0]
    return at and intervals.interval(at, at)


def _weekday(weekday: int, clues: Clues, bound: date | None) -> Interval | None:
    """The latest such weekday not after `bound`.

    A day of the same sentence that falls on it comes first, then that of the week which the report is
    about, if that has just passed.
    """
    days = (d for d in clues.sentence_days if not bound or d <= bound)
    at = next((d for d in days if d.weekday() == weekday), None)
    week = clues.topic("week")
    if not at and week and (not bound or week.end <= bound <= intervals.plus(week.end, "week", 1)):
        at = intervals.plus(week.start, "day", (weekday - week.start.weekday()) % 7)
    if not at and bound and clues.coming:
        at = intervals.plus(bound, "day", (weekday - bound.weekday() - 1) % 7 + 1)
    if not at and bound:
        at = intervals.plus(bound, "day", -((bound.weekday() - weekday) % 7))
    return at and intervals.interval(at, at)
