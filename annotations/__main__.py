"""`python -m annotations COMMAND`: the corpus from the command line, and Label Studio."""

import argparse
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from annotations import agreement, gold, labelstudio, markup, pull, push, rank, serve, stats
from annotations.check import check
from annotations.documents import to_document
from annotations.duplicates import duplicates
from annotations.phrases import recurring
from annotations.tasks import Finding, Task
from infer import output, render, totals
from infer.schema import Document, InputError, not_installed


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0, all is well; 1, something is broken and named; 2, nothing was done."""
    options = _parser().parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # a report's words, in whatever the terminal can show
    try:
        return options.run(options)
    except InputError as error:
        print(f"python -m annotations {options.command}: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"python -m annotations {options.command}: {not_installed(error.name)}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"python -m annotations {options.command}: {where}{error.strerror or error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m annotations", description="The annotated corpus.")
    commands = parser.add_subparsers(dest="command", required=True)
    taking = commands.add_parser("import", help="take annotated reports into the corpus")
    taking.add_argument(
        "sources", nargs="+", metavar="SRC", help="a Label Studio JSON export, or marked-up .txt"
    )
    taking.add_argument("--split", choices=gold.SPLITS, help="where to (needed, unless --dry-run)")
    taking.add_argument("--annotator", help="whose annotations to take: a user id or e-mail address")
    taking.add_argument("--dry-run", action="store_true", help="only say what is found")
    taking.set_defaults(run=_import)
    commands.add_parser("check", help="look for what is broken").set_defaults(run=_check)
    commands.add_parser("stats", help="count what is there").set_defaults(run=_stats)
    agreeing = commands.add_parser("agree", help="compare two annotations of the same reports")
    agreeing.add_argument("first", type=Path, metavar="A.json", help="Label Studio JSON")
    agreeing.add_argument("second", type=Path, metavar="B.json", help="the same reports, marked by another")
    agreeing.add_argument("--list", action="store_true", help="also list everything that differs")
    agreeing.set_defaults(run=_agree)
    printing = commands.add_parser("records", help="print gold as event records")
    printing.add_argument("--split", choices=gold.SPLITS, help="default: all of them")
    printing.add_argument("-o", "--output", metavar="OUT", help="a file, or a folder for a file per report")
    printing.set_defaults(run=_records)
    reading = commands.add_parser("text", help="print reports in the plain-text form, to be corrected")
    reading.add_argument("ids", nargs="*", metavar="DOC_ID", help="default: all of them")
    reading.add_argument("--split", choices=gold.SPLITS, help="default: all of them")
    reading.set_defaults(run=_text)
    for command in commands.choices.values():
        if command is not agreeing:  # it is given its files
            command.add_argument(
                "--data", type=Path, default=gold.DATA, metavar="DIR", help="the corpus folder"
            )
    for command in (pull, push, rank, serve):
        command.add_parser(commands)
    return parser


def _import(options) -> int:
    """Good reports replace those of the same doc_id; broken ones are named and change nothing."""
    if not (options.split or options.dry_run):
        raise InputError("no --split; type --split train, dev or test, or --dry-run to only look")
    stored = {split: gold.read_raw(split, options.data) for split in gold.SPLITS}
    homes = {raw["data"].get("doc_id"): split for split, raws in stored.items() for raw in raws}
    read = [found for source in options.sources for found in _read(Path(source), options.annotator)]
    good: dict[str, Task] = {}
    refused = 0
    for task, findings in read:
        if task:
            findings = [*findings, *check(task, complete=options.split != "train")]
            findings += _clash(task, good, homes.get(task.id), options.split)
        for finding in findings:
            print(finding)
        if any(finding.severity == "error" for finding in findings):
            refused += 1
        elif task:
            good[task.id] = task
            events = sum(region.event is not None for region in task.regions)
            print(f"{task.id}: ok, {len(task.regions)} spans, {events} events")
    if good and not options.dry_run:
        kept = [raw for raw in stored[options.split] if raw["data"].get("doc_id") not in good]
        gold.save(options.split, [*kept, *map(labelstudio.write_task, good.values())], options.data)
    left_out = len(read) - len(good) - refused
    print(f"{len(good)} {'good' if options.dry_run else 'imported'}, {refused} refused, {left_out} left out")
    return 1 if refused else 0


def _read(source: Path, annotator: str | None) -> list[tuple[Task | None, list[Finding]]]:
    if source.suffix.lower() == ".txt":
        return markup.read_file(source)
    return [labelstudio.read_task(raw, annotator) for raw in labelstudio.read_file(source)]


def _clash(task: Task, good: dict[str, Task], home: str | None, split: str | None) -> list[Finding]:
    if task.id in good:
        return [Finding(task.id, "error", "given twice; one doc_id is one report")]
    if split and home not in (None, split):
        return [Finding(task.id, "error", f"is in {home} already; a report is in one split")]
    return []


def _check(options) -> int:
    findings: list[Finding] = []
    splits: dict[str, list[Task]] = {}
    for split in gold.SPLITS:
        splits[split] = []
        for raw in gold.read_raw(split, options.data):
            task, found = labelstudio.read_task(raw)
            findings += [replace(finding, severity="error") for finding in found]  # what an import mends
            if task:
                splits[split].append(task)
                findings += check(task, complete=split != "train")
    findings += [*duplicates(splits), *recurring(splits)]
    for finding in findings:
        print(finding)
    times = Counter(finding.severity for finding in findings)
    reports = sum(map(len, splits.values()))
    print(f"{reports} reports, {times['error']} errors, {times['note']} notes")
    return 1 if times["error"] else 0


def _stats(options) -> int:
    splits = {split: _sound_split(split, options) for split in _present(options)}
    print(*stats.tables(splits), sep="\n\n")
    return 0


def _agree(options) -> int:
    first, second = (_sound(file, gold.read(file)) for file in (options.first, options.second))
    both = agreement.pairs(first, second)
    total = agreement.agree(both)
    if options.list:
        for a, b in both:
            for line in agreement.differences(a, b):
                print(line)
    print(f"{len(both)} reports in both; A is {options.first}, B is {options.second}\n")
    print(*agreement.tables(total), agreement.fields(both), sep="\n\n")
    for name, own in (("A", first), ("B", second)):
        if alone := sorted({task.id for task in own} - {task.id for task, _ in both}):
            print(f"\n{len(alone)} only in {name}: {', '.join(alone)}")
    return 0


def _sound_split(split: str, options) -> list[Task]:
    return _sound(gold.path(split, options.data), gold.load(split, options.data))


def _sound(file: Path, tasks: list[Task]) -> list[Task]:
    """The tasks of a file; InputError with the first error, as no document can be made of a broken one."""
    for task in tasks:
        for finding in check(task, complete=False):
            if finding.severity == "error":
                raise InputError(f"{file}: {finding}; mend it first")
    return tasks


def _present(options) -> list[str]:
    """The splits that have a file; InputError where none has."""
    present = [split for split in gold.SPLITS if gold.path(split, options.data).exists()]
    if not present:
        raise InputError(f"{options.data}: holds no corpus; fill it with python -m annotations import")
    return present


def _wanted(options) -> list[str]:
    """The split that is asked for, or all that are there."""
    return [options.split] if options.split else _present(options)


def _records(options) -> int:
    documents = [_checked(task) for split in _wanted(options) for task in _sound_split(split, options)]
    style = render.Style("json")
    if options.output and output.is_folder(options.output):
        folder = output.Folder(Path(options.output), ".json", (), lambda line: print(line, file=sys.stderr))
        for document in documents:
            with output.replacing(folder.path_for(document)) as stream:
                render.write([document], stream, style, alone=True)
        return 0
    if options.output:
        output.check_file(Path(options.output), map(gold.path, gold.SPLITS))
    with output.replacing(Path(options.output)) if options.output else output.standard(True) as stream:
        render.write(documents, stream, style)
    return 0


def _text(options) -> int:
    """Nothing is written where an id asked for is unknown; reports that the form cannot write are named."""
    splits = _wanted(options)
    tasks = [task for split in splits for task in _sound_split(split, options)]
    if unknown := sorted(set(options.ids) - {task.id for task in tasks}):
        raise InputError(f"no report {', '.join(unknown)} in {', '.join(splits)}; name one that is there")
    written, failed = [], 0
    for task in (task for task in tasks if task.id in options.ids or not options.ids):
        try:
            written.append(markup.write(task))
        except InputError as error:
            print(f"python -m annotations text: {error}", file=sys.stderr)
            failed += 1
    with output.standard(True) as stream:
        stream.write("\n".join(written))
    return 1 if failed else 0


def _checked(task: Task) -> Document:
    document = to_document(task)
    return replace(document, checks=totals.checks(document))


if __name__ == "__main__":
    sys.exit(main())
