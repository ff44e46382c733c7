"""The types refuse what would be wrong later, and the shipped JSON Schema agrees with them."""

from datetime import date

import jsonschema
import pytest

from infer import schema as types
from infer.schema import Actor, Casualty, Check, Document, Event, Interval, Place, Quantity, Span

TEXT = "Red Column hit Homs"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Span(3, 3, "ACTOR"),
        lambda: Span(-1, 3, "ACTOR"),
        lambda: Span(0, 3, ""),
        lambda: Quantity(3, None, "roughly"),
        lambda: Interval(date(2024, 2, 1), date(2024, 1, 1)),
        lambda: Interval(granularity="decade"),
        lambda: Place(kind="village"),
        lambda: Casualty(Span(0, 3, "CASUALTY"), Quantity(1), outcome="dead"),
        lambda: Casualty(Span(0, 3, "CASUALTY"), Quantity(1), victims="police"),
        lambda: Casualty(Span(0, 3, "CASUALTY"), Quantity(1), components="some"),
        lambda: Event("e1", "raid", Span(0, 3, "CASUALTY")),
        lambda: Check("e1", "period", None, 1, 1, (), "agrees"),
        lambda: Check("e1", "casualties", None, 1, 1, (), "fine"),
        lambda: Document("d", TEXT, report_date_source="clock"),
        lambda: Document("d", TEXT, spans=(Span(0, 10, "ACTOR"), Span(4, 14, "ACTOR"))),
        lambda: Document("d", TEXT, spans=(Span(15, 20, "LOCATION"),)),
        lambda: Document(
            "d",
            TEXT,
            events=(Event("e1", "incident", Span(0, 3, "CASUALTY"), actors=(Actor(Span(0, 3, "ACTOR")),)),),
        ),
    ],
)
def test_a_value_outside_the_contract_is_refused_when_it_is_made(make):
    with pytest.raises(ValueError):
        make()


def test_an_overlap_is_refused_naming_both_spans_and_their_words():
    with pytest.raises(ValueError, match=r"ACTOR \[0, 10\) 'Red Column'.*ACTOR \[4, 14\) 'Column hit'"):
        Document("d", TEXT, spans=(Span(4, 14, "ACTOR"), Span(0, 10, "ACTOR")))


def test_spans_stand_in_text_order_and_compare_without_their_confidence():
    homs, column = Span(15, 19, "LOCATION", 0.5), Span(0, 10, "ACTOR", 0.9)
    assert Document("d", TEXT, spans=(homs, column)).spans == (column, homs)
    assert homs == Span(15, 19, "LOCATION")


def test_evidence_is_the_hull_of_what_was_stated_here_not_carried():
    here, carried = Span(15, 19, "CASUALTY"), Span(0, 10, "ACTOR")
    event = Event(
        "e1",
        "incident",
        here,
        actors=(Actor(carried, inherited=True),),
        casualties=(Casualty(here, Quantity(1)),),
    )
    assert event.evidence == (15, 19)


def test_only_casualties_that_are_no_part_and_no_alternative_may_be_added_up():
    one, two = Span(0, 3, "CASUALTY"), Span(4, 6, "CASUALTY")
    assert Casualty(one, Quantity(1)).counts
    assert not Casualty(one, Quantity(1), part_of=two).counts
    assert not Casualty(one, Quantity(1), alternative_to=two).counts


def test_the_json_schema_is_a_valid_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def choices(schema, *path):
    for key in path:
        schema = schema[key]
    return {c for c in schema["enum"] if c is not None}


@pytest.mark.parametrize(
    "path, values",
    [
        (("outcome",), types.OUTCOMES),
        (("relation",), types.RELATIONS),
        (("casualty", "properties", "victims"), types.VICTIMS),
        (("casualty", "properties", "components"), types.COMPONENTS),
        (("event", "properties", "kind"), types.KINDS),
        (("location", "properties", "kind"), types.PLACE_KINDS),
        (("period", "properties", "granularity"), types.GRANULARITIES),
        (("document", "properties", "report_date_source"), types.REPORT_DATE_SOURCES),
        (("check", "properties", "field"), types.CHECK_FIELDS),
        (("check", "properties", "status"), types.CHECK_STATUSES),
    ],
)
def test_the_json_schema_allows_exactly_the_values_of_the_types(schema, path, values):
    assert choices(schema["$defs"], *path) == set(values)
