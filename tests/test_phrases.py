"""Phrases that recur are found, whatever names and numbers stand in them; set phrases are excepted."""

import os

import pytest
from annotated import task

from annotations import phrases
from annotations.tasks import Task
from infer.schema import InputError

SAID = "Toward nightfall {A1 %s} crept up on the pumping station at {L1 %s} and fired {N1 %s}."
SPANS = dict(events="N1 aggregate: actor A1; location L1", spans="A1 none / L1 none / N1 2")


def made(id: str, text: str, *names: str) -> Task:
    named = task(text % names, **SPANS) if names else Task({"text": text})
    return Task(named.data | {"doc_id": id}, named.regions, named.relations)


def told(set_phrases=os.devnull, **splits: list[Task]) -> list[str]:
    return [str(finding) for finding in phrases.recurring(splits, phrases.Path(set_phrases))]


ONE = made("a", SAID, "raiders", "Dun", "two volleys")
TWO = made("b", SAID, "the Kestrel Front", "Upper Karsa", "12 rockets")


def test_a_skeleton_with_its_names_swapped_is_found_across_splits():
    [said] = told(train=[ONE], test=[TWO])
    end = TWO.text.index(" 12 rockets")
    assert said.startswith(f"b [0, {end}): error: ")
    assert "has the wording of a in train; reword it" in said


def test_within_a_split_a_run_may_stand_in_a_hundredth_of_the_reports_and_always_in_one():
    others = [made(f"o{i}", f"{i} " * 9) for i in range(198)]
    assert told(train=[ONE, *others, TWO]) == []
    assert len(told(train=[ONE, *others[:-1], TWO])) == 1
    assert len(told(train=[ONE, TWO])) == 1
    assert told(train=[ONE]) == []


def test_a_run_may_stand_in_one_split_only_however_many_reports_there_are():
    others = [made(f"o{i}", f"{i} " * 9) for i in range(300)]
    assert told(train=[ONE, *others, TWO]) == []
    assert len(told(train=[ONE, *others], test=[TWO])) == 1


def test_a_finding_ends_with_the_shared_words_and_names_three_reports_at_most():
    shared = "one two three four five six seven eight nine"
    same = [made(id, f"{shared} {id * 2}") for id in "abcde"]
    said = told(train=same[:2], dev=same[2:3])
    assert said == [f"c [0, 44): error: '{shared}' has the wording of a in train, b in train; reword it"]
    [said] = told(train=same)
    assert said.endswith("has the wording of a in train, b in train, c in train, and 1 more; reword it")


def test_seven_words_are_no_run_and_marks_between_words_do_not_matter():
    seven, eight = "one two three four five six seven", "one two three four five six seven eight"
    assert told(train=[made("a", seven)], dev=[made("b", seven)]) == []
    [said] = told(train=[made("a", eight)], dev=[made("b", "So:\n" + eight.upper().replace(" ", ", -\t"))])
    assert said.startswith("b [4, ")


def test_words_of_spans_are_not_words_of_a_run_and_a_span_is_not_nothing():
    masked = made("a", "one two three four {A1 %s} five six {L1 %s} seven {N1 %s} eight", "x", "y", "z z z")
    plain = made("b", "one two three four five six seven eight")
    assert told(train=[masked], dev=[plain]) == []
    other = made("b", "one two three four {A1 %s} five six {L1 %s} seven {N1 %s} eight", "k", "l l", "m")
    assert len(told(train=[masked], dev=[other])) == 1


def test_listed_phrases_are_excepted(tmp_path):
    listed = tmp_path / "set-phrases.txt"
    listed.write_text(
        "# heard from all\nAll parties must keep hospitals and schools out of the fighting\n",
        encoding="utf-8",
    )
    says = "All parties must keep hospitals, and schools, out of the fighting!"
    one, two = made("a", says), made("b", says)
    assert told(listed, train=[one], dev=[two]) == []
    assert len(told(train=[one], dev=[two])) == 1


def test_a_comment_excepts_nothing_and_the_shipped_list_can_be_read(tmp_path):
    listed = tmp_path / "set-phrases.txt"
    says = "one two three four five six seven eight"
    listed.write_text(f"# {says}\n", encoding="utf-8")
    one, two = made("a", says), made("b", says)
    assert len(told(listed, train=[one], dev=[two])) == 1
    assert len(list(phrases.recurring({"train": [one], "dev": [two]}))) == 1


def test_a_list_that_cannot_be_read_is_named(tmp_path):
    listed = tmp_path / "set-phrases.txt"
    with pytest.raises(InputError, match="set-phrases.txt: No such file"):
        told(listed, train=[ONE])
    listed.write_bytes("Dün".encode("latin-1"))
    with pytest.raises(InputError, match="set-phrases.txt: is not UTF-8 text"):
        told(listed, train=[ONE])
