"""Pieces of a printed page → its lines in the order of reading: down each column, a table row by row.

The order of the file is that of reading nearly always, sidebars and tables too, and is kept; what stands
above something that came before it is put there. Where the file goes to and fro between columns, the page
is read by their gutters (a cut between columns of prose, from one line that crosses it to the next).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from infer.lines import BULLET

PROSE_WIDTH = 9.0  # heights of a letter that a line of a column has at least
PROSE_LINES = 4  # that a column has at least
MID_SENTENCE = 0.25  # the share of a column's lines that begin within a sentence
STEADY = 0.5  # the share of a page's lines that follow in the file on the line right above them
STEP = 2.5  # heights of a letter from one line down to the next
LEVEL = 0.3  # heights of a letter by which the baselines of one row may differ
CELL_LINES, NAME_LINES = 8, 4  # that a cell has at most, and a row's name
HEADING_LINES = 6  # that a title and what stands above it have at most
NEAR = 4  # rows above and below that show where the margins are
EVEN = 0.2  # the share by which the gaps of a justified line may differ (of ink, not of letters' boxes)
FLUSH = 3.0  # points by which the ends of lines at one margin may differ


@dataclass(frozen=True, slots=True)
class Line:
    """Some words of a page (from 0): where they stand and how large, in points, y upwards.

    `hyphen`: the last word goes on in the next line; the hyphen is not in `text`.
    """

    page: int
    left: float
    right: float
    baseline: float
    size: float
    text: str
    hyphen: bool = False


def in_order(pieces: Sequence[Line]) -> list[Line]:
    """The lines of one page in the order of reading; the cells of a row are parted by tabs."""
    if _steady(pieces):
        return _raised(_rows(pieces))
    return list(_by_columns(pieces))


def _steady(pieces: Sequence[Line]) -> bool:
    """Whether the file goes down the columns, not to and fro between them."""
    prose = [piece for piece in pieces if _is_wide(piece)]
    down = sum(_below(above, piece) for above, piece in pairwise(prose))
    across = sum(_beside(one, other) for one, other in pairwise(prose))
    return len(prose) < 2 * PROSE_LINES or across < PROSE_LINES and down >= STEADY * len(prose)


def _beside(one: Line, other: Line) -> bool:
    return abs(one.baseline - other.baseline) < one.size and not _overlap(one, other)


def _is_wide(piece: Line) -> bool:
    return piece.right - piece.left >= PROSE_WIDTH * piece.size


def _below(above: Line, line: Line) -> bool:
    return 0 < above.baseline - line.baseline < STEP * line.size and _overlap(above, line)


def _overlap(one: Line, other: Line) -> bool:
    return one.left < other.right and other.left < one.right


def _level(one: Line, other: Line) -> bool:
    return abs(one.baseline - other.baseline) <= LEVEL * max(one.size, other.size)


def _rows(pieces: Sequence[Line]) -> list[Line]:
    """The pieces, each row of a table in one: cells beside one another, of one or of several lines."""
    rows: list[list[list[Line]]] = []
    for piece in pieces:
        _gather(rows, piece)
        if rows and (cell := _cell_of(rows[-1], piece)) is not None:
            cell.append(piece)
        else:
            rows.append([[piece]])
    near = [sum(rows[max(n - NEAR, 0) : n] + rows[n + 1 : n + 1 + NEAR], []) for n in range(len(rows))]
    spread = [_is_justified(row, beside) for row, beside in zip(rows, near, strict=True)]
    return [line for row, one in zip(rows, spread, strict=True) for line in _row(row, " " if one else "\t")]


def _is_justified(row: list[list[Line]], beside: list[list[Line]]) -> bool:
    """Whether a row is a line of a few words that was spread to the margins of the lines around it."""
    words = [cell[0] for cell in row if len(cell) == 1]
    if len(words) < max(2, len(row)) or words[-1].text[:1].isdigit():
        return False
    gaps = [word.left - before.right for before, word in pairwise(words)]
    if max(gaps) - min(gaps) > EVEN * max(gaps):
        return False
    item = BULLET.match(f"{words[0].text} x")  # whose next lines stand further in
    near = [line for cell in beside for line in cell if abs(line.right - words[-1].right) < FLUSH]
    return any(item or abs(line.left - words[0].left) < FLUSH for line in near)


def _gather(rows: list[list[list[Line]]], piece: Line) -> None:
    """Make the last rows one cell where a piece stands beside the first of them: a name in lines."""
    for count in range(2, NAME_LINES + 1):
        tail = [
            row[0][0] for row in rows[-count:] if len(row) == len(row[0]) == 1 and not _is_wide(row[0][0])
        ]
        if len(tail) < count:
            return
        if _level(tail[0], piece) and piece.left > max(line.right for line in tail):
            if all(_below(a, b) for a, b in pairwise(tail)):
                rows[-count:] = [[tail]]
            return


def _cell_of(row: list[list[Line]], piece: Line) -> list[Line] | None:
    """The cell of the row that a piece goes on with, a new one if it stands beside the last, or None."""
    last = row[-1]
    if _level(row[0][0], piece) and piece.left > max(line.right for line in last):
        row.append([])
        return row[-1]
    within = len(row) > 1 and len(last) < CELL_LINES and abs(piece.left - last[0].left) < piece.size / 2
    return last if within and _below(last[-1], piece) and _close(last, piece) else None


def _close(cell: list[Line], piece: Line) -> bool:
    """Whether a line is as near to the cell's last as its lines are: the next row is further down."""
    distance = cell[-1].baseline - piece.baseline
    if len(cell) > 1:
        return distance < 1.1 * (cell[0].baseline - cell[1].baseline)
    return distance < 1.35 * piece.size and piece.text[:1].islower()


