"""CASUALTY spans → figures: how many, what became of them, who they were, and which parts make a total."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from infer import components, outcomes
from infer.blocks import Layout
from infer.lexicon import ARMED_GROUPS, CIVILIANS, MEMBERS, SECURITY_FORCES, any_of
from infer.schema import Casualty, Quantity, Span

CLASSES = {
    "civilian": any_of(CIVILIANS),
    "security_forces": any_of(SECURITY_FORCES),
    "armed_group": any_of(ARMED_GROUPS),
}
RELATIVE = any_of(MEMBERS)
ELLIPTIC = re.compile(
    r"[\d\W]*(?:\b(?:others?|more|of|them|whom|these|those|the|an?|another|one|two|three|four|five|six|seven|eight|nine|ten)\b\W*)*",
    re.I,
)
COORDINATED = re.compile(r"\band\b|,|/|&", re.I)
OPPONENT = {"armed_group": "security_forces", "security_forces": "armed_group"}

TELLING = 10  # a sum below it may equal an unrelated figure by chance
NEARBY = 6  # sentences before a figure in which its outcome may be said
PREDICATE = re.compile(r"\s+(?:were|was|are|being)\s+(?:(?:all|mostly|either)\s+)?[^,.;:()]{1,40}", re.I)
OWN = re.compile(r"\bof (?:the|its|their) (?:own\b|organi[sz]ation|group|movement|gang)", re.I)

# Victims classes of the armed parties named in a string; infer.actors knows them.
PartyClasses = Callable[[str], Collection[str]]


def read(
    text: str, layout: Layout, spans: Sequence[Span], number: Mapping[Span, Quantity], party: PartyClasses
) -> tuple[dict[Span, Casualty], dict[Span, Span]]:
    """Figures of all CASUALTY spans, and the mentions that repeat another one (later → first)."""
    found: dict[Span, Casualty] = {}
    repeats: dict[Span, Span] = {}
    told = {layout.sentences[layout.sentence_of(s)].block for s in spans if s.label != "CASUALTY"}
    for index, inside in layout.by_sentence(spans).items():
        figures = [s for s in inside if s.label == "CASUALTY"]
        sentence = layout.sentences[index]
        fate = outcomes.read(text, sentence.start, sentence.end, figures)
        parts = components.read(text, figures, number, fate)
        bare = figures if sentence.block not in told else []
        total, kind = total_before(text, layout, index, bare, found, number)
        for span in figures:
            if (
                total
                and span not in parts.total_of
                and components.compatible(fate | {total: found[total].outcome}, total, span)
                and components.fits(number, total, [span])
            ):
                parts.total_of[span], parts.kind[total] = total, kind
            above = found.get(parts.total_of.get(span))
            outcome = (
                outcome_of_column(text, layout, span, sentence.block)
                or fate[span]
                or (above and above.outcome)
                or outcomes.hint(text, sentence.start, sentence.end, span)
                or outcome_around(text, layout, index)
                or "unspecified"
            )
            found[span] = Casualty(
                span,
                number[span],
                outcome,
                victims(described(text, span), party),
                part_of=above and above.span,
            )
        repeats |= parts.repeats
        for span, how in parts.kind.items():
            found[span] = replace(found[span], components=how, outcome=of_parts(found, span))
    return found, repeats


def of_parts(found: Mapping[Span, Casualty], total: Span) -> str:
    """The outcome of a total: several fates where its parts met several ("killed (5) or injured (3)")."""
    fates = {f.outcome for f in found.values() if f.part_of == total}
    return "unspecified" if len(fates) > 1 else found[total].outcome


def total_before(
    text: str, layout: Layout, index: int, bare: Sequence[Span], found: Mapping[Span, Casualty], number
) -> tuple[Span | None, str]:
    """The earlier total that this sentence breaks down ("Among them were …"; a bullet with a bare class).

    `bare` are the sentence's figures where its block tells of nothing else, no place, party or time.
    """
    sentence = layout.sentences[index]
    block = layout.blocks[sentence.block]
    if block.intro is not None and bare and (total := announced_total(text, layout, block.intro, found)):
        return total, "partition"
    opener = components.OPENING.match(text, sentence.start, sentence.end)
    if opener and index and layout.sentences[index - 1].block == sentence.block:
        kind = "subset" if re.search(r"\b(?:of|among|includ\w+)\b", opener.group(), re.I) else "partition"
        return last_total(found, layout.sentences[index - 1]), kind
    listed = block.intro is not None or ":" in text[sentence.start : sentence.end]
    return (summed(found, bare, number) if listed else None), "partition"


def announced_total(text: str, layout: Layout, intro: int, found: Mapping[Span, Casualty]) -> Span | None:
    """The total that a list breaks down: of those its introduction states, one of the fate it names last."""
    block = layout.blocks[intro]
    cues = outcomes.cues(text, block.start, block.end)
    stated = {s: f for s, f in found.items() if block.start <= s.start < block.end and f.counts}
    named = [s for s, f in stated.items() if cues and f.outcome == cues[-1].outcome]
    return (named or list(stated) or [None])[-1]


def summed(
    found: Mapping[Span, Casualty], figures: Sequence[Span], number: Mapping[Span, Quantity]
) -> Span | None:
    """The nearest earlier total that several bare figures add up to exactly."""
    values = [number[f].value for f in figures]
    if len(values) < 2 or None in values or sum(values) < TELLING:
        return None
    whole = Quantity(sum(values))
    return next((s for s in reversed(found) if found[s].quantity == whole and not found[s].components), None)


def last_total(found: Mapping[Span, Casualty], within) -> Span | None:
    """The last figure in a block or sentence that is no part of another."""
    return next(
        (s for s in reversed(found) if within.start <= s.start < within.end and found[s].counts), None
    )


def outcome_of_column(text: str, layout: Layout, span: Span, index: int) -> str | None:
    """What the head of a table says over the cell that holds the figure."""
    row = layout.blocks[index]
    if row.kind != "row":
        return None
    head = next(b for b in layout.blocks if b.kind == "row" and b.intro == row.intro)
    separator = "|" if "|" in text[row.start : row.end] else "\t"
    cells = text[head.start : head.end].split(separator)
    at = text.count(separator, row.start, span.start)
    cues = outcomes.cues(cells[at], 0, len(cells[at])) if at < len(cells) else []
    return cues[-1].outcome if cues else None


def outcome_around(text: str, layout: Layout, index: int) -> str | None:
    """What the line that introduces the list says, else the nearest sentence before."""
    sentence = layout.sentences[index]
    intro = layout.blocks[sentence.block].intro
    around = [] if intro is None else [layout.blocks[intro]]
    around += reversed(layout.sentences[max(0, index - NEARBY) : index])
    found = (outcomes.cues(text, place.start, place.end) for place in around)
    return next((cues[-1].outcome for cues in found if cues), None)


def described(text: str, span: Span) -> str:
    """The words of the span, and the noun that a bare number is given later ("eight were shepherds")."""
    quote = span.text(text)
    predicate = PREDICATE.match(text, span.end) if ELLIPTIC.fullmatch(quote) else None
    return quote + predicate.group() if predicate else quote


def victims(quote: str, party: PartyClasses) -> str:
    """Who they were, by the words of the span alone; `unspecified` where these do not say."""
    said = {name for name, pattern in CLASSES.items() if pattern.search(quote)}
    if not said or COORDINATED.search(quote):
        said |= set(party(quote))
    return "mixed" if len(said) > 1 else said.pop() if said else "unspecified"


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
        kinds = {f.victims for f in settled.values() if f.part_of == total.span}
        known = kinds - {"unspecified"}
        if len(known) > 1 or len(kinds) == 1:
            settled[total.span] = replace(total, victims="mixed" if len(known) > 1 else kinds.pop())
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
