"""The linker: spans are marked where they stand, in the window that shows most; no report is too long."""

import numpy as np
import pytest
import tiny_tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import CHOICES, LISTED, SURE, each_an_event, nothing, read

from infer import assembly, linker
from infer.linkchoice import LINKS, ROOTS
from infer.linker import Linker, model_input
from infer.schema import FIGURES, LABELS, Document, Span
from infer.tokens import find_words

KINDS = ("wordpiece", "byte_level", "unigram")
INPUTS = ["attention_mask", "input_ids", "marks", "mentions", "pairs", "places"]
TEXTS = st.lists(
    st.sampled_from(["Gao", "two 1,100", "é🔴", "\r\n", "العربية", "a-b."]), min_size=1, max_size=20
)


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    return {kind: tiny_tokenizers.nasty_reader(kind, tmp_path_factory.mktemp(kind)) for kind in KINDS}


@pytest.fixture(scope="module")
def reader(readers):
    return readers["byte_level"]


@st.composite
def spans_of_words(draw, text):
    """Spans that begin and end with words, as the tagger's do."""
    words = find_words(text).tolist()
    edges = sorted(draw(st.sets(st.integers(0, len(words)), max_size=8)))
    cut = zip(edges[::2], edges[1::2], strict=False)
    return [Span(words[a][0], words[b - 1][1], draw(st.sampled_from(LABELS))) for a, b in cut]


def inner_tokens(tokens, span):
    """The tokens of the words that a span touches, by a walk over all."""
    word_of = np.searchsorted(tokens.heads, np.arange(len(tokens.ids)), side="right") - 1
    touched = (tokens.words[:, 0] < span.end) & (span.start < tokens.words[:, 1])
    return [t for t, w in enumerate(word_of) if w >= 0 and touched[w]]


def is_shown(reader, tokens, window, row):
    """Whether a row of input ids, padded, is that of a window."""
    ids = reader.model_input(tokens, window)
    return row[: len(ids)].tolist() == ids.tolist()


@pytest.mark.parametrize("kind", KINDS)
@given(TEXTS.map(" ".join), st.data())
@settings(deadline=None, max_examples=25)
def test_spans_are_marked_on_their_own_tokens(readers, kind, text, data):
    """Against a walk over the tokens' words, one by one."""
    reader = readers[kind]
    tokens = reader.read(text)
    spans = data.draw(spans_of_words(text))
    found = model_input(reader, tokens, spans) if len(tokens.ids) else None
    if found is None:
        return
    windows = reader.windows(tokens)
    for span, (at, first, last) in zip(spans, found["places"], strict=True):
        inside = inner_tokens(tokens, span)
        if not inside:
            continue
        context = [min(inside[0] - w.start, w.end - 1 - inside[-1]) for w in windows]
        best = [w for w, room in zip(windows, context, strict=True) if room == max(context)]
        shown = [w for w in best if is_shown(reader, tokens, w, found["input_ids"][at])]
        assert shown
        if max(context) >= 0:
            assert any(first == inside[0] - w.start + 1 and last == inside[-1] - w.start + 1 for w in shown)
    known = {m for s in spans for m in (1 + 2 * LABELS.index(s.label), 2 + 2 * LABELS.index(s.label))}
    assert set(found["marks"].ravel().tolist()) <= known | {0}


def test_marks_and_places_of_a_sentence(reader):
    """By hand: bytes are tokens here, windows take ten of them with two special ones."""
    text = "aaa bb"
    found = model_input(reader, reader.read(text), [Span(0, 3, "LOCATION"), Span(4, 6, "ACTOR")])
    tokens = len(reader.read(text).ids)
    assert found["input_ids"].shape == (1, tokens + 2) == found["marks"].shape
    assert found["attention_mask"].all()
    place, actor = 1 + 2 * LABELS.index("LOCATION"), 1 + 2 * LABELS.index("ACTOR")
    (row,) = found["marks"].tolist()
    (_, first, last), (_, begin, end) = found["places"].tolist()
    assert row[0] == row[-1] == 0 and (first, last + 1, end) == (1, begin, tokens)
    assert row[first : last + 1] == [place] + [place + 1] * (last - first)
    assert row[begin : end + 1] == [actor] + [actor + 1] * (end - begin)


