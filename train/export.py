"""A fitted model to a checkpoint folder, refused where it would not find the spans that torch finds."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import transformers

from infer import checkpoint, tokens
from infer.schema import Document, InputError, Span
from infer.tagger import Tagger
from train import dataset, encoder, export_linker, packing, scores
from train.config import Config

WEIGHTS = "model.safetensors"


def export(config: Config) -> Path:
    """Write `checkpoint/` in the run folder from `model/`, and `parity.json`: how each form compares.

    The float32 ONNX model must find exactly torch's spans on dev; int8 ONNX and float16 safetensors may
    cost at most `export.tolerance` of span F1 there. InputError where a form falls short.
    """
    source = config.folder / "model"
    if not (source / checkpoint.CONFIG).is_file():
        raise InputError(f"{source} holds no fitted model; type: python -m train fit CONFIG")
    dev = dataset.load(config.data.dev)
    working, target = config.folder / "checkpoint.part", config.folder / "checkpoint"
    shutil.rmtree(working, ignore_errors=True)
    model = _load(source)
    reader = tokens.Tokenizer(source / checkpoint.TOKENIZER, config.windows.size, config.windows.stride)
    texts, thresholds = [d.text for d in dev], config.export.thresholds
    expected = encoder.tag(model, reader, texts, config.labels, thresholds)

    forms = {"torch_float32": expected}
    _write_folder(config, source, model, working)
    linked = {"linker": export_linker.export(config, working)} if config.linker.epochs else {}
    packing.write_onnx(model, working / checkpoint.MODEL)
    forms["onnx_float32"] = _tag(working, dev)
    difference = _logit_difference(model, working, reader, dev)
    full = working / "float32.onnx"
    (working / checkpoint.MODEL).rename(full)
    packing.pack(full, working / checkpoint.MODEL)
    full.unlink()
    forms["onnx_int8"] = _tag(working, dev)
    forms["safetensors_float16"] = encoder.tag(_load(working), reader, texts, config.labels, thresholds)

    parity = _compare(dev, forms) | {"onnx_float32_logit_difference": difference}
    parity |= linked
    (config.folder / "parity.json").write_text(json.dumps(parity, indent=2) + "\n", encoding="utf-8")
    _refuse(parity, config.export.tolerance)
    shutil.rmtree(target, ignore_errors=True)
    working.rename(target)
    return target


def _load(folder: Path) -> transformers.PreTrainedModel:
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32)
    return model.eval()


def _write_folder(config: Config, source: Path, model: transformers.PreTrainedModel, folder: Path) -> None:
    """Tokenizer files, float16 weights, and config.json with our settings: all but the ONNX model."""
    _load(source).half().save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(source).save_pretrained(folder)
    shutil.copyfile(source / checkpoint.TOKENIZER, folder / checkpoint.TOKENIZER)
    file = folder / checkpoint.CONFIG
    content = json.loads(file.read_text(encoding="utf-8"))
    content.pop("_name_or_path", None)
    content[checkpoint.SETTINGS] = checkpoint.settings(
        name=config.name,
        version=config.export.version,
        labels=config.labels,
        window=config.windows.size,
        stride=config.windows.stride,
        thresholds=config.export.thresholds,
        linker=(config.linker.window, config.linker.stride) if config.linker.epochs else None,
    )
    file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _tag(folder: Path, documents: Sequence[Document]) -> list[tuple[Span, ...]]:
    return Tagger(folder).tag([document.text for document in documents])


def _logit_difference(model, folder: Path, reader: tokens.Tokenizer, documents: Sequence[Document]) -> float:
    """The largest difference of any logit between torch and ONNX on the windows of all documents."""
    session = Tagger(folder)
    worst = 0.0
    for document in documents:
        read = reader.read(document.text)
        for window in reader.windows(read):
            ids = reader.model_input(read, window)[None]
            worst = max(worst, float(np.abs(encoder.logits(model, ids) - session.logits(ids)).max()))
    return worst


def _compare(dev: Sequence[Document], forms: dict[str, list[tuple[Span, ...]]]) -> dict[str, dict]:
    """Per form: counts and rates against gold, and how many spans differ from torch's."""
    expected = forms["torch_float32"]
    parity = {}
    for name, found in forms.items():
        counts = scores.strict(dev, found)["all"]
        differ = sum(len(set(a) ^ set(b)) for a, b in zip(expected, found, strict=True))
        parity[name] = counts.as_dict() | {"spans_that_differ": differ}
    return parity


def _refuse(parity: dict, tolerance: float) -> None:
    reference = parity["torch_float32"]["f1"] or 0.0
    differ = parity["onnx_float32"]["spans_that_differ"]
    if differ:
        raise InputError(
            f"the ONNX model finds {differ} other spans on dev than torch; not exported; see parity.json"
        )
    for form in ("onnx_int8", "safetensors_float16"):
        lost = reference - (parity[form]["f1"] or 0.0)
        if lost > tolerance:
            raise InputError(
                f"{form} loses {lost:.4f} span F1 on dev; export.tolerance is {tolerance}; "
                "not exported; see parity.json"
            )
