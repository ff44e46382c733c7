"""`--engine ray`: the local engine's records whoever dies, and one line when something is wrong."""

import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import tiny_checkpoint
from conftest import ROOT
from pyarrow import parquet

from infer import pipeline, sources
from infer.__main__ import main
from infer.corpus import job, parts
from infer.corpus.worker import Worker, cut
from infer.options import parse

REPORT = "In June 2023 Red Column carried out {} operations in Homs. They left two soldiers dead.\r\n"
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_raylet_start_wait_time_s": "300",  # a busy machine is slow to start it, and its workers
    "RAY_worker_register_timeout_seconds": "300",
}
SLOW = 300  # seconds for what takes a few on a machine with nothing else to do


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_checkpoint.write(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def archive(tmp_path):
    """A folder of reports as files and tables, with a report that is binary and a row that is broken."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for n in range(3):
        (folder / f"a{n}.txt").write_text(REPORT.format(10 + n), encoding="utf-8", newline="")
    (folder / "bad.txt").write_bytes(b"\x89PNG\0\0\0\rIHDR")
    lines = [json.dumps({"text": REPORT.format(10 + n % 10), "n": n}) for n in range(20)]
    lines[7] = "{broken"
    (folder / "m.jsonl").write_text("\n".join(lines), encoding="utf-8")
    cells = "".join(f'c{n},"{REPORT.format(10 + n)}"\r\n' for n in range(9))
    (folder / "z.csv").write_text(f"id,body\r\n{cells}", encoding="utf-8", newline="")
    return folder


def records(out: Path) -> bytes:
    """The parts' bytes in the order of their names."""
    assert not [name for name in os.listdir(out / "parts") if not name.startswith("part-")]
    return b"".join(path.read_bytes() for path in sorted((out / "parts").iterdir()))


def failed(out: Path) -> list[str]:
    lines = (out / "errors.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["reason"] for line in lines]


def ours(errors: bytes) -> list[str]:
    """The lines on standard error, all of which are ours."""
    lines = errors.decode().splitlines()
    assert all(line.startswith("attack-reports: ") for line in lines), errors.decode()
    return [line.removeprefix("attack-reports: ") for line in lines]


# What a worker does of a part, without a cluster.


@pytest.fixture
def worker(model, archive, tmp_path):
    """`worker(*arguments)` → a Worker on a job of the archive, and its parts as rows of Ray Data."""

    def of(*arguments, paths=(archive,)):
        options = parse(
            [*map(str, paths), "--engine", "ray", "-o", f"{tmp_path}/out/", "--model", str(model), *arguments]
        )
        found = sources.find(options.paths, lambda line: None, leave_out=tmp_path / "out")
        manifest = job.manifest(found, options)
        job.Folder.of(options).open(manifest)
        made = Worker(options, manifest)
        groups = [{"group": pickle.dumps(g)} for g in parts.groups(found, options.part_size)]
        return made, [row for g in groups for row in cut(g, made.columns, options.part_size)]

    return of


def test_the_parts_are_what_the_local_engine_writes_byte_for_byte(worker, model, archive, tmp_path, capfd):
    made, rows = worker("--part-size", "4", "--with-text")
    told = [made(row) for row in rows]
    assert main([str(archive), "--format", "jsonl", "--with-text", "--model", str(model)]) == 1
    out, err = capfd.readouterr()
    assert records(tmp_path / "out") == out.encode()
    assert sum(t["reports"] for t in told) == 31 and sum(t["failed"] for t in told) == 2
    assert max(t["reports"] + t["failed"] for t in told) == 4


def test_a_part_that_is_done_is_not_done_again(worker, tmp_path):
    made, rows = worker("--part-size", "9")
    first = [made(row) for row in rows]
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("part-*")}
    lost = next((tmp_path / "out" / "parts").glob("*-00000000010.jsonl"))
    lost.unlink()
    made, rows = worker("--part-size", "9")
    second = [made(row) for row in rows]
    assert [t["before"] for t in second] == [t["part"] != lost.stem for t in first]
    same = ("part", "bytes", "reports", "failed", "noted")
    assert [[t[name] for name in same] for t in second] == [[t[name] for name in same] for t in first]
    kept = [path for path in stamps if path.stem != lost.stem]
    assert len(kept) > 4 and all(path.stat().st_mtime_ns == stamps[path] for path in kept)


def test_words_that_changed_under_a_part_that_is_done_stop_the_job(worker, archive):
    made, rows = worker("--part-size", "9")
    for row in rows:
        made(row)
    table = archive / "m.jsonl"
    table.write_text(table.read_text(encoding="utf-8").replace("13 op", "14 op", 1), encoding="utf-8")
    made, rows = worker("--part-size", "9")
    [stop] = {made(row)["stop"] for row in rows} - {""}
    assert stop.startswith("m.jsonl: has changed since ") and "name another folder with -o" in stop


def test_a_report_that_breaks_us_is_listed_and_the_others_are_written(worker, monkeypatch):
    whole = pipeline.read

    def breaks(document, tagger):
        if "12 operations" in document.text:
            raise RuntimeError("out of order")
        return whole(document, tagger)

    monkeypatch.setattr(pipeline, "read", breaks)
    made, rows = worker()
    told = [made(row) for row in rows]
    assert [(t["reports"], t["failed"]) for t in told] == [(2, 2), (17, 3), (8, 1)]
    assert "a2.txt: RuntimeError: out of order" in made.folder.read(told[0]["part"]).failed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are made otherwise there")
def test_a_report_that_ends_processes_is_found_and_left_out(tmp_path, archive, model):
    """As a broken PDF may: the part is tried again, until it is known which report it was."""
    code = f"""
import os, sys
sys.path.insert(0, "tests")
import test_corpus
from infer import pipeline, sources
whole = pipeline.read
def ends(document, tagger):
    if "m.jsonl#13" in document.id:
        os._exit(9)
    return whole(document, tagger)
pipeline.read = ends
made, rows = test_corpus.worker.__wrapped__({model!r}, {archive!r}, {tmp_path!r})()
for turn in range(9):
    process = os.fork()
    if not process:
        print([(t["reports"], t["failed"]) for t in map(made, rows)], flush=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0:
        print(turn, *made.folder.read("part-00000005-00000000000").failed, sep="; ")
        break
"""
    code = code.replace("PosixPath", "__import__('pathlib').Path")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=SLOW)
    told, last = done.stdout.decode().splitlines()
    assert told == "[(3, 1), (18, 2), (9, 0)]"
    assert last.startswith("3; ") and "m.jsonl#13: ended the process that read it, 2 times" in last


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_stops_the_job(worker, tmp_path):
    made, rows = worker()
    (tmp_path / "out" / "parts").chmod(0o500)
    assert "check its permissions and the space left" in made(rows[0])["stop"]


