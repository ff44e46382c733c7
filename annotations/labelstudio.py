"""Label Studio's JSON, read and written: the one place that knows its shape.

Read from the files of server 1.23 (full JSON export, or the import format); what only other
versions and front ends do is told beside the code that meets it. What is wrong with a task comes back
as findings; a file that is no such JSON raises InputError.
"""

import json
import re
from itertools import groupby
from pathlib import Path

from annotations.interface import OURS, Interface
from annotations.results import Reader
from annotations.tasks import FIELDS, Finding, Region, Task
from infer.schema import InputError

_ADDRESS = re.compile(r"(?:https?|s3|gs|azure-blob)://\S+|/data/\S+")
_TAKE_JSON = "export the project as JSON (not JSON-MIN, CSV, TSV or CoNLL: they lose relations)"


def read_file(path: str | Path) -> list[dict]:
    """The tasks of a Label Studio JSON file, raw; raises InputError for any other format."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; name a Label Studio JSON export") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; {_TAKE_JSON}") from None
    try:
        tasks = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: {_other_format(text)} ({error}); {_TAKE_JSON}") from None
    tasks = tasks if isinstance(tasks, list) else [tasks]
    for number, task in enumerate(tasks, 1):
        if not isinstance(task, dict):
            raise InputError(f"{path}: task {number} is {type(task).__name__}, not an object; {_TAKE_JSON}")
        if "annotation_id" in task or "annotator" in task:
            raise InputError(f"{path}: task {number} is JSON-MIN; {_TAKE_JSON}")
        if not isinstance(task.get("data"), dict):
            raise InputError(f'{path}: task {number} has no "data" object; {_TAKE_JSON}')
    return tasks


def _other_format(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0]
    if first.startswith("-DOCSTART-") or re.match(r"\S+ -X- _ \S+", first):
        return "looks like CoNLL, not JSON"
    if "\t" in first or first.count(",") >= 2:
        return "looks like CSV or TSV, not JSON"
    return "is not JSON"


def read_task(
    raw: dict, annotator: str | None = None, preferred: str | None = None, interface: Interface = OURS
) -> tuple[Task | None, list[Finding]]:
    """The task as the chosen annotation has it, with findings; None where nobody annotated it.

    `annotator` is a user id or e-mail address, whose annotations alone are looked at. Of several the one
    marked as ground truth is taken, else that of the `preferred` user, else the latest. Skipped annotations
    never count, and a task without any other is not an empty one: None, so that it is never trained on as
    if nothing were in it. `interface` names the controls that the results come from.
    """
    name = str(raw["data"].get("doc_id") or f"task {raw.get('id', '?')}")
    problem = _unreadable(raw["data"], interface)
    if problem:
        return None, [Finding(name, "error", problem)]
    annotation, findings = _choose(raw, name, annotator, preferred)
    if annotation is None:
        return None, findings
    results = [result for result in _listed(annotation.get("result")) if isinstance(result, dict)]
    reader = Reader(name, raw["data"]["text"], interface, findings)
    return Task(dict(raw["data"]), *reader.read(results)), findings


def _unreadable(data: dict, interface: Interface) -> str | None:
    if not isinstance(data.get("doc_id"), str) or not data["doc_id"].strip():
        return "data has no doc_id; give every task a name of its own, as text"
    return no_report(data.get("text"), interface) or _halved(data["doc_id"])


def no_report(text: object, interface: Interface = OURS) -> str | None:
    """Why what a task has for a text is no report; None where it is one."""
    if not isinstance(text, str):
        return f"data has no text; the labelling interface reads data.{interface.key}"
    if _ADDRESS.fullmatch(text.strip()):
        return f'data.text is the address {text.strip()} (valueType="url"); put the report\'s text there'
    return _halved(text)


def _halved(words: str) -> str | None:
    if any("\ud800" <= character <= "\udfff" for character in words):
        return "data holds half a character (a lone surrogate); import the report's text again"
    return None


def _listed(value: object) -> list:
    return value if isinstance(value, list) else []


def finished(raw: dict) -> list[dict]:
    """The annotations of a task that were not skipped."""
    return [a for a in _listed(raw.get("annotations")) if isinstance(a, dict) and not a.get("was_cancelled")]


def _choose(
    raw: dict, name: str, annotator: str | None, preferred: str | None
) -> tuple[dict | None, list[Finding]]:
    """The annotation to read, of `annotator` only where one is named: ground truth, else the preferred
    user's, else the latest."""
    kept = finished(raw)
    skipped = sum(isinstance(a, dict) for a in _listed(raw.get("annotations"))) - len(kept)
    findings = [Finding(name, "note", "skipped annotation left out")] * skipped
    if annotator is not None:
        kept = [a for a in kept if annotator in names(a)]
    if not kept:
        whose = f" by {annotator}" if annotator else ""
        return None, [*findings, Finding(name, "note", f"not annotated{whose}, left out")]
    taken = sorted(kept, key=lambda a: (bool(a.get("ground_truth")), preferred in names(a), _age(a)))[-1]
    if len(kept) > 1:
        wanted = f"{preferred}'s" if preferred in names(taken) else "the latest"
        rule = "the ground truth" if taken.get("ground_truth") else wanted
        findings.append(
            Finding(name, "note", f"{len(kept)} annotations; took {rule}, {taken.get('id', '?')}")
        )
    return taken, findings


