"""`python -m annotations pull`: a project's finished annotations, audited, in a file that can be imported."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from annotations import gold, server
from annotations.audit import Audit, agreements
from annotations.interface import Interface
from annotations.pulled import Pulled, Request
from annotations.server import Page, Project, Server, where
from infer import output
from infer.schema import InputError

PAGE = 100  # tasks a request
OVERLAP = timedelta(minutes=5)  # a change that began before the pull may have ended after it
_ANNOTATED = where("total_annotations", "greater", 0)
_BARE = where("total_annotations", "equal", 0)
_SKIPPED = where("cancelled_annotations", "greater", 0)
_UNSKIPPED = where("cancelled_annotations", "equal", 0)
_DRAFTED = where("draft_exists", "equal", True, "Boolean")


def add_parser(commands) -> None:
    pulling = commands.add_parser("pull", help="fetch the finished annotations of a Label Studio project")
    server.add_arguments(pulling)
    pulling.add_argument("-o", "--output", required=True, metavar="OUT", help="the JSON file to write")
    whose = "where several annotated and none is ground truth: whose to take, a user id or e-mail address"
    pulling.add_argument("--prefer", metavar="WHO", help=f"{whose}; default: the latest")
    pulling.add_argument("--anew", action="store_true", help="drop what a stopped pull has brought")
    size = f"tasks a request, fewer for a slow server; default: {PAGE}"
    pulling.add_argument("--page-size", type=int, default=PAGE, metavar="N", help=size)
    pulling.set_defaults(run=run)


def run(options) -> int:
    """0: all is written; 1: broken tasks are named, and the others written."""
    out = Path(options.output)
    if output.is_folder(options.output):
        raise InputError(f"{out}: is a folder; name a file with -o")
    if options.page_size < 1:
        raise InputError(f"--page-size {options.page_size}: needs 1 or more")
    output.check_file(out, map(gold.path, gold.SPLITS))
    begun = out.with_name(f"{out.name}.pull")
    try:
        return _run(options, out, begun)
    except KeyboardInterrupt:
        _note(
            f"stopped; what came is kept in {begun}: type the same again to go on"
            if begun.exists()
            else "stopped"
        )
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: {error.strerror}; see to it, and type the same again"
        ) from None


def _run(options, out: Path, begun: Path) -> int:
    host = server.connect(options)
    project = host.project(options.project)
    interface = Interface.of(project.label_config)
    for line in _limits(interface):
        _note(f"project {project.id} {line}")
    prefer = options.prefer and host.user(options.prefer)
    request = Request(host.url, project.id, host.me(), prefer)
    if options.anew:
        begun.unlink(missing_ok=True)
    with _begin(host, begun, request) as pulled:
        try:
            _fetch(host, project, pulled, options.page_size)
            left = _left_out(host, project, pulled)
        except InputError as error:
            kept = f"{len(pulled)} tasks are kept in {begun}: type the same again to go on"
            raise InputError(f"{error}; {kept}") from None
        audit = Audit(interface, prefer, partial(print, flush=True))
        _write(out, pulled, audit)
    begun.unlink()
    if audit.doubles:
        print(*agreements(audit.doubles), sep="\n\n")
    for line in _told(out, audit.counts, left, prefer):
        _note(line)
    return 1 if audit.counts["broken"] else 0


def _limits(interface: Interface) -> Iterator[str]:
    """What the project's annotations cannot say, and what they say that is none of ours."""
    for line in interface.lacks:
        yield f"has {line}: none of its annotations can say that"
    if interface.foreign:
        yield f"has labels that are none of ours, left out: {', '.join(sorted(interface.foreign))}"
    if interface.others:
        yield f"has controls that are none of ours, left out: {', '.join(sorted(interface.others))}"


def _begin(host: Server, begun: Path, request: Request) -> Pulled:
    """What a stopped pull has brought, else nothing so far."""
    pulled = Pulled.resume(begun, request)
    if pulled is None:
        newest = host.tasks(request.project, order="-tasks:updated_at", whole=False).tasks
        return Pulled.begin(begun, request, newest[0]["updated_at"] if newest else None)
    _note(f"{begun}: goes on after {len(pulled)} tasks")
    return pulled


