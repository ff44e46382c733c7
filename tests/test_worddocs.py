"""Word files: headings, lists, tables in order, footnotes; locked, broken and foreign ones are one line."""

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from nasty import damaged

from infer import sources, worddocs
from infer.rows import Columns
from infer.schema import InputError

NOTE = (
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:footnote w:id="2">'
    "<w:p><w:r><w:t>According to the army.</w:t></w:r></w:p></w:footnote></w:footnotes>"
)
RELATION = (
    '<Relationship Id="rId99" Target="footnotes.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"/></Relationships>'
)
KIND = (
    '<Override PartName="/word/footnotes.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>'
)


def bulletin(title: str = "Sahel Monitor") -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.add_heading("Sahel Monitor, October 2023", 0)
    document.add_heading("Niger", 1)
    document.add_paragraph("In October the group carried out 14 attacks:")
    for item in ("Téra: six attacks", "Ouallam: five attacks 🚑"):
        document.add_paragraph(item, style="List Bullet")
    for item in ("First", "Second"):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(rows=2, cols=3)
    for cell, words in zip(table._cells, ("Region", "Attacks", "Killed", "Gao", "12", "31"), strict=True):
        cell.text = words
    document.add_paragraph("Nine soldiers were killed.NOTE")
    return saved(document)


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_footnote(content: bytes) -> bytes:
    """The file with a footnote where NOTE stands; python-docx makes none."""
    mark = '</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>'
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode("utf-8", "surrogateescape")
            part = part.replace("NOTE", mark) if name == "word/document.xml" else part
            part = part.replace("</Relationships>", RELATION) if name.endswith("document.xml.rels") else part
            part = part.replace("</Types>", KIND) if name == "[Content_Types].xml" else part
            new.writestr(name, part.encode("utf-8", "surrogateescape"))
        new.writestr("word/footnotes.xml", NOTE)
    return file.getvalue()


@pytest.fixture(scope="module")
def content() -> bytes:
    return with_footnote(bulletin())


def test_everything_a_reader_sees_is_there_in_order(content):
    text, title = worddocs.text_of(content, "r.docx")
    assert title == "Sahel Monitor"
    lines = [line for line in text.split("\n") if line.strip()]
    assert [re.sub(r"\s+", " ", line.strip()) for line in lines] == [
        "Sahel Monitor, October 2023", "Niger", "In October the group carried out 14 attacks:",
        "* Téra: six attacks", "* Ouallam: five attacks 🚑", "1. First", "2. Second",
        "Region Attacks Killed", "Gao 12 31",
        "Nine soldiers were killed.[1]", "1. According to the army.",
    ]  # fmt: skip


def test_a_word_file_is_a_report_with_its_own_title(content, tmp_path):
    (tmp_path / "r.docx").write_bytes(content)
    (source,) = sources.find([str(tmp_path / "r.docx")], print)
    (document,) = sources.read(source, Columns(), print)
    assert (document.id, document.extra) == ("r.docx", {"title": "Sahel Monitor"})
    (tmp_path / "r.docx").write_bytes(bulletin(title=""))
    assert next(sources.read(source, Columns(), print)).extra == {}


def test_a_file_without_words_is_an_empty_report():
    assert worddocs.text_of(saved(docx.Document()), "r.docx")[0] == ""


def test_a_locked_file_or_an_old_one_says_so():
    with pytest.raises(
        InputError, match=r"^r.docx: is locked by a password, or of Word's old format \(.doc\)"
    ):
        worddocs.text_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "r.docx")


def foreign() -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as other:
        other.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"Nine people were killed.", b"PK\x03\x04", foreign()])
def test_what_is_no_word_file_is_one_line(content):
    with pytest.raises(InputError, match="^r.docx: is broken, or no Word file") as error:
        worddocs.text_of(content, "r.docx")
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_read_or_refused_and_nothing_else(content):
    for copy in damaged(content, copies=12, cut=0.3, most=20):
        try:
            worddocs.text_of(copy, "r.docx")
        except InputError as error:
            assert str(error).startswith("r.docx: ")