def test_a_machine_that_sees_another_folder_or_model_says_so(worker, archive, tmp_path):
    made, rows = worker()
    made.manifest = made.manifest | {"model": {"name": "tiny", "version": "1", "sha256": "0"}}
    assert f"does not see {tmp_path / 'out'}; give folders that all machines share" in made(rows[0])["stop"]
    (tmp_path / "out" / "job.json").write_text(json.dumps(made.manifest))
    assert "has another model: " in made(rows[0])["stop"]
    made, rows = worker()
    archive.rename(tmp_path / "elsewhere")
    assert f"does not see {archive}; give" in made(rows[0])["stop"]


# What the command says before it starts a cluster.


@pytest.mark.parametrize(
    "arguments, seen",
    [
        (["-o", "out/", "--address", "127.0.0.1:9"], "--address 127.0.0.1:9: does not answer"),
        (["-o", "out/", "--address", "head"], "is no address of a cluster; give HOST:PORT"),
        (["-o", "out/", "--address", "ray://head:10001"], "is no address of a cluster"),
        (["-o", "out/", "--format", "csv"], "--engine ray has no format csv; allowed: jsonl, parquet"),
        (["-o", "out/", "--part-size", "0"], "'0' is no number of reports"),
        ([], "name one with -o, such as -o out/"),
        (["-o", "a.txt"], "name one with -o"),
        (["--summary", "-o", "out/"], "writes its parts into a folder"),
        (["-", "-o", "out/"], "--engine ray does not read standard input"),
        (["-o", "mine/"], "mine: has a folder parts that is no job's"),
        (["-o", "torn/"], "job.json: is no JSON"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    archive, model, tmp_path, monkeypatch, capfd, arguments, seen
):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "mine" / "parts").mkdir(parents=True)
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "job.json").write_text("{")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    paths = [] if "-" in arguments else ["archive"]
    assert main([*paths, *arguments, "--engine", "ray", "--model", str(model)]) == 2
    out, err = capfd.readouterr()
    (line,) = ours(err.encode())
    assert out == "" and line.startswith("error: ") and seen in line
    assert sorted(tmp_path.rglob("*")) == before


