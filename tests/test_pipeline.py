"""From text to record: the report's own date, and a valid record for any spans over any text."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer import pipeline
from infer.render.record import to_record
from infer.schema import Document, Span

REPORT = (
    "{P 4 May 2022}\n\n{A Rebels} killed {C six soldiers} in {L Gao}, {L Mali}, on {P Tuesday}. "
    "They abducted {C two nurses}.\n"
)


class Marked:
    """A tagger that finds what a person marked."""

    def __init__(self, spans):
        self.spans = spans

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


def test_a_span_of_white_space_is_passed_over():
    assert pipeline.assemble_spans(Document("d", " \n", spans=(Span(0, 1, "CASUALTY"),))).events == ()


@given(st.text(alphabet="ab 12.\n•:-é🔴", max_size=80), st.data())
@settings(deadline=None, max_examples=100)
def test_any_spans_over_any_text_make_a_valid_record(validate, text, data):
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    labels = st.sampled_from(["ACTOR", "ATTACK_COUNT", "CASUALTY", "LOCATION", "PERIOD"])
    spans = tuple(Span(a, b, data.draw(labels)) for a, b in zip(edges[::2], edges[1::2], strict=False))
    document = pipeline.assemble_spans(Document("d", text, spans=spans))
    validate(to_record(document), text)
