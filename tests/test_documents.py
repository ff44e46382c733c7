"""Task to Document: the events that relations spell out, and the way back."""

import dataclasses
from datetime import date

import pytest
from annotated import reports, task

from annotations import documents, labelstudio, values
from annotations.check import check
from annotations.documents import from_document, to_document
from annotations.tasks import Region, Relation, Task
from infer.schema import InputError, Interval, Place, Quantity, Span


def events(made):
    return to_document(made).events


def quotes(made, slots):
    return [slot.span.text(made.text) for slot in slots]


def test_the_anchor_is_the_attack_count_with_the_slots_it_points_to():
    made = task(
        "{A1 Raiders} made {N1 two raids} on {L1 Dun} in {P1 May 2021}: {C1 four guards} died.",
        "N1 aggregate: casualty C1; actor A1; location L1; period P1",
        "N1 2 / C1 killed security_forces 4 / A1 Dune Raiders / L1 IQ-AN / P1 2021-05-01/2021-05-31",
    )
    [event] = events(made)
    assert (event.id, event.kind, event.anchor) == ("e1", "aggregate", made.by_id["N1"].span)
    assert event.attack_count.quantity == Quantity(2)
    assert [(c.outcome, c.victims, c.quantity.value) for c in event.casualties] == [
        ("killed", "security_forces", 4)
    ]
    assert event.actors[0].name == "Dune Raiders"
    assert event.locations[0].place == Place(country="IQ", admin1="IQ-AN")
    assert event.period.interval == Interval(date(2021, 5, 1), date(2021, 5, 31), "month")


def test_a_casualty_anchor_is_a_casualty_of_its_event():
    made = task(
        "{C1 A guard} died and {C2 two} were hurt.",
        "C1 incident: casualty C2",
        "C1 killed civilian 1 / C2 wounded civilian 2",
    )
    [event] = events(made)
    assert event.attack_count is None
    assert quotes(made, event.casualties) == ["A guard", "two"]


def test_components_hang_on_their_total_however_deep():
    made = task(
        "{C1 Nine dead}: {C2 six guards}, {C3 one of them} a boy, and {C4 three men}.",
        "C1 incident",
        "C1 killed mixed 9 partition C2 C4 / C2 killed security_forces 6 subset C3 / C3 C4 killed civilian 1",
    )
    [event] = events(made)
    totals = {
        c.span.text(made.text): (c.components, c.part_of and c.part_of.text(made.text))
        for c in event.casualties
    }
    assert totals == {
        "Nine dead": ("partition", None),
        "six guards": ("subset", "Nine dead"),
        "one of them": (None, "six guards"),
        "three men": (None, "Nine dead"),
    }


def test_other_sources_figures_are_alternatives_and_do_not_count():
    made = task(
        "{N1 Two raids} ({N2 three}, said others) killed {C1 four}; {C2 six}, said others.",
        "N1 aggregate: casualty C1",
        "N1 2 / N2 3 / C1 C2 killed civilian 4",
        "N2 alternative_to N1 / C2 alternative_to C1",
    )
    [event] = events(made)
    assert quotes(made, event.alternative_counts) == ["three"]
    assert event.alternative_counts[0].alternative_to == event.anchor
    assert [c.counts for c in event.casualties] == [True, False]


def test_what_is_said_again_is_a_span_and_no_event():
    made = task(
        "{C1 Two dead}. {C2 The two} were cousins.",
        "C1 incident",
        "C1 C2 killed civilian 2",
        "C2 repeats C1",
    )
    document = to_document(made)
    assert len(document.spans) == 2 and len(document.events) == 1
    assert quotes(made, document.events[0].casualties) == ["Two dead"]


def test_breakdowns_name_their_total_and_places_keep_their_order():
    made = task(
        "{N1 Five raids}.\n• {L1 Dun}, {L2 East}: {N2 three raids}",
        "N1 aggregate / N2 aggregate: part_of N1; location L2 L1",
        "N1 5 / N2 3 / L1 L2 none",
    )
    first, second = events(made)
    assert (first.part_of, second.part_of) == (None, "e1")
    assert quotes(made, second.locations) == ["East", "Dun"]


def test_a_slot_of_another_sentence_or_bullet_is_inherited():
    made = task(
        "{A1 Raiders} struck in {P1 May 2021}:\n• {L1 Dun}: {N1 two raids}",
        "N1 aggregate: actor A1; location L1; period P1",
        "A1 none / L1 none / N1 2 / P1 2021-05-01/2021-05-31",
    )
    [event] = events(made)
    assert event.actors[0].inherited and event.period.inherited
    assert not event.locations[0].inherited


