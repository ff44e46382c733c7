"""Export: what ships finds what torch finds, or is not written; every form of the weights is checked."""

import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import tiny_models
import torch
import transformers
from onnx import numpy_helper
from safetensors.torch import load_file

from infer import checkpoint
from infer.schema import InputError
from infer.tagger import Tagger
from infer.tokens import Tokenizer
from train import config, dataset, encoder, export, packing
from train.fit import fit


def make_run(folder, architecture, **settings):
    """A fitted tiny model of the architecture."""
    columns = {"train": 5, "dev": 2}
    data = {name: str(tiny_models.column_file(folder / f"{name}.conll", n, n)) for name, n in columns.items()}
    file = folder / "run.yaml"
    content = {
        "name": architecture,
        "base_model": str(tiny_models.base_model(folder / "base", architecture)),
        "runs": str(folder / "runs"),
        "labels": ["ACTOR", "PLACE"],
        "data": data | {"test": data["dev"]},
        "windows": {"size": 24, "stride": 12},
        "fit": {"learning_rate": 0.005, "epochs": 6, "batch_tokens": 128, "frozen_embeddings": False},
        "export": {"tolerance": 0.02, "version": "7", "thresholds": {"PLACE": 0.01}},
    }
    file.write_text(json.dumps(content))
    run = config.load(file)
    fit(run)
    return run


@pytest.fixture(scope="module", params=tiny_models.ARCHITECTURES)
def exported(request, tmp_path_factory):
    """(run, checkpoint folder) of every architecture of configs/."""
    run = make_run(tmp_path_factory.mktemp(request.param), request.param)
    return run, export.export(run)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("alone"), "bert")


def test_the_checkpoint_finds_the_spans_that_torch_finds(exported):
    """Float32 ONNX exactly; the packed file within the tolerance; both written down."""
    run, folder = exported
    parity = json.loads((run.folder / "parity.json").read_text())
    assert parity["onnx_float32"]["spans_that_differ"] == 0
    assert parity["onnx_float32_logit_difference"] < 1e-4
    assert parity["torch_float32"]["tp"] > 10
    tagger = Tagger(folder)
    assert tagger.labels == ("ACTOR", "PLACE") and tagger.checkpoint.version == "7"
    assert tagger.checkpoint.thresholds == {"PLACE": 0.01}
    assert any(tagger.tag([document.text for document in dataset.load(run.data.dev)]))


def test_hugging_face_users_can_load_the_folder(exported):
    """AutoModel and AutoTokenizer read it, with label names, and tag as the shipped ONNX does."""
    run, folder = exported
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert model.config.id2label[1] == "B-ACTOR" and next(iter(model.parameters())).dtype == torch.float32
    text = dataset.load(run.data.dev)[0].text[:60]
    inputs = tokenizer(text, return_tensors="pt")
    theirs = (
        model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits.detach().numpy()
    )
    ours = Tagger(folder).logits(inputs["input_ids"].numpy())
    assert np.abs(theirs - ours).max() < 0.25 * np.abs(theirs).max()


def test_nothing_in_the_folder_is_pickled(exported):
    """Weights are safetensors and ONNX, at two bytes and one byte a weight."""
    _, folder = exported
    names = {file.name for file in folder.iterdir()}
    assert {checkpoint.CONFIG, checkpoint.TOKENIZER, checkpoint.MODEL, export.WEIGHTS} <= names
    assert not {name for name in names if name.endswith((".bin", ".pt", ".pkl", ".part"))}
    kinds = {
        tensor.data_type
        for tensor in onnx.load(folder / checkpoint.MODEL).graph.initializer
        if len(tensor.dims) == 2
    }
    assert onnx.TensorProto.INT8 in kinds and onnx.TensorProto.FLOAT not in kinds
    assert {weight.dtype for weight in load_file(folder / export.WEIGHTS).values()} == {torch.float16}


def test_training_can_start_from_a_checkpoint(exported):
    """The float16 file serves further training, in float32, with its head."""
    run, folder = exported
    model, _ = encoder.load(replace(run, base_model=str(folder)))
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    text = dataset.load(run.data.dev)[0].text
    reader = Tokenizer(folder / checkpoint.TOKENIZER, 24, 12)
    assert encoder.tag(model.eval(), reader, [text], run.labels) == Tagger(folder).tag([text])


def test_a_model_that_tags_otherwise_is_refused(bert, monkeypatch):
    """A wrong export, here a bias moved by hand, stops before anything is put in place."""
    write = packing.write_onnx

    def spoil(model, file):
        write(model, file)
        spoiled = onnx.load(file)
        bias = next(t for t in spoiled.graph.initializer if t.name.endswith("classifier.bias"))
        bias.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(bias) + np.float32([9, 0, 0, 0, 0]), bias.name)
        )
        onnx.save(spoiled, file)

    monkeypatch.setattr(packing, "write_onnx", spoil)
    with pytest.raises(InputError, match="finds .* other spans on dev than torch; not exported"):
        export.export(bert)
    assert not (bert.folder / "checkpoint").exists()


def test_packing_that_costs_too_much_is_refused(bert, monkeypatch):
    """Weights rounded to nothing lose F1: measured, written down, refused."""
    quantize = packing.quantize

    def crude(matrix):
        values, scales = quantize(matrix)
        return np.zeros_like(values), scales

    monkeypatch.setattr(packing, "quantize", crude)
    with pytest.raises(InputError, match="onnx_int8 loses .* export.tolerance is 0.02; not exported"):
        export.export(bert)
    parity = json.loads((bert.folder / "parity.json").read_text())
    assert parity["onnx_int8"]["spans_that_differ"] > 0


def test_export_without_a_fitted_model_says_what_to_type(bert):
    with pytest.raises(InputError, match="holds no fitted model; type: python -m train fit"):
        export.export(replace(bert, name="never"))


def test_packed_weights_are_within_half_a_step(bert, tmp_path):
    """int8 with a scale a block: no weight moves by more than half a step, and outputs stay near."""
    matrix = np.random.default_rng(5).normal(size=(40, 24)).astype(np.float32)
    matrix[0] = 0
    values, scales = packing.quantize(matrix)
    steps = scales[:, None]
    assert values.shape == (30, 32)
    assert (np.abs(matrix.reshape(values.shape) - values * steps) <= steps / 2 + 1e-7).all()
    model = transformers.AutoModelForTokenClassification.from_pretrained(bert.folder / "model").eval()
    full, packed = tmp_path / "full.onnx", tmp_path / "packed.onnx"
    packing.write_onnx(model, full)
    packing.pack(full, packed)
    ids = np.arange(5, 25, dtype=np.int64)[None]
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    one, other = (onnxruntime.InferenceSession(str(f)).run(None, inputs)[0] for f in (full, packed))
    assert 0 < np.abs(one - other).max() < 0.1 * np.abs(one).max()
    assert packed.stat().st_size < 0.65 * full.stat().st_size
