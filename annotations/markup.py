"""The plain-text form that annotated reports are written in, and tasks of it (see guidelines.md).

    === doc-id
    report_date: 2024-01-31
    --- text
    {A1 The gunmen} shot {C1 two guards}.
    --- events
    C1 incident: actor A1
    --- spans
    A1 none
    C1 killed security_forces 2
    --- links

A mistake is an error finding that names its line; the task of a report with errors is None. What
a well-formed report says wrongly is for `annotations.check`.
"""

import re
from itertools import pairwise
from pathlib import Path

from annotations.tasks import SLOTS, Finding, Region, Relation, Task, short_ids
from annotations.values import READERS
from infer.schema import COMPONENTS, FIGURES, KINDS, OUTCOMES, VICTIMS, InputError, Span

LETTERS = {"A": "ACTOR", "N": "ATTACK_COUNT", "C": "CASUALTY", "L": "LOCATION", "P": "PERIOD"}
HEADER = ("report_date", "source_style", "conflict", "language")
SECTIONS = ("text", "events", "spans", "links")
_UNWRITABLE = re.compile(r"[{}]|^---|^===|\r\Z", re.MULTILINE)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ID = re.compile(r"[ANCLP][1-9]\d*", re.ASCII)
_BRACE = re.compile(r"\{(?P<id>[ANCLP][1-9]\d*) (?P<words>[^{}]+)\}|[{}]", re.ASCII)
_Line = tuple[int, str]


class _Mistake(ValueError):
    """What is wrong with a line, and what to write instead."""


