"""Which of a sentence's ACTOR spans acted, and which were acted upon.

Read from the words beside each mention: "by ISIS", "ISIS carried out", "ISIS attacks" act; "against
ISIS", "targeted ISIS", "ISIS lost" are acted upon; in a clash both sides act.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from infer.schema import Span

BY = re.compile(
    r"\b(?:by|blamed on|attributed to|accused|hands? of|work of|fire of|joint\w* with|(?:operations?|raids?|campaigns?|patrols?|strikes?|offensives?) with|(?:participation|involvement|help|assistance) of|together with|alongside|in (?:cooperation|coordination|partnership) with|support(?:ed)? (?:of|from|by))\s+(?:(?:the|a|an|some|suspected|unknown|unidentified|alleged|members of|fighters (?:of|from)|elements of)\s+)*[“\"‘'(]?$",
    re.I,
)
CLASH = re.compile(
    r"\b(?:clash\w*|fight\w*|battle\w*|exchang\w+ (?:of )?fire|firefights?|confrontations?|skirmish\w*|gun ?battles?|engag\w+)\b[^.;]{0,80}?\b(?:with|between|and|against|involving)\s+(?:\w+\s+){0,3}[“\"‘'(]?$",
    re.I,
)
# A party after these is the one that the deed was done to.
OBJECT = (
    r"against|targeting|targeted|targets?|on|attack(?:ed|ing)|hit|hitting|struck|striking|ambush(?:ed|ing)|kill(?:ed|ing)|bomb(?:ed|ing)|"
    r"shell(?:ed|ing)|raid(?:ed|ing)|storm(?:ed|ing)|arrest(?:ed|ing)|captur(?:ed|ing)|defeat(?:ed|ing)?|fight(?:ing)?"
)
# After these a party is a victim or a relation of one, unless a deed follows ("killed in ISIS attacks").
RELATED = r"at|from|to|for|in|of|between|with|belonging to|loyal to|allied (?:with|to)|backed by|affiliated (?:with|to)|linked to"
BETWEEN = (
    r"(?:(?:the|a|an|some|suspected|positions?|members?|elements?|convoys?|patrols?|bases?|headquarters|checkpoints?|posts?|vehicles?|of|for|by|to|"
    r"belonging|forces|hideouts?|camps?)\s+)*[“\"‘'(]?$"
)
ON = re.compile(rf"\b(?:{OBJECT})\s+{BETWEEN}", re.I)
NEAR = re.compile(rf"\b(?:{RELATED})\s+{BETWEEN}", re.I)
DEED_NOUN = re.compile(
    r"[”\"’'s)]*\s+(?:(?:[\w-]+)\s+)?(?:attacks?|assaults?|ambush(?:es)?|raids?|(?:air)?strikes?|shelling|bombings?|bombardments?|operations?|offensives?|"
    r"massacres?|assassinations?|explosions?|campaigns?|incursions?|executions?|drone|artillery|rockets?|missiles?|airdrops?|landings?|warplanes?|jets?|"
    r"helicopters?|fire|gunfire|snipers?|mines?|landmines?|IEDs?)\b",
    re.I,
)
PASSIVE_SUBJECT = re.compile(
    r"\s+(?:who |that |which )?(?:(?:had|have|has|also|reportedly)\s+)*(?:lost|los(?:es|ing)|was|were|been|came under|come under|suffered|surrendered|fell)\b",
    re.I,
)
SAYS = re.compile(
    r"[,\s]+(?:spokes\w+|commander |sources?|said|says|stated|announced|reported|claimed|denied|confirmed|added)\b",
    re.I,
)
LIST_GAP = re.compile(
    r"[\s,()“”\"]*(?:(?:and|or|as well as|along with|&)\b\s*)?(?:the|their|its|allied|other)?\s*", re.I
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
    if CLASH.search(before) or BY.search(before) or clashed(after):
        return "agent"
    if ON.search(before):
        return "target"
    if DEED_NOUN.match(after):
        return "agent"
    if NEAR.search(before) or PASSIVE_SUBJECT.match(after) or SAYS.match(after):
        return "target"
    return None if not after.strip(" .,;") else "agent" if verb_follows(after) else None


def clashed(after: str) -> bool:
    return bool(re.match(r"[”\"’)]*\s+(?:\w+ly\s+)?(?:clash\w*|exchang\w+|fought|engag\w+)\b", after, re.I))


def verb_follows(after: str) -> bool:
    """Whether what follows looks like the verb of a deed ("ISIS [also] carried out", "gunmen shot")."""
    return bool(
        re.match(
            r"[”\"’),]*\s+(?:(?:also|then|later|again|reportedly|allegedly|have|has|had|who|which|that|\w+ly)\s+){0,3}"
            r"(?!(?:is|are|was|were|be|been|and|in|on|of|from|to|with|for|at|near|as|the|their|its|who|which)\b)"
            r"(?:\w+ed|carr(?:y|ies)\s+out|carrying|launch\w*|conduct\w*|kill\w*|attack\w*|shot|struck|hit|blew|set|opened|took|led|held|fought|stage[sd]?|"
            r"execut\w*|raid\w*|storm\w*|bomb\w*|shell\w*|fire[sd]?|ambush\w*|target\w*|abduct\w*|kidnap\w*|arrest\w*|captur\w*|detain\w*|claim\w*|burn\w*|"
            r"destroy\w*|continu\w*|intensif\w*|murder\w*|slaughter\w*|overr[au]n|seiz\w*|wound\w*|injur\w*|detonat\w*|beheaded)\b",
            after,
            re.I,
        )
    )
