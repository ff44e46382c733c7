"""What a checkpoint folder holds, and how it is read.

    config.json           Hugging Face's, with our own settings under the key `attack_reports`
    tokenizer.json        Hugging Face tokenizers
    model.onnx            int8 weights, what inference runs
    linker.onnx           int8 weights of the network that links spans into events; may be absent
    model.safetensors     float16 weights, for further training and for transformers (not read here)
    tokenizer_config.json and others that transformers wants (not read here)

`AutoModelForTokenClassification.from_pretrained(folder)` reads the same folder.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from infer.bio import tag_names
from infer.calibration import Calibration
from infer.output import replacing
from infer.schema import InputError

DEFAULT = Path(__file__).parent / "weights"
CONFIG, TOKENIZER, MODEL, LINKER = "config.json", "tokenizer.json", "model.onnx", "linker.onnx"
SETTINGS, CALIBRATION = "attack_reports", "calibration"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The settings that travel with the weights.

    `window` and `stride` in tokens; `thresholds` the least confidence (0 to 1) a span of a label
    needs to be given out, 0 where a label is not named; `calibration` maps the raw confidence of events,
    None where none was fitted; `linker` the window and stride of the linker, None where there is none.
    """

    folder: Path
    name: str
    version: str
    labels: tuple[str, ...]
    window: int
    stride: int
    thresholds: Mapping[str, float]
    calibration: Calibration | None = None
    linker: tuple[int, int] | None = None

    def digest(self) -> str:
        """SHA-256 of everything that decides what is found, as hexadecimal digits."""
        digest = hashlib.sha256()
        for name in (CONFIG, TOKENIZER, MODEL, *([LINKER] if self.linker else [])):
            content = (self.folder / name).read_bytes()
            digest.update(f"{name} {len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()


def load(folder: Path | str = DEFAULT) -> Checkpoint:
    """Read and check a checkpoint folder; InputError names what is missing or wrong."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; needed: a checkpoint folder, as `python -m train` writes it"
        )
    missing = [name for name in (CONFIG, TOKENIZER, MODEL) if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder} is no checkpoint: {', '.join(missing)} missing; write one with `python -m train`"
        )
    return _read_settings(folder)


def settings(name, version, labels, window, stride, thresholds, linker=None) -> dict:
    """What `load` reads back, as it stands in config.json under SETTINGS."""
    return ({"linker": list(linker)} if linker else {}) | {
        "name": name,
        "version": version,
        "labels": list(labels),
        "window": window,
        "stride": stride,
        "thresholds": dict(thresholds),
    }


def _read_settings(folder: Path) -> Checkpoint:
    file = folder / CONFIG
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        own = config[SETTINGS]
        checkpoint = Checkpoint(
            folder=folder,
            name=str(own["name"]),
            version=str(own["version"]),
            labels=tuple(own["labels"]),
            window=int(own["window"]),
            stride=int(own["stride"]),
            thresholds=dict(own["thresholds"]),
            calibration=_calibration(own.get(CALIBRATION)),
            linker=_pair(own.get("linker")),
        )
        tags = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(
            f"{file} has no readable settings ({type(error).__name__}: {error}); "
            f"needed: the key {SETTINGS!r} and id2label, as `python -m train export` writes them"
        ) from None
    if checkpoint.linker and not (folder / LINKER).is_file():
        raise InputError(f"{folder} is no checkpoint: {LINKER} missing; write one with `python -m train`")
    if tags != tag_names(checkpoint.labels):
        raise InputError(f"{file}: id2label is {tags}; its labels need {tag_names(checkpoint.labels)}")
    return checkpoint


def _pair(own: list | None) -> tuple[int, int] | None:
    return own and (int(own[0]), int(own[1]))


def _calibration(own: dict | None) -> Calibration | None:
    return own and Calibration(float(own["a"]), float(own["b"]), float(own["c"]))


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Put a map into the settings of a checkpoint folder, in place of the one it had."""
    file = folder / CONFIG
    config = json.loads(file.read_text(encoding="utf-8"))
    config[SETTINGS][CALIBRATION] = asdict(calibration)
    with replacing(file) as stream:
        stream.write(json.dumps(config, indent=2, sort_keys=True) + "\n")
