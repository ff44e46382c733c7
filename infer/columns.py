"""The head of a table's column over a figure, wherever the text puts it.

A first row of words; or a line before the rows that names the columns ("Columns: raids / killed /
wounded"), as many as there are figures in a row.
"""

import re

from infer.blocks import Block, Layout
from infer.schema import Span

SEPARATORS = re.compile(r"\t|\s*\|\s*|\s+[;/]\s+|\s{2,}")
NAMED = re.compile(r"(?:[^/|():.,\d\n]{2,40}/)+[^/|():.,\d\n]{2,40}")
FIGURE = re.compile(r"\W*(?:\d[\d.,]*|[–—-]+|nil|n/?a|\?+)\W*", re.I)
LOOK_BACK = 40  # lines before a row among which its head is looked for


def head(text: str, layout: Layout, span: Span, index: int) -> str | None:
    """The words over the cell that holds a figure; None where it stands in no table."""
    row = layout.blocks[index]
    cells, at = cells_of(text, row), len(SEPARATORS.split(text[row.start : span.start].lstrip("| "))) - 1
    if len(cells) < 2 or not FIGURE.fullmatch(cells[at]):
        return None
    for block in reversed(layout.blocks[max(0, index - LOOK_BACK) : index]):
        heads = cells_of(text, block)
        if len(heads) >= len(cells) and not any(map(FIGURE.fullmatch, heads)):
            return heads[at]
        if names := NAMED.search(text, block.start, block.end):
            heads = names.group().split("/")
            first = next(i for i, cell in enumerate(cells) if FIGURE.fullmatch(cell))
            if len(heads) == len(cells) - first:
                return heads[at - first]
        if len(heads) != len(cells) and block.kind == "paragraph":
            return None
    return None


def cells_of(text: str, block: Block) -> list[str]:
    return SEPARATORS.split(text[block.start : block.end].strip("| "))