def read_file(path: str | Path) -> list[tuple[Task | None, list[Finding]]]:
    """Every report of a file as a task with its findings; raises InputError where it is no such file."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reports = parse(file.read())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a file of marked-up reports") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    if not reports:
        raise InputError(f"{path}: holds no report; a report begins with a line === doc-id")
    return reports


def parse(text: str) -> list[tuple[Task | None, list[Finding]]]:
    """As `read_file`, for the text of one."""
    lines = list(enumerate(_LINE.findall(text), 1))
    starts = [i for i, (_, line) in enumerate(lines) if line.startswith("===")]
    reports = [_Report(lines[a:b]).read() for a, b in pairwise([*starts, len(lines)])]
    for number, line in lines[: starts[0]] if starts else ():
        if line.strip():
            stray = f"line {number}: {line.strip()!r} stands before the first === doc-id"
            return [(None, [Finding("?", "error", stray)]), *reports]
    return reports


class _Report:
    """One report while it is read: what its sections said so far, and what was wrong with them."""

    def __init__(self, lines: list[_Line]):
        number, title = lines[0]
        self.name = title.strip("= \r\n\t")
        self.findings: list[Finding] = []
        self.spans: dict[str, Span] = {}
        self.anchors: dict[str, str] = {}
        self.fields: dict[str, dict] = {}
        self.relations: list[Relation] = []
        if not self.name:
            self.error(number, "the report has no doc_id; write === doc-id")
        self.header, self.sections = self.split(lines[1:])
        self.data = {"text": "", "doc_id": self.name, "report_date": None}

    def error(self, number: int, message: str):
        self.findings.append(Finding(self.name or "?", "error", f"line {number}: {message}"))

    def split(self, lines: list[_Line]) -> tuple[list[_Line], dict[str, list[_Line]]]:
        """Header lines, and the lines of each section."""
        header, sections = [], {}
        current = header
        for number, line in lines:
            if not line.startswith("---"):
                current.append((number, line))
                continue
            name = line.strip("- \r\n\t")
            if name not in SECTIONS or name in sections:
                allowed = ", --- ".join(SECTIONS)
                self.error(number, f"section {line.strip()!r}; sections are, once each, --- {allowed}")
            current = sections.setdefault(name, [])
        return header, sections

    def read(self) -> tuple[Task | None, list[Finding]]:
        self.each(self.header, self.read_header)
        if unsaid := [key for key in HEADER if key not in self.data]:
            self.findings.append(Finding(self.name, "error", f"the header lacks {', '.join(unsaid)}"))
        self.read_text(self.sections.get("text", []))
        self.each(self.sections.get("events", []), self.read_event)
        self.each(self.sections.get("spans", []), self.read_attributes)
        self.each(self.sections.get("links", []), self.read_link)
        self.findings += [self.bare(id) for id in self.spans if id not in self.fields]
        if self.findings:
            return None, self.findings
        data = self.data | {"fictional": True}
        regions = [
            Region(id, at, event=self.anchors.get(id), **self.fields[id]) for id, at in self.spans.items()
        ]
        return Task(data, tuple(regions), tuple(self.relations)), []

    def each(self, lines: list[_Line], reader):
        for number, line in lines:
            if line.strip():
                try:
                    reader(line.strip())
                except _Mistake as mistake:
                    self.error(number, str(mistake))

    def bare(self, id: str) -> Finding:
        span = self.spans[id]
        message = f"{id} {span.text(self.data['text'])!r} has no line under --- spans; {_form(id)}"
        return Finding(self.name, "error", message, span.start, span.end)

    def read_header(self, line: str):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in HEADER:
            raise _Mistake(f"{line!r} in the header; the header has {', '.join(HEADER)}, each as key: value")
        self.data[key] = None if value in ("", "null", "none") else value

    def read_text(self, lines: list[_Line]):
        """Take the braces out of the text and keep where they stood; the last newline is the section's."""
        if not lines:
            self.findings.append(Finding(self.name, "error", "no --- text section, or nothing in it"))
            return
        marked = "".join(line for _, line in lines)
        marked = re.sub(r"\r?\n\Z", "", marked)
        plain, length, last = [], 0, 0
        for match in _BRACE.finditer(marked):
            number = lines[0][0] + marked.count("\n", 0, match.start())
            plain.append(marked[last : match.start()])
            length, last = length + match.start() - last, match.end()
            words = self.brace(number, match, length)
            plain.append(words)
            length += len(words)
        self.data["text"] = "".join([*plain, marked[last:]])

    def brace(self, number: int, match: re.Match, start: int) -> str:
        """The words of one {ID words}, whose span is noted; anything else in braces is a mistake."""
        id, words = match["id"], match["words"]
        if not id:
            near = match.string[match.start() : match.start() + 30]
            self.error(
                number,
                f"brace at {near!r}; a span is {{ID words}}, not nested, its ID like A1, N1, C1, L1, P1",
            )
            return match.group()
        if id in self.spans:
            self.error(number, f"{id} is used twice in the text; give each span its own number")
        self.spans.setdefault(id, Span(start, start + len(words), LETTERS[id[0]]))
        return words

    def known(self, id: str) -> str:
        if id not in self.spans:
            raise _Mistake(f"{id!r} is no span of the text; known: {', '.join(self.spans) or 'none'}")
        return id

    def ids(self, words: str, of: str) -> list[str]:
        found = [self.known(id) for id in words.replace(",", " ").split()]
        if not found:
            raise _Mistake(f"{of} names no span; write the ids after it")
        return found

    def read_event(self, line: str):
        head, _, slots = line.partition(":")
        words = head.split()
        if len(words) != 2 or words[1] not in KINDS:
            raise _Mistake(f"{head!r}; an event is ANCHOR incident|aggregate: slot ids; slot ids")
        anchor = self.known(words[0])
        if anchor in self.anchors:
            raise _Mistake(f"{anchor} is the anchor of two events; give the second its own anchor")
        self.anchors[anchor] = words[1]
        for slot in filter(None, (slot.strip() for slot in slots.split(";"))):
            kind, _, ids = slot.partition(" ")
            if kind not in (*SLOTS, "part_of"):
                raise _Mistake(f"slot {kind!r}; slots are {', '.join(SLOTS)}, part_of")
            self.relations += [Relation(anchor, id, kind) for id in self.ids(ids, kind)]

    def read_attributes(self, line: str):
        words = line.split()
        count = next((i for i, word in enumerate(words) if not _ID.fullmatch(word)), len(words))
        ids = [self.known(id) for id in words[:count]]
        if not ids or len({id[0] for id in ids}) > 1:
            raise _Mistake(f"{line!r}; a line is the ids of spans of one label, then their attributes")
        fields = self.attributes(ids, words[count:])
        for id in ids:
            if id in self.fields:
                raise _Mistake(f"{id} has two lines under --- spans; keep one")
            self.fields[id] = fields

    def attributes(self, ids: list[str], words: list[str]) -> dict:
        if not words:
            raise _Mistake(f"{ids[0]} has no attributes; {_form(ids[0])}")
        if ids[0][0] == "C":
            return self.casualty(ids, words)
        return {"value": _value(ids[0], " ".join(words))}

    def casualty(self, ids: list[str], words: list[str]) -> dict:
        if len(words) < 3 or words[0] not in OUTCOMES or words[1] not in VICTIMS:
            raise _Mistake(f"{' '.join(words)!r}; {_form(ids[0])}")
        fields = {"outcome": words[0], "victims": words[1], "value": _value(ids[0], words[2])}
        if len(words) == 3:
            return fields
        if words[3] not in COMPONENTS or len(ids) > 1:
            raise _Mistake(f"{' '.join(words[3:])!r} after the value; only one total, then {_form(ids[0])}")
        parts = self.ids(" ".join(words[4:]), words[3])
        self.relations += [Relation(ids[0], part, "includes") for part in parts]
        return fields | {"components": words[3]}

    def read_link(self, line: str):
        words = line.split()
        if len(words) != 3 or words[1] not in ("repeats", "alternative_to"):
            raise _Mistake(f"{line!r}; a link is ID repeats ID, or ID alternative_to ID")
        self.relations.append(Relation(self.known(words[0]), self.known(words[2]), words[1]))


