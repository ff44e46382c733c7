"""The corpus on disk: `data/{train,dev,test}.json`, each a file that Label Studio imports as it is.

An array of tasks, one a line and in the order of their doc_id, so that a change reads well in a diff.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from annotations import labelstudio
from annotations.documents import to_document
from annotations.tasks import Task
from infer.output import replacing
from infer.schema import Document, InputError

SPLITS = ("train", "dev", "test")
DATA = Path(__file__).parent / "data"


def path(split: str, folder: Path = DATA) -> Path:
    if split not in SPLITS:
        raise InputError(f"no split {split!r}; splits are {', '.join(SPLITS)}")
    return Path(folder) / f"{split}.json"


def read_raw(split: str, folder: Path = DATA) -> list[dict]:
    """The tasks of a split as they stand on disk; an absent file is an empty split."""
    file = path(split, folder)
    return labelstudio.read_file(file) if file.exists() else []


def load(split: str, folder: Path = DATA) -> list[Task]:
    """The annotated tasks of a split; raises InputError where the file is absent or broken."""
    file = path(split, folder)
    if not file.exists():
        raise InputError(f"{file}: no such file; fill it with python -m annotations import --split {split}")
    return read(file)


def read(file: Path) -> list[Task]:
    """The annotated tasks of any Label Studio JSON file; raises InputError where it is absent or broken."""
    tasks = []
    for raw in labelstudio.read_file(file):
        task, findings = labelstudio.read_task(raw)
        broken = [finding for finding in findings if finding.severity != "note"]
        if broken or not task:
            raise InputError(f"{file}: {(broken or findings)[0]}; see python -m annotations check")
        tasks.append(task)
    return tasks


def documents(split: str, folder: Path = DATA) -> list[Document]:
    """The gold documents of a split."""
    return [to_document(task) for task in load(split, folder)]


def save(split: str, tasks: Iterable[dict], folder: Path = DATA) -> None:
    """Write raw tasks as the whole of a split, all at once or not at all."""
    ordered = sorted(tasks, key=lambda task: task["data"]["doc_id"])
    lines = ",\n".join(json.dumps(task, ensure_ascii=False) for task in ordered)
    file = path(split, folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as stream:
        stream.write(f"[\n{lines}\n]\n")
