"""What training the weights took, read from the logs of their run."""

import filecmp
import json
from pathlib import Path

import yaml

from infer import checkpoint
from infer.schema import InputError
from train.judging import run_folder

LOGS = {"tagger": "log.jsonl", "linker": "linker/log.jsonl"}


def training(weights: checkpoint.Checkpoint) -> dict | None:
    """Epochs and seconds of each network, dev's scoring left out; None where the run is not at hand.

    A run is that of the weights where its networks are theirs, byte for byte.
    """
    folder = run_folder(weights)
    made = folder / "checkpoint"
    networks = [checkpoint.MODEL, *([checkpoint.LINKER] if weights.linker else [])]
    if filecmp.cmpfiles(made, weights.folder, networks, shallow=False)[0] != networks:
        return None
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    found = {name: _read(folder / log) for name, log in LOGS.items() if (folder / log).is_file()}
    return {
        "seed": config["seed"],
        "documents": data["train"]["documents"],
        "sha256": data["train"]["sha256"],
        "networks": {
            name: {"epochs": len(rows), "seconds": round(sum(rows))} for name, rows in found.items()
        },
    }


def _read(log: Path) -> list[float]:
    """Seconds of each epoch."""
    try:
        rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        return [
            row["seconds"] if "seconds" in row else row["tokens"] / row["tokens_per_second"] for row in rows
        ]
    except (ValueError, LookupError, ZeroDivisionError) as error:
        raise InputError(f"{log}: no log of epochs ({type(error).__name__}: {error})") from None
