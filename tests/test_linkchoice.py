"""Links are chosen so that events are sound whatever the network says, and right where it is right."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from annotated import reports, task
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import CHOICES, LISTED, SURE, events, gold, nothing, read, read_document

from annotations import gold as corpus
from annotations.documents import to_document
from infer.linkchoice import (
    ATTRIBUTES,
    FAR,
    FIGURE_LINKS,
    FIRM,
    HEADED,
    LIKELIEST,
    LINKS,
    ROOTS,
    Scores,
    allowed,
)
from infer.schema import FIGURES, LABELS, Document
from train import linking

TRAIN = Path(__file__).parent.parent / "annotations" / "data" / "train.json"
EVERY = 14  # one report in so many of the corpus
PIECES = (
    "{C two nurses}",
    "{C 12 men}",
    "{N 3 raids}",
    "{L Gao}",
    "{A Red Column}",
    "{P 4 May 2021}",
    ".\n\n• ",
)


@st.composite
def scored(draw):
    """A text and any logits for its spans: small ones, where much is near a tie, or large ones."""
    text = " ".join(draw(st.lists(st.sampled_from(PIECES), max_size=10)))
    found = read(text)
    random, n = np.random.default_rng(draw(st.integers(0, 2**32))), len(found.reading.spans)
    shapes = ((n, n, len(LINKS)), (n, len(ROOTS)), (n, CHOICES))
    scale = draw(st.sampled_from([0.0, 1.0, 6.0]))
    return found, Scores(*(scale * random.normal(size=shape) for shape in shapes))


@given(scored())
@settings(deadline=None, max_examples=80)
def test_any_scores_make_sound_events(validate, case):
    found, scores = case
    if not found.reading.spans:
        return
    made = events(found, scores)
    replace(found.document, events=made)  # its spans are the document's
    assert [e.id for e in made] == [f"e{n}" for n in range(1, len(made) + 1)]
    assert [e.anchor for e in made] == sorted(e.anchor for e in made)
    for event in made:
        assert event.anchor.label in FIGURES and 0 <= event.confidence <= 1
        assert event.anchor == (
            event.attack_count.span if event.attack_count else event.casualties[0].span
        ) or (event.anchor in {c.span for c in event.casualties})
        labels = {"ACTOR": event.actors, "LOCATION": event.locations, "PERIOD": [event.period]}
        assert all(s.span.label == label for label, slots in labels.items() for s in slots if s)


@given(scored())
@settings(deadline=None, max_examples=80)
def test_no_figure_stands_twice_and_nothing_runs_in_circles(case):
    found, scores = case
    if not found.reading.spans:
        return
    made = events(found, scores)
    figures = [c.span for e in made for c in e.casualties]
    figures += [a.span for e in made for a in (e.attack_count, *e.alternative_counts) if a]
    assert len(figures) == len(set(figures))
    for event in made:
        own = {c.span: c for c in event.casualties}
        for casualty in event.casualties:
            _ends(casualty.span, lambda s, own=own: own[s].part_of or own[s].alternative_to)
    total = {e.id: e.part_of for e in made}
    assert set(total.values()) <= {None, *total}
    for id in total:
        _ends(id, total.get)


def _ends(at, follow):
    passed = set()
    while at is not None:
        assert at not in passed
        passed.add(at)
        at = follow(at)


@given(scored())
@settings(deadline=None, max_examples=40)
def test_one_thing_fills_a_slot_once(case):
    found, scores = case
    if not found.reading.spans:
        return
    key = dict(zip(found.reading.spans, found.keys, strict=True))
    for event in events(found, scores):
        for slots in (event.actors, event.locations):
            named = [key[s.span] for s in slots]
            assert len(named) == len(set(named))


def annotated_with_figures():
    """The round trip's reports: ours with every kind of relation, and some of the training corpus."""
    found = [*reports(), *corpus.read(TRAIN)[::EVERY]]
    return [t for t in found if any(r.span.label in FIGURES for r in t.regions)]


def test_gold_links_make_the_gold_events():
    """What is trained on says all that the annotator said: two programs, one reading of the relations."""
    tasks = annotated_with_figures()
    assert len(tasks) > 40
    for each in tasks:
        document = to_document(each)
        found = read_document(replace(document, events=(), checks=()))
        targets = linking._targets(each, found.reading, complete=True)
        key = dict(zip(found.reading.spans, found.keys, strict=True))
        made = events(found, gold(targets, len(key)))
        assert [plain(e, key) for e in made] == [plain(e, key) for e in document.events], each.id
        assert all(e.confidence > 0.999 for e in made)


