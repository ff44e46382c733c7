"""The network: what it computes of a report does not depend on its company, nor on the form it is kept in."""

import numpy as np
import onnxruntime
import pytest
import tiny_models
import tiny_tokenizers
import torch
import transformers
from annotated import reports
from linked import CHOICES

from infer.linkchoice import LINKS, ROOTS
from infer.linker import OUTPUTS
from infer.schema import LABELS, VICTIMS
from train import config, linking, packing
from train.linker_model import PRIOR, LinkerModel

SMALL = config.Linker(width=16, pair_width=8, layers=2)
INPUTS = ("input_ids", "attention_mask", "marks", "places", "mentions", "pairs")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    base = tiny_models.base_model(tmp_path_factory.mktemp("base"))
    transformers.set_seed(3)
    return LinkerModel(transformers.AutoModel.from_pretrained(base), (7, 5), SMALL).eval()


def inputs(spans: int, windows: int = 3, length: int = 9, seed: int = 0) -> dict[str, torch.Tensor]:
    """A report made up: words, marks and features at random; the last window is padded."""
    random = np.random.default_rng(seed)
    mask = np.ones((windows, length), dtype=np.int64)
    mask[-1, length - 3 :] = 0
    ids = random.integers(5, 80, (windows, length)) * mask
    first = random.integers(0, length - 4, spans)
    last = first + random.integers(0, 2, spans)
    made = {
        "input_ids": ids,
        "attention_mask": mask,
        "marks": random.integers(0, 1 + 2 * len(LABELS), ids.shape) * mask,
        "places": np.stack([random.integers(0, windows, spans), first, last], axis=1),
        "mentions": random.random((spans, 7)).astype(np.float32),
        "pairs": random.random((spans, spans, 5)).astype(np.float32),
    }
    return {name: torch.from_numpy(value) for name, value in made.items()}


@torch.inference_mode()
def run(model, given):
    return [value.numpy() for value in model(**given)]


def test_every_span_pair_and_attribute_is_scored(model):
    for spans in (1, 2, 7):
        links, roots, attributes = run(model, inputs(spans))
        assert links.shape == (spans, spans, len(LINKS)) and roots.shape == (spans, len(ROOTS))
        assert attributes.shape == (spans, CHOICES)


def test_a_span_is_its_first_last_and_mean_token(model):
    given = inputs(6)
    with torch.inference_mode():
        words = model.encoder.get_input_embeddings()(given["input_ids"]) + model.marks(given["marks"])
        states = model.encoder(inputs_embeds=words, attention_mask=given["attention_mask"]).last_hidden_state
        found = model.encode(*(given[name] for name in INPUTS[:4]))
    for row, (window, first, last) in zip(found, given["places"].tolist(), strict=True):
        own = states[window, first : last + 1]
        assert torch.allclose(row, torch.cat([own[0], own[-1], own.mean(0)]), atol=1e-5)


@pytest.mark.parametrize("name", INPUTS)
def test_every_input_counts(model, name):
    given = inputs(4)
    before = run(model, given)
    other = inputs(4, seed=1)
    other["attention_mask"][:, 5:] = 0
    after = run(model, given | {name: other[name]})
    assert not np.allclose(before[0], after[0])


def test_padding_does_not_count(model):
    given = inputs(4)
    wider = {n: torch.nn.functional.pad(given[n], (0, 6)) for n in INPUTS[:3]}
    for one, other in zip(run(model, given), run(model, given | wider), strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_a_report_in_a_batch_is_scored_as_alone(model, tmp_path):
    """As training joins them: the windows of several reports as one."""
    reader = tiny_tokenizers.nasty_reader("wordpiece", tmp_path)
    made = [s for s in (linking.sample(t, reader) for t in reports()) if s]
    for s in made:
        s.inputs["input_ids"] %= 80
    joined = linking.collate(made)
    with torch.inference_mode():
        together = model.encode(*(joined[name] for name in INPUTS[:4]))
        alone = torch.cat([model.encode(*(s.inputs[name] for name in INPUTS[:4])) for s in made])
    assert together.shape == alone.shape and torch.allclose(together, alone, atol=1e-5)


def test_the_rules_victims_are_believed_before_anything_is_learnt(model):
    given = inputs(3)
    quiet = given | {"mentions": given["mentions"].clone()}
    quiet["mentions"][:, : len(VICTIMS)] = 0
    told = quiet | {"mentions": quiet["mentions"].clone()}
    told["mentions"][1, 2] = 1
    prior = model._prior(told["mentions"]) - model._prior(quiet["mentions"])
    assert prior[1, 2].item() == PRIOR and prior.count_nonzero() == 1 and prior.shape == (3, CHOICES)
    assert run(model, told)[2][1, 2] > run(model, quiet)[2][1, 2] + PRIOR / 2


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    file = tmp_path_factory.mktemp("onnx") / "linker.onnx"
    packing.write_linker(model, inputs(4), file)
    return file


@pytest.mark.parametrize(
    ("spans", "windows", "length"), [(4, 3, 9), (1, 1, 6), (2, 1, 9), (13, 2, 20), (40, 5, 33), (160, 1, 9)]
)
def test_onnx_computes_what_torch_does(model, exported, spans, windows, length):
    """For other numbers of spans, windows and tokens than those of the example it was traced with."""
    given = inputs(spans, windows, length, seed=spans)
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    found = session.run(OUTPUTS, {name: value.numpy() for name, value in given.items()})
    for one, other in zip(found, run(model, given), strict=True):
        assert one.shape == other.shape and np.abs(one - other).max() < 1e-4


def test_the_packed_file_is_near_and_smaller(model, exported, tmp_path):
    packed = tmp_path / "packed.onnx"
    packing.pack(exported, packed)
    given = inputs(9)
    session = onnxruntime.InferenceSession(str(packed), providers=["CPUExecutionProvider"])
    found = session.run(OUTPUTS, {name: value.numpy() for name, value in given.items()})
    for one, other in zip(found, run(model, given), strict=True):
        assert 0 < np.abs(one - other).max() < 0.1 * np.abs(other).max()
    assert packed.stat().st_size < 0.8 * exported.stat().st_size
