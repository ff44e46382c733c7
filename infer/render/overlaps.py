"""Which events may tell of the same attacks, so that nobody adds them up."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from infer.parties import parties, tokens, victims_class
from infer.schema import Event, Interval, Place


def overlapping(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Pairs of roots (part of no other event), at least one a total, that share actor, place and time.

    Only what both state can be shared: an event without a period overlaps none.
    """
    roots = [event for event in events if event.part_of is None]
    for a, b in combinations(roots, 2):
        if "aggregate" in (a.kind, b.kind) and share(a, b):
            yield a, b


def share(a: Event, b: Event) -> bool:
    """Whether both state actor, place and period, and these meet."""
    dated = a.period and b.period and _known(a.period.interval) and _known(b.period.interval)
    return bool(dated and _actors(a) & _actors(b)) and meet(a, b) and _places(a, b)


def may_share(a: Event, b: Event) -> bool:
    """Whether nothing tells them apart: what one of them leaves out may be what the other says."""
    return meet(a, b) and _one_place(a, b) and _one_side(a, b)


def meet(a: Event, b: Event) -> bool:
    """Whether two periods have a day in common, as far as they are known."""
    return not (a.period and b.period) or _intersect(a.period.interval, b.period.interval)


def places(event: Event) -> list[Place]:
    """The places of an event without the countries and divisions that others of them lie in."""
    its = [location.place for location in event.locations]
    return [p for p in its if not any(_holds(p, other) for other in its)]


def _holds(region: Place, place: Place) -> bool:
    if region.kind == "country":
        return place.kind != "country" and place.country == region.country
    return (
        region.kind == "admin1"
        and bool(region.admin1)
        and place.kind not in ("country", "admin1")
        and (place.admin1 == region.admin1)
    )


def _actors(event: Event) -> set[str]:
    return {actor.name for actor in event.actors if actor.name}


def _one_side(a: Event, b: Event) -> bool:
    if not all(event.actors and all(x.name for x in event.actors) for event in (a, b)):
        return True
    return any(_may_be_same(x, y) for x in sorted(_actors(a)) for y in sorted(_actors(b)))


@cache
def _may_be_same(a: str, b: str) -> bool:
    """Whether two parties may be one: "Islamic State" and a province of it, gunmen and an armed group."""
    own, other = ({t.fold for t in tokens(name)} for name in (a, b))
    kinds = [_kind(name) for name in (a, b)]
    return own <= other or other <= own or "unidentified" in kinds and "state" not in kinds


def _kind(name: str) -> str | None:
    party = parties().get(name)
    return "state" if victims_class(party) == "security_forces" else party and party.kind


def _known(interval: Interval) -> bool:
    return bool(interval.start or interval.end)


def _intersect(a: Interval, b: Interval) -> bool:
    return not (a.end and b.start and a.end < b.start or b.end and a.start and b.end < a.start)


def _places(a: Event, b: Event) -> bool:
    return any(_inside(x, y) for x in places(a) for y in places(b))


def _inside(a: Place, b: Place) -> bool:
    """Whether two places may be one, or one hold the other, as far as their codes and names tell."""
    if not a.country or a.country != b.country:
        return False
    if "country" in (a.kind, b.kind):
        return True
    if a.admin1 != b.admin1:
        return False
    return a.name == b.name or "admin1" in (a.kind, b.kind)


def _one_place(a: Event, b: Event) -> bool:
    both = places(a), places(b)
    return not all(both) or any(_may_be_one(x, y) for x in both[0] for y in both[1])


def _may_be_one(a: Place, b: Place) -> bool:
    """Whether no code and no name tells two places apart; only towns are never in one another."""
    for code in ("country", "admin1"):
        own, other = getattr(a, code), getattr(b, code)
        if own and other and own != other:
            return False
        if not own or not other:
            return True
    return a.name == b.name or not a.kind == b.kind == "populated_place"
