"""What the linker is told of a report's spans beside its words: of each one, and of each pair.

All of it is layout (which line, which list, how far, what stands between), values (the same number, a
row of numbers that adds up to another) and what the rules would answer. Nothing names a place, a
party or a word of one report.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np

from infer import actors
from infer.blocks import Block
from infer.reading import Reading
from infer.schema import (
    FIGURES,
    GRANULARITIES,
    LABELS,
    OUTCOMES,
    PLACE_KINDS,
    RELATIONS,
    VICTIMS,
    Event,
    Span,
)

BLOCKS = ("headline", "heading", "dateline", "paragraph", "bullet", "row")
LINES = (-6, -2, -1, 0, 1, 2, 3, 7)  # edges of the classes of a distance in sentences or blocks
CHARACTERS = (3, 8, 20, 50, 120, 300, 800, 2000)
NEAR = 400  # characters: what stands between two spans farther apart tells nothing
LONGEST_SUM = 16  # figures in a row that are tried as the parts of another
MARKS = (",", ";", ":", "\n", "(", ")", "–-—", ".", "|\t")
WORDS = tuple(
    re.compile(words, re.I)
    for words in (
        r"\band\b",
        r"\binclud|\bamong\b|\bof (?:whom|them|which)\b",
        r"\bwhile\b|\bbut\b|\bmeanwhile\b|\bwhereas\b",
        r"\bin addition\b|\balso\b|\bas well as\b|\bbesides\b",
        r"\banother\b|\bseparate|\bother\b|\belsewhere\b",
        r"\bsaid\b|\bclaim|\baccording\b|\breport|\bput\b",
        r"\bcompar|\bagainst\b|\bfrom\b|\bprevious|\bthan\b",
        r"\bby\b",
        r"\bin\b|\bat\b|\bnear\b",
    )
)


def key(reading: Reading, span: Span) -> str:
    """Equal for two mentions of one place, one party, one interval, one number."""
    match span.label:
        case "ACTOR":
            return f"ACTOR {reading.actor_key(span)}"
        case "LOCATION":
            return f"LOCATION {reading.place_key(span)}"
        case "PERIOD" if reading.dated(span):
            interval = reading.interval[span]
            return f"PERIOD {interval.start}/{interval.end}"
        case "ATTACK_COUNT" | "CASUALTY" if reading.number[span].value is not None:
            return f"{span.label} {reading.number[span].value}"
    return f"{span.label} {span.text(reading.text).casefold()}"


def mention_features(reading: Reading, keys: Sequence[str], events: Sequence[Event]) -> np.ndarray:
    """[spans, features] float32, first the rules' victims and outcome; `events` are the rules' answer."""
    seen: dict[str, int] = {}
    rows = []
    for span, name in zip(reading.spans, keys, strict=True):
        told = seen.get(name, 0)
        seen[name] = told + 1
        rows.append(
            [
                *_roles(reading, span),
                *one_hot(span.label, LABELS),
                *_position(reading, span),
                told == 0,
                min(keys.count(name), 6) / 6,
                min(told, 5) / 5,
                *_values(reading, span),
            ]
        )
    return np.hstack([np.array(rows, dtype=np.float32), _proposed_mentions(reading, events)])


def one_hot(value: object, choices: Sequence) -> list[bool]:
    return [value == choice for choice in choices]


def _position(reading: Reading, span: Span) -> list[float]:
    layout = reading.layout
    index = layout.sentence_of(span)
    sentence = layout.sentences[index]
    block = layout.blocks[sentence.block]
    within = index - layout.sentences_of(sentence.block)[0]
    return [
        *one_hot(block.kind, BLOCKS),
        within == 0,
        min(within, 5) / 5,
        sentence.block / len(layout.blocks),
        index / len(layout.sentences),
        span.start < block.body,
        span.start - max(sentence.start, block.body) <= 2,
    ]


def _values(reading: Reading, span: Span) -> list[float]:
    """What the readers made of the words: a number, a place, an interval, a party."""
    number = reading.number.get(span)
    value = number.value if number else None
    place, interval = reading.place.get(span), reading.interval.get(span)
    party = reading.party.get(span)
    return [
        value is not None,
        value == 1,
        np.log1p(value or 0) / 8,
        bool(number and number.upper is not None),
        *one_hot(number and number.relation, RELATIONS),
        *one_hot(place and place.kind, PLACE_KINDS),
        span.label == "LOCATION" and not (place and place.kind),
        *one_hot(interval and interval.granularity, GRANULARITIES),
        bool(interval and not (interval.start or interval.end)),
        bool(interval and bool(interval.start) != bool(interval.end)),
        party is not None,
        *one_hot(party and actors.victims_class(party), VICTIMS),
    ]


def _roles(reading: Reading, span: Span) -> list[float]:
    """What the rules make of the words around a span."""
    figure = reading.casualty.get(span)
    acting = reading.acting.get(reading.layout.sentence_of(span), ())
    return [
        *one_hot(figure and figure.victims, VICTIMS),
        *one_hot(figure and figure.outcome, OUTCOMES),
        span in reading.repeats,
        bool(figure and figure.part_of),
        span in acting,
        span.label == "PERIOD" and reading.spoken(span),
        span.label == "PERIOD" and reading.aside(span),
    ]


def _proposed_mentions(reading: Reading, events: Sequence[Event]) -> np.ndarray:
    """[spans, 4]: anchor of an event of the rules, figure of one, part of another, names its own actor."""
    at = {span: i for i, span in enumerate(reading.spans)}
    found = np.zeros((len(reading.spans), 4), dtype=np.float32)
    for event in _inside(events, at):
        anchor = at[event.anchor]
        found[anchor, 0] = True
        found[[at[span] for span in _figures(event) if span in at], 1] = True
        found[anchor, 2] = event.part_of is not None
        found[anchor, 3] = any(not actor.inherited for actor in event.actors)
    return found


def _inside(events: Sequence[Event], at: Mapping[Span, int]) -> list[Event]:
    """Events whose anchor is among the spans looked at."""
    return [event for event in events if event.anchor in at]


def _figures(event: Event) -> list[Span]:
    counts = [event.attack_count.span] if event.attack_count else []
    return [*counts, *(c.span for c in event.alternative_counts), *(c.span for c in event.casualties)]


# --- pairs: row i looks at column j ---


def pair_features(reading: Reading, keys: Sequence[str], events: Sequence[Event]) -> np.ndarray:
    """[spans, spans, features] float32; `events` are the rules' answer."""
    spans, layout = reading.spans, reading.layout
    labels = np.array([LABELS.index(s.label) for s in spans])
    sentence = np.array([layout.sentence_of(s) for s in spans])
    block = np.array([layout.sentences[i].block for i in sentence])
    gap_start, gap_end = _gaps(spans)
    order = np.arange(len(spans))
    parts = [
        _classes(_difference(sentence), LINES),
        _classes(_difference(block), LINES),
        _classes(np.maximum(gap_end - gap_start, 0), CHARACTERS),
        *_between(labels),
        _stacked(
            *_lists(reading, block),
            sentence[:, None] == sentence,
            order < order[:, None],
            order == order[:, None],
        ),
        _words_between(reading.text, gap_start, gap_end),
        _values_compared(reading, keys, labels),
        _proposed_pairs(reading, keys, events),
        np.broadcast_to(np.eye(len(LABELS))[labels], (len(spans), len(spans), len(LABELS))),
    ]
    return np.concatenate(parts, axis=-1).astype(np.float32)


