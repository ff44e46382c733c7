"""Reports set in print, in one column or several, read like the text they were set from."""

import io
from dataclasses import replace

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, PageTemplate, Paragraph, Table

from infer import pdfs
from infer.pages import Line, in_order

TEXT = ParagraphStyle("text", fontSize=10, leading=12, alignment=4, spaceAfter=6)
RAGGED = ParagraphStyle("ragged", parent=TEXT, alignment=0)
INDENTED = ParagraphStyle("indented", parent=TEXT, spaceAfter=0, firstLineIndent=12)
ITEM = ParagraphStyle("item", parent=TEXT, leftIndent=14, bulletIndent=2, spaceAfter=2)
TITLE = ParagraphStyle("title", fontSize=16, leading=19, spaceAfter=10)
ONE = [(57, 57, 481, 700)]
TWO = [(57, 57, 227, 700), (312, 57, 227, 700)]
THREE = [(40, 57, 160, 700), (217, 57, 160, 700), (394, 57, 160, 700)]
HEAD = "Bulletin of the lake monitor"
REPORT = (
    "# Attacks around the lake in October 2023",
    "Between 1 and 31 October the Boko Haram factions carried out nineteen attacks in the Diffa region, "
    "four more than in the month before, in which forty-one civilians and 12 soldiers were killed. The "
    "Multinational Joint Task Force says that it killed sixty fighters, a figure that nobody else confirms.",
    "By department, the attacks of the month are distributed as follows:",
    "• Bosso: eleven attacks, of which nine were directed against fishermen and their boats, left "
    "twenty-eight people dead.",
    "• Maïné-Soroa: five attacks left thirteen people dead, among them three women.",
    "• N’Guigmi: three attacks without victims.",
    "On 8 October, men on motorcycles came to the village of Toumour early in the morning, shot at those "
    "who were on the way to the well, and killed nine people. Five others, two of them children, were "
    "wounded and taken to the hospital in Diffa, where one of them died on the next day.",
    "Nigerien troops of the Multinational Joint Task Force found the camp of the attackers on Thursday. "
    "According to the governor of the region, Colonel Mahaman Abdou, seven fighters were killed there, "
    "and eleven hostages were set free; an eyewitness spoke of four.",
)
LONG = REPORT + tuple(f"{p[:-1]} ({n})." for n in range(2, 9) for p in (REPORT[1], *REPORT[6:]))


def story(report=REPORT, text=TEXT) -> list:
    kinds = {"# ": TITLE, "• ": ITEM}
    return [
        Paragraph(p[2:], kinds[p[:2]], bulletText=p[0].replace("#", "") or None)
        if p[:2] in kinds
        else Paragraph(p, text)
        for p in report
    ]


def printed(told: list, frames: list, first: list | None = None, around=None) -> bytes:
    def on_page(canvas, template):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(57, 808, HEAD)
        canvas.drawCentredString(297, 28, f"Page {template.page}")
        if around:
            around(canvas, template.page)

    file = io.BytesIO()
    document = BaseDocTemplate(file, pagesize=A4)
    for name, boxes in (("first", first or frames), ("rest", frames)):
        made = [Frame(*box, leftPadding=0, rightPadding=0) for box in boxes]
        document.addPageTemplates(PageTemplate(name, made, onPage=on_page, autoNextPageTemplate="rest"))
    document.build(told)
    return file.getvalue()


def lines(content: bytes) -> list[str]:
    return [line for line in pdfs.text_of(content, "r.pdf", print)[0].split("\n") if line]


def body(content: bytes) -> list[str]:
    return [line for line in lines(content) if line != HEAD]


def plain(report=REPORT) -> list[str]:
    return [p.removeprefix("# ") for p in report]


@pytest.mark.parametrize("frames", [ONE, TWO, THREE], ids=["one column", "two", "three"])
@pytest.mark.parametrize("style", [TEXT, RAGGED, INDENTED], ids=lambda style: style.name)
def test_a_printed_report_is_its_plain_text(frames, style):
    assert body(printed(story(text=style), frames)) == plain()


def test_pages_go_on_within_sentences_and_running_heads_stand_once_at_the_end():
    content = printed(story(LONG), TWO)
    assert lines(content) == [*plain(LONG), HEAD]


def test_a_page_number_below_the_middle_column_does_not_pull_it_forward():
    """As the file has it, the number comes first of all; it waits for the column above it, not the reader."""
    assert lines(printed(story(LONG), THREE))[: len(LONG)] == plain(LONG)


def test_a_title_over_both_columns_comes_before_them():
    told = story()
    over = [(57, 720, 481, 50), (57, 57, 227, 650), (312, 57, 227, 650)]
    assert body(printed([told[0], FrameBreak(), *told[1:]], TWO, over)) == plain()


NOTES = (
    "1 Interview with a member of the council, by telephone.",
    "2 The ministry’s statement of 9 October.",
)


