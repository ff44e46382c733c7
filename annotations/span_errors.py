"""What kind of error a span is: edges and labels told apart, as MUC does.

Chinchor and Sundheim 1993 ("MUC-5 evaluation metrics"): correct, partial (here `boundary`: the label is
right, an edge is not), incorrect (`type`: the edges are right, the label is not; `both`: they share a
character and nothing else), missing, spurious. Each span is in one pair at most; where several could be, the
better kind wins.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from infer.schema import Span

ERRORS = ("boundary", "type", "both", "missing", "spurious")
KINDS = ("correct", *ERRORS)


class Judged(NamedTuple):
    """A gold span and the one that was found for it, either None, and how they relate (one of KINDS)."""

    gold: Span | None
    found: Span | None
    kind: str


def judge(gold: Sequence[Span], found: Sequence[Span]) -> list[Judged]:
    """Every span of both sides, once, in text order."""
    judged: list[Judged] = []
    for kind, fits in _FITS:
        taken = {id(span) for pair in judged for span in pair[:2]}
        left = [[span for span in side if id(span) not in taken] for side in (gold, found)]
        judged += [Judged(a, b, kind) for a, b in _pairs(*left, fits)]
    taken = {id(span) for pair in judged for span in pair[:2]}
    judged += [Judged(span, None, "missing") for span in gold if id(span) not in taken]
    judged += [Judged(None, span, "spurious") for span in found if id(span) not in taken]
    return sorted(judged, key=lambda pair: (pair.gold or pair.found, pair.found is None))


def count(judged: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """How many of each kind, by label: gold's, and what is spurious by the label it was given."""
    times = Counter(((pair.gold or pair.found).label, pair.kind) for pair in judged)
    return {
        label: {kind: times[label, kind] for kind in KINDS} for label in sorted({label for label, _ in times})
    }


def confusion(judged: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """How often a span of gold's label was given which label; "" is no span on that side."""
    times = Counter((_label(pair.gold), _label(pair.found)) for pair in judged)
    labels = sorted({label for pair in times for label in pair} - {""}) + [""]
    return {a: {b: times[a, b] for b in labels} for a in labels}


_FITS: tuple[tuple[str, Callable[[Span, Span], bool]], ...] = (
    ("correct", lambda a, b: a == b),
    ("boundary", lambda a, b: a.label == b.label and a.overlaps(b)),
    ("type", lambda a, b: (a.start, a.end) == (b.start, b.end)),
    ("both", lambda a, b: a.overlaps(b)),
)


def _pairs(gold: Sequence[Span], found: Sequence[Span], fits: Callable) -> list[tuple[Span, Span]]:
    """One to one; a side is in text order and free of overlap, so the first that fits loses nothing."""
    pairs, first = [], 0
    for span in gold:
        for place in range(first, len(found)):
            if found[place].start >= span.end:
                break
            if fits(span, found[place]):
                pairs.append((span, found[place]))
                first = place + 1
                break
    return pairs


def _label(span: Span | None) -> str:
    return span.label if span else ""
