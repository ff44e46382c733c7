"""Tables as Markdown: report.md, and the blocks of the model card."""

import re
from collections.abc import Iterable, Mapping

from train.report.section import Section

_SPECIAL = re.compile(r"([\\`*\[\]<>|]|(?<!\w)_|_(?!\w))")


def summary(scores: Mapping, sections: Iterable[Section]) -> str:
    """All sections under a title that says which model was scored on what."""
    model, data = scores["model"], scores["data"]
    title = f"# {_escaped(model['name'])} {_escaped(model['version'])} on {data['documents']} reports"
    of = f"Weights {model['sha256'][:12]}, data {_escaped(data['file'])} ({data['sha256'][:12]})."
    return "\n\n".join([title, of, *map(section, sections)]) + "\n"


def section(one: Section, level: int = 2) -> str:
    """Heading, note and table."""
    note = [one.note] if one.note else []
    return "\n\n".join([f"{'#' * level} {one.title}", *note, table(one.head, one.rows)])


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The first column to the left, figures to the right."""
    cells = [[*map(_escaped, row)] for row in (head, *rows)]
    rule = ["---", *["---:"] * (len(cells[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [cells[0], rule, *cells[1:]])


def _escaped(words: str) -> str:
    """As it is read: a file's or a label's name is no markup."""
    return _SPECIAL.sub(r"\\\1", words).replace("\n", " ")
