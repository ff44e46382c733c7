"""A table to read at a glance: a report's events, breakdowns under their totals, and its checks."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infer.render import wording
from infer.render.overlaps import overlapping
from infer.schema import OUTCOMES, Document, Event

TRAILING = re.compile(r" +$", re.M)
WIDTH = 120  # columns where the output is no terminal
MIN_WIDTH = 8  # columns; room for "civilian" and "security"
INHERITED = "*"
LEGEND = f"{INHERITED} stated in another sentence and carried over"
DATE_SOURCES = {"caller": "as given", "data": "from the input's data", "text": "from the text"}
STATUS_STYLES = {"agrees": "green", "differs": "bold red", "cannot_tell": "yellow"}


def write(documents: Iterable[Document], stream: TextIO) -> None:
    """One table a document, as wide as the terminal."""
    console = console_of(stream)
    for number, document in enumerate(documents):
        if number:
            stream.write("\n")
        print_lines(console, stream, lines(document))


def console_of(stream: TextIO) -> Console:
    """As wide as the terminal, or as WIDTH where the stream is none."""
    return Console(file=stream, width=None if stream.isatty() else WIDTH, highlight=False)


def print_lines(console: Console, stream: TextIO, printed: Iterable[Text | Table]) -> None:
    """Print what is to be read; without blanks at the ends of lines where the stream is no terminal."""
    for line in printed:
        if console.is_terminal:
            console.print(line, crop=False)
        else:
            with console.capture() as shown:
                console.print(line, crop=False)
            stream.write(TRAILING.sub("", shown.get()))


def lines(document: Document) -> Iterator[Text | Table]:
    """Headline, table, checks and legend of a document."""
    yield Text(_headline(document), style="bold")
    if document.events:
        yield _table(document)
        yield Text()
    for check in document.checks:
        yield Text(wording.check(document, check), style=STATUS_STYLES[check.status])
    for a, b in overlapping(document.events):
        yield Text(f"{a.id} and {b.id} share actor, place and period: do not add them up", style="yellow")
    if any(getattr(slot, "inherited", False) for event in document.events for slot in event.slots()):
        yield Text(LEGEND, style="dim")


def _headline(document: Document) -> str:
    source = DATE_SOURCES.get(document.report_date_source)
    dated = (
        f"report date {document.report_date} ({source})" if document.report_date else "report date unknown"
    )
    count = len(document.events)
    events = "1 event" if count == 1 else f"{count or 'no'} events"
    return f"{wording.one_line(document.id)} · {dated} · {events}"


def _table(document: Document) -> Table:
    told = [o for o in OUTCOMES if any(c.outcome == o for e in document.events for c in e.casualties)]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for name in ("event", "kind"):
        table.add_column(name, no_wrap=True)
    for name in ("actor", "attacks", *told, "place", "period"):
        table.add_column(name, overflow="fold", min_width=MIN_WIDTH)
    for event, depth in nested(document.events):
        table.add_row(
            "  " * (depth - 1) + "└ " * bool(depth) + event.id,
            event.kind,
            _slots(event.actors, lambda a: wording.one_line(a.name or "") or wording.quote(document, a)),
            wording.attacks(document, event),
            *(wording.casualties(document, event, outcome) for outcome in told),
            _slots(event.locations, lambda at: wording.place(document, at)),
            _slots([event.period] if event.period else [], lambda p: _period(document, p)),
        )
    return table


def nested(events: Iterable[Event]) -> Iterator[tuple[Event, int]]:
    """Every event once, each with its depth and right under the total that it breaks down."""
    left = {event.id: event for event in events}
    parts = defaultdict(list)
    for event in left.values():
        parts[event.part_of if event.part_of in left else None].append(event)

    def walk(event: Event, depth: int) -> Iterator[tuple[Event, int]]:
        del left[event.id]
        yield event, depth
        for part in parts[event.id]:
            if part.id in left:
                yield from walk(part, depth + 1)

    for root in parts[None]:
        yield from walk(root, 0)
    while left:  # a circle, which has no root
        yield from walk(next(iter(left.values())), 0)


def _slots(slots, wording_of) -> Text:
    """The slots' words; inherited ones are marked."""
    words = (
        Text(wording_of(s) + INHERITED, style="dim") if s.inherited else Text(wording_of(s)) for s in slots
    )
    return Text(", ").join(words)


def _period(document: Document, period) -> str:
    return wording.period(period.interval) or f"“{wording.quote(document, period)}”"
