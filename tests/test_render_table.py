"""The table says what the document says, once each, on any terminal."""

import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import TEXT, documents, sample, span

from infer.render import table, wording
from infer.render.overlaps import overlapping
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Check,
    Document,
    Event,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
)


def printed(*documents: Document) -> str:
    stream = io.StringIO()
    table.write(documents, stream)
    return stream.getvalue()


def rows(text: str) -> dict[str, str]:
    """The first line of each event, by its id."""
    lines = (line.removeprefix("└ ") for line in text.splitlines())
    return {
        line.split()[0]: line
        for line in lines
        if line[:1] == "e" and line[1:2].isdigit() and ":" not in line[:4]
    }


def test_the_sample_reads_as_it_should():
    headline, names, *_ = printed(sample()).split("\n")
    assert headline == "bulletin.txt · report date 2023-07-02 (as given) · 3 events"
    assert names.split() == ["event", "kind", "actor", "attacks", "killed", "wounded", "place", "period"]
    told = rows(printed(sample()))
    assert "Red Column " in told["e1"] and "≥17" in told["e1"] and "Homs desert (SY)" in told["e1"]
    assert "8 = 1 civilian + 7 security forces" in told["e1"] and "2023-06" in told["e1"]
    assert "Red Column*" in told["e2"] and "5 (other source: 30)" in told["e2"] and "2023-06*" in told["e2"]
    assert "dozens" in told["e3"] and "Rural Hama" in told["e3"]


def test_checks_and_what_was_carried_over_are_told_under_the_table():
    lines = printed(sample()).splitlines()
    assert lines[-4:] == [
        "e1: ≥17 attacks stated, its parts (e2, e3) add up to 17: agrees",
        "e1: 8 killed stated, its parts (e2) add up to 5: differs",
        "e1: 8 killed stated (“eight dead”), its components (“a civilian”, “seven soldiers”) add up to 8: "
        "agrees",
        "* stated in another sentence and carried over",
    ]


def test_a_document_without_events_says_so():
    assert printed(Document("d.txt", "")) == "d.txt · report date unknown · no events\n"


def test_only_outcomes_that_are_told_have_a_column():
    heading = printed(sample()).splitlines()[1]
    assert "killed" in heading and "captured" not in heading


@settings(deadline=None, max_examples=60)
@given(documents())
def test_any_document_prints_each_event_once_and_no_control_character(document):
    text = printed(document)
    assert text.endswith("\n") and all(c == "\n" or c.isprintable() or c in "\u200c\u200d" for c in text)
    ids = [e.id for e, _ in table.nested(document.events)]
    assert sorted(ids) == sorted(e.id for e in document.events)


def chain(*pairs: tuple[str, str | None]) -> list[Event]:
    return [Event(id, "aggregate", span("30", "CASUALTY"), part_of) for id, part_of in pairs]


@pytest.mark.parametrize(
    "pairs, expected",
    [
        ([("e1", None), ("e2", None), ("e3", "e1")], [("e1", 0), ("e3", 1), ("e2", 0)]),
        ([("e2", "e1"), ("e1", None), ("e3", "e2")], [("e1", 0), ("e2", 1), ("e3", 2)]),
        ([("e1", "e9")], [("e1", 0)]),
        ([("e1", "e2"), ("e2", "e1")], [("e1", 0), ("e2", 1)]),
    ],
)
def test_parts_stand_under_their_total_and_none_is_lost(pairs, expected):
    assert [(e.id, depth) for e, depth in table.nested(chain(*pairs))] == expected


def casualty(words: str, value: int | None, victims="unspecified", components=None, **related) -> Casualty:
    relation = "exact" if value is not None else "vague"
    return Casualty(
        span(words, "CASUALTY"), Quantity(value, None, relation), "killed", victims, components, **related
    )


EIGHT, ONE, SEVEN, DOZENS = (
    span(w, "CASUALTY") for w in ("eight dead", "a civilian", "seven soldiers", "dozens")
)


