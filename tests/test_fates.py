"""People of whom a text tells no fate are no casualties."""

import pytest
from marked import marked

from infer.fates import told


def kept(text):
    text, spans = marked(text)
    return [s.text(text) for s in told(text, spans)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{C Ana Prado} was shot dead.", ["Ana Prado"]),
        ("{C Ana Prado} opened the fair.", []),
        ("{C ANA PRADO} OPENED THE FAIR.", []),
        ("{C Ana Prado}, mayor of {L Oruro}, said that {C 12 miners} were killed.", ["Oruro", "12 miners"]),
        ("{C Ana Prado} has received a death threat.", []),
        ("They feared the death squads, {C Ana Prado} too.", []),
        ("None of them was hurt when {C Ana Prado} came.", []),
        ("Her {C two sons} telephoned from {L Oruro}.", ["Oruro"]),
        ("A bomb killed nine. {C Two sons} of hers telephoned.", ["Two sons"]),
        ("{N Two raids} hit {L Oruro}: {C nine miners}.", ["Two raids", "Oruro", "nine miners"]),
        ("A mayor was murdered by {C three men}.", []),
        ("{C Three men} threw a bomb that killed {C a nun}.", ["a nun"]),
        ("{C Three men} were attacked and killed.", ["Three men"]),
        ("They threatened to kill {C ten judges} for each of theirs.", []),
        ("They killed {C ten judges}.", ["ten judges"]),
        ("{C Anyone} there will be arrested.", []),
        ("It was {C 12} in May and {C 14} in June.", ["12", "14"]),
        ("Gao\t{C 12 miners}\t{C 3 nuns}", ["12 miners", "3 nuns"]),
        ("The dead:\n\n• {C Ana Prado}\n\n• {C Luz Soto}", ["Ana Prado", "Luz Soto"]),
    ],
)
def test_fates(text, expected):
    assert kept(text) == expected
