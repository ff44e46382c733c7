"""What many reports state, by actor, by place and by month, without one grand total.

Only roots count (events that are part of no other). What a group's roots state of attacks or of an outcome is
added up only over roots that cannot overlap, as far as actor, place and period tell; the others stand beside.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from infer.grouping import added
from infer.render.overlaps import may_share, places, share
from infer.render.wording import one_line
from infer.schema import OUTCOMES, Document, Event, Quantity

MEASURES = ("attacks", *OUTCOMES)
Near = dict[int, set[int]]  # of a root, the roots that it may overlap


@dataclass(frozen=True, slots=True)
class Figure:
    """What a root states of one measure: the sum of its numbers, its words, and other sources' figures.

    Words without a number beside numbers make the sum a least one.
    """

    quantity: Quantity
    text: str
    alternatives: tuple[tuple[Quantity, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Root:
    """An event that is part of no other; `place` is its own in the summary, `home` its document's, from 0."""

    place: int
    home: int
    document: str
    event: Event
    anchor: str
    actors: tuple[str, ...]
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of a group: what was added up over `of` (None for fewer than two), and what was not."""

    total: Quantity | None
    of: tuple[Root, ...]
    apart: tuple[Root, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Roots with an actor, a place or a period in common; `key` is () where they do not state it.

    `key`: (name,), (country,), (country, division or None), or (first day, last day).
    """

    key: tuple
    roots: tuple[Root, ...]
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Summary:
    """`overlaps`: pairs of roots, and whether both state who, where and when (else they only may)."""

    documents: tuple[str, ...]
    events: int
    roots: tuple[Root, ...]
    by_actor: tuple[Group, ...]
    by_place: tuple[Group, ...]
    by_period: tuple[Group, ...]
    overlaps: tuple[tuple[Root, Root, bool], ...]


def summarize(documents: Iterable[Document]) -> Summary:
    """The summary of documents, which are read one at a time and not kept."""
    ids, roots, events = [], [], 0
    for document in documents:
        ids.append(document.id)
        events += len(document.events)
        there = {e.id for e in document.events}
        for event in document.events:
            if event.part_of not in there:
                roots.append(_root(len(roots), len(ids) - 1, document, event))
    overlaps = tuple(_overlaps(roots))
    near: Near = {}
    for a, b, _ in overlaps:
        near.setdefault(a.place, set()).add(b.place)
        near.setdefault(b.place, set()).add(a.place)
    return Summary(
        tuple(ids),
        events,
        tuple(roots),
        tuple(_groups(roots, near, lambda r: r.actors and [(a,) for a in r.actors])),
        tuple(_groups(roots, near, _regions)),
        tuple(_groups(roots, near, _months)),
        overlaps,
    )


def _root(place: int, home: int, document: Document, event: Event) -> Root:
    actors = dict.fromkeys(one_line(a.name or a.span.text(document.text)) for a in event.actors)
    figures = {}
    for measure in MEASURES:
        stated, others = _stated(event, measure)
        if stated or others:
            figures[measure] = _figure(document, stated, others)
    anchor = one_line(event.anchor.text(document.text))
    return Root(place, home, document.id, event, anchor, tuple(actors), figures)


def _stated(event: Event, measure: str) -> tuple[list, list]:
    """The slots of an event that state a measure, and those of other sources."""
    if measure == "attacks":
        return [event.attack_count] * bool(event.attack_count), list(event.alternative_counts)
    figures = [c for c in event.casualties if c.outcome == measure]
    others = [c for c in figures if c.alternative_to is not None and c.part_of is None]
    return [c for c in figures if c.counts], others


def _figure(document: Document, stated: list, others: list) -> Figure:
    known = [s.quantity for s in stated if s.quantity.value is not None]
    quantity = added(known)
    if 0 < len(known) < len(stated):
        quantity = Quantity(quantity.value, None, "at_least")
    text = " + ".join(one_line(s.span.text(document.text)) for s in stated)
    alternatives = ((o.quantity, one_line(o.span.text(document.text))) for o in others)
    return Figure(quantity, text, tuple(alternatives))


def _overlaps(roots: Sequence[Root]) -> Iterator[tuple[Root, Root, bool]]:
    """Pairs that may tell of the same attacks, in order; two incidents of one report never do.

    Roots are gone through by their first day, so that only those whose periods meet are compared.
    """
    found, current = [], []
    for root in sorted(roots, key=lambda r: (_days(r.event)[0], r.place)):
        current = [other for other in current if _days(other.event)[1] >= _days(root.event)[0]]
        for other in current:
            if root.home == other.home and root.event.kind == other.event.kind == "incident":
                continue
            if may_share(root.event, other.event):
                a, b = sorted((root, other), key=lambda r: r.place)
                found.append((a, b, share(a.event, b.event)))
        current.append(root)
    yield from sorted(found, key=lambda pair: (pair[0].place, pair[1].place))


def _days(event: Event) -> tuple[date, date]:
    interval = event.period.interval if event.period else None
    return (interval and interval.start or date.min, interval and interval.end or date.max)


def _regions(root: Root) -> list[tuple]:
    """(country,) and (country, division) of the root's places."""
    known = [p for p in places(root.event) if p.country]
    return [key for p in known for key in ((p.country,), (p.country, p.admin1))]


def _months(root: Root) -> list[tuple]:
    """(first day, last day) of the month that the root's period lies in, else of the period itself."""
    if not root.event.period:
        return []
    start, end = root.event.period.interval.start, root.event.period.interval.end
    if start and end and (start.year, start.month) == (end.year, end.month):
        following = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        start, end = start.replace(day=1), following - timedelta(days=1)
    return [(start, end)] if start or end else []


def _groups(roots: Sequence[Root], near: Near, keys_of: Callable[[Root], Sequence[tuple]]) -> Iterator[Group]:
    """The roots by each of their keys, sorted; those without a key last."""
    found: dict[tuple, list[Root]] = {}
    for root in roots:
        for key in dict.fromkeys(keys_of(root) or [()]):
            found.setdefault(key, []).append(root)
    for key in sorted(found, key=_order):
        its = tuple(found[key])
        yield Group(key, its, {m: _cell(its, m, near) for m in MEASURES if any(m in r.figures for r in its)})


def _order(key: tuple) -> tuple:
    return not key, [(part is None, str(part)) for part in key]


def _cell(roots: Sequence[Root], measure: str, near: Near) -> Cell:
    stating = [r for r in roots if measure in r.figures]
    numbered = {r.place for r in stating if r.figures[measure].quantity.value is not None}
    free = tuple(r for r in stating if r.place in numbered and not near.get(r.place, set()) & numbered)
    if len(free) < 2:
        return Cell(None, (), tuple(stating))
    added_up = {r.place for r in free}
    total = added([r.figures[measure].quantity for r in free])
    return Cell(total, free, tuple(r for r in stating if r.place not in added_up))
