"""Layout: what is a headline, a list item, a sentence; every word of a text lies in exactly one sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer.blocks import layout
from infer.schema import Span

REPORT = """Raids double in the north

4 March 2022   11:20

The gendarmerie counted 9 raids in Oudalan. Two guards died.

The raids are spread as follows:

  • Gorom: five raids:
      - one by night.
      - four by day.

  • Markoye: four raids.

After the list comes prose again, and it ends here.
"""


def kinds(text):
    return [(b.kind, text[b.start : b.end][:12], b.intro) for b in layout(text).blocks]


def sentences(text, spans=()):
    return [text[s.start : s.end] for s in layout(text, spans).sentences]


def test_report_is_split_into_its_parts_and_items_know_what_introduces_them():
    assert kinds(REPORT) == [
        ("headline", "Raids double", None),
        ("dateline", "4 March 2022", None),
        ("paragraph", "The gendarme", None),
        ("paragraph", "The raids ar", None),
        ("bullet", "• Gorom: fiv", 3),
        ("bullet", "- one by nig", 4),
        ("bullet", "- four by da", 4),
        ("bullet", "• Markoye: f", 3),
        ("paragraph", "After the li", None),
    ]


@pytest.mark.parametrize(
    "marker", ["•", "-", "–", "*", "1.", "2)", "(a)", "🔴", "▪", "✔️", "»", "→", "1/", "2 –"]
)
def test_bullet_markers(marker):
    text = f"The raids:\n\n{marker} Gao: one raid.\n{marker} Kidal: two raids.\n"
    assert [b.kind for b in layout(text).blocks] == ["paragraph", "bullet", "bullet"]
    assert text[layout(text).blocks[1].body :].startswith("Gao")


def test_labelled_lines_in_a_run_are_items_and_a_single_one_is_not():
    run = "Losses by district, as the council gave them.\nGao: one raid.\nKidal: two raids.\n"
    assert [b.kind for b in layout(run).blocks] == ["paragraph", "bullet", "bullet"]
    single = "He said this.\nNote: none of it is new.\n\nThe end came."
    assert [b.kind for b in layout(single).blocks][1] == "paragraph"


@pytest.mark.parametrize(
    "lines",
    [
        "{L Gao} {N 12}\n{L Kidal} {N 5}",
        "{L Gao} – {N 12 raids}\n{L Kidal} – {N five raids}",
        "By drone — {N 12 raids}, {C two} killed\nBy jet — {N five raids}",
    ],
)
def test_lines_of_a_label_and_its_count_are_items(lines):
    text, spans = marked("The raids by district.\n\n" + lines + "\n")
    assert [b.kind for b in layout(text, spans).blocks] == ["paragraph", "bullet", "bullet"]


def test_columns_set_with_spaces_are_rows():
    text = "The raids by district.\n\nGao and Ansongo     12\nKidal ........ 5\n"
    assert [b.kind for b in layout(text).blocks] == ["paragraph", "row", "row"]


def test_a_dated_line_with_a_count_is_no_dateline():
    text, spans = marked("The raids.\n\nMay 2020: {N 12}\n")
    assert layout(text, spans).blocks[1].kind != "dateline"
    assert layout("The raids.\n\nMay 2020: 12\n").blocks[1].kind == "dateline"


def test_a_lone_bullet_or_a_rule_ends_no_list():
    text = "The raids:\n\n• Gao: one raid.\n•\n-----\n• Kidal: two raids.\n"
    assert [b.intro for b in layout(text).blocks] == [None, 0, 0]


def test_hard_wrapped_lines_are_one_paragraph():
    text = (
        "A column of some forty men on motorcycles rode into the market\n"
        "town before dawn and set fire to the granary, the town hall and\n"
        "two lorries that were waiting for fuel. Nobody was hurt.\n"
    )
    assert [b.kind for b in layout(text).blocks] == ["paragraph"]
    assert len(sentences(text)) == 2


@pytest.mark.parametrize(
    "start",
    [
        "KANO, 5 May (Sahel Wire) -- ",
        "QUITO, 12 JUN 89 (ABC) -- [TEXT] ",
        "Bamako, March 3 — ",
        "GOMA (Lakes Press) – ",
        "GORNA, Lakes Region - ",
    ],
)
def test_inline_dateline_is_no_part_of_the_body(start):
    text = f"{start}Three traders were robbed on the road."
    (block,) = layout(text).blocks
    assert text[block.body :].startswith("Three")


def test_an_abbreviation_in_square_brackets_ends_no_sentence():
    text = "Three men of PETRA [Oil of the Andes, Inc.] TV crews knew were taken. They are free [sic] now."
    assert len(layout(text).sentences) == 2


def test_abbreviations_and_initials_end_no_sentence():
    text = "Gen. A. B. Ture met Lt. Col. Sow in the U.S. embassy. He left at 5 p.m. on Monday."
    first, second = sentences(text)
    assert first == "Gen. A. B. Ture met Lt. Col. Sow in the U.S. embassy."
    assert second == "He left at 5 p.m. on Monday."


def test_no_sentence_ends_inside_a_span():
    text = "They hit St. Mary. Two fell."
    at = text.index("St")
    assert len(sentences(text, [Span(at, at + len("St. Mary. Two"), "LOCATION")])) == 1


@given(st.text(alphabet="ab A.\n\r\t•-:;!?é🔴1|", max_size=200))
@settings(deadline=None, max_examples=300)
def test_every_word_lies_in_exactly_one_sentence(text):
    found = layout(text)
    covered = [i for s in found.sentences for i in range(s.start, s.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, c in enumerate(text) if c.isalnum()} <= set(covered)
    for s in found.sentences:
        block = found.blocks[s.block]
        assert block.start <= s.start < s.end <= block.end
