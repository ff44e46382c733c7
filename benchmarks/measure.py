"""What a process costs, and contenders measured in turn so that a busy machine is unfair to none."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from infer.schema import InputError

LAUNCH = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True, slots=True)
class Cost:
    """`wall` and `cpu` in seconds, `cpu` of all threads; `peak` memory in MB, None where it was not taken."""

    wall: float
    cpu: float
    peak: float | None = None


def of_process(command: Sequence[str]) -> Cost:
    """What a command costs from its start to its end."""
    done = subprocess.run([sys.executable, "-I", "-S", LAUNCH, *command], capture_output=True, text=True)
    if done.returncode:
        raise InputError(f"{' '.join(command)} failed: {(done.stderr.strip() or 'no word').splitlines()[-1]}")
    return Cost(**json.loads(done.stdout))


class Worker:
    """A child that has loaded what it needs and does its work once for every line it is given."""

    def __init__(self, command: Sequence[str]):
        self._command = command
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.about = self._answer()

    def run(self) -> Cost:
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        return Cost(**self._answer())

    def _answer(self) -> dict:
        line = self._child.stdout.readline()
        if not line:
            raise InputError(f"{' '.join(self._command)} broke off; run it alone to see why")
        return json.loads(line)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_) -> None:
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()


def serve(work: Callable[[], object], about: dict) -> None:
    """The child's side of a Worker: tell what was loaded, then work once for every line that comes."""
    print(json.dumps(about), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        cost = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(cost), flush=True)


def interleaved(
    contenders: Mapping[str, Callable[[], Cost]],
    repeats: int,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, list[Cost]]:
    """The costs of each contender: all once, then all once again, …"""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for turn in range(1, repeats + 1):
        for name, run in contenders.items():
            cost = run()
            tell(f"{turn}/{repeats} {name}: {cost.wall:.2f} s, {cost.cpu:.2f} s of processor")
            costs[name].append(cost)
    return costs


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    peaks = [cost.peak for cost in costs if cost.peak is not None]
    return Cost(
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        median(peaks) if peaks else None,
    )
