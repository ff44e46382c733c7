"""A comparison as JSON and as a Markdown table, with the machine and the versions it was made on."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from infer.processors import usable

PACKAGES = ("numpy", "onnxruntime", "tokenizers", "torch", "transformers")
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows` under `columns`, the first the name; `notes` say how they were made and what they come to."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple, ...]
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict:
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"name": self.name, "rows": rows, "notes": list(self.notes), "machine": machine()}

    def markdown(self) -> str:
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        table = "\n".join("| " + " | ".join(map(_shown, line)) + " |" for line in lines)
        of = machine()
        versions = ", ".join(f"{name} {version}" for name, version in of["versions"].items())
        notes = [*self.notes, f"{of['processor']}, {of['processors']} used, {versions}; {of['load']}"]
        return f"### {self.name}\n\n{table}\n\n" + "\n".join(f"- {note}" for note in notes) + "\n"


def machine() -> dict:
    """What the figures depend on beside the code."""
    return {
        "processor": _processor(),
        "processors": usable(),
        "load": f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown",
        "versions": {"Python": platform.python_version()} | _versions(),
    }


def write(comparisons: Sequence[Comparison], file: Path) -> None:
    content = json.dumps([each.as_dict() for each in comparisons], indent=2, ensure_ascii=False)
    file.write_text(content + "\n", encoding="utf-8")


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return str(cell)


def _processor() -> str:
    if CPUINFO.is_file():
        for line in CPUINFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    installed = {d.name.lower() for d in metadata.distributions() if d.name}
    return {name: metadata.version(name) for name in PACKAGES if name in installed}
