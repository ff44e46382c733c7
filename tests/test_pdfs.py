"""PDFs as they are in the field: two columns, running heads, scans, locked and broken ones."""

import io

import pytest
from nasty import damaged
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from infer import pdfs, sources
from infer.rows import Columns
from infer.schema import Document, InputError

BODY = ParagraphStyle("body", fontSize=10, leading=12, alignment=4, spaceAfter=6)
HEADING = ParagraphStyle("heading", fontSize=14, leading=17, spaceBefore=8)
TOLD = (
    "In October 2023 the Islamic State Sahel Province carried out four\u00adteen attacks in the Tillabéri "
    "region, in which twenty-three civilians and sixteen soldiers were killed, number {}."
)
ITEMS = (
    "Téra: six attacks, thirteen killed, the most of this year in the department",
    "Ouallam: five attacks",
)
SECTIONS = 14


def bulletin(**document) -> bytes:
    """Two columns a page, justified, a running head and page numbers; sections with a list, and a table."""

    def around(canvas, template):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(57, 808, "Sahel Monitor – Monthly bulletin, October 2023")
        canvas.drawCentredString(297, 28, f"Page {template.page} of 4")

    file = io.BytesIO()
    template = BaseDocTemplate(file, pagesize=A4, title="Sahel Monitor: October 2023", **document)
    frames = [Frame(57, 57, 227, 700), Frame(312, 57, 227, 700)]
    template.addPageTemplates(PageTemplate(frames=frames, onPage=around))
    story = []
    for number in range(SECTIONS):
        story += [Paragraph(f"Section {number}", HEADING), Paragraph(TOLD.format(number), BODY)]
        story += [ListFlowable([Paragraph(item, BODY) for item in ITEMS], bulletType="bullet"), Spacer(1, 20)]
    story.append(Table([["Region", "Attacks", "Killed"], ["Gao", "12", "31"]], colWidths=70))
    template.build(story)
    return file.getvalue()


@pytest.fixture(scope="module")
def content() -> bytes:
    return bulletin()


def text_of(content: bytes) -> tuple[str, list[str]]:
    notes = []
    text, _ = pdfs.text_of(content, "r.pdf", notes.append)
    return text, notes


def page(*lines: str) -> Canvas:
    canvas = Canvas(io.BytesIO())
    for number, line in enumerate(lines):
        canvas.drawString(60, 700 - 14 * number, line)
    canvas.showPage()
    return canvas


def saved(canvas: Canvas) -> bytes:
    canvas.save()
    return canvas._filename.getvalue()


def test_columns_are_read_one_after_the_other_and_paragraphs_are_whole(content):
    text, notes = text_of(content)
    lines = [line for line in text.split("\n") if line]
    assert lines[-1] == "Sahel Monitor – Monthly bulletin, October 2023" and notes == []
    expected = []
    for number in range(SECTIONS):
        expected += [
            f"Section {number}",
            TOLD.format(number).replace("\u00ad", ""),
            *(f"• {i}" for i in ITEMS),
        ]
    assert lines[:-1] == [*expected, "Region\tAttacks\tKilled", "Gao\t12\t31"]


def test_a_pdf_is_a_report_with_its_own_title(content, tmp_path):
    (tmp_path / "r.PDF").write_bytes(content)
    (source,) = sources.find([str(tmp_path)], print)
    (document,) = sources.read(source, Columns(), print)
    assert (document.id, document.extra) == ("r.PDF", {"title": "Sahel Monitor: October 2023"})
    assert "carried out fourteen attacks" in document.text


def test_a_scan_is_told_how_to_be_read_and_one_page_without_text_is_noted():
    canvas = page("Nine people were killed.")
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.showPage()
    text, notes = text_of(saved(canvas))
    assert text == "Nine people were killed." and notes == ["r.pdf: no text on 1 of 2 pages (pictures?): 2"]
    scan = Canvas(io.BytesIO())
    scan.rect(50, 50, 300, 300, fill=1)
    with pytest.raises(InputError, match="^r.pdf: has no text on its pages, .*scan.*ocrmypdf"):
        text_of(saved(scan))


def test_a_locked_file_says_so_and_one_that_may_only_not_be_printed_is_read():
    with pytest.raises(InputError, match="^r.pdf: is locked by a password"):
        text_of(bulletin(encrypt=StandardEncryption("secret", canPrint=0)))
    assert "fourteen" in text_of(bulletin(encrypt=StandardEncryption("", "owner", canPrint=0)))[0]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"Nine people were killed.", b"\0" * 2000])
def test_what_is_no_pdf_is_one_line(content):
    with pytest.raises(InputError, match="^r.pdf: is broken, or no PDF") as error:
        text_of(content)
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_read_or_refused_and_nothing_else(content):
    for copy in damaged(content, copies=25, cut=0.5, most=40):
        try:
            text_of(copy)
        except InputError as error:
            assert str(error).startswith("r.pdf: ") and "\n" not in str(error)


def test_a_broken_pdf_in_a_folder_does_not_stop_the_others(content, tmp_path):
    (tmp_path / "a.pdf").write_bytes(content[:300])
    (tmp_path / "b.pdf").write_bytes(content)
    (tmp_path / "c.txt").write_text("Nine dead")
    found = [next(sources.read(s, Columns(), print)) for s in sources.find([str(tmp_path)], print)]
    assert [type(read) for read in found] == [InputError, Document, Document]


@pytest.mark.parametrize(
    "gaps, between",
    [((3, 3, 3, 3), "    "), ((20, 20, 20, 20), "    "), ((40, 21, 60, 3), "\t\t\t "), ((20, 20), "\t\t")],
)
def test_wide_gaps_part_cells_but_not_the_words_of_a_justified_line(gaps, between):
    canvas, at = Canvas(io.BytesIO()), 60.0
    canvas.setFont("Helvetica", 10)
    words = ["Region", "killed", "12", "9", "more"][: len(gaps) + 1]
    for word, gap in zip(words, (*gaps, 0), strict=True):
        canvas.drawString(at, 700, word)
        at += canvas.stringWidth(word) + gap
    text, _ = text_of(saved(canvas))
    assert text == "".join(a + b for a, b in zip(words, (*between, ""), strict=True))
