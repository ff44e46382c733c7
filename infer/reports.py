"""The reports of all sources as documents with their events, in order, several worked on at once."""

import argparse
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from infer import sources
from infer.processors import usable
from infer.rows import Columns
from infer.schema import Document, InputError
from infer.sources import Note

PROGRESS_ROWS = 100  # documents of one file between two lines of progress
MOST_WORKERS = 6  # Python, a quarter of the work, runs in one of them at a time
AHEAD = 4  # reports read ahead for each worker, so that a long one does not keep the others waiting


class Item(NamedTuple):
    """A report, or why there is none, or nothing more; `lines` are what to tell the user before it."""

    lines: list[str]
    document: Document | InputError | None


class Reading:
    """The documents of all sources, read one after the other; how many could not be is in `failed`.

    The networks take all processors for one report; of several reports each worker reads one on its own.
    `threads` sets how many the networks take in any case.
    """

    def __init__(
        self,
        found: Sequence[sources.Source],
        options: argparse.Namespace,
        note: Note = lambda line: None,
        threads: int | None = None,
    ):
        several = len(found) != 1 or found[0].suffix in sources.ROWS
        self.workers = min(usable(), MOST_WORKERS) if several else 1
        self.tagger = _opened(options.model, threads or (1 if several else usable()))
        self.least = options.min_confidence
        about = self.tagger.checkpoint
        self.model = {"name": about.name, "version": about.version, "labels": list(about.labels)}
        self.found, self.report_date, self.note = found, options.report_date, note
        self.columns = Columns(options.text_column, options.id_column, options.date_column)
        self.failed = 0

    def __iter__(self) -> Iterator[Document]:
        for lines, document in in_order(self._read, self._items(), self.workers):
            for line in lines:
                self.note(line)
            if isinstance(document, InputError):
                self.failed += 1
                self.note(f"error: {document}")
            elif document:
                yield document

    def read(self, document: Document) -> Document:
        """The document with what is found in it; what there is to tell of that is told."""
        lines, found = self._read(Item([], document))
        for line in lines:
            self.note(line)
        return found

    def _items(self) -> Iterator[Item]:
        lines: list[str] = []
        for number, source in enumerate(self.found, start=1):
            if len(self.found) > 1:
                lines.append(f"[{number}/{len(self.found)}] {source.name}")
            for row, document in enumerate(sources.read(source, self.columns, lines.append), start=1):
                yield Item([*lines], document)
                lines.clear()
                if row % PROGRESS_ROWS == 0:
                    lines.append(f"{source.name}: {row} reports")
        yield Item(lines, None)

    def _read(self, item: Item) -> Item:
        """The item with what is found in its document, and what is to be told of that."""
        from infer import pipeline

        lines, document = item
        if not isinstance(document, Document):
            return item
        found = pipeline.read(sources.to_read(document, self.report_date, lines.append), self.tagger)
        from infer import unsure

        result = unsure.sifted(found, self.least)
        if result.left_out:
            lines.append(unsure.told(result, self.least))
        return Item(lines, result.document)


def _opened(folder: Path, threads: int):
    """The tagger of a checkpoint; what comes after it goes on loading while the first report is tagged."""
    from infer.tagger import Tagger

    tagger = Tagger(folder, threads)

    def load_the_rest():
        from infer import assembly  # noqa: F401

    pool = ThreadPoolExecutor(2)
    pool.submit(load_the_rest)
    pool.submit(lambda: tagger.linker)
    pool.shutdown(wait=False)
    return tagger


def in_order(work: Callable, items: Iterable, workers: int) -> Iterator:
    """What `work` makes of each item, in the order of the items; at most AHEAD a worker are in memory."""
    if workers == 1:
        yield from map(work, items)
        return
    items = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting = deque(pool.submit(work, item) for item in islice(items, AHEAD * workers))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(work, item) for item in islice(items, 1))
        finally:
            pool.shutdown(cancel_futures=True)
