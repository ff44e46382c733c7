"""Copies of training reports: spans stay on their words, copies are repeatable, zero changes nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import marked

from infer.schema import Document, Span
from train import augment
from train.config import Augment

TEXT = (
    "• {A Kestrel Front} made {N 12 raids} on {L Osk} and {L northern Marr} on {P Tuesday, 7 May 2019}.\n"
    "• {A Norland Army} answered with {N seven airstrikes} on {L Tarn}: {C a guard} dead, {C 40} hurt.\n"
    "Kestrel Front denied it. {A KESTREL FRONT} denies.\n"
)
STILL = Augment(copies=1, swap=0, markers=0, typos=0)


@pytest.fixture
def document():
    text, spans = marked(TEXT)
    return Document("d", text, spans=spans)


def only(document, seed=1, **settings):
    (made,) = augment.augmented(
        [document], Augment(**({"copies": 1, "swap": 0, "markers": 0, "typos": 0} | settings)), seed
    )
    return made


def quotes(document):
    return [span.text(document.text) for span in document.spans]


def test_no_copies_and_no_changes(document):
    assert augment.augmented([document], Augment(copies=0), 1) == []
    made = only(document)
    assert (made.text, made.spans, made.id) == (document.text, document.spans, "d+1")


def test_copies_repeat_with_the_seed_and_differ_with_it_and_among_each_other(document):
    settings = Augment(copies=3, swap=1, typos=0.2)
    first, again = (augment.augmented([document], settings, 1) for _ in range(2))
    assert first == again and len({made.text for made in first}) == 3
    assert augment.augmented([document], settings, 2) != first
    assert [made.id for made in first] == ["d+1", "d+2", "d+3"]


def test_names_are_swapped_for_names_of_their_label_and_shape(document):
    pool = {
        (span.label, augment.shape(quote))
        for span, quote in zip(document.spans, quotes(document), strict=True)
    }
    for seed in range(20):
        made = only(document, seed, swap=1)
        assert [span.label for span in made.spans] == [span.label for span in document.spans]
        for span, quote in zip(made.spans, quotes(made), strict=True):
            assert (span.label, augment.shape(quote)) in pool
    assert only(document, 3, swap=1).text != document.text


def test_the_same_words_become_the_same_words_in_their_own_case(document):
    for seed in range(20):
        first, *_, last = (
            q
            for s, q in zip(
                only(document, seed, swap=1).spans, quotes(only(document, seed, swap=1)), strict=True
            )
            if s.label == "ACTOR"
        )
        assert last == first.upper()


def test_numbers_and_dates_are_written_anew_and_names_with_numbers_are_not(document):
    """Digits stay digits of their length, words words, days at most 28, and nothing becomes one."""
    for seed in range(50):
        made = quotes(only(document, seed, swap=1))
        assert re.fullmatch(r"[1-9]\d raids", made[1])
        assert re.fullmatch(r"\w+day, ([2-9]|1\d|2[0-8]) [A-Z][a-z]+ 20[0-2]\d", made[4])
        assert re.fullmatch(r"[a-z]{3,} airstrikes", made[6]) and made[6] != "one airstrikes"
    named = Document("d", "M23 and Highway-5", spans=(Span(0, 3, "ACTOR"), Span(8, 17, "LOCATION")))
    assert only(named, swap=1).text == named.text


def test_bullets_change_together_or_go(document):
    seen = {
        tuple(line[:2] for line in only(document, seed, markers=1).text.splitlines()[:2])
        for seed in range(60)
    }
    assert seen >= {("• ", "• "), ("- ", "- "), ("* ", "* "), ("– ", "– "), ("▪ ", "▪ "), ("Ke", "No")}
    assert all(a[0] == b[0] or (a, b) == ("Ke", "No") for a, b in seen)


def test_typing_errors_leave_first_and_last_letters_and_short_words(document):
    made = only(document, typos=1)
    for old, new in zip(document.text.split(), made.text.split(), strict=True):
        assert (old[0], old[-1]) == (new[0], new[-1]) and abs(len(old) - len(new)) <= 1
        assert old == new or re.search("[A-Za-z]{4}", old)
    assert made.text != document.text and len(quotes(made)) == len(quotes(document))


@given(st.data())
def test_edits_move_spans_with_their_words(data):
    """Against an oracle that rewrites piece by piece, each piece a span or what stands between two."""
    pieces = data.draw(
        st.lists(st.tuples(st.text("ab \n", min_size=1, max_size=5), st.booleans()), max_size=8)
    )
    news = [data.draw(st.none() | st.text("xy", min_size=1, max_size=4)) for _ in pieces]
    spans, edits, expected, text = [], [], [], ""
    for (words, is_span), new in zip(pieces, news, strict=True):
        start, text = len(text), text + words
        spans += [Span(start, len(text), "A")] if is_span else []
        edits += [(start, len(text), new)] if new is not None else []
        expected.append((new if new is not None else words, is_span))
    made = augment.rewritten(Document("d", text, spans=tuple(spans)), edits)
    assert made.text == "".join(words for words, _ in expected)
    assert quotes(made) == [words for words, is_span in expected if is_span]
