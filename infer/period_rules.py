"""The grammar of period expressions, over the spelling of `infer.calendar_words`.

Each rule is a pattern for the whole expression and a function of the match and the clues, which
calls `interpret` again for what the expression contains ("since X", "the first half of X"). What
no rule reads is None.
"""

import re

from infer import intervals
from infer import relative_periods as relative
from infer.calendar_words import YEAR
from infer.intervals import calendar_unit, interval, plus
from infer.plain_dates import Clues, chain, parse, place, relative_year
from infer.schema import Interval


def interpret(text: str, clues: Clues) -> Interval | None:
    """The interval that the whole of `text` means, None where it means none or cannot be told."""
    if plain := parse(text, clues):
        return place(plain, clues)
    for pattern, rule in _RULES:
        if match := pattern.fullmatch(text):
            return rule(match, clues)
    return None


def embedded(text: str, clues: Clues) -> Interval | None:
    """The one date that stands among words of another kind, if they tie it to nothing ("anniversary of")."""
    words = text.split()
    for length in range(min(len(words) - 1, _WINDOW), 0, -1):
        for start in range(len(words) - length + 1):
            end = start + length
            window, rest = words[start:end], words[:start] + words[end:]
            beside = words[max(start - 1, 0) : start] + words[end : end + 1]
            if not _is_date(window) or any(map(_EDGE.fullmatch, beside)):
                continue
            if found := interpret(" ".join(window), clues):
                return None if any(_MONTH.fullmatch(w) or w in _TIES for w in rest) else found
    return None


def _is_date(words: list[str]) -> bool:
    edges = _EDGE.fullmatch(words[0]) and _EDGE.fullmatch(words[-1])
    return bool(edges) and any(map(_MONTH.fullmatch, words))


_WINDOW = 12
_MONTH = re.compile(r"m\d+")
_EDGE = re.compile(rf"[mw]?\d{{1,2}}o?|{YEAR}|from|between|until")
_TIES = {"since", "after", "before", "until", "from", "anniversary", "ago", "later", "earlier", "prior"}
_TIES |= {"half", "quarter", "week", "weeks", "past", "last", "next"}


def _since(m, clues):
    start, report = interpret(m["x"], clues) or embedded(m["x"], clues), clues.report_date
    if not start and not m[0].startswith("since "):
        return None
    first = start and start.start
    return interval(first, report if not first or not report or first <= report else None)


def _until(m, clues):
    end = _whole(m, clues)
    return end and interval(None, end.end)


def _before(m, clues):
    end = interpret(m["x"], clues)
    return end and end.start and interval(None, plus(end.start, "day", -1))


def _to_date(m, clues):
    return interval(None, clues.report_date)


def _same(m, clues):
    return interpret(m["x"], clues)


def _after(m, clues):
    start = interpret(m["x"], clues)
    first, report = start and start.end and plus(start.end, "day", 1), clues.report_date
    return first and interval(first, report if report and first <= report else None)


def _range(m, clues):
    """ "From A to B": the first day of A to the last of B; ends told in the wrong order are put right."""
    ends = _each([m["a"], m["b"]], clues)
    if not all(ends):
        return None
    left, right = ends
    if left.start and right.end and left.start > right.end:
        left, right = right, left
    return interval(left.start, right.end)


def _list(m, clues):
    """ "A, B and C": from the first day to the last."""
    days = _each(re.split(" [&-] ", m["x"]), clues)
    if not all(i and i.start and i.end for i in days):
        return None
    return interval(min(i.start for i in days), max(i.end for i in days))


def _each(parts: list[str], clues: Clues) -> list[Interval | None]:
    """The members of a range or list; "the end of the month" is that of the date before it."""
    plains = [parse(part, clues) for part in parts]
    if all(plains):
        return chain(plains, clues)
    found = []
    for part in parts:
        unit = re.fullmatch("some of the (year|month|week)", part)
        last = found[-1].start if unit and found and found[-1] else None
        found.append(calendar_unit(unit[1], last) if last else interpret(part, clues))
    return found


def _short_years(m, clues):
    first, last = int(m["a"]), int(m["a"][:2] + m["b"])
    return interval(intervals.year(first).start, intervals.year(last).end) if first < last else None


def _night_into(m, clues):
    end = interpret(m["x"], clues)
    start = end and end.granularity == "day" and plus(end.start, "day", -1)
    return interval(start, end.end) if start else None


