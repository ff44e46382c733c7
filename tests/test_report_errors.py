"""Errors of events: none but what the score counts, and each with the reason that is true of its spans."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from versions import versions

from annotations.score import SLOTS, compare
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
from train.report.changes import changes
from train.report.errors import ALL_SLOTS, faults
from train.report.reasons import WHY

TEXT = (
    "In June 2023 Red Column made 17 raids in Homs: 8 dead, among them 2 nurses, and 3 hurt. "
    "In Hama Blue Front made 5 attacks on 2 July 2023: 4 dead. Nobody died in Idlib."
)


def span(words: str, label: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words), label)


RAIDS, ATTACKS = span("17 raids", "ATTACK_COUNT"), span("5 attacks", "ATTACK_COUNT")
EIGHT, NURSES = span("8 dead", "CASUALTY"), span("2 nurses", "CASUALTY")
THREE, FOUR = span("3 hurt", "CASUALTY"), span("4 dead", "CASUALTY")
HOMS, HAMA, IDLIB = (span(words, "LOCATION") for words in ("Homs", "Hama", "Idlib"))
RED, BLUE = span("Red Column", "ACTOR"), span("Blue Front", "ACTOR")
JUNE, JULY = span("June 2023", "PERIOD"), span("2 July 2023", "PERIOD")
IN_JUNE = Interval(date(2023, 6, 1), date(2023, 6, 30), "month")
IN_JULY = Interval(date(2023, 7, 2), date(2023, 7, 2), "day")
SYRIA = Place("Homs", "admin1", "SY", "SY-HI")

FIRST = Event(
    "e1",
    "aggregate",
    RAIDS,
    None,
    (Actor(RED, "Red Column"),),
    AttackCount(RAIDS, Quantity(17)),
    (),
    (
        Casualty(EIGHT, Quantity(8), "killed", "mixed", "subset"),
        Casualty(NURSES, Quantity(2), "killed", "civilian", None, EIGHT),
        Casualty(THREE, Quantity(3), "wounded"),
    ),
    (Location(HOMS, SYRIA),),
    Period(JUNE, IN_JUNE),
)
SECOND = Event(
    "e2",
    "aggregate",
    ATTACKS,
    None,
    (Actor(BLUE, "Blue Front"),),
    AttackCount(ATTACKS, Quantity(5)),
    (),
    (Casualty(FOUR, Quantity(4), "killed"),),
    (Location(HAMA, Place("Hama", "admin1", "SY", "SY-HM")),),
    Period(JULY, IN_JULY),
)
SPANS = (RAIDS, ATTACKS, EIGHT, NURSES, THREE, FOUR, HOMS, HAMA, IDLIB, RED, BLUE, JUNE, JULY)
GOLD = Document("r", TEXT, spans=SPANS, events=(FIRST, SECOND))


def found(*events: Event, without: tuple[Span, ...] = (), more: tuple[Span, ...] = ()) -> Document:
    """What a model made of the report: its events, and gold's spans but for some."""
    return replace(GOLD, spans=tuple(set(SPANS) - set(without)) + more, events=events or (FIRST, SECOND))


def figures(event: Event, **changed: Casualty | None) -> Event:
    """The event with the casualties at the spans of these names changed, or left out."""
    by_span = {globals()[name]: figure for name, figure in changed.items()}
    kept = (by_span.get(c.span, c) for c in event.casualties)
    return replace(event, casualties=tuple(filter(None, kept)))


def told(gold: Document, model: Document) -> list[tuple]:
    """Each difference as (event, slot, why, gold's words, the model's)."""

    def words(said):
        return said and said.span.text(TEXT)

    return [
        ((f.gold or f.found).id, d.slot, d.why, words(d.gold), words(d.found))
        for f in faults(gold, model)
        for d in f.differences
    ]


