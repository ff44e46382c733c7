"""Copies of training reports: spans stay on their words, copies are repeatable, zero changes nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import marked

from infer.schema import Document, Span
from train import augment, dataset
from train.config import Augment

CORPUS = Path(__file__).parent.parent / "annotations" / "data" / "train.json"

TEXT = (
    "• {A Kestrel Front} made {N 12 raids} on {L Osk} and {L northern Marr} on {P Tuesday, 7 May 2019}.\n"
    "• {A Norland Army} answered with {N seven airstrikes} on {L Tarn}: {C a guard} dead, {C 40} hurt.\n"
    "{A KESTREL FRONT} DENIES\n"
    "The {A rebels of Osk} and {A men of Norland} fled from {L Osk} to {L western Tarn}; {C a cook} is\n"
    "missing.\n"
)


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


def test_a_copy_depends_on_the_id_and_on_its_number(document):
    other = Document("e", document.text, spans=document.spans)
    first, second = augment.augmented([document, other], Augment(copies=1, swap=1), 1)
    assert first.text != second.text


def test_names_are_swapped_for_names_of_their_label_and_shape(document):
    """Span by span; every name of the text gets somewhere."""
    names = {q for s, q in zip(document.spans, quotes(document), strict=True) if s.label == "LOCATION"}
    seen = set()
    for seed in range(40):
        made = only(document, seed, swap=1)
        for old, new in zip(document.spans, made.spans, strict=True):
            was, now = old.text(document.text), new.text(made.text)
            assert new.label == old.label and augment.shape(now) == augment.shape(was)
            if old.label == "LOCATION":
                seen.add((was, now))
    assert seen == {(a, b) for a in names for b in names if augment.shape(a) == augment.shape(b)}


def test_the_same_words_become_the_same_words_in_capitals_where_the_line_is(document):
    for seed in range(20):
        actors = [
            span.text(made.text)
            for made in [only(document, seed, swap=1)]
            for span in made.spans
            if span.label == "ACTOR"
        ]
        assert actors[2] == actors[0].upper()


@pytest.mark.parametrize("text", ["{L OSK}\n{L Osk} and {L osk}", "{A The army} met {A the Army}."])
def test_a_kept_mention_stays_as_it_is_spelled(text):
    text, spans = marked(text)
    assert only(Document("d", text, spans=spans)).text == text


def test_the_training_corpus_comes_through_unchanged_where_nothing_is_asked():
    documents = dataset.load(str(CORPUS))
    made = augment.augmented(documents, Augment(copies=1, swap=0, markers=0, typos=0), 1)
    assert [d.text for d in made] == [d.text for d in documents]


def test_capitals_of_headlines_and_acronyms_stay_where_they_are():
    """A shouted name is no stand-in for others, and an acronym does not make others shout."""
    text, spans = marked("{A KESTREL ARMY} STRIKES\n{A FARDC} met {A Norland} and {A Ostrov}.")
    document = Document("d", text, spans=spans)
    seen = {tuple(quotes(only(document, seed, swap=1))[1:]) for seed in range(40)}
    assert {name for row in seen for name in row} == {"FARDC", "Norland", "Ostrov"}


@pytest.mark.parametrize(
    ("label", "quote", "expected"),
    [
        ("ATTACK_COUNT", "12 raids", r"[1-9]\d raids"),
        ("ATTACK_COUNT", "one raid", "one raid"),
        ("ATTACK_COUNT", "seven airstrikes", r"(?!one)[a-z]{3,} airstrikes"),
        ("CASUALTY", "2,000 corpses", r"[1-9],\d{3} corpses"),
        ("CASUALTY", "1.5 million", r"[1-9]\.\d million"),
        ("CASUALTY", "12 martyrs", r"[1-9]\d martyrs"),
        ("CASUALTY", "99 of Mar Elias", r"[1-9]\d of Mar Elias"),
        ("CASUALTY", "Twenty-nine", r"[A-Z][a-z]+ty(-[a-z]+)?"),
        ("CASUALTY", "1", "1"),
        ("CASUALTY", "1 K", "1 K"),
        ("PERIOD", "7 May 2019", r"([1-9]|1\d|2[0-8]) [A-Z][a-z]+ 20[0-2]\d"),
        ("PERIOD", "09 Sept.", r"(0[1-9]|1\d|2[0-8]) ([A-Z][a-z]{2})\."),
        ("PERIOD", "the 22nd", r"the (1st|2nd|3rd|21st|22nd|23rd|([4-9]|1\d|2[04-8])th)"),
        ("PERIOD", "the 3rd quarter", "the 3rd quarter"),
        ("PERIOD", "Q1 2021", r"Q[1-4] 20[0-2]\d"),
        ("PERIOD", "H1", "H[12]"),
        ("PERIOD", "15.7", r"([1-9]|1[0-2])\.([1-9]|1[0-2])"),
        ("PERIOD", "2019-05-07", r"20[0-2]\d-(0[1-9]|1[0-2])-(0[1-9]|1[0-2])"),
        ("PERIOD", "the past 24 hours", r"the past [1-9]\d hours"),
        ("PERIOD", "Tuesday", "[A-Z][a-z]+day"),
    ],
)
def test_numbers_and_dates_are_written_anew(label, quote, expected):
    """In their notation: days at most 28, nothing becomes one; what can change does."""
    document = Document("d", quote, spans=(Span(0, len(quote), label),))
    made = {only(document, seed, swap=1).text for seed in range(200)}
    assert all(re.fullmatch(expected, text) for text in made)
    assert len(made) > 1 or made == {expected}


def test_days_of_a_month_reach_both_ends():
    text = "9 May"
    made = {
        only(Document("d", text, spans=(Span(0, 5, "PERIOD"),)), s, swap=1).text.split()[0]
        for s in range(400)
    }
    assert made == {str(day) for day in range(1, 29)}


@pytest.mark.parametrize(
    ("label", "quote"),
    [
        ("PERIOD", "3/2 to 9/2"),
        ("PERIOD", "28/2 to 3/3"),
        ("PERIOD", "from 22 to 27 February"),
        ("CASUALTY", "15-20"),
        ("CASUALTY", "between 1,200 and 1,430"),
    ],
)
def test_ranges_stay_in_order(label, quote):
    document = Document("d", quote, spans=(Span(0, len(quote), label),))
    for seed in range(50):
        made = only(document, seed, swap=1).text
        parts = re.findall(r"\d+(?:[,/]\d+)?", made)
        low, high = ([int(n) for n in part.replace(",", "").split("/")][::-1] for part in parts)
        assert low < high and made != quote


def test_names_are_no_values_and_values_no_names():
    """Names with numbers or months in them move whole; no value stands for another span."""
    text, spans = marked("{L Tower 22} {L Mar Elias} {A M23} {C several of them} {C 2,000 dead} {C ten dead}")
    seen = [quotes(only(Document("d", text, spans=spans), seed, swap=1)) for seed in range(60)]
    assert {tuple(row[:4]) for row in seen} == {("Tower 22", "Mar Elias", "M23", "several of them")}
    assert all(re.fullmatch(r"\d,\d{3} dead", row[4]) for row in seen)
    assert all(re.fullmatch(r"[a-z]+ dead", row[5]) for row in seen)


def test_shares_are_shares(document):
    """Of wordings, of copies, of words: about what is asked for, over many seeds."""
    of = {"swap": 0, "markers": 0, "typos": 0}
    numbers = Document("d", "12", spans=(Span(0, 2, "CASUALTY"),))
    of["swap"] = sum(only(numbers, seed, swap=0.3).text != "12" for seed in range(400)) / 400
    of["markers"] = sum(only(document, seed, markers=0.3).text != document.text for seed in range(400)) / 400
    words = Document("d", "abcdefgh " * 400)
    of["typos"] = sum(word != "abcdefgh" for word in only(words, typos=0.3).text.split()) / 400
    assert 0.2 < of["swap"] < 0.35 and 0.2 < of["typos"] < 0.4
    assert 0.15 < of["markers"] < 0.35  # one mark in six is the one that stands there


def test_bullets_change_together_or_go(document):
    seen = {
        tuple(line[:2] for line in only(document, seed, markers=1).text.splitlines()[:2])
        for seed in range(60)
    }
    assert seen >= {("• ", "• "), ("- ", "- "), ("* ", "* "), ("– ", "– "), ("▪ ", "▪ "), ("Ke", "No")}
    assert all(a[0] == b[0] or (a, b) == ("Ke", "No") for a, b in seen)


def test_a_bullet_in_a_span_stays():
    text = "- Osk\n- Marr\n"
    document = Document("d", text, spans=(Span(0, 5, "LOCATION"),))
    made = [only(document, seed, markers=1).text.splitlines() for seed in range(20)]
    assert {first for first, _ in made} == {"- Osk"} and len({second for _, second in made}) > 3


def test_typing_errors_are_exchanges_drops_and_doublings():
    made = {only(Document("d", "abcdef"), seed, typos=1).text for seed in range(200)}
    drops = {"acdef", "abdef", "abcef"}
    assert made == {"acbdef", "abdcef", "abcedf", "abbcdef", "abccdef", "abcddef"} | drops


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
