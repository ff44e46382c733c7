"""The learned linker: a report's spans and the rules' events → the events that ship.

The rules of `infer.assemble` propose; a small network, trained on the annotated relations, reads the
text with the spans marked in it and decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from infer import linkchoice, mentions, tokens
from infer.linkchoice import Bundle, Scores
from infer.reading import Reading
from infer.schema import FIGURES, LABELS, Event, Span

SECTION, STEP = 160, 96  # spans: those of a longer report are linked in overlapping sections
MOST_TOKENS = 4096  # that the network reads at once: some 50 MB for a window of 512
FEWEST = 8  # spans of a section in any case
# What the network gives, and how many scores each has last.
WIDTHS = {
    "links": len(linkchoice.LINKS),
    "roots": len(linkchoice.ROOTS),
    "attributes": sum(map(len, linkchoice.ATTRIBUTES.values())),
}
OUTPUTS = tuple(WIDTHS)


class Linker:
    """Links spans by a network.

    `run` gives its OUTPUTS for what `network_input` makes of a report.
    """

    def __init__(
        self, run: Callable[[dict[str, np.ndarray]], Sequence[np.ndarray]], tokenizer: tokens.Tokenizer
    ):
        self._run, self._tokenizer = run, tokenizer

    def events(self, reading: Reading, proposed: Sequence[Event]) -> tuple[Event, ...]:
        """The report's events, numbered in text order; `proposed` are those of the rules."""
        read = self._tokenizer.read(reading.text)
        if not len(read.ids):
            return tuple(proposed)  # characters that the network cannot see
        chosen: list[Bundle] = []
        for section in self._sections(read, reading.spans):
            own = {s: i for i, s in enumerate(reading.spans[section.start : section.end], section.start)}
            if not any(s.label in FIGURES for s in own):
                continue  # no event begins without a figure
            found = self._bundles(read, replace(reading, spans=tuple(own)), proposed)
            chosen += [b for b in found if section.own_start <= own[b.anchor] < section.own_end]
        return linkchoice.numbered(reading, list(_apart(chosen)))

    def _sections(self, read: tokens.Tokens, spans: Sequence[Span]) -> list[tokens.Window]:
        """Overlapping stretches of spans, shorter where these stand so far apart that memory would grow."""
        own, bounds, size = self._tokenizer, _token_bounds(read, spans), SECTION
        while True:
            found = tokens.windows(len(spans), size, size * STEP // SECTION)
            reach = max((bounds[s.end - 1][1] - bounds[s.start][0] for s in found), default=0)
            if (reach // own.stride + 1) * own.room <= MOST_TOKENS or size <= FEWEST:
                return found
            size //= 2

    def _bundles(self, read: tokens.Tokens, reading: Reading, proposed: Sequence[Event]) -> list[Bundle]:
        keys = [mentions.key(reading, span) for span in reading.spans]
        inputs = network_input(self._tokenizer, read, reading, keys, proposed)
        return linkchoice.bundles(reading, keys, Scores(*self._run(inputs)))


def _apart(chosen: Sequence[Bundle]) -> Iterator[Bundle]:
    """The events without figures that another section made an anchor, or gave to an event before."""
    taken = {bundle.anchor for bundle in chosen}
    for bundle in chosen:
        own = [c for c in bundle.casualties if c.span == bundle.anchor or c.span not in taken]
        kept = {c.span for c in own}
        taken |= kept
        yield replace(
            bundle,
            casualties=tuple(
                c if c.part_of in {None, *kept} else replace(c, part_of=None)
                for c in own
                if c.alternative_to in {None, *kept}
            ),
        )


def network_input(
    tokenizer: tokens.Tokenizer,
    read: tokens.Tokens,
    reading: Reading,
    keys: Sequence[str],
    proposed: Sequence[Event],
) -> dict[str, np.ndarray]:
    """All that the network is given of a report, in training and in use; `read` is the report's text."""
    return model_input(tokenizer, read, reading.spans) | {
        "mentions": mentions.mention_features(reading, keys, proposed),
        "pairs": mentions.pair_features(reading, keys, proposed),
    }


def model_input(
    tokenizer: tokens.Tokenizer, read: tokens.Tokens, spans: Sequence[Span]
) -> dict[str, np.ndarray]:
    """The windows of a text that hold its spans, with the spans marked.

    `input_ids`, `attention_mask` and `marks` [windows, length] int64, padded; a mark is 0 outside spans,
    1 + 2 l on the first token of a span of LABELS[l], 2 + 2 l on its others. `places` [spans, 3] int64: the
    window that a span is read in (the one in which it has most context), its first and last token there.
    """
    windows = tokenizer.windows(read)
    bounds = _token_bounds(read, spans)
    marks = np.zeros(len(read.ids), dtype=np.int64)
    for span, (first, last) in zip(spans, bounds, strict=True):
        marks[first : last + 1] = 2 + 2 * LABELS.index(span.label)
        marks[first] -= 1
    home = [int(np.argmax([min(a - w.start, w.end - 1 - b) for w in windows])) for a, b in bounds]
    used = sorted({*home}) or [0]  # a section of a long report needs only its own windows
    rows = [tokenizer.model_input(read, windows[i]) for i in used]
    marked = [tokenizer.frame(marks[windows[i].start : windows[i].end], special=0) for i in used]
    length = max(map(len, rows))

    def padded(lists):
        return np.stack([np.pad(row, (0, length - len(row))) for row in lists])

    places = []
    for at, bound in zip(home, bounds, strict=True):
        start, end = windows[at].start, windows[at].end
        inside = np.clip(np.array(bound) - start, 0, end - start - 1)
        places.append((used.index(at), *(inside + tokenizer.before)))
    return {
        "input_ids": padded(rows),
        "attention_mask": padded([np.ones_like(row) for row in rows]),
        "marks": padded(marked),
        "places": np.array(places, dtype=np.int64).reshape(-1, 3),
    }


def _token_bounds(read: tokens.Tokens, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """First and last token of each span; of the nearest word where a span holds no token."""
    found = []
    for span in spans:
        last_word = len(read.words) - 1
        first = min(int(np.searchsorted(read.words[:, 1], span.start, side="right")), last_word)
        last = int(np.searchsorted(read.words[:, 0], span.end, side="left")) - 1
        last = max(min(last, last_word), first)
        end = read.heads[last + 1] if last < last_word else len(read.ids)
        found.append((int(read.heads[first]), int(end) - 1))
    return found
