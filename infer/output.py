"""Where the output goes: standard output, a file, or a folder with a file per document."""

import codecs
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO
from urllib.parse import quote

from infer.schema import Document, InputError
from infer.sources import SUPPORTED

UNSAFE = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]|[. ]+$|^\.')  # in names of files, on one system or another
SPELLED = {"≥": ">=", "≤": "<=", "–": "-", "└": "+", "“": '"', "”": '"', "·": "-"}
MAX_NAME = 120  # characters of a file's name taken from an id


def is_folder(out: str) -> bool:
    """Whether `-o OUT` means a folder: one that exists, or a name that ends in a slash."""
    return out.endswith(("/", os.sep)) or Path(out).is_dir()


def check_file(out: Path, inputs: Iterable[Path]) -> None:
    """InputError where a file cannot be written there, or where it is one of the inputs."""
    if not out.parent.is_dir():
        raise InputError(
            f"{out}: there is no folder {out.parent}; make it first, or name a file in one that exists"
        )
    if any(out.exists() and out.samefile(path) for path in inputs):
        raise InputError(f"{out}: is one of the inputs and would be overwritten; name another file with -o")


@contextmanager
def replacing(path: Path, binary: bool = False) -> Iterator[IO]:
    """A stream, UTF-8 or `binary`, whose content takes the place of a file only when all of it was written.

    Devices and pipes are written to as they are.
    """
    how = {"mode": "wb"} if binary else {"mode": "w", "encoding": "utf-8", "newline": ""}
    if path.exists() and not path.is_file():
        with path.open(**how) as stream:
            yield stream
        return
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open(**how) as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def standard(as_utf8: bool, binary: bool = False) -> Iterator[IO]:
    """Standard output: bytes, or UTF-8 and our own line ends for data, the terminal's encoding for people.

    A character that the terminal lacks is spelled otherwise. What is written is flushed, so that a
    closed pipe shows here.
    """
    if as_utf8:
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    else:
        codecs.register_error(_spelled.__name__, _spelled)
        sys.stdout.reconfigure(errors=_spelled.__name__)
    yield sys.stdout.buffer if binary else sys.stdout
    sys.stdout.flush()


def _spelled(error: UnicodeEncodeError) -> tuple[str, int]:
    return "".join(SPELLED.get(c, "?") for c in error.object[error.start : error.end]), error.end


class Folder:
    """Names in an output folder: `report.txt` → `report.json`, never one name for two, never an input's."""

    def __init__(self, folder: Path, suffix: str, inputs: Iterable[Path], note: Callable[[str], None]):
        self.folder, self.suffix, self.note = folder, suffix, note
        self._taken = {_key(path): "an input" for path in inputs}

    def reserve(self, name: str) -> Path:
        """The file of that name, or of the next like it where an input has it; no document's will be it."""
        stem, suffix = Path(name).stem, Path(name).suffix
        tries = (self.folder / (f"{stem}-{n}{suffix}" if n > 1 else name) for n in count(1))
        path = next(path for path in tries if _key(path) not in self._taken)
        if path.name != name:
            self.note(f"{name}: written as {path.name}; {name} is {self._taken[_key(self.folder / name)]}'s")
        self._taken[_key(path)] = name
        self.folder.mkdir(parents=True, exist_ok=True)
        return path

    def path_for(self, document: Document) -> Path:
        """The file for a document; its folder is made. A taken name is told, and another one found."""
        parts = [_safe(part) for part in document.id.split("/") if part not in ("", ".")] or ["_"]
        whole = self.folder.joinpath(*parts)
        stem = whole.with_suffix("") if whole.suffix.lower() in SUPPORTED else whole
        tries = [stem, whole, *(whole.with_name(f"{whole.name}-{n}") for n in range(2, len(self._taken) + 3))]
        paths = [path.with_name(path.name + self.suffix) for path in tries]
        path = next(path for path in paths if _key(path) not in self._taken)
        if path != paths[0]:
            self.note(
                f"{document.id}: written as {path.name}; {paths[0].name} is {self._taken[_key(paths[0])]}'s"
            )
        self._taken[_key(path)] = document.id
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def address(path: Path, folder: Path) -> str:
    """How a page in `folder` links to a file beside, above or below it."""
    return quote(Path(os.path.relpath(path, folder)).as_posix())


def _safe(part: str) -> str:
    return UNSAFE.sub("_", part)[:MAX_NAME]


def _key(path: Path) -> str:
    """Equal for paths that some system takes for the same file."""
    return str(path.resolve()).casefold()