def plain(event, key) -> dict:
    """What links decide of an event; of several mentions of one thing the first, and no order of slots."""

    def first(slots):
        told = {}
        for slot in sorted(slots, key=lambda s: s.span):
            told.setdefault(key[slot.span], (slot.span, slot.inherited))
        return set(told.values())

    return {
        "id": (event.id, event.kind, event.anchor, event.part_of),
        "actors": first(event.actors),
        "places": first(event.locations),
        "period": event.period and (event.period.span, event.period.inherited),
        "counts": [(a.span, a.alternative_to) for a in (event.attack_count, *event.alternative_counts) if a],
        "casualties": [
            (c.span, c.victims, c.components, c.part_of, c.alternative_to) for c in event.casualties
        ],
    }


def test_values_are_the_readers():
    """Links say where a value stands; what it is, the readers of the text say."""
    made = task(
        "{A1 ISIS} made {N1 two raids} on {L1 Gao} in {P1 May 2021}: {C1 four guards} died.",
        "N1 aggregate: casualty C1; actor A1; location L1; period P1",
        "A1 none / L1 none / P1 2021-05-01/2021-05-31 / N1 2 / C1 killed security_forces 4",
    )
    found = read_document(replace(to_document(made), events=()))
    scores = gold(linking._targets(made, found.reading, complete=True), 5)
    (event,) = events(found, scores)
    (rules,) = found.proposed
    assert event.attack_count == rules.attack_count and event.casualties == rules.casualties
    assert [a.name for a in event.actors] == [a.name for a in rules.actors] != [None]
    assert event.locations == rules.locations and event.period == rules.period


@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=8))
def test_who_may_hang_on_whom(labels):
    """casualty on any figure, includes on a casualty, the others on figures of the same label."""
    found = allowed(labels)
    for i, one in enumerate(labels):
        for j, other in enumerate(labels):
            figures = i != j and one in FIGURES and other in FIGURES
            hurt, same = figures and one == "CASUALTY", figures and one == other
            assert found[i, j].tolist() == [hurt, hurt and other == "CASUALTY", same, same]


def test_what_is_not_allowed_is_never_chosen():
    found = read("{N 3 raids} in {L Gao}.")
    scores = nothing(2)
    scores.roots[0] = 0.0
    scores.links[0, 1, :4] = 50.0
    (event,) = events(found, scores)
    assert event.anchor == found.reading.spans[0] and not event.casualties
    assert event.confidence == pytest.approx(0.5)


def test_a_report_of_nothing_has_no_events():
    for text in ("{L Gao}", "{C two} and {N 3 raids}"):
        found = read(text)
        assert events(found, nothing(len(found.keys))) == ()


def test_where_figures_hang_on_each_other_alone_the_likeliest_is_an_anchor():
    found = read("{C Six men} and {C two nuns} died.")
    scores = nothing(2)
    scores.roots[:, ROOTS.index("nothing")] = -SURE
    scores.roots[:, ROOTS.index("anchor")] = [1, 2]
    scores.links[0, 1, FIGURE_LINKS.index("includes")] = scores.links[1, 0, 1] = 9
    (event,) = events(found, scores)
    assert event.anchor == found.reading.spans[1]
    assert [(c.span, c.part_of) for c in event.casualties][0][1] == found.reading.spans[1]


def anchored(n: int) -> Scores:
    """Logits of n spans under which the first is an event's anchor, and nothing else holds."""
    scores = nothing(n)
    scores.roots[0, ROOTS.index("anchor")] = 2 * SURE
    return scores


def test_a_slot_needs_an_even_chance_over_all_mentions_of_a_thing():
    """Two mentions that are unlikely one by one, likely together: the likelier is quoted."""
    found = read("{L Gao}: {C two} died in {L Gao}, none in {L Mopti}.")
    scores = nothing(4)
    scores.roots[1, ROOTS.index("anchor")] = 2 * SURE
    scores.links[1, :, LINKS.index("location")] = [-0.5, 0, -0.4, -0.1]
    (event,) = events(found, scores)
    assert [x.span for x in event.locations] == [found.reading.spans[2]]
    chance = np.exp(-0.5) + np.exp(-0.4)
    expected = chance / (1 + chance) * (1 - 1 / (1 + np.exp(0.1)))
    assert event.confidence == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("between", [" and ", ", ", " (", " in the ", " of "])