def test_without_ray_the_extra_is_named(archive, model, tmp_path, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main([str(archive), "--engine", "ray", "-o", f"{tmp_path}/out/", "--model", str(model)]) == 2
    (line,) = ours(capfd.readouterr().err.encode())
    assert line == 'error: --engine ray: ray is not installed; type: python -m pip install -e ".[corpus]"'
    assert main([str(archive / "a0.txt"), "--address", "auto"]) == 2


@pytest.mark.parametrize(
    "arguments, other",
    [
        (["--format", "parquet"], "options"),
        (["--report-date", "2024-01-01"], "options"),
        (["--part-size", "7"], "options"),
        (["a-second-file"], "input"),
        (["--model"], "model"),
    ],
)
def test_parts_of_another_job_are_never_mixed_in(worker, archive, tmp_path, capfd, arguments, other):
    made, _ = worker()
    given = [str(archive), "--engine", "ray", "-o", f"{tmp_path}/out/", "--model", str(made.options.model)]
    if other == "input":
        (archive / "new.txt").write_text("new")
    elif other == "model":
        given[-1] = str(tiny_checkpoint.write(tmp_path / "other", sure=0.8))
    else:
        given += arguments
    assert main(given) == 2
    *_, line = ours(capfd.readouterr().err.encode())
    assert f"out: holds parts of another job ({other} " in line and "name another folder with -o" in line


# On Ray.


PORTS = ("metrics_agent_port", "metrics_export_port", "runtime_env_agent_port", "dashboard_agent_listen_port")


def machine() -> dict:
    """What makes a node of a cluster: one processor, and ports, of which Ray would wait for its own."""
    with ExitStack() as stack:
        bound = [stack.enter_context(socket.socket()) for _ in PORTS]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        ports = [each.getsockname()[1] for each in bound]
    lean = {"no_monitor": True, "include_log_monitor": False, "include_dashboard": False}
    store = {"num_cpus": 1, "object_store_memory": 100_000_000}
    return store | lean | dict(zip(PORTS, ports, strict=True))


@pytest.fixture(scope="module")
def cluster():
    """A head that does no work itself, and two machines that do, as far as Ray can tell."""
    os.environ.update(QUIET)
    from ray.cluster_utils import Cluster

    running = Cluster(initialize_head=True, head_node_args=machine() | {"num_cpus": 0})
    for _ in range(2):
        running.add_node(wait=False, **machine())
    running.wait_for_nodes(SLOW)
    yield running
    running.shutdown()


def command(*arguments) -> list[str]:
    return [sys.executable, "-m", "infer", *map(str, arguments), "--engine", "ray"]


def finished(*arguments) -> subprocess.CompletedProcess:
    environment = os.environ | QUIET
    return subprocess.run(command(*arguments), cwd=ROOT, env=environment, capture_output=True, timeout=SLOW)


def until(condition, process: subprocess.Popen | None = None):
    """What a condition gives as soon as it is true."""
    end = time.monotonic() + SLOW
    while not (found := condition()):
        assert time.monotonic() < end and (process is None or process.poll() is None), "came to nothing"
        time.sleep(0.02)
    return found


def maker(out: Path, names: set[str]) -> int | None:
    """The process that made one of these parts, once one is done."""
    done = (path for name in names if (path := out / "told" / f"{name}.json").exists())
    return next((int(json.loads(path.read_text("utf-8"))["by"].split(":")[-1]) for path in done), None)


def machine_of(cluster, process: int):
    parents = {parent.pid for parent in psutil.Process(process).parents()}
    (found,) = (m for m in cluster.worker_nodes if m.all_processes["raylet"][0].process.pid in parents)
    return found


def test_on_this_machine_alone_it_writes_what_the_local_engine_does(archive, model, tmp_path):
    """Started without an address: Parquet parts, bad reports listed, exit code 1, and not a word of Ray's."""
    given = (archive, "-o", f"{tmp_path}/out/", "--format", "parquet", "--model", model, "--part-size", "8")
    done = finished(*given)
    assert main([str(archive), "-o", f"{tmp_path}/local.parquet", "--model", str(model)]) == 1
    found = [parquet.read_table(path) for path in sorted((tmp_path / "out" / "parts").iterdir())]
    rows = [row for table in found for row in table.to_pylist()]
    whole = parquet.read_table(tmp_path / "local.parquet").to_pylist()
    assert [{name: row.get(name) for name in whole[0]} for row in rows] == whole and len(whole) == 31
    *_, parts_line, took, error_line = ours(done.stderr)
    assert took.startswith("seconds of a processor a report: 0.0")
    assert done.returncode == 1 and done.stdout == b""
    assert "out/parts: reports: 31; parts: 6" in parts_line
    assert "errors.jsonl: reports that failed, with the reason: 2" in error_line
    bad, broken = failed(tmp_path / "out")
    assert bad.startswith("bad.txt: is binary") and broken.startswith("m.jsonl, line 8: is no JSON")


def test_killed_and_with_a_machine_lost_nothing_is_lost_and_nothing_twice(cluster, model, tmp_path):
    """The command is killed; typed again, one of two machines dies on the way; typed again, all is done."""
    table, out = tmp_path / "archive.jsonl", tmp_path / "out"
    texts = [json.dumps({"text": REPORT.format(10 + n % 10) * 6, "n": n}) for n in range(360)]
    table.write_text("\n".join(texts), encoding="utf-8")
    assert main([str(table), "-o", f"{tmp_path}/local.jsonl", "--model", str(model)]) == 0
    whole = (tmp_path / "local.jsonl").read_bytes()
    given = (table, "-o", f"{out}/", "--model", model, "--part-size", "6", "--address", cluster.address)

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    def start():
        return subprocess.Popen(command(*given), cwd=ROOT, env=os.environ | QUIET, **pipes)

    def whole_parts():
        return {path: path.stat().st_mtime_ns for path in (out / "parts").glob("part-*.jsonl")}

    with start() as process:
        until(lambda: len(whole_parts()) > 2, process)
        process.send_signal(signal.SIGKILL)
    at_first = whole_parts()
    assert 2 < len(at_first) < 60 and all(path.read_bytes() in whole for path in at_first)
    missing = {f"part-00000001-{line:011d}" for line in range(1, 360, 6)} - {path.stem for path in at_first}
    with start() as process:
        cluster.remove_node(machine_of(cluster, until(lambda: maker(out, missing), process)), False)
        left = 60 - len(whole_parts())
        output, errors = process.communicate(timeout=SLOW)
        assert process.returncode == 0 and not output, errors.decode()
    assert left > 3, "the machine died too late to matter; give it more reports"
    assert records(out) == whole and len(whole_parts()) == 60
    told = re.search(r"reports: 360; parts: 60, of which done before: (\d+)", ours(errors)[-2])
    assert (
        len(at_first) <= int(told[1]) < 60
    )  # a worker may end the part that it was at when the command died
    at_second = whole_parts()
    assert all(at_second[path] == stamp for path, stamp in at_first.items())
    again = finished(*given)
    assert again.returncode == 0 and whole_parts() == at_second
    assert "parts: 60, of which done before: 60" in ours(again.stderr)[-2]
    table.write_text(table.read_text(encoding="utf-8").replace("13 op", "14 op"), encoding="utf-8")
    changed = finished(*given)
    line = ours(changed.stderr)[-1]
    assert changed.returncode == 2 and line.startswith("error: archive.jsonl: has changed since ")