def _difference(values: np.ndarray) -> np.ndarray:
    return values - values[:, None]


def _classes(values: np.ndarray, edges: Sequence[int]) -> np.ndarray:
    """One-hot [..., len(edges) + 1]: between which edges a value lies."""
    return np.eye(len(edges) + 1)[np.searchsorted(edges, values, side="right")]


def _stacked(*flags: np.ndarray) -> np.ndarray:
    return np.stack(np.broadcast_arrays(*flags), axis=-1)


def _gaps(spans: Sequence[Span]) -> tuple[np.ndarray, np.ndarray]:
    """[start, end) of the text between each two spans; end <= start where there is none."""
    start, end = np.array([s.start for s in spans]), np.array([s.end for s in spans])
    return np.minimum(end, end[:, None]), np.maximum(start, start[:, None])


def _between(labels: np.ndarray) -> list[np.ndarray]:
    """How many spans stand between two: of any label, counts, casualties, both, and of the second's."""
    counts, casualties = (LABELS.index(label) for label in FIGURES)
    every = range(len(LABELS))
    groups = (
        (every, (1, 2, 3, 5, 9)),
        ((counts,), (1, 2, 3)),
        ((casualties,), (1, 2, 3)),
        ((counts, casualties), (1, 2, 3, 6)),
    )
    found = [_classes(_passed(np.isin(labels, group)), edges) for group, edges in groups]
    alike = np.stack([_passed(labels == label) for label in every])
    return [*found, _classes(np.take_along_axis(alike, labels[None, None, :], axis=0)[0], (1, 2, 3, 6))]


