"""GeoJSON (RFC 7946): a feature for each point of an event, and one without a geometry where it has none."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TextIO

from infer.render import flat
from infer.schema import Document, Event, Place


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """One FeatureCollection, a feature a line, each written as it comes."""
    stream.write('{"type": "FeatureCollection", "features": [')
    found = (f for document in documents for event in document.events for f in features(document, event))
    for number, feature in enumerate(found):
        stream.write(",\n" if number else "\n")
        stream.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    stream.write("\n]}\n")


def features(document: Document, event: Event) -> Iterator[dict]:
    """The features of an event: those of one event repeat its figures, `point` numbers them."""
    cells = flat.row(document, event) | flat.inputs(document)
    cells = {name: _json(flat.spelled(value)) for name, value in cells.items()}
    del cells["latitude"], cells["longitude"]  # of the first place, and here a feature is of any
    places = points(event) or [None]
    for number, place in enumerate(places, start=1):
        about = {
            "point": place and number,
            "points": len(places) if place else 0,
            "point_name": place and place.name,
            "point_kind": place and place.kind,
        }
        yield {
            "type": "Feature",
            "geometry": place and {"type": "Point", "coordinates": [place.longitude, place.latitude]},
            "properties": about | cells,
        }


def points(event: Event) -> list[Place]:
    """The event's places whose point is known, most specific first, each point once."""
    places = [location.place for location in event.locations]
    found: dict[tuple[float, float], Place] = {}
    for place in places:
        if None not in (place.latitude, place.longitude):
            found.setdefault((place.latitude, place.longitude), place)
    return list(found.values())


def _json(value):
    return value.isoformat() if isinstance(value, date) else value
