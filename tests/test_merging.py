"""One incident told several times, and several that only look alike."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from marked import marked

from infer.assembly import assemble_spans
from infer.blocks import layout
from infer.merging import Tellings, merged
from infer.schema import AttackCount, Casualty, Document, Event, Interval, Location, Period, Place, Quantity


def told(text, **changes):
    text, events, found = drafted(text, **changes)
    return text, merged(text, events, found)


def drafted(text, **changes):
    """Events as a linker might leave them: of each paragraph its figures, places and day."""
    text, spans = marked(text)
    events, paragraph, at = [], [], 0
    for piece in text.split("\n\n"):
        paragraph.append((at, at + len(piece)))
        at += len(piece) + 2
    for start, end in paragraph:
        inside = [s for s in spans if start <= s.start < end]
        figures = tuple(
            Casualty(s, quantity(s.text(text)), fate(text[start:end]))
            for s in inside
            if s.label == "CASUALTY"
        )
        places = tuple(Location(s, Place(s.text(text))) for s in inside if s.label == "LOCATION")
        days = [s for s in inside if s.label == "PERIOD"]
        period = Period(days[0], day(days[0].text(text))) if days else None
        event = Event(f"e{len(events) + 1}", "incident", figures[0].span, casualties=figures)
        events.append(replace(event, locations=places, period=period, **changes))
    return text, events, layout(text, spans)


def quantity(words):
    numbers = {"Two": 2, "two": 2, "three": 3, "Three": 3, "12": 12, "30": 30}
    return Quantity(numbers.get(words.removeprefix("the ").split()[0], 1))


def fate(words):
    return "wounded" if "injured" in words else "killed"


def day(words):
    return Interval(date(2021, 5, int(words[0])), date(2021, 5, int(words[0])), "day")


@pytest.mark.parametrize(
    "text",
    [
        "{C Ana Prado} was shot.\n\nMourners recalled the murder of {C Dr Prado}.",
        "{C ANA PRADO} WAS SHOT.\n\nTHE MURDER OF {C PRADO} WAS CONDEMNED.",
        "{C 12 miners} died in {L Oruro}.\n\nHe condemned the killing of {C 12 miners}.",
        "{C A nurse} was injured in {L Oruro}.\n\nThe attack injured {C one person}.",
        "{C Three nuns} were shot.\n\nWitnesses said {C the three nuns} were killed on a bridge.",
        "{C A Swiss} and {C a Dane} were shot.\n\nThe {C two tourists} were killed on a road.",
        "{C A Swiss} was shot.\n\n{C The Swiss Urs Moser} was killed on a road.",
        "{C Two guards of the mine} died in {L Oruro}.\n\n{C Two guards of the mine} died in {L Oruro}.",
        "{C Two guards} died in {L Oruro} on {P 3 May}.\n\nSo {C two guards} died on {P 3 May} in {L Oruro}.",
    ],
)
def test_the_same_incident_is_told_again(text):
    _, events = told(text)
    assert [e.id for e in events] == ["e1"]


@pytest.mark.parametrize(
    "text",
    [
        "{C Ana Prado} was shot.\n\n{C Luz Prado} was shot.",
        "{C Two guards} died in {L Oruro}.\n\n{C Two guards} died in {L Potosi}.",
        "{C Two guards of the mine} died in {L Oruro}.\n\n{C Two guards of the mine} died in {L Potosi}.",
        "{C Two guards of the mine} died.\n\n{C Two guards of the mine} died.",
        "{C 12 miners} died in {L Oruro}.\n\n{C 12 miners} died in {L Potosi}.",
        "{C 12 miners} died on {P 3 May}.\n\n{C 12 miners} died on {P 4 May}.",
        "{C 12 miners} died.\n\n{C 12 miners} were injured.",
        "{C Two guards} died.\n\n{C Two guards} died.",
        "{C A guard} died.\n\n{C A nurse} died.",
        "• {C 12 miners} died.\n\n• {C 12 miners} died.",
        "{C 12 miners} and {C two nuns} died.\n\n{C 12 miners} and {C three nuns} died.",
    ],
)
def test_what_only_looks_alike_is_kept(text):
    _, events = told(text)
    assert [e.id for e in events] == ["e1", "e2"]


def test_what_an_event_says_of_several_people_twice_stands_once():
    """A bare number, a singular, another fate, total or attack, the same sentence may tell of others."""
    text, spans = marked(
        "{C 12 miners} died, {C two children} among them. Of {C nine injured} {C two children} are at home."
        " And {C the two children} died. {C Two} and {C two}, {C a guard} and {C a guard}."
        " {C Two nuns}, {C two nuns}."
    )
    twelve, children, injured, hurt, again, *rest = (
        Casualty(s, quantity(s.text(text)), "killed") for s in spans
    )
    injured = replace(injured, outcome="wounded")
    children, again = (replace(c, part_of=twelve.span) for c in (children, again))
    hurt = replace(hurt, outcome="wounded", part_of=injured.span)
    figures = (twelve, children, injured, hurt, again, *rest)
    event = Event("e1", "incident", twelve.span, casualties=figures)
    found = layout(text, spans)
    (once,) = merged(text, [event], found)
    assert once.casualties == tuple(f for f in figures if f is not again)
    counted = replace(event, attack_count=AttackCount(twelve.span, Quantity(5)))
    assert merged(text, [counted], found) == (counted,)


def test_what_hangs_on_a_figure_told_twice_hangs_on_the_first():
    text, spans = marked("{C 12 miners} died, {C two nuns} too. {C The 12 miners} with {C two nuns} died.")
    first, nuns, later, again = (Casualty(s, quantity(s.text(text)), "killed") for s in spans)
    later = replace(later, quantity=Quantity(12), components="subset")
    figures = (first, replace(nuns, part_of=first.span), later, replace(again, part_of=later.span))
    (event,) = merged(text, [Event("e1", "incident", first.span, casualties=figures)], layout(text, spans))
    assert event.casualties == (replace(first, components="subset"), figures[1])


def test_parts_of_a_total_are_never_united():
    text, spans = marked("{C 30 miners} died.\n\n{C 12 miners} died.\n\n{C 12 miners} died.")
    figures = [Casualty(s, quantity(s.text(text)), "killed") for s in spans]
    events = [
        Event(f"e{n}", "incident", f.span, casualties=(f,), part_of="e1" if n > 1 else None)
        for n, f in enumerate(figures, 1)
    ]
    assert merged(text, events, layout(text, spans)) == tuple(events)


def test_the_later_telling_adds_what_the_first_left_open():
    text, (event,) = told(
        "{C Ana Prado} was shot.\n\n{C Prado} was shot in {L Oruro} on {P 3 May} with {C a guard}."
    )
    assert [c.span.text(text) for c in event.casualties] == ["Ana Prado", "a guard"]
    assert [(x.place.name, x.inherited) for x in event.locations] == [("Oruro", True)]
    assert event.period.interval.start == date(2021, 5, 3) and event.period.inherited


def test_parts_of_what_was_told_again_follow_the_first_and_ids_count_on():
    text, spans = marked("{C 30 miners} died.\n\nThe {C 30 miners} died.\n\n{C 12 miners} died.")
    first, again, part = (
        Event(f"e{n}", "incident", s, casualties=(Casualty(s, quantity(s.text(text)), "killed"),))
        for n, s in enumerate(spans, 1)
    )
    events = merged(text, [first, again, replace(part, part_of="e2")], layout(text, spans))
    assert [(e.id, e.part_of) for e in events] == [("e1", None), ("e2", "e1")]


def test_components_of_a_figure_told_again_belong_to_the_first():
    text, spans = marked("{C 30 miners} died.\n\n{C 30 miners} died, {C two nuns} among them.")
    one, again, nuns = (Casualty(s, quantity(s.text(text)), "killed") for s in spans)
    later = (replace(again, components="subset"), replace(nuns, part_of=again.span))
    events = [
        Event("e1", "incident", one.span, casualties=(one,)),
        Event("e2", "incident", again.span, casualties=later),
    ]
    (event,) = merged(text, events, layout(text, spans))
    assert [(c.components, c.part_of) for c in event.casualties] == [("subset", None), (None, one.span)]


def test_a_report_that_tells_a_murder_twice_has_one_event():
    text, spans = marked(
        "{C Ana Prado} was shot dead in {L Oruro}.\n\nRain fell.\n\nHe deplored the murder of {C Prado}."
    )
    assert len(assemble_spans(Document("d", text, spans=spans)).events) == 1


PIECES = [
    "{C Ana Prado} died",
    "{C 12 miners} died",
    "the {C 12 miners} died",
    "{L Oruro}",
    "{P 3 May}",
    ".\n\n",
    "• ",
    "it",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
@example([PIECES[0], ".\n\n", PIECES[1], ".\n\n", *PIECES[:2]])
def test_nothing_told_is_lost_and_uniting_again_changes_nothing(pieces):
    text, spans = marked(" ".join(pieces))
    events = assemble_spans(Document("d", text, spans=spans)).events
    assert merged(text, events, layout(text, spans)) == events
    assert [e.id for e in events] == [f"e{n}" for n in range(1, len(events) + 1)]


SENTENCES = [
    "{C Ana Prado} was shot in {L Oruro}.",
    "Mourners recalled the murder of {C Dr Prado}.",
    "{C 12 miners} died on {P 3 May}.",
    "{C 12 miners} were injured in {L Oruro} on {P 3 May}.",
    "{C two farmers} were killed in {L Oruro} on {P 3 May}.",
    "{C two farmers} were killed in {L Oruro} on {P 4 May}.",
    "He condemned the killing of {C the two farmers}.",
    "The attack injured {C one person}.",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=8))
@example(["{C 12 miners} died.", *["{C one person} died."] * 3, "{C 12 miners} died."])
def test_what_is_passed_over_at_once_is_never_the_same(sentences):
    text, events, found = drafted("\n\n".join(sentences))
    tellings = Tellings(text, found)
    for first, later in combinations(events, 2):
        likely = tellings.traits(first).may_be(tellings.traits(later))
        assert likely or not tellings.again(first, later)


def test_time_grows_with_the_events_and_not_with_their_pairs(monkeypatch):
    """Counted, not timed: of many incidents without a day only neighbours are compared closely."""
    asked = []
    monkeypatch.setattr(Tellings, "again", lambda self, *pair: asked.append(pair))
    told("\n\n".join(["{C two farmers} were killed."] * 300))
    assert 0 < len(asked) < 3 * 300
