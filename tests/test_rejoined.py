"""Spans that a tagger tore apart."""

import pytest
from marked import marked

from infer.rejoined import rejoined
from infer.wrapped import flowed


def after(text):
    text, spans = marked(text)
    return [f"{s.label[0]} {' '.join(s.text(text).split())}" for s in rejoined(flowed(text), spans)]


FILLER = "THE PATROL WAS AMBUSHED WHILE IT WAS ON THE ROAD"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("He died in {L SAN} {L MIGUEL} today.", ["L SAN MIGUEL"]),
        (f"{FILLER} IN {{L SAN}}\n{{L MIGUEL}} WITH NINE MEN OF THE BRIGADE, IT WAS SAID.", ["L SAN MIGUEL"]),
        ("He died in {L Hama} {L south of Homs}.", ["L Hama", "L south of Homs"]),
        ("He died in {L Hama}, {L Homs}.", ["L Hama", "L Homs"]),
        ("{L Hama}\n\n{L Homs}", ["L Hama", "L Homs"]),
        ("{C 12 men} {C a nun} died.", ["C 12 men", "C a nun"]),
        ("Shots fell on 27 {P March} there.", ["P 27 March"]),
        ("Shots fell on {N 27} {P March 1990} there.", ["P 27 March 1990"]),
        ("Shots fell on 77 {P March} there.", ["P March"]),
        ("{C Ana Prado}, {C 24}, was shot.", ["C Ana Prado"]),
        ("They shot {C 24}, we heard.", ["C 24"]),
        ("They fled {L Ras Mar} ({L Kobo) area} then.", ["L Ras Mar (Kobo) area"]),
        ("They fled {L Ras Mar} ({L Kobo}) then.", ["L Ras Mar", "L Kobo"]),
        ("They fled {L Ras Mar (Kobo) area} then.", ["L Ras Mar (Kobo) area"]),
        ("The {A army} ({L Kobo) area} then.", ["A army", "L area"]),
        ("Raids of {A Ansar (} ISIL in Asia) went on.", ["A Ansar"]),
        ("Raids of Ansar {A (} ISIL in Asia) went on.", []),
        ("It fell at {L 0630} and at {P 1545} on {P 3 May}.", ["P 3 May"]),
        ("It fell in {P 1945} there.", ["P 1945"]),
    ],
)
def test_rejoined(text, expected):
    assert after(text) == expected
