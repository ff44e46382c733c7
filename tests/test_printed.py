"""Lines of pages become the paragraphs that they were set from: columns, lists, tables, heads and hyphens."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.pages import Line
from infer.printed import put_together

SIZE, STEP, WIDTH = 10.0, 12.0, 200.0


def column(*texts: str, page=0, left=50.0, top=700.0, size=SIZE, width=WIDTH) -> list[Line]:
    """Lines of one column at the usual distance; each that ends in `|` is as wide as the column."""
    return [
        Line(
            page,
            left,
            left + (width if text.endswith("|") else 5.0 * len(text)),
            top - STEP * n,
            size,
            text.rstrip("|"),
        )
        for n, text in enumerate(texts)
    ]


LONG = ("The group carried out twelve attacks|", "in the region, in which nine people|", "were killed.")
WHOLE = "The group carried out twelve attacks in the region, in which nine people were killed."


def test_the_lines_of_a_paragraph_are_one():
    assert put_together(column(*LONG)) == WHOLE


def test_a_gap_and_a_line_that_ends_early_part_paragraphs():
    below = column(*LONG, top=650.0)
    assert put_together(column(*LONG) + below) == f"{WHOLE}\n\n{WHOLE}"
    assert put_together(column(*LONG, *LONG)) == f"{WHOLE}\n\n{WHOLE}"


def test_a_heading_in_larger_letters_stands_alone():
    heading = [replace(line, size=14.0) for line in column("Niger", top=712.0)]
    assert put_together(heading + column(*LONG)) == f"Niger\n\n{WHOLE}"


def test_an_indented_line_after_a_full_stop_begins_a_paragraph():
    lines = column(
        "The attack on the market killed nine.|", "On Monday the army came to the village|", "again."
    )
    lines[1] = replace(lines[1], left=62.0)
    assert put_together(lines) == (
        "The attack on the market killed nine.\n\nOn Monday the army came to the village again."
    )


@pytest.mark.parametrize("page, left", [(0, 300.0), (1, 50.0)])
def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page(page, left):
    first, second = column(*LONG[:2], top=100.0), column(LONG[2], page=page, left=left)
    assert put_together(first + second) == WHOLE
    other = column("The army denied it.", page=page, left=left)
    assert put_together(column(*LONG, top=100.0) + other) == f"{WHOLE}\n\nThe army denied it."


def test_a_name_at_the_top_of_a_column_goes_on_with_a_full_line():
    lines = column(
        "Nine people were killed in the town of|", "Deir ez-Zor on Monday, among them nine|", top=100.0
    )
    below = column("Syrian soldiers.", left=300.0)
    assert put_together(lines + below).endswith("among them nine Syrian soldiers.")


def test_items_and_rows_are_lines_of_their_own():
    lines = column(
        "• Gao: twelve attacks, of which nine in|",
        "the town itself|",
        "\uf0b7 Kidal: two",
        "Ménaka: one attack in the whole month|",
        "Region\tAttacks|",
        "Gao\t12|",
        "Total . . . . . . . . . . . . . . 15|",
        "1) The end",
    )
    assert put_together(lines) == (
        "• Gao: twelve attacks, of which nine in the town itself\n• Kidal: two\n\n"
        "Ménaka: one attack in the whole month\n\nRegion\tAttacks\nGao\t12\n"
        "Total . . . . . . . . . . . . . . 15\n1) The end"
    )  # fmt: skip


def test_a_bullet_on_a_line_of_its_own_belongs_to_the_next():
    assert put_together(column("•", "Gao: two attacks")) == "• Gao: two attacks"


def broken(before: str, after: str, *others: str) -> str:
    lines = column(f"{before}|", f"{after}|", *others)
    return put_together([replace(lines[0], hyphen=True), *lines[1:]])


@pytest.mark.parametrize(
    "before, after, whole",
    [
        ("the four", "teen attacks", "the fourteen attacks"),
        ("the twenty", "three attacks", "the twenty-three attacks"),
        ("a member of a self", "defence group", "a member of a self-defence group"),
        ("fighters of al", "Shabaab", "fighters of al-Shabaab"),
        ("in 2023", "24", "in 2023-24"),
        ("the anti", "government side", "the anti-government side"),
        ("the French", "led force", "the French-led force"),
        ("a humani", "tarian", "a humanitarian"),
        ("the US", "backed side", "the US-backed side"),
    ],
)
def test_a_word_broken_at_a_line_s_end_is_whole(before, after, whole):
    assert broken(before, after) == whole


def test_the_report_s_own_spelling_decides_of_a_hyphen():
    assert broken("the cease", "fire line", "A cease-fire.").startswith("the cease-fire line")
    assert broken("the co", "operation force", "A cooperation.").startswith("the cooperation force")


def pages(count: int, head: str | None, foot: str, body=LONG) -> list[Line]:
    lines = []
    for page in range(count):
        lines += column(head, page=page, top=800.0, size=8.0) if head else []
        lines += column(*(f"{n} {text}" for n, text in zip("abcd", body, strict=False)), page=page)
        lines += column(*LONG, page=page, top=400.0)
        lines += column(foot.format(page + 3), page=page, top=30.0, size=8.0)
    return lines


@pytest.mark.parametrize("foot", ["{}", "Page {} of 9", "- {} -", "Sahel Monitor 2023 | {}"])
def test_a_running_head_is_kept_once_and_page_numbers_not_at_all(foot):
    text = put_together(pages(3, "Sahel Monitor, October 2023", foot))
    assert text.count("Sahel Monitor, October 2023") == 1 and text.endswith("\n\nSahel Monitor, October 2023")
    assert "Page" not in text and "Sahel Monitor 2023 |" not in text and "- 3 -" not in text
    assert text.count("were killed.") == 6


def test_one_page_keeps_all_and_so_do_words_that_are_told_twice_inside_pages():
    assert put_together(pages(1, "Sahel Monitor", "Page 1")).endswith("were killed.")
    assert put_together(pages(1, "Sahel Monitor", "12")).endswith("\n\n12")
    body = ("The same line on every page.", "One", "Two", "Three", "Four")
    lines = [
        *column("Head one", *body, *LONG, page=0),
        *column("Head two", *body, *LONG, page=1),
    ]
    text = put_together(lines)
    assert "Head one" in text and "Head two" in text and text.count("Three") == 2


lines = st.builds(
    Line,
    st.integers(0, 3),
    st.floats(0, 500),
    st.floats(0, 600),
    st.floats(0, 800),
    st.floats(0.1, 40),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip),
    st.booleans(),
)


@settings(deadline=None)
@given(st.lists(lines, max_size=12))
def test_whatever_the_lines_are_no_letter_is_made_up(some):
    some.sort(key=lambda line: line.page)
    text = put_together(some)
    allowed = {sign for line in some for sign in line.text} | set("•-fistl \n")
    assert set(text) <= allowed | set("ﬀ") and "\n\n\n" not in text
