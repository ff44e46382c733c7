"""Files, folders and standard input are found in order and read; nothing is passed over without a word."""

import io
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow
import pytest
from pyarrow import parquet

from infer import sources
from infer.render.record import to_record
from infer.rows import Columns
from infer.schema import Document, InputError

USUAL = Columns()


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.txt",
        "a/z.md",
        "a/c.html",
        "a.txt",
        "d/y.txt",
        "c/x.txt",
        "notes.odt",
        ".hidden.txt",
        ".git/x.txt",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("<p>Nine dead</p>" if name.endswith("html") else "Nine dead\r\n", newline="")
    return tmp_path


def found(*paths, leave_out=None):
    notes = []
    return [s.name for s in sources.find([str(p) for p in paths], notes.append, leave_out)], notes


def read(path, columns=USUAL):
    notes = []
    (source,) = sources.find([str(path)], notes.append)
    return list(sources.read(source, columns, notes.append)), notes


def test_a_folder_is_read_in_a_fixed_order_and_what_is_skipped_is_named(folder):
    names, notes = found(folder)
    assert names == ["a.txt", "b.txt", "a/c.html", "a/z.md", "c/x.txt", "d/y.txt"]
    assert sorted(n.split(": ")[0].removeprefix(f"skipped {folder}{os.sep}") for n in notes) == [
        ".git",
        ".hidden.txt",
        "notes.odt",
    ]


