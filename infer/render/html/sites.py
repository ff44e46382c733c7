"""The places that events name, put together by point: what is told of each, and which have none."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from infer.grouping import measured
from infer.render import overlaps, wording
from infer.render.html.atlas import Spot
from infer.schema import Document, Event, Location

REGIONS = ("country", "admin1", "area")  # kinds of place whose point stands for all of it


@dataclass(frozen=True, slots=True)
class Mention:
    """An event at a place; `said` is what it tells, `home` the number of its document."""

    home: int
    event: Event
    location: Location
    said: str


@dataclass(slots=True)
class Site:
    """A place with its mentions; `key` is of the point or, where there is none, of the words."""

    key: str
    name: str
    about: str
    kind: str | None
    point: tuple[float, float] | None
    mentions: list[Mention] = field(default_factory=list)


class Sites:
    """All places of some documents, in the order they are told in."""

    def __init__(self):
        self.found: dict[tuple, Site] = {}

    def add(self, home: int, document: Document, events: Iterable[Event]) -> None:
        for event in events:
            inmost = overlaps.places(event)
            told = [at for at in event.locations if at.place in inmost]
            for location in told:
                mention = Mention(home, event, location, said(event, len(told) - 1))
                self._site(document, location).mentions.append(mention)

    def _site(self, document: Document, location: Location) -> Site:
        place = location.place
        known = place.name if place.kind != "area" else None  # an area may bear its division's name
        name = wording.one_line(known or "") or wording.quote(document, location)
        pointed = place.latitude is not None and place.longitude is not None
        point = (place.latitude, place.longitude) if pointed else None
        identity = (point, name.casefold(), place.country, place.admin1)
        if identity not in self.found:
            about = place.admin1 or place.country or ""
            self.found[identity] = Site(f"p{len(self.found) + 1}", name, about, place.kind, point)
        return self.found[identity]

    def spots(self) -> list[Spot]:
        """What the map draws."""
        return [
            Spot(site.key, site.name, *site.point, most_killed(site), site.kind in REGIONS)
            for site in self.found.values()
            if site.point
        ]

    def ordered(self) -> list[Site]:
        """Those on the map first, the deadliest first."""
        return sorted(self.found.values(), key=lambda site: (site.point is None, -most_killed(site)))


def said(event: Event, others: int) -> str:
    """An event at a place that it names beside `others`: its figures are not of this one alone."""
    quantity = measured(event, "killed")
    killed = f", {number} killed" if quantity and (number := wording.number(quantity)) else ""
    elsewhere = f" there or at {others} other place{'s' * (others > 1)}" if others else ""
    return event.id + killed + elsewhere


def most_killed(site: Site) -> int:
    """The largest number killed that one event tells there; 0 where none tells one."""
    told = (measured(mention.event, "killed") for mention in site.mentions)
    return max((quantity.value or 0 for quantity in told if quantity), default=0)
