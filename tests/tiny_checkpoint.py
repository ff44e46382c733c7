"""A real checkpoint folder whose model tags by a list of words: tests of the command need no trained one."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from infer.bio import tag_names
from infer.checkpoint import CONFIG, LINKER, MODEL, SETTINGS, TOKENIZER, settings
from infer.linker import WIDTHS
from infer.schema import LABELS

WORDS = {
    "Red": "B-ACTOR", "Column": "I-ACTOR", "2023": "I-PERIOD", "June": "B-PERIOD", "Homs": "B-LOCATION",
    "operations": "I-ATTACK_COUNT", "soldiers": "I-CASUALTY",
}  # fmt: skip
WORDS |= {str(n): "B-ATTACK_COUNT" for n in range(10, 20)}
WORDS |= dict.fromkeys(("two", "three", "five"), "B-CASUALTY")


def write(folder: Path, sure: float = 0.9, **of_words: float) -> Path:
    """A checkpoint in `folder` that gives each word of WORDS its tag, O to others, with probability `sure`.

    `of_words` are words of which it is otherwise sure, UNK for all that it does not know.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tags = tag_names(LABELS)
    vocabulary = {word: i for i, word in enumerate(["[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    tokenizer.save(str(folder / TOKENIZER))

    probabilities = np.empty((len(vocabulary), len(tags)), np.float32)
    for word, i in vocabulary.items():
        own = of_words.get(word.strip("[]"), sure)
        probabilities[i] = (1 - own) / (len(tags) - 1)
        probabilities[i, tags.index(WORDS.get(word, "O"))] = own
    onnx.save(_lookup(np.log(probabilities)), folder / MODEL)
    config = {
        "id2label": {str(i): tag for i, tag in enumerate(tags)},
        SETTINGS: settings("tiny", "0", LABELS, window=16, stride=8, thresholds={}),
    }
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return folder


def add_linker(folder: Path, window: int = 16, stride: int = 8) -> Path:
    """Give the checkpoint a linker that makes every figure an incident of its own, without slots."""
    first = {"links": -20.0, "roots": [20.0, 20.0, 20.0, -20.0], "attributes": 0.0}
    shapes = {name: (1,) * (1 + (name == "links")) + (width,) for name, width in WIDTHS.items()}
    table = [
        numpy_helper.from_array(np.broadcast_to(np.float32(first[n]), s).copy(), n[0])
        for n, s in shapes.items()
    ]
    numbers = {"zero": [0], "flat": [1]}
    table += [numpy_helper.from_array(np.array(v, dtype=np.int64), n) for n, v in numbers.items()]
    nodes = [
        helper.make_node("Shape", ["places"], ["shape"]),
        helper.make_node("Gather", ["shape", "zero"], ["spans"]),
        helper.make_node("Concat", ["spans", "flat"], ["rows"], axis=0),
        helper.make_node("Concat", ["spans", "spans", "flat"], ["square"], axis=0),
        helper.make_node("Expand", ["l", "square"], ["links"]),
        helper.make_node("Expand", ["r", "rows"], ["roots"]),
        helper.make_node("Expand", ["a", "rows"], ["attributes"]),
    ]
    kinds = dict.fromkeys(("input_ids", "attention_mask", "marks", "places"), (TensorProto.INT64, 2))
    kinds |= {"mentions": (TensorProto.FLOAT, 2), "pairs": (TensorProto.FLOAT, 3)}
    given = [helper.make_tensor_value_info(n, kind, [None] * dims) for n, (kind, dims) in kinds.items()]
    made = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * len(s)) for n, s in shapes.items()]
    graph = helper.make_graph(nodes, "linker", given, made, table)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), folder / LINKER
    )
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    config[SETTINGS]["linker"] = [window, stride]
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return folder


def _lookup(logits: np.ndarray) -> onnx.ModelProto:
    """Logits [windows, length, tags] looked up by `input_ids` [windows, length]; the mask goes unused."""
    shape = ["windows", "length"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"])],
        "lookup",
        [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*shape, logits.shape[1]])],
        [numpy_helper.from_array(logits, "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