def test_the_output_s_folder_inside_the_input_s_is_left_out(folder):
    names, notes = found(folder, leave_out=folder / "a")
    assert names == ["a.txt", "b.txt", "c/x.txt", "d/y.txt"] and any(
        "folder of the output" in n for n in notes
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_folder_that_links_to_itself_ends(folder):
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    names, notes = found(folder)
    assert len(names) == 6 and any("loop: a hidden or linked folder" in n for n in notes)


def test_files_of_one_name_are_told_apart_by_their_paths(folder):
    (folder / "a" / "b.txt").write_text("x")
    names, _ = found(folder / "b.txt", folder / "a" / "b.txt", folder / "a.txt")
    assert names == [(folder / "b.txt").as_posix(), (folder / "a" / "b.txt").as_posix(), "a.txt"]


def test_a_missing_path_and_a_folder_without_reports_are_errors(tmp_path):
    with pytest.raises(InputError, match="gone.txt: no such file or folder"):
        found(tmp_path / "gone.txt")
    (tmp_path / "picture.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"no report in it; supported files: \.txt"):
        found(tmp_path)


def test_line_ends_stay_as_they_are_and_the_file_s_name_is_the_id(folder):
    ((document,), notes) = read(folder / "b.txt")
    assert document == Document("b.txt", "Nine dead\r\n") and notes == []


def test_a_file_of_another_kind_is_read_as_plain_text_and_that_is_said(tmp_path):
    (tmp_path / "REPORT").write_text("Nine dead")
    ((document,), notes) = read(tmp_path / "REPORT")
    assert document.text == "Nine dead" and "read as plain text" in notes[0]


def test_another_encoding_is_named_in_the_document_and_told(tmp_path):
    text = "The army’s spokesman said “nine soldiers” were killed in the café. " * 3
    (tmp_path / "r.txt").write_bytes(text.encode("cp1252"))
    ((document,), notes) = read(tmp_path / "r.txt")
    assert (document.text, document.encoding) == (text, "cp1252") and notes == ["r.txt: read as cp1252"]


def test_a_table_in_another_encoding_is_decoded_too(tmp_path):
    text = "The army’s spokesman said “nine soldiers” were killed in the café."
    (tmp_path / "r.csv").write_bytes(f"id,text\r\n1,{text}\r\n2,{text}\r\n".encode("cp1252"))
    documents, _ = read(tmp_path / "r.csv")
    assert [(d.id, d.text, d.encoding) for d in documents] == [("1", text, "cp1252"), ("2", text, "cp1252")]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_part_of_no_column(tmp_path, mark):
    (tmp_path / "r.csv").write_bytes("text,x\r\nNine dead,1\r\n".encode(mark))
    assert read(tmp_path / "r.csv")[0][0].text == "Nine dead"


@pytest.mark.parametrize(
    "declared, codec, read_as",
    [
        ("windows-1256", "cp1256", "cp1256"),
        ("windows-1252", "utf-8", "utf-8"),  # what is UTF-8 is UTF-8, whatever the page says
        ("utf-16", "utf-8", "utf-8"),
        ("no-such", "utf-8", "utf-8"),
    ],
)
def test_the_charset_a_page_declares_is_believed_where_it_can_be(tmp_path, declared, codec, read_as):
    page = f'<meta charset="{declared}"><p>قتل سبعة جنود</p>'
    (tmp_path / "a.html").write_bytes(page.encode(codec))
    ((document,), notes) = read(tmp_path / "a.html")
    assert (document.text, document.encoding) == ("قتل سبعة جنود", read_as)
    assert notes == ["a.html: read as cp1256"] * (codec == "cp1256")


def test_a_declared_charset_that_does_not_decode_gives_way_to_the_detector(tmp_path):
    text = "The army’s spokesman said “nine soldiers” were killed in the café. " * 3
    (tmp_path / "a.html").write_bytes(f'<meta charset="ascii"><p>{text}</p>'.encode("cp1252"))
    ((document,), _) = read(tmp_path / "a.html")
    assert (document.text, document.encoding) == (text.strip(), "cp1252")


def test_json_lines_end_at_line_feeds_alone(tmp_path):
    (tmp_path / "r.jsonl").write_text(
        '{"text": "a\u2028b\x85c"}\r\n{"text": "d"}', encoding="utf-8", newline=""
    )
    assert [d.text for d in read(tmp_path / "r.jsonl")[0]] == ["a\u2028b\x85c", "d"]


@pytest.mark.parametrize("name, content", [("r.jsonl", b""), ("r.jsonl", b"\n\n"), ("r.csv", b"text\r\n")])
def test_a_table_without_rows_is_an_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    ((error,), _) = read(tmp_path / name)
    assert isinstance(error, InputError) and "has no rows" in str(error)


def test_a_binary_file_comes_out_as_an_error_that_names_it(tmp_path):
    (tmp_path / "r.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    ((error,), _) = read(tmp_path / "r.txt")
    assert str(error).startswith("r.txt: is binary")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_comes_out_as_an_error(tmp_path):
    (tmp_path / "r.txt").write_text("x")
    (tmp_path / "r.txt").chmod(0)
    ((error,), _) = read(tmp_path / "r.txt")
    assert "r.txt: cannot be read" in str(error)


def test_standard_input_is_a_plain_text(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Nine dead 🚑\r\n".encode())))
    assert read("-") == ([Document("stdin", "Nine dead 🚑\r\n")], [])


def parquet_file(path, **columns):
    parquet.write_table(pyarrow.table(columns), path)
    return read(path)


def test_rows_of_parquet_are_reports_with_their_cells_as_json_has_them(tmp_path):
    found, notes = parquet_file(
        tmp_path / "r.parquet",
        Body=["Nine dead", None],
        id=[7, 8],
        date=[date(2024, 1, 31), None],
        seen=[datetime(2024, 2, 1, 12, tzinfo=UTC), None],
        sums=[[1.5, float("nan")], []],
        cost=[Decimal("1.20"), None],
    )
    report, error = found
    assert (report.id, report.text, report.report_date) == ("7", "Nine dead", date(2024, 1, 31))
    assert report.extra == {"seen": "2024-02-01T12:00:00+00:00", "sums": [1.5, None], "cost": "1.20"}
    assert str(error).startswith("r.parquet, line 2: has no text in 'Body', but nothing") and not notes
    assert to_record(report)["document"]["encoding"] == "utf-8"


def test_parquet_without_the_column_or_that_is_none_is_one_error(tmp_path):
    ((error,), _) = parquet_file(tmp_path / "r.parquet", story=["a", "b"])
    assert "has no column text or body or content; columns: story" in str(error)
    (tmp_path / "r.parquet").write_bytes(b"PAR1 and no more")
    ((error,), _) = read(tmp_path / "r.parquet")
    assert "r.parquet, line 1: is no Parquet (" in str(error)
    ((error,), _) = parquet_file(tmp_path / "r.parquet", text=pyarrow.array([], pyarrow.string()))
    assert "has no rows" in str(error)


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    parquet_file(tmp_path / "r.parquet", text=["a"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ((error,), _) = read(tmp_path / "r.parquet")
    assert str(error) == ('r.parquet: pyarrow is not installed; type: python -m pip install -e ".[export]"')
