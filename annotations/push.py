"""`python -m annotations push`: reports into a Label Studio project, with what the model makes of them."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from annotations import server
from annotations.server import Project, Server
from infer import options, sources
from infer.rows import Columns
from infer.schema import Document, InputError

INTERFACE = Path(__file__).with_name("labelling.xml")


def add_parser(commands) -> None:
    parser = commands.add_parser("push", help="send reports to Label Studio with the model's predictions")
    options.add_inputs(parser.add_argument)
    server.add_arguments(parser, project=False)
    target = parser.add_mutually_exclusive_group(required=True)
    server.add_project(target)
    target.add_argument("--create", metavar="TITLE", help="make a project of this title, with labelling.xml")
    options.add_model(parser.add_argument)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Push all that is asked for; 1 where something was left out, or where the server was lost half-way."""
    from annotations.predictions import Model
    from annotations.pushing import Pushing

    found = sources.find(given.paths, note)
    model = Model(given.model).current
    there = server.connect(given)
    project = create(there, given.create) if given.create else there.project(given.project)
    pushing = Pushing(there, project, model, note)
    return send(pushing, reports(found, given, pushing.leave), print)


def send(pushing, documents: Iterable[Document], tell: Callable[[str], None]) -> int:
    """Push the documents, and `tell` what came of it; the exit code."""
    from annotations.pushing import batches

    code = 0
    try:
        for batch in batches(documents):
            pushing.push(batch)
            note(f"{pushing.pushed.all} reports: {pushing.pushed}")
    except InputError as error:
        if not (pushing.pushed.all or pushing.sent):
            raise
        note(f"error: {error}; broken off, the same command goes on from there")
        code = 1
    except KeyboardInterrupt:
        note("stopped; the same command goes on from there")
        code = 130
    project, version = pushing.project, pushing.model.version
    if not code:
        pushing.shown = show(pushing.server, project, version)
    tell(f"project {project.id} {project.title!r}, model {version}: {pushing.pushed}")
    return code or int(pushing.pushed.left > 0)


def show(there: Server, project: Project, version: str) -> bool:
    """Whether annotators see this model's predictions; where they see another's, say how to change it."""
    projects = there.client.projects
    shown = there.ask("looking for what is shown", lambda: projects.get(project.id).model_version)
    if not shown:
        there.ask("choosing what is shown", lambda: projects.update(project.id, model_version=version))
    elif shown != version:
        note(
            f"annotators are shown the predictions of {shown!r}, and sort by its scores: choose {version!r} "
            "under Annotation in the project's Settings"
        )
    return shown in (version, "", None)


def reports(found: list[sources.Source], given: argparse.Namespace, leave) -> Iterator[Document]:
    """The documents of all sources, one at a time; those that cannot be read are handed to `leave`."""
    columns = Columns(given.text_column, given.id_column, given.date_column)
    for source in found:
        for document in sources.read(source, columns, note):
            if isinstance(document, InputError):
                leave(document)
            else:
                yield sources.to_read(document, given.report_date, note)


def note(line: str) -> None:
    print(" ".join(line.splitlines()), file=sys.stderr, flush=True)


def create(there: Server, title: str) -> Project:
    """A new project of this title with our labelling interface; InputError where there is one already."""
    title = title.strip()  # as Label Studio does
    if not 3 <= len(title) <= 50:
        raise InputError(f"--create {title!r}: Label Studio takes titles of 3 to 50 characters")
    projects = there.client.projects
    what = f"looking for a project {title!r}"
    same = there.ask(what, lambda: [p.id for p in projects.list(title=title) if p.title == title])
    if same:
        raise InputError(
            f"{there.url}: project {same[0]} is titled {title!r} already; go on with --project {same[0]}, "
            "or choose another title"
        )
    config = INTERFACE.read_text(encoding="utf-8")
    made = there.ask(
        "making a project", lambda: projects.create(title=title, label_config=config), again=False
    )
    note(f"made project {made.id} {title!r}")
    return there.project(str(made.id))