def _fetch(host: Server, project: Project, pulled: Pulled, size: int) -> None:
    """Bring `pulled` to what the server has, however much of it is there and whatever changed since."""
    for page in _pages(host, project, size, _ANNOTATED, after=pulled.last):
        pulled.add(page.tasks)
        _note(f"{len(pulled)} of {len(pulled) + page.total - len(page.tasks)} annotated tasks")
    if pulled.since:
        since = server.moment(pulled.since) - OVERLAP
        later = where("updated_at", "greater", since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "Datetime")
        changed = sum(pulled.add(page.tasks) for page in _pages(host, project, size, _ANNOTATED, later))
        if changed:
            _note(f"{changed} tasks were changed meanwhile, and are pulled anew")
    if host.tasks(project.id, _ANNOTATED, whole=False).total == len(pulled):
        return
    there = {
        task["id"] for page in _pages(host, project, size, _ANNOTATED, whole=False) for task in page.tasks
    }
    if gone := pulled.ids - there:
        pulled.drop(gone)
        _note(f"{len(gone)} tasks are no longer there, or no longer annotated, and are dropped")
    for id in sorted(there - pulled.ids):
        pulled.add(host.tasks(project.id, _ANNOTATED, where("id", "equal", id)).tasks)


def _pages(
    host: Server, project: Project, size: int, *conditions: dict, after=0, whole=True
) -> Iterator[Page]:
    """The tasks that meet the conditions, in the order of their ids from `after` on.

    Each page begins after the last one's end, so that what is changed or deleted meanwhile moves no other.
    """
    while True:
        page = host.tasks(project.id, *conditions, where("id", "greater", after), size=size, whole=whole)
        ids = [task["id"] for task in page.tasks]
        if not ids:
            return
        if ids != sorted(set(ids)) or ids[0] <= after:
            raise InputError(f"{host.url}: gives tasks in another order than asked for; update Label Studio")
        yield page
        if page.total <= len(ids):
            return
        after = ids[-1]


def _left_out(host: Server, project: Project, pulled: Pulled) -> Counter[str]:
    """How many tasks there are without a finished annotation, and how many drafts beside one."""

    def total(*conditions: dict) -> int:
        return host.tasks(project.id, *conditions, whole=False).total

    left = Counter({"skipped": total(_BARE, _SKIPPED), "drafts": total(_ANNOTATED, _DRAFTED)})
    left["only a draft"] = total(_BARE, _UNSKIPPED, _DRAFTED)
    left["unlabelled"] = total(_BARE, _UNSKIPPED) - left["only a draft"]
    return left


def _write(out: Path, pulled: Pulled, audit: Audit) -> None:
    """All sound tasks, one a line, at once or not at all."""
    with output.replacing(out) as stream:
        stream.write("[")
        separator = "\n"
        for raw in pulled:
            if line := audit.read(raw):
                stream.write(separator + line)
                separator = ",\n"
        stream.write("\n]\n")


def _told(out: Path, counts: Counter, left: Counter, prefer: str | None) -> Iterator[str]:
    told = f"{counts['written']} tasks, {counts['repaired']} repaired"
    yield f"{out}: {told}" + (f", {counts['unnamed']} named task-ID" if counts["unnamed"] else "")
    if counts["broken"]:
        yield f"{counts['broken']} broken tasks, named above, are not in it: mend them there and pull again"
    skipped = left["skipped"] + counts["skipped"]
    tasks = f"{skipped} skipped, {left['only a draft']} with only a draft, {left['unlabelled']} unlabelled"
    yield f"tasks left out: {tasks}"
    if counts["skipped annotations"] or left["drafts"]:
        beside = f"{counts['skipped annotations']} skipped annotations, {left['drafts']} drafts"
        yield f"left out beside finished annotations: {beside}"
    if prefer and not counts["preferred"]:
        yield f"none of the annotations is by user {prefer}, who is preferred"


def _note(line: str) -> None:
    print(f"pull: {line}", file=sys.stderr, flush=True)
