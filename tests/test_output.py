"""Nothing that exists is lost, and no two documents meet in one file."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infer import output
from infer.schema import Document, InputError


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path):
    file = tmp_path / "out.json"
    file.write_text("old")
    with pytest.raises(RuntimeError), output.replacing(file) as stream:
        stream.write("half")
        raise RuntimeError
    assert file.read_text() == "old" and os.listdir(tmp_path) == ["out.json"]
    with output.replacing(file) as stream:
        stream.write("new\n")
    assert file.read_bytes() == b"new\n" and os.listdir(tmp_path) == ["out.json"]


def test_bytes_are_written_as_they_are_and_whole_too(tmp_path):
    file = tmp_path / "out.xlsx"
    with pytest.raises(RuntimeError), output.replacing(file, binary=True) as stream:
        stream.write(b"half")
        raise RuntimeError
    with output.replacing(file, binary=True) as stream:
        stream.write(b"a\r\nb\n\xff")
    assert file.read_bytes() == b"a\r\nb\n\xff" and os.listdir(tmp_path) == ["out.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    with output.replacing(tmp_path / "link.json") as stream:
        stream.write("new")
    assert (tmp_path / "link.json").is_symlink() and (tmp_path / "real.json").read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="another name there")
def test_a_device_is_written_to_and_not_replaced():
    with output.replacing(output.Path(os.devnull)) as stream:
        stream.write("x")
    assert not output.Path(os.devnull).is_file()


def test_an_input_or_a_missing_folder_is_refused(tmp_path):
    report = tmp_path / "a.txt"
    report.write_text("x")
    with pytest.raises(InputError, match="is one of the inputs"):
        output.check_file(tmp_path / "." / "a.txt", [report])
    with pytest.raises(InputError, match="there is no folder"):
        output.check_file(tmp_path / "gone" / "a.json", [report])
    output.check_file(tmp_path / "a.json", [report])


def names(tmp_path, *ids, suffix=".json", inputs=()):
    notes = []
    folder = output.Folder(tmp_path, suffix, inputs, notes.append)
    paths = [folder.path_for(Document(id, "")) for id in ids]
    return [path.relative_to(tmp_path).as_posix() for path in paths], notes


def test_a_report_s_file_bears_its_name(tmp_path):
    assert names(tmp_path, "report.txt", "a/b.html", "wire.jsonl#4", "2021.05") == (
        ["report.json", "a/b.json", "wire.jsonl#4.json", "2021.05.json"],
        [],
    )


def test_names_that_meet_are_kept_apart_and_told(tmp_path):
    found, notes = names(tmp_path, "r.txt", "r.html", "R.md", "r.txt", "r.txt")
    assert found == ["r.json", "r.html.json", "R.md.json", "r.txt.json", "r.txt-2.json"]
    assert notes[0] == "r.html: written as r.html.json; r.json is r.txt's"


def test_an_input_in_the_folder_is_never_overwritten(tmp_path):
    assert names(tmp_path, "r.txt", suffix=".txt", inputs=[tmp_path / "r.txt"])[0] == ["r.txt.txt"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6))
def test_any_ids_have_files_of_their_own_inside_the_folder(tmp_path_factory, ids):
    root = tmp_path_factory.mktemp("out")
    found, _ = names(root, *ids)
    assert len({name.casefold() for name in found}) == len(ids)
    for name in found:
        path = (root / name).resolve()
        assert root.resolve() in path.parents
        path.write_text("x")
    assert sum(len(files) for _, _, files in os.walk(root)) == len(ids)


@pytest.mark.parametrize("out, folder", [("new/", True), (".", True), ("new", False), ("a.json", False)])
def test_an_output_is_a_folder_where_it_is_one_or_ends_in_a_slash(out, folder):
    assert output.is_folder(out) == folder
