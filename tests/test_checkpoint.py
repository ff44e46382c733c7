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


@pytest.mark.parametrize(
    "change",
    [
        lambda config: "no json",
        lambda config: "[]",
        lambda config: config | {checkpoint.SETTINGS: None},
        lambda config: config | {checkpoint.SETTINGS: {"name": "x"}},
        lambda config: config | {checkpoint.SETTINGS: config[checkpoint.SETTINGS] | {"window": "wide"}},
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