def _row(cells: list[list[Line]], between: str) -> Iterator[Line]:
    if len(cells) == 1:
        yield from cells[0]
        return
    texts = [
        "".join(line.text + ("" if line.hyphen else " ") for line in cell[:-1]) + cell[-1].text
        for cell in cells
    ]
    right = max(line.right for cell in cells for line in cell)
    yield replace(cells[0][0], right=right, text=between.join(texts), hyphen=cells[-1][-1].hyphen)


def _raised(lines: Sequence[Line]) -> list[Line]:
    """The lines, each run after those that stand above it in its column, else as the file has them."""
    runs = list(_runs(lines))
    above = [{n for n, other in enumerate(runs) if _over(other, run)} for run in runs]
    order: list[int] = []
    left = list(range(len(runs)))
    while left:
        following = order[-1] + 1 if order else 0
        ready = [n for n in left if above[n].issubset(order)]
        heading = above[left[0]].difference(order)
        if following in ready:
            order.append(following)
        elif sum(len(runs[n]) for n in heading) <= HEADING_LINES:  # drawn after what it is the heading of
            order.append(min(heading.intersection(ready), default=left[0]))
        else:
            order.append(ready[0])
        left.remove(order[-1])
    return [line for n in order for line in runs[n]]


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line in lines:
        if run and not _below(run[-1], line):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _over(run: list[Line], other: list[Line]) -> bool:
    lowest, highest = min(line.baseline for line in run), max(line.baseline for line in other)
    return lowest > highest and any(_overlap(one, two) for one in run for two in other)


def _by_columns(pieces: Sequence[Line]) -> Iterator[Line]:
    gutter = _gutter(pieces)
    if gutter is None:
        yield from _from_top(pieces)
        return
    crossing = [piece for piece in pieces if piece.left < gutter < piece.right]
    bounds = [*sorted((piece.baseline for piece in crossing), reverse=True), float("-inf")]
    top = float("inf")
    for bound in bounds:
        band = [p for p in pieces if bound < p.baseline < top and p not in crossing]
        for side in ([p for p in band if p.right <= gutter], [p for p in band if p.left >= gutter]):
            yield from _by_columns(side) if len(side) < len(pieces) else _from_top(side)
        yield from _from_top([p for p in crossing if p.baseline == bound])
        top = bound


def _gutter(pieces: Sequence[Line]) -> float | None:
    """Where a column of prose begins beside another: of such places the one that fewest lines cross."""
    starts = sorted({round(piece.left) - 1.0 for piece in pieces})
    found = [(crossed, x) for x in starts if (crossed := _crossed(pieces, x)) is not None]
    return min(found)[1] if found else None


def _crossed(pieces: Sequence[Line], x: float) -> int | None:
    left, right = [p for p in pieces if p.right <= x], [p for p in pieces if p.left >= x]
    return len(pieces) - len(left) - len(right) if _is_prose(left) and _is_prose(right) else None


def _is_prose(pieces: Sequence[Line]) -> bool:
    wide = [piece for piece in pieces if _is_wide(piece)]
    begun = sum(piece.text[:1].islower() for piece in wide)
    return len(wide) >= PROSE_LINES and begun >= MID_SENTENCE * len(wide)


def _from_top(pieces: Sequence[Line]) -> list[Line]:
    """The pieces from top to bottom, those beside one another as a row."""
    levels: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.baseline):
        if levels and _level(levels[-1][0], piece):
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return _rows([piece for level in levels for piece in sorted(level, key=lambda piece: piece.left)])
