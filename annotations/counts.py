"""Right, wrong and missed: what scores are stored as; rates are derived."""

from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives, false negatives; rates are None where there is nothing to score."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float | None:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None

    def as_dict(self) -> dict:
        rates = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {"tp": self.tp, "fp": self.fp, "fn": self.fn} | rates


def tally(right: int, of_gold: int, of_predicted: int) -> Counts:
    """Counts of what is right among so many of each side."""
    return Counts(right, of_predicted - right, of_gold - right)


def added(a: dict[str, Counts], b: dict[str, Counts]) -> dict[str, Counts]:
    """Key by key."""
    return {key: a.get(key, Counts()) + b.get(key, Counts()) for key in dict.fromkeys(chain(a, b))}
