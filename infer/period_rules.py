"""The grammar of period expressions, over the spelling of `infer.calendar_words`.

Each rule is a pattern for the whole expression and a function of the match and the clues, which
calls `interpret` again for what the expression contains ("since X", "the first half of X"). What
no rule reads is None.
"""

import re

from infer import hijri, intervals
from infer import period_parts as parts
from infer import pointing_periods as pointing
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
    return hijri.read(text, clues.report_date)


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
    """ "Since X", "since X opened in 2015"; an event or an Islamic month without a year has no start."""
    words, report = m["x"], clues.report_date
    start = interpret(words, clues) or embedded(words, clues)
    if not start and (told := re.fullmatch(rf".+ in ({YEAR})", words)):
        start = interpret(told[1], clues)
    if not start and not m[0].startswith("since "):
        return None
    undated = hijri.read(words, report) and not hijri.read(words, None)
    first = start and not undated and start.start or None
    return interval(first, report if not first or not report or first <= report else None)


def _until(m, clues):
    end = _whole(m, clues)
    return end and interval(None, end.end)


def _before(m, clues):
    end = interpret(m["x"], clues)
    return end and end.start and interval(None, plus(end.start, "day", -1))


def _so_far(m, clues):
    """ "2024 to date": what of it has passed."""
    whole, report = interpret(m["x"] or m["y"], clues), clues.report_date
    return whole and interval(whole.start, report if report and report >= whole.start else None)


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
    left, right = ends
    if not left and right and re.match("from |since ", m[0]):
        return interval(None, right.end)
    if not left or not right:
        return None
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
    """What a part is taken from: "the year", "this year" and "last year" are whole here.

    "The start of the year" in an undated report is that of the year (month, week) of the date before it.
    """
    words = m["x"]
    if unit := re.fullmatch(r"(this |the |(?:the )?current )?(year|month|week|quarter)", words):
        near = clues.earlier[0] if clues.earlier else None
        if near and near.granularity == unit[2] and unit[1] == "the ":
            return near
        if clues.report_date:
            return calendar_unit(unit[2], clues.report_date)
        told = unit[1] == "the " and near and near.start and near.end
        around = calendar_unit(unit[2], near.start) if told else None
        return around if around and near.end <= around.end else None
    if re.fullmatch(r"(?:the )?(?:last|previous|next|same) year|that year", words):
        year = relative_year(words, clues)
        return year and intervals.year(year)
    return interpret(words, clues)


def _of(part):
    """The rule for a part of X, which is read first."""

    def rule(m, clues):
        return part(m, _whole(m, clues) if m["x"] else parts.told(m.groupdict().get("unit"), clues), clues)

    return rule


