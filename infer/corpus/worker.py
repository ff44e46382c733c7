"""What a process of the cluster does: reads a part, tags it, and writes it whole or not at all."""

import argparse
import os
import pickle
import platform
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from infer import output, render, rows
from infer.corpus import watch
from infer.corpus.job import Folder, Told, manifest
from infer.corpus.parts import Found, Part, parts, read
from infer.corpus.watch import Watch
from infer.schema import Document, InputError


def cut(row: dict, columns: rows.Columns, size: int) -> Iterator[dict]:
    """The parts of a group of files, one a row of Ray Data."""
    for part in parts(*pickle.loads(row["group"]), columns, size):
        yield {"part": pickle.dumps(part)}


class Worker:
    """Makes parts, one after the other, with a model that is loaded once."""

    def __init__(self, options: argparse.Namespace, manifest: dict):
        self.options, self.manifest = options, manifest
        self.folder = Folder.of(options)
        self.columns = rows.Columns(options.text_column, options.id_column, options.date_column)
        self.reading = None

    def __call__(self, row: dict) -> dict:
        """What is told of a part; `stop` is why the whole job has to, if it has."""
        part = pickle.loads(row["part"])
        before, told, stop = False, Told(part.name, "", 0.0, "", 0, (), ()), ""
        try:
            if not self.reading:
                self._look_around()
            before, told = self._made(part)
        except InputError as error:
            stop = str(error)
        except OSError as error:
            stop = (
                f"{error.filename or part.name}: {error.strerror}; check its permissions and the space left"
            )
        return {
            "part": part.name,
            "bytes": part.bytes,
            "reports": told.reports,
            "failed": len(told.failed),
            "noted": len(told.noted),
            "seconds": told.seconds,
            "before": before,
            "stop": stop,
        }

    def _look_around(self) -> None:
        """InputError where this machine has not the same folders, program and model as the one that asks."""
        from infer.reports import Reading

        here = platform.node()
        unseen = [path for path in self.options.paths if not Path(path).exists()]
        if self.folder.manifest() != self.manifest:
            unseen.append(str(self.folder.path))
        if unseen:
            raise InputError(
                f"the machine {here} does not see {', '.join(unseen)}; give folders that all machines share"
            )
        own = manifest([], self.options)
        for name in ("program", "model"):
            if own[name] != self.manifest[name]:
                raise InputError(
                    f"the machine {here} has another {name}: {own[name]}, not {self.manifest[name]}; "
                    "install the same version on all machines"
                )
        self.reading = Reading([], self.options, threads=1)

    def _made(self, part: Part) -> tuple[bool, Told]:
        """(whether it was done before, what there is to tell of it)."""
        noted: list[str] = []
        begun = process_time()
        self.reading.note = noted.append
        seen = Watch(self.folder.watched(part.name))
        digest, found = read(part, self.columns, noted.append, seen.fatal)
        told = self.folder.done(part)
        if told and told.sha256 != digest:
            raise InputError(
                f"{part.sources[0].name}: has changed since {self.folder.part(part)} was made of it; "
                "name another folder with -o"
            )
        before = bool(told)
        if not told:
            count, failed = self._written(part, found, seen)
            by, seconds = f"{platform.node()}:{os.getpid()}", process_time() - begun
            told = Told(part.name, by, seconds, digest, count, tuple(failed), tuple(noted))
            self.folder.write(told)
        seen.done()
        return before, told

    def _written(self, part: Part, found: Found, seen: Watch) -> tuple[int, list[str]]:
        """How many records were written, and why others could not be."""
        failed: list[str] = []
        count = 0

        def documents() -> Iterator[Document]:
            nonlocal count
            for document in self._read(found, failed, seen):
                count += 1
                yield document

        format = render.FORMATS[self.options.format]
        style = render.Style(self.options.format, self.reading.model, self.options.with_text)
        with output.replacing(self.folder.part(part), format.binary) as stream:
            render.write(documents(), stream, style)
        return count, failed

    def _read(self, found: Found, failed: list[str], seen: Watch) -> Iterator[Document]:
        """The documents that could be read; why the others could not goes into `failed`."""
        for document in found:
            if isinstance(document, InputError):
                failed.append(str(document))
                continue
            if seen.fatal(document.id):
                failed.append(watch.told(document.id))
                continue
            try:
                yield self.reading.read(document)
            except Exception as error:  # whatever a report does to us, the others go on
                failed.append(f"{document.id}: {type(error).__name__}: {error}")
