"""From text to record: the report's own date, and a valid record for any spans over any text."""

from datetime import date
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer import assembly, pipeline, totals
from infer.calibration import Calibration
from infer.render.record import to_record
from infer.schema import Document, Span

REPORT = (
    "{P 4 May 2022}\n\n{A Rebels} killed {C six soldiers} in {L Gao}, {L Mali}, on {P Tuesday}. "
    "They abducted {C two nurses}.\n"
)


class Marked:
    """A tagger that finds what a person marked; without a linker the rules make the events."""

    def __init__(self, spans, linker=None, calibration=None):
        self.spans, self.linker = spans, linker
        self.checkpoint = SimpleNamespace(calibration=calibration)

    def tag(self, texts):
        return [self.spans for _ in texts]


def test_a_report_is_read_with_the_date_it_states():
    text, spans = marked(REPORT)
    document = pipeline.read(Document("d", text), Marked(spans))
    assert (document.report_date, document.report_date_source) == (date(2022, 5, 4), "text")
    (event,) = document.events
    assert event.period.interval.start == date(2022, 5, 3)
    assert [(c.quantity.value, c.outcome, c.victims) for c in event.casualties] == [
        (6, "killed", "security_forces"),
        (2, "missing", "civilian"),
    ]
    assert {x.place.country for x in event.locations} == {"ML"}


def test_the_callers_date_wins():
    text, spans = marked(REPORT)
    document = pipeline.read(Document("d", text, date(2022, 5, 12), "caller"), Marked(spans))
    assert document.report_date_source == "caller"
    assert document.events[0].period.interval.start == date(2022, 5, 10)


class Backwards:
    """A linker that turns the rules' events round: their numbers follow."""

    def events(self, reading, proposed):
        self.reading, self.proposed = reading, proposed
        return proposed[::-1]


def test_the_taggers_linker_decides():
    """It is given what the readers made of the spans, and the rules' events; its own are given out."""
    text, spans = marked("{N Nine raids} hit {L Gao}: {N five raids} by day and {N four raids} by night.")
    linker = Backwards()
    rules = pipeline.read(Document("d", text), Marked(spans))
    found = pipeline.read(Document("d", text), Marked(spans, linker))
    assert len(rules.events) > 1 and linker.proposed == rules.events
    assert [e.anchor for e in found.events] == [e.anchor for e in rules.events][::-1]
    assert linker.reading.spans == spans
    assert found == assembly.assemble_spans(Document("d", text, spans=spans), linker)
    assert found.checks == totals.checks(found)


def test_confidence_is_mapped_by_the_checkpoints_calibration():
    text, spans = marked("{N Nine raids} hit {L Gao}.")
    spans = tuple(Span(s.start, s.end, s.label, confidence=0.9) for s in spans)
    raw, mapped = (
        pipeline.read(Document("d", text), Marked(spans, calibration=c)).events[0].confidence
        for c in (None, Calibration(0, 0, 0))
    )
    assert (raw, mapped) == (0.9, 0.5)


def test_a_span_of_white_space_is_passed_over():
    assert assembly.assemble_spans(Document("d", " \n", spans=(Span(0, 1, "CASUALTY"),))).events == ()


@given(st.text(alphabet="ab 12.\n•:-é🔴", max_size=80), st.data())
@settings(deadline=None, max_examples=100)
def test_any_spans_over_any_text_make_a_valid_record(validate, text, data):
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    labels = st.sampled_from(["ACTOR", "ATTACK_COUNT", "CASUALTY", "LOCATION", "PERIOD"])
    spans = tuple(Span(a, b, data.draw(labels)) for a, b in zip(edges[::2], edges[1::2], strict=False))
    document = assembly.assemble_spans(Document("d", text, spans=spans))
    validate(to_record(document), text)
