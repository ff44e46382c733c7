"""Who is said to have done something else, or accuses another, did not do it; in doubt nothing changes."""

from dataclasses import replace

import pytest
from linked import read

from infer import agents
from infer.schema import Actor, Event

ALL = None  # nobody is taken out


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (
            "{A Bandits} killed {C 11 people} in {L Shiroro}, even as {A troops} killed {C two}.",
            "Bandits",
            "troops",
        ),
        ("{A Gunmen} shot dead {C an elder}, and {A troops} arrested {C four}.", "Gunmen", "troops"),
        (
            "{C An elder} was killed by {A gunmen}, and {C four} were captured by the {A troops}.",
            "gunmen",
            "troops",
        ),
        (
            "{A ISIS} (also known as IS) fired at a bus, killing {C six}; {A troops} killed {C two}.",
            "ISIS",
            "troops",
        ),
        (
            "{A ISIS} planted a bomb in {L Hajin}, killing {C six}. {A Troops} killed {C two}.",
            "ISIS",
            "Troops",
        ),
        ("{A BANDITS} KILLED {C 11 PEOPLE}. {A TROOPS} KILLED {C TWO}.", "BANDITS", "TROOPS"),
        ("{A Bandits} killed {C 11 people} in {L Shiroro}; {C two} died fighting {A troops}.", ALL, ALL),
        ("{A Bandits} fled; {C 11 people} died, and {A troops} killed {C two}.", ALL, ALL),
        ("{A ISIS} killed {C 11 people}. Its attack on {A troops} killed {C two soldiers}.", ALL, ALL),
        ("{A Bandits} killed {C 11 people}; clashes between them and {A troops} killed {C two}.", ALL, ALL),
        ("{A Bandits} killed {C 11}. An {A army patrol} hit a roadside bomb, killing {C two}.", ALL, ALL),
        ("{A Bandits} killed {C 11}. {A Troops} ambushed by their men fled, leaving {C two} dead.", ALL, ALL),
        ("{C Ten} died. The {A army} accused {A rebels} of killing {C two}.", ALL, "rebels"),
        ("{C Ten} died. The {A army}, on Friday, blamed the {A rebels} for {C two deaths}.", ALL, "rebels"),
        ("{C Ten} died. The {A army} accused {A rebels} of a breach as fighting killed {C two}.", ALL, ALL),
        ("The {A army} fought the {A rebels}: {C one} and {C two} died.", ALL, ALL),
        ("The {A army} continued to attack the {A rebels}: {C one} and {C two} died.", "army", "army"),
        (
            "{A Gunmen}, who came at night, ambushed {A troops}, and {C one} and {C two} died.",
            "Gunmen",
            "Gunmen",
        ),
        ("The {A army} struck back; {A rebels} fled. {C One} and {C two} died.", ALL, ALL),
    ],
)
def test_agents_of_other_figures_and_accusers_are_taken_out(text, first, last):
    """A linker that gives both events every party is put right where the words leave no doubt."""
    found, events = linked(text)
    parties = [span.text(found.text) for span in found.spans if span.label == "ACTOR"]
    told = [
        [actor.span.text(found.text) for actor in event.actors] for event in agents.without(found, events)
    ]
    assert told == [kept.split() if kept else parties for kept in (first, last)]


def linked(text):
    """A text of two figures, and an event of each with all its parties."""
    found = read(text).reading
    parties = tuple(Actor(s, None, False) for s in found.spans if s.label == "ACTOR")
    figures = [found.casualty[s] for s in found.spans if s.label == "CASUALTY"]
    return found, [
        Event(f"e{i}", "incident", figure.span, actors=parties, casualties=(figure,))
        for i, figure in enumerate(figures, 1)
    ]


def test_a_part_keeps_the_agent_of_its_total():
    found, (total, part) = linked("{A JNIM} killed {C 41 people} in all; {A gunmen} killed {C 23 of them}.")
    events = (total, replace(part, part_of=total.id))
    assert agents.without(found, events)[1] == events[1]


def test_an_event_that_names_its_agent_by_another_mention_keeps_it():
    """Of two mentions of one party the linker quotes one, which may be the agent of the event before."""
    found = read("{A Bandits} killed {C 11 people}. On Monday {A bandits} killed {C two}.").reading
    first, second = (s for s in found.spans if s.label == "ACTOR")
    figures = [found.casualty[s] for s in found.spans if s.label == "CASUALTY"]
    events = [
        Event(f"e{i}", "incident", figure.span, actors=(Actor(first, None, i == 2),), casualties=(figure,))
        for i, figure in enumerate(figures, 1)
    ]
    assert agents.without(found, events) == tuple(events)
