"""A summary shows every root once a line, adds only what cannot overlap, and says which do."""

import io
import json
from datetime import date
from itertools import count

import jsonschema
import pytest
from conftest import ROOT, strict
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from sample_documents import documents, sample

from infer.grouping import added
from infer.render import SUMMARY_FORMATS, Style, overlaps, summary_json, summary_text, table, write_summary
from infer.render.summary import summarize
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Document,
    Event,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)

SCHEMA = json.loads((ROOT / "infer" / "summary.schema.json").read_text(encoding="utf-8"))
HOMS, HAMA = Place("Homs", "admin1", "SY", "SY-HI"), Place("Hama", "admin1", "SY", "SY-HM")
SYRIA, PALMYRA = Place("Syria", "country", "SY"), Place("Palmyra", "populated_place", "SY", "SY-HI")
JUNE, JULY = (date(2023, 6, 1), date(2023, 6, 30)), (date(2023, 7, 1), date(2023, 7, 31))
FIFTH = (date(2023, 6, 5), date(2023, 6, 5))


def report(name: str, *rows: dict) -> Document:
    """A document with an event a row: kind, actor, place, days, attacks, killed, other, part_of."""
    text, spans, events, numbers = "", [], [], count(1)

    def quote(words, label: str) -> Span:
        nonlocal text
        start, text = len(text), f"{text}{words} "
        spans.append(Span(start, len(text) - 1, label, 0.9))
        return spans[-1]

    for row in rows:
        attacks, killed = row.get("attacks"), row.get("killed")
        counted = (
            AttackCount(quote(f"{attacks} raids", "ATTACK_COUNT"), Quantity(attacks)) if attacks else None
        )
        figures = []
        if killed:
            quantity = Quantity(None, None, "vague") if isinstance(killed, str) else Quantity(killed)
            figures.append(Casualty(quote(killed, "CASUALTY"), quantity, "killed"))
        if "other" in row:
            first = figures[0].span
            other = quote(row["other"], "CASUALTY")
            figures.append(Casualty(other, Quantity(row["other"]), "killed", alternative_to=first))
        days, place, actor = row.get("days", JUNE), row.get("place", HOMS), row.get("actor", "Red Column")
        events.append(
            Event(
                f"e{next(numbers)}",
                row.get("kind", "aggregate"),
                counted.span if counted else figures[0].span,
                row.get("part_of"),
                (Actor(quote(actor, "ACTOR"), actor),) if actor else (),
                counted,
                (),
                tuple(figures),
                (Location(quote(place.name, "LOCATION"), place),) if place else (),
                Period(quote("then", "PERIOD"), Interval(*days)) if days else None,
            )
        )
    return Document(name, text, spans=tuple(spans), events=tuple(events))


def printed(*many: Document, width: int | None = None) -> str:
    stream = io.StringIO()
    if width is None:
        write_summary(iter(many), stream, Style("table"))
    else:
        console = Console(file=stream, width=width, highlight=False)
        table.print_lines(console, stream, summary_text.lines(summarize(many), width))
    return stream.getvalue()


def row(text: str, label: str) -> str:
    return next(" ".join(line.split()) for line in text.splitlines() if line.strip().startswith(label))


INCIDENT = {"kind": "incident", "days": FIFTH, "place": PALMYRA}


def test_what_cannot_overlap_is_added_up_and_the_line_says_of_how_many():
    text = printed(report("a", {"attacks": 12, "killed": 5}, {"attacks": 3, "killed": 4, "days": JULY}))
    assert row(text, "Red Column") == "Red Column 2 totals 15 (sum of 2) 9 (sum of 2)"
    assert row(text, "2023-06") == "2023-06 1 total 12 5" and row(text, "2023-07") == "2023-07 1 total 3 4"
    assert "do not add them up:" not in text