def test_footnotes_stand_after_the_report_not_in_its_sentences():
    def notes(canvas, page):
        if page < 3:
            canvas.drawString(57, 88, NOTES[0].replace("1", str(2 * page - 1)))
            canvas.drawString(57, 78, NOTES[1].replace("2 ", f"{2 * page} ", 1))

    frames = [(57, 110, 227, 650), (312, 110, 227, 650)]
    read = lines(printed(story(LONG), frames, around=notes))
    assert read[: len(LONG)] == plain(LONG)
    assert read[len(LONG) :][:2] == list(NOTES) and read[-1] == HEAD


def test_a_raised_mark_of_a_footnote_is_no_digit_of_the_number_before_it():
    told = "The group killed 12<super>3</super> people and wounded nine soldiers<super>*</super>, on the "
    told += "8<super>th</super> of the month."
    (read,) = body(printed([Paragraph(told, TEXT)], ONE))
    assert read == "The group killed 12 people and wounded nine soldiers, on the 8th of the month."


def test_the_rows_of_a_table_are_rows_whose_cells_are_whole():
    told = "Gunmen attacked a convoy near the ferry and took two vehicles away with them"
    rows = [
        ("Department", "What happened", "Killed"),
        ("Bosso", told, "12"),
        ("Diffa", "A mine hit a bus", "3"),
    ]
    cells = [[c if c != told else Paragraph(c, TEXT) for c in row] for row in rows]
    rows.append(("Maïné-Soroa and its villages", told, "7"))
    cells.append([Paragraph(c, RAGGED) for c in rows[-1]])
    table = Table(cells, colWidths=(80, 200, 60), style=[("VALIGN", (0, 0), (-1, -1), "TOP")])
    read = body(printed([*story(REPORT[:2]), table, *story(REPORT[6:])], ONE))
    assert read == [*plain(REPORT[:2]), *("\t".join(row) for row in rows), *plain(REPORT[6:])]


def redrawn(content: bytes, order) -> bytes:
    """The same lines of a report on a page, drawn in another order."""
    canvas = Canvas(io.BytesIO(), pagesize=A4)
    with pdfs_open(content) as pdf:
        for number in range(len(pdf)):
            for line in sorted(pdfs._pieces(pdf, number), key=order):
                text = canvas.beginText(line.left, line.baseline)
                text.setFont("Helvetica", line.size)
                words = line.text + "-" * line.hyphen
                text.setHorizScale(
                    100 * (line.right - line.left) / canvas.stringWidth(words, "Helvetica", line.size)
                )
                text.textOut(words)
                canvas.drawText(text)
            canvas.showPage()
    canvas.save()
    return canvas._filename.getvalue()


def pdfs_open(content: bytes):
    import pypdfium2

    return pypdfium2.PdfDocument(content)


@pytest.mark.parametrize(
    "order",
    [
        lambda line: (-round(line.baseline), line.left),
        lambda line: hash((line.left * 7 + line.baseline * 13) % 17),
        lambda line: line.size == 10,
        lambda line: line.size != 10,
    ],
    ids=["line by line over both columns", "anyhow", "headings first", "headings last"],
)
def test_columns_are_read_whatever_order_the_file_draws_them_in(order):
    content = redrawn(printed(story(LONG), TWO), order)
    assert lines(content) == [*plain(LONG), HEAD]


def test_a_dash_or_a_number_that_a_line_happens_to_begin_with_is_no_item():
    def read(*texts):
        page = [Line(0, 50, 250, 700 - 12 * n, 10, text) for n, text in enumerate(texts)]
        return pdfs.put_together(in_order(page))

    told = ("The soldiers were killed on October", "8. On Monday the army – so it said", "– sent others.")
    assert read(*told) == " ".join(told)
    assert read("– Bosso: nine people", "– Diffa: none") == "– Bosso: nine people\n– Diffa: none"
    assert read("1. Bosso: nine in", "2. Diffa: none") == "1. Bosso: nine in\n2. Diffa: none"


@pytest.mark.parametrize("first, left", [("The", 50), ("• Bosso:", 36)])
def test_a_line_spread_to_the_margins_is_no_row_of_a_table(first, left):
    """Few words in a narrow column, also in a list's first line, whose next stands further in."""
    spread = (Line(0, left, 90, 700, 10, first), Line(0, 110, 150, 700, 10, "Multinational"))
    spread += (Line(0, 170, 210, 700, 10, "force"),)
    full = Line(0, 50, 210, 688, 10, "counter-insurgency operations of the army")
    assert pdfs.put_together(in_order([*spread, full])) == f"{first} Multinational force {full.text}"
    apart = [replace(full, left=20, right=150), *spread]
    assert f"{first}\tMultinational\tforce" in pdfs.put_together(in_order(apart))
