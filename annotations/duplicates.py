"""Reports that stand in the corpus twice: what is trained on must not be what is scored."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotations.tasks import Finding, Task
from infer.schema import Document

RUN = 5  # words
SHARED = 0.5  # of the shorter text's runs


@dataclass(frozen=True, slots=True)
class Twins:
    """Two reports with (nearly) the same text, each with the name of its split."""

    first: str
    one: Task | Document
    second: str
    other: Task | Document

    @property
    def how(self) -> str:
        return "the same" if self.one.text == self.other.text else "nearly the same"


def duplicates(splits: Mapping[str, Sequence[Task]]) -> Iterator[Finding]:
    """Errors: a doc_id given twice, a text given twice, nearly the same text in different splits."""
    for id, times in Counter(task.id for members in splits.values() for task in members).items():
        if times > 1:
            yield Finding(id, "error", f"{times} reports have this doc_id; give each its own")
    for pair in twins(splits):
        said = f"has {pair.how} text in {pair.second} as {pair.one.id} in {pair.first}; keep one"
        yield Finding(pair.other.id, "error", said)


def twins(splits: Mapping[str, Sequence[Task | Document]]) -> Iterator[Twins]:
    """Pairs of the same text, and those of different splits whose texts are nearly the same.

    Nearly the same: SHARED of the shorter one's runs of RUN words occur in the other.
    """
    tasks = [(split, task) for split, members in splits.items() for task in members]
    runs = [_runs(task.text) for _, task in tasks]
    holders = defaultdict(list)
    for number, found in enumerate(runs):
        for run in found:
            holders[run].append(number)
    common = Counter(pair for numbers in holders.values() for pair in combinations(numbers, 2))
    for (a, b), times in sorted(common.items()):
        pair = Twins(*tasks[a], *tasks[b])
        near = pair.first != pair.second and times >= SHARED * min(len(runs[a]), len(runs[b]))
        if near or pair.one.text == pair.other.text:
            yield pair


def _runs(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}
