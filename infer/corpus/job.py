"""What a corpus job is, and its folder: the parts, what was told of each, and which job they are of.

job.json       what was read, by which model and how: another job's parts are never mixed in
parts/         the records, a file a part
told/          of each part that is done: how many reports, which failed and why, what was noted
errors.jsonl   the reports of all parts that failed, with the reason
notes.jsonl    what was noted of reports that were read
ray.log        what Ray itself says
"""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infer import __version__, checkpoint
from infer.corpus.parts import Part, bytes_of
from infer.output import replacing
from infer.render import FORMATS
from infer.render.record import SCHEMA_VERSION
from infer.schema import InputError
from infer.sources import Source

MANIFEST, PARTS, TOLD = "job.json", "parts", "told"
ERRORS, NOTES, LOG = "errors.jsonl", "notes.jsonl", "ray.log"
LISTS = {ERRORS: ("failed", "reason"), NOTES: ("noted", "note")}  # file: field of Told, its name in the file
LEFT = (".*.part", ".*.begun")  # what processes that were killed leave beside parts
OPTIONS = (
    "format",
    "part_size",
    "report_date",
    "text_column",
    "id_column",
    "date_column",
    "min_confidence",
    "with_text",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of a part that is done: who made it, and in how many `seconds` of a processor.

    `sha256` is that of its input.
    """

    part: str
    by: str
    seconds: float
    sha256: str
    reports: int
    failed: tuple[str, ...]
    noted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A job's folder, and the ending of its parts."""

    path: Path
    suffix: str

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Folder":
        return cls(Path(options.output).absolute(), FORMATS[options.format].suffix)

    def part(self, part: Part) -> Path:
        return self.path / PARTS / (part.name + self.suffix)

    def told(self, name: str) -> Path:
        return self.path / TOLD / f"{name}.json"

    def watched(self, name: str) -> Path:
        return self.path / TOLD / f".{name}.begun"

    def done(self, part: Part) -> Told | None:
        """What was told of a part, None where it is not done."""
        return self.read(part.name) if self.part(part).exists() and self.told(part.name).exists() else None

    def read(self, name: str) -> Told:
        told = json.loads(self.told(name).read_text(encoding="utf-8"))
        return Told(**told | {"failed": tuple(told["failed"]), "noted": tuple(told["noted"])})

    def write(self, told: Told) -> None:
        """The last thing that is written of a part: from now on it is done."""
        with replacing(self.told(told.part)) as stream:
            stream.write(json.dumps(asdict(told), ensure_ascii=False))

    def manifest(self) -> dict | None:
        """That of the job whose parts are here, if any are."""
        try:
            return json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise InputError(
                f"{self.path / MANIFEST}: is no JSON; name another folder with -o, or delete {self.path}"
            ) from None

    def check(self, manifest: dict) -> None:
        """InputError where the folder holds parts of another job than this."""
        there = self.manifest()
        if there is None and (self.path / PARTS).exists():
            raise InputError(f"{self.path}: has a folder {PARTS} that is no job's; name another with -o")
        other = [name for name in manifest if there and there.get(name) != manifest[name]]
        if other:
            seen = "; ".join(f"{n} {_brief(there.get(n))}, now {_brief(manifest[n])}" for n in other)
            raise InputError(
                f"{self.path}: holds parts of another job ({seen}); name another folder with -o, or delete it"
            )

    def open(self, manifest: dict) -> None:
        """Make the folder, or clean up after a job that was killed."""
        for name in (PARTS, TOLD):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        self.clean()
        with replacing(self.path / MANIFEST) as stream:
            stream.write(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def clean(self) -> None:
        """Remove what processes that were killed have left."""
        for name in (PARTS, TOLD):
            for left in LEFT:
                for file in (self.path / name).glob(left):
                    file.unlink(missing_ok=True)

    def write_list(self, file: str, names: Iterable[str]) -> None:
        """Write into a file of LISTS what was told of the parts of these names; without any there is none."""
        path = self.path / file
        lines = self._lines(sorted(names), *LISTS[file])
        first = next(lines, None)
        if first is None:
            path.unlink(missing_ok=True)
            return
        with replacing(path) as stream:
            stream.write(first)
            stream.writelines(lines)

    def _lines(self, names: Sequence[str], field: str, key: str) -> Iterator[str]:
        for name in names:
            for words in getattr(self.read(name), field):
                yield json.dumps({"part": name, key: words}, ensure_ascii=False) + "\n"


def manifest(found: Sequence[Source], options: argparse.Namespace) -> dict:
    """What makes a job the same job: its input by names and sizes, its model, program and options.

    That the input's words are the same too, each part sees for itself.
    """
    names, length = hashlib.sha256(), 0
    for source in found:
        size = bytes_of(source)
        names.update(f"{source.name} {size}\n".encode())
        length += size
    about = checkpoint.load(options.model)
    given = {name: getattr(options, name) for name in OPTIONS}
    return {
        "input": {"files": len(found), "bytes": length, "sha256": names.hexdigest()},
        "model": {"name": about.name, "version": about.version, "sha256": about.digest()},
        "program": {"version": __version__, "record": SCHEMA_VERSION},
        "options": {name: value if value is None else str(value) for name, value in given.items()},
    }


def _brief(value: dict | None) -> str:
    if not isinstance(value, dict):
        return "unknown"
    return " ".join(f"{k}={str(v)[:12]}" for k, v in value.items() if v is not None)
