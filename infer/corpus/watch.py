"""Finds the report that ends the process that reads it, so that a job does not try it for ever."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

TIMES = 2  # a report is left out that was being read when so many processes ended
BEGIN = ""


class Watch:
    """What one process does of a part, in a file that outlives it and is gone when the part is done.

    The first process writes down only that it begins. One that finds that another did not come to the
    end writes down each report, so that the next knows which it was.
    """

    def __init__(self, file: Path):
        self._file = file
        lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
        self._slow = bool(lines)
        ends = Counter(line for line, after in pairwise([*lines, BEGIN]) if after == BEGIN != line)
        self._fatal = {name for name, times in ends.items() if times >= TIMES}
        self._write(BEGIN)

    def fatal(self, name: str) -> bool:
        """Whether a report, by its id or file, is one that ends processes; to be asked before each."""
        name = name.replace("\n", " ")
        if self._slow and name not in self._fatal:
            self._write(name)
        return name in self._fatal

    def done(self) -> None:
        self._file.unlink(missing_ok=True)

    def _write(self, line: str) -> None:
        with self._file.open("a", encoding="utf-8", newline="") as stream:
            stream.write(line + "\n")


def told(name: str) -> str:
    return f"{name}: ended the process that read it, {TIMES} times; try it alone"
