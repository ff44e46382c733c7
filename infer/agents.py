"""Whom the grammar makes the agent of another deed did not do this one.

Of "gunmen killed 11 while troops killed two" a linker gives both figures both parties. Where a figure has its
agent in so many words ("troops killed two", "two were shot dead by troops", "troops raided the camp, killing
two"), a party that is in so many words the agent of other events' figures alone is taken out; so is one that
accuses another of the deed, and one that another party of the event attacked ("troops attacked the rebels").
In doubt nobody is: not by one who stands after a preposition or "and" ("clashes
between them and troops killed two") or hit a mine, nor where a total and its part have agents each. Of the
gold of the training reports the first two rules take out nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from infer.lexicon import phrases
from infer.reading import Reading
from infer.schema import Event, Span

_HARM = phrases("""
    killed, shot dead, shot, gunned down, abducted, kidnapped, executed, beheaded, murdered, slaughtered,
    massacred, wounded, injured, arrested, detained, captured, seized, hacked, neutrali[sz]ed, eliminated,
    liquidated, assassinated
""")
_HARMED = rf"{_HARM}(?:\s+and\s+{_HARM})?"
_DEED = phrases("""
    attacked, ambushed, raided, stormed, assaulted, fired, opened fire, shelled, bombed, bombarded, targeted,
    detonated, launched, carried out, blew up, planted, burst, broke into, entered, seized,
    overran, set, pounded, mounted, conducted, invaded, torched, waylaid, intercepted
""")
_HARMING = phrases("""
    killing, killed, leaving, wounding, wounded, injuring, injured, abducting, abducted, kidnapping,
    kidnapped, capturing, captured, slaughtering, executing, executed
""")
# What somebody else laid.
_MINE = r"(?:[\w-]+\s+){0,3}(?:land)?(?:mines?|bombs?|IEDs?|explosives?|devices?)\b"
_ACTED = rf"(?:{_DEED}\b(?!\s+by\b)|(?:struck|hit)\b(?!\s+by\b|\s+{_MINE}))"
_ASIDE = r"\s*(?:\([^)]*\)\s*)?(?:,[^,;.\n]{0,60},\s*)?"  # "(SDF)", ", a local group,"
_HELPING = r"(?:(?:has|have|had|also|then|later|reportedly|allegedly)\s+)*"
_ARTICLE = r"\s+(?:(?:the|an?|suspected|alleged|unknown|unidentified|local)\s+)*"
DID = re.compile(rf"{_ASIDE}{_HELPING}{_HARMED}{_ARTICLE}", re.I)
DONE_BY = re.compile(
    rf"{_ASIDE}(?:(?:was|were|been|being|are|is|have|has|had|also|later|reportedly)\s+)*{_HARMED}\s+by{_ARTICLE}",
    re.I,
)
DID_BY_ACTING = re.compile(
    rf"{_ASIDE}{_HELPING}{_ACTED}[^.;:\n]{{0,150}}?,?\s+(?:and\s+)?{_HARMING}{_ARTICLE}", re.I
)
BEFORE = 40  # characters in front of a party that may make it no subject
NO_SUBJECT = re.compile(
    r"\b(?:on|at|against|with|between|among|(?<![,;]\s)and|or|hit|of|from|to|by|near|for|(?!morn|even)\w+ing)\s+"
    r"(?:(?:the|an?|some|its|their|his|local|suspected|alleged)\s+)*$",
    re.I,
)
OF_THE_DEED = re.compile(r"\s+(?:of|for|over)\b(?:(?!\b(?:clash|fight|battle))[^.;\n])*", re.I)
ACCUSED = re.compile(rf"{_ASIDE}{_HELPING}(?:accuse[sd]?|accusing|blame[sd]?|blaming){_ARTICLE}", re.I)

STRUCK = re.compile(
    rf"{_ASIDE}{_HELPING}(?:(?:continue[sd]?|began|vowed)\s+)?(?:[\w-]+\s+){{0,2}}?"
    r"(?:(?:to\s+)?(?:attack|target|strike|bomb|shell|raid|ambush)|attacked|targeted|struck|bombed|bombarded|shelled"
    rf"|pounded|raided|ambushed|stormed){_ARTICLE}",
    re.I,
)


def without(reading: Reading, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events without the agents of other events' figures, and without accusers."""
    owner = {casualty.span: event.id for event in events for casualty in event.casualties}
    did: dict[Span, set[str]] = {}  # agent → the events whose figures it is the agent of
    for agent, figure in _agents(reading):
        if figure in owner:
            did.setdefault(agent, set()).add(owner[figure])
    accused = dict(_pairs(reading, ACCUSED))
    struck = {hit: by for by, hit in _pairs(reading, STRUCK)}
    return tuple(_without(reading.text, event, did, accused, struck) for event in events)


def _without(
    text: str,
    event: Event,
    did: dict[Span, set[str]],
    accused: dict[Span, Span],
    struck: dict[Span, Span],
) -> Event:
    parties = {actor.span for actor in event.actors}
    told = any(event.id in did.get(party, ()) for party in parties)  # in so many words, who did it

    def kept(party: Span) -> bool:
        if struck.get(party) in parties:
            return False
        if party in accused:
            return accused[party] not in parties or not _of_the_deed(text, accused[party], event)
        return not told or party not in did or bool(did[party] & {event.id, event.part_of})

    return replace(event, actors=tuple(actor for actor in event.actors if kept(actor.span)))


def _of_the_deed(text: str, accused: Span, event: Event) -> bool:
    """Whether it is this event that the party is accused of: its figures follow in the sentence."""
    return any(OF_THE_DEED.fullmatch(text, accused.end, c.span.start) for c in event.casualties)


def _agents(reading: Reading) -> Iterator[tuple[Span, Span]]:
    """Parties with the figure that they are, in so many words, the agents of."""
    text = reading.text
    foremost = sorted(span for span in reading.spans if span.label not in ("LOCATION", "PERIOD"))
    for first, second in pairwise(foremost):
        labels = first.label, second.label
        if labels == ("ACTOR", "CASUALTY") and not NO_SUBJECT.search(
            text, max(0, first.start - BEFORE), first.start
        ):
            if any(pattern.fullmatch(text, first.end, second.start) for pattern in (DID, DID_BY_ACTING)):
                yield first, second
        if labels == ("CASUALTY", "ACTOR") and DONE_BY.fullmatch(text, first.end, second.start):
            yield second, first


def _pairs(reading: Reading, between: re.Pattern) -> Iterator[tuple[Span, Span]]:
    """Neighbouring parties with these words between them: who accuses and whom, who attacked and whom."""
    parties = sorted(span for span in reading.spans if span.label == "ACTOR")
    for first, second in pairwise(parties):
        if between.fullmatch(reading.text, first.end, second.start):
            yield first, second
