"""The figures of scores.json as tables of ready words, for the Markdown summary and the page alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

READINGS = {"events_from_gold_spans": "from gold spans", "events_end_to_end": "end to end"}


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


def sections(scores: Mapping) -> list[Section]:
    """Every table that the scores have figures for, in reading order."""
    return [section for make in (_spans, _slots) for section in make(scores)]


def _spans(scores: Mapping) -> Iterator[Section]:
    spans = scores["spans"]
    rows = tuple(
        (label, *rates(counts), *rates(spans["overlap"].get(label)), *numbers(counts))
        for label, counts in spans["strict"].items()
    )
    head = ("label", "P", "R", "F1", "P overlap", "R overlap", "F1 overlap", "right", "false", "missed")
    note = (
        f"Strict: {spans['mode']}, with its counts; by overlap: one-to-one pairs of one label that share "
        "a character."
    )
    yield Section("spans", "Spans by label", note, head, rows)


def _slots(scores: Mapping) -> Iterator[Section]:
    given = {title: scores[key] for key, title in READINGS.items() if scores.get(key)}
    if not given:
        return
    names = next(iter(given.values()))
    rows = tuple(
        (name, *(cell for reading in given.values() for cell in rates(reading[name]))) for name in names
    )
    head = ("slot", *(f"{rate} {title}" for title in given for rate in ("P", "R", "F1")))
    yield Section("slots", "Events by slot", "Records are aligned one to one.", head, rows)


def rates(counts: Mapping | None) -> tuple[str, str, str]:
    """Precision, recall and F1 in percent."""
    return tuple(percent((counts or {}).get(rate)) for rate in ("precision", "recall", "f1"))


def numbers(counts: Mapping) -> tuple[str, str, str]:
    return tuple(str(counts[key]) for key in ("tp", "fp", "fn"))


def percent(rate: float | None) -> str:
    return "–" if rate is None else f"{100 * rate:.1f}"
