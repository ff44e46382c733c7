"""Months of the Islamic calendar ("Ramadan 2023", "14-20 Rajab 1442"), by the Umm al-Qura calendar.

The dates are those of `hijridate`, which is imported only where such a month is named; it knows
the years 1343 to 1500 AH (1924 to 2077).
"""

import re
from datetime import date, timedelta

from infer.calendar_words import WEEKDAY
from infer.intervals import interval
from infer.schema import Interval

FIRST_YEAR, LAST_YEAR = 1343, 1500
_THE = r"[\s-]*(?:a[a-z]{1,2}|ul|e[lt])?[\s-]*"
_MONTHS = (
    "muharr?am",
    "saff?ar",
    rf"rabi'?{_THE}(?:awwal|i|1)",
    rf"rabi'?{_THE}(?:thani|akhir|ii|2)",
    rf"jumada'?{_THE}(?:ula|awwal|i|1)",
    rf"jumada'?{_THE}(?:thani(?:ya)?h?|akhira?h?|ii|2)",
    "rajab",
    "sha'?ba+n",
    "rama[dz]h?an",
    "shaww?al",
    rf"dh?u'?l?{_THE}q[ai]'?i?dah?",
    rf"dh?u'?l?{_THE}hijj?ah?",
)
_TH = r"(?:st|nd|rd|th)?"
_EXPRESSION = re.compile(
    rf"\W*(?:{WEEKDAY},?\s+)?(?:(?:in|on|from|between|during|throughout|early|mid|late|the|holy|blessed|fasting|month|of)[\s-]+)*+"
    rf"(?:(?P<first>\d{{1,2}}){_TH}(?:\s*(?:-|to|and)\s*(?P<last>\d{{1,2}}){_TH})?\s+(?:of\s+)?)?"
    rf"(?:{'|'.join(f'(?P<m{i}>{name})' for i, name in enumerate(_MONTHS, start=1))})"
    r"(?:,?\s+(?P<year>\d{4}))?(?:\s*(?:ah|h|hijri))?\W*",
    re.I,
)


def read(quote: str, report_date: date | None) -> Interval | None:
    """The days of an Islamic month or of dates in it; None where `quote` is no such expression.

    The year is Islamic or Gregorian as its size says; one that is not written is that of the
    latest such month that had begun by the report date.
    """
    match = _EXPRESSION.fullmatch(quote.translate({ord("’"): "'", ord("‘"): "'", ord("–"): "-"}))
    if not match:
        return None
    number = next(i for i in range(1, 13) if match[f"m{i}"])
    year = _year(match["year"], number, report_date)
    if year is None:
        return None
    start, length = _month(year, number)
    first = int(match["first"] or 1)
    last = int(match["last"] or match["first"] or length)
    if not 1 <= first <= last <= length:
        return None
    return interval(start + timedelta(first - 1), start + timedelta(last - 1))


def _year(written: str | None, number: int, report_date: date | None) -> int | None:
    """The Islamic year meant, None where it is unknown or outside the calendar's range."""
    if written and FIRST_YEAR <= int(written) <= LAST_YEAR:
        return int(written)
    gregorian = int(written) if written else report_date and report_date.year
    if not gregorian:
        return None
    near = (gregorian - 622) * 33 // 32
    years = (year for year in range(near + 2, near - 3, -1) if FIRST_YEAR <= year <= LAST_YEAR)
    if written:
        return next((year for year in years if _month(year, number)[0].year == gregorian), None)
    return next((year for year in years if _month(year, number)[0] <= report_date), None)


def _month(year: int, number: int) -> tuple[date, int]:
    """The first day of an Islamic month and its length in days."""
    from hijridate import Hijri

    first = Hijri(year, number, 1)
    start = first.to_gregorian()
    return date(start.year, start.month, start.day), first.month_length()