def test_every_window_shows_the_marks_of_its_tokens(reader):
    """Of the windows that a span has most context in; no other is read."""
    text = "a Gao b " * 12
    spans = [Span(i + 2, i + 5, "LOCATION") for i in range(0, len(text), 8)]
    tokens = reader.read(text)
    found = model_input(reader, tokens, spans)
    windows, whole = reader.windows(tokens), np.zeros(len(tokens.ids), dtype=int)
    homes = set()
    for inside in (inner_tokens(tokens, span) for span in spans):
        whole[inside] = 2 + 2 * LABELS.index("LOCATION")
        whole[inside[0]] -= 1
        room = [min(inside[0] - w.start, w.end - 1 - inside[-1]) for w in windows]
        homes.add(room.index(max(room)))
    assert 3 < len(homes) < len(windows)
    assert found["input_ids"].shape == found["marks"].shape == (len(homes), 10)
    for marks, ids, i in zip(found["marks"], found["input_ids"], sorted(homes), strict=True):
        assert marks[1:-1].tolist() == whole[windows[i].start : windows[i].end].tolist()
        assert is_shown(reader, tokens, windows[i], ids)
    assert len(model_input(reader, tokens, spans[5:6])["input_ids"]) == 1


def test_a_span_longer_than_a_window_is_read_as_far_as_it_goes(reader):
    text = "abcdefgh " * 9
    found = model_input(reader, reader.read(text), [Span(0, len(text) - 1, "ACTOR")])
    ((_, first, last),) = found["places"].tolist()
    assert 1 <= first <= last <= found["input_ids"].shape[1] - 2


def spied(tokenizer, run):
    """A linker, and the inputs that its network was given."""
    seen = []

    def look(inputs):
        seen.append(inputs)
        return run(inputs)

    return Linker(look, tokenizer), seen


def test_the_network_gets_its_inputs_once(reader):
    found = read(LISTED)
    made, seen = spied(reader, each_an_event)
    events = made.events(found.reading, found.proposed)
    assert [e.anchor for e in events] == [s for s in found.reading.spans if s.label in FIGURES]
    (inputs,) = seen
    assert sorted(inputs) == INPUTS
    n = len(found.reading.spans)
    assert inputs["places"].shape == (n, 3) and inputs["mentions"].dtype == np.float32
    assert np.array_equal(inputs["pairs"], found.pairs) and np.array_equal(inputs["mentions"], found.mentions)


@pytest.mark.parametrize("text", ["Nothing happened.", "{A JNIM} met in {L Gao} on {P 4 May}."])
def test_no_figures_no_network(reader, text):
    made, seen = spied(reader, each_an_event)
    found = read(text)
    assert made.events(found.reading, found.proposed) == () and seen == []


LONG = "\n".join(f"• {{L Gao}}: {{C {i % 9 + 2} men}} died, {{C {i % 7 + 2} cooks}} hurt." for i in range(20))


@pytest.fixture
def short_sections(monkeypatch):
    monkeypatch.setattr(linker, "SECTION", 16)
    monkeypatch.setattr(linker, "STEP", 10)


def test_a_report_longer_than_a_section_is_linked_whole(reader, short_sections):
    """Each figure is decided once, in the section that owns it, whatever the others would say."""
    found = read(LONG)
    made, seen = spied(reader, each_an_event)
    events = made.events(found.reading, found.proposed)
    assert len(seen) > 4 and all(len(inputs["places"]) == 16 for inputs in seen)
    assert [e.anchor for e in events] == [s for s in found.reading.spans if s.label in FIGURES]
    assert [e.id for e in events] == [f"e{n}" for n in range(1, 41)]


