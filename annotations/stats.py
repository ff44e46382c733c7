"""How much there is of what: the corpus counted, by split, conflict and style."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from annotations.columns import aligned
from annotations.tasks import RELATION_KINDS, Task
from infer.schema import KINDS, LABELS

_COLUMNS = ("reports", "words", *LABELS, *KINDS, "relations")


def tables(splits: Mapping[str, Sequence[Task]]) -> list[str]:
    """The corpus as aligned tables: what each split, conflict and style holds, and relations by kind."""
    tasks = [task for members in splits.values() for task in members]
    by = {"split": dict(splits)}
    for key in ("conflict", "source_style"):
        groups = sorted({str(task.data.get(key)) for task in tasks})
        by[key] = {group: [t for t in tasks if str(t.data.get(key)) == group] for group in groups}
    shown = []
    for key, groups in by.items():
        rows = [(name, *_row(members)) for name, members in groups.items()]
        total = [("all", *_row(tasks))] if key == "split" else []
        shown.append(aligned([(key, *_COLUMNS), *rows, *total]))
    return [*shown, aligned([("relation", "times"), *_relations(tasks)])]


def _row(tasks: Iterable[Task]) -> list[int]:
    counts = Counter()
    for task in tasks:
        counts.update(reports=1, words=len(task.text.split()), relations=len(task.relations))
        counts.update(region.span.label for region in task.regions)
        counts.update(region.event for region in task.regions if region.event)
    return [counts[column] for column in _COLUMNS]


def _relations(tasks: Iterable[Task]) -> list[tuple[str, int]]:
    kinds = Counter(relation.kind for task in tasks for relation in task.relations)
    return [(kind, kinds[kind]) for kind in RELATION_KINDS]
