"""Lean networks: the same numbers, less held in memory; what would read otherwise is left as it was."""

import numpy as np
import onnx
import onnxruntime
import pytest
import tiny_checkpoint
import torch
from onnx import TensorProto, helper, numpy_helper

from infer import checkpoint
from infer.schema import InputError
from infer.tagger import Tagger
from train import lean, packing

RANDOM = np.random.default_rng(7)
WORDS, WIDTH = 50, 64


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A network of a word embedding and two matrices with int8 weights, as exports before `lean` left it."""
    weights = {
        "words": RANDOM.normal(size=(WORDS, WIDTH)),
        "one": RANDOM.normal(size=(WIDTH, WIDTH)),
        "other": RANDOM.normal(size=(WIDTH, 8)),
    }
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["seen"]),
        helper.make_node("MatMul", ["seen", "one"], ["middle"]),
        helper.make_node("MatMul", ["middle", "other"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["windows", "length"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["windows", "length", 8])],
        [numpy_helper.from_array(table.astype(np.float32), name) for name, table in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    full, file = tmp_path / "full.onnx", tmp_path / "packed.onnx"
    onnx.save(model, full)
    with monkeypatch.context() as patch:
        patch.setattr(packing, "lean", lambda file: None)
        packing.pack(full, file)
    return file


def answer(file, ids):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {"input_ids": ids})[0]


def test_the_same_numbers_come_out(packed):
    """To the last bit: the same weights, the same float32 arithmetic; and again where it is lean already."""
    ids = RANDOM.integers(0, WORDS, (3, 9))
    before = answer(packed, ids)
    for _ in range(2):
        lean.lean(packed)
        assert (answer(packed, ids) == before).all()


def test_only_the_rows_that_are_looked_up_are_unpacked(packed):
    """The word embedding is half of all weights, and a report needs a hundredth of it."""
    lean.lean(packed)
    graph = onnx.load(packed).graph
    unpacked = {name for node in graph.node if node.op_type == lean.UNPACK for name in node.input}
    assert not any(name.startswith("words") for name in unpacked)
    stored = {t.name: t for t in graph.initializer}
    assert stored["words_int8"].data_type == TensorProto.INT8
    assert all(t.data_type != TensorProto.FLOAT or np.prod(t.dims) < WIDTH * WIDTH for t in graph.initializer)


def test_a_matrix_is_unpacked_right_before_it_is_used(packed):
    """Or all would be held as float32 at once."""
    lean.lean(packed)
    order = [node.op_type for node in onnx.load(packed).graph.node]
    first = order.index("MatMul")
    assert order[:first].count(lean.UNPACK) == 1 and lean.UNPACK in order[first:]


class Attention(torch.nn.Module):
    """torch's own attention over an embedding, as encoders have it; padding is seen by nobody."""

    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(WORDS, WIDTH)

    def forward(self, input_ids):
        states = self.table(input_ids)[:, None]
        seen = (input_ids > 0)[:, None, None].expand(-1, 1, input_ids.shape[1], -1)
        return torch.nn.functional.scaled_dot_product_attention(states, states, states, attn_mask=seen)


def test_attention_is_not_guarded(tmp_path):
    """A guard reads and writes all weights of attention again, a tenth of the time; padded windows too come
    out to the last bit as with it."""
    file = tmp_path / "attention.onnx"
    axes = {"input_ids": {0: "windows", 1: "length"}}
    packing._trace(
        Attention().eval(), (torch.ones((2, 8), dtype=torch.int64),), ["input_ids"], ["out"], axes, file
    )
    ids = RANDOM.integers(1, WORDS, (3, 9))
    ids[1, 5:] = 0
    before = answer(file, ids)
    assert "IsNaN" in {node.op_type for node in onnx.load(file).graph.node}
    lean.lean(file)
    assert "IsNaN" not in {node.op_type for node in onnx.load(file).graph.node}
    assert (answer(file, ids) == before).all()


def test_a_checkpoint_is_repacked_in_place(tmp_path):
    folder = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    data = tmp_path / "data.conll"
    data.write_text("".join(f"{w}\t{t}\n" for w, t in tiny_checkpoint.WORDS.items()))
    before = Tagger(folder).tag(["Red Column in Homs"])
    lean.repack(folder, str(data))
    assert Tagger(folder).tag(["Red Column in Homs"]) == before


def test_what_would_read_otherwise_is_left_as_it_was(tmp_path, monkeypatch):
    folder = tiny_checkpoint.write(tmp_path / "model")
    data = tmp_path / "data.conll"
    data.write_text("".join(f"{w}\t{t}\n" for w, t in tiny_checkpoint.WORDS.items()))
    content = (folder / checkpoint.MODEL).read_bytes()

    def spoil(file):
        model = onnx.load(file)
        table = next(t for t in model.graph.initializer if t.name == "table")
        table.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(table), "table"))
        onnx.save(model, file)

    monkeypatch.setattr(lean, "lean", spoil)
    with pytest.raises(InputError, match="1 reports of .* would be read otherwise; left as it was"):
        lean.repack(folder, str(data))
    assert (folder / checkpoint.MODEL).read_bytes() == content