@pytest.mark.parametrize(
    "figures, expected",
    [
        ([], ""),
        ([casualty("eight dead", 8, "mixed")], "8"),
        ([casualty("seven soldiers", 7, "security_forces")], "7 security forces"),
        (
            [casualty("seven soldiers", 7, "security_forces"), casualty("a civilian", 1, "civilian")],
            "8: 7 security forces + 1 civilian",
        ),
        ([casualty("eight dead", 8), casualty("dozens", None, "civilian")], "8 + dozens"),
        (
            [
                casualty("eight dead", 8, components="subset"),
                casualty("a civilian", 1, "civilian", part_of=EIGHT),
            ],
            "8 (incl. 1 civilian)",
        ),
        ([casualty("eight dead", 8), casualty("30", 30, alternative_to=EIGHT)], "8 (other source: 30)"),
        ([casualty("eight dead", 8, part_of=EIGHT)], ""),
    ],
)
def test_only_figures_that_are_no_part_and_no_alternative_are_added_up(figures, expected):
    event = Event("e1", "incident", EIGHT, casualties=tuple(figures))
    assert wording.casualties(sample(), event, "killed") == expected


@pytest.mark.parametrize(
    "quantity, expected",
    [
        (Quantity(17), "17"),
        (Quantity(14, None, "at_least"), "≥14"),
        (Quantity(30, None, "at_most"), "≤30"),
        (Quantity(155, None, "about"), "~155"),
        (Quantity(15, 20), "15–20"),
        (Quantity(None, None, "vague"), ""),
    ],
)
def test_a_quantity_keeps_how_exactly_it_was_put(quantity, expected):
    assert wording.number(quantity) == expected


D = date


@pytest.mark.parametrize(
    "interval, expected",
    [
        (Interval(D(2024, 2, 29), D(2024, 2, 29)), "2024-02-29"),
        (Interval(D(2024, 2, 1), D(2024, 2, 29)), "2024-02"),
        (Interval(D(2023, 2, 1), D(2023, 2, 27)), "2023-02-01 – 2023-02-27"),
        (Interval(D(2024, 1, 1), D(2024, 12, 31)), "2024"),
        (Interval(D(2024, 1, 1), D(2024, 4, 30)), "2024-01-01 – 2024-04-30"),
        (Interval(D(2024, 1, 1), None), "since 2024-01-01"),
        (Interval(None, D(2024, 1, 1)), "until 2024-01-01"),
        (Interval(), ""),
    ],
)
def test_a_period_is_put_as_short_as_it_is_exact(interval, expected):
    assert wording.period(interval) == expected


@given(st.dates(), st.dates())
def test_two_intervals_never_read_alike(a, b):
    assert a == b or wording.period(Interval(a, a)) != wording.period(Interval(b, b))


def figure(words: str, quantity: Quantity, **related) -> Casualty:
    return Casualty(span(words, "CASUALTY"), quantity, "killed", **related)


def toll(id: str, *figures: Casualty, part_of=None) -> Event:
    return Event(id, "aggregate", figures[0].span, part_of, casualties=figures)


EIGHT_KILLED, FIVE_KILLED = figure("eight dead", Quantity(8)), figure("5 killed", Quantity(5))
DOZENS_WOUNDED = Casualty(DOZENS, Quantity(None, None, "vague"), "wounded")


@pytest.mark.parametrize(
    "stated, part, expected",
    [
        (
            Quantity(8),
            Quantity(5),
            "8 killed stated, its parts (e2) add up to 5: cannot tell (not all parts may be told)",
        ),
        (Quantity(8), Quantity(5, None, "about"), "add up to ~5: cannot tell (no exact number in e2)"),
        (Quantity(8), Quantity(None, None, "vague"), "have no sum: cannot tell (no exact number in e2)"),
        (
            Quantity(8, None, "about"),
            Quantity(5),
            "~8 killed stated, its parts (e2) add up to 5: cannot tell (what is stated is no exact number)",
        ),
        (
            Quantity(None, None, "vague"),
            Quantity(5),
            "no number killed stated, its parts (e2) add up to 5: cannot tell "
            "(what is stated is no exact number)",
        ),
    ],
)
def test_a_check_that_cannot_be_told_says_why(stated, part, expected):
    events = (toll("e1", figure("eight dead", stated)), toll("e2", figure("5 killed", part), part_of="e1"))
    document = replace(sample(), events=events)
    verdict = Check("e1", "casualties", "killed", stated.value, part.value, ("e2",), "cannot_tell")
    assert wording.check(document, verdict).endswith(expected)


def test_a_part_that_gives_no_such_number_is_named():
    events = (
        toll("e1", EIGHT_KILLED),
        toll("e2", FIVE_KILLED, part_of="e1"),
        toll("e3", DOZENS_WOUNDED, part_of="e1"),
    )
    verdict = Check("e1", "casualties", "killed", 8, 5, ("e2", "e3"), "cannot_tell")
    assert wording.check(replace(sample(), events=events), verdict) == (
        "e1: 8 killed stated, its parts (e2, e3) add up to 5: cannot tell (none given for e3)"
    )


