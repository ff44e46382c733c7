"""What became of the people a figure counts, who they were, and which figures are parts of which."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer import casualties, numbers, victims
from infer.blocks import layout
from infer.schema import Span


def party_classes(words):
    """Stands for the actor table: it knows one party."""
    return {"armed_group"} if "Islamic State" in words else set()


CASES = Path(__file__).parent / "cases" / "casualties.tsv"


def figures(text):
    text, spans = marked(text.replace("{", "{C "))
    number = {s: numbers.read(s.text(text)) for s in spans}
    found, repeats = casualties.read(text, layout(text, spans), spans, number, party_classes)
    return text, spans, found, repeats


def rows():
    with open(CASES, encoding="utf-8", newline="") as file:
        return [tuple(r.values()) for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.mark.parametrize("text, outcomes, part_of", rows())
def test_outcome_and_total_of_every_figure(text, outcomes, part_of):
    _, spans, found, _ = figures(text)
    assert [found[s].outcome for s in spans] == outcomes.split()
    totals = [found[s].part_of for s in spans]
    assert [str(spans.index(t)) if t else "-" for t in totals] == part_of.split()


@pytest.mark.parametrize(
    "words, who",
    [
        ("three shepherds", "civilian"),
        ("a woman and her child", "civilian"),
        ("two border guards", "security_forces"),
        ("six army conscripts", "security_forces"),
        ("nine gunmen", "armed_group"),
        ("ten soldiers and villagers", "mixed"),
        ("12 people", "unspecified"),
        ("four fatalities", "unspecified"),
        ("two Islamic State members", "armed_group"),
    ],
)
def test_victims_by_the_words_of_the_span(words, who):
    assert victims.of_words(words, party_classes) == who


def settled(text, acting):
    text, spans, found, _ = figures(text)
    return [c.victims for c in victims.settle(text, [found[s] for s in spans], acting)]


def test_combatants_are_on_the_other_side_and_what_a_party_lost_is_its_own():
    assert settled("They killed {eight combatants}.", {"armed_group"}) == ["security_forces"]
    assert settled("They killed {eight combatants}.", {"security_forces"}) == ["armed_group"]
    assert settled("The group lost {four members}.", {"armed_group"}) == ["armed_group"]


def test_a_total_is_what_its_parts_are_and_an_elliptic_figure_what_the_one_before_is():
    assert settled("{Five dead}: {two nuns} and {three rebels}.", ()) == ["mixed", "civilian", "armed_group"]
    assert settled("{Five dead}: {two nuns} and {three men}.", ()) == [
        "unspecified",
        "civilian",
        "unspecified",
    ]
    assert settled("They arrested {31 insurgents}, killing {six}.", ()) == ["armed_group", "armed_group"]


def test_a_name_beside_a_description_is_one_person():
    _, spans, _, repeats = figures("{An officer}, {Captain Musa Tarek}, was killed.")
    assert repeats == {spans[1]: spans[0]}


def test_bare_classes_listed_under_a_toll_are_its_components():
    text = "The week left {11 dead}:\n\n• {Five traders}\n• {Six policemen}\n"
    _, spans, found, _ = figures(text)
    assert [found[s].part_of for s in spans] == [None, spans[0], spans[0]]
    assert found[spans[0]].components == "partition"


WORDS = ["{two men}", "killed", "and", ",", "wounded", ":", "including", "(", ".", "\n\n", "of them"]


def test_an_incident_in_a_later_item_is_no_component_of_the_toll_above():
    text = "The week left {21 dead} in all:\n\n• Gao: they took {six traders} at noon; {one} was killed.\n"
    text, spans = marked(text.replace("{", "{C "))
    spans = (*spans, Span(text.index("Gao"), text.index("Gao") + 3, "LOCATION"))
    number = {s: numbers.read(s.text(text)) for s in spans}
    found, _ = casualties.read(text, layout(text, spans), sorted(spans), number, party_classes)
    assert [f.part_of for f in found.values()] == [None, None, None]


@given(st.lists(st.sampled_from(WORDS), max_size=14))
@settings(deadline=None, max_examples=200)
def test_every_figure_is_read_and_no_figure_lies_in_itself(words):
    _, spans, found, _ = figures(" ".join(words))
    assert set(found) == set(spans)
    for span in spans:
        seen, total = {span}, found[span].part_of
        while total:
            assert total not in seen
            seen.add(total)
            total = found[total].part_of


def read_all(text):
    text, spans = marked(text)
    number = {s: numbers.read(s.text(text)) for s in spans if s.label == "CASUALTY"}
    found, _ = casualties.read(text, layout(text, spans), spans, number, party_classes)
    return list(found.values())


def test_a_bare_figure_after_the_dead_and_hurt_of_a_sentence_counts_the_dead():
    text = "{C 90 people} died and {C 40} were hurt.\n\nWho? {C 52 nuns}, {C 38 rebels}.\n"
    assert [f.outcome for f in read_all(text)] == ["killed", "wounded", "killed", "killed"]


@pytest.mark.parametrize(
    "head",
    ["Area | raids | civilians killed | soldiers hurt", "Area\traids\tcivilians killed\tsoldiers hurt"],
)
def test_the_head_of_a_column_tells_outcome_and_victims(head):
    row = "Osk | 9 | {C 14} | {C 3}" if "|" in head else "Osk\t9\t{C 14}\t{C 3}"
    figures = read_all(f"The year in figures.\n\n{head}\n{row}\n")
    assert [(f.outcome, f.victims) for f in figures] == [
        ("killed", "civilian"),
        ("wounded", "security_forces"),
    ]


def test_columns_may_be_named_in_a_line_before_the_rows():
    figures = read_all(
        "Columns: raids / civilians killed / people kidnapped.\n\n"
        "Osk\t9\t{C 14}\t{C 3}\nTarn\t2\t{C 5}\t{C 1}\n"
    )
    assert [f.outcome for f in figures] == ["killed", "missing"] * 2


@pytest.mark.parametrize(
    "text, who",
    [
        ("A mine killed {C a corporal} and hurt {C five others}.", ["security_forces"] * 2),
        ("A shell fell on the market and {C 12 people} died.", ["civilian"]),
        ("The post was overrun at dawn and {C nine men} died.", ["security_forces"]),
        ("They shot {C Pavel Orlo}, 40, a baker.", ["civilian"]),
        ("{C Eight dead}: {C two nuns} and {C six rebels}.", ["mixed", "civilian", "armed_group"]),
        ("The day left {C two shepherds} dead.\n\nIn May it had been {C seven}.", ["civilian"] * 2),
    ],
)
def test_victims_by_what_the_text_says_beside_the_figure(text, who):
    assert [f.victims for f in read_all(text)] == who


def test_a_total_said_again_hands_its_parts_to_the_first():
    text = "The year left {61 dead}. The {61} dead were {40 nuns} and {21 rebels}."
    _, spans, found, repeats = figures(text)
    assert repeats == {spans[1]: spans[0]}
    assert [found[s].part_of for s in spans[2:]] == [spans[0]] * 2
    assert found[spans[0]].components == "partition"


def test_the_answer_to_a_question_breaks_the_total_down():
    _, spans, found, _ = figures("The month left {61 dead}.\n\nWho? {40 nuns}, {21 rebels}.")
    assert [found[s].part_of for s in spans] == [None, spans[0], spans[0]]
