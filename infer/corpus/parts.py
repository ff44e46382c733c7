"""Input → parts: what one process reads at a time and writes as one file, named by file and row alone.

A part is a run of whole files, or a stretch of the rows of one table; nothing in it depends on how many
machines there are, so that a job goes on where it stopped on any others.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice

from infer import rows, sources
from infer.corpus import watch
from infer.decoding import codec_of
from infer.schema import Document, InputError
from infer.sources import Note, Source

SLICED = {"utf-8": 0, "utf-8-sig": 3}  # codecs of tables that are read in parts: bytes of the mark
MAX_BYTES = 8_000_000  # of a part's input, but for a single report or a file read whole

Found = Iterator[Document | InputError]
Fatal = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a table: bytes [start, end) of the file, read after its first `head` bytes (a CSV's header).

    The line that is number n in those is number n + `shift` in the file. Of a Parquet file, `start` and
    `end` count rows.
    """

    start: int
    end: int
    head: int = 0
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Whole files, or where there is a `stretch`, rows of one. Names sort in the order of the input."""

    name: str
    sources: tuple[Source, ...]
    bytes: int
    stretch: Stretch | None = None


def groups(found: Sequence[Source], size: int) -> Iterator[tuple[int, tuple[Source, ...]]]:
    """Each table by itself, other files together up to `size`; with the number of the first, from 1."""
    group: list[Source] = []
    held = 0
    for number, source in enumerate(found, start=1):
        table, length = source.suffix in sources.ROWS, bytes_of(source)
        if group and (table or len(group) == size or held + length > MAX_BYTES):
            yield number - len(group), tuple(group)
            group, held = [], 0
        if table:
            yield number, (source,)
        else:
            group.append(source)
            held += length
    if group:
        yield len(found) - len(group) + 1, tuple(group)


def parts(number: int, group: tuple[Source, ...], columns: rows.Columns, size: int) -> Iterator[Part]:
    """The parts of a group of files: itself, or stretches of a table's rows, at most `size` in each."""
    whole = Part(_name(number, 0), group, sum(map(bytes_of, group)))
    source = group[0]
    cut = {".parquet": _parquet, ".csv": _text, ".jsonl": _text}.get(source.suffix)
    try:
        stretches = cut(source, columns, size) if cut else iter(())
        first = list(islice(stretches, 2))
        if len(first) < 2:
            yield whole
            return
        for row, length, stretch in chain(first, stretches):
            yield Part(_name(number, row), group, length, stretch)
    except (InputError, OSError, UnicodeError):  # whoever reads it tells of it
        yield whole


def bytes_of(source: Source) -> int:
    """Its size; 0 where it cannot be told, as whoever reads it tells of that."""
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


def _name(number: int, row: int) -> str:
    return f"part-{number:08d}-{row:011d}"


class _Lines:
    """Lines of UTF-8, and at which byte each line since the last `forget` begins."""

    def __init__(self, lines: Iterator[str], at: int):
        self._lines, self.at, self.number, self.starts = lines, at, 0, {1: at}

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.starts[self.number] = self.at
        self.at += len(line.encode())
        return line

    def forget(self) -> None:
        self.starts = {}


def _text(source: Source, columns: rows.Columns, size: int) -> Iterator[tuple[int, int, Stretch]]:
    """(line of the first row, bytes, stretch) of CSV and JSON Lines, of one in another encoding none."""
    with source.open() as stream:
        codec = codec_of(stream, source.name)
        if codec not in SLICED:
            return
        stream.seek(0)
        lines = _Lines(sources.lines_of(source, stream, codec), SLICED[codec])
        head = top = start = first = count = 0
        for line, _ in sources.table_of(source, lines, columns):
            at = lines.starts.get(line, lines.at)
            lines.forget()
            if not top:
                head, top, start, first = at, line, at, line
            if count == size or (count and at - start > MAX_BYTES):
                yield first, at - start, Stretch(start, at, head, first - top)
                start, first, count = at, line, 0
            count += 1
        if count:
            end = bytes_of(source)
            yield first, end - start, Stretch(start, end, head, first - top)


def _parquet(source: Source, columns: rows.Columns, size: int) -> Iterator[tuple[int, int, Stretch]]:
    import pyarrow
    from pyarrow import parquet

    try:
        with source.open() as stream:
            file = parquet.ParquetFile(stream)
            columns.among(file.schema_arrow.names)
            count = file.metadata.num_rows
    except pyarrow.ArrowException:
        return
    for start in range(0, count, size):
        end = min(start + size, count)
        yield start + 1, bytes_of(source) * (end - start) // count, Stretch(start, end)


def read(part: Part, columns: rows.Columns, note: Note, fatal: Fatal) -> tuple[str, Found]:
    """(SHA-256 of a part's input, its documents); an InputError stands for each that cannot be read.

    Nothing is read of what is `fatal`, where a part is whole files.
    """
    if not part.stretch:
        found = (_guarded(source, columns, note, fatal) for source in part.sources)
        return _digest(part.sources), chain.from_iterable(found)
    (source,), stretch = part.sources, part.stretch
    with source.open() as stream:
        if source.suffix == sources.PARQUET:
            table = sources.parquet_of(source, stream, columns, stretch.start)
            table = list(islice(table, stretch.end - stretch.start))
            digest = hashlib.sha256(repr(table).encode("utf-8", "replace")).hexdigest()
        else:
            head = stream.read(stretch.head)
            stream.seek(stretch.start)
            content = head + stream.read(stretch.end - stretch.start)
            lines = sources.lines_of(source, BytesIO(content), "utf-8-sig" if head else "utf-8")
            found = sources.table_of(source, lines, columns)
            table = ((line + stretch.shift, row) for line, row in found)
            digest = hashlib.sha256(content).hexdigest()
    return digest, rows.documents(table, source.name, columns, "utf-8")


def _guarded(source: Source, columns: rows.Columns, note: Note, fatal: Fatal) -> Found:
    """A file's documents; where its reader breaks, that is its error."""
    try:
        if fatal(source.name):
            raise InputError(watch.told(source.name))
        yield from sources.read(source, columns, note)
    except InputError as error:
        yield error
    except Exception as error:
        yield InputError(f"{source.name}: cannot be read ({type(error).__name__}: {error})")


def _digest(group: Sequence[Source]) -> str:
    whole = hashlib.sha256()
    for source in group:
        try:
            with source.open() as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            content = str(error.strerror)
        whole.update(f"{source.name} {content}\n".encode())
    return whole.hexdigest()
