"""Spans set right where the words alone settle what they are."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer.repairs import repaired
from infer.schema import Span


def after(text):
    text, spans = marked(text)
    return [f"{s.label[0]} {s.text(text)}" for s in repaired(text, spans)]


HEADLINE = "Raids on the river towns grow bolder"
LEAD = "Although both sides had spoken of a truce, the raids on the towns along the river went on all month."


@pytest.mark.parametrize(
    "text, expected",
    [
        ("in areas under the control of {A the Front} today", ["L areas under the control of the Front"]),
        ("in {L areas under the control of} the {A Front}", ["L areas under the control of the Front"]),
        ("in areas controlled by {A the Front} and {L Gao}", ["L areas controlled by the Front", "L Gao"]),
        ("in areas under the control of nobody", []),
        ("on {L the border between} {L Mali} and {L Niger}", ["L the border between Mali and Niger"]),
        ("on the border between {L Mali and Niger}", ["L the border between Mali and Niger"]),
        ("{L Boko Haram} attacked {L Gao}", ["A Boko Haram", "L Gao"]),
        ("{N five} fewer than in May", []),
        ("{N five fewer} than in May", []),
        ("{N five} fewer raids than in May", []),
        ("{N more than ten} took place", None),
        ("{N no fewer than ten} raids", None),
        ("{N five raids} killed more than ten", None),
        ("{N five raids}, more than in May", None),
        ("{N an attack} and {N a massacre}", []),
        ("{N a total of five raids}, {N a dozen raids}, {N one raid}", None),
        ("at 05:{N 44} and 1.{C 5}", []),
        ("{C 44} men", ["C 44"]),
        ("Image made by Photo Studio on {P 2021-02-}03 11:22:33Z | |", []),
        ("Image of the raid, made on {P 2021-02-03}", ["P 2021-02-03"]),
        ("Raid: {P 2021-02-03} 11:22:33, {L Gao}", ["P 2021-02-03", "L Gao"]),
        (f"{HEADLINE}\n\n0\n{{N 618}}\n\n{LEAD}", []),
        (f"{HEADLINE}\n\n{{C 618}}\n\n{LEAD}", []),
        (f"Attacks, all districts\n\n{{N 618}}\n\n{LEAD}", ["A 618"]),
        (f"{HEADLINE}\n\n{{N 618}}\n\nattacks in the north", ["A 618"]),
        (f"{HEADLINE}\n\n{{N 618}}\nattacks in the north\n\n{LEAD}", ["A 618"]),
        (f"{HEADLINE}\n\n{{N 618 attacks}}\n\n{LEAD}", ["A 618 attacks"]),
        ("they took six; {N one} was killed", ["C one"]),
        ("{N one raid} was repelled", None),
        ("{C a child} died", ["C a child"]),
        (
            "{L Norland-} Marr: {A – Red Column,} on {P May 2021:} {L -}",
            ["L Norland", "A Red Column", "P May 2021"],
        ),
        ("since {L al-Marri}’s so-called “Caliphate” fell in {L Gao}", ["L Gao"]),
        ("since {L al-Marri’}s so-called “Caliphate” fell in {L Gao'}s east", ["L Gao"]),
        ("the “Front{A ”’}s men in {L Gao}", ["L Gao"]),
        ("{L Gao}'s caliph fled from {L Gao}, the caliphate's seat", None),
        (
            "{C between 484} and {C 742 men}; {C between 4 and} {C 9 more}",
            ["C between 484 and 742 men", "C between 4 and 9 more"],
        ),
        ("{N between 10} raids and {N 20 ambushes}, {C 4 men} and {C 2 women}", None),
        (
            "{P the same period in} {P 2017}; {P between 3} and {P 5 May}",
            ["P the same period in 2017", "P between 3 and 5 May"],
        ),
        ("{P between 3 and 5 May} and {P 7 May}, {A & Sons}, {L ON}", None),
        ("{P June} {P July}, {P since May} and {P in June}; {P the end of}\n{P 2020}", None),
        (
            "in Cross {L River State}, Akwa {L Ibom State} and North {L Lagos}",
            ["L Cross River State", "L Akwa Ibom State", "L Lagos"],
        ),
        (
            "{N extensive} attacks, {N heavy shelling}, {N another raid}, {N several raids}",
            ["A another raid", "A several raids"],
        ),
        (
            "{P The} first was {L the}, and {A / of}; {A or Red Column} and {L and Gao}",
            ["A Red Column", "L Gao"],
        ),
        ("the {A Islamic State of Iraq} and {L Syria}'s men", ["A Islamic State of Iraq and Syria"]),
        (
            "{A CJTF}-OIR and {A Islamic State} men in {L Gao}, {A Hezbollah} in {L Lebanon}",
            ["A CJTF-OIR", "A Islamic State", "L Gao", "A Hezbollah", "L Lebanon"],
        ),
        ("At {L Gao}; {A Cross} {L River State}; in {L New York}", None),
        ("{L Al-Bab}, {A Kestrel Front (KF)}, {P 2021-02-03}, the {A U.S.}", None),
    ],
)
def test_repairs(text, expected):
    plain, spans = marked(text)
    unchanged = [f"{s.label[0]} {s.text(plain)}" for s in spans]
    assert after(text) == (unchanged if expected is None else expected)


PIECES = [
    "{L Gao}",
    "{A Boko Haram}",
    "{N an attack}",
    "{C 5}",
    "areas held by",
    "border between",
    "and",
    "the",
    "1.",
    "fewer than",
    "{A – Red Column,}",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(deadline=None, max_examples=200)
def test_spans_stay_sorted_and_disjoint_and_a_second_pass_changes_nothing(pieces):
    text, spans = marked(" ".join(pieces))
    once = repaired(text, spans)
    assert list(once) == sorted(once)
    assert not any(a.overlaps(b) for a, b in zip(once, once[1:], strict=False))
    assert repaired(text, once) == once


def test_a_joined_place_is_as_sure_as_its_surest_part():
    text = "areas held by X"
    assert repaired(text, [Span(14, 15, "ACTOR", 0.7)])[0].confidence == 0.7


@given(st.text("’s a,", min_size=1, max_size=6), st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_is_marked_the_spans_stay_whole_sorted_and_apart(text, data):
    """Quotes, dashes and halves of possessives alone are left out, and nothing raises."""
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    labels = st.sampled_from(("ACTOR", "LOCATION", "CASUALTY"))
    spans = [Span(a, b, data.draw(labels)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    found = repaired(text, spans)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(any(s.start <= f.start < f.end <= s.end for s in spans) for f in found)
