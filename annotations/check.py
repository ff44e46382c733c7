"""What is broken or doubtful in an annotated task, as a list of findings.

Errors break a rule of guidelines.md and have to be mended; notes are worth a second look (it may be
the report itself that does not add up).
"""

from collections import Counter
from collections.abc import Iterator

from annotations import offsets
from annotations.documents import to_document
from annotations.tasks import FIELDS, RELATION_KINDS, SLOTS, Finding, Region, Relation, Task
from annotations.values import READERS, quantity
from infer import totals
from infer.schema import FIGURES, LABELS, InputError

_TAKES = {"outcome": ("CASUALTY",), "victims": ("CASUALTY",), "components": ("CASUALTY",), "event": FIGURES}


def check(task: Task, complete: bool = True) -> list[Finding]:
    """All findings of one task; `complete` asks for the fields that only training data may leave empty.

    Events are judged once their spans and relations are whole, totals once nothing is broken.
    """
    findings = [*_spans(task), *_fields(task, complete), *_relations(task)]
    if not findings:
        findings = [*_belonging(task), *_links(task), *_cycles(task, "part_of"), *_cycles(task, "includes")]
    if not findings:
        findings = [*_oddities(task), *_totals(task)]
    return findings


def _spans(task: Task) -> Iterator[Finding]:
    for id, times in Counter(region.id for region in task.regions).items():
        if times > 1:
            yield task.finding("error", f"{times} regions have the id {id}; an id is one region's")
    for i, region in enumerate(task.regions):
        if region.span.label not in LABELS:
            allowed = ", ".join(LABELS)
            yield task.finding("error", f"is labelled {region.span.label}; labels are {allowed}", region)
        if region.span.end > len(task.text):
            yield task.finding("error", f"ends past the text ({len(task.text)})", region)
        elif problem := offsets.edge(task.text, region.span.start, region.span.end):
            yield task.finding("error", problem, region)
        for other in task.regions[i + 1 :]:
            if region.span.overlaps(other.span):
                yield task.finding("error", f"overlaps {task.quote(other)}", region, other)


def _fields(task: Task, complete: bool) -> Iterator[Finding]:
    for region in task.regions:
        for message in (*_choices(region), *_missing(region, complete)):
            yield task.finding("error", message, region)
        if problem := _value(region):
            yield task.finding("error", problem, region)
    try:
        to_document(Task(task.data))
    except InputError as error:
        yield task.finding("error", str(error))


def _choices(region: Region) -> Iterator[str]:
    for name, allowed in FIELDS.items():
        choice, takers = getattr(region, name), _TAKES[name]
        if choice is not None and region.span.label not in takers:
            yield f"has {name}, which goes on {' or '.join(takers)}, not on {region.span.label}"
        elif choice is not None and choice not in allowed:
            yield f"has {name} {choice!r}; allowed: {', '.join(allowed)}"


def _missing(region: Region, complete: bool) -> Iterator[str]:
    if region.span.label == "CASUALTY":
        if region.outcome is None:
            yield "has no outcome; choose one"
        if complete and region.victims is None:
            yield "has no victims; choose one"
    if complete and region.value is None:
        yield "has no value; write what the words mean"


def _value(region: Region) -> str | None:
    if region.value is None or region.span.label not in READERS:
        return None
    try:
        meant = READERS[region.span.label](region.value)
    except ValueError as error:
        return str(error)
    return _code(meant) if region.span.label == "LOCATION" else None


def _code(place) -> str | None:
    import pycountry  # needed nowhere else, and slow to load

    if place.country and not pycountry.countries.get(alpha_2=place.country):
        return f"value {place.country!r} is no ISO 3166-1 code"
    if place.admin1 and not pycountry.subdivisions.get(code=place.admin1):
        return f"value {place.admin1!r} is no ISO 3166-2 code"
    return None


def _relations(task: Task) -> Iterator[Finding]:
    for (source, target), times in Counter((r.source, r.target) for r in task.relations).items():
        if times > 1:
            yield task.finding(
                "error", f"{times} relations from {source} to {target}; Label Studio keeps one"
            )
    for relation in task.relations:
        if missing := sorted({relation.source, relation.target} - task.by_id.keys()):
            yield task.finding("error", f"{_arrow(relation)}: there is no region {', '.join(missing)}")
            continue
        source, target = task.by_id[relation.source], task.by_id[relation.target]
        if problem := _impossible(relation.kind, source, target):
            yield task.finding("error", f"({_arrow(relation)}): {problem}", source, target)


def _arrow(relation: Relation) -> str:
    return f"{relation.source} {relation.kind} {relation.target}"


