"""Tasks as a server has them → sound ones, in our own words; what is wrong with the others is told."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations

from annotations import agreement, labelstudio
from annotations.check import check
from annotations.columns import aligned
from annotations.interface import Interface
from annotations.tasks import Finding, Task

_HALF = "holds half a character (a lone surrogate), which no file can; type it again on the server"


class Audit:
    """Reads one task after the other, each as the chosen annotation has it.

    `say` is given every finding. `counts` has what became of them; `doubles` the reports that several
    annotated, as (one user, another, their two versions).
    """

    def __init__(self, interface: Interface, preferred: str | None, say: Callable[[Finding], None]):
        self.interface, self.preferred, self.say = interface, preferred, say
        self.counts: Counter[str] = Counter()
        self.doubles: list[tuple[str, str, Task, Task]] = []
        self._homes: dict[str, int] = {}  # doc_id → the task that has it

    def read(self, raw: dict) -> str | None:
        """The task as JSON, with the ids of the server; None where it is broken or all of it was skipped."""
        made = labelstudio.finished(raw)
        if not made:
            self.counts["skipped"] += 1
            return None
        self.counts["skipped annotations"] += len(raw["annotations"]) - len(made)
        self.counts["preferred"] += any(self.preferred in labelstudio.names(each) for each in made)
        raw, findings = self._named(raw)
        task, found = labelstudio.read_task(raw, preferred=self.preferred, interface=self.interface)
        findings += found
        line = ""
        if task:
            findings += check(task, complete=False)
            place = {key: raw[key] for key in ("id", "project") if key in raw}
            line = json.dumps(place | labelstudio.write_task(task), ensure_ascii=False)
        if not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line):
            findings.append(Finding(task.id, "error", _HALF))
        for finding in findings:
            self.say(finding)
        self._compare(raw, made)
        severities = {finding.severity for finding in findings}
        self.counts["repaired"] += "repair" in severities
        self.counts["broken" if "error" in severities else "written"] += 1
        return None if "error" in severities else line

    def _named(self, raw: dict) -> tuple[dict, list[Finding]]:
        """The task with its text and its name where we look for them.

        A task without a doc_id is named `task-` and its id on the server, which never changes; of a whole
        number the digits are taken.
        """
        data, key = raw["data"], self.interface.key
        name = data.get("doc_id")
        if name is None or isinstance(name, str) and not name.strip():
            self.counts["unnamed"] += 1
            name = f"task-{raw['id']}"
        elif isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        findings = []
        if "text" in data and data["text"] != data.get(key):
            problem = f"data has another text beside {key}, which is what is annotated; rename it"
            findings.append(Finding(str(name), "error", problem))
        if isinstance(name, str) and self._homes.setdefault(name, raw["id"]) != raw["id"]:
            problem = f"task {raw['id']} has the doc_id of task {self._homes[name]}; delete one, or rename it"
            findings.append(Finding(name, "error", problem))
        return raw | {"data": data | {"text": data.get(key), "doc_id": name}}, findings

    def _compare(self, raw: dict, made: list[dict]) -> None:
        """Remember a report that several annotated; a broken version is told and not compared."""
        people = sorted({labelstudio.annotator(each) for each in made})
        versions = {}
        for person in people if len(people) > 1 else ():
            task, findings = labelstudio.read_task(raw, person, interface=self.interface)
            findings += check(task, complete=False) if task else ()
            errors = [finding for finding in findings if finding.severity == "error"]
            if task and not errors:
                versions[person] = task
            else:
                why = f"user {person}'s annotation is not compared: {errors[0].message}"
                self.say(Finding(str(raw["data"]["doc_id"]), "note", why))
        for (a, one), (b, other) in combinations(versions.items(), 2):
            self.doubles.append((a, b, one, other))


def agreements(doubles: list[tuple[str, str, Task, Task]]) -> Iterator[str]:
    """How far annotators agree: each two of them in a row, then all together in tables; A is named first."""
    by_pair: dict[tuple[str, str], list[tuple[Task, Task]]] = {}
    for a, b, one, other in doubles:
        by_pair.setdefault((a, b), []).append((one, other))
    rows = [("A and B", "reports", "spans F1", "slots F1")]
    for (a, b), both in by_pair.items():
        scores = agreement.agree(both)
        shares = agreement.percent(scores.span_micro.f1), agreement.percent(scores.micro.f1)
        rows.append((f"users {a} and {b}", len(both), *shares))
    together = [pair for both in by_pair.values() for pair in both]
    yield aligned(rows)
    yield from agreement.tables(agreement.agree(together))
    yield agreement.fields(together)