def annotator(annotation: dict) -> str:
    """The id of the user who made it."""
    by = annotation.get("completed_by")
    return str(by.get("id") if isinstance(by, dict) else by)


def names(annotation: dict) -> set[str]:
    """What its annotator may be called by: the user's id, and the e-mail address where it is told."""
    by = annotation.get("completed_by")
    return {annotator(annotation)} | ({str(by.get("email"))} if isinstance(by, dict) else set())


def _age(annotation: dict) -> tuple:
    number = annotation.get("id")
    when = annotation.get("updated_at") or annotation.get("created_at") or ""
    return str(when), number if isinstance(number, int) else 0


def write_task(task: Task) -> dict:
    """The task with its annotation, as Label Studio imports it."""
    return {"data": task.data, "annotations": [{"result": _results(task), "ground_truth": False}]}


def write_prediction(
    task: Task, model_version: str, interface: Interface = OURS, score: float | None = None
) -> dict:
    """The task with its regions and relations as a prediction to be corrected in a project of `interface`.

    A region's score is its span's confidence; the task's, unless given, is the lowest of them, which
    is what sorts the doubtful tasks first. What the interface lacks is left out.
    """
    prediction = {"model_version": model_version, "result": _results(task, interface)}
    scores = [r.span.confidence for r in task.regions if r.span.confidence is not None]
    if scores or score is not None:
        prediction["score"] = min(scores) if score is None else score
    return {"data": task.data | {interface.key: task.text}, "predictions": [prediction]}


def _results(task: Task, interface: Interface = OURS) -> list[dict]:
    results = []
    for region in task.regions:
        results += _region_results(task, region, interface)
    relations = [relation for relation in task.relations if interface.offers("relation", relation.kind)]
    for (source, target), same in groupby(relations, key=lambda r: (r.source, r.target)):
        ends = {"from_id": source, "to_id": target, "type": "relation", "direction": "right"}
        results.append(ends | {"labels": [relation.kind for relation in same]})
    return results


def _region_results(task: Task, region: Region, interface: Interface) -> list[dict]:
    """The region's label, then a result with the same id for each of its fields."""
    place = {"start": region.span.start, "end": region.span.end, "text": region.span.text(task.text)}

    def result(control: str, kind: str, value: dict) -> dict:
        names = {"id": region.id, "from_name": control, "to_name": interface.text, "type": kind}
        return names | {"value": place | value}

    label = result(interface.label, "labels", {"labels": [region.span.label]})
    if region.span.confidence is not None:
        label["score"] = region.span.confidence
    results = [label]
    for name in FIELDS:
        choice = getattr(region, name)
        if choice and interface.offers(name, choice):
            results.append(result(interface.fields[name], "choices", {"choices": [choice]}))
    if region.value is not None and interface.offers("value", region.value):
        results.append(result(interface.fields["value"], "textarea", {"text": [region.value]}))
    return results
