"""What the words around a period say of it: that it is to come, compared with, or when something was said."""

import re
from dataclasses import replace

from infer.blocks import Layout
from infer.lexicon import SPOKEN, phrases
from infer.plain_dates import Clues
from infer.schema import Interval, Span

_WINDOW = 80  # characters before or after a period that are looked at
_ISSUE = """
    issue, update, number, edition, bulletin, digest, sheet, report, log, call, briefing, meeting, session,
    note
"""
_SET = """
    due, set for, slated for, waited for, awaited, is scheduled, are scheduled, is planned, are planned,
    is expected, are expected, is fixed, is to, are to
"""
_BEGIN = """
    begins?, starts?, resumes?, opens?, ends?, expires?, runs?, falls?, follows?, is held, are held, is taken,
    takes place, take place
"""
_OUTLOOK = "outlook, forecast, upcoming, coming up, looking ahead, look ahead, what to watch"
_REACHES = r"(?:(?:again |only |on |or |about |by |until |till |for |from |before |in )*)"
_COMING = re.compile(
    rf"\bnext (?:\w+ )?{phrases(_ISSUE)}\b(?: is| on| will be| follows| due| out)*[\s:,–—-]+(?:on )?$"
    r"|\b(?:next|coming) \w+ (?:is|falls|follows|comes) (?:due )?(?:on )?$|\bnext \w+ $"
    r"|\b(?:will|shall|must)\b(?: [\w'’-]+){1,8} (?:by|until|till|before|from) $"
    r"|\b(?:will|shall)\b(?: (?!of\b)[\w'’-]+){1,6} on $"
    rf"|\b{phrases(_SET)}(?: [\w'’-]+){{0,4}} {_REACHES}$"
    rf"|\b{phrases(_BEGIN)} {_REACHES}$"
    rf"|\b{phrases(_OUTLOOK)}\b[^.;]*$",
    re.I,
)
_IS_TO_COME = re.compile(r"\s+(?:is|are|will)\b", re.I)
_COUNT = r"(?:\d[\d,.]*|[a-z]+(?:-[a-z]+)?)"
_COMPARED = re.compile(
    rf"\b(?:from|than|against|compared (?:with|to)|versus|vs\.?|as in)"
    rf"(?: (?:the |some |about |only )?{_COUNT}(?: \w+){{0,3}})? (?:in |for |during |over |of )?(?:the )?$",
    re.I,
)
_STANDS_BACK = re.compile(r"\b(?:before|earlier|previous|preceding|prior|last year|corresponding)\b", re.I)


class Mentions:
    """The dated mentions of a text so far, as clues to the next one."""

    def __init__(self, text: str, layout: Layout):
        self.text, self.layout = text, layout
        self.told: list[tuple[Span, Interval]] = []  # nearest first
        self.asides: set[Span] = set()

    def add(self, span: Span, interval: Interval) -> None:
        self.told.insert(0, (span, interval))
        if is_aside(self.text, span, self.layout):
            self.asides.add(span)

    def clues(self, span: Span, base: Clues) -> Clues:
        """`base` with what stands before `span`: those that are mentioned aside come last."""
        number = self.layout.sentence_of(span)
        block = self.layout.sentences[number].block
        straight = [(s, i) for s, i in self.told if s not in self.asides]
        aside = [(s, i) for s, i in self.told if s in self.asides]
        sentence_of = self.layout.sentence_of
        sentence = [i for s, i in self.told if sentence_of(s) == number]
        return replace(
            base,
            earlier=tuple(i for _, i in [*straight, *aside]),
            paragraph=tuple(i for s, i in straight if self.layout.sentences[sentence_of(s)].block == block),
            sentence=tuple(sentence),
            sentence_year=sentence[0].start.year if sentence and sentence[0].granularity == "year" else None,
        )


def is_coming(text: str, span: Span, layout: Layout) -> bool:
    """Whether the sentence says that a day is one to come ("Next issue: 3 May", "is due on Friday")."""
    before, after = _around(text, span, layout)
    return bool(_COMING.search(before) or not before.strip() and _IS_TO_COME.match(after))


def is_aside(text: str, span: Span, layout: Layout) -> bool:
    """Whether a period is only compared with ("from 42 in May", "the month before") or dates a saying."""
    before, _ = _around(text, span, layout)
    quote = span.text(text)
    return bool(_COMPARED.search(before) or SPOKEN.search(before) or _STANDS_BACK.search(quote))


def _around(text: str, span: Span, layout: Layout) -> tuple[str, str]:
    """What stands before and after a period in its sentence, white space as single blanks."""
    sentence = layout.sentences[layout.sentence_of(span)]
    before = text[max(sentence.start, span.start - _WINDOW) : span.start]
    after = text[span.end : max(min(sentence.end, span.end + _WINDOW), span.end)]
    return re.sub(r"\s+", " ", before), re.sub(r"\s+", " ", after)
