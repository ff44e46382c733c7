"""What is left out is told, and what stays keeps its id, its values and true checks."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked
from sample_documents import documents, sample

from infer.assembly import assemble_spans
from infer.schema import Document, Event
from infer.unsure import sifted, told


def tree(*rows: tuple[str, str | None, float | None]) -> Document:
    anchor = sample().spans[0]
    events = tuple(Event(id, "aggregate", anchor, part_of, confidence=sure) for id, part_of, sure in rows)
    return replace(sample(), events=events, checks=())


def test_parts_of_what_is_left_out_stand_alone_or_under_the_next_total_above():
    document = tree(
        ("e1", None, 0.9), ("e2", "e1", 0.2), ("e3", "e2", 0.9), ("e4", None, 0.1), ("e5", "e4", None)
    )
    result = sifted(document, 0.5)
    assert [(e.id, e.part_of) for e in result.document.events] == [("e1", None), ("e3", "e1"), ("e5", None)]
    assert (result.left_out, result.moved, result.alone) == (("e2", "e4"), ("e3",), ("e5",))
    assert told(result, 0.5) == (
        "bulletin.txt: 2 of 5 events left out, less sure than 0.5; parts of them that now stand alone: 1 (e5)"
        "; parts of them now under the next total above: 1 (e3)"
    )


def test_nothing_to_leave_out_is_the_same_document():
    assert sifted(sample(), 0.7).left_out == () and sifted(sample(), 0.7).document == sample()


def nine_raids(*confidences: float) -> Document:
    text, spans = marked("{N Nine raids}:\n\n• {L Gao}: {N five raids}.\n• {L Kidal}: {N four raids}.\n")
    document = assemble_spans(Document("d", text, spans=spans))
    events = (replace(e, confidence=c) for e, c in zip(document.events, confidences, strict=True))
    return replace(document, events=tuple(events))


@pytest.mark.parametrize(
    "confidences, expected",
    [
        ((0.9, 0.9, 0.9), [("e1", ("e2", "e3"), 9, "agrees")]),
        ((0.9, 0.9, 0.1), [("e1", ("e2",), 5, "cannot_tell")]),
        ((0.9, 0.1, 0.1), []),
        ((0.1, 0.9, 0.9), []),
    ],
)
def test_a_breakdown_that_lost_a_part_is_no_longer_said_to_differ(confidences, expected):
    checks = sifted(nine_raids(*confidences), 0.5).document.checks
    assert [(c.event, c.parts, c.sum_of_parts, c.status) for c in checks] == expected


@settings(deadline=None, max_examples=80)
@given(documents(), st.floats(0, 1))
def test_events_stay_or_go_by_their_confidence_alone(document, least):
    result = sifted(document, least)
    stayed = {e.id for e in result.document.events}
    assert stayed == {e.id for e in document.events if e.confidence is None or e.confidence >= least}
    assert stayed | set(result.left_out) == {e.id for e in document.events}
    assert result.document.spans == document.spans
    was = {e.id: e.part_of for e in document.events}
    for event in result.document.events:
        assert event.part_of is None or event.part_of in stayed or event.part_of not in was
        changed = event.part_of != was[event.id]
        assert changed == (event.id in result.moved + result.alone)
    if result.left_out:
        for check in result.document.checks:
            assert check.event in stayed and all(p in stayed for p in check.parts if isinstance(p, str))
