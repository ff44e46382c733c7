"""Numbers: the words of a count or casualty span to a quantity."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from infer import number_words
from infer.numbers import find, read
from infer.schema import Quantity

MARKS = {"exact": "", "about": "~", "at_least": ">", "at_most": "<"}
WORDS = "at least 15 to 20 two dozen (12) a man and 3rd of half 1,5 million several - or more M23".split()

with open(Path(__file__).parent / "cases" / "numbers.tsv", encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def shown(quantity: Quantity) -> str:
    """A quantity as annotators write it: `12`, `15..20`, `~155`, `>51`, `<30`, `vague`."""
    if quantity.value is None:
        return quantity.relation
    upper = "" if quantity.upper is None else f"..{quantity.upper}"
    return f"{MARKS[quantity.relation]}{quantity.value}{upper}"


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['form']}: {c['quote']}")
def test_each_form_is_read_as_an_annotator_would(case):
    assert shown(read(case["quote"])) == case["expected"]


def test_the_table_keeps_its_breadth():
    assert len({case["form"] for case in CASES}) >= 30


@given(st.integers(0, 10**18 - 1))
def test_digits_mean_themselves(number):
    assert read(str(number)) == Quantity(number)


@given(st.integers(1000, 10**12), st.sampled_from([",", ".", " ", "'", "\u202f", "\u00a0"]))
def test_grouping_does_not_change_a_number(number, mark):
    assert read(f"{number:,}".replace(",", mark) + " men").value == number


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_words_of_an_independent_speller_are_read_back(number):
    words = num2words(number)
    assert read(words).value == number
    assert read(words.replace("-", " ").replace(",", "").upper()).value == number


@settings(deadline=None)
@given(st.integers(2, 900), st.integers(1, 90))
def test_a_range_in_words_keeps_both_ends(low, more):
    assert read(f"{num2words(low)} to {num2words(low + more)} men") == Quantity(low, low + more)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_string_is_read_without_an_error_and_always_alike(quote):
    assert read(quote) == read(quote)
    for start, end, _ in find(quote):
        assert 0 <= start < end <= len(quote)


def test_a_number_too_long_to_mean_anything_has_no_value():
    assert read("9" * 5000) == Quantity(relation="vague")


def test_found_numbers_quote_the_text_they_stand_in():
    text = "On 7 October 2023 14 guards and at least six boys died in 3 hours; dozens fled 122mm fire."
    assert [(text[a:b], shown(q)) for a, b, q in find(text)] == [
        ("14", "14"),
        ("at least six", ">6"),
        ("dozens", "vague"),
    ]


def test_folding_keeps_every_offset():
    text = "İ\u00a0İ – aged 14, “12” ٣٤"
    assert len(number_words.fold(text)) == len(text)
    assert [text[a:b] for a, b, _ in find(text)] == ["12", "٣٤"]


@pytest.mark.parametrize("unit", ["1", "1.", "1,000,", "one hundred and ", "a man and ", "at least "])
def test_long_lines_are_read_in_linear_time(unit):
    quote = unit * (200_000 // len(unit))
    find(quote)