def test_a_value_left_empty_is_vague_or_unknown_and_never_read_from_the_text():
    regions = (
        Region("N1", Span(0, 9, "ATTACK_COUNT"), event="aggregate"),
        Region("L1", Span(13, 17, "LOCATION")),
    )
    made = Task({"text": "Two raids in Iraq", "doc_id": "t"}, regions, (Relation("N1", "L1", "location"),))
    [event] = events(made)
    assert event.attack_count.quantity == Quantity(relation="vague")
    assert event.locations[0].place == Place()
    assert documents.__dict__.keys().isdisjoint({"numbers", "periods", "places", "actors"})


def test_the_report_date_and_the_rest_of_the_data_travel():
    made = task("Nothing.", report_date="2024-05-09")
    document = to_document(made)
    assert (document.report_date, document.report_date_source) == (date(2024, 5, 9), "data")
    assert document.extra == {
        "source_style": "wire",
        "conflict": "invented",
        "language": "en",
        "fictional": True,
    }
    assert to_document(task("Nothing.")).report_date_source is None
    with pytest.raises(InputError, match="t-1: report_date '9 May'"):
        to_document(task("Nothing.", report_date="9 May"))


@pytest.mark.parametrize("made", reports(), ids=lambda made: made.id)
def test_a_document_becomes_a_task_that_says_the_same(made):
    """Written, read and turned back; ids of regions and repetitions are not a document's."""
    document = to_document(made)
    task_, findings = labelstudio.read_task(labelstudio.write_task(from_document(document)))
    assert findings == []
    assert to_document(task_) == document
    used = {slot.span.start for event in document.events for slot in event.slots()}
    assert [f for f in check(task_, complete=False) if f.severity == "error" and f.start in used] == []


def test_a_prediction_becomes_a_task_with_its_confidences():
    document = to_document(task("{L1 Dun} fell.", spans="L1 none"))
    sure = dataclasses.replace(document, spans=(Span(0, 3, "LOCATION", 0.9),))
    assert from_document(sure).regions[0].span.confidence == 0.9


@pytest.mark.parametrize(
    "written, meant",
    [
        ("12", Quantity(12)),
        ("15..20", Quantity(15, 20)),
        ("~155", Quantity(155, None, "about")),
        (">51", Quantity(51, None, "at_least")),
        ("<30", Quantity(30, None, "at_most")),
        ("vague", Quantity(None, None, "vague")),
    ],
)
def test_counts_are_read_and_written_alike(written, meant):
    assert values.quantity(written) == meant
    assert values.write_quantity(meant) == written


@pytest.mark.parametrize(
    "written", ["", "twelve", "-1", "20..15", "1,100", "+51", "12 ", "١٢", "20..", "~vague"]
)
def test_other_counts_are_refused(written):
    with pytest.raises(ValueError, match="value is"):
        values.quantity(written)


@pytest.mark.parametrize(
    "written, meant",
    [
        ("2024-01-01/2024-01-31", Interval(date(2024, 1, 1), date(2024, 1, 31), "month")),
        ("2020-03-01/", Interval(date(2020, 3, 1), None, "range")),
        ("/2020-03-01", Interval(None, date(2020, 3, 1), "range")),
        ("2020-03-01/2020-03-01", Interval(date(2020, 3, 1), date(2020, 3, 1), "day")),
        ("2020-02-01/2020-04-30", Interval(date(2020, 2, 1), date(2020, 4, 30), "range")),
    ],
)
def test_periods_are_read_and_written_alike(written, meant):
    assert values.interval(written) == meant
    assert values.write_interval(meant) == written
    assert values.interval("none") == Interval()


@pytest.mark.parametrize(
    "written", ["", "/", "2024", "2024-01-31", "2024-02-30/", "2024-02-01/2024-01-01", "a/b/c"]
)
def test_other_periods_are_refused(written):
    with pytest.raises(ValueError, match="a period is written"):
        values.interval(written)


@pytest.mark.parametrize(
    "written, meant",
    [
        ("SY-DY", Place(country="SY", admin1="SY-DY")),
        ("IQ", Place(country="IQ")),
        ("none", Place()),
        ("Lake Chad", Place(name="Lake Chad")),
    ],
)
def test_places_are_codes_or_names(written, meant):
    assert values.place(written) == meant
    assert values.write_place(meant) == (None if written == "none" else written)
