"""CASUALTY spans → figures: how many, what became of them, who they were, and which parts make a total."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from infer import columns, components, outcomes, victims
from infer.blocks import Layout
from infer.schema import Casualty, Quantity, Span
from infer.victims import PartyClasses

TELLING = 10  # a sum below it may equal an unrelated figure by chance
BACK = re.compile(r"\b(?:the|these|those)\s+(?:\d[\d.,]*|[a-z-]+)(?:\s\w+)?$", re.I)
NEARBY = 6  # sentences before a figure in which its outcome may be said


def read(
    text: str, layout: Layout, spans: Sequence[Span], number: Mapping[Span, Quantity], party: PartyClasses
) -> tuple[dict[Span, Casualty], dict[Span, Span]]:
    """Figures of all CASUALTY spans, and the mentions that repeat another one (later → first)."""
    found: dict[Span, Casualty] = {}
    repeats: dict[Span, Span] = {}
    told = {layout.sentences[layout.sentence_of(s)].block for s in spans if s.label != "CASUALTY"}
    order: tuple[str, str] | None = None  # of fates in the last pair of figures that told both
    for index, inside in layout.by_sentence(spans).items():
        figures = [s for s in inside if s.label == "CASUALTY"]
        sentence = layout.sentences[index]
        fate = outcomes.read(text, sentence.start, sentence.end, figures)
        fate = outcomes.gapped(text, sentence.start, sentence.end, figures, fate, order)
        order = outcomes.order_told(text, figures, fate) or order
        parts = components.read(text, figures, number, fate)
        said_again(text, figures, found, number, fate, parts)
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
            head = columns.head(text, layout, span, sentence.block)
            outcome = (
                (head and outcomes.of_words(head))
                or fate[span]
                or (above and above.outcome)
                or outcomes.hint(text, sentence.start, sentence.end, span)
                or outcome_around(text, layout, index)
                or "killed"  # what a report counts without a word on it is its dead
            )
            found[span] = Casualty(
                span,
                number[span],
                outcome,
                victims.of_column(head, party)
                or victims.read(text, sentence, inside, span, found, above, party),
                part_of=above and above.span,
            )
        repeats |= parts.repeats
        for span, how in parts.kind.items():
            found[span] = replace(found[span], components=how, outcome=of_parts(found, span))
    return victims.completed(text, layout, found), repeats


def said_again(text: str, figures: Sequence[Span], found, number, fate, parts: components.Parts) -> None:
    """Note the figures that point back at an earlier one ("Of the 61, nine …"); their parts are its parts."""
    for span in figures:
        value = number[span].value or 0
        if value < TELLING or not BACK.search(text, max(0, span.start - 12), span.end):
            continue
        same = (s for s in reversed(found) if found[s].counts and found[s].quantity == number[span])
        first = next((s for s in same if fate[span] in (None, found[s].outcome)), None)
        if first is None or span in parts.total_of:
            continue
        parts.repeats[span] = first
        parts.total_of |= {part: first for part, total in parts.total_of.items() if total == span}
        if span in parts.kind:
            parts.kind[first] = parts.kind.pop(span)


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
    asked = text[: sentence.start].rstrip().endswith("?")  # "Who? Nine nuns, five rebels."
    listed = asked or block.intro is not None or ":" in text[sentence.start : sentence.end]
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


def outcome_around(text: str, layout: Layout, index: int) -> str | None:
    """What the line that introduces the list says, else the nearest sentence before.

    Where that tells of the dead and others, a bare figure is one of the dead.
    """
    sentence = layout.sentences[index]
    intro = layout.blocks[sentence.block].intro
    around = [] if intro is None else [layout.blocks[intro]]
    around += reversed(layout.sentences[max(0, index - NEARBY) : index])
    told = ([cue.outcome for cue in outcomes.cues(text, place.start, place.end)] for place in around)
    nearest = next((fates for fates in told if fates), [None])
    return "killed" if "killed" in nearest else nearest[-1]
