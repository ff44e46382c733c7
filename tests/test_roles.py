"""Who acted and who was acted upon, by the words beside each mention."""

import pytest
from marked import marked

from infer.roles import agents


def acting(text):
    text, spans = marked(text)
    return [a.text(text) for a in agents(text, 0, len(text), [s for s in spans if s.label == "ACTOR"])]


@pytest.mark.parametrize(
    "text, who",
    [
        ("{A Rebels} carried out {N two raids}.", "Rebels"),
        ("{A Rebels}, who had come at night, shot {C a guard}.", "Rebels"),
        (
            "{A Rebels}, whom some back, carried out {N two raids}, while {A the army} shelled them.",
            "Rebels|the army",
        ),
        ("{A The army}, whose post lies there, saw {A rebels} carry out {N two raids}.", "rebels"),
        ("{C A guard} was killed by {A rebels}.", "rebels"),
        ("{C Two} died in {A rebel} attacks on {A the army}.", "rebel"),
        ("The raid was claimed by {A the Front}.", "the Front"),
        ("{A The Front} was behind {N 48} of them.", "The Front"),
        ("{A The Front} said in a note that it had killed {C six}.", "The Front"),
        ("{A Army}: {N sixteen sweeps} in the hills.", "Army"),
        ("{N 31 raids} against {A the Front} by {A the army}.", "the army"),
        ("The soldiers of {A the Front} carried out {N nine raids}.", "the Front"),
        ("It took {N five raids} in coordination with {A the police}.", "the police"),
        (
            "{A The army}, {A the police} and {A the guard} launched {N a sweep}.",
            "The army|the police|the guard",
        ),
        ("Clashes between {A the army} and {A the Front} killed {C six}.", "the army|the Front"),
        ("{A The army} clashed with {A the Front}.", "The army|the Front"),
        ("{A The Front} lost {C ten members}.", ""),
        ("{A The Front} was attacked by {A the army}.", "the army"),
        ("They struck positions of {A the Front}.", ""),
        ("{N 31 operations} were led against {A Front} attacks and plans.", ""),
        ("{A The army} gave no figure, but {A the Front} was behind {N 48} of them.", "the Front"),
        ("A spokesman for {A the army} gave no figure.", ""),
        ("Nothing is said of any party.", ""),
    ],
)
def test_agents(text, who):
    assert acting(text) == [w for w in who.split("|") if w]