def _whole(m, clues):
    """What a part is taken from: "the year", "this year" and "last year" are whole here."""
    words = m["x"]
    if not words:
        return clues.topic("month")
    if unit := re.fullmatch(r"(this |the |(?:the )?current )?(year|month|week|quarter)", words):
        near = clues.earlier[0] if clues.earlier else None
        if near and near.granularity == unit[2] and unit[1] == "the ":
            return near
        return calendar_unit(unit[2], clues.report_date) if clues.report_date else None
    if re.fullmatch(r"(?:the )?(?:last|previous|next|same) year|that year", words):
        year = relative_year(words, clues)
        return year and intervals.year(year)
    return interpret(words, clues)


def _piece(m, clues):
    """A half or quarter of a year, a half of a month; without a year the latest one that has begun."""
    size = 6 if m["kind"].startswith("h") else 3
    number = 12 // size if m["no"] in ("last", "final") else int(m["no"])
    if m["x"]:
        whole = _whole(m, clues)
        return whole and _cut(whole, size, number)
    if not clues.report_date:
        return None
    years = (clues.report_date.year, clues.report_date.year - 1)
    pieces = (_cut(intervals.year(year), size, number) for year in years)
    return next((piece for piece in pieces if piece and piece.start <= clues.report_date), None)


def _cut(whole: Interval, size: int, number: int) -> Interval | None:
    """Part `number` of a year in parts of `size` months, or a half of a month (its first 15 days)."""
    if whole.granularity == "year" and 0 < number * size <= 12:
        return intervals.months(whole.start.year, size * (number - 1) + 1, size * number)
    if whole.granularity == "month" and size == 6 and number in (1, 2):
        middle = whole.start.replace(day=15)
        return interval(whole.start, middle) if number == 1 else interval(plus(middle, "day", 1), whole.end)
    return None


def _units_of(m, clues):
    """ "The first two weeks of X", "the last ten days of X"."""
    whole = _whole(m, clues)
    count = int(m["n"] or 1)
    if not whole or not whole.start or not whole.end or not count:
        return None
    if m["no"] == "1o":
        after = plus(whole.start, m["unit"], count)
        return after and interval(whole.start, min(plus(after, "day", -1), whole.end))
    start = plus(plus(whole.end, "day", 1), m["unit"], -count)
    return start and interval(max(start, whole.start), whole.end)


def _nth_unit(m, clues):
    """ "The second week of August": its days 8 to 14."""
    whole = _whole(m, clues)
    number = int(m["no"])
    if not whole or not whole.start or not whole.end or not number:
        return None
    start, after = plus(whole.start, m["unit"], number - 1), plus(whole.start, m["unit"], number)
    return interval(start, min(plus(after, "day", -1), whole.end)) if after and start <= whole.end else None


def _week_to(m, clues):
    end = interpret(m["x"], clues)
    return end and end.granularity == "day" and interval(plus(end.start, "day", -6), end.end) or None


def _week_from(m, clues):
    start = interpret(m["x"], clues)
    return start and start.granularity == "day" and interval(start.start, plus(start.start, "day", 6)) or None


def _week_of(m, clues):
    day = interpret(m["x"], clues)
    return day and day.granularity == "day" and calendar_unit("week", day.start) or None


def _decade(m, clues):
    return interval(intervals.year(int(m["y"])).start, intervals.year(int(m["y"]) + 9).end)


