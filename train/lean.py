"""A packed ONNX file made quick to load and small in memory, computing the same.

ONNX Runtime optimises the graph here, once, instead of at every start. Of the word embedding only the rows
that a text needs are unpacked, and every other matrix just before it is used, so that no float32 copy of all
weights is held. Attention is not guarded against texts without a token, since no window is without its
special tokens: the guards read and write all of its weights twice.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from infer import checkpoint
from infer.output import replacing
from infer.schema import Document, InputError
from infer.tagger import Tagger
from train import dataset, judging

UNPACK = "DequantizeLinear"


def lean(file: Path) -> None:
    """Rewrite the file; one that is lean stays as it is but for names."""
    model = onnx.load(file)
    _look_up_packed(model.graph)
    _drop_guards(model.graph)
    with tempfile.TemporaryDirectory() as folder:
        given, optimised = Path(folder) / "given.onnx", Path(folder) / "optimised.onnx"
        onnx.save(model, given)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(optimised)
        options.log_severity_level = (
            3  # it warns that the file may be for this machine only: not at this level
        )
        onnxruntime.InferenceSession(str(given), options, providers=["CPUExecutionProvider"])
        model = onnx.load(optimised)
    _unpack_late(model.graph)
    onnx.checker.check_model(model)
    with replacing(file, binary=True) as stream:
        stream.write(model.SerializeToString())


def repack(folder: Path, data: str) -> None:
    """Make the networks of a checkpoint folder lean; InputError where `data` would be read otherwise.

    For checkpoints that were exported before the export did it.
    """
    documents, own = dataset.load(data), checkpoint.load(folder)
    before = _told(folder, documents)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "checkpoint"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.safetensors"))
        networks = [checkpoint.MODEL, *([checkpoint.LINKER] if own.linker else [])]
        for network in networks:
            lean(copy / network)
        differ = sum(a != b for a, b in zip(before, _told(copy, documents), strict=True))
        if differ:
            raise InputError(f"{folder}: {differ} reports of {data} would be read otherwise; left as it was")
        for network in networks:
            with replacing(folder / network, binary=True) as stream:
                stream.write((copy / network).read_bytes())


def _told(folder: Path, documents: Sequence[Document]) -> list[tuple]:
    """What is found in each document, without how sure that is: its last digits may move."""
    read = judging.predicted(documents, Tagger(folder))
    return [(d.spans, [replace(event, confidence=None) for event in d.events], d.checks) for d in read]


def _look_up_packed(graph: onnx.GraphProto) -> None:
    """Unpack only the rows of a matrix that `input_ids` picks, where no other node uses the matrix."""
    makers = {name: node for node in graph.node for name in node.output}
    stored = {tensor.name: tensor for tensor in graph.initializer}
    nodes, gone = [], []
    for node in graph.node:
        shaped = makers.get(node.input[0]) if node.op_type == "Gather" else None
        unpacked = shaped and shaped.op_type == "Reshape" and makers.get(shaped.input[0])
        if not unpacked or unpacked.op_type != UNPACK or node.input[1] != "input_ids":
            nodes.append(node)
            continue
        values, scales = (numpy_helper.to_array(stored[name]) for name in unpacked.input)
        rows, width = numpy_helper.to_array(stored[shaped.input[1]])
        used_once = sum(shaped.output[0] in other.input for other in graph.node) == 1
        if not used_once or width % values.shape[1]:
            nodes.append(node)
            continue
        tables = values.reshape(rows, -1, values.shape[1]), scales.reshape(rows, -1, 1)
        for name, table in zip(unpacked.input, tables, strict=True):
            stored[name].CopyFrom(numpy_helper.from_array(table, name))
        stored[shaped.input[1]].CopyFrom(numpy_helper.from_array(np.array([0, 0, -1]), shaped.input[1]))
        nodes += _looked_up(node, *unpacked.input, shaped.input[1])
        gone += [shaped.output[0], unpacked.output[0]]
    del graph.node[:]
    graph.node.extend(node for node in nodes if node.output[0] not in gone)


def _looked_up(lookup: onnx.NodeProto, values: str, scales: str, shape: str) -> Iterator[onnx.NodeProto]:
    """Rows [windows, length, blocks, BLOCK] of int8 times their scales, as [windows, length, width]."""
    found, ids = lookup.output[0], lookup.input[1]
    yield helper.make_node("Gather", [values, ids], [f"{found}_int8"])
    yield helper.make_node("Gather", [scales, ids], [f"{found}_scales"])
    yield helper.make_node("Cast", [f"{found}_int8"], [f"{found}_float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{found}_float", f"{found}_scales"], [f"{found}_blocks"])
    yield helper.make_node("Reshape", [f"{found}_blocks", shape], [found])


def _drop_guards(graph: onnx.GraphProto) -> None:
    """Take out Where(IsNaN(x), zero, x) after a softmax, which is torch's for a row that sees no token."""
    makers = {name: node for node in graph.node for name in node.output}
    kept = {}  # output of a guard → what it guards
    for node in graph.node:
        asked = makers.get(node.input[0]) if node.op_type == "Where" else None
        guarded = asked.input[0] if asked and asked.op_type == "IsNaN" else None
        maker = makers.get(guarded)
        if maker and maker.op_type == "Softmax" and guarded == node.input[2]:
            kept[node.output[0]] = guarded
    nodes = [node for node in graph.node if node.output[0] not in kept]
    for node in nodes:
        node.input[:] = [kept.get(name, name) for name in node.input]
    used = {name for node in nodes for name in node.input}
    del graph.node[:]
    graph.node.extend(n for n in nodes if n.op_type != "IsNaN" or n.output[0] in used)


def _unpack_late(graph: onnx.GraphProto) -> None:
    """Put the nodes that unpack a matrix right before the first that uses it."""
    makers = {name: node for node in graph.node for name in node.output}
    waiting = {}  # output → the nodes that make it, of a matrix that is not yet needed
    for node in graph.node:
        above = makers.get(node.input[0]) if node.input else None
        if node.op_type == UNPACK:
            waiting[node.output[0]] = [node]
        elif node.op_type == "Reshape" and above and above.op_type == UNPACK:
            waiting[node.output[0]] = [above, node]
    late = {output for nodes in waiting.values() for node in nodes for output in node.output}
    ordered = []
    for node in graph.node:
        if node.output[0] in late:
            continue
        for name in node.input:
            ordered += waiting.pop(name, [])
        ordered.append(node)
    del graph.node[:]
    graph.node.extend(ordered)
