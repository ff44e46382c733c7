"""A corpus cut into parts is the corpus: no report is lost, twice, or called by another line."""

import json
import os
from pathlib import Path

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from infer import rows, sources
from infer.corpus import parts
from infer.schema import Document, InputError
from infer.sources import Source

COLUMNS = rows.Columns()
NASTY = st.text(st.sampled_from("aé😀ش \n\r\t,;\"'{}\\\ufeff\u2028\x1c#"), max_size=12)


def whole(source: Source) -> list:
    """What the local engine reads of a file, errors as their words."""
    return told(sources.read(source, COLUMNS, lambda line: None))


def told(found) -> list:
    return [str(d) if isinstance(d, InputError) else d for d in found]


def never(name: str) -> bool:
    return False


def cut(found: list[Source], size: int) -> list[parts.Part]:
    return [p for group in parts.groups(found, size) for p in parts.parts(*group, COLUMNS, size)]


def read(part: parts.Part) -> list:
    return told(parts.read(part, COLUMNS, str, never)[1])


def same(source: Source, size: int) -> list[parts.Part]:
    """The parts of a file, which together are what the local engine reads of it."""
    found = cut([source], size)
    assert [d for part in found for d in read(part)] == whole(source)
    assert [part.name for part in found] == sorted({part.name for part in found})
    assert all(len(read(part)) <= size for part in found if part.stretch)
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tables")


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(NASTY, NASTY), max_size=7),
    st.integers(1, 4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["", "\n\n", "half a row"]),
)
def test_a_csv_is_cut_between_rows(place, cells, size, end, codec, tail):
    """Cells of several lines, blank lines, marks and broken rows too."""
    lines = ["text,note"] + ['"{}","{}"'.format(*(c.replace('"', '""') for c in row)) for row in cells]
    file = place / "t.csv"
    file.write_bytes((end.join(lines) + end + tail).encode(codec))
    same(Source(file, "t.csv"), size)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(NASTY, NASTY.map(lambda t: json.dumps({"text": t}))), max_size=8), st.integers(1, 4)
)
def test_json_lines_are_cut_between_lines(place, lines, size):
    file = place / "t.jsonl"
    file.write_bytes("\n".join(lines).encode())
    same(Source(file, "t.jsonl"), size)


@pytest.mark.parametrize("groups", [3, 4, 100])
@pytest.mark.parametrize("size", [1, 2, 5, 11])
def test_parquet_is_cut_by_rows_wherever_its_groups_end(tmp_path, groups, size):
    file = tmp_path / "t.parquet"
    table = pyarrow.table({"text": [f"report {n}" for n in range(10)], "id": list(range(10))})
    parquet.write_table(table, file, row_group_size=groups)
    found = same(Source(file, "t.parquet"), size)
    assert len(found) == -(-10 // size)


def test_parts_are_small_enough_to_share_out(tmp_path, monkeypatch):
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps({"text": "x" * 100}) + "\n" for _ in range(20)))
    assert len(same(Source(file, "t.jsonl"), 5)) == 4
    monkeypatch.setattr(parts, "MAX_BYTES", 150)
    assert len(same(Source(file, "t.jsonl"), 100)) == 10


def test_files_go_together_in_order_and_tables_alone(tmp_path):
    for name in ("a.txt", "b.md", "c.txt", "d.csv", "e.txt"):
        (tmp_path / name).write_text("text\nx\n")
    found = sources.find([str(tmp_path)], print)
    made = cut(found, 2)
    assert [[s.name for s in p.sources] for p in made] == [["a.txt", "b.md"], ["c.txt"], ["d.csv"], ["e.txt"]]
    assert [p.name for p in made] == sorted(p.name for p in made)
    assert [d.id for p in made for d in parts.read(p, COLUMNS, print, never)[1]] == [
        *("a.txt", "b.md", "c.txt", "d.csv#2", "e.txt")
    ]


@pytest.mark.parametrize(
    "name, content",
    [
        ("t.csv", "text\nüé\nöö\n".encode("utf-16")),
        ("t.csv", b"story,other\n1,2\n3,4\n"),
        ("t.csv", b""),
        ("t.jsonl", b"\x89PNG\0\0\r\n\x1a"),
        ("t.jsonl", b"\n\n"),
        ("t.parquet", b"PAR1 nothing"),
        ("t.parquet", None),
    ],
)
def test_what_cannot_be_cut_is_read_whole_and_told_as_ever(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (part,) = same(Source(tmp_path / name, name), 1)
    assert part.stretch is None


def test_parquet_without_a_column_of_texts_is_one_error_and_not_one_a_part(tmp_path):
    parquet.write_table(pyarrow.table({"story": ["a", "b", "c"]}), tmp_path / "t.parquet")
    (part,) = same(Source(tmp_path / "t.parquet", "t.parquet"), 1)
    assert "has no column text" in read(part)[0]


def test_a_part_knows_its_input_again(tmp_path):
    """By what is in it, whatever else stands in the file and whenever that was written."""
    file = tmp_path / "t.jsonl"

    def digests(*texts):
        file.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
        os.utime(file, (1, len(texts)))
        return [parts.read(p, COLUMNS, print, never)[0] for p in cut([Source(file, "t.jsonl")], 1)]

    one, two = digests("one", "two"), digests("one", "six")
    assert one[0] == two[0] and one[1] != two[1]


def test_a_reader_that_breaks_is_that_file_s_error(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("no more")
        yield Document("", "")

    monkeypatch.setattr(sources, "read", broken)
    part = parts.Part("p", (Source(tmp_path / "a.txt", "a.txt"),), 0)
    (found,) = parts.read(part, COLUMNS, print, never)[1]
    assert str(found) == "a.txt: cannot be read (RuntimeError: no more)"
