"""Reports that stand in the corpus twice are found, and unlike ones are left alone."""

from annotations.duplicates import duplicates, twins
from annotations.tasks import Task

LONG = (
    "Raiders from the dunes struck the mill at dawn and took nine sacks of grain before the watch arrived ."
)


def told(**splits: dict) -> list[str]:
    tasks = {
        split: [Task({"doc_id": id, "text": text}) for id, text in made.items()]
        for split, made in splits.items()
    }
    return [str(finding) for finding in duplicates(tasks)]


def test_a_doc_id_is_one_reports():
    assert told(train={"a": "x"}, dev={"a": "y"}) == [
        "a: error: 2 reports have this doc_id; give each its own"
    ]


def test_the_same_text_is_found_within_a_split_and_across():
    assert told(train={"a": LONG, "b": LONG}) == [
        "b: error: has the same text in train as a in train; keep one"
    ]
    assert told(train={"a": "Short."}, test={"b": "Short."}) == [
        "b: error: has the same text in test as a in train; keep one"
    ]


def test_nearly_the_same_text_is_found_across_splits_only():
    changed = LONG.replace("nine", "ten")
    said = "b: error: has nearly the same text in dev as a in train; keep one"
    assert told(train={"a": LONG}, dev={"b": changed}) == [said]
    assert told(train={"a": LONG}, dev={"b": "  ".join(LONG.upper().split())}) == [said]
    assert told(train={"a": LONG, "b": changed}) == []


def test_a_short_report_inside_a_long_one_is_found():
    assert len(told(train={"a": LONG}, test={"b": LONG[: len(LONG) // 2]})) == 1


def test_reports_that_share_a_phrase_are_left_alone():
    other = "Before the watch arrived nobody here had heard of raiders from the dunes at all , they say ."
    assert told(train={"a": LONG}, dev={"b": other}) == []


def test_twins_name_both_reports_and_their_splits():
    one, other = (Task({"doc_id": id, "text": LONG + end}) for id, end in (("a", ""), ("b", " Indeed .")))
    [pair] = twins({"train": [one], "dev": [other]})
    assert (pair.first, pair.one, pair.second, pair.other) == ("train", one, "dev", other)
    assert pair.how == "nearly the same"
