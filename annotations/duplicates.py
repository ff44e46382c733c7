"""Reports that stand in the corpus twice: what is trained on must not be what is scored."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from annotations.tasks import Finding, Task

RUN = 5  # words
SHARED = 0.5  # of the shorter text's runs


def duplicates(splits: Mapping[str, Sequence[Task]]) -> Iterator[Finding]:
    """Errors: a doc_id given twice, a text given twice, texts of different splits that are nearly the same.

    Nearly the same: SHARED of the shorter one's runs of RUN words occur in the other.
    """
    tasks = [(split, task) for split, members in splits.items() for task in members]
    for id, times in Counter(task.id for _, task in tasks).items():
        if times > 1:
            yield Finding(id, "error", f"{times} reports have this doc_id; give each its own")
    runs = [_runs(task.text) for _, task in tasks]
    holders = defaultdict(list)
    for number, found in enumerate(runs):
        for run in found:
            holders[run].append(number)
    common = Counter(pair for numbers in holders.values() for pair in combinations(numbers, 2))
    for (a, b), times in sorted(common.items()):
        (first, one), (second, other) = tasks[a], tasks[b]
        same = one.text == other.text
        if same or first != second and times >= SHARED * min(len(runs[a]), len(runs[b])):
            how = "the same" if same else "nearly the same"
            yield Finding(other.id, "error", f"has {how} text in {second} as {one.id} in {first}; keep one")


def _runs(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}
