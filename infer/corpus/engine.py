"""The job as its user sees it: parts out to the cluster, one line of progress, and what came of it."""

import argparse
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TextIO

from infer import rows, sources
from infer.corpus import job, worker
from infer.corpus.parts import groups
from infer.schema import InputError, not_installed
from infer.sources import Source

EVERY = 5.0  # seconds between two lines of progress
WAIT = 5.0  # seconds for a cluster to answer
CUTTERS = 16  # tables that are cut into parts at a time
STORE = 200_000_000  # bytes of shared memory on one machine: what travels are names and counts
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
OTHERWISE = "start a cluster with `ray start --head`, or leave --address out to use this machine alone"

Note = Callable[..., None]  # tells one line, on standard error or the stream that is given


def run(options: argparse.Namespace, note: Note) -> int:
    """Read a corpus on a cluster, or on all processors of this machine; returns the exit code."""
    if not find_spec("ray"):
        raise InputError(f"--engine ray: {not_installed('ray', 'corpus')}")
    folder = job.Folder.of(options)
    found = sources.find(options.paths, note, leave_out=folder.path)
    found = [Source(source.path.absolute(), source.name) for source in found]
    options.paths = [os.path.abspath(path) for path in options.paths]
    options.output, options.model = folder.path, options.model.absolute()
    manifest = job.manifest(found, options)
    folder.check(manifest)
    _reachable(options.address)
    folder.open(manifest)
    with _aside(folder.path / job.LOG) as terminal:

        def told(line: str) -> None:
            note(line, terminal)

        tally = _Tally(manifest["input"]["bytes"], told)
        with _cluster(options.address):
            for row in _rows(found, options, manifest):
                tally.add(row)
    return _finish(folder, tally, note)


def _reachable(address: str | None) -> None:
    """InputError where nobody answers at an address, which Ray itself tries for a minute."""
    if address in (None, "auto"):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise InputError(
            f"--address {address}: is no address of a cluster; give HOST:PORT, as `ray start --head` prints "
            "it, or auto for the cluster that this machine is part of"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=WAIT).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"--address {address}: does not answer ({error}); {OTHERWISE}") from None


@contextmanager
def _aside(log: Path) -> Iterator[TextIO]:
    """Sends what Ray and its libraries print into a file; gives the way to the terminal."""
    saved = {stream: os.dup(stream.fileno()) for stream in (sys.stdout, sys.stderr)}
    with log.open("ab") as file, open(os.dup(2), "w", encoding="utf-8", errors="replace") as terminal:
        for stream in saved:
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
        try:
            yield terminal
        finally:
            for stream, own in saved.items():
                stream.flush()
                os.dup2(own, stream.fileno())
                os.close(own)


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Ray, started here or joined. Its errors are one line."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    import ray

    here = {"include_dashboard": False, "object_store_memory": STORE} if address is None else {}
    try:
        ray.init(address or "local", log_to_driver=False, **here)
        yield
    except (InputError, KeyboardInterrupt):
        raise
    except ConnectionError as error:
        raise InputError(f"--address {address}: does not answer ({_brief(error)}); {OTHERWISE}") from None
    except Exception as error:
        raise InputError(f"Ray stopped ({_brief(error)}); type the same command to go on") from None
    finally:
        ray.shutdown()


def _brief(error: BaseException) -> str:
    """Its last line, as Ray's errors begin with a history of calls."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else 'no reason given'}"


def _rows(found: list[Source], options: argparse.Namespace, manifest: dict) -> Iterator[dict]:
    """What the workers tell of each part, as it is done; a part of a machine that died is done by others."""
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # a part travels alone, so that every worker can take the next
    columns = rows.Columns(options.text_column, options.id_column, options.date_column)
    size = options.part_size
    plan = ray.data.from_items([{"group": pickle.dumps(group)} for group in groups(found, size)])
    few = ray.data.TaskPoolStrategy(size=CUTTERS)
    cut = plan.flat_map(worker.cut, fn_args=(columns, size), compute=few, num_cpus=0)  # workers have them all
    processors = max(1, int(ray.cluster_resources().get("CPU", 1)))  # and later those of machines that join
    pool = ray.data.ActorPoolStrategy(min_size=1, initial_size=processors)
    told = cut.map(worker.Worker, fn_constructor_args=(options, manifest), compute=pool, num_cpus=1)
    yield from told.iter_rows()


class _Tally:
    """Counts what is done, and tells of it now and then."""

    def __init__(self, length: int, note: Note):
        self.length, self.note, self.next = length, note, monotonic() + EVERY
        self.parts = self.before = self.reports = self.failed = self.noted = self.bytes = 0
        self.seconds = 0.0
        self.with_errors: list[str] = []
        self.with_notes: list[str] = []

    def add(self, row: dict) -> None:
        """InputError where a worker says that the job has to stop."""
        if row["stop"]:
            raise InputError(row["stop"])
        self.parts += 1
        self.before += row["before"]
        for name in ("reports", "failed", "noted", "bytes", "seconds"):
            setattr(self, name, getattr(self, name) + row[name])
        self.with_errors += [row["part"]] * bool(row["failed"])
        self.with_notes += [row["part"]] * bool(row["noted"])
        if monotonic() >= self.next:
            self.next = monotonic() + EVERY
            share = min(99, 100 * self.bytes // max(1, self.length))
            self.note(f"[{share} %] reports: {self.reports:,}; failed: {self.failed:,}")


def _finish(folder: job.Folder, tally: _Tally, note: Note) -> int:
    folder.clean()
    folder.write_list(job.ERRORS, tally.with_errors)
    folder.write_list(job.NOTES, tally.with_notes)
    line = f"{folder.path / job.PARTS}: reports: {tally.reports:,}; parts: {tally.parts:,}"
    note(line + (f", of which done before: {tally.before:,}" if tally.before else ""))
    if tally.reports:
        note(f"seconds of a processor a report: {tally.seconds / tally.reports:.4f}")
    if tally.noted:
        note(f"{folder.path / job.NOTES}: notes on reports that were read: {tally.noted:,}")
    if tally.failed:
        note(f"error: {folder.path / job.ERRORS}: reports that failed, with the reason: {tally.failed:,}")
    if not tally.reports:
        return 2
    return 1 if tally.failed else 0
