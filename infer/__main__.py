"""The command: reports in, event records out. `python -m infer --help` tells the rest."""

import argparse
import ctypes
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from infer import output, render, sources
from infer.options import NAME, parse
from infer.reports import Reading
from infer.schema import Document, InputError

M_MMAP_THRESHOLD = -3  # of glibc's malloc.h


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code. Bad input is one line on standard error."""
    return_freed_memory()
    try:
        return run(parse(arguments))
    except InputError as error:
        note(f"error: {error}")
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        note(
            f"error: {error.filename or 'output'}: {error.strerror}; check its permissions and the space left"
        )
        return 2
    except KeyboardInterrupt:
        note("stopped")
        return 130


def return_freed_memory() -> None:
    """Give freed blocks of 128 kB and more back to the system at once, for the rest of this process.

    glibc raises that size as it sees such blocks; held where it begins, a report takes 7 % less memory.
    For the command alone: training gets less than half as far with it. Other C libraries do as they please.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, 128 * 1024)


def note(line: str, stream: TextIO | None = None) -> None:
    """Tell the user one line."""
    print(f"{NAME}: {' '.join(line.splitlines())}", file=stream or sys.stderr, flush=True)


def run(options: argparse.Namespace) -> int:
    """Read everything that was asked for and write it; returns the exit code."""
    if options.engine == "ray":
        from infer.corpus import engine

        return engine.run(options, note)
    out = options.output
    folder = Path(out) if out and output.is_folder(out) else None
    found = sources.find(options.paths, note, leave_out=folder)
    inputs = [source.path for source in found if source.path]
    if out and not folder:
        output.check_file(Path(out), inputs)
    reading = Reading(found, options, note)
    style = render.Style(options.format, reading.model, options.with_text, note=cache(note))
    documents = iter(reading)
    first = list(islice(documents, 2))
    if not first:
        return 2
    documents = chain(first, documents)
    format = render.FORMATS[options.format]
    if folder:
        names = output.Folder(folder, format.suffix, inputs, note)
        if options.format == "html":
            write_pages(documents, names, style)
        else:
            for document in documents:
                with output.replacing(names.path_for(document), format.binary) as stream:
                    render.write([document], stream, style, alone=True)
    else:
        one_file = len(options.paths) == 1 and not Path(options.paths[0]).is_dir()
        alone = one_file and len(first) == 1 and not reading.failed
        if out:
            target = output.replacing(Path(out), format.binary)
        else:
            target = output.standard(options.format != "table", format.binary)
        with target as stream:
            if options.summary:
                render.write_summary(documents, stream, style)
            else:
                render.write(documents, stream, style, alone)
    return 1 if reading.failed else 0


def write_pages(documents: Iterator[Document], names: output.Folder, style: render.Style) -> None:
    """A page a document, and the index of them all."""
    index = names.reserve("index.html")

    def written() -> Iterator[tuple[Document, Path]]:
        for document in documents:
            path = names.path_for(document)
            up = output.address(index, path.parent)
            with output.replacing(path) as stream:
                render.write([document], stream, replace(style, index=up), alone=True)
            yield document, path

    with output.replacing(index) as stream:
        render.write_index(written(), stream, style, index.parent)


if __name__ == "__main__":
    sys.exit(main())
