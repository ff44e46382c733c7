"""A very long report in sections, each read like a report of its own, so that time grows with its length
only, and memory hardly: cut where a paragraph ends, with the report date of the first.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace

from infer.schema import Check, Document, Event, Span

LONGEST = 100_000  # characters of a section: some 17,000 words, more than most reports have
ENDS = ("\n\n", "\n", ". ", " ")  # where a section may end, best first
LEAST = LONGEST // 2  # characters before the first such place


def in_sections(read: Callable[[Document], Document], document: Document) -> Document:
    """What `read` finds in a document, section by section where it is longer than LONGEST."""
    if len(document.text) <= LONGEST:
        return read(document)
    spans: list[Span] = []
    events: list[Event] = []
    checks: list[Check] = []
    date, source = document.report_date, document.report_date_source
    for start, end in cut(document.text):
        part = replace(
            document, text=document.text[start:end], report_date=date, report_date_source=source,
            spans=(), events=(), checks=(),
        )  # fmt: skip
        found = read(part)
        if start == 0:
            date, source = found.report_date, found.report_date_source
        move = _Move(start, len(events))
        spans += map(move.of, found.spans)
        checks += map(move.check, found.checks)
        events += map(move.event, found.events)
    return replace(
        document,
        report_date=date,
        report_date_source=source,
        spans=tuple(spans),
        events=tuple(events),
        checks=tuple(checks),
    )


def cut(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of sections of at most LONGEST characters, which cover the text."""
    start = 0
    while len(text) - start > LONGEST:
        last = start + LONGEST
        found = ((text.rfind(mark, start + LEAST, last), mark) for mark in ENDS)
        end = next((at + len(mark) for at, mark in found if at >= 0), last)
        yield start, end
        start = end
    yield start, len(text)


class _Move:
    """From a section to the whole text: spans by `by` characters, events e1, e2, … after `events` others."""

    def __init__(self, by: int, events: int):
        self.by, self.events = by, events

    def of(self, thing):
        """The same with all spans in it moved."""
        if isinstance(thing, Span):
            return replace(thing, start=thing.start + self.by, end=thing.end + self.by)
        if isinstance(thing, tuple):
            return tuple(map(self.of, thing))
        if is_dataclass(thing):
            return replace(thing, **{f.name: self.of(getattr(thing, f.name)) for f in fields(thing)})
        return thing

    def event(self, event: Event) -> Event:
        moved = self.of(event)
        return replace(moved, id=self.id(event.id), part_of=event.part_of and self.id(event.part_of))

    def check(self, check: Check) -> Check:
        moved = self.of(check)
        parts = tuple(self.id(part) if isinstance(part, str) else part for part in moved.parts)
        return replace(moved, event=self.id(check.event), parts=parts)

    def id(self, own: str) -> str:
        return f"e{int(own[1:]) + self.events}"
