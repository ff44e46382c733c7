"""Scores: two annotated versions of a report against each other, with oracles from outside."""

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import sample
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2
from versions import JUNE, TEXT, WORDS, spans, versions

from annotations.event_pairs import ENOUGH, Pair, align
from annotations.score import SLOTS, Counts, Scores, compare
from infer.schema import (
    LABELS,
    Actor,
    AttackCount,
    Casualty,
    Document,
    Event,
    InputError,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)


def every_count(scores: Scores):
    for name in Scores.__dataclass_fields__:
        value = getattr(scores, name)
        if isinstance(value, Counts):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name} {key}", counts) for key, counts in value.items())


# --- against oracles from outside ---


def bio(marked: tuple[Span, ...]) -> list[str]:
    tags = ["O"] * len(WORDS)
    for span in marked:
        inside = [i for i, (start, end) in enumerate(WORDS) if span.start <= start and end <= span.end]
        for i in inside:
            tags[i] = f"{'B' if i == inside[0] else 'I'}-{span.label}"
    return tags


@given(spans(), spans())
@settings(deadline=None, max_examples=50)
def test_exact_spans_equal_seqeval_strict(gold, predicted):
    scores = compare(Document("d", TEXT, spans=gold), Document("d", TEXT, spans=predicted))
    labels = sorted({s.label for s in gold + predicted})
    assert sorted(scores.spans) == labels
    if not labels:
        return
    rates = precision_recall_fscore_support([bio(gold)], [bio(predicted)], scheme=IOB2, zero_division=0)
    ours = [
        (c.precision or 0, c.recall or 0, c.f1 or 0, c.tp + c.fn) for _, c in sorted(scores.spans.items())
    ]
    for column, expected in enumerate(rates):
        assert [row[column] for row in ours] == pytest.approx(list(expected))


def most_pairs(gold: list[Span], predicted: list[Span]) -> int:
    """By trying everything."""
    if not gold:
        return 0
    skipped = most_pairs(gold[1:], predicted)
    met = [p for p in predicted if p.overlaps(gold[0])]
    return max([skipped, *(1 + most_pairs(gold[1:], [q for q in predicted if q != p]) for p in met)])


@given(spans(labels=("A",)), spans(labels=("A",)))
@settings(deadline=None, max_examples=40)
def test_overlap_pairs_as_many_spans_as_can_be(gold, predicted):
    gold, predicted = gold[:6], predicted[:6]
    scores = compare(Document("d", TEXT, spans=gold), Document("d", TEXT, spans=predicted))
    assert scores.span_overlap_micro.tp == most_pairs(list(gold), list(predicted))


@given(versions(), versions())
@settings(deadline=None, max_examples=50)
def test_no_alignment_of_events_weighs_more(gold, predicted):
    small, large = sorted([gold.events, predicted.events], key=len)
    weights = [[Pair(TEXT, a, b).weight() for b in large] for a in small]
    picks = [[weights[i][j] for i, j in enumerate(p)] for p in permutations(range(len(large)), len(small))]
    most = max(map(sum, picks))
    best = [sum(w for w in pick if w > ENOUGH) for pick in picks if sum(pick) == pytest.approx(most)]
    found = align(TEXT, gold.events, predicted.events)
    assert len({id(p.gold) for p in found}) == len({id(p.predicted) for p in found}) == len(found)
    assert any(sum(pair.weight() for pair in found) == pytest.approx(weight) for weight in best)


# --- properties ---


@given(versions())
@settings(deadline=None, max_examples=40)
def test_a_version_is_perfect_against_itself(document):
    scores = compare(document, document)
    assert all(counts.fp == counts.fn == 0 for _, counts in every_count(scores))
    assert scores.records.tp == scores.events.tp == len(document.events)


@given(versions(), versions())
@settings(deadline=None, max_examples=50)
def test_swapping_the_versions_swaps_false_positives_and_negatives(gold, predicted):
    there, back = compare(gold, predicted), compare(predicted, gold)
    swapped = {name: Counts(c.tp, c.fn, c.fp) for name, c in every_count(back)}
    assert dict(every_count(there)) == swapped