def _passed(counted: np.ndarray) -> np.ndarray:
    """[n, n] how many of `counted` [n] stand strictly between two."""
    total = np.concatenate([[0], np.cumsum(counted)])
    order = np.arange(len(counted))
    first, last = np.minimum(order, order[:, None]), np.maximum(order, order[:, None])
    return np.maximum(total[last] - total[np.minimum(first + 1, len(counted))], 0)


def _lists(reading: Reading, block: np.ndarray) -> list[np.ndarray]:
    """How the lines of two spans stand to each other in lists and under headings."""
    blocks = reading.layout.blocks
    intro = np.array([-1 if b.intro is None else b.intro for b in blocks])
    above = np.zeros((len(blocks), len(blocks)), dtype=bool)
    for line, parent in enumerate(intro):
        while parent >= 0 and not above[line, parent]:
            above[line, parent] = True
            parent = intro[parent]
    heading = np.array(headings(blocks))
    row, column = block[:, None], block[None, :]
    return [
        above[row, column],
        above[column, row],
        (intro[row] >= 0) & (intro[row] == intro[column]) & (row != column),
        heading[row] == column,
        heading[column] == row,
        (heading[row] >= 0) & (heading[row] == heading[column]),
        intro[row] == column,
    ]


def headings(blocks: Sequence[Block]) -> list[int]:
    """The index of the heading that each block stands under; -1 where there is none, and for headings."""
    above = accumulate((i if b.kind == "heading" else -1 for i, b in enumerate(blocks)), max)
    return [-1 if b.kind == "heading" else i for i, b in zip(above, blocks, strict=True)]


