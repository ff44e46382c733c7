"""Aligns the events of two versions of a report, and their fillers, one to one.

`annotations.score` says by what rules.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from annotations.counts import Counts, added, tally
from infer import parties
from infer.schema import Actor, AttackCount, Casualty, Document, Event, Location, Period, Span

SLOTS = ("attack_count", "casualty", "location", "actor", "period")
WEIGHTS = {"attack_count": 3.0, "casualty": 2.0, "location": 1.5, "actor": 0.3, "period": 1.0}
ENOUGH = 0.31  # weight that two events must share more than; an actor alone does not make them one
SAME_ANCHOR, ALL_RIGHT = 1e-5, 1e-7  # settle alignments of equal weight,
SAME_SPAN = 1e-3  # and of equally many fillers
REGIONS = ("country", "admin1")  # kinds of places whose code says which they are
DESIGNATORS = frozenset(
    "of province provinces governorate city town village state district area region member members "
    "fighters militants mercenaries cells forces group".split()
)


def words(name: str | None) -> tuple[str, ...]:
    folds = tuple(w.fold for w in parties.tokens(name or ""))
    return tuple(w for w in folds if w not in DESIGNATORS) or folds


def same_place(text: str, a: Location, b: Location) -> bool:
    kind = a.place.kind if a.place.kind == b.place.kind and a.place.kind in REGIONS else None
    same_code = kind and getattr(a.place, kind) and getattr(a.place, kind) == getattr(b.place, kind)
    return bool(same_code) or same_name(text, a.span, a.place.name, b.span, b.place.name)


def same_actor(text: str, a: Actor, b: Actor) -> bool:
    return same_name(text, a.span, a.name, b.span, b.name)


def same_name(text: str, a: Span, a_name: str | None, b: Span, b_name: str | None) -> bool:
    if a.overlaps(b) or (a_name and words(a_name) == words(b_name)):
        return True
    return words(a.text(text)) == words(b.text(text))


def same_casualty(text: str, a: Casualty, b: Casualty) -> bool:
    return a.quantity.value == b.quantity.value and a.outcome == b.outcome


def one_to_one(text: str, gold: Sequence, predicted: Sequence, same: Callable) -> list[tuple]:
    """As many pairs of the same fillers as can be; of those, the ones whose spans overlap."""
    if not gold or not predicted:
        return []
    gold, predicted = (sorted(side, key=order) for side in (gold, predicted))
    worth = [[same(text, g, p) * (1 + SAME_SPAN * g.span.overlaps(p.span)) for p in predicted] for g in gold]
    flipped = list(map(order, gold)) > list(map(order, predicted))
    return [(gold[i], predicted[j]) for i, j in assignment(worth, flipped) if worth[i][j]]


def order(item) -> tuple:
    """Sorts events and fillers by what they hold, whatever order they were given in."""
    return item.anchor if isinstance(item, Event) else item.span, repr(item)


def assignment(worth: Sequence[Sequence[float]], flipped: bool) -> list[tuple[int, int]]:
    """(row, column) pairs of the greatest sum; `flipped` has the problem solved the other way round.

    Callers flip by what the two sides hold, so that ties fall alike whichever is called gold.
    """
    matrix = np.array(worth)
    first, second = linear_sum_assignment(matrix.T if flipped else matrix, maximize=True)
    return list(zip(second, first, strict=True)) if flipped else list(zip(first, second, strict=True))


def same_count(text: str, a: AttackCount, b: AttackCount) -> bool:
    return a.quantity.value == b.quantity.value


def same_period(text: str, a: Period, b: Period) -> bool:
    return (a.interval.start, a.interval.end) == (b.interval.start, b.interval.end)


def has_value(figure) -> bool:
    return figure is not None and figure.quantity.value is not None


def numbered(event: Event) -> bool:
    return any(map(has_value, (event.attack_count, *event.casualties)))


def counts(event: Event) -> list[AttackCount]:
    return [event.attack_count] if has_value(event.attack_count) else []


def periods(event: Event) -> list[Period]:
    return [event.period] if event.period and event.period.interval.start else []


def sizes(event: Event) -> dict[str, int]:
    """How many fillers an event has, slot by slot."""
    return {
        "attack_count": len(counts(event)),
        "casualty": sum(map(has_value, event.casualties)),
        "location": len(event.locations),
        "actor": len(event.actors),
        "period": len(periods(event)),
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared beside the slots: an attribute or a link of two events or of two paired fillers.

    `gold` and `predicted` are the values; a link's are what it points to: an event's id, or a span.
    """

    name: str
    of: tuple[Event, Event] | tuple[AttackCount | Casualty | Location, ...]
    gold: object
    predicted: object
    same: bool

    def counts(self) -> Counts:
        """One tp where both are given and the same, else a fn for gold's and a fp for the predicted one."""
        right = int(self.same and self.gold is not None and self.predicted is not None)
        return tally(right, int(self.gold is not None), int(self.predicted is not None))


