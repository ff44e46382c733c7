"""A text as an encoder reads it: words, tokens and overlapping windows.

A text is tokenized whole, once, and windows are cut from its tokens, so that any length is read and
nothing is truncated. Needs numpy and tokenizers only; training and inference share every line of it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tokenizers

from infer.schema import InputError
from infer.wrapped import flowed

MISSING = -100

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_LETTERS = rf"[^\W{_IDEOGRAPHS}]+"
_PIECE = re.compile(rf"(?P<letters>{_LETTERS}(?:(?<=\d)[.,](?=\d){_LETTERS})*)|\S")
_JOINERS = frozenset("\u00ad\u200c\u200d\u2060")


class Window(NamedTuple):
    """Tokens [start, end) of a text, of which [own_start, own_end) are this window's to decide."""

    start: int
    end: int
    own_start: int
    own_end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenized text.

    `ids` [tokens] int64, without special tokens; `words` [words, 2] int64, code points [start, end);
    `heads` [words] int64, the first token of each word. Only words that have a token are listed.
    """

    ids: np.ndarray
    words: np.ndarray
    heads: np.ndarray


class Tokenizer:
    """Reads raw texts into tokens and windows of at most `window` tokens, special ones included.

    `stride` is how many tokens one window starts after the one before it. Raises InputError where
    the file is no tokenizer or the numbers leave no room.
    """

    def __init__(self, file: Path, window: int, stride: int):
        self._tokenizer = _load(file)
        self._before, self._after = _special_tokens(self._tokenizer)
        self.read = lru_cache(maxsize=8)(self._read)  # tagger and linker read the same reports
        self._cut(window, stride)

    def cut_to(self, window: int, stride: int) -> "Tokenizer":
        """The same tokenizer, loaded once, with other windows."""
        other = copy(self)
        other._cut(window, stride)
        return other

    def _cut(self, window: int, stride: int) -> None:
        self.room = window - len(self._before) - len(self._after)
        self.stride = stride
        if not 0 < stride <= self.room:
            raise InputError(
                f"stride is {stride} and window {window}; allowed: 1 <= stride <= window - "
                f"{window - self.room} special tokens; set both in the model's config"
            )

    def _read(self, text: str) -> Tokens:
        text = flowed(text)
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        words, heads = _align(_trim(encoding.offsets, text), find_words(text))
        return Tokens(np.array(encoding.ids, dtype=np.int64), words, heads)

    def windows(self, tokens: Tokens) -> list[Window]:
        return windows(len(tokens.ids), self.room, self.stride)

    def model_input(self, tokens: Tokens, window: Window) -> np.ndarray:
        """Ids [window.end - window.start + special tokens] int64, as the encoder wants them."""
        return np.concatenate((self._before, tokens.ids[window.start : window.end], self._after))

    def body(self, rows: np.ndarray) -> np.ndarray:
        """The rows [tokens of the window, …] of a model's output, without the special tokens'."""
        return rows[len(self._before) : len(rows) - len(self._after)]

    def frame(self, tags: np.ndarray, special: int = MISSING) -> np.ndarray:
        """Tags of a window's tokens, and of its special tokens: what `model_input` lines up with."""
        return np.pad(tags, (len(self._before), len(self._after)), constant_values=special)

    @property
    def before(self) -> int:
        """How many special tokens stand before a window's own."""
        return len(self._before)


