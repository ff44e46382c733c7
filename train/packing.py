"""A torch tagger as an ONNX file, and its weights as int8.

Weights are stored as int8, with one scale for each output of a matrix and each row of an embedding
table, and unpacked to float32 when the file is loaded. Arithmetic stays float32: quantized activations
would be scaled by the largest value of a whole batch, so that a text's spans depended on the texts
beside it, and int8 products saturate on processors without VNNI.
"""

import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "logits"
_TABLES = {("MatMul", 1): 1, ("Gather", 0): 0}  # (operator, input) that reads weights -> axis of its scales


def write_onnx(model: torch.nn.Module, file: Path) -> None:
    """Write a tagger in evaluation mode as float32 ONNX with free batch and length.

    By the tracing exporter: it agrees with torch as well as the newer one on every architecture of
    `configs/`, needs no further package and takes a tenth of the time.
    """
    example = torch.ones((2, 8), dtype=torch.int64)
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, OUTPUT)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Logits(model).eval(),
            (example, example),
            str(file),
            input_names=list(INPUTS),
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def pack(source: Path, target: Path) -> None:
    """Write the model of `source` with int8 weight matrices and embedding tables to `target`."""
    model = onnx.load(source)
    graph = model.graph
    axes = _axes(graph)
    kept = [tensor for tensor in graph.initializer if tensor.name not in axes]
    unpackers = []
    for tensor in graph.initializer:
        if tensor.name in axes:
            values, scales = _quantize(numpy_helper.to_array(tensor), axes[tensor.name])
            names = [f"{tensor.name}_int8", f"{tensor.name}_scales"]
            kept += [numpy_helper.from_array(values, names[0]), numpy_helper.from_array(scales, names[1])]
            axis = axes[tensor.name]
            unpackers.append(helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))
    nodes = [*unpackers, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)


class _Logits(torch.nn.Module):
    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def _axes(graph: onnx.GraphProto) -> dict[str, int]:
    """The axis of the scales of every two-dimensional float weight that is always read in one way."""
    weights = {t.name for t in graph.initializer if len(t.dims) == 2 and t.data_type == TensorProto.FLOAT}
    read: dict[str, set] = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name in weights:
                read.setdefault(name, set()).add(_TABLES.get((node.op_type, place)))
    return {name: axes.pop() for name, axes in read.items() if len(axes) == 1 and None not in axes}


def _quantize(weights: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 [rows, columns] and float32 scales along `axis`, so that weights ≈ int8 * scales (symmetric)."""
    scales = np.abs(weights).max(axis=1 - axis, keepdims=True) / 127
    scales[scales == 0] = 1.0
    return np.round(weights / scales).astype(np.int8), scales.reshape(-1).astype(np.float32)
