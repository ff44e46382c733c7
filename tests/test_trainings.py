"""Trainings: a process of its own each, one at a time, one more remembered; secrets by environment only."""

import json
import logging
import os
import sys
import time
from pathlib import Path

import pytest

from annotations.trainings import PATIENCE, Trainings

# Notes when it began and ended, what it was given, and fails or waits as it is told by files beside it.
STAND_IN = """
import json, os, pathlib, sys, time
folder, project = pathlib.Path(sys.argv[1]), sys.argv[2]
def note(what):
    said = {"what": what, "project": project, "pid": os.getpid(), "run": sys.argv[3]}
    said["key"] = os.environ.get("LABEL_STUDIO_API_KEY")
    with open(folder / "notes", "a") as notes:
        notes.write(json.dumps(said) + "\\n")
note("begins")
print("project", project, flush=True)
print("trouble", file=sys.stderr)
while (folder / "wait").exists():
    time.sleep(0.01)
note("ends")
sys.exit(3 if (folder / "fail").exists() else 0)
"""


class Trained:
    """Trainings with the stand-in for a command, and what it noted."""

    def __init__(self, folder: Path):
        self.folder, self.done = folder, 0
        command = [sys.executable, "-c", STAND_IN, str(folder), "{project}", "{run}"]
        secret = {"LABEL_STUDIO_API_KEY": "a-secret"}
        self.trainings = Trainings(command, secret, folder / "logs", self._done)

    def _done(self):
        self.done += 1

    def notes(self) -> list[dict]:
        file = self.folder / "notes"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def said(self) -> list[tuple[str, str]]:
        return [(note["what"], note["project"]) for note in self.notes()]

    def hold(self):
        (self.folder / "wait").touch()

    def go_on(self):
        (self.folder / "wait").unlink()

    def until(self, true, seconds=20):
        for _ in range(int(seconds * 100)):
            if true():
                return
            time.sleep(0.01)
        raise AssertionError(f"waited in vain; noted: {self.said()}")

    def finished(self):
        self.until(lambda: not self.trainings.running)


@pytest.fixture
def trained(tmp_path):
    made = Trained(tmp_path)
    yield made
    made.trainings.end()


def test_a_request_while_one_runs_is_remembered_once(trained):
    trained.hold()
    trained.trainings.request(7)
    trained.until(lambda: trained.said() == [("begins", "7")])
    for _ in range(5):
        trained.trainings.request(7)
    trained.go_on()
    trained.finished()
    assert trained.said() == [("begins", "7"), ("ends", "7")] * 2
    assert trained.done == trained.trainings.started == 2


def test_one_runs_at_a_time_whatever_the_project(trained):
    trained.hold()
    trained.trainings.request(1)
    trained.until(lambda: trained.said())
    trained.trainings.request(2)
    trained.trainings.request(3)
    trained.go_on()
    trained.finished()
    assert trained.said() == [(what, p) for p in "123" for what in ("begins", "ends")]


def test_a_request_returns_at_once_and_the_process_is_not_ours(trained):
    trained.hold()
    began = time.monotonic()
    trained.trainings.request(1)
    assert time.monotonic() - began < 0.5
    trained.until(trained.notes)
    assert trained.notes()[0]["pid"] != os.getpid()


def test_the_token_goes_by_environment_and_stands_in_no_log(trained, caplog):
    caplog.set_level(logging.INFO)
    trained.trainings.request(1)
    trained.finished()
    assert trained.notes()[0]["key"] == "a-secret"
    assert "training done" in caplog.text
    assert "a-secret" not in caplog.text + (trained.folder / "logs" / "train-1.log").read_text()


def test_each_run_has_a_log_of_its_own_and_old_ones_stay(trained):
    (trained.folder / "logs").mkdir()
    (trained.folder / "logs" / "train-9.log").write_text("of an earlier service")
    for project in (1, 2):
        trained.trainings.request(project)
        trained.finished()
    logs = trained.folder / "logs"
    assert (logs / "train-9.log").read_text() == "of an earlier service"
    assert [(logs / f"train-{n}.log").read_text().split() for n in (10, 11)] == [
        ["project", "1", "trouble"],
        ["project", "2", "trouble"],
    ]
    assert [note["run"] for note in trained.notes()] == ["10", "10", "11", "11"]


def test_a_training_that_fails_is_told_and_the_next_one_runs(trained, caplog):
    (trained.folder / "fail").touch()
    trained.trainings.request(1)
    trained.finished()
    assert "project 1: training failed with exit code 3" in caplog.text
    (trained.folder / "fail").unlink()
    trained.trainings.request(1)
    trained.finished()
    assert trained.done == 2


def test_a_command_that_cannot_be_started_is_told_and_blocks_nothing(tmp_path, caplog):
    trainings = Trainings(["no-such-command-of-ours"], {}, tmp_path, lambda: None)
    for _ in range(2):
        trainings.request(1)
        while trainings.running:
            time.sleep(0.01)
    assert caplog.text.count("no-such-command-of-ours: No such file or directory") == 2


def test_what_goes_wrong_after_a_training_does_not_end_all_trainings(tmp_path, caplog):
    def fail():
        raise RuntimeError("no memory for the new weights")

    trainings = Trainings([sys.executable, "-c", ""], {}, tmp_path, fail)
    for _ in range(2):
        trainings.request(1)
        while trainings.running:
            time.sleep(0.01)
    assert trainings.started == 2 and "no memory for the new weights" in caplog.text


def test_the_end_of_the_service_ends_its_training(trained):
    trained.hold()
    trained.trainings.request(1)
    trained.trainings.request(1)
    trained.until(lambda: trained.said())
    began = time.monotonic()
    trained.trainings.end()
    assert time.monotonic() - began < PATIENCE / 2  # it was told to, and not killed
    trained.finished()
    assert trained.said() == [("begins", "1")] and trained.trainings.started == 1
    assert [log.name for log in (trained.folder / "logs").iterdir()] == ["train-1.log"]
    with pytest.raises(ProcessLookupError):
        os.kill(trained.notes()[0]["pid"], 0)
    trained.trainings.request(1)
    assert not trained.trainings.running
