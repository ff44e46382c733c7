"""Parts that stand apart from their total: other sentences, other paragraphs, under their own headings.

Three things say that a count is part of one told before: counts in a row that add up to it, a count
that names what it is taken from ("nine of the raids"), and a bare number with no noun of its own.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from infer import numbers
from infer.lexicon import COMPARISON, phrases
from infer.reading import agree

LONGEST = 30  # counts in a row that are tried as one breakdown
NUMBER_WORDS = r"""
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, \w+teen, twenty, thirty,
    forty, fifty, sixty, seventy, eighty, ninety, hundred, thousand, dozens?, a, an, and, some, about,
    around, nearly, almost, over, more than, at least, no fewer than, fewer than, up to, the, another,
    a further, other, others, remaining, rest, only, just, a single
"""
BARE = re.compile(rf"(?:[\W\d_]|\b{phrases(NUMBER_WORDS)}\b)+", re.I)
TAKEN = re.compile(r"\b(?:of|among)\s+(?:the|these|those|them|its|their|our|all|which)\b", re.I)
COMPARED = re.compile(rf"\b{phrases(COMPARISON)}\b[^.;:]*$|\b(?:against|where it had been)\s+[^.;:]*$", re.I)
DATED = re.compile(r"[(\[;,]\s*(?:[^()\[\]:;,]{1,30}:\s*)?$")  # "41 raids (May: 34)"
TELLING = 10  # a smaller sum may be chance
REACH = 60  # characters before a count in which a comparison is looked for


def bare(reading, draft) -> bool:
    """Whether a draft's number has no noun of its own, so that it goes by that of another ("Gao 12")."""
    return bool(BARE.fullmatch(draft.anchor.text(reading.text)))


def taken(reading, draft) -> bool:
    """Whether a draft's number says what it is taken from ("nine of the raids")."""
    return bool(TAKEN.search(draft.anchor.text(reading.text)))


def aside(reading, draft) -> bool:
    """Whether a draft's number is only there to be compared ("67 raids (July: 52)", "up from 39")."""
    sentence = reading.layout.sentences[draft.clause.sentence]
    before = [s for s in reading.by_sentence[draft.clause.sentence] if s.end <= draft.anchor.start]
    counts = [s for s in before if s.label == draft.anchor.label]
    if not counts:
        return False
    start = max(sentence.start, counts[-1].end, draft.anchor.start - REACH)
    gap = reading.text[start : draft.anchor.start]
    dated = any(s.label == "PERIOD" and s.start >= start for s in before)
    return bool(COMPARED.search(gap)) or dated and bool(DATED.search(gap))


class Told:
    """What a report has told, for looking back: its drafts in text order, without the headline's."""

    def __init__(self, reading, drafts: Sequence):
        self.reading = reading
        self.drafts = [d for d in drafts if not d.headline]
        self.measures = {id(d): measured(reading, d) for d in self.drafts}
        self.asides = {id(d) for d in self.drafts if aside(reading, d)}
        self.nouns = [d for d in self.drafts if id(d) not in self.asides and not bare(reading, d)]
        self.stating: dict[tuple[str, int | None], list] = {}
        for d in self.drafts:
            for stated in self.measures[id(d)].items():
                self.stating.setdefault(stated, []).append(d)

    def free(self) -> list:
        """Drafts that are part of nothing yet and not told for comparison."""
        return [d for d in self.drafts if d.total is None and id(d) not in self.asides]

    def value(self, draft, what: str) -> int | None:
        """The number that a draft states of attacks or of an outcome, or of people without saying which."""
        measure = self.measures[id(draft)]
        return measure.get(what, measure.get("unspecified") if what != "attacks" else None)

    def what(self, draft) -> str:
        return "attacks" if draft.counts else self.reading.casualty[draft.anchor].outcome


def measured(reading, draft) -> dict[str, int | None]:
    """What a draft states: its count of attacks, and its first toll of each outcome."""
    found = {"attacks": reading.number[draft.counts[0]].value} if draft.counts else {}
    for figure in draft.figures:
        casualty = reading.casualty[figure]
        if casualty.part_of is None and figure not in draft.alternatives:
            found.setdefault(casualty.outcome, casualty.quantity.value)
    return found


def before(drafts: Sequence, draft) -> Sequence:
    """Those of some drafts, in text order, that stand before one."""
    return drafts[: bisect_left(drafts, draft.anchor, key=lambda d: d.anchor)]


