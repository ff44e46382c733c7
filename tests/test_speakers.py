"""A party that only tells of what befell its own is not who did it; one that tells of its deeds is."""

import pytest
from linked import read

from infer import speakers
from infer.schema import Actor, Event


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The {A Iraqi army} says {C two soldiers} were killed.", []),
        ("The {A Iraqi army} has reported the deaths of {C 10 soldiers} since May.", []),
        ("THE {A IRAQI ARMY} SAID {C TWO SOLDIERS} DIED IN AN AMBUSH.", []),
        ("The {A Iraqi army} said that {A gunmen} shot {C two soldiers}, who died.", ["gunmen"]),
        ("{A Gunmen} attacked; {C two soldiers} were killed, the {A Iraqi army} said.", ["Gunmen"]),
        ("{A Gunmen} attacked, the {A Iraqi army} said; {C two soldiers} were killed.", ["Gunmen"]),
        ("The {A Iraqi army} said it killed {C two policemen}, who were deserters.", None),
        ("The {A Turkish army} said on Monday that its jets struck: {C two soldiers} were killed.", None),
        ("The {A Iraqi army} said {C two farmers} were killed.", None),
        ("The {A Iraqi army} said {C two soldiers} and {C a farmer} were killed.", None),
        ("The {A Iraqi army} said {C two militants} were killed.", None),
        ("The {A Iraqi army} fought on; {C two soldiers} were killed.", None),
        ("{A Islamic State} said {C two of its fighters} were killed.", None),
        ("The {A Iraqi army}, armed by the United States, lost {C two soldiers}, who were killed.", None),
    ],
)
def test_who_only_tells_of_its_own_dead_did_not_act(text, kept):
    found = read(text).reading
    actors = tuple(Actor(s, None, False) for s in found.spans if s.label == "ACTOR")
    casualties = tuple(found.casualty[s] for s in found.spans if s.label == "CASUALTY")
    (event,) = speakers.without(
        found, [Event("e1", "incident", casualties[0].span, actors=actors, casualties=casualties)]
    )
    told = [a.span.text(found.text) for a in event.actors]
    assert told == ([a.span.text(found.text) for a in actors] if kept is None else kept)
    assert event.casualties == casualties
