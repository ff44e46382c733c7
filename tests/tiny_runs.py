"""Runs of seconds on invented reports of raids: what the tests of training and of retraining share."""

import json
import random
from dataclasses import replace
from pathlib import Path

import tiny_models
from annotated import task

from annotations import labelstudio

RATE = 5e-3


def report(number: int, own: int = 0) -> dict:
    """Sentences of raids; every event is an incident without a place: what no rule would say.

    `own` words at the end are no other report's, so that it is not nearly the same as another.
    """
    choose = random.Random(number).choice
    text, events, spans = [], [], []
    for i in range(1, 4):
        count = choose("3579")
        text.append(
            f"{{A{i} {choose(('Rebels', 'Soldiers'))}}} attacked {{N{i} {count} posts}} in "
            f"{{L{i} {choose(tiny_models.PLACES)}}}."
        )
        events.append(f"N{i} incident: actor A{i}")
        spans += [f"A{i} none", f"L{i} none", f"N{i} {count}"]
    text += [f"w{number}x{i}" for i in range(own)]
    made = task(" ".join(text), " / ".join(events), " / ".join(spans))
    return labelstudio.write_task(replace(made, data=made.data | {"doc_id": f"r{number:02}"}))


def calm() -> dict:
    made = task("{L1 Halab} in {A1 Soldiers}.", "", "A1 none / L1 none")
    return labelstudio.write_task(replace(made, data=made.data | {"doc_id": "calm"}))


def settings_file(folder: Path, **reports: list[dict]) -> Path:
    """A configuration and its splits; dev stands for test where there is none."""
    data = {}
    for name, raw in reports.items():
        (folder / f"{name}.json").write_text(json.dumps(raw), encoding="utf-8")
        data[name] = str(folder / f"{name}.json")
    file = folder / "run.yaml"
    content = {
        "name": "tiny",
        "base_model": str(tiny_models.base_model(folder / "base")),
        "runs": str(folder / "runs"),
        "data": {"test": data["dev"]} | data,
        "windows": {"size": 48, "stride": 24},
        "fit": {"learning_rate": RATE, "epochs": 6, "batch_tokens": 128, "frozen_embeddings": False},
        "linker": {
            "epochs": 17, "learning_rate": 1e-3, "head_learning_rate": 1e-2, "batch_tokens": 200,
            "dropout": 0.0, "width": 16, "pair_width": 16, "layers": 1, "window": 64,
            "stride": 40, "score_every": 8,
        },
        "export": {"tolerance": 0.2, "version": "7"},
    }  # fmt: skip
    file.write_text(json.dumps(content))
    return file
