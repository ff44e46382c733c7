"""Spans to IOB2 tags and back.

Tags are decided per word, never per word piece, so that no span cuts a word. A word's tag stands on
its first token; its other tokens are MISSING, in training and when read.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from infer.schema import InputError, Span
from infer.tokens import MISSING, Tokens, Window

OUTSIDE = 0
CUTS_A_WORD = "cuts a word"
NO_TOKEN = "holds no token"


class Lost(NamedTuple):
    """A span that could not be written as tags, and why (CUTS_A_WORD or NO_TOKEN)."""

    span: Span
    cause: str


def tag_names(labels: Sequence[str]) -> list[str]:
    """IOB2 tags of a label set: O, B-first, I-first, B-second, …; the order of a model's outputs."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def encode(tokens: Tokens, spans: Sequence[Span], labels: Sequence[str]) -> tuple[np.ndarray, list[Lost]]:
    """IOB2 tag of every word [words] int64 (an index into `tag_names`), and the spans that are lost.

    The words that a lost span touches are MISSING: a person marked them, so they are not outside.
    """
    tags = np.full(len(tokens.words), OUTSIDE, dtype=np.int64)
    lost = []
    for span in spans:
        if span.label not in labels:
            raise InputError(
                f"label {span.label!r} is not in labels: {', '.join(labels)}; add it to the config"
            )
        first = np.searchsorted(tokens.words[:, 1], span.start, side="right")
        end = np.searchsorted(tokens.words[:, 0], span.end, side="left")
        if first >= end:
            lost.append(Lost(span, NO_TOKEN))
        elif tokens.words[first, 0] < span.start or tokens.words[end - 1, 1] > span.end:
            lost.append(Lost(span, CUTS_A_WORD))
            tags[first:end] = MISSING
        else:
            tag = 1 + 2 * labels.index(span.label)
            tags[first] = tag
            tags[first + 1 : end] = tag + 1
    return tags, lost


def token_tags(tokens: Tokens, tags: np.ndarray, window: Window) -> np.ndarray:
    """Tags [tokens of the window] int64: a word's on its first token where the window owns it."""
    rows = np.full(len(tokens.ids), MISSING, dtype=np.int64)
    rows[tokens.heads] = tags
    rows[: window.own_start] = MISSING
    rows[window.own_end :] = MISSING
    return rows[window.start : window.end]


def decode(
    tokens: Tokens,
    probabilities: np.ndarray | None,
    labels: Sequence[str],
    thresholds: Mapping[str, float] | None = None,
) -> tuple[Span, ...]:
    """Spans of a text from the tag probabilities [tokens, tags] of its tokens.

    A word's tag is decided on its first token. The tags are the most probable sequence that strict
    IOB2 allows (Viterbi), so nothing is repaired afterwards. A span is as sure as its least sure
    decision: each of its words' tags, and that the next word does not go on with it. Spans below
    their label's threshold are left out.
    """
    if not len(tokens.words):
        return ()
    rows = probabilities[tokens.heads].astype(np.float64)
    tags = _best_path(np.log(np.maximum(rows, 1e-12)))
    spans = []
    for first, end in _runs(tags):
        kind = (tags[first] - 1) // 2
        sure = rows[np.arange(first, end), tags[first:end]].min()
        if end < len(tags):
            sure = min(sure, 1 - rows[end, 2 * kind + 2])
        if sure >= (thresholds or {}).get(labels[kind], 0.0):
            start, stop = int(tokens.words[first, 0]), int(tokens.words[end - 1, 1])
            spans.append(Span(start, stop, labels[kind], confidence=round(float(sure), 4)))
    return tuple(spans)


def _best_path(scores: np.ndarray) -> np.ndarray:
    """The best tag sequence [words] of log probabilities [words, tags] in which every I-X follows
    B-X or I-X (Viterbi, 1967)."""
    tags = np.arange(scores.shape[1])
    inside = (tags > 0) & (tags % 2 == 0)
    opens = (tags[:, None] == tags - 1) | (tags[:, None] == tags)
    step = np.where(inside & ~opens, -np.inf, 0.0)
    best = np.where(inside, -np.inf, scores[0])
    back = np.zeros(scores.shape, dtype=np.int64)
    for word in range(1, len(scores)):
        paths = best[:, None] + step
        back[word] = paths.argmax(axis=0)
        best = paths[back[word], tags] + scores[word]
    path = [int(best.argmax())]
    for row in back[:0:-1]:
        path.append(int(row[path[-1]]))
    return np.array(path[::-1])


def _runs(tags: np.ndarray) -> list[tuple[int, int]]:
    """[first, end) of every span in a valid IOB2 sequence of tag indices."""
    starts = np.flatnonzero(tags % 2 == 1)
    inside = (tags > OUTSIDE) & (tags % 2 == 0)
    stops = np.append(np.flatnonzero(~inside), len(tags))
    return [(int(s), int(stops[np.searchsorted(stops, s, side="right")])) for s in starts]
