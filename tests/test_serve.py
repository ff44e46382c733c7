"""The backend as a process: what it says when it starts, what stops it, what it gives to a training."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import small_label_studio
import tiny_checkpoint
from conftest import ROOT
from test_retrain import ADDED, QUICK, Place, reports

from annotations import gold, serve

SECRET = "a-secret-token"
TRAINED = """
import json, os, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
names = ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY")
said = {"words": sys.argv, "pid": os.getpid()} | {name: os.environ[name] for name in names}
(folder / "part").write_text(json.dumps(said))
(folder / "part").rename(folder / "given")
while (folder / "wait").exists():
    time.sleep(0.02)
"""


class Served:
    """`python -m annotations serve` on a free port, and what it printed."""

    def __init__(self, folder: Path, *options: str, where: Path = ROOT, **environment: str):
        self.log = folder / "log"
        ours = ("LABEL_STUDIO", "BASIC_AUTH")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        command = [sys.executable, "-m", "annotations", "serve", "--port", "0", *options]
        if "--model" not in options:
            command += ["--model", str(tiny_checkpoint.write(folder / "model"))]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=where,
                env=clean | environment,
                stdout=output,
                stderr=output,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as in a terminal
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def until(self, true, seconds: int = 60):
        for _ in range(seconds * 20):
            if found := true():
                return found
            time.sleep(0.05)
        raise AssertionError(f"waited in vain; it said:\n{self.said()}")

    @property
    def url(self) -> str:
        return self.until(lambda: re.search(r"(http://\S+) serves", self.said()))[1]

    def ended(self) -> int:
        return self.process.wait(60)


def train_command(folder: Path) -> str:
    script = folder / "train.py"
    script.write_text(TRAINED)
    return f"'{sys.executable}' '{script}' '{folder}' {{project}} {{run}}"


def test_it_tells_where_it_is_and_what_it_serves_and_ends_when_told_to(tmp_path):
    with Served(tmp_path) as served:
        assert served.url.startswith("http://127.0.0.1:")
        said = httpx.get(f"{served.url}/health").json()
        assert said["status"] == "UP" and f"serves {said['model_version']}" in served.said()
        served.process.send_signal(signal.SIGINT)
        assert served.ended() == 0
    assert "Traceback" not in served.said()


def test_without_address_and_token_it_serves_and_says_that_it_trains_not(tmp_path):
    with Served(tmp_path) as served:
        assert httpx.post(f"{served.url}/webhook", json=start()).json() == {"status": "cannot train"}
    assert "no trainings: there is no LABEL_STUDIO_URL in the environment, no LABEL_" in served.said()


def test_elsewhere_than_in_the_projects_folder_it_says_that_it_trains_not(tmp_path):
    secrets = {"LABEL_STUDIO_URL": "http://studio:8080", "LABEL_STUDIO_API_KEY": SECRET}
    with Served(tmp_path, where=tmp_path, PYTHONPATH=str(ROOT), **secrets) as served:
        assert served.url
    assert "no trainings: there is no configs/default.yaml here" in served.said()


def start(project: int = 5) -> dict:
    return {"action": "START_TRAINING", "project": {"id": project}}


def test_a_training_is_given_address_and_token_by_environment_only(tmp_path):
    logs = tmp_path / "logs"
    options = ["--train-command", train_command(tmp_path), "--logs", str(logs)]
    with Served(
        tmp_path, *options, LABEL_STUDIO_URL="http://studio:8080", LABEL_STUDIO_API_KEY=SECRET
    ) as served:
        (tmp_path / "wait").touch()
        assert httpx.post(f"{served.url}/webhook", json=start()).status_code == 201
        served.until((tmp_path / "given").exists)
        (tmp_path / "wait").unlink()
        served.until(lambda: "training done" in served.said())
    given = json.loads((tmp_path / "given").read_text())
    assert given["words"][1:] == [str(tmp_path), "5", "1"]
    assert given["LABEL_STUDIO_URL"] == "http://studio:8080/" and given["LABEL_STUDIO_API_KEY"] == SECRET
    assert SECRET not in served.said() + (logs / "train-1.log").read_text()


def test_each_training_of_its_own_pulls_anew_and_better_weights_are_served(tmp_path):
    """The command that it starts where none is named, on a small corpus."""
    place, studio = Place(tmp_path), small_label_studio.LabelStudio()
    for raw in reports(ADDED):
        studio.add(raw["data"], *raw["annotations"])
    own = serve.train_command(place.weights)
    command = shlex.join([str(place.settings) if word == serve.CONFIG else word for word in own] + QUICK)
    options = ["--model", str(place.weights), "--train-command", command, "--logs", str(tmp_path / "logs")]
    with small_label_studio.serving(studio) as address:
        secrets = {"LABEL_STUDIO_URL": address, "LABEL_STUDIO_API_KEY": small_label_studio.LEGACY}
        with Served(tmp_path, *options, **secrets) as served:
            before = httpx.get(f"{served.url}/health").json()["model_version"]
            httpx.post(f"{served.url}/webhook", json=start(3))
            served.until(lambda: "training done" in served.said(), seconds=300)
            served.until(lambda: "new weights: " in served.said())
            assert httpx.get(f"{served.url}/health").json()["model_version"] != before
            [more] = reports([9])
            studio.add(more["data"], *more["annotations"])
            httpx.post(f"{served.url}/webhook", json=start(3))
            pulled = tmp_path / "runs" / "serve-2" / "pulled-3.json"
            served.until(pulled.exists, seconds=300)
    assert [task.id for task in gold.read(pulled)] == ["r06", "r07", "r08", "r09"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_its_end_is_the_end_of_its_training(tmp_path, how):
    options = ["--train-command", train_command(tmp_path), "--logs", str(tmp_path / "logs")]
    secrets = {"LABEL_STUDIO_URL": "http://studio:8080", "LABEL_STUDIO_API_KEY": SECRET}
    with Served(tmp_path, *options, **secrets) as served:
        (tmp_path / "wait").touch()
        httpx.post(f"{served.url}/webhook", json=start())
        served.until((tmp_path / "given").exists)
        served.process.send_signal(how)
        served.ended()
    with pytest.raises(ProcessLookupError):
        os.kill(json.loads((tmp_path / "given").read_text())["pid"], 0)


def test_the_password_comes_from_the_environment(tmp_path):
    with Served(tmp_path, BASIC_AUTH_USER="studio", BASIC_AUTH_PASS="pass:word") as served:
        assert httpx.get(f"{served.url}/health").status_code == 401
        assert httpx.get(f"{served.url}/health", auth=("studio", "word")).status_code == 401
        assert httpx.get(f"{served.url}/health", auth=("studio", "pass:word")).status_code == 200
    assert "pass:word" not in served.said()


def test_open_to_the_network_it_warns_unless_it_asks_for_a_password(tmp_path):
    with Served(tmp_path, "--host", "0.0.0.0") as served:
        assert served.url
        served.until(lambda: "whoever reaches it may use it" in served.said())
    with Served(tmp_path, "--host", "0.0.0.0", BASIC_AUTH_USER="a", BASIC_AUTH_PASS="b") as served:
        httpx.get(served.url.replace("0.0.0.0", "127.0.0.1"))
        assert "whoever reaches it" not in served.said()


def refused(tmp_path, *options, **environment) -> str:
    with Served(tmp_path, *options, **environment) as served:
        assert served.ended() == 2
        [line] = [line for line in served.said().splitlines() if not line.startswith("no trainings")][-1:]
    assert "Traceback" not in served.said()
    return line


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(tmp_path, "--port", port)
    assert f"127.0.0.1 port {port} cannot be had" in said and "--port" in said


def test_the_model_is_loaded_before_the_port_is_opened(tmp_path):
    (tmp_path / "empty").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(tmp_path, "--port", str(taken.getsockname()[1]), "--model", str(tmp_path / "empty"))
    assert "is no checkpoint" in said


@pytest.mark.parametrize("options, environment, told", [
    (["--train-after", "5"], {}, "--train-after: there is no LABEL_STUDIO_URL"),
    (["--train-after", "5"], {"LABEL_STUDIO_URL": "http://a:1"}, "there is no LABEL_STUDIO_API_KEY"),
    (["--url", "ftp://x"], {"LABEL_STUDIO_API_KEY": SECRET}, "is no address of Label Studio"),
    ([], {"BASIC_AUTH_PASS": "secret"}, "BASIC_AUTH_PASS is set and BASIC_AUTH_USER is not"),
    (["--train-after", "0"], {}, "'0' is no number of annotations"),
    (["--port", "99999"], {}, "'99999' is no port"),
    (["--host", "no.such.host.invalid"], {}, "no.such.host.invalid port 0 cannot be had"),
], ids=["no url", "no token", "scheme", "half", "none", "port", "host"])  # fmt: skip
def test_what_cannot_be_served_is_one_line(tmp_path, options, environment, told):
    assert told in refused(tmp_path, *options, **environment)