_UNIT = r"(?P<unit>day|weekend|week|month|quarter|year|decade)s?"
_COUNT = r"(?P<n>\d+|an?)"
_NOW = r"(?:(?:to|until|-) )+(?:date|now|(?:the )?present|(?:the )?moment|this day)"
_ONE = r"(?P<unit>week|month|quarter|year|decade)"
_BACK = r"(?:the |that |this )?(?:same |said |above |entire |whole )*"
_STRETCH = r"(?:period|week|month|quarter|year|time ?frame)"
_LIKE = r"(?:same|corresponding|comparable|equivalent|similar)"
_OF = r"(?: (?:of|in|during|from|for))?"
_EARLIER = (
    rf"(?:(?P<year>{YEAR})|(?:last|previous|preceding|past|prior|an?|1) (?P<by>year|month|week|quarter)"
    r"(?: (?:earlier|before|ago|previously))?|year (?:before|earlier))"
)
_ENDING = r"(?:after|before|earlier|later|prior|previously|afterwards)"
_RULES = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        # from where the report stands
        (r"today|this day|now", relative.offset_day(0)),
        (r"yesterday", relative.offset_day(-1)),
        (r"(?:the )?day before yesterday", relative.offset_day(-2)),
        (r"tomorrow", relative.offset_day(1)),
        (r"(?:the )?(?:day|night) before last", relative.offset_day(-2)),
        (r"(?P<x>today|yesterday|tomorrow) w\d", _same),
        (r"overnight|(?:the )?past (?:night|day)", relative.overnight),
        (
            r"(?:the |this )?(?P<which>last|past|previous|this|next|coming)? ?w(?P<w>\d)"
            r"(?: (?:of )?(?:the )?(?P<week>last|this|next|previous|past) week)?",
            relative.weekday,
        ),
        (r"(?:the )?(?:past|last|previous|latest) (?P<n>\d+) hours?(?: period)?", relative.hours),
        (r"(?:the )?(?:following|next) w(?P<w>\d)", relative.following_weekday),
        (r"(?:the )?(?P<way>previous|preceding) (?P<unit>day)", relative.following),
        (rf"(?:last|(?:the )?(?P<again>previous|preceding)) {_ONE}", relative.calendar_before),
        (rf"(?:the |this )?(?:past|last) {_ONE}(?: period)?", relative.past_unit),
        (rf"(?:the )?(?:past|last|previous|preceding) (?P<n>\d+) {_UNIT}(?: period)?", relative.past_units),
        (r"(?:the |this )?(?:(?P<last>last|past|previous) )?weekend", relative.weekend),
        (rf"(?:so far )?(?:the )?(?:this|current|present) {_UNIT}(?: so far| to date)?", relative.this),
        (r"(?P<unit>year|month|week) to date", relative.this),
        (rf"next {_UNIT}", relative.next_unit),
        (rf"{_COUNT} {_UNIT} ago", relative.ago),
        (r"last (?P<x>m\d+)", relative.last_month_named),
        # from an earlier mention
        (rf"{_BACK}(?:reporting|reported|review) {_STRETCH}", relative.reporting_period),
        (rf"{_BACK}{_STRETCH} (?:under \w+|covered|of reporting)", relative.reporting_period),
        (rf"{_BACK}(?:period|time ?frame|interval)|(?:the )?same time", relative.same_period),
        (rf"(?:the|that|the same|same|that same|the said) (?:entire |whole )?{_UNIT}", relative.back),
        (rf"(?:the )?{_LIKE} (?:\d+ )?(?P<what>\w+){_OF}(?: the)? {_EARLIER}", relative.corresponding),
        (rf"(?:the )?{_UNIT} (?P<way>{_ENDING})", relative.following),
        (rf"(?:the )?(?P<way>next|following|subsequent) {_UNIT}", relative.following),
        (rf"{_COUNT} {_UNIT} (?P<way>{_ENDING})", relative.later),
        # parts
        (r"some of (?P<x>.+)", _whole),
        (r"(?:the )?(?P<no>\d(?=o)|last|final)o? (?P<kind>half|quarter)(?: (?:of |in )?(?P<x>.+))?", _piece),
        (rf"(?P<kind>[hq]) ?(?P<no>[1-4])(?: (?:of )?(?P<x>{YEAR}|(?:this|last) year))?", _piece),
        (rf"(?P<x>{YEAR}) (?P<kind>[hq]) ?(?P<no>[1-4])", _piece),
        (rf"(?:the )?(?P<no>1o|last|final) (?:(?P<n>\d+) )?{_UNIT} (?:of |in )?(?P<x>.+)", _units_of),
        (rf"(?:the )?(?P<no>\d+)o {_UNIT} (?:of |in )?(?P<x>.+)", _nth_unit),
        (r"(?:the )?(?P<no>\d+)o (?P<unit>day|week)(?P<x>)", _nth_unit),
        (r"(?:the )?week (?:ending|ended|to) (?P<x>.+)", _week_to),
        (r"(?:the )?week (?:beginning|starting|commencing|from) (?P<x>.+)", _week_from),
        (r"(?:the )?week (?:of )?(?P<x>.*\d.*)", _week_of),
        (rf"(?:the )?(?P<y>{YEAR[:-2]}0)s", _decade),
        # ranges and open ends
        (r"overnight into (?P<x>.+)", _night_into),
        (rf"(?P<a>{YEAR}) - (?P<b>\d\d)", _short_years),
        (rf"(?:(?:from|since|starting|beginning) )+(?P<x>.+?) {_NOW}", _since),
        (r"(?:from |since )*between (?P<a>.+?) (?:&|-|to|until) (?P<b>.+)", _range),
        (r"(?P<x>[^&]+ & .+)", _list),
        (r"(?:(?:from|since|starting|beginning) )*(?P<a>.+?) (?:(?:to|until|-) )+(?P<b>.+)", _range),
        (r"(?:(?:from|since|starting|beginning) )+(?P<x>.+?)(?: onwards?| on| and on)?", _since),
        (r"to date|until now", _to_date),
        (r"(?:until|by|as of|as at|no later than) (?P<x>.+)", _until),
        (r"(?:before|prior to) (?P<x>.+)", _before),
        (r"after (?P<x>.+)", _after),
    )
)
