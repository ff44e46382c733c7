"""A table of ready words, and how its figures are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NOTHING = "–"  # nothing to score


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title and what a reader has to know of it; `id` is an anchor.

    The first column names the row, the others are figures.
    """

    id: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def rates(counts: Mapping | None) -> tuple[str, str, str]:
    """Precision, recall and F1 in percent."""
    return tuple(rate(counts, name) for name in ("precision", "recall", "f1"))


def rate(counts: Mapping | None, name: str = "f1") -> str:
    """One rate in percent."""
    return percent((counts or {}).get(name))


def share(part: int, whole: int) -> str:
    """In percent."""
    return percent(part / whole if whole else None)


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.1f}"


def sure(counts: Mapping | None) -> str:
    """F1 with its interval."""
    interval: Sequence[float] | None = (counts or {}).get("interval")
    return f"{rate(counts)} ({' to '.join(map(percent, interval))})" if interval else rate(counts)


def number(value: float | None, form: str = ",") -> str:
    return NOTHING if value is None else format(value, form)
