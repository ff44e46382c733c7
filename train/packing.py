"""A torch tagger or linker as an ONNX file, and its weights as int8.

Matrices are stored as int8 with one scale for every BLOCK values, and unpacked to float32 where they are
used. Arithmetic stays float32: quantized activations would be scaled by the largest value of a
whole batch, so that a text's spans depended on the texts beside it, and int8 products saturate on
processors without VNNI. (ONNX Runtime's dynamic quantization changed five times as many spans.)
"""

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from infer.linker import OUTPUTS
from train.lean import lean

OPSET = 17
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "logits"
BLOCK = 32


def write_onnx(model: torch.nn.Module, file: Path) -> None:
    """Write a tagger in evaluation mode as float32 ONNX with free batch and length."""
    example = torch.ones((2, 8), dtype=torch.int64)
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, OUTPUT)}
    _trace(_Logits(model).eval(), (example, example), INPUTS, (OUTPUT,), axes, file)


def write_linker(model: torch.nn.Module, inputs: Mapping[str, torch.Tensor], file: Path) -> None:
    """Write a linker in evaluation mode as float32 ONNX, with free numbers of windows, tokens and spans.

    `inputs` are those of any report, in the order that the model takes them.
    """
    windows, spans = {0: "windows", 1: "length"}, {0: "spans"}
    axes = dict.fromkeys(("input_ids", "attention_mask", "marks"), windows)
    axes |= dict.fromkeys(("places", "mentions", "roots", "attributes"), spans)
    axes |= dict.fromkeys(("pairs", "links"), {0: "spans", 1: "others"})
    names = ("input_ids", "attention_mask", "marks", "places", "mentions", "pairs")
    _trace(model, tuple(inputs[name] for name in names), names, OUTPUTS, axes, file)


def _trace(model: torch.nn.Module, example: tuple, inputs, outputs, axes: dict, file: Path) -> None:
    """By the tracing exporter: it agrees with torch as well as the newer one on every architecture of
    `configs/`, needs no further package and takes a tenth of the time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            example,
            str(file),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def pack(source: Path, target: Path) -> None:
    """Write the model of `source` with int8 matrices to `target`."""
    model = onnx.load(source)
    graph = model.graph
    tensors, unpackers = [], []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) == 2:
            stored, nodes = _packed(tensor)
            tensors += stored
            unpackers += nodes
        else:
            tensors.append(tensor)
    nodes = [*unpackers, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(tensors)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)
    lean(target)


class _Logits(torch.nn.Module):
    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def _packed(tensor: TensorProto) -> tuple[list[TensorProto], list[onnx.NodeProto]]:
    """What is stored of a matrix, and the nodes that make it again under its own name."""
    matrix = numpy_helper.to_array(tensor)
    values, scales = quantize(matrix)
    stored = {"int8": values, "scales": scales, "shape": np.array(matrix.shape, dtype=np.int64)}
    names = {part: f"{tensor.name}_{part}" for part in (*stored, "blocks")}
    nodes = [
        helper.make_node("DequantizeLinear", [names["int8"], names["scales"]], [names["blocks"]], axis=0),
        helper.make_node("Reshape", [names["blocks"], names["shape"]], [tensor.name]),
    ]
    return [numpy_helper.from_array(array, names[part]) for part, array in stored.items()], nodes


def quantize(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 [blocks, values of a block] and float32 scales [blocks]; matrix ≈ int8 * scales (symmetric)."""
    blocks = matrix.reshape(-1, np.gcd(matrix.size, BLOCK))
    scales = np.abs(blocks).max(axis=1) / 127
    scales[scales == 0] = 1.0
    return np.round(blocks / scales[:, None]).astype(np.int8), scales.astype(np.float32)
