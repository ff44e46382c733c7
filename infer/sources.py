"""What the command is pointed at → Documents: files, folders and standard input.

A report that cannot be read comes out as an InputError in its place, so that the others go on.
"""

import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from infer import language, origin, rows
from infer.decoding import codec_of, plain_name
from infer.schema import Document, InputError, not_installed

PARQUET, PDF, WORD = ".parquet", ".pdf", ".docx"
PLAIN, PAGES, ROWS = (".txt", ".md"), (".html", ".htm"), (".jsonl", ".csv", PARQUET)
SUPPORTED = PLAIN + PAGES + ROWS + (PDF, WORD)
STDIN = "-"

Note = Callable[[str], None]  # tells the user one line


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or standard input where `path` is None. `name` begins the ids of its documents."""

    path: Path | None
    name: str

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower() if self.path else ""

    def open(self):
        return self.path.open("rb") if self.path else io.BytesIO(sys.stdin.buffer.read())


def find(paths: Sequence[str], note: Note, leave_out: Path | None = None) -> list[Source]:
    """The sources that paths name: a file itself, a folder's supported files in order, `-` standard input.

    `leave_out` is a folder that is not read where it lies inside one that is (the output's). Raises
    InputError where a path does not exist or where there is nothing to read at all.
    """
    found = []
    for path in paths:
        there = _at(path, note, leave_out)
        if not there and len(paths) > 1:
            note(f"{path}: no report in it")
        found += there
    if not found:
        raise InputError(f"{', '.join(paths)}: no report in it; supported files: {', '.join(SUPPORTED)}")
    uses = Counter(source.name for source in found)
    return [s if uses[s.name] == 1 or not s.path else Source(s.path, _printable(s.path)) for s in found]


def _at(path: str, note: Note, leave_out: Path | None) -> list[Source]:
    if path == STDIN:
        return [Source(None, "stdin")]
    place = Path(path)
    if place.is_dir():
        return [Source(file, _printable(file.relative_to(place))) for file in _inside(place, note, leave_out)]
    if not place.exists():
        raise InputError(
            f"{path}: no such file or folder; give a report, a folder of reports, or - for standard input"
        )
    if place.suffix.lower() not in SUPPORTED:
        note(f"{path}: read as plain text, since it is none of {', '.join(SUPPORTED)}")
    return [Source(place, _printable(Path(place.name)))]


def _inside(folder: Path, note: Note, leave_out: Path | None) -> Iterator[Path]:
    """The supported files below a folder, sorted; each other file and hidden or linked folder is noted."""
    for where, folders, files in os.walk(
        folder, onerror=lambda e: note(f"skipped {e.filename}: {e.strerror}")
    ):
        here = Path(where)
        for name in sorted(folders):
            if name.startswith(".") or (here / name).is_symlink():
                note(f"skipped {here / name}: a hidden or linked folder")
                folders.remove(name)
            elif leave_out and (here / name).resolve() == leave_out.resolve():
                note(f"skipped {here / name}: the folder of the output")
                folders.remove(name)
        folders.sort()
        for name in sorted(files):
            if name.startswith(".") or Path(name).suffix.lower() not in SUPPORTED:
                note(f"skipped {here / name}: not one of {', '.join(SUPPORTED)}")
            else:
                yield here / name


def _printable(path: Path) -> str:
    """A path as an id: `/` between its parts on every system, undecodable bytes replaced."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read(source: Source, columns: rows.Columns, note: Note) -> Iterator[Document | InputError]:
    """The documents of a source, one at a time; an InputError stands for each that cannot be read."""
    try:
        with source.open() as stream:
            if source.suffix in ROWS:
                yield from _rows(source, stream, columns, note)
            else:
                yield _report(source, stream, note)
    except InputError as error:
        yield error
    except OSError as error:
        yield InputError(
            f"{source.name}: cannot be read ({error.strerror}); check the file and its permissions"
        )
    except UnicodeError as error:
        yield InputError(f"{source.name}: {error}; save it as UTF-8")


def to_read(document: Document, report_date: date | None, note: Note) -> Document:
    """A document dated as the user says, where they do; `note` is told of one in another language."""
    if report_date:
        document = replace(document, report_date=report_date, report_date_source="caller")
    if code := language.other_than_english(document.text):
        note(f"{document.id}: is written in {code!r}, it seems; events are found in English only")
    return document


def _report(source: Source, stream, note: Note) -> Document:
    content = stream.read()
    if source.suffix in (PDF, WORD):
        return _printed(source, content, note)
    if source.suffix not in PAGES:
        text, encoding = _decoded(content, source.name, note)
        return Document(source.name, text, encoding=encoding)
    from infer import webpages

    page, encoding = _decoded(content, source.name, note, webpages.declared_charset(content))
    title = origin.titled(webpages.title_of(page))
    return Document(source.name, webpages.text_of(page), encoding=encoding, extra=title)


def _printed(source: Source, content: bytes, note: Note) -> Document:
    """A PDF or a Word file, whose text the reader of a record holds only by `--with-text`."""
    from infer import pdfs, worddocs

    try:
        if source.suffix == PDF:
            text, title = pdfs.text_of(content, source.name, note)
        else:
            text, title = worddocs.text_of(content, source.name)
    except ModuleNotFoundError as error:
        raise InputError(f"{source.name}: {not_installed(error.name, 'documents')}") from None
    return Document(source.name, text, extra=origin.titled(title))


def _decoded(content: bytes, name: str, note: Note, declared: str | None = None) -> tuple[str, str]:
    """(text, name of its encoding); `declared` as in `codec_of`."""
    codec = codec_of(io.BytesIO(content), name, declared)
    return content.decode(codec), _told(codec, name, note)


def _told(codec: str, name: str, note: Note) -> str:
    """The plain name of a codec, told to the user where it is not UTF-8."""
    encoding = plain_name(codec)
    if encoding != "utf-8":
        note(f"{name}: read as {encoding}")
    return encoding


def _rows(source: Source, stream, columns: rows.Columns, note: Note) -> Iterator[Document | InputError]:
    if source.suffix == PARQUET:
        found = rows.documents(parquet_of(source, stream, columns), source.name, columns, "utf-8")
    else:
        codec = codec_of(stream, source.name)
        encoding = _told(codec, source.name, note)
        stream.seek(0)
        table = table_of(source, lines_of(source, stream, codec), columns)
        found = rows.documents(table, source.name, columns, encoding)
    empty = True
    for document in found:
        empty = False
        yield document
    if empty:
        yield InputError(f"{source.name}: has no rows; give it one a report")


def lines_of(source: Source, stream: BinaryIO, codec: str) -> io.TextIOWrapper:
    """The lines of a CSV or JSON Lines file, their ends as they are."""
    return io.TextIOWrapper(stream, codec, newline="" if source.suffix == ".csv" else "\n")


def table_of(source: Source, lines: Iterator[str], columns: rows.Columns) -> Iterator[rows.Row]:
    return rows.from_csv(lines, columns) if source.suffix == ".csv" else rows.from_json_lines(lines)


def parquet_of(source: Source, stream: BinaryIO, columns: rows.Columns, skip: int = 0) -> Iterator[rows.Row]:
    """The rows of a Parquet file after the first `skip`; InputError where pyarrow is not installed."""
    try:
        yield from rows.from_parquet(stream, columns, skip)
    except ModuleNotFoundError as error:
        raise InputError(f"{source.name}: {not_installed(error.name, 'export')}") from None
