"""Trainings that a service asks for: each a process of its own, one at a time, its output in a file."""

import contextlib
import logging
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROJECT = "{project}"  # stands in a command for the number of the project to train on
RUN = "{run}"  # and this for the number of the training itself, which no other one has
PATIENCE = 10.0  # seconds that a training is given to end when it is told to

log = logging.getLogger(__name__)


class Trainings:
    """Starts `command` for a project, and once more after it where that was asked for meanwhile.

    `environment` is what the process gets beside our own (the server's address and token never stand in
    its command line); `done` is called after each run, however it ended.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        done: Callable[[], None],
    ):
        self.command, self.environment, self.folder, self.done = command, environment, folder, done
        self.started = 0
        self._lock = threading.Lock()
        self._waiting: dict[int, None] = {}  # projects in the order they asked
        self._running = self._ended = False
        self._process: subprocess.Popen | None = None

    @property
    def running(self) -> bool:
        return self._running

    def request(self, project: int) -> None:
        """Train on a project as soon as no other training runs; returns at once."""
        with self._lock:
            if self._ended:
                return
            self._waiting[project] = None
            if self._running:
                log.info("project %d: a training runs; another one follows it", project)
                return
            self._running = True
        threading.Thread(target=self._work, name="trainings", daemon=True).start()

    def end(self) -> None:
        """End the training that runs, and start no other."""
        with self._lock:
            self._ended = True
            process = self._process
        if process and process.poll() is None:
            log.info("ending the training that runs")
            _signal(process, signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _work(self) -> None:
        while (project := self._next()) is not None:
            self._train(project)
            try:
                self.done()
            except Exception as error:  # whatever it is, the next training has to be possible
                log.error("after the training: %s: %s", type(error).__name__, error)

    def _next(self) -> int | None:
        with self._lock:
            if self._ended or not self._waiting:
                self._running = False
                return None
            project = next(iter(self._waiting))
            del self._waiting[project]
            return project

    def _train(self, project: int) -> None:
        try:
            number, file = self._numbered()
            numbers = {PROJECT: str(project), RUN: str(number)}
            command = [re.sub(r"\{\w+\}", lambda m: numbers.get(m[0], m[0]), word) for word in self.command]
            with file.open("wb") as output:
                code = self._run(command, output)
        except OSError as error:
            log.error("project %d: no training: %s: %s", project, error.filename, error.strerror)
            return
        if self._ended:
            return
        ended = "training done" if code == 0 else f"training failed with exit code {code}"
        log.log(logging.INFO if code == 0 else logging.ERROR, "project %d: %s; see %s", project, ended, file)

    def _run(self, command: list[str], output) -> int | None:
        with self._lock:
            if self._ended:
                return None
            self._process = subprocess.Popen(
                command,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C meant for us ends it by `end`
            )
            self.started += 1
        log.info("training started: %s; its output goes to %s", " ".join(command), output.name)
        return self._process.wait()

    def _numbered(self) -> tuple[int, Path]:
        """The number of the next training and its log: numbers go on from those in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(n) for file in self.folder.glob("train-*.log") if (n := file.stem[6:]).isdecimal()]
        number = max(numbers, default=0) + 1
        return number, self.folder / f"train-{number}.log"


def _signal(process: subprocess.Popen, number: int) -> None:
    """Send a signal to a process and to all that it started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
