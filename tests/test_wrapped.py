"""Hard wraps: a report reads the same however wide its lines are, and meant breaks stay."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.wrapped import flowed

PARAGRAPHS = (
    "Gunmen on some forty motorcycles rode into the market town of Tarnawa before dawn on Friday, "
    "set fire to the granary and to two lorries, and left eleven people dead, the mayor told reporters.",
    "Nobody has said that it was theirs. The army, which has a post on the other bank of the river, came "
    "four hours later; an officer who asked not to be named spoke of a road that had been mined.",
    "It was the sixth raid on the valley since the rains began. The five before it left 23 dead and "
    "drove some 900 families from their homes, by the count of the parish of Osk and its neighbours.",
)


def wrapped(paragraph: str, width: int, **indents: str) -> str:
    return textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False, **indents)


@pytest.mark.parametrize(
    ("width", "between"),
    [
        *((width, "\n\n") for width in (50, 66, 72, 80, 100)),
        *((width, "\n") for width in (72, 80)),  # at these the last line of each has room to spare
    ],
)
def test_wrapped_paragraphs_become_one_line_each(width, between):
    text = between.join(wrapped(paragraph, width) for paragraph in PARAGRAPHS)
    assert flowed(text) == between.join(PARAGRAPHS)


def test_an_indent_takes_room_on_the_line():
    text = "\n\n".join(wrapped(paragraph, 66, initial_indent="   ") for paragraph in PARAGRAPHS)
    assert flowed(text) == "\n\n".join(f"   {paragraph}" for paragraph in PARAGRAPHS)


def test_a_paragraph_of_two_lines_is_told_by_the_width_of_the_others():
    short = "Two of the wounded died in the district hospital during the night,\nits director said."
    text = f"{wrapped(PARAGRAPHS[0], 66)}\n\n{short}"
    assert flowed(text).endswith(short.replace("\n", " "))


def test_windows_line_ends_keep_the_length():
    text = wrapped(PARAGRAPHS[0], 66).replace("\n", "\r\n")
    assert len(flowed(text)) == len(text)
    assert flowed(text).split() == text.split() and "\n" not in flowed(text)


def test_wrapped_items_of_a_list_stay_items():
    items = [f"- {paragraph}" for paragraph in PARAGRAPHS]
    text = "\n".join(wrapped(item, 66, subsequent_indent="  ") for item in items)
    assert [" ".join(line.split()) for line in flowed(text).split("\n")] == items


@pytest.mark.parametrize(
    "text",
    [
        "Raids on the river towns of the north go on after the truce\nTarnawa, 9 May (Valley Wire)\n\n"
        + PARAGRAPHS[0],  # a headline above its dateline, in a text of long lines
        "Eastern countryside of Osk: four killed by mines in two villages.\n"
        "Western countryside of Osk: one killed at a checkpoint near Sel.\n"
        "City of Osk and its suburbs: three killed by unidentified gunmen.",
        "Osk    12    4    Tarnawa, Belina, the upper valley and the town of Sel\n"
        "Rivera    3    0    Rivera and the western suburbs, the road to the south\n",
        "Osk\n12\nRivera\n3\n",
        "",
    ],
)
def test_meant_breaks_stay(text):
    assert flowed(text) == text


@given(st.lists(st.text(alphabet="abcdefg.,:-•1", max_size=30), max_size=40), st.integers(20, 130))
@settings(deadline=None, max_examples=200)
def test_only_line_breaks_change_and_only_to_blanks(words, width):
    text = wrapped(" ".join(words), width)
    changed = {(old, new) for old, new in zip(text, flowed(text), strict=True) if old != new}
    assert changed <= {("\n", " ")}
