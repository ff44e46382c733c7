"""A fitted linker to the checkpoint's linker.onnx, refused where its events are not torch's."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from annotations.score import Scores, compare
from infer import checkpoint, tokens
from infer.linker import OUTPUTS, Linker
from infer.schema import Document, InputError
from infer.tagger import open_session
from train import fit_linker, linking, packing
from train.config import Config


def export(config: Config, folder: Path) -> dict:
    """Write linker.onnx, int8, into a checkpoint folder; how each form compares on dev's gold spans.

    The float32 form must make exactly torch's events; int8 may cost at most `export.tolerance` of slot F1.
    InputError where a form falls short.
    """
    reader = tokens.Tokenizer(folder / checkpoint.TOKENIZER, config.linker.window, config.linker.stride)
    dev = linking.samples(config.data.dev, reader)
    if not dev:
        raise InputError(f"{config.data.dev} holds no figure; a linker is compared on reports with some")
    model = fit_linker.load(config, dev[0])
    forms = {"torch_float32": fit_linker.told(model, reader, dev)}
    full = folder / "linker.float32.onnx"
    packing.write_linker(model, dev[0].inputs, full)
    forms["onnx_float32"] = _told(full, reader, dev)
    packing.pack(full, folder / checkpoint.LINKER)
    full.unlink()
    forms["onnx_int8"] = _told(folder / checkpoint.LINKER, reader, dev)
    return _refused(_compare(dev, forms), config.export.tolerance)


def _told(file: Path, reader: tokens.Tokenizer, dev: Sequence[linking.Sample]) -> list[Document]:
    session = open_session(file, threads=1)
    linker = Linker(lambda inputs: session.run(OUTPUTS, inputs), reader)
    return [replace(s.document, events=linker.events(s.reading, s.proposed)) for s in dev]


def _compare(dev: Sequence[linking.Sample], forms: dict[str, list[Document]]) -> dict[str, dict]:
    """Per form: counts and rates of all slots against gold, and how many reports differ from torch's."""
    expected = forms["torch_float32"]
    return {
        name: sum((compare(s.document, d) for s, d in zip(dev, told, strict=True)), Scores()).micro.as_dict()
        | {"reports_that_differ": sum(_plain(a) != _plain(b) for a, b in zip(expected, told, strict=True))}
        for name, told in forms.items()
    }


def _plain(document: Document) -> list:
    """Events without their confidence, which differs in the last digits."""
    return [replace(event, confidence=None) for event in document.events]


def _refused(parity: dict, tolerance: float) -> dict:
    if differ := parity["onnx_float32"]["reports_that_differ"]:
        raise InputError(
            f"the ONNX linker makes other events than torch in {differ} reports of dev; not exported"
        )
    lost = (parity["torch_float32"]["f1"] or 0.0) - (parity["onnx_int8"]["f1"] or 0.0)
    if lost > tolerance:
        raise InputError(
            f"as int8 the linker loses {lost:.4f} slot F1 on dev; export.tolerance is {tolerance}"
        )
    return parity
