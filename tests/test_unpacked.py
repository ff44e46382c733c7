"""A linker comes back out of the file that it was packed into, or what it lacks is told."""

import pytest
import tiny_models
import torch
import transformers
from test_linker_model import INPUTS, inputs

from infer.schema import InputError
from train import config, packing, unpacked
from train.linker_model import LinkerModel


@pytest.fixture(scope="module", params=tiny_models.ARCHITECTURES)
def packed(request, tmp_path_factory):
    """(linker with its base in one architecture, the file that ships of it, its full-size ONNX file)."""
    folder = tmp_path_factory.mktemp(request.param)
    base = tiny_models.base_model(folder, request.param)
    model = linker(base, width=16)
    for parameter in model.parameters():  # as after training: no two alike, or ONNX Runtime keeps one of them
        torch.nn.init.normal_(parameter, std=0.1)
    full, file = folder / "full.onnx", folder / "linker.onnx"
    given = inputs(4)
    given["input_ids"] %= model.encoder.config.vocab_size
    packing.write_linker(model, {name: given[name] for name in INPUTS}, full)
    packing.pack(full, file)
    return base, model, file


def linker(base, **sizes) -> LinkerModel:
    transformers.set_seed(3)
    tagger = transformers.AutoModelForTokenClassification.from_pretrained(base)
    return LinkerModel(tagger.base_model, (7, 5), config.Linker(pair_width=8, **sizes)).eval()


def test_every_weight_is_that_of_the_model_within_a_step_of_eight_bits(packed):
    """Oracle: the model that was packed; a block's step is a 127th of its largest value."""
    _, model, file = packed
    wanted = model.state_dict()
    found = unpacked.weights(file, wanted)
    assert found.keys() == wanted.keys()
    for name, weight in wanted.items():
        assert found[name].shape == weight.shape and found[name].dtype == torch.float32
        assert (found[name] - weight).abs().max() <= weight.abs().max() / 127, name


def test_a_model_of_other_sizes_is_refused(packed):
    base, _, file = packed
    with pytest.raises(
        InputError, match=r"linker.onnx: has no .* of \(.*\); start from a linker of this kind"
    ):
        unpacked.weights(file, linker(base, width=32).state_dict())
