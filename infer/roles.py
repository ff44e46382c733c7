"""Which of a sentence's ACTOR spans acted, and which were acted upon.

Read from the words beside each mention: "by ISIS", "ISIS carried out", "ISIS attacks" act; "against
ISIS", "targeted ISIS", "ISIS lost" are acted upon; in a clash both sides act.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from infer.lexicon import (
    ATTACK_NOUNS,
    DEEDS,
    DONE_BY,
    DONE_TO,
    FIGHTING,
    PARTS_OF_A_PARTY,
    RELATED_TO,
    RESPONSIBLE,
    SPEAKS,
    SUFFERED,
    WEAPONS,
    phrases,
)
from infer.schema import Span

OPENS = r"[“\"‘'(]?$"
CLOSES = r"[”\"’'),]*"
PARTY = rf"\s+(?:{phrases(PARTS_OF_A_PARTY)}\s+)*{OPENS}"
# "the gunmen, whom nobody had seen come, opened fire"
RELATIVE = r"(?:,\s+(?:whom?|whose|which)\b[^,.;]{1,80},)?"
BY = re.compile(rf"\b{phrases(DONE_BY)}{PARTY}", re.I)
CLASH = re.compile(
    rf"\b{phrases(FIGHTING)}\b[^.;]{{0,80}}?\b(?:with|between|and|against|involving)\s+(?:\w+\s+){{0,3}}{OPENS}",
    re.I,
)
CLASHED = re.compile(rf"{CLOSES}\s+(?:\w+ly\s+)?{phrases(FIGHTING)}\b", re.I)
BEHIND = re.compile(rf"{CLOSES}\s+{phrases(RESPONSIBLE)}\b", re.I)
ON = re.compile(rf"\b{phrases(DONE_TO)}{PARTY}", re.I)
# A party after these is a victim or a relation of one, unless a deed follows ("killed in ISIS attacks").
NEAR = re.compile(rf"\b{phrases(RELATED_TO)}{PARTY}", re.I)
DEED_NOUN = re.compile(rf"{CLOSES}s?\s+(?:[\w-]+\s+)?{phrases(ATTACK_NOUNS + ',' + WEAPONS)}\b", re.I)
PASSIVE_SUBJECT = re.compile(
    rf"\s+(?:(?:who|that|which|had|have|has|also|reportedly)\s+)*{phrases(SUFFERED)}\b", re.I
)
# "Army: two raids", "the group said that it had killed".
SAYS_OF_ITSELF = re.compile(
    rf"{CLOSES}\s*:|{CLOSES}\s+(?:\w+\s+)??{phrases(SPEAKS)}\b[^.;]{{0,60}}?\b(?:it|they|we|its\s+\w+)\b",
    re.I,
)
SAYS = re.compile(rf"[,\s]+(?:(?:has|have|had|also|later)\s+)?{phrases(SPEAKS)}\b", re.I)
# "ISIS [also] carried out", "gunmen, who had come at night, shot"; no form of "to be", no preposition.
VERB = re.compile(
    rf"{CLOSES}{RELATIVE}\s+(?:(?:also|then|later|again|have|has|had|who|which|that|\w+ly)\s+){{0,3}}{phrases(DEEDS)}\b",
    re.I,
)
LIST_GAP = re.compile(
    r"[\s,()“”\"]*(?:(?:and|or|as well as|along with|alongside|together with|&)\b\s*)?"
    r"(?:the|their|its|allied|other)?\s*",
    re.I,
)
WINDOW = 120  # characters of context before a mention


def agents(text: str, start: int, end: int, actors: Sequence[Span]) -> list[Span]:
    """The ACTOR spans among `actors`, all in the sentence [start, end), that acted, in text order."""
    if not actors:
        return []
    roles = {a: role(text, start, end, a) for a in actors}
    for first, second in pairwise(actors):  # "X, Y and Z carried out": the list shares one role
        if LIST_GAP.fullmatch(text, first.end, second.start) and first.end < second.start:
            share(roles, first, second)
    for second, first in pairwise(reversed(actors)):
        if LIST_GAP.fullmatch(text, first.end, second.start):
            share(roles, first, second)
    acting = [a for a in actors if roles[a] == "agent"]
    return acting or first_list(text, [a for a in actors if roles[a] is None])


def first_list(text: str, actors: Sequence[Span]) -> list[Span]:
    """The first actor and those listed with it ("the army, the police and X …")."""
    listed = list(actors[:1])
    for first, second in pairwise(actors):
        if not LIST_GAP.fullmatch(text, first.end, second.start):
            break
        listed.append(second)
    return listed


def share(roles: dict[Span, str | None], first: Span, second: Span) -> None:
    if roles[first] is None or roles[second] is None:
        roles[first] = roles[second] = roles[first] or roles[second]
    elif "agent" in (roles[first], roles[second]):
        roles[first] = roles[second] = "agent"


def role(text: str, start: int, end: int, actor: Span) -> str | None:
    """`agent`, `target`, or None where the words beside the mention do not say."""
    before = text[max(start, actor.start - WINDOW) : actor.start]
    after = text[actor.end : end]
    if (
        CLASH.search(before)
        or BY.search(before)
        or CLASHED.match(after)
        or BEHIND.match(after)
        or SAYS_OF_ITSELF.match(after)
    ):
        return "agent"
    if ON.search(before):
        return "target"
    if DEED_NOUN.match(after):
        return "agent"
    if PASSIVE_SUBJECT.match(after) or SAYS.match(after):
        return "target"
    if VERB.match(after):
        return "agent"
    return "target" if NEAR.search(before) else None