def test_an_incident_that_a_total_may_hold_is_never_added_to_it():
    text = printed(report("a", {"killed": 30}, INCIDENT | {"killed": 4}, {"killed": 2, "place": HAMA}))
    assert row(text, "Red Column") == "Red Column 1 incident, 2 totals 30; 4; 2"
    assert "These share actor, place and period: do not add them up:\n  e1 “30” and e2 “4”\n" in text
    text = printed(
        report("a", {"killed": 30}, INCIDENT | {"killed": 4}, {"killed": 2, "place": HAMA}),
        report("b", {"killed": 7, "days": JULY}),
    )
    assert row(text, "Red Column") == "Red Column 1 incident, 3 totals 9 (sum of 2); 30; 4"
    assert "  a e1 “30” and a e2 “4”\n" in text


@pytest.mark.parametrize("left_open", [{"actor": None}, {"place": None}, {"days": None}, {"place": SYRIA}])
def test_what_leaves_open_who_where_or_when_may_hold_anything(left_open):
    text = printed(report("a", {"attacks": 12} | left_open, {"attacks": 3}))
    assert "15" not in text and "e1 “12 raids” and e2 “3 raids”" in text
    assert ("may be the same attacks" in text) == (left_open != {"place": SYRIA})


def test_unidentified_gunmen_may_be_anybody_s_and_a_branch_is_of_its_movement():
    for actor in ("Unidentified armed group", "Islamic State Sahel Province"):
        other = {"killed": 8, "actor": actor, "kind": "incident", "days": FIFTH}
        text = printed(report("a", {"killed": 41, "actor": "Islamic State"}, other))
        assert "49" not in text and "e1 “41” and e2 “8”" in text
    gunmen = {"killed": 8, "actor": "Unidentified armed group", "kind": "incident", "days": FIFTH}
    text = printed(report("a", {"killed": 41, "actor": "Military of Niger"}, gunmen))
    assert "49 (sum of 2)" in text, "an army is no unidentified armed group"


def test_incidents_of_one_report_are_several_and_of_two_reports_perhaps_one():
    one = printed(report("a", INCIDENT | {"killed": 4}, INCIDENT | {"killed": 3}))
    assert row(one, "Red Column") == "Red Column 2 incidents 7 (sum of 2)"
    two = printed(report("a", INCIDENT | {"killed": 4}), report("b", INCIDENT | {"killed": 4}))
    assert row(two, "Red Column") == "Red Column 2 incidents 4; 4" and "a e1 “4” and b e1 “4”" in two


def test_parts_of_a_total_are_not_counted_again():
    text = printed(report("a", {"attacks": 12}, {"attacks": 7, "part_of": "e1"}))
    assert text.startswith("a · 1 event that is part of no other · 1 part of them, not counted again\n")
    assert row(text, "Red Column") == "Red Column 1 total 12"


def test_other_sources_stand_beside_the_first_figure_and_vague_ones_are_named():
    text = printed(report("a", {"killed": 12, "other": 30}, {"killed": "dozens", "days": JULY}))
    assert row(text, "Red Column") == "Red Column 2 totals 12 (other source: 30); “dozens” (no number)"
    text = printed(report("a", {"killed": 12, "other": 30}, {"killed": 3, "days": JULY}))
    assert row(text, "Red Column") == "Red Column 2 totals 15 (sum of 2, in it 12 (other source: 30))"


def test_places_are_countries_and_their_divisions():
    nowhere = {"attacks": 1, "place": None, "days": None}
    text = printed(report("a", {"attacks": 3}, {"attacks": 2, "place": SYRIA, "days": JULY}, nowhere))
    assert row(text, "Syria") == "Syria (SY) 2 totals 5 (sum of 2)"
    assert row(text, "SY-HI") == "SY-HI Homs 1 total 3"
    assert row(text, "no division known") == "no division known 1 total 2"
    assert row(text, "not known") == "not known 1 total 1"


def test_a_division_has_its_name_where_only_a_town_in_it_was_named():
    assert row(printed(report("a", {"attacks": 2, "place": PALMYRA})), "SY-HI") == "SY-HI Homs 1 total 2"


def test_no_reports_with_events_and_no_events_are_a_line():
    assert (
        printed(Document("d", ""))
        == "d · 0 events that are part of no other · 0 parts of them, not counted again\n"
    )


