"""Reports into a Label Studio project: what it lacks is sent, nothing twice, and read back."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from annotations import labelstudio, predictions
from annotations.interface import Interface
from annotations.predictions import Loaded
from annotations.server import PAUSES, Project, Server, where
from infer.schema import Document, InputError

BATCH = 50  # reports that are looked for, read and sent together
BATCH_TEXT = 2_000_000  # characters of their texts
BATCH_NAMES = 2_000  # bytes of their ids in an address, which some servers cut at 4,096
TRIES = 3  # of what the server may or may not have taken when the connection broke

_RENAME = "left as it is: give the report an id of its own, or delete the task"

Note = Callable[[str], None]  # tells the user one line
Found = dict[str, list[dict]]  # doc_id → its tasks in the project, raw


@dataclass(slots=True)
class Pushed:
    """What became of the reports: of each one thing."""

    new: int = 0
    added: int = 0
    there: int = 0
    left: int = 0

    @property
    def all(self) -> int:
        return self.new + self.added + self.there + self.left

    def __str__(self):
        added = f"{self.added} predictions added to tasks that were there"
        return f"{self.new} tasks made, {added}, {self.there} there already, {self.left} left out"


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents by BATCH and less, none with an id that is in its batch already."""
    batch, ids, size, names = [], set(), 0, 0
    for document in documents:
        size, names = size + len(document.text), names + _quoted(document.id)
        full = len(batch) == BATCH or size > BATCH_TEXT or names > BATCH_NAMES
        if batch and (full or document.id in ids):
            yield batch
            batch, ids, size, names = [], set(), len(document.text), _quoted(document.id)
        batch.append(document)
        ids.add(document.id)
    if batch:
        yield batch


def _quoted(id: str) -> int:
    """How long an id is in an address, the comma before it included."""
    return len(quote(json.dumps(id))) + 6