@given(versions(), versions(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_events_changes_nothing(gold, predicted, random):
    mixed = [
        Document("d", TEXT, spans=d.spans, events=tuple(random.sample(d.events, len(d.events))))
        for d in (gold, predicted)
    ]
    assert compare(*mixed) == compare(gold, predicted)


@given(versions(), versions())
@settings(deadline=None, max_examples=40)
def test_every_filler_is_counted_once(gold, predicted):
    scores = compare(gold, predicted)
    places = [sum(len(e.locations) for e in d.events) for d in (gold, predicted)]
    assert (scores.slots["location"].tp + scores.slots["location"].fn) == places[0]
    assert (scores.slots["location"].tp + scores.slots["location"].fp) == places[1]
    assert scores.micro == sum((scores.slots[slot] for slot in SLOTS), Counts())


def test_scores_add_up_and_print_as_json():
    document = sample()
    one = compare(document, document)
    total = sum([one, one], Scores())
    assert total.documents == 2 and total.micro == one.micro + one.micro
    assert json.loads(json.dumps(total.as_dict()))["micro"]["f1"] == 1.0


def test_nothing_to_score_is_none_and_not_zero():
    empty = Document("d", TEXT)
    scores = compare(empty, empty)
    assert scores.micro.f1 is scores.records.recall is scores.part_of.precision is None
    assert scores.as_dict()["span_micro"] == {
        "tp": 0, "fp": 0, "fn": 0, "precision": None, "recall": None, "f1": None,
    }  # fmt: skip


def test_versions_of_different_texts_are_refused():
    with pytest.raises(InputError, match=r"a and b are different texts \(3 and 4 characters\)"):
        compare(Document("a", "one"), Document("b", "four"))


# --- rules, case by case ---

SPAN = {
    label: [Span(5 * i + 100 * n, 5 * i + 100 * n + 3, label) for i in range(4)]
    for n, label in enumerate(LABELS)
}
LONG = "Noor Hama Dera Homs " * 30


def event(number: int, count: int | None, name: str = "e1", part_of: str | None = None, **slots) -> Event:
    anchor = SPAN["ATTACK_COUNT"][number]
    return Event(
        name, "aggregate", anchor, part_of, attack_count=AttackCount(anchor, Quantity(count)), **slots
    )


def scored(gold: list[Event], predicted: list[Event]) -> Scores:
    marked = tuple(span for label in LABELS for span in SPAN[label])
    return compare(*(Document("d", LONG, spans=marked, events=tuple(side)) for side in (gold, predicted)))


def place(number: int, name=None, **known) -> tuple[Location, ...]:
    return (Location(SPAN["LOCATION"][number], Place(name, **known)),)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (place(0), place(0), True),  # the same span
        (place(0), place(1), False),  # other words
        (place(0, "Hama"), place(1, "Hama Governorate"), True),  # the same canonical name
        (place(0, "Hama"), place(1, "Homs"), False),
        (
            place(0, kind="admin1", country="SY", admin1="SY-HM"),
            place(1, kind="admin1", country="SY", admin1="SY-HM"),
            True,
        ),
        (  # two towns of a province are two places
            place(0, kind="populated_place", country="SY", admin1="SY-HM"),
            place(1, kind="populated_place", country="SY", admin1="SY-HM"),
            False,
        ),
    ],
)
def test_places_match_by_span_by_name_or_by_the_code_of_a_region(a, b, same):
    scores = scored([event(0, 5, locations=a)], [event(0, 5, locations=b)])
    assert scores.slots["location"] == (Counts(1) if same else Counts(0, 1, 1))


def test_a_wrong_attribute_of_a_right_filler_is_counted_apart():
    wrong = Casualty(SPAN["CASUALTY"][0], Quantity(3, None, "about"), "killed", "civilian")
    right = Casualty(SPAN["CASUALTY"][0], Quantity(3), "killed", "security_forces")
    scores = scored([event(0, 5, casualties=(right,))], [event(0, 5, casualties=(wrong,))])
    assert scores.slots["casualty"] == Counts(1) and scores.records == Counts(1)
    assert scores.attributes["victims"] == Counts(0, 1, 1)
    assert scores.attributes["relation"] == Counts(1, 1, 1)
    assert scores.attributes["upper"] == Counts()


