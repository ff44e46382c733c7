"""What the linker is told: as many features for any report, and nothing that later text would change."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import LISTED, read
from marked import marked

from infer import mentions
from infer.schema import LABELS, VICTIMS

PIECES = (
    "{C two nurses} died",
    "{C 12 miners}",
    "{N three raids}",
    "{N 14 raids}",
    "{L Gao}",
    "{A Red Column}",
    "{P 4 May 2021}",
    "and",
    "said: ",
    ".\n\n• ",
    ".\n\n",
    "(",
)
reports = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join).filter(lambda text: "{" in text)


def names(text, label):
    found = read(text)
    return [k for s, k in zip(found.reading.spans, found.keys, strict=True) if s.label == label]


@pytest.mark.parametrize(
    ("label", "text", "distinct"),
    [
        ("LOCATION", "{C Six} died in {L Gao}, {C two} in the {L region of Gao}, {C one} in {L Mopti}.", 2),
        ("ACTOR", "{A ISIS} shot {C six}; {A Islamic State} shot {C two}; {A The Grey Band} none.", 2),
        (
            "PERIOD",
            "{C Six} died on {P 4 May 2021}, {C two} on {P May 4, 2021}, {C one} in {P June 2021}.",
            2,
        ),
        ("CASUALTY", "{C Six soldiers} died; {C 6 troops} died; {C seven} died.", 2),
        ("ATTACK_COUNT", "{N Six raids} in May; {N 6 attacks} in June; {N dozens of raids} in July.", 2),
    ],
)
def test_mentions_of_one_thing_have_one_key(label, text, distinct):
    keys = names(text, label)
    assert len(set(keys)) == distinct and keys[0] == keys[1] != keys[2]


def test_equal_numbers_of_two_labels_have_two_keys():
    found = read("{N Six raids} killed {C six guards}.")
    assert len(set(found.keys)) == 2


@given(reports)
@settings(deadline=None, max_examples=25)
def test_every_report_has_as_many_features_and_all_are_finite(text):
    found, known = read(text), read(LISTED)
    n = len(found.reading.spans)
    assert found.mentions.shape == (n, known.mentions.shape[1])
    assert found.pairs.shape == (n, n, known.pairs.shape[2])
    for told in (found.mentions, found.pairs):
        assert told.dtype == np.float32 and np.isfinite(told).all() and abs(told).max() <= 2


@given(reports, st.sampled_from(["Rain fell.", "\n\n\n", "🔥 AND by", "بلا مطر"]))
@settings(deadline=None, max_examples=25)
def test_pairs_do_not_change_when_text_follows_the_last_block(text, more):
    text += ".\n\nNobody came."
    found, longer = read(text), read(f"{text}\n\n{more}")
    assert np.array_equal(found.pairs, mentions.pair_features(longer.reading, longer.keys, found.proposed))


def test_words_between_are_read_alike_whatever_letters_follow():
    text = "{C TWO NURSES} AND {C SIX GUARDS} DIED.\n\nNobody came."
    found, longer = read(text), read(f"{text}\n\nStraße")
    assert np.array_equal(found.pairs, mentions.pair_features(longer.reading, longer.keys, found.proposed))


def test_the_rules_victims_come_first():
    found = read("{C Two soldiers} and {C six nurses} died in {L Gao}.")
    given_ = [found.reading.casualty.get(s) for s in found.reading.spans]
    expected = [[bool(f) and f.victims == v for v in VICTIMS] for f in given_]
    assert np.array_equal(found.mentions[:, : len(VICTIMS)], expected)
    assert [f and f.victims for f in given_] == ["security_forces", "civilian", None]


def test_the_rules_events_are_told():
    """Without them exactly the columns of the proposal change."""
    found = read(LISTED)
    blank = replace(found, proposed=())
    changed = (found.mentions != blank.mentions).any(0)
    assert np.flatnonzero(changed).tolist() == [
        len(changed) - 4,
        len(changed) - 3,
        len(changed) - 2,
        len(changed) - 1,
    ]
    anchors = [s in {e.anchor for e in found.proposed} for s in found.reading.spans]
    assert found.mentions[:, -4].tolist() == anchors and not blank.mentions[:, -4:].any()
    assert (found.pairs != blank.pairs).any()


def test_proposed_links_point_from_the_figure_to_its_anchor_and_from_the_anchor_to_its_slots():
    found = read("{A Red Column} killed {C six soldiers} and {C two nurses} in {L Gao}.")
    links = found.pairs[..., -len(LABELS) - 10 : -len(LABELS)]
    actor, six, two, gao = range(4)
    assert np.argwhere(links[..., 2]).tolist() == [[two, six]]
    assert np.argwhere(links[..., 5]).tolist() == [[six, actor], [six, gao]]
    assert not links[..., [0, 1, 3, 4, 6]].any()


def test_a_pair_ends_with_the_label_of_its_second():
    found = read(LISTED)
    labels = [LABELS.index(s.label) for s in found.reading.spans]
    assert (found.pairs[..., -len(LABELS) :].argmax(-1) == labels).all()


@given(st.lists(st.booleans(), max_size=9))
def test_how_many_stand_between_is_counted(counted):
    n = len(counted)
    expected = [[sum(counted[min(i, j) + 1 : max(i, j)]) for j in range(n)] for i in range(n)]
    assert mentions._passed(np.array(counted, dtype=bool)).tolist() == expected


@given(st.integers(-9, 9))
def test_a_distance_falls_in_one_class(value):
    found = mentions._classes(np.array([value]), mentions.LINES)
    assert found.sum() == 1
    assert found.argmax() == sum(edge <= value for edge in mentions.LINES)


@given(reports)
@settings(deadline=None, max_examples=25)
def test_marks_between_two_spans_are_seen(text):
    found = read(text)
    spans, plain = found.reading.spans, found.reading.text
    start, end = mentions._gaps(spans)
    told = mentions._words_between(plain, start, end)
    for i, one in enumerate(spans):
        for j, other in enumerate(spans):
            between = plain[min(one.end, other.end) : max(one.start, other.start)] if i != j else ""
            marks = [any(c in between for c in marks) for marks in mentions.MARKS]
            assert told[i, j, : len(marks)].tolist() == marks


def sums(text):
    """(parts, total) of the figures, by their values, as the features tell them."""
    found = read(text)
    value = [found.reading.number[s].value for s in found.reading.spans]
    added = mentions._sums(found.reading)
    return {value[j]: [value[i] for i in np.flatnonzero(added[:, j])] for j in np.flatnonzero(added.any(0))}


def test_a_row_of_figures_that_adds_up_to_another_is_seen():
    assert sums("{N 14 raids}: {N 9 raids} here, {N 5 raids} there.") == {14: [9, 5]}
    assert sums("{C 3 nurses}, {C 4 nuns} and {C 5 cooks} died; in all {C 12 people}.") == {12: [3, 4, 5]}
    assert sums("{N 14 raids}: {N 9 raids} here, {N 4 raids} there.") == {}
    assert sums("{N 14 raids} here and {N 0 raids} there.") == {}, "no figure is a part of itself"
    assert sums("{N 14 raids}: {N 9 raids} here, {C 5 men} dead.") == {}, "of one label only"


def test_smaller_larger_and_equal_numbers_are_told_of_one_label():
    found = read("{N 14 raids}, {N 9 raids}, {N 9 raids}; {C 9 men} died.")
    labels = np.array([LABELS.index(s.label) for s in found.reading.spans])
    told = mentions._values_compared(found.reading, found.keys, labels)
    smaller, larger, equal = told[..., 1], told[..., 2], told[..., 3]
    assert np.argwhere(smaller).tolist() == [[1, 0], [2, 0]]
    assert np.array_equal(larger, smaller.T)
    assert np.argwhere(equal & ~np.eye(4, dtype=bool)).tolist() == [[1, 2], [2, 1]]
    assert not told[3, :3].any(), "no casualty is like a count of attacks"


def test_lists_and_their_headings_are_told():
    """Columns of `_lists`: intro above or below, siblings, heading of, under one heading, own intro."""
    text, spans = marked("In June there were {N 14 raids}:\n\n• {N 9 raids} here.\n• {N 5 raids} there.\n")
    found = read("In June there were {N 14 raids}:\n\n• {N 9 raids} here.\n• {N 5 raids} there.\n")
    layout = found.reading.layout
    block = np.array([layout.sentences[layout.sentence_of(s)].block for s in found.reading.spans])
    under, over, siblings, *_, own = mentions._lists(found.reading, block)
    assert np.argwhere(under).tolist() == [[1, 0], [2, 0]] == np.argwhere(own).tolist()
    assert np.array_equal(over, under.T)
    assert np.argwhere(siblings).tolist() == [[1, 2], [2, 1]]