class Pushing:
    """Pushes to one project with one model. `scores`, by id, take the place of the model's own."""

    def __init__(
        self,
        server: Server,
        project: Project,
        model: Loaded,
        note: Note,
        scores: Mapping[str, float] | None = None,
    ):
        self.server, self.project, self.model = server, project, model
        self.note, self.scores = note, scores
        self.interface = Interface.of(project.label_config)
        self.pushed = Pushed()
        self.sent = False  # whether the server has taken anything
        self.shown = False  # whether annotators see this model's predictions
        self.scored = 0  # of the reports that were there already, those that got another score
        for lack in self.interface.lacks:
            note(f"project {project.id} has {lack}: not predicted there")

    def push(self, batch: list[Document]) -> None:
        """Make what the project lacks of a batch and check what it stored; what it has otherwise is left."""
        found = self._find(document.id for document in batch)
        wanted = [document for document in batch if self._wanted(document, found.get(document.id, []))]
        written = {document.id: self._written(document) for document in wanted}
        stored = self._send(written, found) if written else {}
        for id, task in written.items():
            if problem := next(self._problems(task, stored[id], id in found), None):
                self.leave(f"{id}: {problem}")
            elif id in found:
                self.pushed.added += 1
            else:
                self.pushed.new += 1

    def annotated(self, batch: list[Document]) -> set[str]:
        """The ids of those that have a task there with a finished annotation."""
        condition = where("data.doc_id", "in_list", sorted({document.id for document in batch}), "String")
        conditions = condition, where("total_annotations", "greater", 0)
        found = self._all(*conditions, whole=False)
        texts = {(task["data"].get("doc_id"), task["data"].get(self.interface.key)) for task in found}
        return {document.id for document in batch if (document.id, document.text) in texts}

    def _all(self, *conditions: dict, whole: bool = True) -> list[dict]:
        """All tasks that meet the conditions."""
        page = self.server.tasks(self.project.id, *conditions, size=2 * BATCH, whole=whole)
        if page.total > len(page.tasks):
            page = self.server.tasks(self.project.id, *conditions, size=page.total, whole=whole)
        return page.tasks

    def _find(self, ids: Iterable[str]) -> Found:
        found = defaultdict(list)
        for task in self._all(where("data.doc_id", "in_list", sorted(ids), "String")):
            found[task["data"].get("doc_id")].append(task)
        return dict(found)

    def _wanted(self, document: Document, tasks: list[dict]) -> bool:
        """Whether anything of a report is to be sent."""
        others = [task["id"] for task in tasks if task["data"].get(self.interface.key) != document.text]
        if problem := unfit(document):
            self.leave(f"{document.id}: {problem}")
        elif others:
            self.leave(f"{document.id}: task {others[0]} has this doc_id and another text; {_RENAME}")
        elif tasks and not self._lacking(tasks):
            self._score(document.id, tasks)
            self.pushed.there += 1
        else:
            return True
        return False

    def leave(self, why: str | InputError) -> None:
        """Count and name a report that is not pushed."""
        self.note(f"error: {why}")
        self.pushed.left += 1

    def _lacking(self, tasks: list[dict]) -> list[dict]:
        """The tasks without a prediction of this model."""
        return [task for task in tasks if not self._ours(task)]

    def _ours(self, task: dict) -> list[dict]:
        return [p for p in task["predictions"] if p["model_version"] == self.model.version]

    def _score(self, id: str, tasks: list[dict]) -> None:
        """Give this model's predictions of a report that is there the score that it has now."""
        if self.scores is None:
            return
        old = [p["id"] for task in tasks for p in self._ours(task) if p["score"] != self.scores[id]]
        for prediction in old:
            update = partial(self.server.client.predictions.update, prediction, score=self.scores[id])
            self.server.ask(f"scoring {id}", update)
        self.scored += bool(old)

    def _written(self, document: Document) -> dict:
        task = predictions.predicted(document, self.model.tagger)
        score = predictions.score(task) if self.scores is None else self.scores[document.id]
        return labelstudio.write_prediction(task, self.model.version, self.interface, score)

    def _send(self, written: dict[str, dict], found: Found) -> Found:
        """What is there once all is sent; nothing is sent again before looking what came of it."""
        for left in reversed(range(TRIES)):
            try:
                self._request(*self._missing(written, found))
            except InputError as error:
                if not left:
                    raise
                self.note(f"{error}; looking what came of it")
                found = self._find(written)
                if not any(self._missing(written, found)):
                    return found
            else:
                break
        for pause in PAUSES:
            found = self._find(written)
            if not any(self._missing(written, found)):
                return found
            time.sleep(pause)
        raise InputError(f"{self.server.url}: took {len(written)} reports, but does not show all of them")

    def _missing(self, written: dict[str, dict], found: Found) -> tuple[list[dict], list[dict]]:
        """The tasks that are not there, and the predictions that those which are there lack."""
        new = [task for id, task in written.items() if id not in found]
        lacking = [(task["id"], id) for id in written for task in self._lacking(found.get(id, []))]
        return new, [{"task": task} | written[id]["predictions"][0] for task, id in lacking]

    def _request(self, tasks: list[dict], lacking: list[dict]) -> None:
        projects, id = self.server.client.projects, self.project.id
        if tasks:
            what = f"making {len(tasks)} tasks"
            self.server.ask(what, lambda: projects.import_tasks(id, request=tasks), again=False)
        if lacking:
            what = f"adding {len(lacking)} predictions"
            self.server.ask(what, lambda: projects.import_predictions(id, request=lacking), again=False)
        self.sent = True

    def _problems(self, sent: dict, tasks: list[dict], old: bool) -> Iterator[str]:
        """What is stored otherwise than it was sent."""
        if not old and len(tasks) > 1:
            numbers = ", ".join(str(task["id"]) for task in tasks)
            yield f"is in the project {len(tasks)} times (tasks {numbers}); delete all but one"
        for task in tasks:
            for key, value in sent["data"].items() if not old else ():
                if task["data"].get(key) != value:
                    yield f"task {task['id']}: not stored as it was sent: {key}; delete the task"
            for prediction in self._ours(task):
                if wrong := _otherwise(sent, prediction["result"], task["data"][self.interface.key]):
                    yield f"task {task['id']}: not stored as it was sent: {wrong}; delete the prediction"


def unfit(document: Document) -> str | None:
    """Why a report makes no task to be annotated; None where it does."""
    if "\0" in document.text + document.id:
        return "holds a NUL character, which not every Label Studio can store; take it out"
    if not document.text.strip():
        return "has no words; nothing to annotate"
    if not document.id.strip():
        return "its id is white space; give it a name of its own"
    return labelstudio.no_report(document.text)


def _otherwise(sent: dict, stored: list[dict], text: str) -> str | None:
    """The first stored result that is not the one sent, or not over its words; None where all are."""
    results = sent["predictions"][0]["result"]
    if len(stored) != len(results):
        return f"{len(results)} results, {len(stored)} are there"
    for result, there in zip(results, stored, strict=True):
        place = there.get("value", {})
        quote = place.get("text")  # a list in a TextArea, whose words are the value
        moved = isinstance(quote, str) and text[place["start"] : place["end"]] != quote
        if moved or any(there.get(key) != value for key, value in result.items() if key != "score"):
            return f"{result['type']} of {result.get('id') or result['from_id']!r}"
    return None
