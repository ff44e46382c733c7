"""What a pull has brought so far, in a file: a pull that was stopped goes on from it.

The first line says what is pulled, each other line is a task as it came, or that one is gone; the last line
of a task counts.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from infer.schema import InputError

_KEPT = ("id", "project", "updated_at", "data", "annotations")


@dataclass(frozen=True, slots=True)
class Request:
    """What is pulled, whose token sees it, and whose annotations are preferred."""

    url: str
    project: int
    user: int
    prefer: str | None

    def differences(self, other: Self) -> str:
        """What to type for `other` instead of this."""
        typed = {"url": "--url {}", "project": "--project {}", "user": "the token of user {}"}
        typed["prefer"] = "--prefer {}" if other.prefer else "no --prefer"
        mine, its = asdict(self), asdict(other)
        return ", ".join(typed[name].format(its[name]) for name in mine if mine[name] != its[name])


class Pulled:
    """The tasks in the file at `path`; `since` is when on the server's clock the pull began.

    Only where each task stands in the file is held in memory.
    """

    def __init__(self, path: Path, since: str | None):
        self.path, self.since = path, since
        self.last = 0  # the highest id that came
        self._places: dict[int, tuple[int, str]] = {}  # id → offset of its line, when it was last changed
        self._file = path.open("r+b")

    @classmethod
    def begin(cls, path: Path, request: Request, since: str | None) -> Self:
        header = {"pulling": asdict(request), "since": since}
        path.write_text(json.dumps(header) + "\n", encoding="ascii", newline="")
        return cls(path, since)._indexed()

    @classmethod
    def resume(cls, path: Path, request: Request) -> Self | None:
        """What the file at `path` holds of this request, None where there is no file."""
        try:
            with path.open("rb") as file:
                header = json.loads(file.readline())
            before, since = Request(**header["pulling"]), header["since"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{path}: is not the beginning of a pull; move it away, or add --anew") from None
        if before != request:
            raise InputError(
                f"{path}: is the beginning of another pull; go on with it ({request.differences(before)}), "
                f"or add --anew to drop it"
            )
        return cls(path, since)._indexed()

    def _indexed(self) -> Self:
        """Know again what came; half a line at the end, of a pull that was killed, is cut off."""
        place = 0
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                self._file.truncate(place)
                break
            try:
                if number > 1:
                    self._know(json.loads(line), place)
            except (ValueError, KeyError, TypeError):
                raise InputError(f"{self.path}: line {number} is broken; add --anew to drop it") from None
            place += len(line)
        return self

    def _know(self, task: dict, place: int) -> None:
        self.last = max(self.last, task["id"])
        if "data" in task:
            self._places[task["id"]] = place, task["updated_at"]
        else:
            self._places.pop(task["id"], None)

    def add(self, tasks: Iterable[dict]) -> int:
        """Keep tasks; returns how many of them are new or changed."""
        fresh = [task for task in tasks if self._stamp(task["id"]) != task["updated_at"]]
        self._append(fresh)
        return len(fresh)

    def drop(self, ids: Iterable[int]) -> None:
        self._append([{"id": id} for id in ids])

    def _append(self, tasks: list[dict]) -> None:
        place = self._file.seek(0, 2)
        for task in tasks:
            kept = {key: task[key] for key in _KEPT if key in task}
            line = json.dumps(kept).encode() + b"\n"  # ASCII: half a character survives too
            self._file.write(line)
            self._know(task, place)
            place += len(line)
        self._file.flush()

    def _stamp(self, id: int) -> str | None:
        return self._places.get(id, (0, None))[1]

    @property
    def ids(self) -> set[int]:
        return set(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[dict]:
        """The tasks in the order of their ids."""
        for id in sorted(self._places):
            self._file.seek(self._places[id][0])
            yield json.loads(self._file.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self._file.close()
