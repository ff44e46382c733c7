"""Rows of cells as aligned plain text."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence]) -> str:
    """Lines of equally long rows: the first column to the left, the others to the right."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [str(cell).rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([str(first).ljust(widths[0]), *cells]))
    return "\n".join(lines)
