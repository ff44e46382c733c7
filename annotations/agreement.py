"""How far two annotations of the same reports agree, made by people who did not see each other's.

F1 takes the place of a chance-corrected coefficient: the number of spans that nobody marked is not
defined, and the more of them there are the closer kappa comes to F1 (Hripcsak and Rothschild 2005,
"Agreement, the F-measure, and reliability in information retrieval").
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from annotations.columns import aligned
from annotations.counts import Counts
from annotations.documents import to_document
from annotations.score import Scores, compare
from annotations.tasks import FIELDS, Region, Task
from infer.schema import InputError

_COMPARED = (*FIELDS, "value")


def pairs(first: Sequence[Task], second: Sequence[Task]) -> list[tuple[Task, Task]]:
    """The two versions of every report that both hold, by doc_id; InputError where there is none, or where
    a side holds a report twice."""
    for name, side in (("A", first), ("B", second)):
        for id, times in Counter(task.id for task in side).items():
            if times > 1:
                raise InputError(f"doc_id {id} is given {times} times in {name}; keep one")
    others = {task.id: task for task in second}
    both = [(task, others[task.id]) for task in first if task.id in others]
    if not both:
        raise InputError(
            "the two files have no doc_id in common; needed: two annotations of the same reports"
        )
    return both


def agree(both: Sequence[tuple[Task, Task]]) -> Scores:
    """What the two sides share, added up over reports; raises InputError where two texts differ."""
    return sum((compare(to_document(a), to_document(b)) for a, b in both), Scores())


def tables(scores: Scores) -> list[str]:
    """Agreement as aligned tables: spans exact and by overlap, slots of events, links and attributes."""
    links = {"part_of": scores.part_of, "includes": scores.component_of}
    links |= {"alternative_to": scores.alternative_to}
    events = {"events": scores.events, "exact records": scores.records}
    return [
        _table("spans, exact", scores.spans | {"all": scores.span_micro}),
        _table("spans, by overlap", scores.spans_overlap | {"all": scores.span_overlap_micro}),
        _table("slots of events", scores.slots | {"all": scores.micro} | events),
        _table("links", links),
        _table("attributes", scores.attributes),
    ]


def fields(both: Sequence[tuple[Task, Task]]) -> str:
    """How often a field says the same on a region that both marked alike and at least one filled in."""
    times: dict[str, Counter] = {name: Counter() for name in _COMPARED}
    for a, b in both:
        others = _by_span(b)
        for key, region in _by_span(a).items():
            for name in _COMPARED if key in others else ():
                said = getattr(region, name), getattr(others[key], name)
                if said != (None, None):
                    times[name][said[0] == said[1]] += 1
    cells = [(f"  {name}", percent(_share(t)), t[True], t[False]) for name, t in times.items()]
    return aligned([("fields of regions marked alike", "%", "same", "differ"), *cells])


def _share(times: Counter) -> float | None:
    return times[True] / times.total() if times else None


def _table(title: str, rows: Mapping[str, Counts]) -> str:
    cells = [(f"  {name}", percent(c.f1), c.tp, c.fn, c.fp) for name, c in rows.items()]
    return aligned([(title, "F1", "both", "only A", "only B"), *cells])


def percent(rate: float | None) -> str:
    """A rate as it stands in tables."""
    return "-" if rate is None else f"{100 * rate:.1f}"


def differences(first: Task, second: Task) -> Iterator[str]:
    """A line for everything that one side marked and the other did not, for whoever has to decide.

    Regions of one label that meet are taken for the same mention, so that an edge is told once.
    """
    mentions, only_a, only_b = _mentions(first, second)
    for a, b in mentions:
        edge = [] if _key(a) == _key(b) else [f"{b.span.text(second.text)!r} in B"]
        if said := "; ".join([*edge, *_differing(a, b)]):
            yield f"{_place(first, a)}: {said}"
    for name, alone in (("A", only_a), ("B", only_b)):
        for region in alone:
            yield f"{_place(first, region)}: only {name}{_said(region)}"
    same = {_key(b): _key(a) for a, b in mentions}
    of_a = _relations(first)
    of_b = {(same.get(x, x), kind, same.get(y, y)) for x, kind, y in _relations(second)}
    for name, only in (("A", of_a - of_b), ("B", of_b - of_a)):
        for source, kind, target in sorted(only):
            (start, end, _), (to, until, _) = source, target
            said = f"{first.text[start:end]!r} {kind} {first.text[to:until]!r} [{to}, {until})"
            yield f"{first.id} [{start}, {end}): only {name}: {said}"


def _mentions(first: Task, second: Task) -> tuple[list[tuple[Region, Region]], list[Region], list[Region]]:
    """Regions of both sides that are one mention, by label and overlap, one to one in text order; the
    regions left over on either side."""
    found, only_first, left = [], [], list(second.regions)
    for a in first.regions:
        meeting = [b for b in left if b.span.label == a.span.label and a.span.overlaps(b.span)]
        if meeting:
            found.append((a, meeting[0]))
            left.remove(meeting[0])
        else:
            only_first.append(a)
    return found, only_first, left


def _by_span(task: Task) -> dict[tuple, Region]:
    return {_key(region): region for region in task.regions}


def _key(region: Region) -> tuple[int, int, str]:
    return region.span.start, region.span.end, region.span.label


def _place(task: Task, region: Region) -> str:
    start, end, label = _key(region)
    return f"{task.id} [{start}, {end}) {label} {region.span.text(task.text)!r}"


def _said(region: Region) -> str:
    given = [f"{name} {getattr(region, name)}" for name in _COMPARED if getattr(region, name) is not None]
    return f" ({', '.join(given)})" if given else ""


def _differing(a: Region, b: Region) -> Iterator[str]:
    for name in _COMPARED:
        if getattr(a, name) != getattr(b, name):
            yield f"{name} {getattr(a, name)} in A, {getattr(b, name)} in B"


def _relations(task: Task) -> set[tuple]:
    keys = {id: _key(region) for id, region in task.by_id.items()}
    return {(keys[r.source], r.kind, keys[r.target]) for r in task.relations}
