"""Labelling interfaces for tests: ours, and one that names its controls and its text otherwise."""

from functools import reduce
from pathlib import Path

import annotations

OURS = (Path(annotations.__file__).parent / "labelling.xml").read_text(encoding="utf-8")
_RENAMED = {
    '"label"': '"marks"',
    'name="text"': 'name="body"',
    'toName="text"': 'toName="body"',
    '"$text"': '"$report"',
    'name="outcome"': 'name="fate"',
}
RENAMED = reduce(lambda config, name: config.replace(name, _RENAMED[name]), _RENAMED, OURS)
WITHOUT_LABELS = (
    '<View><Text name="t" value="$text"/><Choices name="c" toName="t"><Choice value="x"/></Choices></View>'
)
