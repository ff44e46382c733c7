"""From an event's raw confidence to the share of such records that are right in every slot.

Beta calibration (Kull, Silva Filho and Flach 2017, "Beta calibration: a well-founded and easily implemented
improvement on logistic calibration for binary classifiers", AISTATS): the log-odds are
a·ln p - b·ln(1-p) + c, which never falls as p rises where a and b are not negative. `python -m train
calibrate` fits it; it travels in a checkpoint's config.json.
"""

from dataclasses import dataclass, replace
from math import exp, isfinite, log

from infer.schema import Document

DIGITS = 4  # to which confidences are rounded
EDGE = 10.0**-DIGITS  # how near to 0 and to 1 a raw confidence is taken at most


@dataclass(frozen=True, slots=True)
class Calibration:
    """The monotone map of a checkpoint; raises ValueError for one that could fall."""

    a: float
    b: float
    c: float

    def __post_init__(self):
        if not all(map(isfinite, (self.a, self.b, self.c))) or min(self.a, self.b) < 0:
            raise ValueError(f"calibration a={self.a}, b={self.b}, c={self.c}; a and b must be 0 or more")

    def __call__(self, raw: float) -> float:
        p = min(max(raw, EDGE), 1 - EDGE)
        odds = self.a * log(p) - self.b * log(1 - p) + self.c
        return round(1 / (1 + exp(-odds)) if odds > 0 else exp(odds) / (1 + exp(odds)), DIGITS)


def calibrated(document: Document, calibration: Calibration | None) -> Document:
    """The document with its events' confidences mapped; as it is without a map."""
    if calibration is None:
        return document
    events = (
        e if e.confidence is None else replace(e, confidence=calibration(e.confidence))
        for e in document.events
    )
    return replace(document, events=tuple(events))
