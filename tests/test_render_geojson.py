"""GeoJSON keeps to RFC 7946, and every event is in it, with a point or without."""

import io
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import documents, sample

from infer.render import flat, geojson
from infer.schema import Document, Location, Place


def printed(*documents: Document) -> dict:
    stream = io.StringIO(newline="")
    geojson.write(documents, stream)
    return json.loads(stream.getvalue(), parse_constant=lambda c: 1 / 0)


def keeps_to_the_rfc(collection: dict) -> None:
    """Sections 3 and 4: types, geometries, longitude before latitude, degrees, no other reference system."""
    assert collection.keys() == {"type", "features"} and collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert feature.keys() == {"type", "geometry", "properties"} and feature["type"] == "Feature"
        assert isinstance(feature["properties"], dict)
        geometry = feature["geometry"]
        if geometry is not None:
            assert geometry.keys() == {"type", "coordinates"} and geometry["type"] == "Point"
            longitude, latitude = geometry["coordinates"]
            assert -180 <= longitude <= 180 and -90 <= latitude <= 90


@settings(deadline=None, max_examples=40)
@given(st.lists(documents(), max_size=3))
def test_any_documents_keep_to_the_rfc_and_no_event_is_missing(many):
    collection = printed(*many)
    keeps_to_the_rfc(collection)
    shown = [(f["properties"]["document"], f["properties"]["event"]) for f in collection["features"]]
    events = [(d.id, e.id) for d in many for e in d.events]
    assert list(dict.fromkeys(shown)) == list(dict.fromkeys(events))
    points = {(p.longitude, p.latitude) for d in many for e in d.events for p in geojson.points(e)}
    assert {tuple(f["geometry"]["coordinates"]) for f in collection["features"] if f["geometry"]} == points


def test_the_sample_s_point_is_longitude_first_and_its_properties_are_the_flat_columns():
    total, homs, hama = printed(sample())["features"]
    assert homs["geometry"] == {"type": "Point", "coordinates": [-38.25, 34.5]}
    assert total["geometry"] is None and hama["geometry"] is None
    ours = [name for name in flat.COLUMNS if name not in ("latitude", "longitude")]
    assert list(homs["properties"]) == [
        *("point", "points", "point_name", "point_kind"), *ours, "input_source", "input_lat",
    ]  # fmt: skip
    properties = homs["properties"]
    assert (properties["point"], properties["points"], properties["point_name"]) == (1, 1, "Ḩimş")
    assert (properties["period_start"], properties["killed"], properties["killed_upper"]) == (
        "2023-06-01",
        5,
        None,
    )
    assert properties["inherited"] == "actors; period"
    assert (total["properties"]["point"], total["properties"]["points"]) == (None, 0)


def test_an_event_at_two_places_has_two_features_that_are_numbered():
    document = sample()
    first = document.events[1]
    span = first.locations[0].span
    there = [
        Location(span, Place(n, "populated_place", "SY", None, lat, 40.0))
        for n, lat in (("A", 1.0), ("B", 2.0))
    ]
    event = replace(first, locations=(*there, there[0], Location(span, Place("C", "area"))))
    found = printed(replace(document, events=(document.events[0], event)))["features"][1:]
    properties = [f["properties"] for f in found]
    assert [(p["point"], p["points"], p["point_name"]) for p in properties] == [(1, 2, "A"), (2, 2, "B")]


def test_without_events_it_is_a_collection_of_none():
    assert printed(Document("d", "")) == {"type": "FeatureCollection", "features": []}
