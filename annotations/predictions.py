"""What the model makes of a report, as a task to be corrected in Label Studio."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotations import labelstudio
from annotations.documents import from_document
from annotations.interface import Interface
from annotations.tasks import Task
from infer import checkpoint, pipeline
from infer.rows import day
from infer.schema import Document, InputError
from infer.tagger import Tagger

LONGEST_LINE = 300  # characters of what a log tells of a task
RENAMED = "{} (of the report)"  # a column that bears the name of one of our own keys

_FIRST = Document("first", "Two raids killed 3 soldiers in Gao on 3 May 2023.")

log = logging.getLogger(__name__)


def model_version(of: checkpoint.Checkpoint) -> str:
    """What tells one model's predictions from another's: its name, its version and what it holds."""
    return f"{of.name} {of.version} {of.digest()[:12]}"


@dataclass(frozen=True, slots=True)
class Loaded:
    tagger: Tagger
    version: str


class Model:
    """The checkpoint in a folder, ready to read; another one when the folder holds another one."""

    def __init__(self, folder: Path | str = checkpoint.DEFAULT):
        self.folder = folder
        self.current = self._load()

    def _load(self) -> Loaded:
        tagger = Tagger(self.folder)
        pipeline.read(_FIRST, tagger)  # loads all it needs
        return Loaded(tagger, model_version(tagger.checkpoint))

    def refresh(self) -> None:
        """Load what the folder holds, where that is something else; a broken one changes nothing."""
        try:
            if model_version(checkpoint.load(self.folder)) == self.current.version:
                log.info("the weights are what they were: %s", self.current.version)
            else:
                self.current = self._load()
                log.info("new weights: %s", self.current.version)
        except (InputError, OSError) as error:
            log.error("%s; %s goes on", error, self.current.version)


def predicted(document: Document, tagger: Tagger) -> Task:
    """The report as `tagger` reads it, to be corrected."""
    return replace(from_document(pipeline.read(document, tagger)), data=data(document))


def data(document: Document) -> dict:
    """What a task holds of a report that nobody has read yet: its text, its name and its row's other columns.

    The report date is the one that came with the report, never one that was read from its text: who annotates
    is shown what is known. It is "" where there is none, as Label Studio takes no null where text is shown.
    """
    own = {"text": document.text, "doc_id": document.id}
    own["report_date"] = document.report_date.isoformat() if document.report_date else ""
    rest = {RENAMED.format(key) if key in own else key: value for key, value in document.extra.items()}
    return rest | own


def score(task: Task) -> float:
    """How sure the model is of a report: as sure as of its least sure span; 1 where it marks nothing."""
    return min((r.span.confidence for r in task.regions if r.span.confidence is not None), default=1.0)


def document(task: Any, interface: Interface) -> Document:
    """The report of a task as Label Studio sends it; InputError where there is none."""
    held = task.get("data") if isinstance(task, dict) else None
    if not isinstance(held, dict):
        raise InputError("it has no data")
    text = held.get(interface.key)
    if problem := labelstudio.no_report(text, interface):
        raise InputError(problem)
    date = _date(held, name(task))
    return Document(name(task), text, date, "data" if date else None)


def name(task: Any) -> str:
    """What to call a task that Label Studio sends, in one short line: its doc_id, else its number there."""
    task = task if isinstance(task, dict) else {}
    held = task.get("data") if isinstance(task.get("data"), dict) else {}
    own = held.get("doc_id")
    return line(own if isinstance(own, str) and own.strip() else f"task {task.get('id', '?')}")


def line(words: str) -> str:
    """Anyone's words as they may stand in a log: one short line, with nothing that a terminal obeys."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(words[:LONGEST_LINE].split()))
    return shown + "…" * (len(words) > LONGEST_LINE)


def _date(held: dict, name: str):
    try:
        return day(held["report_date"]) if held.get("report_date") else None
    except InputError as error:
        log.warning("%s: report_date %s; read without one", name, line(str(error)))
        return None
