"""Sections: a report as long as a book is read whole, in pieces, with every offset and link right."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infer import sections
from infer.schema import Actor, AttackCount, Casualty, Check, Document, Event, Period, Quantity, Span

REPORT = "Red Column: 14 raids, 3 dead.\n\n"


def found(document: Document) -> Document:
    """Of each REPORT in a text, its spans, an event and one that is part of it, and a check."""
    spans, events, checks = [], [], []
    for at in range(0, len(document.text) - len(REPORT) + 1):
        if document.text.startswith(REPORT, at):
            actor, count, dead = (
                Span(at + a, at + b, label, confidence=0.5)
                for a, b, label in ((0, 10, "ACTOR"), (12, 20, "ATTACK_COUNT"), (22, 28, "CASUALTY"))
            )
            total, part = f"e{len(events) + 1}", f"e{len(events) + 2}"
            spans += [actor, count, dead]
            events += [
                Event(
                    total, "aggregate", count, None, (Actor(actor),), AttackCount(count, Quantity(14)),
                    period=Period(actor),
                ),
                Event(part, "incident", dead, total, casualties=(Casualty(dead, Quantity(3), part_of=dead),)),
            ]  # fmt: skip
            checks.append(Check(total, "attack_count", None, 14, 3, (part, dead), "differs", dead))
    return Document(
        document.id, document.text, document.report_date or date(2024, 1, len(events) % 28 + 1), "text",
        spans=spans, events=tuple(events), checks=tuple(checks), extra=document.extra,
    )  # fmt: skip


@pytest.fixture
def short_sections(monkeypatch):
    monkeypatch.setattr(sections, "LONGEST", 4 * len(REPORT) + 5)
    monkeypatch.setattr(sections, "LEAST", 2 * len(REPORT))


def test_a_long_report_gives_what_it_would_in_one_piece(short_sections):
    """The same spans, events, ids, parts and checks, wherever it was cut."""
    document = Document("d", REPORT * 23 + "The end.", date(2024, 5, 1), "data", extra={"k": "v"})
    whole = found(document)
    pieces = sections.in_sections(found, document)
    assert (pieces.spans, pieces.events, pieces.checks) == (whole.spans, whole.events, whole.checks)
    assert [s.confidence for s in pieces.spans] == [0.5] * 69
    assert (pieces.text, pieces.extra, pieces.report_date) == (document.text, {"k": "v"}, date(2024, 5, 1))


def test_the_first_section_dates_them_all(short_sections):
    asked = []

    def read(part: Document) -> Document:
        asked.append(part.report_date)
        return found(part)

    dated = sections.in_sections(read, Document("d", REPORT * 10))
    assert asked[0] is None and set(asked[1:]) == {dated.report_date} and dated.report_date_source == "text"


def test_a_report_of_usual_length_is_read_as_it_is():
    document, read = Document("d", REPORT), []
    sections.in_sections(lambda part: read.append(part) or part, document)
    assert read == [document] and read[0] is document


@given(st.text(alphabet="a .\n", max_size=300), st.integers(2, 40))
def test_sections_cover_every_text_and_none_is_too_long(text, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sections, "LONGEST", longest)
        patch.setattr(sections, "LEAST", longest // 2)
        pieces = list(sections.cut(text))
    assert "".join(text[a:b] for a, b in pieces) == text
    assert all(b - a <= longest for a, b in pieces) and all(a < b for a, b in pieces[1:])


def test_sections_end_where_a_paragraph_does(short_sections):
    assert all(a % len(REPORT) == 0 for a, _ in sections.cut(REPORT * 30))
