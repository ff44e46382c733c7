"""Label Studio's JSON, read and written: the one place that knows its shape.

Read from the files of server 1.23 (full JSON export, or the import format); what only other
versions and front ends do is told beside the code that meets it. What is wrong with a task comes back
as findings; a file that is no such JSON raises InputError.
"""

import json
import re
from itertools import groupby
from pathlib import Path

from annotations import offsets
from annotations.tasks import FIELDS, Finding, Region, Relation, Task
from infer.schema import InputError, Span

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


def read_task(raw: dict, annotator: str | None = None) -> tuple[Task | None, list[Finding]]:
    """The task as the chosen annotation has it, with findings; None where nobody annotated it.

    `annotator` is a user id or e-mail address; without one, the annotation marked as ground truth,
    else the latest. Skipped annotations never count, and a task without any other is not
    an empty one: None, so that it is never trained on as if nothing were in it.
    """
    name = str(raw["data"].get("doc_id") or f"task {raw.get('id', '?')}")
    problem = _unreadable(raw["data"])
    if problem:
        return None, [Finding(name, "error", problem)]
    annotation, findings = _choose(raw, name, annotator)
    if annotation is None:
        return None, findings
    results = [result for result in _listed(annotation.get("result")) if isinstance(result, dict)]
    regions = _Regions(name, raw["data"]["text"], findings).read(results)
    relations = _relations(results, {region.id for region in regions}, name, findings)
    return Task(dict(raw["data"]), tuple(regions), tuple(relations)), findings


def _unreadable(data: dict) -> str | None:
    if not isinstance(data.get("doc_id"), str) or not data["doc_id"].strip():
        return "data has no doc_id; give every task a name of its own, as text"
    if not isinstance(data.get("text"), str):
        return "data has no text; the labelling interface reads data.text"
    if any("\ud800" <= character <= "\udfff" for character in data["text"] + data["doc_id"]):
        return "data holds half a character (a lone surrogate); import the report's text again"
    if _ADDRESS.fullmatch(data["text"].strip()):
        return (
            f'data.text is the address {data["text"].strip()} (valueType="url"); put the report\'s text there'
        )
    return None


def _listed(value: object) -> list:
    return value if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    """What is said of a region: the strings of a list, or the one string."""
    found = [value] if isinstance(value, str) else _listed(value)
    return [words.strip() for words in found if isinstance(words, str) and words.strip()]


def _choose(raw: dict, name: str, annotator: str | None) -> tuple[dict | None, list[Finding]]:
    """The annotation to read: a named person's, else ground truth, else the latest."""
    made = [a for a in _listed(raw.get("annotations")) if isinstance(a, dict)]
    kept = [a for a in made if not a.get("was_cancelled")]
    findings = [Finding(name, "note", "skipped annotation left out")] * (len(made) - len(kept))
    if annotator is not None:
        kept = [a for a in kept if annotator in _names(a)]
    if not kept:
        whose = f" by {annotator}" if annotator else ""
        return None, [*findings, Finding(name, "note", f"not annotated{whose}, left out")]
    latest = sorted(kept, key=lambda a: (bool(a.get("ground_truth")), _age(a)))[-1]
    if len(kept) > 1:
        rule = "the ground truth" if latest.get("ground_truth") else "the latest"
        findings.append(
            Finding(name, "note", f"{len(kept)} annotations; took {rule}, {latest.get('id', '?')}")
        )
    return latest, findings


def _names(annotation: dict) -> set[str]:
    by = annotation.get("completed_by")
    return {str(by.get("id")), str(by.get("email"))} if isinstance(by, dict) else {str(by)}


def _age(annotation: dict) -> tuple:
    number = annotation.get("id")
    when = annotation.get("updated_at") or annotation.get("created_at") or ""
    return str(when), number if isinstance(number, int) else 0


