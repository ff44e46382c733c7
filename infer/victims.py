"""Who the people were that a figure counts: civilians, security forces, an armed group, several kinds.

The words of the span come first, then what its sentence says of them: a noun given later ("eight were
shepherds"), the figure it continues ("… and wounded six"), the thing that was hit ("at a police post").
What only the event tells, such as the side that acted, is settled when events are made.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from infer import outcomes, roles
from infer.blocks import Layout
from infer.lexicon import (
    ARMED_GROUPS,
    CIVILIAN_TARGETS,
    CIVILIANS,
    MEMBERS,
    SECURITY_FORCES,
    SECURITY_TARGETS,
    any_of,
)
from infer.schema import Casualty, Span

CLASSES = {
    "civilian": any_of(CIVILIANS),
    "security_forces": any_of(SECURITY_FORCES),
    "armed_group": any_of(ARMED_GROUPS),
}
HIT = {"civilian": any_of(CIVILIAN_TARGETS), "security_forces": any_of(SECURITY_TARGETS)}
RELATIVE = any_of(MEMBERS)
ELLIPTIC = re.compile(
    r"[\d\W]*(?:\b(?:others?|more|of|them|whom|these|those|the|an?|another|one|two|three|four|five|six|seven|eight|nine|ten)\b\W*)*",
    re.I,
)
COORDINATED = re.compile(r"\band\b|,|/|&", re.I)
OPPONENT = {"armed_group": "security_forces", "security_forces": "armed_group"}
PREDICATE = re.compile(r"\s+(?:were|was|are|being)\s+(?:(?:all|mostly|either)\s+)?[^,.;:()]{1,40}", re.I)
APPOSITION = re.compile(
    r"[,\s(]*(?:\d{1,2},\s*)?(?:(?:all|both|most|mostly|many|some)\s+(?:of\s+them\s+)?|(?:an?|the|his|her|their)\s+)[^,.;:()]{1,40}",
    re.I,
)
TITLE = re.compile(r"\b(?:an?|the|its|their)\s+(?:[\w-]+\s+){0,3}[“\"‘'(]?$", re.I)
OWN = re.compile(r"\bof (?:the|its|their) (?:own\b|organi[sz]ation|group|movement|gang)", re.I)

USUALLY = 0.8  # share of a document's figures that makes a theme

# Victims classes of the armed parties named in a string; infer.actors knows them.
PartyClasses = Callable[[str], Collection[str]]


def described(text: str, span: Span) -> str:
    """The words of the span, and the noun that a bare number is given later ("eight were shepherds")."""
    quote = span.text(text)
    predicate = PREDICATE.match(text, span.end) if ELLIPTIC.fullmatch(quote) else None
    return quote + predicate.group() if predicate else quote


def of_words(quote: str, party: PartyClasses) -> str:
    """Who they were, by the words of the span alone; `unspecified` where these do not say."""
    said = {name for name, pattern in CLASSES.items() if pattern.search(quote)}
    if not said or COORDINATED.search(quote):
        said |= set(party(quote))
    return "mixed" if len(said) > 1 else said.pop() if said else "unspecified"


def read(
    text: str,
    sentence,
    inside: Sequence[Span],
    span: Span,
    found: Mapping[Span, Casualty],
    total: Casualty | None,
    party: PartyClasses,
) -> str:
    """Who a figure counts by its own words, its total's, and those of its sentence.

    `inside` are the spans of the sentence, `found` the figures before this one.
    """
    quote = described(text, span)
    who = of_words(quote, party)
    if who != "unspecified" or RELATIVE.search(quote):
        return who
    if beside := of_apposition(text, sentence, span, party):
        return beside
    if total and total.victims not in ("mixed", "unspecified"):
        return total.victims
    earlier = [found[s].victims for s in inside if s in found and s < span]
    if ELLIPTIC.fullmatch(quote) and earlier and earlier[-1] not in ("mixed", "unspecified"):
        return earlier[-1]
    return around(text, sentence, inside, span, party)


def of_apposition(text: str, sentence, span: Span, party: PartyClasses) -> str | None:
    """The class that words right beside the figure give ("the shepherd X", "X, 30, a baker")."""
    after = APPOSITION.match(text, span.end, sentence.end)
    before = text[max(sentence.start, span.start - 25) : span.start]
    for words in (after and after.group(), TITLE.search(before) and before):
        if words and (who := of_words(words, party)) not in ("mixed", "unspecified"):
            return who
    return None


def around(text: str, sentence, inside: Sequence[Span], span: Span, party: PartyClasses) -> str:
    """The class of whom or what the sentence says was hit nearest to the figure."""
    actors = [s for s in inside if s.label == "ACTOR"]
    acting = roles.agents(text, sentence.start, sentence.end, actors)
    sides = {of_words(a.text(text), party) for a in acting}
    cues = []
    for actor in actors:
        who = of_words(actor.text(text), party)
        if actor not in acting and who in HIT | OPPONENT:
            cues.append((distance(span, actor.start, actor.end), who))
    taken = [s for s in inside if s.label in ("ACTOR", "CASUALTY", "ATTACK_COUNT")]
    for patterns in (HIT, CLASSES):
        for who in ("civilian", "security_forces"):
            for match in patterns[who].finditer(text, sentence.start, sentence.end):
                if not any(s.start < match.end() and match.start() < s.end for s in taken):
                    cues.append((distance(span, *match.span()), who))
    if len(sides) == 1:
        cues = [(far, who) for far, who in cues if who not in sides]
    return min(cues)[1] if cues else "unspecified"


def of_column(head: str | None, party: PartyClasses) -> str | None:
    """The class that the head of a table's column names."""
    who = of_words(head, party) if head else "unspecified"
    return who if who != "unspecified" else None