class Pair:
    """An event of each side, and their fillers paired."""

    def __init__(self, text: str, gold: Event, predicted: Event):
        self.gold, self.predicted = gold, predicted
        self.casualties = one_to_one(text, gold.casualties, predicted.casualties, same_casualty)
        self.locations = one_to_one(text, gold.locations, predicted.locations, same_place)
        self.actors = one_to_one(text, gold.actors, predicted.actors, same_actor)
        self.counts = one_to_one(text, counts(gold), counts(predicted), same_count)
        self.periods = one_to_one(text, periods(gold), periods(predicted), same_period)

    def right(self) -> dict[str, int]:
        """Fillers that agree, slot by slot."""
        return {
            "attack_count": len(self.counts),
            "casualty": sum(has_value(gold) for gold, _ in self.casualties),
            "location": len(self.locations),
            "actor": len(self.actors),
            "period": len(self.periods),
        }

    def weight(self) -> float:
        return sum(WEIGHTS[slot] * n for slot, n in self.right().items())

    def exact(self) -> bool:
        return self.right() == sizes(self.gold) == sizes(self.predicted)

    def rank(self) -> float:
        """The weight, and what settles alignments of equal weight."""
        same_anchor = self.gold.anchor.overlaps(self.predicted.anchor)
        return self.weight() + SAME_ANCHOR * same_anchor + ALL_RIGHT * self.exact()

    def attributes(self) -> Iterator[Compared]:
        """What is compared apart, of the events and of their paired fillers."""
        figures = self.casualties + self.counts
        yield from _compared([(self.gold, self.predicted)], "kind")
        yield from _compared(self.casualties, "victims", "components")
        yield from _compared(figures, "relation", "upper", part="quantity")
        yield from _compared(self.locations, "country", "admin1", part="place")


def _compared(pairs: Sequence[tuple], *names: str, part: str | None = None) -> Iterator[Compared]:
    """Fields of the paired ones, or of a `part` of each."""
    for pair in pairs:
        gold, predicted = (getattr(one, part) if part else one for one in pair)
        for name in names:
            values = getattr(gold, name), getattr(predicted, name)
            yield Compared(name, pair, *values, values[0] == values[1])


class Pairing:
    """The events of two versions of a report, aligned.

    `pairs` are all aligned ones, `scored` those whose gold event has a number; `gold` and
    `predicted` the events that count.
    """

    def __init__(self, gold: Document, predicted: Document):
        self.by_id = {event.id: event for event in gold.events}
        self.predicted = [event for event in predicted.events if numbered(event)]
        self.pairs = align(gold.text, gold.events, self.predicted)
        self.partner = {pair.predicted.id: pair.gold.id for pair in self.pairs}
        self.gold = [event for event in gold.events if numbered(event)]
        self.scored = [pair for pair in self.pairs if numbered(pair.gold)]
        excused = {id(pair.predicted) for pair in self.pairs if not numbered(pair.gold)}
        self.predicted = [event for event in self.predicted if id(event) not in excused]

    def slots(self) -> dict[str, Counts]:
        right = {slot: sum(pair.right()[slot] for pair in self.scored) for slot in SLOTS}
        return {
            slot: tally(
                right[slot], *(sum(sizes(e)[slot] for e in side) for side in (self.gold, self.predicted))
            )
            for slot in SLOTS
        }

    def events(self) -> Counts:
        return tally(len(self.scored), len(self.gold), len(self.predicted))

    def records(self) -> Counts:
        return tally(sum(pair.exact() for pair in self.scored), len(self.gold), len(self.predicted))

    def attributes(self) -> dict[str, Counts]:
        total: dict[str, Counts] = {}
        for pair in self.scored:
            for compared in pair.attributes():
                total = added(total, {compared.name: compared.counts()})
        return total

    def part_of(self) -> Counts:
        return sum((link.counts() for pair in self.scored for link in self.totals(pair)), Counts())

    def links(self, name: str) -> Counts:
        """Links of paired casualties to others of their event, by the field's name."""
        return sum((link.counts() for pair in self.scored for link in figure_links(pair, name)), Counts())

    def totals(self, pair: Pair) -> Iterator[Compared]:
        """The link of a pair to its totals; one to a total of gold without a number is not scored."""
        gold, predicted = pair.gold.part_of, pair.predicted.part_of
        if gold is None or gold not in self.by_id or numbered(self.by_id[gold]):
            same = self.partner.get(predicted) == gold
            yield Compared("part_of", (pair.gold, pair.predicted), gold, predicted, same)


def figure_links(pair: Pair, name: str) -> Iterator[Compared]:
    """The links of paired casualties to others of their event, by the field's name."""
    partner = {predicted.span: gold.span for gold, predicted in pair.casualties}
    for figures in pair.casualties:
        gold, predicted = (getattr(figure, name) for figure in figures)
        yield Compared(name, figures, gold, predicted, partner.get(predicted) == gold)


def align(text: str, gold: Sequence[Event], predicted: Sequence[Event]) -> list[Pair]:
    """The pairs of the one-to-one alignment with the greatest weight."""
    if not gold or not predicted:
        return []
    gold, predicted = (sorted(side, key=order) for side in (gold, predicted))
    pairs = [[Pair(text, g, p) for p in predicted] for g in gold]
    ranks = [[pair.rank() for pair in row] for row in pairs]
    flipped = list(map(order, gold)) > list(map(order, predicted))
    return [pairs[i][j] for i, j in assignment(ranks, flipped) if pairs[i][j].weight() > ENOUGH]
