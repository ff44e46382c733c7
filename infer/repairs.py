"""Spans as the tagger found them → spans that keep to the annotation rules where words alone settle it.

A tagger that errs on a name may still be set right by what is certain: a control area is one place,
a party that the table knows is no place, "an attack" is no count, "five fewer" counts nothing, a clock's
minutes are no casualties, the counter of a page's readers, between headline and text, counts no deeds, the
second in which an image was made dates none, who has a caliphate is no place, a dash, a comma or half of a
possessive after a name is no part of it, "between 4 and 7 men" is one count, and what goes on
before a place's name in capitals belongs to it where a place of the whole name is known.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from infer import actors, gazetteer, numbers
from infer.schema import FIGURES, Span

CONTROL = re.compile(
    r"\b(?:areas?|regions?|territor(?:y|ies)|parts|zones?|towns|villages)\s+"
    r"(?:(?:that\s+are\s+)?under\s+(?:the\s+)?control\s+of|controlled\s+by|held\s+by|run\s+by|occupied\s+by)\s+(?:the\s+)?",
    re.I,
)
BORDER = re.compile(r"\b(?:\w+\s+)?border\s+between\s+(?:the\s+)?", re.I)
AND = re.compile(r"\s+and\s+(?:the\s+|its\s+)?", re.I)
ONE = re.compile(
    r"(?:an?|the)\s+(?!(?:total|series|number|dozen|few|couple|pair|score|hundred|handful|wave)\b)", re.I
)
DIFFERENCE = re.compile(
    r"(?!no\b)\w+\s+(?:fewer|more|less)\s+(?:\w+\s+)?than\b", re.I
)  # "five fewer raids than"
COUNTER = re.compile(r"\d[\d.,]*(?:[ \t]*\n[ \t]*\d[\d.,]*)*")  # lines that hold nothing but a number
STAMP = re.compile(
    r"\b(?:image|photo|picture|screenshot|file|page)s?\b[^\n]{0,100}?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d",
    re.I,
)
NAMES = ("ACTOR", "LOCATION")
EDGES = '-–—,;:•·*"“”' + " \t\r\n"  # what no span begins or ends with
OPENS = re.compile(r"(?:(?:and/or|and|or)\s+|/\s*)+(?=\S)", re.I)  # what no name begins with
# All that a span without a name, a number or a date holds.
FUNCTION_WORDS = re.compile(
    r"(?:\b(?:[Tt]he|of|in|on|at|to|from|by|for|with|since|until|during|between|and|or|also|this|that)\b|[\W_])+"
)
COUNTED = re.compile(
    r"\d|\b(?:one|once|an?|another|single|sole|solitary|lone|twin|double|first|each|every|other)\b", re.I
)
BLANK = re.compile(r"\n\s*\n")
LABEL_WORDS, PROSE_WORDS = 4, 12  # what stands over a figure as its label has no more, a sentence no fewer
REACH = 1000  # characters around a number in which its neighbours are looked at
CALIPH = re.compile(r"['’]s\s+(?:[\w-]+\s+)?[“\"]?caliphate\b", re.I)  # whose it is, is a person
CUT_POSSESSIVE = re.compile(r"['’]s\b")  # at the last character of a span: "Al-Marri’" of "Al-Marri’s"
INSIDE_NUMBER = re.compile(r"\d[:.,]$")
# What the first half of a torn span ends with, up to the second half.
TORN_RANGE = re.compile(r".*\bbetween\s+\S+\s+(?:and|to)\s+", re.I | re.S)
TORN_PERIOD = re.compile(
    r".*\b(?:(?:in|of|from|since|until|during)\s+|between\s(?:(?!\sand\s).)+\sand\s+)", re.I | re.S
)
TORN = {"CASUALTY": TORN_RANGE, "ATTACK_COUNT": TORN_RANGE, "PERIOD": TORN_PERIOD}
BETWEEN_HALVES = re.compile(r"[ \t]+(?:(?:and|to)[ \t]+)?")
NAME_BEFORE = re.compile(
    r"\b(?!The\b)[^\W\d_a-zà-þ][^\W\d_]{2,}[ -]\Z"
)  # three letters or more, with a capital
# What a name that was cut goes on with; "Islamic State in Iraq" may be a party and a place.
RUNS_ON = re.compile(r"-(?=\w)|\s(?:and\s(?:the\s)?)?[A-Z]")
AROUND = 60  # characters on either side in which a party's whole name is looked for
FATE = re.compile(
    r"\s+(?:others\s+)?(?:was|were|has been|have been|had been)\s+(?:\w+ly\s+)?"
    r"(?:killed|wounded|injured|abducted|kidnapped|arrested|captured|detained|shot dead|beheaded)\b",
    re.I,
)


def repaired(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of a tagger, set right; sorted and disjoint like those that came in."""
    stamps = [match.span() for match in STAMP.finditer(text)]
    kept = [
        relabelled(text, s)
        for s in completed(text, mended(text, [*trimmed(text, spans)]))
        if not impossible(text, s) and not any(start <= s.start < end for start, end in stamps)
    ]
    phrases = [*CONTROL.finditer(text), *BORDER.finditer(text)]
    for phrase in sorted(phrases, key=re.Match.start, reverse=True):  # from the end, so that they may nest
        kept = joined(text, kept, phrase)
    return tuple(kept)