def completed(text: str, layout: Layout, found: Mapping[Span, Casualty]) -> dict[Span, Casualty]:
    """The figures with the victims that the document tells: by parts, by the list's head, by its theme."""
    done = dict(found)
    for span, figure in found.items():
        if figure.victims == "unspecified" and figure.components:
            done[span] = replace(figure, victims=of_parts(done, span))
    usual = theme(text, found)
    for span, figure in done.items():
        if figure.victims == "unspecified" and not RELATIVE.search(span.text(text)):
            who = "civilian" if under_civilians(text, layout, span) else usual
            done[span] = replace(figure, victims=who)
    return done


def theme(text: str, found: Mapping[Span, Casualty]) -> str:
    """The class that nearly all figures of a document have which say one; `unspecified` where they differ.

    A bare number in a report on security forces may well count those that these killed.
    """
    words = (of_words(described(text, span), no_party) for span, figure in found.items() if figure.counts)
    said = [who for who in words if who != "unspecified"]
    usual = max(sorted(set(said)), key=said.count, default="unspecified")
    same = said.count(usual) >= USUALLY * len(said)
    return usual if same and usual in ("civilian", "armed_group") else "unspecified"


def no_party(words: str) -> Collection[str]:
    return ()


def of_parts(found: Mapping[Span, Casualty], total: Span) -> str:
    """The class that all parts of a total have, `mixed` where they have several."""
    kinds = {f.victims for f in found.values() if f.part_of == total}
    known = kinds - {"unspecified"}
    if len(known) > 1:
        return "mixed"
    return kinds.pop() if len(kinds) == 1 else "unspecified"


def under_civilians(text: str, layout: Layout, span: Span) -> bool:
    """Whether the nearest head of the span's list that names a class of people names civilians alone."""
    block = layout.blocks[layout.sentences[layout.sentence_of(span)].block]
    while block.intro is not None and block.kind != "row":
        block = layout.blocks[block.intro]
        named = [who for who, pattern in CLASSES.items() if pattern.search(text, block.start, block.end)]
        if named:
            return named == ["civilian"]
    return False


def distance(span: Span, start: int, end: int) -> int:
    return max(span.start - end, start - span.end)


def settle(text: str, figures: Sequence[Casualty], acting: Collection[str]) -> tuple[Casualty, ...]:
    """The figures of one event with the victims that only the event tells.

    `acting` holds the victims classes of the event's actors: "combatants" are on the other side,
    what the acting side "lost" is its own; an elliptic figure ("killing 10") takes the class of
    the one before; a total is what its components are.
    """
    settled: dict[Span, Casualty] = {}
    for figure in figures:
        who = (
            figure.victims
            if figure.victims != "unspecified"
            else from_event(text, figure, list(settled.values()), acting)
        )
        settled[figure.span] = replace(figure, victims=who)
    for total in [f for f in settled.values() if f.components == "partition" and f.victims == "unspecified"]:
        settled[total.span] = replace(total, victims=of_parts(settled, total.span))
    return tuple(settled.values())


def from_event(text: str, figure: Casualty, before: Sequence[Casualty], acting: Collection[str]) -> str:
    quote = described(text, figure.span)
    side = next(iter(acting)) if len(set(acting)) == 1 else None
    if RELATIVE.search(quote) and side:
        lost = OWN.search(quote) or outcomes.LOST.search(
            text, max(0, figure.span.start - 40), figure.span.start
        )
        return side if lost else OPPONENT.get(side, "unspecified")
    if side and OWN.search(quote):
        return side
    if before and ELLIPTIC.fullmatch(quote):
        return before[-1].victims
    return "unspecified"
