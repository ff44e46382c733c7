"""An annotation carried over to the spans that a tagger found says what still holds, and nothing else."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from annotated import reports, task
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import gold
from annotations.check import check
from annotations.offsets import edge
from annotations.tasks import Task
from infer.schema import FIGURES, Span
from train.noise import BELONGS, on_spans

TRAIN = Path(__file__).parent.parent / "annotations" / "data" / "train.json"
EVERY = 14


def said(made: Task) -> tuple[dict, list]:
    """Fields by span, and relations as spans."""
    fields = {r.span: (r.event, r.outcome, r.victims, r.components, r.value) for r in made.regions}
    links = [(made.by_id[r.source].span, made.by_id[r.target].span, r.kind) for r in made.relations]
    return fields, sorted(links)


def spans(made: Task, *ids: str) -> list[Span]:
    return [made.by_id[id].span for id in ids]


def told(made: Task) -> dict:
    """Words → its event, and relations in words; of figures and places that have a name of their own."""
    words = {r.id: r.span.text(made.text) for r in made.regions}
    return {words[r.id]: r.event for r in made.regions if r.event}, sorted(
        (words[r.source], r.kind, words[r.target]) for r in made.relations
    )


@pytest.mark.parametrize("each", [*reports(), *gold.read(TRAIN)[::EVERY]], ids=lambda t: t.id)
def test_a_perfect_tagger_changes_nothing(each):
    again = on_spans(each, [r.span for r in each.regions])
    assert said(again) == said(each) and again.data == each.data


def test_a_tagger_that_finds_nothing_leaves_nothing():
    for each in reports():
        bare = on_spans(each, [])
        assert (bare.regions, bare.relations) == ((), ())


RAIDS = task(
    "{A1 Raiders} made {N1 two raids} on {L1 Dun}: {C1 nine dead}, {C2 six guards}, {C3 two of them} "
    "officers, and {C4 three men}; {C5 five} hurt, {C6 four} by others' count. "
    "{N2 The raids} went on; {N3 one raid} hit.",
    "N1 aggregate: casualty C1 C5; actor A1; location L1 / N3 incident: part_of N1; actor A1",
    "A1 none / L1 none / N1 2 / N2 2 / N3 1 / C1 killed mixed 9 partition C2 C4 / "
    "C2 killed security_forces 6 subset C3 / C3 killed security_forces 2 / C4 killed civilian 3 / "
    "C5 C6 wounded civilian 5",
    "N2 repeats N1 / C6 alternative_to C5",
)


def without(*ids: str, of: Task = RAIDS) -> Task:
    return on_spans(of, [r.span for r in of.regions if r.id not in ids])


def test_a_repetition_takes_the_place_of_what_was_missed():
    events, links = told(without("N1"))
    assert events == {"The raids": "aggregate", "one raid": "incident"}
    assert ("The raids", "casualty", "nine dead") in links and ("one raid", "part_of", "The raids") in links
    assert not any(kind == "repeats" for _, kind, _ in links)


def test_the_first_casualty_becomes_the_anchor_of_an_event_whose_count_was_missed():
    events, links = told(without("N1", "N2"))
    assert events == {"nine dead": "aggregate", "one raid": "incident"}
    assert ("nine dead", "actor", "Raiders") in links and ("nine dead", "casualty", "five") in links
    assert ("one raid", "part_of", "nine dead") in links
    assert not any(a == b for a, _, b in links)


def test_an_event_of_which_nothing_was_found_is_gone():
    events, links = told(without("N1", "N2", "C1", "C5"))
    assert events == {"one raid": "incident"}
    assert not any(kind in ("part_of", "casualty", "location") for _, kind, _ in links)


def test_parts_of_a_missed_total_belong_to_the_next_above():
    _, links = told(without("C2"))
    assert ("nine dead", "includes", "two of them") in links
    _, links = told(without("C1"))
    assert ("two raids", "casualty", "six guards") in links and (
        "two raids",
        "casualty",
        "three men",
    ) in links
    assert ("six guards", "includes", "two of them") in links


def test_parts_of_a_missed_event_are_parts_of_its_total():
    made = task(
        "{N1 Nine raids}: {N2 four raids} north, {N3 one raid} of them at night.",
        "N1 aggregate / N2 aggregate: part_of N1 / N3 incident: part_of N2",
        "N1 9 / N2 4 / N3 1",
    )
    assert told(without("N2", of=made)) == (
        {"Nine raids": "aggregate", "one raid": "incident"},
        [("one raid", "part_of", "Nine raids")],
    )


NINE = task(
    "{C1 Nine dead}: {C2 six guards}, {C3 two of them} officers, and {C4 three men}.",
    "C1 incident",
    "C1 killed mixed 9 partition C2 C4 / C2 killed security_forces 6 subset C3 / "
    "C3 killed security_forces 2 / C4 killed civilian 3",
)


def test_siblings_of_a_part_that_becomes_the_anchor_are_no_parts_of_it():
    assert told(without("C1", of=NINE)) == (
        {"six guards": "incident"},
        [("six guards", "casualty", "three men"), ("six guards", "includes", "two of them")],
    )


def test_parts_of_a_missed_part_of_the_anchor_stay_parts():
    assert told(without("C2", of=NINE))[1] == [
        ("Nine dead", "includes", "three men"),
        ("Nine dead", "includes", "two of them"),
    ]


def test_a_span_that_was_moved_keeps_what_was_said_of_it():
    made = task(
        "{A1 Raiders} shot {C1 two guards} in {L1 Dun}.", "C1 incident: actor A1; location L1",
        "A1 none / L1 none / C1 killed security_forces 2",
    )  # fmt: skip
    guards = made.by_id["C1"].span
    moved = Span(guards.start, guards.end - 3, "CASUALTY")
    again = on_spans(made, [moved, *spans(made, "A1", "L1")])
    assert again.by_id["CASUALTY 13"].victims == "security_forces"
    assert told(again) == (
        {"two gua": "incident"},
        [("two gua", "actor", "Raiders"), ("two gua", "location", "Dun")],
    )


def test_a_label_is_not_changed_and_false_spans_say_nothing():
    made = task(
        "{C1 Two guards} died in {L1 Dun}.", "C1 incident: location L1", "L1 none / C1 killed civilian 2"
    )
    guards, dun = spans(made, "C1", "L1")
    again = on_spans(made, [Span(guards.start, guards.end, "ATTACK_COUNT"), dun, Span(11, 15, "CASUALTY")])
    assert [(r.event, r.victims) for r in again.regions] == [(None, None)] * 3
    assert again.relations == ()


def test_the_span_that_shares_most_takes_over():
    made = task("{C1 Two tired guards} died.", "C1 incident", "C1 killed civilian 2")
    long, short = Span(4, 16, "CASUALTY"), Span(0, 3, "CASUALTY")
    again = on_spans(made, [short, long])
    assert [r.event for r in again.regions] == [None, "incident"]


@st.composite
def noisy(draw, each: Task):
    """Spans as a tagger might find them: some missed, some cut, some under another label, some false."""
    found, end = [], 0
    for region in each.regions:
        start, stop, label = region.span.start, region.span.end, region.span.label
        kind = draw(
            st.sampled_from(("kept", "kept", "kept", "missed", "cut", "mislabelled", "after a false one"))
        )
        cut = start + len(region.span.text(each.text).rpartition(" ")[0])
        word = re.match(r"\W*(\w+)", each.text[end:start])
        if (
            kind == "after a false one"
            and word
            and not edge(each.text, end + word.start(1), end + word.end())
        ):
            found.append(Span(end + word.start(1), end + word.end(), draw(st.sampled_from(FIGURES))))
        if kind == "cut" and cut > start and not edge(each.text, start, cut):
            stop = cut
        if kind == "mislabelled":
            label = draw(st.sampled_from(FIGURES))
        if kind != "missed":
            found.append(Span(start, stop, label))
            end = stop
    return found


def filled(made: Task) -> Task:
    """With a fate for every figure: the check stops at empty fields before it looks at relations."""
    regions = [
        replace(r, outcome=r.outcome or "killed", victims=r.victims or "civilian")
        if r.span.label == "CASUALTY"
        else r
        for r in made.regions
    ]
    return Task(made.data, tuple(regions), made.relations)


ALLOWED = ("belongs to no event", "choose components", "of nothing; link its components")


@given(st.data())
@settings(deadline=None, max_examples=30)
def test_what_holds_on_any_spans_is_sound(data):
    """The annotators' own check is the oracle; figures may stand alone, and totals may lack their parts."""
    each = data.draw(st.sampled_from([*reports(), RAIDS, NINE]))
    found = data.draw(noisy(each))
    again = on_spans(each, found)
    assert [r.span for r in again.regions] == found
    errors = [f.message for f in check(filled(again), complete=False) if f.severity == "error"]
    assert [m for m in errors if not any(words in m for words in ALLOWED)] == []
    hangs = [
        r.target if r.kind in BELONGS else r.source
        for r in again.relations
        if r.kind in (*BELONGS, "alternative_to")
        or r.kind == "repeats"
        and again.by_id[r.source].span.label in FIGURES
    ]
    assert len(hangs) == len(set(hangs))
    assert not any(again.by_id[id].event for id in hangs)
    assert sum(bool(r.event) for r in again.regions) <= sum(bool(r.event) for r in each.regions)