def link_runs(told: Told) -> Iterator[tuple[object, list]]:
    """Counts or tolls in a row, line by line or in one, that add up to one told before: (total, parts)."""
    blocks = told.reading.layout.blocks
    yield from windows(told, [next(group) for _, group in groupby(told.free(), key=lambda d: d.block)])
    for _, group in groupby(told.free(), key=lambda d: d.block):
        yield from windows(told, list(group))
    for _, group in groupby(told.free(), key=lambda d: blocks[d.block].intro):
        yield from windows(told, list(group))


def windows(told: Told, row: Sequence) -> Iterator[tuple[object, list]]:
    """The stretches of a row that add up to what was told before them."""
    i = 0
    while i + 2 < len(row):
        found = adding_up(told, row[i : i + LONGEST])
        if found:
            yield found
        i += len(found[1]) if found else 1


def adding_up(told: Told, row: Sequence) -> tuple[object, list] | None:
    """The longest beginning of a row that adds up to a number told before it, with its draft."""
    what = told.what(row[0])
    total, best = 0, None
    for n, draft in enumerate(row, 1):
        value = told.value(draft, what)
        if value is None:
            break
        total += value
        if n > 2 and total >= TELLING and (whole := before(told.stating.get((what, total), []), row[0])):
            best = whole[-1], list(row[:n])
    return best


def link_elliptic(told: Told) -> Iterator[tuple[object, list]]:
    """Numbers that only an earlier one gives a meaning, sentence by sentence: (total, parts)."""
    for _, group in groupby(told.free(), key=lambda d: d.clause.sentence):
        free = list(group)
        for draft in [d for d in free if taken(told.reading, d)]:
            if total := governing(told, [draft]):
                yield total, [draft]
        rest = [d for d in free if d.total is None and bare(told.reading, d)]
        if rest and not rest[0].counts and len(rest) < 3:
            continue  # "killing six": the verb is noun enough
        while rest:
            total = governing(told, rest)
            if total:
                yield total, rest
                break
            rest = rest[1:]


def governing(told: Told, parts: Sequence) -> object | None:
    """The draft before some that they are taken from: of their paragraph, their section, or the report."""
    if named := source(told, parts[0]):
        return named
    what = told.what(parts[0])
    value = sum(told.value(p, what) or 0 for p in parts)
    for total in candidates(told, parts[0]):
        measure = told.measures[id(total)]
        beside = other_time(told.reading, total, parts[0]) or side_by_side(told.reading, total, parts[0])
        if what not in measure or total in parts or beside:
            continue
        if measure[what] is None or value <= measure[what]:
            return total
    return None


def source(told: Told, part) -> object | None:
    """The draft that "nine of them", "nine of the 40" or "nine of the raids" names."""
    words = part.anchor.text(told.reading.text)
    taken_from = TAKEN.search(words)
    if not taken_from:
        return None
    noun = words[taken_from.end() :].strip().casefold()
    if not noun:
        last = before(told.drafts, part)[-1:]
        return last[0] if last and last[0].clause.sentence == part.clause.sentence else None
    value = numbers.read(noun).value
    if value is not None and (stated := before(told.stating.get((told.what(part), value), []), part)):
        return stated[-1]
    stem = noun.split()[-1].rstrip("s")
    alike = (d for d in reversed(before(told.nouns, part)) if not taken(told.reading, d))
    return next((d for d in alike if stem in d.anchor.text(told.reading.text).casefold()), None)


def candidates(told: Told, first) -> Iterator:
    """Drafts that may govern another, the nearest first within each: its block, its list's head, the rest."""
    nouns = before(told.nouns, first)[::-1]
    for d in takewhile(lambda d: d.block == first.block, nouns):
        if taken(told.reading, d) and d.total:
            yield d.total
        yield d
    intro = told.reading.layout.blocks[first.block].intro
    yield from (d for d in nouns if d.block == intro)
    yield from (d for d in nouns if d.total is None and d.block != first.block)


def other_time(reading, total, part) -> bool:
    """Whether both state a period and neither lies within the other's."""
    pairs = [(a, b) for a in total.own["periods"] for b in part.own["periods"]]
    return bool(pairs) and not any(agree(reading, "periods", a, b) for a, b in pairs)


def side_by_side(reading, a, b) -> bool:
    """Whether two drafts of one sentence have each a place of its own ("Gao had 11 raids, Kidal five")."""
    if a.clause.sentence != b.clause.sentence:
        return False
    pairs = [(x, y) for x in a.own["places"] for y in b.own["places"]]
    return bool(pairs) and not any(agree(reading, "places", x, y) for x, y in pairs)