def windows(count: int, room: int, stride: int) -> list[Window]:
    """Windows of at most `room` tokens that cover `count` tokens; each token has one owner.

    A token belongs to the window in which it has most context: overlaps are shared at their middle.
    The last window is moved back to be full.
    """
    if not count:
        return []
    last = max(count - room, 0)
    starts = [*range(0, last, stride), last]
    ends = [min(start + room, count) for start in starts]
    middles = [(start + end) // 2 for start, end in zip(starts[1:], ends[:-1], strict=True)]
    return [Window(*row) for row in zip(starts, ends, [0, *middles], [*middles, count], strict=True)]


def find_words(text: str) -> np.ndarray:
    """Words of a text [words, 2], code points; every character but white space is in one.

    A word is a run of letters, digits and underscores with its combining marks and joiners ("1,100"
    is one); any other character, and every ideograph, is a word of its own, with its own marks: the
    letters after an emoji are not part of it.
    """
    found, open_end = [], False
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        letters = piece.lastgroup == "letters"
        mark = not letters and (text[start] in _JOINERS or unicodedata.category(text[start])[0] == "M")
        joins = bool(found) and found[-1][1] == start and (mark or letters and open_end)
        if joins:
            found[-1][1] = end
        else:
            found.append([start, end])
        open_end = letters or mark and (open_end or not joins)
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def predict(
    tokenizer: Tokenizer, texts: Sequence[Tokens], run: Callable[[np.ndarray], np.ndarray], batch_tokens: int
) -> list[np.ndarray | None]:
    """Tag probabilities [tokens, tags] of each text, None for a text without tokens.

    `run` gives logits [windows, length, tags] for ids [windows, length] int64. It is called with
    windows of equal length, of any text, up to `batch_tokens` tokens at once (or one window).
    """
    jobs = [(i, window) for i, text in enumerate(texts) for window in tokenizer.windows(text)]
    jobs.sort(key=lambda job: job[1].end - job[1].start)
    pieces: list[list] = [[] for _ in texts]
    for length, group in groupby(jobs, key=lambda job: job[1].end - job[1].start):
        same, size = list(group), max(1, batch_tokens // length)
        for batch in (same[at : at + size] for at in range(0, len(same), size)):
            ids = np.stack([tokenizer.model_input(texts[i], window) for i, window in batch])
            for (i, window), rows in zip(batch, softmax(run(ids)), strict=True):
                pieces[i].append((window, tokenizer.body(rows)))
    return [_merge(sorted(found, key=lambda piece: piece[0])) if found else None for found in pieces]


def _merge(pieces: Sequence[tuple[Window, np.ndarray]]) -> np.ndarray:
    """Rows [tokens, …] of a whole text from the rows of its windows: each token's from its owner."""
    return np.concatenate([rows[w.own_start - w.start : w.own_end - w.start] for w, rows in pieces])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, in float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _load(file: Path) -> tokenizers.Tokenizer:
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises plain Exception for every cause
        raise InputError(f"{file} is no tokenizer ({error}); needed: a Hugging Face tokenizer.json") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # "[SEP]" typed in a report is text
    return tokenizer


def _special_tokens(tokenizer: tokenizers.Tokenizer) -> tuple[np.ndarray, np.ndarray]:
    encoding = tokenizer.encode("a", add_special_tokens=True)
    ids = np.array(encoding.ids, dtype=np.int64)
    inner = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
    return ids[: inner[0]], ids[inner[-1] + 1 :]


def _trim(offsets: Sequence[tuple[int, int]], text: str) -> np.ndarray:
    """Offsets [tokens, 2] without white space at either end (some tokenizers count the space before)."""
    trimmed = []
    for start, end in offsets:
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        trimmed.append((start, start + len(piece.strip())))
    return np.array(trimmed, dtype=np.int64).reshape(-1, 2)


def _align(offsets: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Words [words, 2] that have tokens, and the first token of each; a token over two joins them."""
    heads = np.flatnonzero(offsets[:, 1] > offsets[:, 0])
    if not len(heads):
        return np.empty((0, 2), dtype=np.int64), heads
    first = np.searchsorted(words[:, 0], offsets[heads, 0], side="right") - 1
    last = np.searchsorted(words[:, 0], offsets[heads, 1] - 1, side="right") - 1
    joined = np.zeros(len(words), dtype=np.int64)  # how many tokens cover the gap before each word
    for one, other in zip(first[first < last], last[first < last], strict=True):
        joined[one + 1 : other + 1] += 1
    group = np.cumsum(joined == 0) - 1
    used, where = np.unique(group[first], return_index=True)
    starts = words[np.searchsorted(group, used, side="left"), 0]
    ends = words[np.searchsorted(group, used, side="right") - 1, 1]
    return np.stack((starts, ends), axis=1), heads[where]
