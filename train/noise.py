"""An annotation as it would stand on the spans that a tagger found: some missed, some moved, some false.

The linker works on what the tagger gives it. Trained on perfect spans alone it would trust every one;
so it also sees every report with the spans of a tagger that has not learnt the report by heart.
"""

from collections.abc import Sequence
from dataclasses import replace

from annotations.tasks import Region, Relation, Task
from infer.schema import Span

BELONGS = ("casualty", "includes")


def on_spans(task: Task, found: Sequence[Span]) -> Task:
    """The task with the regions `found`: what a region said and how it was linked moves to the span that
    overlaps it most; where none does, a repetition or the event's first casualty takes its part. Figures
    that no region explains have no relation at all.
    """
    moved = _moved(task, found)
    for relation in task.relations:
        if relation.kind == "repeats" and relation.target not in moved and relation.source in moved:
            moved[relation.target] = moved.pop(relation.source)
    anchors = _anchors(task, moved)
    relations = [r for r in _relations(task, moved, anchors) if r.source != r.target]
    said = {}
    for old, span in moved.items():
        region = task.by_id[old]
        said[span] = replace(region, id=_name(span), span=span, event=None)
    for old, new in anchors.items():
        said[moved[new]] = replace(said[moved[new]], event=task.by_id[old].event)
    regions = [said.get(span) or Region(_name(span), span) for span in found]
    named = [Relation(_name(moved[r.source]), _name(moved[r.target]), r.kind) for r in relations]
    return Task(task.data, tuple(regions), tuple(_one_head(named, said)))


def _name(span: Span) -> str:
    return f"{span.label} {span.start}"


def _moved(task: Task, found: Sequence[Span]) -> dict[str, Span]:
    """Region id → the found span of its label that shares most characters with it, each used once."""
    free, moved = set(found), {}
    for region in task.regions:
        own = region.span
        shared = [s for s in free if s.label == own.label and s.overlaps(own)]
        if shared:
            best = max(shared, key=lambda s: (min(s.end, own.end) - max(s.start, own.start), -s.start))
            moved[region.id] = best
            free.remove(best)
    return moved


def _anchors(task: Task, moved: dict[str, Span]) -> dict[str, str]:
    """Region id of each anchor → of the region that takes its place; without one the event is gone."""
    taken = {}
    for region in task.regions:
        if not region.event:
            continue
        heirs = [
            region.id,
            *(r.target for r in task.relations if r.source == region.id and r.kind in BELONGS),
        ]
        heir = next((h for h in heirs if h in moved), None)
        if heir:
            taken[region.id] = heir
    return taken


def _relations(task: Task, moved: dict[str, Span], anchors: dict[str, str]) -> list[Relation]:
    totals = {r.source: r.target for r in task.relations if r.kind == "part_of"}
    holders = {r.target: r.source for r in task.relations if r.kind in BELONGS}
    events = {region.id for region in task.regions if region.event}
    kept = []
    for relation in task.relations:
        source, target, kind = relation.source, relation.target, relation.kind
        if kind == "part_of":
            while target is not None and target not in anchors:
                target = totals.get(target)
            source, target = anchors.get(source), anchors.get(target)
        elif source in events and source not in moved:
            source, kind = anchors.get(source), "casualty" if kind == "includes" else kind
        elif kind == "includes" and source not in moved:
            while source is not None and source not in moved and source not in events:
                source = holders.get(source)
            if source is not None and (source not in moved or task.by_id[source].span.label != "CASUALTY"):
                source, kind = anchors.get(source), "casualty"
        if source in moved and target in moved:
            kept.append(Relation(source, target, kind))
    return kept


def _one_head(relations: Sequence[Relation], said: dict[Span, Region]) -> list[Relation]:
    """Relations without a second one that would say what the same figure belongs to."""
    anchors = {region.id for region in said.values() if region.event}
    seen, kept = set(), []
    for relation in relations:
        figure = relation.target if relation.kind in BELONGS else relation.source
        hangs = relation.kind in (*BELONGS, "alternative_to", "repeats")
        mark = (figure, "hangs") if hangs else (relation.source, relation.target, relation.kind)
        if mark not in seen and not (hangs and figure in anchors):
            seen.add(mark)
            kept.append(relation)
    return kept