def test_the_ends_of_a_section_belong_to_its_neighbours(reader, short_sections):
    """A network that sees events in the middle of a section only still finds all of the report's middle."""

    def in_the_middle(inputs):
        outputs = each_an_event(inputs)
        outputs[1][[0, 1, 2, 13, 14, 15], ROOTS.index("anchor")] = -SURE
        return outputs

    found = read(LONG)
    figures = [s for i, s in enumerate(found.reading.spans) if s.label in FIGURES and 3 <= i < 57]
    anchors = [e.anchor for e in Linker(in_the_middle, reader).events(found.reading, found.proposed)]
    assert anchors == figures


def any_answer(seed):
    random = np.random.default_rng(seed)

    def run(inputs):
        n = len(inputs["places"])
        return [random.normal(size=s) for s in ((n, n, len(LINKS)), (n, len(ROOTS)), (n, CHOICES))]

    return run


def test_no_figure_stands_in_two_events_of_two_sections(reader, short_sections):
    found = read(LONG)

    def first_is_all(inputs):
        outputs = nothing(len(inputs["places"]))
        figures = [i for i, row in enumerate(inputs["marks"][tuple(inputs["places"][:, :2].T)]) if row == 5]
        outputs.roots[figures, ROOTS.index("nothing")] = -SURE
        outputs.roots[figures[:-4], ROOTS.index("anchor")] = SURE
        outputs.links[figures[-4:], figures[-5], 0] = SURE
        return [outputs.links, outputs.roots, outputs.attributes]

    made = Linker(first_is_all, reader).events(found.reading, found.proposed)
    figures = [c.span for e in made for c in e.casualties]
    assert figures and len(figures) == len(set(figures))


def test_any_answers_of_sections_make_a_sound_document(reader, short_sections, validate):
    found = read(LONG)
    for seed in range(5):
        made = Linker(any_answer(seed), reader).events(found.reading, found.proposed)
        ids = {e.id for e in made}
        assert all(e.part_of is None or e.part_of in ids for e in made)
        assert [e.anchor for e in made] == sorted({e.anchor for e in made})


@given(st.text(alphabet="ab 12.\n•:-é🔴", max_size=60), st.data())
@settings(deadline=None, max_examples=25)
def test_any_spans_over_any_text_are_linked(reader, text, data):
    """Spans that cut words and end in white space too: a person may have marked them."""
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    labels = st.sampled_from(LABELS)
    spans = tuple(Span(a, b, data.draw(labels)) for a, b in zip(edges[::2], edges[1::2], strict=False))
    document = assembly.assemble_spans(Document("d", text, spans=spans), Linker(each_an_event, reader))
    figures = [s for s in document.spans if s.label in FIGURES and s.text(text).strip()]
    assert [e.anchor for e in document.events] == figures


def test_a_text_without_a_token_is_linked_too(readers):
    text = "\u200b"  # no white space to Python, nothing to BERT's normalizer
    assert not len(readers["wordpiece"].read(text).ids)
    document = Document("d", text, spans=(Span(0, 1, "CASUALTY"),))
    assembly.assemble_spans(document, Linker(each_an_event, readers["wordpiece"]))


def test_spans_far_apart_are_linked_in_shorter_sections(reader, monkeypatch):
    """A network reads a bounded number of tokens at once, and still every span has its say."""
    found = read(LONG)
    whole, seen = spied(reader, each_an_event)
    expected = [event.anchor for event in whole.events(found.reading, found.proposed)]
    [one] = seen
    monkeypatch.setattr(linker, "MOST_TOKENS", one["input_ids"].size // 2)
    made, seen = spied(reader, each_an_event)
    assert [event.anchor for event in made.events(found.reading, found.proposed)] == expected
    assert len(seen) > 1 and all(inputs["input_ids"].size < one["input_ids"].size for inputs in seen)