def _impossible(kind: str, source: Region, target: Region) -> str | None:
    """Why no such relation can go from `source` to `target`; None where it can."""
    from_label, to_label = source.span.label, target.span.label
    if kind not in RELATION_KINDS:
        return f"unknown relation; relations are {', '.join(RELATION_KINDS)}"
    if source == target:
        return "a region has no relation to itself"
    if kind in (*SLOTS, "part_of") and source.event is None:
        return f"{source.id} is no anchor; mark it incident or aggregate, or start from the anchor"
    if kind in SLOTS and to_label != SLOTS[kind]:
        return f"{kind} takes a {SLOTS[kind]}, not a {to_label}"
    if kind == "part_of" and target.event is None:
        return f"{target.id} is no anchor; part_of goes from anchor to anchor"
    if kind == "includes" and (from_label, to_label) != ("CASUALTY", "CASUALTY"):
        return f"includes goes from CASUALTY to CASUALTY, not from {from_label} to {to_label}"
    if kind == "alternative_to" and (from_label != to_label or from_label not in FIGURES):
        return "alternative_to goes between two CASUALTY or two ATTACK_COUNT"
    if kind == "repeats" and from_label != to_label:
        return f"repeats goes between mentions of one label, not from {from_label} to {to_label}"
    return None


def _belonging(task: Task) -> Iterator[Finding]:
    """Every figure has exactly one place: anchor, slot, component, alternative or repetition."""
    for region in task.regions:
        if region.span.label not in FIGURES:
            continue
        places = _places(task, region)
        if not places:
            how = "make it an anchor"
            if region.span.label == "CASUALTY":
                how += ", link it from one (casualty) or from its total (includes)"
            yield task.finding("error", f"belongs to no event; {how}, or let it repeat another", region)
        elif len(places) > 1:
            yield task.finding(
                "error", f"has {len(places)} places ({', '.join(places)}); it takes one", region
            )


def _places(task: Task, region: Region) -> list[str]:
    places = ["anchor"] if region.event else []
    for kind, role in (("casualty", "casualty of"), ("includes", "component of")):
        places += [f"{role} {other.id}" for other in task.linking(region.id, kind)]
    for kind in ("alternative_to", "repeats"):
        places += [f"{kind} {other.id}" for other in task.linked(region.id, kind)]
    return places


def _links(task: Task) -> Iterator[Finding]:
    for region in task.regions:
        for kind in ("period", "part_of"):
            if len(linked := task.linked(region.id, kind)) > 1:
                ids = ", ".join(other.id for other in linked)
                yield task.finding("error", f"has {len(linked)} of {kind} ({ids}); it takes one", region)
        parts = task.linked(region.id, "includes")
        if parts and not region.components:
            yield task.finding("error", "includes others; choose components: partition or subset", region)
        if region.components and not parts:
            yield task.finding("error", f"is a {region.components} of nothing; link its components", region)
        for kind in ("alternative_to", "repeats"):
            for target in task.linked(region.id, kind):
                if task.linked(target.id, kind):
                    yield task.finding(
                        "error", f"{kind} {target.id}, which does so itself; point to the first", region
                    )


def _cycles(task: Task, kind: str) -> Iterator[Finding]:
    for region in task.regions:
        seen, ahead = set(), {region.id}
        while ahead:
            ahead = {other.id for id in ahead for other in task.linked(id, kind)} - seen
            seen |= ahead
        if region.id in seen:
            yield task.finding("error", f"{kind} itself, by way of others", region)


def _oddities(task: Task) -> Iterator[Finding]:
    for region in task.regions:
        if region.span.label == "ATTACK_COUNT" and region.event and region.value:
            one = quantity(region.value).value == 1
            if one != (region.event == "incident"):
                yield task.finding("note", f"is {region.value}, marked {region.event}", region)
        for part in task.linked(region.id, "includes"):
            if region.outcome not in (part.outcome, "unspecified"):
                odd = f"is {region.outcome}, its component {task.quote(part)} {part.outcome}"
                yield task.finding("note", odd, region, part)


def _totals(task: Task) -> Iterator[Finding]:
    """Totals that do not add up; where one is missing, it may be a singular that nobody labelled."""
    document = to_document(task)
    anchors = {event.id: event.anchor for event in document.events}
    for found in totals.checks(document):
        if found.status == "differs":
            span = found.span or anchors[found.event]
            total = next(region for region in task.regions if region.span == span)
            short = found.span and found.stated - found.sum_of_parts == 1
            hint = '; one short: is a singular ("a child") not labelled?' if short else ""
            what = "attacks" if found.outcome is None else found.outcome
            message = f"total of {found.stated} {what}, parts of {found.sum_of_parts}{hint}"
            yield task.finding("note", message, total)