def _words_between(text: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Which marks and words that join or part stand between two spans near each other."""
    near = (end - start < NEAR) & (end > start)
    first, last = np.minimum(start, len(text)), np.minimum(end, len(text))
    counts = [before[last] - before[first] for before in _joining(text)]
    return _stacked(*(near & (c >= 1) for c in counts), near & (counts[0] >= 3))


@lru_cache(maxsize=4)  # every section of a long report asks
def _joining(text: str) -> list[np.ndarray]:
    """Of each of MARKS and WORDS, how many end up to every place of the text."""
    positions = [[i + 1 for i, c in enumerate(text) if c in marks] for marks in MARKS]
    positions += [[match.end() for match in words.finditer(text)] for words in WORDS]
    places = (np.array(found, dtype=np.int64) for found in positions)
    return [np.cumsum(np.bincount(found, minlength=len(text) + 1)) for found in places]


def _values_compared(reading: Reading, keys: Sequence[str], labels: np.ndarray) -> np.ndarray:
    """Same thing, smaller, larger, equal number; part of a sum; same outcome and victims."""
    spans = reading.spans
    values = np.array([-1 if (v := _value(reading, s)) is None else v for s in spans], dtype=np.float64)
    known = (values >= 0) & (values[:, None] >= 0) & (labels == labels[:, None])
    names = np.unique(np.array(keys), return_inverse=True)[1]
    adds = _sums(reading)
    figures = [reading.casualty.get(s) for s in spans]
    outcome = np.array([OUTCOMES.index(f.outcome) if f else -1 for f in figures])
    victims = np.array(
        [VICTIMS.index(f.victims) if f and f.victims != "unspecified" else -1 for f in figures]
    )
    two = (outcome >= 0) & (outcome[:, None] >= 0)
    both = (victims >= 0) & (victims[:, None] >= 0)
    return _stacked(
        names == names[:, None],
        known & (values[:, None] < values),
        known & (values[:, None] > values),
        known & (values[:, None] == values),
        known & (values[:, None] == values) & (values >= 5),
        adds,
        adds.T,
        two & (outcome == outcome[:, None]),
        two & (outcome != outcome[:, None]),
        both & (victims == victims[:, None]),
        both & (victims != victims[:, None]),
    )


def _value(reading: Reading, span: Span) -> int | None:
    number = reading.number.get(span)
    return number.value if number else None


def _sums(reading: Reading) -> np.ndarray:
    """[n, n] bool: i stands in a row of figures (of one label, or of one outcome) that adds up to j."""
    found = np.zeros((len(reading.spans), len(reading.spans)), dtype=bool)
    groups: dict[str, list[int]] = {}
    for i, span in enumerate(reading.spans):
        if _value(reading, span) is not None:
            groups.setdefault(span.label, []).append(i)
            if figure := reading.casualty.get(span):
                groups.setdefault(figure.outcome, []).append(i)
    for members in groups.values():
        values = [_value(reading, reading.spans[i]) for i in members]
        totals: dict[int, list[int]] = {}
        for at, value in enumerate(values):
            if value > 1:
                totals.setdefault(value, []).append(at)
        for first in range(len(members)):
            total = values[first]
            for last in range(first + 1, min(first + LONGEST_SUM, len(members))):
                total += values[last]
                for at in totals.get(total, ()):
                    beside = min(abs(at - first), abs(at - last)) <= 3
                    if not first <= at <= last and (beside or last - first >= 2):
                        found[members[first : last + 1], members[at]] = True
    return found


def _proposed_pairs(reading: Reading, keys: Sequence[str], events: Sequence[Event]) -> np.ndarray:
    """[n, n, 10] bool: how the rules link i to j."""
    at = {span: i for i, span in enumerate(reading.spans)}
    events = _inside(events, at)
    anchor_of = {event.id: at[event.anchor] for event in events}
    names = np.unique(np.array(keys), return_inverse=True)[1]
    found = np.zeros((len(at), len(at), 10), dtype=bool)
    for figure in reading.casualty.values():
        if figure.span in at and figure.part_of in at:
            found[at[figure.span], at[figure.part_of], 0] = True
    for later, first in reading.repeats.items():
        if later in at and first in at:
            found[at[later], at[first], 1] = True
    for event in events:
        anchor = at[event.anchor]
        for span in _figures(event):
            if span in at and span != event.anchor:
                found[at[span], anchor, 2] = True
        for casualty in event.casualties:
            if casualty.span in at and casualty.alternative_to in at:
                found[at[casualty.span], at[casualty.alternative_to], 3] = True
        if event.part_of in anchor_of:
            found[anchor, anchor_of[event.part_of], 4] = True
        slots = (*event.actors, *event.locations, *([event.period] if event.period else ()))
        for slot in (slot for slot in slots if slot.span in at):
            found[anchor, at[slot.span], 5 + slot.inherited] = True
            found[anchor, names == names[at[slot.span]], 7 + slot.inherited] = True
    found[:, :, 9] = found[:, :, 0].T
    return found
