"""Spans against gold spans with seqeval, strict IOB2: the score by which an epoch is chosen."""

from collections.abc import Sequence

from seqeval.scheme import IOB2, Entities

from annotations.score import Counts
from infer.schema import Document, Span

MODE = "seqeval strict IOB2"


def strict(gold: Sequence[Document], predicted: Sequence[Sequence[Span]]) -> dict[str, Counts]:
    """Counts per label over documents, the last one `all`; no gold span is out of reach.

    The units that are tagged are the stretches between the edges of any span, gold or predicted, so
    that both sides can be written exactly, a gold span that no tokenizer could express included.
    """
    pairs = [
        _tags(document.text, document.spans, spans) for document, spans in zip(gold, predicted, strict=True)
    ]
    true, found = (Entities([pair[side] for pair in pairs], scheme=IOB2) for side in (0, 1))
    counts = {}
    for label in sorted(true.unique_tags | found.unique_tags):
        marked, given = true.filter(label), found.filter(label)
        counts[label] = Counts(len(marked & given), len(given - marked), len(marked - given))
    return counts | {"all": sum(counts.values(), Counts())}


def row(counts: dict[str, float | None]) -> str:
    """`Counts.as_dict()` as columns: precision, recall and F1 in percent, and what they derive from."""
    rates = (counts[key] for key in ("precision", "recall", "f1"))
    percent = (f"{'-' if rate is None else format(100 * rate, '.1f'):>5}" for rate in rates)
    return f"{' '.join(percent)}  tp {counts['tp']:<5} fp {counts['fp']:<5} fn {counts['fn']:<5}".rstrip()


def _tags(text: str, gold: Sequence[Span], predicted: Sequence[Span]) -> tuple[list[str], list[str]]:
    edges = sorted({0, len(text), *(edge for span in (*gold, *predicted) for edge in (span.start, span.end))})
    place = {edge: i for i, edge in enumerate(edges)}
    both = []
    for spans in (gold, predicted):
        tags = ["O"] * max(len(edges) - 1, 1)
        for span in spans:
            first, end = place[span.start], place[span.end]
            tags[first:end] = [f"B-{span.label}", *[f"I-{span.label}"] * (end - first - 1)]
        both.append(tags)
    return both[0], both[1]