WIDER = Span(RAIDS.start, RAIDS.end + 3, "ATTACK_COUNT")
NARROW = Span(RAIDS.start + 1, RAIDS.end, "ATTACK_COUNT")
AS_PLACE = replace(RED, label="LOCATION")
NOBODY, NO_DAY = span("Nobody", "CASUALTY"), span("Nobody", "PERIOD")
ALONE = {
    "a span is missed": (
        found(replace(FIRST, locations=()), SECOND, without=(HOMS,)),
        [("e1", "location", "missed", "Homs", None)],
    ),
    "a span is invented": (
        found(
            FIRST,
            replace(SECOND, casualties=(*SECOND.casualties, Casualty(NOBODY, Quantity(1), "killed"))),
            more=(NOBODY,),
        ),
        [("e2", "casualty", "invented", None, "Nobody")],
    ),
    "a span has another label": (
        found(replace(FIRST, actors=()), SECOND, without=(RED,), more=(AS_PLACE,)),
        [("e1", "actor", "label", "Red Column", None)],
    ),
    "another label fills another slot": (
        found(
            replace(FIRST, actors=(), locations=(*FIRST.locations, Location(AS_PLACE))),
            SECOND,
            without=(RED,),
            more=(AS_PLACE,),
        ),
        [("e1", "location", "label", None, "Red Column"), ("e1", "actor", "label", "Red Column", None)],
    ),
    "a number is misread": (
        found(replace(FIRST, attack_count=AttackCount(RAIDS, Quantity(70))), SECOND),
        [("e1", "attack_count", "number", "17 raids", "17 raids")],
    ),
    "a number is read from half a span": (
        found(
            replace(FIRST, anchor=NARROW, attack_count=AttackCount(NARROW, Quantity(7))),
            SECOND,
            without=(RAIDS,),
            more=(NARROW,),
        ),
        [("e1", "attack_count", "boundary", "17 raids", "7 raids")],
    ),
    "no number is read": (
        found(replace(FIRST, attack_count=AttackCount(RAIDS, Quantity(relation="vague"))), SECOND),
        [("e1", "attack_count", "number", "17 raids", None)],
    ),
    "an outcome is misread": (
        found(figures(FIRST, THREE=Casualty(THREE, Quantity(3), "killed")), SECOND),
        [("e1", "casualty", "outcome", "3 hurt", "3 hurt")],
    ),
    "a date is misread": (
        found(replace(FIRST, period=Period(JUNE, IN_JULY)), SECOND),
        [("e1", "period", "date", "June 2023", "June 2023")],
    ),
    "another period is taken": (
        found(replace(FIRST, period=Period(JULY, IN_JULY)), SECOND),
        [("e1", "period", "unlinked", "June 2023", "2 July 2023")],
    ),
    "a period is missed, and another taken": (
        found(replace(FIRST, period=Period(JULY, IN_JULY)), SECOND, without=(JUNE,)),
        [("e1", "period", "missed", "June 2023", "2 July 2023")],
    ),
    "a period is taken that is none": (
        found(replace(FIRST, period=Period(NO_DAY, IN_JULY)), SECOND, more=(NO_DAY,)),
        [("e1", "period", "invented", "June 2023", "Nobody")],
    ),
    "a count is taken for another source's": (
        found(
            replace(
                FIRST, attack_count=None, alternative_counts=(AttackCount(RAIDS, Quantity(17), ATTACKS),)
            ),
            SECOND,
        ),
        [("e1", "attack_count", "link", "17 raids", None)],
    ),
    "a figure is at another event": (
        found(
            figures(FIRST, THREE=None),
            replace(SECOND, casualties=(FIRST.casualties[2], *SECOND.casualties)),
        ),
        [("e1", "casualty", "elsewhere", "3 hurt", None), ("e2", "casualty", "elsewhere", None, "3 hurt")],
    ),
    "a link is missing": (
        found(replace(FIRST, actors=()), SECOND),
        [("e1", "actor", "unlinked", "Red Column", None)],
    ),
    "a link is invented": (
        found(FIRST, replace(SECOND, locations=(*SECOND.locations, Location(IDLIB)))),
        [("e2", "location", "added", None, "Idlib")],
    ),
    "a place is at two events, rightly at one": (
        found(FIRST, replace(SECOND, locations=(*SECOND.locations, Location(HOMS)))),
        [("e2", "location", "added", None, "Homs")],
    ),
    "a span has more words, and the same value": (
        found(
            replace(FIRST, anchor=WIDER, attack_count=AttackCount(WIDER, Quantity(17))),
            SECOND,
            without=(RAIDS,),
            more=(WIDER,),
        ),
        [],
    ),
}
BESIDE = {
    "kind": (
        found(replace(FIRST, kind="incident"), SECOND),
        [("e1", "event", "kind", "17 raids", "17 raids")],
    ),
    "victims": (
        found(figures(FIRST, THREE=Casualty(THREE, Quantity(3), "wounded", "civilian")), SECOND),
        [("e1", "casualty", "victims", "3 hurt", "3 hurt")],
    ),
    "components": (
        found(figures(FIRST, EIGHT=replace(FIRST.casualties[0], components="partition")), SECOND),
        [("e1", "casualty", "components", "8 dead", "8 dead")],
    ),
    "how exact, and the end of a range: one value": (
        found(figures(FIRST, THREE=Casualty(THREE, Quantity(3, 5, "about"), "wounded")), SECOND),
        [("e1", "casualty", "number", "3 hurt", "3 hurt")],
    ),
    "country and division: one place": (
        found(replace(FIRST, locations=(Location(HOMS, Place("Homs", "admin1", "IQ", "IQ-NI")),)), SECOND),
        [("e1", "location", "place", "Homs", "Homs")],
    ),
    "name": (
        found(replace(FIRST, actors=(Actor(RED, "Blue Front"),)), SECOND),
        [("e1", "actor", "name", "Red Column", "Red Column")],
    ),
    "a component of nothing": (
        found(figures(FIRST, NURSES=replace(FIRST.casualties[1], part_of=None)), SECOND),
        [("e1", "component_of", "link", "8 dead", None)],
    ),
    "a breakdown of nothing": (
        found(FIRST, replace(SECOND, part_of="e1")),
        [("e2", "part_of", "link", None, "17 raids")],
    ),
}


