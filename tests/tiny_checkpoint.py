"""A real checkpoint folder whose model tags by a list of words: tests of the command need no trained one."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from infer.bio import tag_names
from infer.checkpoint import CONFIG, MODEL, SETTINGS, TOKENIZER, settings
from infer.schema import LABELS

WORDS = {
    "Red": "B-ACTOR", "Column": "I-ACTOR", "2023": "I-PERIOD", "June": "B-PERIOD", "Homs": "B-LOCATION",
    "operations": "I-ATTACK_COUNT", "soldiers": "I-CASUALTY",
} | {str(n): "B-ATTACK_COUNT" for n in range(10, 20)} | {w: "B-CASUALTY" for w in ("two", "three", "five")}  # fmt: skip


def write(folder: Path, sure: float = 0.9) -> Path:
    """A checkpoint in `folder` that gives each word of WORDS its tag with probability `sure`."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = tag_names(LABELS)
    vocabulary = {word: i for i, word in enumerate(["[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    tokenizer.save(str(folder / TOKENIZER))

    probabilities = np.full((len(vocabulary), len(tags)), (1 - sure) / (len(tags) - 1), np.float32)
    for word, i in vocabulary.items():
        probabilities[i, tags.index(WORDS.get(word, "O"))] = sure
    onnx.save(_lookup(np.log(probabilities)), folder / MODEL)
    config = {
        "id2label": {str(i): tag for i, tag in enumerate(tags)},
        SETTINGS: settings("tiny", "0", LABELS, window=16, stride=8, thresholds={}),
    }
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