def test_a_casualty_needs_value_and_outcome():
    killed = Casualty(SPAN["CASUALTY"][0], Quantity(3), "killed")
    wounded = Casualty(SPAN["CASUALTY"][0], Quantity(3), "wounded")
    assert scored([event(0, 5, casualties=(killed,))], [event(0, 5, casualties=(wounded,))]).slots[
        "casualty"
    ] == Counts(0, 1, 1)


def test_events_without_a_number_are_neither_asked_for_nor_punished():
    vague = event(0, None, "e1", locations=place(0))
    assert scored([vague], []).micro == scored([], [vague]).micro == Counts()
    given_a_number = event(0, 12, "e1", locations=place(0))
    assert scored([vague], [given_a_number]).micro == Counts()
    part = event(1, 5, "e2", "e1")
    assert scored([vague, part], [part]).part_of == Counts()


def test_links_to_totals_follow_the_alignment_and_not_the_ids():
    gold = [event(0, 17, "e1"), event(1, 12, "e2", "e1"), event(2, 5, "e3", "e1")]
    renamed = [event(0, 17, "x"), event(1, 12, "y", "x"), event(2, 5, "z")]
    assert scored(gold, renamed).part_of == Counts(1, 0, 1)
    crossed = [event(0, 17, "e1"), event(1, 12, "e2", "e1"), event(2, 5, "e3", "e2")]
    assert scored(gold, crossed).part_of == Counts(1, 1, 1)


def test_components_and_alternatives_are_links_between_paired_casualties():
    total, part, other = (
        Casualty(SPAN["CASUALTY"][i], Quantity(n), "killed") for i, n in enumerate((8, 1, 30))
    )
    linked = Casualty(part.span, Quantity(1), "killed", part_of=total.span)
    said = Casualty(other.span, Quantity(30), "killed", alternative_to=total.span)
    gold = [event(0, 5, casualties=(total, linked, said))]
    scores = scored(gold, [event(0, 5, casualties=(total, part, said))])
    assert scores.component_of == Counts(0, 0, 1) and scores.alternative_to == Counts(1)


def test_an_actor_alone_does_not_make_two_events_one():
    actor = (Actor(SPAN["ACTOR"][0], "Noor"),)
    scores = scored([event(0, 5, actors=actor)], [event(0, 9, actors=actor)])
    assert scores.events == Counts(0, 1, 1) and scores.slots["actor"] == Counts(0, 1, 1)


def test_a_record_is_exact_only_with_nothing_wrong_missing_or_added():
    full = event(0, 5, locations=place(0), period=Period(SPAN["PERIOD"][0], JUNE))
    assert scored([full], [full]).records == Counts(1)
    assert scored([full], [event(0, 5, locations=place(0))]).records == Counts(0, 1, 1)
    assert scored([event(0, 5, locations=place(0))], [full]).records == Counts(0, 1, 1)


def test_a_tie_falls_alike_whatever_the_order_and_whoever_is_called_gold():
    """One event shares as much with two others: a count with the one, two places with the other."""
    gold = [event(0, 9, "e1"), event(1, 5, "e2", locations=place(0) + place(1))]
    predicted = [event(2, 5, "e1"), event(3, 7, "e2", locations=place(0) + place(1))]
    first = scored(gold, predicted).slots
    assert first == scored(gold[::-1], predicted).slots == scored(gold, predicted[::-1]).slots
    swapped = {slot: Counts(c.tp, c.fn, c.fp) for slot, c in scored(predicted, gold).slots.items()}
    assert swapped == first


def test_of_equal_partners_the_one_at_the_same_place_in_the_text_is_taken():
    """Else a right event could lose its exact record to a twin elsewhere."""
    pairs = align(LONG, [event(0, 5), event(1, 5)], [event(1, 5), event(2, 5)])
    numbers = [[SPAN["ATTACK_COUNT"].index(e.anchor) for e in (p.gold, p.predicted)] for p in pairs]
    assert sorted(numbers) == [[0, 2], [1, 1]]


def test_of_equal_casualties_the_one_at_the_same_place_in_the_text_is_taken():
    def casualty(number, victims):
        return Casualty(SPAN["CASUALTY"][number], Quantity(3), "killed", victims)

    gold = event(0, 5, casualties=(casualty(0, "civilian"), casualty(1, "armed_group")))
    predicted = event(0, 5, casualties=(casualty(1, "armed_group"), casualty(2, "civilian")))
    assert scored([gold], [predicted]).attributes["victims"] == Counts(2)
