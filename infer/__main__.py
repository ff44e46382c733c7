"""The command: reports in, event records out. `python -m infer --help` tells the rest."""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from infer import __version__, output, render, sources
from infer.render.record import SCHEMA_VERSION
from infer.rows import Columns, day
from infer.schema import Document, InputError, Span

NAME = "attack-reports"
EXAMPLES = """\
examples:
  python -m infer report.txt                           a table to read
  python -m infer report.txt --format json             the event record
  python -m infer reports/ --format csv -o events.csv  one row an event, from a folder of reports
  python -m infer news.csv --text-column body -o out/  a file per report

exit codes: 0 all was written; 1 some reports failed, named on standard error, and the others were
written; 2 nothing was written, or the command line is wrong."""
PROGRESS_ROWS = 100  # documents of one file between two lines of progress


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code. Bad input is one line on standard error."""
    try:
        return run(parse(arguments))
    except InputError as error:
        note(f"error: {error}")
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        note(f"error: {error.filename or 'output'}: {error.strerror}; check its permissions and the space left")
        return 2
    except KeyboardInterrupt:
        note("stopped")
        return 130


def note(line: str) -> None:
    """Tell the user one line."""
    print(f"{NAME}: {' '.join(line.splitlines())}", file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    """argparse, whose errors are one line like all of ours."""

    def error(self, message: str):
        raise InputError(f"{message}; type `python -m infer --help`")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line, checked as far as it can be without opening anything."""
    parser = Parser(
        prog="python -m infer",
        description="Read conflict reports into event records: who attacked, where and when, and the casualties.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a report (.txt, .md, .html), a table of reports (.jsonl, .csv), "
        "a folder of such files, or - for standard input",
    )
    add("--format", choices=list(render.SUFFIXES), help="default: as the name of OUT ends, else table")
    add(
        "-o",
        "--output",
        metavar="OUT",
        help="a file, or a folder (one that exists or ends in /) for a file per report",
    )
    add(
        "--report-date",
        type=of(day),
        metavar="DATE",
        help="year-month-day on which the reports were published; "
        "dates without a year, 'last Monday' and the like are read from it",
    )
    add(
        "--model",
        type=Path,
        metavar="DIR",
        help="a checkpoint folder; default: the one that ships with the package",
    )
    add(
        "--min-confidence",
        type=of(probability),
        default=0.0,
        metavar="P",
        help="leave out spans that the model is less sure of, 0 to 1",
    )
    add("--with-text", action="store_true", help="put each report's text into its record")
    add("--text-column", metavar="NAME", help="of .jsonl and .csv; default: text, body or content")
    add("--id-column", metavar="NAME", help="default: id or doc_id")
    add("--date-column", metavar="NAME", help="the report date's; default: report_date or date")
    add("--version", action="version", version=f"{NAME} {__version__}, event record {SCHEMA_VERSION}")
    options = parser.parse_args(arguments)
    suffix = Path(options.output or "").suffix.lower()
    options.format = options.format or next((f for f, s in render.SUFFIXES.items() if s == suffix), "table")
    return options


def of(reader):
    """A type for argparse from a reader that raises InputError."""

    def read(argument: str):
        try:
            return reader(argument)
        except InputError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def probability(argument: str) -> float:
    try:
        value = float(argument)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError(f"{argument!r} is no probability; give a number from 0 to 1, such as 0.5")
    return value


@dataclass(frozen=True, slots=True)
class SureTagger:
    """A tagger without the spans it is less sure of than `least`."""

    tagger: object
    least: float

    def tag(self, texts) -> list[tuple[Span, ...]]:
        return [tuple(s for s in spans if s.confidence >= self.least) for spans in self.tagger.tag(texts)]


class Reading:
    """The documents of all sources, read one at a time; how many could not be is in `failed`."""

    def __init__(self, found: list[sources.Source], options: argparse.Namespace):
        from infer.tagger import Tagger

        tagger = Tagger(options.model) if options.model else Tagger()
        self.tagger = SureTagger(tagger, options.min_confidence)
        about = tagger.checkpoint
        self.model = {"name": about.name, "version": about.version, "labels": list(about.labels)}
        self.found, self.report_date = found, options.report_date
        self.columns = Columns(options.text_column, options.id_column, options.date_column)
        self.failed = 0

    def __iter__(self) -> Iterator[Document]:
        for number, source in enumerate(self.found, start=1):
            if len(self.found) > 1:
                note(f"[{number}/{len(self.found)}] {source.name}")
            for row, document in enumerate(sources.read(source, self.columns, note), start=1):
                if isinstance(document, InputError):
                    self.failed += 1
                    note(f"error: {document}")
                else:
                    yield self.read(document)
                if row % PROGRESS_ROWS == 0:
                    note(f"{source.name}: {row} reports")

    def read(self, document: Document) -> Document:
        from infer import language, pipeline

        if self.report_date:
            document = replace(document, report_date=self.report_date, report_date_source="caller")
        if code := language.other_than_english(document.text):
            note(f"{document.id}: is written in {code!r}, it seems; events are found in English only")
        return pipeline.read(document, self.tagger)


def run(options: argparse.Namespace) -> int:
    """Read everything that was asked for and write it; returns the exit code."""
    out = options.output
    folder = Path(out) if out and output.is_folder(out) else None
    found = sources.find(options.paths, note, leave_out=folder)
    inputs = [source.path for source in found if source.path]
    if out and not folder:
        output.check_file(Path(out), inputs)
    reading = Reading(found, options)
    style = render.Style(options.format, reading.model, options.with_text)
    documents = iter(reading)
    first = list(islice(documents, 2))
    if not first:
        return 2
    documents = chain(first, documents)
    if folder:
        names = output.Folder(folder, render.SUFFIXES[options.format], inputs, note)
        for document in documents:
            with output.replacing(names.path_for(document)) as stream:
                render.write([document], stream, style, alone=True)
    else:
        one_file = len(options.paths) == 1 and not Path(options.paths[0]).is_dir()
        alone = one_file and len(first) == 1 and not reading.failed
        target = output.replacing(Path(out)) if out else output.standard(options.format != "table")
        with target as stream:
            render.write(documents, stream, style, alone)
    return 1 if reading.failed else 0


if __name__ == "__main__":
    sys.exit(main())
