"""The torch weights of a linker, out of the ONNX file that it was packed into.

A checkpoint holds its linker in that form alone (see `train.packing`): int8 with a scale for every block of
values, which is as near to the trained weights as what `python -m infer` runs.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from infer.schema import InputError


def weights(file: Path, wanted: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The parameters of an exported model, by the names and in the shapes of `wanted`, its state_dict.

    Raises InputError where the file lacks one of them or holds it in another shape.
    """
    graph = onnx.load(file).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    multiplied = _multiplied(graph)
    found = {}
    for name, parameter in wanted.items():
        matrix, turned = multiplied.get(name), name in multiplied
        values = _values(stored, matrix if turned else name)
        if values is None or values.size != parameter.numel():
            raise InputError(
                f"{file}: has no {name} of {tuple(parameter.shape)}; start from a linker of this kind"
            )
        shaped = values.reshape(parameter.shape[::-1]).T if turned else values.reshape(parameter.shape)
        found[name] = torch.tensor(shaped, dtype=torch.float32)
    return found


def _multiplied(graph: onnx.GraphProto) -> dict[str, str]:
    """By the name of a layer's weight, the matrix that its MatMul takes: [in, out], under a name of its own.

    The tracing exporter names a node after the module that made it: /encoder/layer.0/output/dense/MatMul.
    """
    return {
        f"{node.name.strip('/').rpartition('/')[0].replace('/', '.')}.weight": node.input[1]
        for node in graph.node
        if node.op_type == "MatMul" and node.name.endswith("/MatMul")
    }


def _values(stored: Mapping[str, np.ndarray], name: str) -> np.ndarray | None:
    if name in stored:
        return stored[name]
    packed, scales = stored.get(f"{name}_int8"), stored.get(f"{name}_scales")
    if packed is None or scales is None:
        return None
    return packed * scales.reshape(*packed.shape[:-1], 1)
