"""From annotated files to training rows: every word once, every loss counted, every broken line named."""

import numpy as np
import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import bio, tokens
from infer.schema import Document, InputError, Span
from train import conll, dataset

LABELS = ("ACTOR", "PLACE")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tiny_models.base_model(tmp_path_factory.mktemp("dataset") / "bert")
    return tokens.Tokenizer(folder / "tokenizer.json", window=12, stride=6)


def columns(tmp_path, text, name="some.conll"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_columns_become_a_text_with_spans(tmp_path):
    """-DOCSTART- parts documents; middle columns are skipped; offsets are those of the text."""
    first = "-DOCSTART- -X- O\n\nHalab NNP B-PLACE\nfell . O\n\nKessa x B-PLACE\nToo x I-PLACE\n\n"
    text = first + "-DOCSTART- O\n\nRest O\n"
    one, two = conll.read(columns(tmp_path, text))
    assert one.text == "Halab fell\nKessa Too" and two.text == "Rest"
    assert [span.text(one.text) for span in one.spans] == ["Halab", "Kessa Too"]
    assert {span.label for span in one.spans} == {"PLACE"} and (one.id, two.id) == (
        "some.conll:3",
        "some.conll:11",
    )


def test_without_document_marks_a_sentence_is_a_document(tmp_path):
    documents = conll.read(columns(tmp_path, "A O\n\n\nB B-X\r\n\r\nC O"))
    assert [document.text for document in documents] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-X I-X B-X", [(0, 3, "X"), (4, 5, "X")]),  # IOB2
        ("I-X I-X B-X", [(0, 3, "X"), (4, 5, "X")]),  # IOB1: B only between neighbours
        ("I-X I-Y O", [(0, 1, "X"), (2, 3, "Y")]),
        ("B-X O I-X", [(0, 1, "X"), (4, 5, "X")]),
    ],
)
def test_both_bio_dialects_are_read(tmp_path, tags, expected):
    text = "\n".join(f"{token} {tag}" for token, tag in zip("abc", tags.split(), strict=True))
    (document,) = conll.read(columns(tmp_path, text))
    assert document.spans == tuple(Span(*span) for span in expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Halab B-PLACE\nfell\n", "line 2 is 'fell'"),
        ("Halab B-PLACE\n\nfell X-PLACE\n", "line 3 has the tag 'X-PLACE'"),
        ("Halab B-\n", "line 1 has the tag 'B-'"),
        ("\n\n", "holds no tokens"),
        (None, "cannot be read"),
    ],
)
def test_a_broken_column_file_is_named_with_its_line(tmp_path, text, message):
    file = tmp_path / "none.conll" if text is None else columns(tmp_path, text)
    with pytest.raises(InputError, match=message):
        conll.read(file)


def test_a_file_of_an_unknown_kind_is_refused():
    with pytest.raises(InputError, match="report.docx: no kind of annotated file; allowed: .json, .conll"):
        dataset.load("report.docx")


@given(st.lists(st.text(alphabet="Halb 7é\u0301😀\r\n.", max_size=60), min_size=1, max_size=4), st.data())
@settings(deadline=None, max_examples=60)
def test_every_word_is_trained_on_once(reader, texts, data):
    """Over overlapping windows, the tags of a document's words come up exactly once, in order."""
    documents = []
    for text in texts:
        read = reader.read(text)
        chosen = [word for word in read.words if data.draw(st.booleans())]
        documents.append(
            Document(id="d", text=text, spans=tuple(Span(int(a), int(b), "PLACE") for a, b in chosen))
        )
    expected = [bio.encode(reader.read(d.text), d.spans, LABELS)[0] for d in documents]
    if not sum(map(len, expected)):
        with pytest.raises(InputError, match="nothing to read"):
            dataset.prepare(documents, reader, LABELS)
        return
    prepared = dataset.prepare(documents, reader, LABELS)
    seen = np.concatenate([np.array(row["labels"]) for row in prepared.rows])
    assert seen[seen != tokens.MISSING].tolist() == np.concatenate(expected).tolist()
    assert [len(row["input_ids"]) for row in prepared.rows] == list(prepared.rows["length"])
    assert max(prepared.rows["length"]) <= 12 and not prepared.lost


def test_losses_are_counted_with_their_cause(reader):
    """A span that cuts a word, and one that no token of the encoder holds."""
    spans = (Span(0, 3, "PLACE"), Span(6, 7, "PLACE"), Span(8, 13, "PLACE"))
    prepared = dataset.prepare([Document(id="d", text="Halab \x00 Kessa", spans=spans)], reader, LABELS)
    assert prepared.losses() == {bio.CUTS_A_WORD: 1, bio.NO_TOKEN: 1}
    assert prepared.lost[0] == ("d", spans[0], bio.CUTS_A_WORD)
    assert [tag for tag in prepared.rows[0]["labels"] if tag != tokens.MISSING] == [3]


def test_a_window_that_teaches_nothing_is_left_out(reader):
    """All its words are cut: a loss over no word at all would be no number, and spoil the weights."""
    cut = Document(id="d", text="Halab", spans=(Span(0, 3, "PLACE"),))
    whole = Document(id="e", text="Kessa")
    assert len(dataset.prepare([cut, whole], reader, LABELS).rows) == 1
    with pytest.raises(InputError, match="nothing to read in 1 documents"):
        dataset.prepare([cut], reader, LABELS)


def test_a_label_that_the_config_lacks_stops_training(reader):
    with pytest.raises(InputError, match="label 'GUN' is not in labels: ACTOR, PLACE"):
        dataset.prepare([Document(id="d", text="a gun", spans=(Span(2, 5, "GUN"),))], reader, LABELS)


def test_the_fingerprint_follows_text_and_spans():
    one = Document(id="d", text="Halab", spans=(Span(0, 5, "PLACE"),))
    assert dataset.fingerprint([one]) == dataset.fingerprint([one]) and len(dataset.fingerprint([])) == 64
    others = (Document(id="d", text="Halab"), Document(id="e", text="Halab", spans=one.spans))
    assert len({dataset.fingerprint([document]) for document in (one, *others)}) == 3
