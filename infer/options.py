"""The command line: what may be typed, and what is wrong with what was."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from infer import __version__, checkpoint, render
from infer.output import is_folder
from infer.render.record import SCHEMA_VERSION
from infer.rows import day
from infer.schema import InputError
from infer.sources import STDIN

NAME = "attack-reports"
CORPUS_FORMATS = ("jsonl", "parquet")
EXAMPLES = """\
examples:
  python -m infer report.txt                           a table to read
  python -m infer report.txt --format json             the event record
  python -m infer reports/ --format csv -o events.csv  one row an event, from a folder of reports
  python -m infer report.pdf -o events.xlsx            a workbook; also .parquet, .geojson, .html
  python -m infer news.csv --text-column body -o out/  a file per report
  python -m infer report.txt -o report.html            a page, with the words behind every value
  python -m infer reports/ --format html -o pages/     a page per report, and an index
  python -m infer reports/ --summary                   all reports by actor, place and month
  python -m infer archive/ --engine ray -o out/        a large archive, on all processors or a cluster

exit codes: 0 all was written; 1 some reports failed, named on standard error, and the others were
written; 2 nothing was written, or the command line is wrong."""


class Parser(argparse.ArgumentParser):
    """argparse, whose errors are one line like all of ours."""

    def error(self, message: str):
        raise InputError(f"{message}; type `python -m infer --help`")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options of a command line, None for the process's own; InputError where they are wrong."""
    parser = Parser(
        prog="python -m infer",
        description="Read conflict reports into event records: who attacked, where and when, and the toll.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_inputs(parser.add_argument)
    _add_outputs(parser.add_argument)
    _add_engine(parser.add_argument)
    options = parser.parse_args(arguments)
    suffix = Path(options.output or "").suffix.lower()
    named = {ending: name for name, ending in render.SUFFIXES.items()}
    folder = bool(options.output) and is_folder(options.output)
    if suffix and not options.format and suffix not in named and not folder:
        raise InputError(
            f"-o {options.output}: no format is known by {suffix}; allowed: {', '.join(named)}, "
            "or say which with --format"
        )
    if options.engine == "ray":
        _check_corpus(options)
    elif options.address:
        raise InputError("--address is of --engine ray; add that, or leave --address out")
    options.format = options.format or named.get(suffix, "table")
    render.check_installed(options.format)
    if render.FORMATS[options.format].binary and not options.output and sys.stdout.isatty():
        raise InputError(
            f"--format {options.format} is nothing to read on a terminal; name a file with -o, such as "
            f"-o events{render.FORMATS[options.format].suffix}"
        )
    if options.summary:
        _check_summary(options, folder)
    return options


def _check_summary(options: argparse.Namespace, folder: bool) -> None:
    """InputError where a summary, which is one for all reports, cannot be had as asked for."""
    if options.format not in render.SUMMARY_FORMATS:
        raise InputError(
            f"--summary has no format {options.format}; allowed: {', '.join(render.SUMMARY_FORMATS)}; "
            f"for rows of events leave --summary out"
        )
    if folder:
        raise InputError(
            f"--summary is one for all reports; {options.output} is a folder, name a file with -o"
        )
    if options.with_text:
        raise InputError("--summary holds no report's text; leave --with-text out")


def _check_corpus(options: argparse.Namespace) -> None:
    """InputError where a corpus cannot be read on Ray as asked for; sets the format where none was given."""
    options.format = options.format or CORPUS_FORMATS[0]
    if options.format not in CORPUS_FORMATS:
        raise InputError(f"--engine ray has no format {options.format}; allowed: {', '.join(CORPUS_FORMATS)}")
    if not options.output or Path(options.output).is_file() or options.summary:
        raise InputError("--engine ray writes its parts into a folder; name one with -o, such as -o out/")
    if STDIN in options.paths:
        raise InputError("--engine ray does not read standard input; name files or folders")


def add_inputs(add: Callable) -> None:
    """What to read, and where in a table it stands, for every command that reads reports."""
    paths = (
        "a report (.txt, .md, .html, .pdf, .docx), a table of reports (.jsonl, .csv, .parquet), a folder, "
        "- for standard input"
    )
    add("paths", nargs="+", metavar="PATH", help=paths)
    published = "year-month-day on which the reports were published: what 'last Monday' is counted from"
    add("--report-date", type=_of(day), metavar="DATE", help=published)
    add("--text-column", metavar="NAME", help="of a table; default: text, body or content")
    add("--id-column", metavar="NAME", help="default: id or doc_id")
    add("--date-column", metavar="NAME", help="the report date's; default: report_date or date")


def add_model(add: Callable) -> None:
    """What to read with, for every command that reads reports."""
    model = "a checkpoint folder; default: the one that ships with us"
    add("--model", type=Path, default=checkpoint.DEFAULT, metavar="DIR", help=model)


def _add_outputs(add: Callable) -> None:
    add("--format", choices=list(render.FORMATS), help="default: as the name of OUT ends, else table")
    out = "a file, or a folder (one that exists or ends in /) for a file per report"
    summary = "what all reports state by actor, place and month, and what overlaps, as a table or JSON"
    add("--summary", action="store_true", help=summary)
    add("-o", "--output", metavar="OUT", help=out)
    add_model(add)
    least = "leave out events of a lower confidence, 0 to 1; parts of them that stay are told of"
    add("--min-confidence", type=_of(probability), default=0.0, metavar="P", help=least)
    add("--with-text", action="store_true", help="put each report's text into its record")
    add("--version", action="version", version=f"{NAME} {__version__}, event record {SCHEMA_VERSION}")


def _add_engine(add: Callable) -> None:
    engine = "ray: on all processors, or a cluster's; parts in OUT/parts, and what was done is not done again"
    add("--engine", choices=("local", "ray"), default="local", help=engine)
    cluster = "of a Ray cluster's head, or auto for the one this machine is in; default: this machine alone"
    add("--address", metavar="HOST:PORT", help=cluster)
    size = "most reports in a part of --engine ray; default: 500"
    add("--part-size", type=_of(positive), default=500, metavar="N", help=size)


def _of(reader: Callable) -> Callable:
    """A type for argparse from a reader that raises InputError."""

    def read(argument: str):
        try:
            return reader(argument)
        except InputError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def count_of(things: str) -> Callable[[str], int]:
    """A type for argparse: how many of the things, 1 or more."""

    def count(argument: str) -> int:
        if not (argument.isdecimal() and int(argument)):
            raise InputError(f"{argument!r} is no number of {things}; give 1 or more")
        return int(argument)

    return _of(count)


def probability(argument: str) -> float:
    """A number from 0 to 1; InputError for anything else."""
    try:
        value = float(argument)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise InputError(f"{argument!r} is no probability; give a number from 0 to 1, such as 0.5")
    return value


def positive(argument: str) -> int:
    """A whole number above 0; InputError for anything else."""
    if not argument.isascii() or not argument.isdigit() or not int(argument):
        raise InputError(f"{argument!r} is no number of reports; give a whole number above 0, such as 500")
    return int(argument)
