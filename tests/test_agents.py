"""Who is said to have done something else, or accuses another, did not do it; in doubt nothing changes."""

import pytest
from linked import read

from infer import agents
from infer.schema import Actor, Event

ALL = None  # nobody is taken out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("{A Bandits} killed {C 11 people} in {L Shiroro}, even as {A troops} killed {C two}.", "troops"),
        ("{A Gunmen} shot dead {C an elder} while {A troops} arrested {C four}.", "troops"),
        ("{C An elder} was killed by {A gunmen}, and {C four} were captured by the {A troops}.", "troops"),
        (
            "{A ISIS} (also known as IS) fired at a bus, killing {C six}; {A troops} killed {C two}.",
            "troops",
        ),
        ("{A BANDITS} KILLED {C 11 PEOPLE}. {A TROOPS} KILLED {C TWO}.", "TROOPS"),
        ("{A Bandits} killed {C 11 people} in {L Shiroro}; {C two} died fighting {A troops}.", ALL),
        ("{A Bandits} fled; {C 11 people} died, and {A troops} killed {C two}.", ALL),
        (
            "{A Bandits} killed {C 11 people}. The {A army} accused {A rebels} of killing {C two}.",
            "Bandits rebels",
        ),
        ("The {A army}, on Friday, blamed the {A rebels} for {C one death}; {C two} fell.", "rebels"),
        ("The {A army} fought the {A rebels}: {C one} and {C two} died.", ALL),
    ],
)
def test_agents_of_other_figures_and_accusers_are_taken_out_of_the_last_event(text, kept):
    """A linker that gives every event every party is put right where the words leave no doubt."""
    found = read(text).reading
    parties = tuple(Actor(s, None, False) for s in found.spans if s.label == "ACTOR")
    figures = [found.casualty[s] for s in found.spans if s.label == "CASUALTY"]
    events = [
        Event(f"e{i}", "incident", figure.span, actors=parties, casualties=(figure,))
        for i, figure in enumerate(figures, 1)
    ]
    last = agents.without(found, events)[-1]
    told = [actor.span.text(found.text) for actor in last.actors]
    assert told == (kept.split() if kept else [actor.span.text(found.text) for actor in parties])


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
