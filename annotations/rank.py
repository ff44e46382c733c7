"""`python -m annotations rank`: which reports to annotate next, and those as tasks of a project."""

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from annotations import ranking, server
from annotations.push import note, reports, send
from annotations.ranking import MEASURES, RANDOM, Ranked
from infer import options, output, sources
from infer.schema import Document, InputError

BATCH = 32  # texts that are tagged together
DEFAULT = RANDOM  # neither measure was better in the trial: see model_card.md


def add_parser(commands) -> None:
    parser = commands.add_parser("rank", help="put reports in the order to annotate them in")
    options.add_inputs(parser.add_argument)
    server.add_arguments(parser, project=False)
    server.add_project(parser, help="push the first of the queue there, with the model's predictions")
    by = (
        "at random, or the least sure first, judged by all words or by those that may be of a span; "
        "default: %(default)s"
    )
    parser.add_argument("--by", choices=[RANDOM, *MEASURES], default=DEFAULT, help=by)
    first = "the first N of the queue; default: all"
    parser.add_argument("--take", type=options.count_of("reports"), metavar="N", help=first)
    options.add_model(parser.add_argument)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.csv", help="a file for the queue")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print, write and push the queue, as asked for; 1 where a report was left out."""
    from annotations.predictions import Model
    from annotations.pushing import Pushing

    found = sources.find(given.paths, note)
    if given.output:
        if given.output.is_dir():
            raise InputError(f"{given.output}: is a folder; name a file with -o")
        output.check_file(given.output, [source.path for source in found if source.path])
    there = server.connect(given) if given.project else None
    project = there.project(given.project) if there else None
    model = Model(given.model).current
    pushing = Pushing(there, project, model, note) if project else None
    left: list[object] = []

    def leave(why: object) -> None:
        note(f"error: {why}")
        left.append(why)

    documents = _unique(reports(found, given, leave), leave)
    if pushing:
        documents = _unannotated(documents, pushing)
    queue = ranking.queue(ranked(documents, model.tagger, given.by))[: given.take]
    if not queue:
        raise InputError("no report is left to rank")
    _write(queue, "draw" if given.by == RANDOM else "sureness", given.output)
    code = _push(queue, pushing) if pushing else 0
    return code or int(bool(left))


def ranked(documents: Iterable[Document], tagger, order: str) -> Iterator[Ranked]:
    """Each document with its draw, or with how sure the tagger is of it."""
    if order == RANDOM:
        yield from (Ranked(d, ranking.source_of(d), ranking.draw(d)) for d in documents)
        return
    documents = iter(documents)
    while batch := list(islice(documents, BATCH)):
        found = tagger.probabilities([document.text for document in batch])
        for document, (read, rows) in zip(batch, found, strict=True):
            sure = ranking.sureness(read, rows, MEASURES[order])
            yield Ranked(document, ranking.source_of(document), sure)


def _unique(documents: Iterable[Document], leave: Callable) -> Iterator[Document]:
    """Those that can be annotated, the first of each id: the others would be the same task."""
    from annotations.pushing import unfit

    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            leave(f"{document.id}: there are two of this id; give each report one of its own")
        elif problem := unfit(document):
            leave(f"{document.id}: {problem}")
        else:
            seen.add(document.id)
            yield document


def _unannotated(documents: Iterable[Document], pushing) -> Iterator[Document]:
    """Those that nobody has annotated in the project."""
    from annotations.pushing import batches

    done = 0
    for batch in batches(documents):
        annotated = pushing.annotated(batch)
        done += len(annotated)
        yield from (document for document in batch if document.id not in annotated)
    if done:
        note(f"{done} reports are annotated in project {pushing.project.id} already, and are left out")


def _write(queue: list[Ranked], by: str, file: Path | None) -> None:
    rows = [
        (place, f"{r.sureness:.4f}", len(r.document.text.split()), r.source, r.document.id)
        for place, r in enumerate(queue, start=1)
    ]
    with output.replacing(file) if file else output.standard(True) as stream:
        csv.writer(stream, lineterminator="\n").writerows([("place", by, "words", "source", "id"), *rows])


def _push(queue: list[Ranked], pushing) -> int:
    """Push in the order of the queue, under its scores; the exit code."""
    pushing.scores = {report.document.id: report.score for report in queue}
    code = send(pushing, (report.document for report in queue), note)
    if pushing.scored:
        note(f"{pushing.scored} of those that were there have a new score")
    if pushing.shown:
        note("sort by prediction score in Label Studio, and the queue is what you see")
    return code