def _value(id: str, value: str) -> str:
    """The value as written, once its reader took it."""
    try:
        READERS[LETTERS[id[0]]](value)
    except ValueError as error:
        raise _Mistake(f"{id}: {error}") from None
    return value


def _form(id: str) -> str:
    """What a line of this id's label looks like."""
    forms = {
        "N": f"{id} VALUE (12, 15..20, ~155, >51, <30, vague)",
        "C": f"{id} {'|'.join(OUTCOMES)} {'|'.join(VICTIMS)} VALUE [partition|subset IDS]",
        "P": f"{id} 2024-01-01/2024-01-31 (a side may be empty), or none",
        "L": f"{id} an ISO 3166-2 or 3166-1 code, or none",
        "A": f"{id} canonical name, or none",
    }
    return "write " + forms[id[0]]


def write(task: Task) -> str:
    """The report in this form; `parse` reads the same task from it, its regions numbered anew.

    What the form cannot say is said as its readers take it: a count left empty is vague, an outcome
    unspecified. Raises InputError where the text itself has a brace, a line that opens a section, or a
    carriage return at its end.
    """
    if clash := _UNWRITABLE.search(task.text):
        raise InputError(
            f"{task.id}: the text has {clash.group()!r} at character {clash.start()}, "
            "which the plain-text form keeps for itself; read this report in Label Studio"
        )
    ids = short_ids(region.span for region in task.regions)
    names = {region.id: id for region, id in zip(task.regions, ids, strict=True)}
    header = [f"{key}: {task.data.get(key) or 'none'}" for key in HEADER]
    sections = {
        "text": [_marked(task, names)],
        "events": [_event_line(task, region, names) for region in task.regions if region.event],
        "spans": [_span_line(task, region, names) for region in task.regions],
        "links": [
            f"{names[r.source]} {r.kind} {names[r.target]}"
            for r in task.relations
            if r.kind in ("repeats", "alternative_to")
        ],
    }
    lines = [f"=== {task.id}", *header]
    for name, content in sections.items():
        lines += [f"--- {name}", *content]
    return "\n".join(lines) + "\n"


def _marked(task: Task, names: dict[str, str]) -> str:
    pieces, last = [], 0
    for region in task.regions:
        span = region.span
        pieces += [task.text[last : span.start], f"{{{names[region.id]} {span.text(task.text)}}}"]
        last = span.end
    return "".join([*pieces, task.text[last:]])


def _event_line(task: Task, anchor: Region, names: dict[str, str]) -> str:
    linked = {kind: task.linked(anchor.id, kind) for kind in ("part_of", *SLOTS)}
    slots = [" ".join([kind, *(names[r.id] for r in found)]) for kind, found in linked.items() if found]
    return f"{names[anchor.id]} {anchor.event}: {'; '.join(slots)}".rstrip(": ")


def _span_line(task: Task, region: Region, names: dict[str, str]) -> str:
    value = region.value or ("vague" if region.span.label in FIGURES else "none")
    if region.span.label != "CASUALTY":
        return f"{names[region.id]} {value}"
    words = [names[region.id], region.outcome or "unspecified", region.victims or "unspecified", value]
    if region.components:
        words += [region.components, *(names[part.id] for part in task.linked(region.id, "includes"))]
    return " ".join(words)
