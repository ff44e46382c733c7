"""Which events of a report may tell of the same attacks, so that nobody adds them up."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from infer.schema import Event, Interval, Place


def overlapping(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Pairs of roots (part of no other event), at least one a total, that share actor, place and time.

    Only what both state can be shared: an event without a period overlaps none.
    """
    roots = [event for event in events if event.part_of is None]
    for a, b in combinations(roots, 2):
        if "aggregate" in (a.kind, b.kind) and _actors(a) & _actors(b) and _meet(a, b) and _places(a, b):
            yield a, b


def _actors(event: Event) -> set[str]:
    return {actor.name for actor in event.actors if actor.name}


def _meet(a: Event, b: Event) -> bool:
    return bool(a.period and b.period) and _intersect(a.period.interval, b.period.interval)


def _intersect(a: Interval, b: Interval) -> bool:
    known = (a.start or a.end) and (b.start or b.end)
    return bool(known) and not (
        a.end and b.start and a.end < b.start or b.end and a.start and b.end < a.start
    )


def _places(a: Event, b: Event) -> bool:
    return any(_inside(x.place, y.place) for x in a.locations for y in b.locations)


def _inside(a: Place, b: Place) -> bool:
    """Whether two places may be one, or one hold the other, as far as their codes and names tell."""
    if not a.country or a.country != b.country:
        return False
    if "country" in (a.kind, b.kind):
        return True
    if a.admin1 != b.admin1:
        return False
    return a.name == b.name or "admin1" in (a.kind, b.kind)
