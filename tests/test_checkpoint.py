"""A checkpoint folder is read whole or refused in one line."""

import json

import pytest
import tiny_checkpoint

from infer import checkpoint
from infer.schema import LABELS, InputError


@pytest.fixture
def folder(tmp_path):
    return tiny_checkpoint.write(tmp_path / "model")


def test_settings_travel_with_the_weights(folder):
    read = checkpoint.load(str(folder))
    assert (read.name, read.version, read.labels) == ("tiny", "0", LABELS)
    assert (read.window, read.stride, read.thresholds) == (16, 8, {})


def test_a_linker_is_part_of_the_checkpoint(folder):
    """Its window and stride are read, its file is needed, and its bytes decide the digest."""
    alone = checkpoint.load(folder).digest()
    assert checkpoint.load(folder).linker is None
    tiny_checkpoint.add_linker(folder, 32, 20)
    read = checkpoint.load(folder)
    linked = read.digest()
    assert read.linker == (32, 20) and linked != alone
    content = (folder / checkpoint.LINKER).read_bytes()
    (folder / checkpoint.LINKER).write_bytes(content + b"x")
    assert checkpoint.load(folder).digest() != linked
    (folder / checkpoint.LINKER).unlink()
    with pytest.raises(InputError, match=f"is no checkpoint: {checkpoint.LINKER} missing"):
        checkpoint.load(folder)


def test_a_linker_file_that_the_settings_do_not_name_is_passed_over(folder):
    before = checkpoint.load(folder).digest()
    (folder / checkpoint.LINKER).write_bytes(b"left behind")
    assert checkpoint.load(folder).linker is None and checkpoint.load(folder).digest() == before


def test_settings_are_written_as_they_are_read(folder):
    written = checkpoint.settings("n", "1", LABELS, 16, 8, {}, linker=(64, 40))
    assert written["linker"] == [64, 40]
    assert "linker" not in checkpoint.settings("n", "1", LABELS, 16, 8, {})


def test_the_digest_changes_with_what_decides_the_spans_only(folder):
    """Weights, vocabulary and settings decide; a README beside them does not."""
    before = checkpoint.load(folder).digest()
    (folder / "README.md").write_text("words")
    assert checkpoint.load(folder).digest() == before and len(before) == 64
    for name in (checkpoint.MODEL, checkpoint.TOKENIZER):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[::-1])
        assert checkpoint.load(folder).digest() != before
        (folder / name).write_bytes(content)
    assert checkpoint.load(folder).digest() == before


@pytest.mark.parametrize("name", [checkpoint.CONFIG, checkpoint.TOKENIZER, checkpoint.MODEL])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"is no checkpoint: {name} missing"):
        checkpoint.load(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such folder"):
        checkpoint.load(tmp_path / "nowhere")


def test_a_linker_without_a_stride_is_refused_in_one_line(folder):
    file = tiny_checkpoint.add_linker(folder) / checkpoint.CONFIG
    file.write_text(file.read_text().replace("[16, 8]", "[16]"))
    with pytest.raises(InputError, match="has no readable settings"):
        checkpoint.load(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda config: "no json",
        lambda config: "[]",
        lambda config: config | {checkpoint.SETTINGS: None},
        lambda config: config | {checkpoint.SETTINGS: {"name": "x"}},
        lambda config: config | {checkpoint.SETTINGS: config[checkpoint.SETTINGS] | {"window": "wide"}},
        lambda config: config | {checkpoint.SETTINGS: config[checkpoint.SETTINGS] | {"linker": ["wide", 8]}},
        lambda config: config | {"id2label": {"0": "O", "1": "B-ACTOR"}},
        lambda config: config | {"id2label": dict(reversed(config["id2label"].items())) | {"1": "I-ACTOR"}},
        lambda config: {k: v for k, v in config.items() if k != "id2label"},
    ],
)
def test_settings_that_do_not_fit_are_refused_in_one_line(folder, change):
    """Among them: another project's config.json, and labels in another order than the model's outputs."""
    file = folder / checkpoint.CONFIG
    changed = change(json.loads(file.read_text()))
    file.write_text(changed if isinstance(changed, str) else json.dumps(changed))
    with pytest.raises(InputError) as error:
        checkpoint.load(folder)
    assert str(file) in str(error.value) and "\n" not in str(error.value)