class _Regions:
    """Gathers the results of one annotation that share a region id; the last word on offsets."""

    def __init__(self, task: str, text: str, findings: list[Finding]):
        self.task, self.text, self.findings = task, text, findings

    def say(self, severity: str, message: str, start=None, end=None):
        self.findings.append(Finding(self.task, severity, message, start, end))

    def read(self, results: list[dict]) -> list[Region]:
        labels, fields = {}, {}
        for result in results:
            self._sort(result, labels, fields)
        for region in fields.keys() - labels.keys():
            self.say("error", f"region {region} has fields but no label; label it or delete it")
        marks = [self._mark(result) for result in labels.values()]
        placed = offsets.locate(self.text, marks)
        regions = []
        for (region, result), mark, place in zip(labels.items(), marks, placed, strict=True):
            span = self._span(region, result["value"], mark, place)
            if span:
                regions.append(Region(region, span, **fields.get(region, {})))
        return regions

    def _sort(self, result: dict, labels: dict, fields: dict):
        """Put one result where it belongs: a region's label, one of its fields, or nowhere, and say so."""
        kind, region, control = result.get("type"), str(result.get("id")), result.get("from_name")
        value = result["value"] if isinstance(result.get("value"), dict) else {}
        if kind == "relation":
            return
        if kind == "hypertextlabels" or isinstance(value.get("start"), str):
            self.say(
                "error", f"region {region} was marked in HyperText, whose offsets are no text's; use Text"
            )
        elif kind == "labels" and value:
            if region in labels:
                self.say("error", f"region {region} is labelled twice; delete one")
            labels.setdefault(region, result)
        elif kind in ("choices", "textarea") and control in (*FIELDS, "value") and "start" in value:
            self._field(region, control, value, fields.setdefault(region, {}))
        else:
            self.say("note", f"result of another control left out: {control} ({kind})")

    def _field(self, region: str, name: str, value: dict, known: dict):
        said = _strings(value.get("choices", value.get("text")))
        if len(said) > 1:
            self.say("error", f"region {region} has several values for {name}: {', '.join(said)}; keep one")
        if said:
            known[name] = said[0]

    def _mark(self, result: dict) -> tuple[int, int, str | None]:
        value = result["value"]
        start, end, quote = value.get("start"), value.get("end"), value.get("text")
        whole = all(isinstance(x, int) and not isinstance(x, bool) for x in (start, end))
        return (start, end, quote if isinstance(quote, str) else None) if whole else (-1, -1, None)

    def _span(self, region: str, value: dict, mark: tuple, place: tuple) -> Span | None:
        start, end, unit, agrees = place
        labels = _strings(value.get("labels"))
        if not 0 <= start < end <= len(self.text):
            seen = f"{value.get('start')!r} to {value.get('end')!r}"
            self.say("error", f"region {region} stands at {seen}, outside the text (0 to {len(self.text)})")
            return None
        if len(labels) != 1:
            self.say("error", f"region {region} has {len(labels)} labels; a region has one", start, end)
        if not labels:
            return None
        if unit != offsets.CODE_POINTS:
            self.say("repair", f"region {region}: offsets {mark[0]} to {mark[1]} read as {unit}", start, end)
        if not agrees:
            self._differs(region, mark[2], start, end)
        return Span(*self._tidy(region, start, end), labels[0])

    def _differs(self, region: str, quote: str, start: int, end: int):
        """Offsets are trusted over the quote (it goes stale, #1931); nothing in common is an error."""
        there, quoted = offsets.collapse(self.text[start:end]), offsets.collapse(quote)
        severity = "repair" if there in quoted or quoted in there else "error"
        self.say(severity, f"region {region}: quote {quote!r}, but the text there is {there!r}", start, end)

    def _tidy(self, region: str, start: int, end: int) -> tuple[int, int]:
        tidied = offsets.snap(self.text, *offsets.trim(self.text, start, end))
        if tidied != (start, end):
            was, now = self.text[start:end], self.text[slice(*tidied)]
            self.say("repair", f"region {region}: {was!r} set to whole words, {now!r}", *tidied)
        return tidied


def _relations(results: list[dict], known: set[str], task: str, findings: list[Finding]) -> list[Relation]:
    relations = []
    for result in results:
        if result.get("type") != "relation":
            continue
        ends = [str(result.get("from_id")), str(result.get("to_id"))]
        arrow = " -> ".join(ends)
        if result.get("direction") == "left":
            ends.reverse()
        elif result.get("direction") == "bi":
            findings.append(Finding(task, "repair", f"relation {arrow} points both ways; read as {arrow}"))
        if missing := [end for end in ends if end not in known]:
            findings.append(Finding(task, "error", f"relation {arrow}: there is no region {missing[0]}"))
        elif not (kinds := _strings(result.get("labels"))):
            findings.append(Finding(task, "error", f"relation {arrow} has no name; choose one or delete it"))
        else:
            relations += [Relation(*ends, kind) for kind in kinds]
    return relations


def write_task(task: Task) -> dict:
    """The task with its annotation, as Label Studio imports it."""
    return {"data": task.data, "annotations": [{"result": _results(task), "ground_truth": False}]}


def write_prediction(task: Task, model_version: str) -> dict:
    """The task with its regions and relations as a prediction to be corrected.

    A region's score is its span's confidence; the task's is the lowest of them, which is what
    sorts the doubtful tasks first.
    """
    prediction = {"model_version": model_version, "result": _results(task)}
    scores = [r.span.confidence for r in task.regions if r.span.confidence is not None]
    if scores:
        prediction["score"] = min(scores)
    return {"data": task.data, "predictions": [prediction]}


def _results(task: Task) -> list[dict]:
    results = []
    for region in task.regions:
        results += _region_results(task, region)
    for (source, target), same in groupby(task.relations, key=lambda r: (r.source, r.target)):
        ends = {"from_id": source, "to_id": target, "type": "relation", "direction": "right"}
        results.append(ends | {"labels": [relation.kind for relation in same]})
    return results


def _region_results(task: Task, region: Region) -> list[dict]:
    """The region's label, then a result with the same id for each of its fields."""
    place = {"start": region.span.start, "end": region.span.end, "text": region.span.text(task.text)}

    def result(control: str, kind: str, value: dict) -> dict:
        names = {"id": region.id, "from_name": control, "to_name": "text", "type": kind}
        return names | {"value": place | value}

    label = result("label", "labels", {"labels": [region.span.label]})
    if region.span.confidence is not None:
        label["score"] = region.span.confidence
    chosen = {name: getattr(region, name) for name in FIELDS}
    fields = [result(name, "choices", {"choices": [choice]}) for name, choice in chosen.items() if choice]
    if region.value is not None:
        fields.append(result("value", "textarea", {"text": [region.value]}))
    return [label, *fields]
