"""Which slots stand with which figure of a sentence."""

import pytest
from marked import marked

from infer.clauses import clauses


def parts(text):
    text, spans = marked(text)
    found = clauses(text, 0, spans, ())
    return [
        " ".join(s.text(text) for s in (*c.counts, *c.figures))
        + ":"
        + ",".join(s.text(text) for s in (*c.places, *c.periods))
        for c in found
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{N Two raids} in {L Gao} killed {C six}.", ["Two raids six:Gao"]),
        ("{N 12} in {L Gao}, {N three} in {L Kidal}.", ["12:Gao", "three:Kidal"]),
        ("{L Gao} {N 12}, {L Kidal} {N three}.", ["12:Gao", "three:Kidal"]),
        ("In {L Mali}, {N 12} hit {L Gao} and {N three} hit {L Kidal}.", ["12:Mali,Gao", "three:Kidal"]),
        ("{N 22 raids} and {N 16 sweeps} in {L Gao}.", ["22 raids:Gao", "16 sweeps:Gao"]),
        ("{N 17 raids}: {N 12} in {L Gao} and {N five} in {L Kidal}.", ["17 raids:", "12:Gao", "five:Kidal"]),
        ("{C Three} died in {L Gao}, {C five} in {L Kidal}.", ["Three:Gao", "five:Kidal"]),
        ("{C Three} died and {C five} were hurt in {L Gao}.", ["Three five:Gao"]),
        ("{N 41 raids}, down from {N 53} in {P May}.", ["41 raids:", "53:May"]),
        ("{N 412 raids} ({P Q1}: {N 367}) in all.", ["412 raids:", "367:Q1"]),
        ("On {P 3 May} {N two raids} and {N one sweep} took place.", ["two raids:3 May", "one sweep:3 May"]),
        ("Nothing happened in {L Gao}.", [":Gao"]),
    ],
)
def test_slots_go_with_their_figures(text, expected):
    assert parts(text) == expected


def test_a_slot_after_a_preposition_is_no_label():
    text = "{N Nine raids} in {L Mali} in {P May}: {N five} in {L Gao} and {N four} in {L Kidal}."
    assert parts(text) == ["Nine raids:Mali,May", "five:Gao,May", "four:Kidal,May"]


def test_a_period_or_an_actor_may_lead_its_figure():
    assert parts("In {P May} {N 12 raids}, in {P June} {N 15} and in {P July} {N nine}.") == [
        "12 raids:May",
        "15:June",
        "nine:July",
    ]