def trimmed(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans without what no span begins or ends with; those that hold nothing else are left out."""
    for span in spans:
        words = span.text(text)
        if inner := words.strip(EDGES):
            start = span.start + words.index(inner)
            if span.label in NAMES and (opening := OPENS.match(text, start, span.end)):
                inner, start = text[opening.end() : start + len(inner)], opening.end()
            end = start + len(inner)
            end -= bool(CUT_POSSESSIVE.match(text, end - 1))
            if start < end:
                yield replace(span, start=start, end=end)


def mended(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, two halves of one, torn at "and" or a preposition, joined: as sure as the less sure half."""
    kept: list[Span] = []
    for span in spans:
        first = kept[-1] if kept else span
        near = first.label == span.label and BETWEEN_HALVES.fullmatch(text, first.end, span.start)
        if near and span.label in TORN and TORN[span.label].fullmatch(text, first.start, span.start):
            sure = min((s.confidence for s in (first, span) if s.confidence is not None), default=None)
            kept[-1] = replace(first, end=span.end, confidence=sure)
        else:
            kept.append(span)
    return kept


def completed(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, names that were cut made whole where a longer name is known.

    A place's with the word before it ("Cross [River State]"), a party's with what the table has on either
    side of it ("[Islamic State of Iraq] and Syria"), which swallows what was found there.
    """
    kept: list[Span] = []
    for span in spans:
        before = kept[-1].end if kept else 0
        if span.start < before:
            continue  # swallowed
        if span.label == "LOCATION":
            word = NAME_BEFORE.search(text, max(before, span.start - 30), span.start)
            if word and gazetteer.named(text[word.start() : span.end]):
                span = replace(span, start=word.start())
        elif span.label == "ACTOR":
            span = party_name(text, span, before)
        kept.append(span)
    return kept


def party_name(text: str, span: Span, before: int) -> Span:
    """An ACTOR span, grown to a known party's whole name, no nearer the start than `before`."""
    left = NAME_BEFORE.search(text, max(before, span.start - 30), span.start)
    if not left and not RUNS_ON.match(text, span.end):
        return span
    start, end = max(before, span.start - AROUND), span.end + AROUND
    for first, last, party in actors.find(text[start:end]):
        first, last = first + start, last + start
        inside = first <= span.start and span.end <= last
        if inside and party.name and party.kind != "state_forces" and not text[first].islower():
            return replace(span, start=first, end=last)
    return span


def impossible(text: str, span: Span) -> bool:
    """Whether a count is none (part of a time or decimal, a difference, an attack without a number), or a
    place is a person."""
    if span.label not in FIGURES:
        if FUNCTION_WORDS.fullmatch(text, span.start, span.end):
            return True
        return span.label == "LOCATION" and bool(CALIPH.match(text, span.end))
    if INSIDE_NUMBER.search(text, max(0, span.start - 2), span.start) and text[span.start].isdigit():
        return True
    if counter(text, span):
        return True
    if span.label == "CASUALTY":
        return False
    words = span.text(text)
    uncounted = numbers.read(words).value == 1 and not COUNTED.search(words)  # "extensive attacks"
    return uncounted or bool(DIFFERENCE.match(text, span.start) or ONE.match(text, span.start, span.end))


def counter(text: str, span: Span) -> bool:
    """Whether a number's paragraph is of numbers alone and no label beside it says what is counted."""
    if not COUNTER.fullmatch(text, span.start, span.end):
        return False
    before = BLANK.split(text[max(0, span.start - REACH) : span.start])
    after = BLANK.split(text[span.end : span.end + REACH])
    if len(before) < 2 or len(after) < 2:
        return False
    own = before[-1] + span.text(text) + after[0]
    labels, prose = before[-2].split(), after[1].split()
    return bool(COUNTER.fullmatch(own.strip())) and len(labels) > LABEL_WORDS and len(prose) >= PROSE_WORDS


def relabelled(text: str, span: Span) -> Span:
    """A LOCATION that is the full name of a known party, as an ACTOR; "one was killed", as a CASUALTY."""
    if span.label == "ATTACK_COUNT" and FATE.match(text, span.end):
        return Span(span.start, span.end, "CASUALTY", span.confidence)
    if span.label != "LOCATION":
        return span
    named = any(end - start == span.end - span.start for start, end, _ in actors.find(span.text(text)))
    return Span(span.start, span.end, "ACTOR", span.confidence) if named else span


def joined(text: str, spans: list[Span], phrase: re.Match) -> list[Span]:
    """The spans, with a phrase and the name (or the two names) after it as one LOCATION.

    "areas under the control of X", "the border between X and Y": what the tagger found of these is
    swallowed. A phrase without a name after it is left as it is.
    """
    at = next((i for i, s in enumerate(spans) if s.start <= phrase.end() < s.end), None)
    if at is None:
        return spans
    last = spans[at]
    if phrase.re is BORDER and at + 1 < len(spans) and AND.fullmatch(text, last.end, spans[at + 1].start):
        last = spans[at + 1]
    inside = [s for s in spans if s.end > phrase.start() and s.start < last.end]
    start = min(phrase.start(), inside[0].start)
    whole = Span(start, last.end, "LOCATION", max(s.confidence or 0 for s in inside))
    return sorted([*(s for s in spans if s not in inside), whole])