def test_places_of_one_phrase_are_taken_or_left_together(between):
    found = read(f"{{C Two}} died in {{L Gao}}{between}{{L Mopti}}, far from {{L Kidal}}.")
    scores = anchored(4)
    scores.links[0, 1:, LINKS.index("location")] = [3, -1, -1]
    (event,) = events(found, scores)
    assert {x.span for x in event.locations} == {*found.reading.spans[1:3]}
    scores.links[0, 1:, LINKS.index("location")] = [1, -3, 2]
    (event,) = events(found, scores)
    assert [x.span for x in event.locations] == [found.reading.spans[3]]


@pytest.mark.parametrize("list_", ["{L Gao}, {L Mopti}, and {L Kidal}", "{L Gao}, {L Mopti} & {L Kidal}"])
def test_a_list_is_taken_whole_or_left(list_):
    """By the middle between its likeliest member and the mean; in another sentence each is asked alone."""
    found = read(f"{{C Two}} died in {list_}.")
    scores = anchored(4)
    scores.links[0, 1:, LINKS.index("location")] = [3, -6, -2]
    assert len(events(found, scores)[0].locations) == 3
    scores.links[0, 1:, LINKS.index("location")] = [1, -30, -8]
    assert events(found, scores)[0].locations == ()
    found = read(f"{{C Two}} died. It is calm in {list_}.")
    scores.links[0, 1:, LINKS.index("location")] = [FIRM + 1, -FIRM - 1, -FIRM - 1]
    assert len(events(found, scores)[0].locations) == 1


def test_the_place_of_a_section_heading_needs_less():
    found = read(
        "Toll of May\n\nThe month was hard, it says.\n\n{L Mopti}\n\nOn a Monday {C two} died in {L Gao}."
    )
    scores = anchored(3)
    scores.roots[:, ROOTS.index("anchor")] = [-SURE, 2 * SURE, -SURE]

    def places(heading):
        scores.links[1, [0, 2], LINKS.index("location")] = [heading, 1]
        return {x.span.text(found.reading.text) for x in events(found, scores)[0].locations}

    assert places(HEADED + 0.1) == {"Gao", "Mopti"} and places(HEADED - 0.1) == {"Gao"}


def test_what_is_certain_is_not_swayed_by_its_neighbour():
    found = read("{C Two} died in {L Gao} and {L Mopti}.")
    scores = anchored(3)
    scores.links[0, 1:, LINKS.index("location")] = [7, -5]
    (event,) = events(found, scores)
    assert [x.span for x in event.locations] == [found.reading.spans[1]]


@pytest.mark.parametrize(
    ("slot", "label", "near", "far"),
    [("location", "LOCATION", "{L Gao}", "{L Mopti}"), ("actor", "ACTOR", "{A JNIM}", "{A Boko Haram}")],
)
def test_a_slot_that_would_stay_empty_takes_its_likeliest_filler(slot, label, near, far):
    """In the event's own sentence a less likely one will do; where another wins anyway, neither is asked."""
    found = read(f"{{C Two}} died, {near} said. {far} was calm.")
    spans, (anywhere, own) = found.reading.spans, LIKELIEST[label]
    scores = anchored(3)

    def filled(here, there):
        scores.links[0, 1:, LINKS.index(slot)] = [here, there]
        (event,) = events(found, scores)
        return [spans.index(s.span) for s in (*event.locations, *event.actors)], event.confidence

    assert filled(own - 0.1, anywhere - 0.1)[0] == []
    assert filled(own + 0.1, anywhere - 0.1)[0] == [1]
    assert filled(own - 0.1, anywhere + 0.1)[0] == [2]
    assert filled(anywhere + 0.1, anywhere + 0.2)[0] == [2]
    assert filled(own + 0.1, FAR[label] + 1)[0] == [2]
    assert filled(own + 0.1, -SURE)[1] == pytest.approx(1 / (1 + np.exp(-own - 0.1)), rel=1e-6)


def test_a_place_from_elsewhere_must_be_surer_where_the_own_sentence_names_one():
    found = read("{L Mopti} was calm. {C Two} died in {L Gao}.")
    scores = anchored(3)
    scores.roots[:, ROOTS.index("anchor")] = [-SURE, 2 * SURE, -SURE]

    def places(elsewhere, here):
        scores.links[1, [0, 2], LINKS.index("location")] = [elsewhere, here]
        (event,) = events(found, scores)
        return {x.span.text(found.reading.text) for x in event.locations}

    far = FAR["LOCATION"]
    assert places(far - 0.1, 1) == {"Gao"} and places(far + 0.1, 1) == {"Gao", "Mopti"}
    assert places(far - 0.1, -1) == {"Mopti"}


