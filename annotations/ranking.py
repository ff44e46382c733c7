"""Which reports to annotate next, spread over their sources: a draw, or what the tagger is least sure of."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from infer.bio import OUTSIDE
from infer.schema import Document
from infer.tokens import Tokens

Measure = Callable[[np.ndarray], float]
STEP = 1e-6  # by which a score is above the one before it, so that the order is told by scores alone
SOURCES = ("source", "publisher", "site")  # columns of a table of reports that may say who published one


@dataclass(frozen=True, slots=True)
class Ranked:
    """A report in the queue: `sureness` (or its `draw`) 0 to 1; `score` is that raised to those before it.

    Sorted by score, lowest first, reports stand in the order of the queue.
    """

    document: Document
    source: str
    sureness: float
    score: float = 0.0


def of_words(rows: np.ndarray) -> float:
    """Geometric mean of the probabilities of each word's likeliest tag; rows [words, tags].

    Maximum normalized log-probability: Shen et al. 2018, "Deep Active Learning for Named Entity
    Recognition", without the search for the best sequence.
    """
    return float(np.exp(np.log(np.maximum(rows.max(axis=1), 1e-12)).mean()))


def of_spans(rows: np.ndarray) -> float:
    """Mean probability of the likeliest tag over words, each as heavy as it may be of a span.

    Words that are outside for certain, most of a report, say nothing then; rows [words, tags].
    """
    weight = 1 - rows[:, OUTSIDE]
    return float((weight * rows.max(axis=1)).sum() / max(weight.sum(), 1e-12))


MEASURES: dict[str, Measure] = {"words": of_words, "spans": of_spans}
RANDOM = "random"


def draw(document: Document) -> float:
    """Where a report stands in a random order, 0 to 1: told by its id, so each time the same."""
    return int.from_bytes(hashlib.sha256(document.id.encode()).digest()[:6]) / 2**48


def sureness(read: Tokens, probabilities: np.ndarray | None, measure: Measure) -> float:
    """How sure a tagger is of a text, 0 to 1, from the tag probabilities [tokens, tags] of its tokens.

    A text without words leaves nothing to doubt: 1.
    """
    if probabilities is None or not len(read.words):
        return 1.0
    return measure(probabilities[read.heads])


def queue(reports: Iterable[Ranked]) -> list[Ranked]:
    """The reports in the order to annotate them in, scored: by turns the least sure of each source.

    Of each turn the least sure source goes first. No two scores are the same, but where they reach 1.
    """
    turn: Counter[str] = Counter()
    turns = []
    for report in sorted(reports, key=lambda r: (r.sureness, r.document.id)):
        turns.append((turn[report.source], report))
        turn[report.source] += 1
    ordered = [report for _, report in sorted(turns, key=lambda pair: pair[0])]
    last = -STEP
    for i, report in enumerate(ordered):
        last = min(max(report.sureness, last + STEP), 1.0)
        ordered[i] = replace(report, score=last)
    return ordered


def source_of(document: Document, columns: Iterable[str] = SOURCES) -> str:
    """Who published a report, as far as is known: a column that says so, else its folder or table."""
    said = _folded(document.extra)
    for column in columns:
        if value := said.get(column.casefold()):
            return str(value)
    return document.id.rpartition("/")[0] or document.id.rpartition("#")[0]


def _folded(extra: Mapping[str, object]) -> dict[str, object]:
    return {key.strip().casefold(): value for key, value in extra.items()}
