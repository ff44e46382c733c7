"""The error that a count of the dead would have: what a report's records add up to, against gold's."""

import statistics
from collections.abc import Sequence

from infer.schema import Document
from train.judging import Reading


def killed(document: Document) -> int | None:
    """The killed of all events that are part of no other, each figure once; None where none is stated.

    Components and other sources' figures are left out, so nothing counts twice; of a range the lower end.
    """
    figures = [
        casualty.quantity.value
        for event in document.events
        if event.part_of is None
        for casualty in event.casualties
        if casualty.counts and casualty.outcome == "killed" and casualty.quantity.value is not None
    ]
    return sum(figures) if figures else None


def error(readings: Sequence[Reading]) -> dict:
    """Over the reports in which either side states somebody killed.

    `bias` is the mean of found less gold, `absolute` the mean distance, `median` its median; None without
    such a report. `exact` and `near` (at most a tenth of gold off) count reports, `gold` and `found` people.
    """
    stated = [(killed(reading.gold), killed(reading.found)) for reading in readings]
    sums = [(gold or 0, found or 0) for gold, found in stated if (gold, found) != (None, None)]
    errors = [found - gold for gold, found in sums]
    distances = [abs(error) for error in errors]
    return {
        "reports": len(sums),
        "exact": distances.count(0),
        "near": sum(10 * distance <= gold for distance, (gold, _) in zip(distances, sums, strict=True)),
        "gold": sum(gold for gold, _ in sums),
        "found": sum(found for _, found in sums),
        "bias": statistics.fmean(errors) if errors else None,
        "absolute": statistics.fmean(distances) if errors else None,
        "median": statistics.median(distances) if errors else None,
    }
