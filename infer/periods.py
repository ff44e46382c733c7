"""When: the words of a PERIOD span, in its document, to an inclusive interval of days.

What the words leave out comes from the report date, from what stands before them in the text and
from the headline; where that does not settle it, the interval stays open or empty. The clock of
the machine is never read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest

from infer import blocks, calendar_words, hijri
from infer.number_words import MONTH
from infer.period_context import Mentions, is_coming
from infer.period_rules import embedded, interpret
from infer.plain_dates import Clues
from infer.report_date import find_report_date
from infer.schema import Interval, Span

__all__ = ["Clues", "find_report_date", "read", "resolve"]

UNKNOWN = Interval()
NO_CLUES = Clues()
CLOCK = re.compile(r"(?<=\w)\s+at\s+(?:[01]\d|2[0-3])[0-5]\d\b(?:\s*(?:hours|hrs|gmt|local time))?", re.I)
LONGEST = 200  # characters; what is longer is no date expression
# "since the outbreak of war on [15 April 2023]": the words up to the date.
SINCE_EVENT = re.compile(
    r"\bsince\s+(?:(?:the|its|their)\s+)?(?:beginning|start|outbreak|outset|launch|onset|eruption|fall|takeover)"
    r"\s+of\s+(?!(?:the\s+|this\s+|that\s+)?(?:year|month|week|quarter|period)\b)"
    r"(?:(?!(?:and|with|were|was|there|have|has|had|killed|more)\b)[^\W\d][\w'’\"“”-]*\s+){1,6}?(?:in|on)\s+\Z",
    re.I,
)
REACH = 100  # characters before a date in which "since" is looked for
LONGEST_LENT = timedelta(366)
AGES = re.compile(r"(?:(?:ever )?since|from|until|before|after)\s+(?:the year )?\d{4}", re.I)
VAGUE = re.compile(r"\b(?:recent|later|earlier|ago|soon)", re.I)
EXPLAINED = re.compile(
    r"\s*[,(–—-]\s*(?:(?:more\s+)?(?:precisely|exactly|specifically)|namely|that\s+is,?|i\.e\.,?|or|on)?\s*",
    re.I,
)
TOPIC_AGE = timedelta(62)  # what a headline names is the report's own if it ended no longer ago


def read(quote: str, clues: Clues = NO_CLUES) -> Interval:
    """The interval that the words mean, given what `clues` tell of the document; both ends None if none."""
    if len(quote) > LONGEST:
        return UNKNOWN
    quote = CLOCK.sub("", quote)
    if found := hijri.read(quote, clues.report_date):
        return found
    day_first = clues.day_first
    if day_first is None:
        day_first = calendar_words.order_of(quote, [quote])
    found = _as_spelt(quote, day_first, clues)
    return found or _as_spelt(calendar_words.respelt(quote), day_first, clues) or UNKNOWN


def _as_spelt(quote: str, day_first: bool | None, clues: Clues) -> Interval | None:
    words = calendar_words.canonical(quote, day_first)
    if calendar_words.OPEN_ORDER in words:
        return UNKNOWN
    return interpret(words, clues) or embedded(words, clues)


def resolve(text: str, spans: Iterable[Span], report_date: date | None) -> dict[Span, Interval]:
    """The interval of every PERIOD span of a document, told in the order of the text.

    Without a report date the year of "8 January" comes from the headline or dateline, else from the
    nearest dated mention; without either the interval is empty.
    """
    spans = sorted(span for span in spans if span.label == "PERIOD")
    layout = blocks.layout(text, spans)
    words = {span: _with_opening(text, span) for span in spans}
    base = Clues(report_date, day_first=calendar_words.order_of(text, words.values(), report_date))
    dated = {span: read(words[span], replace(base, report_date=None)) for span in spans}
    lenders = {span: told for span, told in dated.items() if _lends_year(words[span], told)}
    first = {span: read(words[span], base) for span in spans}
    stamps = {span for span in spans if first[span].granularity == "day" and _is_stamp(span, layout)}
    opening = [span for span in spans if span not in stamps and span.start < _lead_end(layout)]
    heads = [span for span in spans if span in stamps or _is_headline(span, layout)]
    topics = tuple(_topics(words, opening, first, report_date))
    sentence = {span: layout.sentence_of(span) for span in spans}
    days = [(sentence[s], first[s].start) for s in spans if _names_day(words[s], first[s])]
    mentions = Mentions(text, layout)
    found: dict[Span, Interval] = {}
    for span, after in zip_longest(spans, spans[1:]):
        clues = replace(
            mentions.clues(span, base),
            topics=() if span in stamps else topics,
            dated=_year_source(span, heads, lenders),
            sentence_days=tuple(day for number, day in days if number == sentence[span]),
            coming=is_coming(text, span, layout),
        )
        found[span] = _in_apposition(text, span, after, first) or read(words[span], clues)
        if found[span].granularity and span not in stamps:
            mentions.add(span, found[span])
    return _explained(text, found)


def _with_opening(text: str, span: Span) -> str:
    """The words of a span, with a "since" before and an "of that year" after it that were left out."""
    before = re.search(r"\b(?:since|until)\s+$", text[max(span.start - 10, 0) : span.start], re.I)
    before = before or SINCE_EVENT.search(text, max(span.start - REACH, 0), span.start)
    after = re.match(r"\s+of (?:that|the same) year\b", text[span.end : span.end + 20], re.I)
    return (f"{before[0].split()[0]} " if before else "") + span.text(text) + (after[0] if after else "")


def _in_apposition(text: str, span: Span, after: Span | None, first: dict[Span, Interval]) -> Interval | None:
    """The day that the next mention gives to a pointing one ("two days later, on 3 May")."""
    if not after or not re.fullmatch(r",\s+(?:on\s+)?", text[span.end : after.start]):
        return None
    pointing = re.search(r"\b(?:later|earlier|after|before|next|following|previous)\b", span.text(text), re.I)
    return first[after] if pointing and first[after].granularity == "day" else None


def _explained(text: str, found: dict[Span, Interval]) -> dict[Span, Interval]:
    """With the dates that a text gives right after a mention which has none for us, wherever its words stand.

    "Week 10 (4 to 10 March)", "the past six days, precisely from 14 to 19 October".
    """
    told = {
        span.text(text).casefold(): found[after]
        for span, after in pairwise(found)
        if found[span] == UNKNOWN != found[after]
        and EXPLAINED.fullmatch(text, span.end, after.start)
        and not VAGUE.search(text, span.start, span.end)
    }
    return {
        span: told.get(span.text(text).casefold(), own) if own == UNKNOWN else own
        for span, own in found.items()
    }


def _is_stamp(span: Span, layout: blocks.Layout) -> bool:
    """Whether a span stands in a dateline or a stamp, which nothing in the text points back to."""
    block = next((b for b in layout.blocks if b.start <= span.start < b.end), None)
    return bool(block) and (block.kind == "dateline" or block.kind == "paragraph" and span.start < block.body)


def _is_headline(span: Span, layout: blocks.Layout) -> bool:
    return any(b.kind == "headline" and b.start <= span.start < b.end for b in layout.blocks)


def _lead_end(layout: blocks.Layout) -> int:
    """Where the first paragraph ends, or the headline where there is none."""
    lead = next((block.end for block in layout.blocks if block.kind == "paragraph"), None)
    return lead or max((block.end for block in layout.blocks if block.kind == "headline"), default=0)


def _topics(
    words: dict[Span, str], opening: list[Span], first: dict[Span, Interval], report_date: date | None
) -> Iterator[Interval]:
    """The stretches of time that the headline and the lead name as the report's own."""
    for span in opening:
        own = first[span]
        named = re.search(rf"\d|{MONTH}", words[span], re.I)
        open_ended = re.match("since|until", words[span], re.I) or not own.start or not own.end
        if not named or open_ended or own.granularity == "day":
            continue
        if not report_date or own.start <= report_date <= own.end + TOPIC_AGE:
            yield own


def _names_day(words: str, interval: Interval) -> bool:
    """Whether the words tell a day in figures."""
    return interval.granularity == "day" and bool(re.search(r"\d", words))


def _lends_year(words: str, interval: Interval) -> bool:
    """Whether a dated mention tells of which year the report is: no decade does, nor "since 2011"."""
    ends = interval.start, interval.end
    long = all(ends) and ends[1] - ends[0] > LONGEST_LENT
    return bool(interval.granularity) and not long and not AGES.fullmatch(words)


def _year_source(span: Span, heads: list[Span], lenders: dict[Span, Interval]) -> Interval | None:
    """The dated mention that lends `span` its year: of the headline or dateline, else the nearest."""
    own = [s for s in heads if s in lenders] or lenders
    near = min(own, key=lambda s: (abs(s.start - span.start), s.start), default=None)
    return near and lenders[near]
