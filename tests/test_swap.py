"""Weights are replaced whole or not at all, whatever breaks on the way."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
import tiny_checkpoint

from infer import checkpoint
from infer.schema import InputError
from train import swap


@pytest.fixture
def weights(tmp_path):
    return tiny_checkpoint.write(tmp_path / "place" / "weights")


@pytest.fixture
def new(tmp_path):
    made = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "new", sure=0.7))
    (made / "model.safetensors").write_bytes(b"not read by inference, copied all the same")
    return made


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_new_folder_stands_whole_and_alone(weights, new):
    (weights / "left over.txt").write_text("of the old")
    swap.swap(new, weights)
    assert content(weights) == content(new) and len(content(new)) == 5
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]
    assert checkpoint.load(weights).digest() == checkpoint.load(new).digest()


def test_while_the_new_are_copied_the_old_stand(weights, new, monkeypatch):
    before, copytree, seen = content(weights), shutil.copytree, []

    def look(*folders):
        copytree(*folders)
        seen.append(content(weights))

    monkeypatch.setattr(shutil, "copytree", look)
    swap.swap(new, weights)
    assert seen == [before]


def test_a_copy_that_fails_leaves_the_old_byte_for_byte(weights, new):
    """One of the files is a link to nothing, the others can be copied."""
    before = content(weights)
    (new / "zz").symlink_to("nowhere")
    with pytest.raises(InputError, match=r"weights was not replaced, and stands as it did \(.*No such file"):
        swap.swap(new, weights)
    assert content(weights) == before
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]


@pytest.mark.parametrize("which", [1, 2])
def test_a_rename_that_fails_leaves_the_old_byte_for_byte(weights, new, monkeypatch, which):
    """Of the two renames either."""
    before, rename, calls = content(weights), Path.rename, []

    def fail(self, target):
        calls.append(target)
        if len(calls) == which:
            raise OSError(16, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(InputError, match="stands as it did .Device or resource busy."):
        swap.swap(new, weights)
    assert content(weights) == before
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]


def test_what_a_killed_swap_left_is_put_right(weights, new):
    """Killed between the renames no weights stand: they are put back, and the next swap goes through."""
    before = content(weights)
    shutil.copytree(new, swap._beside(weights, "part"))
    weights.rename(swap._beside(weights, "old"))
    assert swap.recover(weights) and content(weights) == before and not swap.recover(weights)
    weights.rename(swap._beside(weights, "old"))
    (new / "zz").symlink_to("nowhere")
    with pytest.raises(InputError, match="stands as it did"):
        swap.swap(new, weights)
    assert content(weights) == before
    (new / "zz").unlink()
    shutil.copytree(weights, swap._beside(weights, "old"))  # killed after them: the old ones were not removed
    assert not swap.recover(weights)
    swap.swap(new, weights)
    assert content(weights) == content(new)
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]


def test_an_interrupt_between_the_renames_puts_the_old_back(weights, new, monkeypatch):
    before, rename, calls = content(weights), Path.rename, []

    def interrupt(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        swap.swap(new, weights)
    assert content(weights) == before
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]


def test_a_link_to_weights_stays_a_link(weights, new, tmp_path):
    link = tmp_path / "current"
    link.symlink_to(weights)
    swap.check(link)
    swap.swap(new, link)
    assert link.is_symlink() and content(weights) == content(new)


def test_what_is_no_checkpoint_replaces_nothing(weights, tmp_path):
    before = content(weights)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="is no checkpoint"):
        swap.swap(tmp_path / "empty", weights)
    assert content(weights) == before


@contextlib.contextmanager
def a_user():
    """Not as root, to whom every folder is writable."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_told_before(weights):
    weights.parent.chmod(0o555)
    try:
        with a_user(), pytest.raises(InputError, match="cannot be replaced .*--against DIR, or type --keep"):
            swap.check(weights)
    finally:
        weights.parent.chmod(0o755)
    swap.check(weights)
    assert [folder.name for folder in weights.parent.iterdir()] == ["weights"]
