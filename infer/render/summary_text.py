"""A summary to read: a table each by actor, place and month, or lines where the terminal is narrow."""

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from rich import box
from rich.table import Table
from rich.text import Text

from infer.gazetteer import name_of
from infer.party_mentions import countries
from infer.render import wording
from infer.render.summary import MEASURES, Cell, Figure, Group, Root, Summary
from infer.render.table import MIN_WIDTH, console_of, print_lines
from infer.schema import Interval

NARROW = 72  # columns; below it a group is a paragraph, not a row
NAMED = 12  # overlapping events in one line
LEGEND = (
    "Figures are as the reports state them. A sum is of events that cannot overlap, as far as who, where and "
    "when tell; after “;” stand those that may lie in one another, and what has no number: do not add them. "
    "An event with several actors or places stands in each of their lines: do not add lines."
)
MEET = "share actor, place and period: do not add them up"
MAY = "may be the same attacks, since one of them does not say exactly who, where or when: not added up"


def write(summary: Summary, stream: TextIO) -> None:
    console = console_of(stream)
    print_lines(console, stream, lines(summary, console.width))


def lines(summary: Summary, width: int) -> Iterator[Text | Table]:
    yield Text(headline(summary), style="bold")
    told = [m for m in MEASURES if any(m in root.figures for root in summary.roots)]
    for name, groups in (
        ("by actor", summary.by_actor),
        ("by place", summary.by_place),
        ("by month", summary.by_period),
    ):
        if summary.roots:
            yield Text()
            shown = tuple(worth_a_line(groups))
            yield from [_table(name, shown, told)] if width >= NARROW else _paragraphs(name, shown)
    yield from _overlaps(summary)
    if summary.roots:
        yield Text()
        yield Text(LEGEND, style="dim")


def worth_a_line(groups: tuple[Group, ...]) -> Iterator[Group]:
    """The groups without the rest of a country of which no division is told."""
    before = None
    for group in groups:
        if not (len(group.key) == 2 and group.key[1] is None and before and before.roots == group.roots):
            yield group
        before = group


def headline(summary: Summary) -> str:
    documents, roots, parts = len(summary.documents), len(summary.roots), summary.events - len(summary.roots)
    return " · ".join(
        (
            wording.one_line(summary.documents[0]) if documents == 1 else f"{documents} reports",
            f"{roots} event{'s' * (roots != 1)} that {'is' if roots == 1 else 'are'} part of no other",
            f"{parts} part{'s' * (parts != 1)} of them, not counted again",
        )
    )


def _table(name: str, groups: tuple[Group, ...], told: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(name, overflow="fold", min_width=MIN_WIDTH)
    table.add_column("events", overflow="fold")
    for measure in told:
        table.add_column(measure, overflow="fold", min_width=MIN_WIDTH)
    for group in groups:
        cells = (cell(group.cells.get(m), m) for m in told)
        table.add_row(label(name, group), kinds(group), *cells)
    return table


def _paragraphs(name: str, groups: tuple[Group, ...]) -> Iterator[Text]:
    yield Text(name, style="bold")
    for group in groups:
        yield Text(f"{label(name, group)}: {kinds(group)}")
        for measure, its in group.cells.items():
            yield Text(f"    {measure}: {cell(its, measure)}")


def label(name: str, group: Group) -> str:
    """How a group is called in the table of that name."""
    if not group.key:
        return "not stated" if name != "by place" else "not known"
    if name == "by actor":
        return group.key[0]
    if name == "by month":
        return wording.period(Interval(*group.key))
    if len(group.key) == 1:
        known = countries().get(group.key[0])
        return f"{known.name} ({group.key[0]})" if known else group.key[0]
    return f"  {division(group)}"


def division(group: Group) -> str:
    """The code and the name of a division."""
    code = group.key[1]
    if code is None:
        return "no division known"
    name = name_of(code)
    return f"{code} {name}" if name else code


def kinds(group: Group) -> str:
    """How many roots of each kind: "2 incidents, 1 total"."""
    totals = sum(root.event.kind == "aggregate" for root in group.roots)
    counted = ((len(group.roots) - totals, "incident"), (totals, "total"))
    return ", ".join(f"{n} {kind}{'s' * (n > 1)}" for n, kind in counted if n)


def cell(its: Cell | None, measure: str) -> str:
    """A measure of a group: "41 (sum of 27); 14; “dozens”"."""
    if its is None:
        return ""
    said = [stated(root.figures[measure]) for root in its.apart]
    return "; ".join([summed(its, measure)] * bool(its.total) + said)


def summed(its: Cell, measure: str) -> str:
    """What was added up of a measure: "41 (sum of 27)"; empty where nothing was."""
    if not its.total:
        return ""
    others = [stated(f) for root in its.of if (f := root.figures[measure]).alternatives]
    among = f", in it {', '.join(others)}" if others else ""
    return f"{wording.number(its.total)} (sum of {len(its.of)}{among})"


def stated(figure: Figure) -> str:
    """One root's figure: its number, or its words where it has none, and what other sources say."""
    others = [f"(other source: {wording.number(q) or f'“{words}”'})" for q, words in figure.alternatives]
    own = [wording.number(figure.quantity) or f"“{figure.text}” (no number)"] if figure.text else []
    return " ".join(own + others)


def _overlaps(summary: Summary) -> Iterator[Text]:
    for both_say, words in ((True, MEET), (False, MAY)):
        pairs = [(a, b) for a, b, certain in summary.overlaps if certain == both_say]
        if pairs:
            yield Text()
            yield Text(f"These {words}:", style="yellow")
        for first, its in groupby(pairs, key=lambda pair: pair[0].place):
            others = [reference(summary, b) for _, b in its]
            if len(others) > NAMED:
                others[NAMED:] = [f"{len(others) - NAMED} more, which --format json names"]
            yield Text(f"  {reference(summary, summary.roots[first])} and {', '.join(others)}")


def reference(summary: Summary, root: Root) -> str:
    where = f"{wording.one_line(root.document)} " if len(summary.documents) > 1 else ""
    return f"{where}{root.event.id} “{root.anchor}”"
