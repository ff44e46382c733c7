"""Reports added to the training split for one run: audited, kept apart from dev and test, joined with it."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from annotations import gold, labelstudio
from annotations.check import check
from annotations.duplicates import twins
from annotations.tasks import Finding, Task
from infer.schema import InputError
from train import dataset
from train.config import Config

SCORED = ("dev", "test")
SETTINGS = "config.yaml"  # what `train.fit` writes first
ADDED = "added.json"


def joined(config: Config) -> Config:
    """The configuration of a run whose training split is `data.train` and `data.add`, one file in its folder.

    Every finding is told. InputError where an added report is broken, or stands in dev or test; nothing is
    written then.
    """
    tasks = audited(config.data.add)
    refuse_leaks(tasks, config)
    file = gold.path("train", config.folder)
    _write(config, file, [*_kept(config.data.train, tasks), *map(labelstudio.write_task, tasks)])
    added = {"files": config.data.add, "reports": [task.id for task in tasks]}
    (config.folder / ADDED).write_text(json.dumps(added, indent=2) + "\n", encoding="utf-8")
    return replace(config, data=replace(config.data, train=str(file), add=()))


def audited(files: Sequence[str]) -> list[Task]:
    """The annotated reports of Label Studio exports, mended where that is safe.

    What is broken, mended or left out is told; what is only worth a look, `annotations import` tells.
    InputError where a report is broken, where two have one doc_id, or where there is none.
    """
    tasks: dict[str, Task] = {}
    broken = 0
    for file in files:
        for raw in labelstudio.read_file(file):
            task, findings = labelstudio.read_task(raw)
            if task:
                findings += (f for f in check(task, complete=False) if f.severity == "error")
                findings += _twice(task, tasks)
                tasks[task.id] = task
            for finding in findings:
                tell(f"{file}: {finding}")
            broken += any(finding.severity == "error" for finding in findings)
    named = ", ".join(files)
    if broken:
        raise InputError(f"{named}: {broken} broken, named above; mend them first, nothing was trained")
    if not tasks:
        raise InputError(f"{named}: no annotated report; annotate some, and export the project as JSON again")
    return list(tasks.values())


def _twice(task: Task, known: dict[str, Task]) -> list[Finding]:
    return [Finding(task.id, "error", "added twice; one doc_id is one report")] if task.id in known else []


def refuse_leaks(tasks: Sequence[Task], config: Config) -> None:
    """InputError where added reports stand in dev or test too; each is told with its twin."""
    found = {}
    for split in SCORED:
        for id, twin in _leaks(tasks, split, getattr(config.data, split)):
            tell(f"{id}: {twin}")
            found[id] = twin
    if found:
        raise InputError(
            f"added reports that stand in dev or test: {len(found)}, named above; those score what is "
            "trained, so take them out of the project or the export; nothing was trained"
        )


def _leaks(tasks: Sequence[Task], split: str, file: str) -> Iterator[tuple[str, str]]:
    """doc_id of an added report, and how it stands in the split."""
    scored = dataset.load(file)
    known = {document.id for document in scored}
    for task in tasks:
        if task.id in known:
            yield task.id, f"this doc_id stands in {split} ({file}) too"
    for pair in twins({"added": tasks, split: scored}):
        if pair.first != pair.second and pair.one.id not in known:
            yield pair.one.id, f"has {pair.how} text as {pair.other.id} in {split} ({file})"


def _kept(file: str, added: Sequence[Task]) -> Iterator[dict]:
    """The reports of the training split, raw, but for those that an added one replaces."""
    gold.read(Path(file))  # refuses what is broken
    new, texts = {task.id for task in added}, {task.text: task.id for task in added}
    for raw in labelstudio.read_file(file):
        id, text = raw["data"]["doc_id"], raw["data"]["text"]
        if id in new:
            tell(f"{id}: replaces the report of this doc_id in {file}")
            continue
        if text in texts:
            tell(f"{texts[text]}: has the same text as {id} in {file}; both are trained on")
        yield raw


def _write(config: Config, file: Path, reports: Sequence[dict]) -> None:
    """The joined file; InputError where the folder holds a run on other reports."""
    ordered = sorted(reports, key=lambda raw: raw["data"]["doc_id"])
    begun = (config.folder / SETTINGS).exists()
    if begun and not (file.exists() and labelstudio.read_file(file) == ordered):
        raise InputError(
            f"{config.folder} holds a run on other reports; type name={free_name(config)}, "
            "or delete the folder"
        )
    gold.save("train", ordered, config.folder)


def free_name(config: Config) -> str:
    """A name like the run's whose folder is not there yet."""
    number = 2
    while (Path(config.runs) / f"{config.name}-{number}").exists():
        number += 1
    return f"{config.name}-{number}"


def tell(line: str) -> None:
    print(line, file=sys.stderr)