@pytest.mark.parametrize("case", ALONE)
def test_why_a_filler_is_wrong(case):
    model, expected = ALONE[case]
    assert told(GOLD, model) == expected
    assert all(d.scored for fault in faults(GOLD, model) for d in fault.differences)


@pytest.mark.parametrize("case", BESIDE)
def test_what_is_compared_beside_the_score(case):
    model, expected = BESIDE[case]
    assert told(GOLD, model) == expected
    assert not any(d.scored for fault in faults(GOLD, model) for d in fault.differences)
    assert compare(GOLD, model).micro == compare(GOLD, GOLD).micro


def test_a_report_that_is_right_has_no_errors():
    assert faults(GOLD, GOLD) == []


def test_a_period_that_gold_dates_as_it_should_have_been_read_is_misread():
    """The model took other words than gold; but gold reads those words, too, as the days in question."""
    gold = replace(GOLD, events=(FIRST, replace(SECOND, period=Period(JULY, IN_JUNE))))
    (fault, _) = faults(gold, found(replace(FIRST, period=Period(JULY, IN_JULY)), SECOND))
    assert [(d.slot, d.why) for d in fault.differences] == [("period", "date")]


def test_another_mention_of_the_same_party_at_its_own_event_is_no_wrong_attachment():
    """Gold has Red Column at both events, by two mentions; the model by one, rightly, at the second alone."""
    again = Actor(span("Nobody", "ACTOR"), "Red Column")
    gold = found(FIRST, replace(SECOND, actors=(*SECOND.actors, again)), more=(again.span,))
    second = replace(SECOND, actors=(*SECOND.actors, Actor(RED, "Red Column")))
    model = found(replace(FIRST, actors=()), second, more=(again.span,))
    assert told(gold, model) == [("e1", "actor", "unlinked", "Red Column", None)]


def test_what_gold_has_at_several_events_was_moved_from_none_of_them():
    gold = found(FIRST, replace(SECOND, locations=(*SECOND.locations, Location(HOMS))), more=(NOBODY,))
    nobody = Event("e3", "incident", NOBODY, casualties=(Casualty(NOBODY, Quantity(1), "killed"),))
    model = found(
        replace(FIRST, locations=()), SECOND, replace(nobody, locations=FIRST.locations), more=(NOBODY,)
    )
    assert [line for line in told(gold, model) if line[3] == "Homs"] == [
        ("e1", "location", "unlinked", "Homs", None),
        ("e2", "location", "unlinked", "Homs", None),
    ]


def test_an_event_whose_figures_were_found_but_made_no_event():
    (fault,) = faults(GOLD, found(FIRST))
    assert (fault.state, fault.gold, fault.found) == ("missed", SECOND, None)
    assert {(d.slot, d.why) for d in fault.differences} == {
        ("attack_count", "unlinked"),
        ("casualty", "unlinked"),
        ("location", "event"),
        ("actor", "event"),
        ("period", "event"),
    }


def test_an_event_that_was_swallowed_by_another():
    """What gold's second event says stands at the model's first one, and the note names that by its words."""
    both = replace(FIRST, casualties=(*FIRST.casualties, *SECOND.casualties))
    one, two = faults(GOLD, found(both))
    assert [(d.why, d.found.value) for d in one.differences] == [("elsewhere", "4 killed")]
    (figure,) = (d for d in two.differences if d.slot == "casualty")
    assert figure.why == "elsewhere" and figure.note == "the model has it at e1 “17 raids”"