@pytest.mark.parametrize("width", [24, 40, 71, 72, 100, 200])
def test_on_any_terminal_every_figure_is_there_and_no_line_is_too_wide(width):
    many = [report("a", {"attacks": 12, "killed": 5, "other": 30}, INCIDENT | {"killed": "dozens"})]
    text = printed(*many, width=width)
    assert max(map(len, text.splitlines())) <= width
    joined = " ".join(text.split())
    assert all(words in joined for words in ("Red", "Column", "12", "source:", "dozens", "2023-06"))


@settings(deadline=None, max_examples=60)
@given(st.lists(documents(), max_size=3))
def test_any_reports_make_a_summary_that_keeps_to_its_contract(many):
    made = summarize(many)
    record = json.loads(json.dumps(summary_json.to_record(made)))
    jsonschema.validate(record, strict(SCHEMA))
    roots = [r["id"] for r in record["roots"]]
    assert len(roots) == sum(e.part_of is None for d in many for e in d.events)
    for dimension in ("by_actor", "by_place", "by_period"):
        assert {r for g in record[dimension] for r in g["roots"]} == set(roots)
    pairs = {frozenset(pair["roots"]) for pair in record["overlaps"]}
    for group in [*record["by_actor"], *record["by_place"], *record["by_period"]]:
        for measure, cell in group["figures"].items():
            summed = cell["sum"]["roots"] if cell["sum"] else []
            stating = [
                r["id"] for r in record["roots"] if r["id"] in group["roots"] and measure in r["figures"]
            ]
            assert sorted(summed + cell["not_added"]) == sorted(stating)
            assert not any(pair <= set(summed) for pair in pairs)
    for width in (30, 120):
        text = printed(*many, width=width)
        assert all(c == "\n" or c.isprintable() or c in "\u200c\u200d" for c in text)


figures = st.fixed_dictionaries(
    {"attacks": st.integers(1, 50)},
    optional={
        "kind": st.sampled_from(["incident", "aggregate"]),
        "actor": st.sampled_from([None, "Red Column", "Blue Guard"]),
        "place": st.sampled_from([None, HOMS, HAMA, SYRIA, PALMYRA]),
        "days": st.sampled_from([None, JUNE, JULY, FIFTH]),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(figures, max_size=4), max_size=3))
def test_overlaps_are_all_pairs_that_nothing_tells_apart_however_they_are_sought(rows):
    made = summarize([report(f"d{i}", *its) for i, its in enumerate(rows)])
    found = {(a.place, b.place): certain for a, b, certain in made.overlaps}
    for b in made.roots:
        for a in made.roots[: b.place]:
            incidents = a.document == b.document and a.event.kind == b.event.kind == "incident"
            expected = not incidents and overlaps.may_share(a.event, b.event)
            assert ((a.place, b.place) in found) == expected
            assert not overlaps.share(a.event, b.event) or overlaps.may_share(a.event, b.event)
    for group in (*made.by_actor, *made.by_place, *made.by_period):
        for measure, cell in group.cells.items():
            if cell.total:
                assert cell.total == added([root.figures[measure].quantity for root in cell.of])


def test_more_overlaps_than_can_be_read_are_counted_and_left_to_json():
    many = [report(f"d{i}", INCIDENT | {"killed": 4}) for i in range(20)]
    text = " ".join(printed(*many).split())
    assert "d12 e1 “4”, 7 more, which --format json names d1 e1" in text
    assert len(summary_json.to_record(summarize(many))["overlaps"]) == 190


def test_json_is_one_object_for_all_reports():
    stream = io.StringIO()
    write_summary(iter([sample(), sample()]), stream, Style("json", {"name": "m"}))
    record = json.loads(stream.getvalue())
    jsonschema.validate(record, strict(SCHEMA))
    assert record["documents"] == ["bulletin.txt"] * 2 and record["model"] == {"name": "m"}
    assert record["overlaps"] == [{"roots": ["r1", "r2"], "certain": True}]
    quantity = {"value": 17, "upper": None, "relation": "at_least"}
    expected = quantity | {"text": "at least 17 operations", "alternatives": []}
    assert record["roots"][0]["figures"]["attacks"] == expected
    assert set(SUMMARY_FORMATS) == {"table", "json"}
