"""How sure a figure is, and that one model is better than another: bootstrap over reports, paired for two.

Koehn 2004 ("Statistical significance tests for machine translation evaluation", EMNLP): reports are drawn
with replacement, as many as there are, and both models are scored on each draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.counts import Counts

RESAMPLES, SEED = 2000, 13
LEVEL = 0.95  # of the interval


def settings() -> dict:
    """How intervals are made, ready for JSON."""
    return {"resamples": RESAMPLES, "seed": SEED, "level": LEVEL}


@dataclass(frozen=True, slots=True)
class Paired:
    """The counts of both models over all reports, and how their F1 compares.

    `difference` is new less old, `interval` the middle LEVEL of the differences on the draws, `better` the
    share of draws on which the new one's F1 is greater. All None where either has no F1 on all reports.
    """

    old: Counts
    new: Counts
    difference: float | None = None
    interval: tuple[float, float] | None = None
    better: float | None = None

    def as_dict(self) -> dict:
        """Ready for JSON."""
        return {
            "old": self.old.as_dict(),
            "new": self.new.as_dict(),
            "difference": self.difference,
            "interval": self.interval and list(self.interval),
            "better": self.better,
        }


def paired(
    old: Sequence[Counts], new: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED
) -> Paired:
    """Compare two models' counts on the same reports, in the same order; of one seed, equally many reports
    are drawn alike whatever is counted."""
    if len(old) != len(new):
        raise ValueError(f"counts of {len(old)} reports and of {len(new)}; needed: the same reports")
    totals = sum(old, Counts()), sum(new, Counts())
    if None in (totals[0].f1, totals[1].f1):
        return Paired(*totals)
    times = _draws(len(old), resamples, seed)
    differences = _f1(times @ _table(new)) - _f1(times @ _table(old))
    return Paired(
        *totals,
        difference=totals[1].f1 - totals[0].f1,
        interval=_middle(differences),
        better=float(np.mean(differences > 0)),
    )


def interval(
    counts: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float] | None:
    """The middle LEVEL of F1 on the draws, Efron's percentile interval; None where nothing can be scored."""
    if sum(counts, Counts()).f1 is None:
        return None
    return _middle(_f1(_draws(len(counts), resamples, seed) @ _table(counts)))


def sure(counts: Sequence[Counts]) -> dict:
    """The counts of all reports with the interval of their F1, ready for JSON."""
    middle = interval(counts)
    return sum(counts, Counts()).as_dict() | {"interval": middle and list(middle)}


def _draws(reports: int, resamples: int, seed: int) -> np.ndarray:
    """[resamples, reports]: how often each report is drawn."""
    return np.random.default_rng(seed).multinomial(reports, np.full(reports, 1 / reports), resamples)


def _middle(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _table(counts: Sequence[Counts]) -> np.ndarray:
    """[reports, 3]: tp, fp, fn."""
    return np.array([(c.tp, c.fp, c.fn) for c in counts])


def _f1(counts: np.ndarray) -> np.ndarray:
    """F1 of each draw [draws, 3]; 1 where there is nothing to find and nothing was found."""
    tp, fp, fn = counts.T
    whole = 2 * tp + fp + fn
    return np.where(whole == 0, 1.0, 2 * tp / np.maximum(whole, 1))