def test_a_period_competes_with_none():
    found = read("{C Two} died on {P 4 May 2021} or {P 5 May 2021}.")
    scores = anchored(3)
    scores.roots[0, ROOTS.index("no_period")] = 1.0
    scores.links[0, :, LINKS.index("period")] = [0, 0.9, 0.8]
    assert events(found, scores)[0].period is None
    scores.links[0, 2, LINKS.index("period")] = 1.1
    assert events(found, scores)[0].period.span == found.reading.spans[2]


def test_a_figure_that_can_only_hang_in_a_circle_or_on_a_dropped_one_is_nothing():
    """Never by a link that is not allowed: a count of attacks is no casualty of anybody."""
    found = read("{N 3 raids}, {N 4 raids}: {C two} died.")
    scores = nothing(3)
    scores.roots[2, ROOTS.index("anchor")] = 2 * SURE
    scores.roots[1, ROOTS.index("nothing")] = -SURE
    scores.links[1, 0, FIGURE_LINKS.index("repeats")] = SURE
    (event,) = events(found, scores)
    assert [c.span for c in event.casualties] == [found.reading.spans[2]]


def test_circles_of_totals_are_broken():
    found = read("{N 3 raids}, {N 4 raids}, {N 5 raids}.")
    scores = nothing(3)
    scores.roots[:, ROOTS.index("anchor")] = 2 * SURE
    scores.roots[:, ROOTS.index("no_total")] = -SURE
    for i in range(3):
        scores.links[i, (i + 1) % 3, LINKS.index("part_of")] = SURE
    assert [e.part_of for e in events(found, scores)] == ["e2", "e3", "e1"][:2] + [None]


def test_the_confidence_of_a_span_counts():
    found = read("{C Two} died in {L Gao}.")
    two, gao = (replace(s, confidence=c) for s, c in zip(found.reading.spans, (0.5, 0.8), strict=True))
    sure = read_document(Document("d", found.document.text, spans=(two, gao)))
    scores = nothing(2)
    scores.roots[0, ROOTS.index("anchor")] = 2 * SURE
    assert events(sure, scores)[0].confidence == pytest.approx(0.5)
    scores.links[0, 1, LINKS.index("location")] = SURE
    assert events(sure, scores)[0].confidence == pytest.approx(0.4)


def test_attributes_are_the_likeliest():
    found = read("{C Nine dead}: {C two nuns}, {C seven men}.")
    scores = nothing(3)
    scores.roots[0, ROOTS.index("anchor")] = 2 * SURE
    scores.links[1:, 0, FIGURE_LINKS.index("includes")] = 2 * SURE
    place = 0
    for choices, said in zip(ATTRIBUTES.values(), ("mixed", "subset", "aggregate"), strict=True):
        scores.attributes[0, place + choices.index(said)] = 1
        place += len(choices)
    (event,) = events(found, scores)
    total, *parts = event.casualties
    assert (event.kind, total.victims, total.components) == ("aggregate", "mixed", "subset")
    assert [c.components for c in parts] == [None, None], "only a total has any"
    assert {c.part_of for c in parts} == {total.span}


def test_a_listed_report_reads_in_full():
    """Every kind of link at once, over several blocks."""
    found = read(LISTED)
    spans = found.reading.spans
    at = {s.text(found.reading.text): i for i, s in enumerate(spans)}
    scores = nothing(len(spans))
    for words in ("14 raids", "9 raids", "5 raids"):
        scores.roots[at[words], ROOTS.index("anchor")] = 2 * SURE
    hangs = {"nine dead": ("14 raids", 0), "two nurses": ("nine dead", 1), "seven soldiers": ("nine dead", 1)}
    hangs |= {"six killed": ("9 raids", 0), "6 raids": ("5 raids", 2), "three killed": ("six killed", 3)}
    for figure, (head, kind) in hangs.items():
        scores.links[at[figure], at[head], kind] = 2 * SURE
    for part in ("9 raids", "5 raids"):
        scores.links[at[part], at["14 raids"], LINKS.index("part_of")] = 2 * SURE
    told = [
        (e.part_of, [c.span.text(found.reading.text) for c in e.casualties], len(e.alternative_counts))
        for e in events(found, scores)
    ]
    assert told == [
        (None, ["nine dead", "two nurses", "seven soldiers"], 0),
        ("e1", ["six killed"], 0),
        ("e1", [], 1),
    ]