_PIECE = r"(?P<kind>half|quarter)s?"
_OF_X = r"(?: (?:of |in )?(?P<x>.+))"
_SINGLE = r"(?P<unit>day|weekend|week|month|quarter|year|decade)"  # "days later" is no day
_UNIT = _SINGLE + "s?"
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
_NEXT = "next|following|subsequent|preceding|previous"
_ENDING = r"(?:after|followed|before|earlier|later|prior|previously|afterwards)"
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
        (r"(?:the )?(?:following|next) w(?P<w>\d)", pointing.following_weekday),
        (r"(?:the )?(?P<way>previous|preceding) (?P<unit>day)", pointing.following),
        (rf"(?:last|(?:the )?(?P<again>previous|preceding)) {_ONE}", relative.calendar_before),
        (r"the last (?P<again>)(?P<unit>quarter)", relative.calendar_before),
        (rf"(?:the |this )?(?:past|last) {_ONE}(?: period)?", relative.past_unit),
        (rf"(?:the )?(?:past|last) (?P<n>\d+) {_UNIT}(?: period)?", relative.past_units),
        (r"(?:the |this )?(?:(?P<last>last|past|previous) )?weekend", relative.weekend),
        (rf"(?:so far )?(?:the )?(?:this|current|present) {_UNIT}(?: so far| to date)?", relative.this),
        (r"(?P<unit>year|month|week|quarter) (?:to date|so far)", relative.this),
        (rf"(?P<x>{YEAR}|m\d+(?: {YEAR})?) (?:{_NOW}|so far)|so far in (?P<y>{YEAR}|m\d+)", _so_far),
        (rf"next {_UNIT}", relative.next_unit),
        (rf"{_COUNT} {_UNIT} ago", relative.ago),
        (r"last (?P<x>m\d+)", relative.last_month_named),
        # from an earlier mention
        (rf"{_BACK}(?:reporting|reported|review) {_STRETCH}", pointing.reporting_period),
        (rf"{_BACK}{_STRETCH} (?:under \w+|covered|of reporting)", pointing.reporting_period),
        (rf"{_BACK}(?:period|time ?frame|interval|span|stretch|time|hours?|days)", pointing.same_period),
        (r"(?:the |those |these )?(?:same )?(?:weeks|months|quarters|years)", pointing.same_period),
        (rf"(?:the|that|the same|same|that same|the said) (?:entire |whole )?{_UNIT}", pointing.back),
        (r"(?:the |that )?(?:same |that )(?P<x>m\d+|w\d)", pointing.back_named),
        (rf"(?:(?:the|those|these|that|this|same) )*(?P<n>\d+|both) {_UNIT}", pointing.back_many),
        (r"(?:that|the same) day & (?:the )?next(?: day)?", pointing.that_day_and_next),
        (r"since then", pointing.since_then),
        (rf"(?:the )?{_LIKE} (?:\d+ )?(?P<what>\w+){_OF}(?: the)? {_EARLIER}", pointing.corresponding),
        (rf"(?:the )?{_SINGLE} (?:that )?(?P<way>{_ENDING})(?: that| this| it)?", pointing.following),
        (rf"(?:the )?(?P<way>next|following|subsequent) {_SINGLE}", pointing.following),
        (rf"the (?P<n>\d+) {_UNIT} (?:that )?(?P<way>{_ENDING})(?: that| this)?", pointing.many_beside),
        (rf"the (?P<way>{_NEXT}) (?P<n>\d+) {_UNIT}", pointing.many_beside),
        (rf"{_COUNT} {_UNIT} (?P<way>{_ENDING})(?: that| this)?", pointing.later),
        # parts
        (r"some of (?P<x>.+)", _whole),
        (rf"(?:the )?(?P<no>\d(?=o)|last|final)o? {_PIECE}{_OF_X}?", _of(parts.piece)),
        (rf"(?:the )?(?P<a>\d)o & (?P<b>\d)o {_PIECE}{_OF_X}?", _of(parts.pieces)),
        (rf"(?P<kind>[hq]) ?(?P<no>[1-4])(?: (?:of )?(?P<x>{YEAR}|(?:this|last) year))?", _of(parts.piece)),
        (rf"(?P<x>{YEAR}) (?P<kind>[hq]) ?(?P<no>[1-4])", _of(parts.piece)),
        (r"(?:the )?(?P<no>\d{1,2})o?(?: of)? (?P<x>(?:this|that|the same|last) month)", _of(parts.day_of)),
        (r"(?:the )?(?P<no>\d)o piece", pointing.another_piece),
        (rf"(?:the )?(?P<no>1o|last|final) (?:(?P<n>\d+) )?{_UNIT}{_OF_X}", _of(parts.units_of)),
        (rf"(?:the )?(?P<no>1o|last|final|middle) (?P<n>\d+) {_UNIT}(?P<x>)", _of(parts.units_of)),
        (rf"(?:the )?(?P<no>\d+)o {_UNIT}{_OF_X}", _of(parts.nth_unit)),
        (r"(?:the )?(?P<no>\d+)o (?P<unit>week)(?P<x>)", _of(parts.nth_unit)),
        (r"(?:the )?(?P<n>)(?P<unit>week) (?:ending|ended) (?P<x>.+)", _of(parts.up_to)),
        (rf"(?:the )?(?:(?P<n>\d+) )?{_UNIT} (?:up )?(?:to|until) (?P<x>.+)", _of(parts.up_to)),
        (r"(?:the )?(?:reporting )?(?:week|period) (?:from )?(?P<x>\S*\d.* (?:to|until|-) .*\d.*)", _same),
        (r"(?:the )?week (?:beginning|starting|commencing|from) (?P<x>.+)", _of(parts.week_from)),
        (
            r"(?:the )?(?:(?:past|last) )?(?P<n>\d+) hours? (?:ending|ended|to|until|before) (?P<x>.+)",
            _of(parts.hours_to),
        ),
        (
            rf"(?:the )?week (?:no |number )?(?P<no>\d{{1,2}})(?: (?:of )?(?P<year>{YEAR}))?",
            relative.week_numbered,
        ),
        (r"(?:the )?week (?:of )?(?P<x>.*\d.*)", _of(parts.week_of)),
        (rf"(?:the )?(?P<y>{YEAR[:-2]}0)s(?P<x>)", _of(parts.decade)),
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
