"""The errors of an evaluation as the page's script reads them: reports, events, marks and differences.

Offsets are UTF-16 units, as JavaScript counts them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from infer.blocks import Layout, layout
from infer.render import wording
from infer.schema import LABELS, Document, Event, Span
from train.judging import Judgement, Reading
from train.report.changes import CHANGES, Change, changes, unchanged
from train.report.errors import ALL_SLOTS, STATES, Difference, Fault, Said, faults
from train.report.reasons import WHY
from train.report.tables import READINGS

END_TO_END = "events_end_to_end"


def embedded(
    judged: Judgement, before: Sequence[Reading] | None = None, links: Mapping[str, str] | None = None
) -> dict:
    """All errors in all readings, ready for JSON; with `before`, what became of the old model's, too.

    `links` are the addresses of reports in Label Studio, by their ids.
    """
    reports = [Report(reading.gold) for reading in judged.end_to_end]
    sides = {"gold": judged.gold, END_TO_END: [reading.found for reading in judged.end_to_end]}
    if before:
        sides["old"] = [reading.found for reading in before]
    return {
        "readings": {key: title for key, title in reversed(READINGS.items()) if key in judged.readings},
        "states": STATES,
        "why": WHY,
        "slots": {slot: slot.replace("_", " ") for slot in ALL_SLOTS},
        "labels": LABELS,
        "changes": CHANGES if before else {},
        "reports": [
            {
                "id": report.document.id,
                "text": report.document.text,
                "link": (links or {}).get(report.document.id),
                "spans": {name: report.spans(documents[number].spans) for name, documents in sides.items()},
            }
            for number, report in enumerate(reports)
        ],
        "errors": list(_errors(reports, judged, before)),
    }


def _errors(
    reports: Sequence["Report"], judged: Judgement, before: Sequence[Reading] | None
) -> Iterator[dict]:
    """Reading by reading, report by report."""
    for key in (key for key in reversed(READINGS) if key in judged.readings):
        for number, reading in enumerate(judged.readings[key]):
            found, where = _faults(reading), {"report": number, "reading": key}
            if before and key == END_TO_END:
                for change in changes(_faults(before[number]), found):
                    yield where | {"change": change.kind} | reports[number].told(change)
            else:
                for fault in found:
                    yield where | reports[number].told(unchanged(fault))


def _faults(reading: Reading) -> list[Fault]:
    return faults(reading.gold, reading.found, reading.pairing)


class Report:
    """A report that errors are told of."""

    def __init__(self, document: Document):
        self.document = document
        self.layout: Layout = layout(document.text, document.spans)
        self._wide = [place for place, character in enumerate(document.text) if ord(character) > 0xFFFF]

    def place(self, start: int, end: int) -> list[int]:
        """Code points as UTF-16 units."""
        return [offset + bisect_left(self._wide, offset) for offset in (start, end)]

    def spans(self, spans: Iterable[Span]) -> list[list]:
        return [[*self.place(span.start, span.end), span.label] for span in spans]

    def told(self, change: Change) -> dict:
        """An event that is wrong, the words of both sides that it is about, and what differs."""
        fault = change.fault
        events = fault.gold, fault.found
        wrong = [{said.span for d in fault.differences for said in _said(d, side)} for side in (0, 1)]
        sides = [event and self._event(event, bad) for event, bad in zip(events, wrong, strict=True)]
        seen = {slot.span for event in events if event for slot in event.slots()} | wrong[0] | wrong[1]
        return {
            "state": fault.state,
            "old": change.new is None,
            "gold": sides[0],
            "found": sides[1],
            "passages": self._passages(seen),
            "differences": [self._difference(d, became) for d, became in change.differences],
        }

    def _event(self, event: Event, wrong: set[Span]) -> dict:
        spans = sorted({slot.span for slot in event.slots()})
        marks = [[*self.place(s.start, s.end), s.label, int(s in wrong)] for s in spans]
        return {"id": event.id, "kind": event.kind, "marks": marks}

    def _passages(self, spans: Iterable[Span]) -> list[list[int]]:
        """The sentences that the spans stand in, those that follow one another joined."""
        joined: list[list[int]] = []
        for span in sorted(spans):
            sentence = self.layout.sentences[self.layout.sentence_of(span)]
            start, end = min(sentence.start, span.start), max(sentence.end, span.end)
            if joined and not self.document.text[joined[-1][1] : start].strip():
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        return [self.place(*passage) for passage in joined]

    def _difference(self, difference: Difference, became: str) -> dict:
        return {
            "slot": difference.slot,
            "why": difference.why,
            "labels": difference.labels,
            "gold": self._words(difference.gold),
            "found": self._words(difference.found),
            "note": difference.note,
            "about": difference.about and wording.words(self.document, difference.about),
            "scored": difference.scored,
            "became": became,
        }

    def _words(self, said: Said | None) -> list[str] | None:
        return said and [wording.words(self.document, said.span), said.value]


def _said(difference: Difference, side: int) -> list[Said]:
    said = (difference.gold, difference.found)[side]
    return [said] if said else []