def test_an_event_with_another_number_and_nothing_else_in_common_is_a_misread_number():
    """Not aligned, for nothing agrees; its figure is at no other event."""
    gold = replace(
        GOLD, events=(Event("e1", "incident", FOUR, casualties=(Casualty(FOUR, Quantity(4), "killed"),)),)
    )
    model = replace(
        GOLD, events=(Event("e1", "incident", FOUR, casualties=(Casualty(FOUR, Quantity(40), "killed"),)),)
    )
    assert [(f.state, f.differences[0].why) for f in faults(gold, model)] == [
        ("missed", "number"),
        ("invented", "number"),
    ]


def test_values_are_said_as_people_read_them():
    model = found(
        figures(FIRST, THREE=Casualty(THREE, Quantity(3), "killed")),
        replace(SECOND, period=Period(JULY, IN_JUNE)),
    )
    said = [(d.gold.value, d.found.value) for fault in faults(GOLD, model) for d in fault.differences]
    assert said == [("3 wounded", "3 killed"), ("2023-07-02", "2023-06")]


def test_labels_are_those_of_the_spans():
    (fault,) = faults(GOLD, ALONE["another label fills another slot"][0])
    assert [d.labels for d in fault.differences] == [("LOCATION",), ("ACTOR",)]


@given(versions(), versions())
@settings(deadline=None, max_examples=150)
def test_the_errors_are_what_the_score_counts(gold, model):
    """False and missed fillers of every slot, wrong records, missed and invented events: the scorer's own."""
    scores, made = compare(gold, model), faults(gold, model)
    for slot in SLOTS:
        given = [d for fault in made for d in fault.differences if d.scored and d.slot == slot]
        counted = sum(d.found is not None for d in given), sum(d.gold is not None for d in given)
        assert counted == (scores.slots[slot].fp, scores.slots[slot].fn)
    links = [d for fault in made for d in fault.differences if d.slot == "part_of"]
    assert sum(d.gold is not None for d in links) == scores.part_of.fn
    states = [fault.state for fault in made]
    assert (states.count("missed"), states.count("invented")) == (scores.events.fn, scores.events.fp)
    wrong = sum(fault.state == "wrong" and any(d.scored for d in fault.differences) for fault in made)
    assert wrong == scores.events.tp - scores.records.tp
    assert {d.why for fault in made for d in fault.differences} <= WHY.keys()
    assert {d.slot for fault in made for d in fault.differences} <= set(ALL_SLOTS)


# --- against another model ---


def changed(old: Document, new: Document) -> list[tuple]:
    return [
        (change.kind, sorted(became for _, became in change.differences))
        for change in changes(faults(GOLD, old), faults(GOLD, new))
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a link is missing", None, [("fixed", ["fixed"])]),
        (None, "a link is missing", [("broke", ["broke"])]),
        ("a link is missing", "a link is missing", [("same", ["same"])]),
        ("a number is misread", "no number is read", [("same", ["same"])]),
        ("a link is missing", "a span is missed", [("other", ["broke", "fixed"])]),
        ("a link is invented", "a link is missing", [("broke", ["broke"]), ("fixed", ["fixed"])]),
        ("another label fills another slot", "a link is missing", [("better", ["fixed", "same"])]),
        ("a link is missing", "another label fills another slot", [("worse", ["broke", "same"])]),
    ],
)
def test_what_became_of_an_error(old, new, expected):
    models = [ALONE[name][0] if name else GOLD for name in (old, new)]
    assert changed(*models) == expected


def test_the_new_models_event_is_shown_where_it_is_wrong_there():
    old, new = (ALONE[name][0] for name in ("a link is missing", "a span is missed"))
    (change,) = changes(faults(GOLD, old), faults(GOLD, new))
    assert change.fault is change.new and change.fault.differences[0].why == "missed"


def test_an_invented_event_is_known_by_its_anchor():
    """It is the same one whatever number it has, and gone where the new model has another one."""
    nobody = Event("e9", "incident", NOBODY, casualties=(Casualty(NOBODY, Quantity(1), "killed"),))

    def elsewhere(event: Event) -> Document:
        return found(FIRST, SECOND, event, more=(NOBODY,))

    assert changed(elsewhere(nobody), elsewhere(replace(nobody, id="e3"))) == [("same", ["same"])]
    assert changed(elsewhere(nobody), found()) == [("fixed", ["fixed"])]
