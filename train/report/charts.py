"""The charts of an evaluation's page, as what a template draws: bars with intervals, and reliability.

Lengths are shares of the chart's width; the tables beside the charts say the same in figures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from annotations.score import SLOTS
from train.report.section import percent, sure
from train.report.tables import CEILING, MEASURES, READINGS


@dataclass(frozen=True, slots=True)
class Bar:
    """An F1 with what is written beside it; `style` tells the reading, `limit` is people's F1."""

    name: str
    reading: str
    style: int
    share: float
    said: str
    interval: tuple[float, float] | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars."""

    id: str
    title: str
    bars: tuple[Bar, ...]
    kind: str = "bars"


@dataclass(frozen=True, slots=True)
class Reliability:
    """Points (confidence, share right, events)."""

    id: str
    title: str
    points: tuple[tuple[float, float, int], ...]
    kind: str = "reliability"


def charts(scores: Mapping) -> list[Bars | Reliability]:
    """Those that the scores have figures for."""
    drawn = [
        Bars("chart-headline", "F1 in percent", tuple(_headline(scores))),
        Bars("chart-slots", "F1 of the slots, in percent", tuple(_slots(scores))),
    ]
    points = tuple(
        (found["confidence"], found["right"], found["events"])
        for found in (scores.get("calibration") or {}).get("bins", ())
    )
    reliability = [Reliability("chart-reliability", "Confidence, and the share that is right", points)]
    return [chart for chart in drawn if chart.bars] + (reliability if points else [])


def _headline(scores: Mapping) -> Iterator[Bar]:
    found = scores.get("headline") or {}
    people = (scores.get("ceiling") or {}).get("headline", {})
    for name, title in MEASURES.items():
        limit = people.get(name, {}).get("f1")
        for style, (key, reading) in enumerate(
            zip((f"{name}_from_gold", name), READINGS.values(), strict=True)
        ):
            yield from _bar(title, reading, style, found.get(key), limit)


def _slots(scores: Mapping) -> Iterator[Bar]:
    people = (scores.get("ceiling") or {}).get("events", {})
    for slot in SLOTS:
        for style, (key, reading) in enumerate(READINGS.items()):
            limit = people.get(slot, {}).get("f1")
            yield from _bar(slot.replace("_", " "), reading, style, (scores.get(key) or {}).get(slot), limit)


def _bar(name: str, reading: str, style: int, counts: Mapping | None, limit: float | None) -> Iterator[Bar]:
    if counts and counts["f1"] is not None:
        interval = counts.get("interval")
        said = sure(counts) + (f"; {CEILING}: {percent(limit)}" if limit is not None else "")
        yield Bar(name, reading, style, counts["f1"], said, interval and tuple(interval), limit)
