"""ACLED's columns: what the record knows, coded as ACLED codes it; the rest empty, and told."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import documents, sample

import infer.render
from infer.render import acled
from infer.schema import Casualty, Document, Event, Interval, Location, Period, Place, Quantity, Span

TEXT = "On 4 May Red Column killed at least 12 civilians in Alpha near Beta, Gamma region."
WHEN, WHO, MANY, WHERE, NEAR, REGION = (
    Span(TEXT.index(words), TEXT.index(words) + len(words), label)
    for words, label in (
        ("4 May", "PERIOD"),
        ("Red Column", "ACTOR"),
        ("at least 12 civilians", "CASUALTY"),
        ("Alpha", "LOCATION"),
        ("Beta", "LOCATION"),
        ("Gamma region", "LOCATION"),
    )
)
VILLAGE = Location(WHERE, Place("Alpha", "populated_place", "NE", "NE-6", 14.5, 2.5))
UNKNOWN = Location(WHERE, Place(None, "populated_place", "NE", "NE-6"))
TOWN = Location(NEAR, Place("Beta", "populated_place", "NE", "NE-6", 14.0, 2.0))
DIVISION = Location(REGION, Place("Tillabéri", "admin1", "NE", "NE-6", 13.85, 2.16))
COUNTRY = Location(REGION, Place("Niger", "country", "NE", None, 17.35, 9.32))
DESERT = Location(REGION, Place("Gamma", "area", "NE", None, 15.0, 3.0))


def incident(**slots) -> Document:
    event = Event(
        "e1",
        "incident",
        MANY,
        casualties=(Casualty(MANY, Quantity(12, None, "at_least"), "killed", "civilian"),),
        period=Period(WHEN, Interval(date(2023, 5, 4), date(2023, 5, 4), "day")),
        locations=(VILLAGE,),
    )
    spans = (WHEN, WHO, MANY, WHERE, NEAR, REGION)
    return Document(
        "r.txt", TEXT, spans=spans, events=(replace(event, **slots),), extra={"outlet": "The Wire"}
    )


def printed(*documents: Document) -> tuple[list[dict], list[str]]:
    stream, notes = io.StringIO(newline=""), []
    acled.write(documents, stream, notes.append)
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline=""), strict=True)), notes


def test_an_incident_has_what_is_known_and_nothing_else():
    ((row,), notes) = printed(incident())
    assert {name: value for name, value in row.items() if value} == {
        "event_date": "2023-05-04",
        "year": "2023",
        "time_precision": "1",
        "country": "Niger",
        "admin1": "Tillabéri",
        "location": "Alpha",
        "latitude": "14.5",
        "longitude": "2.5",
        "geo_precision": "1",
        "source": "The Wire",
        "notes": TEXT,
        "fatalities": "12",
        "document": "r.txt",
        "event": "e1",
    }
    assert not any(row[name] for name in acled.EMPTY)
    assert all(name in notes[1] for name in acled.EMPTY)


def test_the_columns_are_acled_s_in_its_order():
    """As in its export since March 2023, 31 of them."""
    columns = (
        "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 "
        "assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country "
        "admin1 admin2 admin3 "
        "location latitude longitude geo_precision source source_scale notes fatalities tags timestamp"
    )
    assert list(acled.COLUMNS) == columns.split() and len(acled.COLUMNS) == 31


@pytest.mark.parametrize(
    "start, end, day, year, precision",
    [
        ((2023, 5, 4), (2023, 5, 4), "2023-05-04", "2023", "1"),
        ((2023, 5, 6), (2023, 5, 7), "2023-05-06", "2023", "2"),
        ((2023, 5, 1), (2023, 5, 7), "2023-05-04", "2023", "2"),
        ((2023, 5, 1), (2023, 5, 8), "2023-05-04", "2023", "3"),
        ((2023, 5, 1), (2023, 5, 31), "2023-05-16", "2023", "3"),
        ((2023, 5, 1), (2023, 6, 1), "", "2023", ""),
        ((2022, 12, 1), (2023, 6, 1), "", "", ""),
        ((2023, 5, 1), None, "", "", ""),
    ],
)
def test_the_date_is_a_day_or_the_middle_of_a_week_or_a_month(start, end, day, year, precision):
    interval = Interval(date(*start), end and date(*end))
    ((row,), _) = printed(incident(period=Period(WHEN, interval)))
    assert (row["event_date"], row["year"], row["time_precision"]) == (day, year, precision)


@pytest.mark.parametrize(
    "locations, location, latitude, precision",
    [
        ((VILLAGE, DIVISION), "Alpha", "14.5", "1"),
        ((UNKNOWN, TOWN), "Alpha", "14.0", "2"),
        ((UNKNOWN, DIVISION, TOWN), "Alpha", "13.85", "3"),
        ((DIVISION,), "Tillabéri", "13.85", "3"),
        ((DESERT,), "Gamma", "15.0", "3"),
        ((COUNTRY,), "Niger", "", ""),
        ((UNKNOWN, COUNTRY), "Alpha", "", ""),
        ((), "", "", ""),
    ],
)
def test_the_point_is_the_first_known_and_its_precision_says_whose(locations, location, latitude, precision):
    ((row,), _) = printed(incident(locations=locations))
    assert (row["location"], row["latitude"], row["geo_precision"]) == (location, latitude, precision)


@pytest.mark.parametrize(
    "quantity, fatalities",
    [
        (Quantity(12), "12"),
        (Quantity(0), "0"),
        (Quantity(12, 15), "12"),
        (Quantity(12, None, "about"), "12"),
        (Quantity(12, None, "at_most"), ""),
        (Quantity(None, None, "vague"), ""),
    ],
)
def test_fatalities_are_the_figure_or_its_lower_end_and_empty_where_none_is_given(quantity, fatalities):
    ((row,), _) = printed(incident(casualties=(Casualty(MANY, quantity, "killed"),)))
    assert row["fatalities"] == fatalities
    ((row,), _) = printed(incident(casualties=(Casualty(MANY, quantity, "wounded"),)))
    assert row["fatalities"] == ""


def test_aggregates_and_parts_of_incidents_are_left_out_and_told():
    document = incident()
    (one,) = document.events
    events = (
        replace(one, id="e1", kind="aggregate"),
        replace(one, id="e2", part_of="e1"),
        replace(one, id="e3", part_of="e2"),
    )
    rows, notes = printed(replace(document, events=events))
    assert [row["event"] for row in rows] == ["e2"]
    assert "aggregates: 1, incidents that are parts of another: 1" in notes[0]
    assert notes[0].startswith("r.txt: ") and printed(document, sample())[1][0].startswith("acled: ")


def test_every_column_is_documented_as_filled_or_as_empty():
    text = (
        (Path(infer.render.__file__).parent / "COLUMNS.md").read_text(encoding="utf-8").split("## ACLED")[1]
    )
    table, empty = text.split("Empty, since")
    filled = re.findall(
        r"`([a-z0-9_]+)`", "".join(x.split("|")[1] for x in table.splitlines() if x[:2] == "| ")
    )
    assert re.findall(r"`([a-z0-9_]+)`", empty) == list(acled.EMPTY)
    assert sorted([*filled, *acled.EMPTY]) == sorted([*acled.COLUMNS, *acled.OURS])


@settings(deadline=None, max_examples=30)
@given(st.lists(documents(), max_size=2))
def test_any_documents_have_a_row_for_each_incident_of_its_own(many):
    rows, _ = printed(*many)
    kinds = {(d.id.removeprefix("'"), e.id): e.kind for d in many for e in d.events}
    assert all(kinds[row["document"].removeprefix("'"), row["event"]] == "incident" for row in rows)
    alone = [e for d in many for e in d.events if e.kind == "incident" and not e.part_of]
    assert len(rows) >= len(alone)
    for row in rows:
        assert None not in row and row["time_precision"] in ("", "1", "2", "3")
        assert bool(row["event_date"]) == bool(row["time_precision"])
        assert bool(row["latitude"]) == bool(row["geo_precision"])