@pytest.mark.parametrize(
    "quantity, victims, expected",
    [
        (Quantity(1), "armed_group", "1 armed group member"),
        (Quantity(1, None, "at_least"), "armed_group", "≥1 armed group members"),
        (Quantity(10), "armed_group", "10 armed group members"),
        (Quantity(1), "security_forces", "1 security forces member"),
        (Quantity(6), "civilian", "6 civilians"),
        (Quantity(6), "mixed", "6"),
    ],
)
def test_people_are_counted_not_groups(quantity, victims, expected):
    """ "1 armed group" killed would be a whole group."""
    killed = Casualty(EIGHT_KILLED.span, quantity, "killed", victims)
    assert wording.casualties(sample(), toll("e1", killed), "killed") == expected


def test_parts_told_apart_that_are_fewer_than_the_total_agree_since_they_are_no_more():
    whole = replace(EIGHT_KILLED, components="subset")
    document = replace(sample(), events=(toll("e1", whole, replace(FIVE_KILLED, part_of=whole.span)),))
    verdict = Check("e1", "casualties", "killed", 8, 5, (FIVE_KILLED.span,), "agrees", whole.span)
    assert wording.check(document, verdict).endswith("add up to 5, which is not more: agrees")


def test_a_total_that_the_report_gives_in_parts_shows_them():
    """No reader looks for a 13 that the report never says."""
    events = (toll("e1", EIGHT_KILLED, FIVE_KILLED, DOZENS_WOUNDED), toll("e2", FIVE_KILLED, part_of="e1"))
    verdict = Check("e1", "casualties", "killed", 13, 5, ("e2",), "differs")
    assert wording.check(replace(sample(), events=events), verdict) == (
        "e1: 13 killed stated (8 + 5), its parts (e2) add up to 5: differs"
    )


def test_words_of_a_report_cannot_drive_the_terminal():
    assert wording.one_line("Ho\x1b[31mms\r\n\u202edesert\x07") == "Ho[31mms desert"


def total(
    id: str, kind: str, place: Place, start: date, end: date, part_of=None, actor="Red Column"
) -> Event:
    at, who, when = span("Homs", "LOCATION"), span("Red Column cells", "ACTOR"), span("June 2023", "PERIOD")
    count = AttackCount(span("12 operations", "ATTACK_COUNT"), Quantity(12))
    return Event(
        id, kind, count.span, part_of, (Actor(who, actor),), count,
        locations=(Location(at, place),), period=Period(when, Interval(start, end)),
    )  # fmt: skip


HOMS, PALMYRA = Place("Homs", "admin1", "SY", "SY-HI"), Place("Palmyra", "populated_place", "SY", "SY-HI")
IDLIB, SYRIA = Place("Idlib", "admin1", "SY", "SY-ID"), Place("Syria", "country", "SY")
JUNE = (date(2023, 6, 1), date(2023, 6, 30))
JULY = (date(2023, 7, 1), date(2023, 7, 31))
DAY = (date(2023, 6, 5), date(2023, 6, 5))


@pytest.mark.parametrize(
    "other, overlap",
    [
        (total("e2", "incident", PALMYRA, *DAY), True),
        (total("e2", "aggregate", SYRIA, *JUNE), True),
        (total("e2", "incident", IDLIB, *DAY), False),
        (total("e2", "aggregate", HOMS, *JULY), False),
        (total("e2", "incident", HOMS, *DAY, part_of="e1"), False),
        (total("e2", "incident", HOMS, *DAY, actor="Blue Guard"), False),
        (total("e2", "incident", HOMS, None, None), False),
    ],
)
def test_roots_that_share_actor_place_and_time_are_named(other, overlap):
    month = total("e1", "aggregate", HOMS, *JUNE)
    assert [(a.id, b.id) for a, b in overlapping([month, other])] == [("e1", "e2")] * overlap
    spans = tuple({slot.span for slot in month.slots()})
    told = printed(Document("d", TEXT, spans=spans, events=(month, other)))
    assert ("e1 and e2 share actor, place and period" in told) == overlap


def test_two_incidents_of_one_day_are_two():
    a, b = (total(id, "incident", HOMS, *DAY) for id in ("e1", "e2"))
    assert list(overlapping([a, b])) == []
