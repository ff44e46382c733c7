"""What is broken in an annotation is found and named; what is not is left alone."""

import dataclasses

import pytest
from annotated import reports, task

from annotations import offsets
from annotations.check import check
from annotations.tasks import Region, Relation, Task
from infer.schema import Span

TEXT = (
    "{A1 Raiders} made {N1 two raids} on {L1 Dun} in {P1 May 2021}: {C1 nine dead}, {C2 a guard} among them."
)
EVENTS = "N1 aggregate: casualty C1; actor A1; location L1; period P1"
SPANS = (
    "N1 2 / C1 killed mixed 9 subset C2 / C2 killed security_forces 1 / A1 none / L1 IQ-AN"
    " / P1 2021-05-01/2021-05-31"
)
GOOD = task(TEXT, EVENTS, SPANS)


def at(words: str, label: str = "LOCATION") -> Span:
    start = GOOD.text.index(words)
    return Span(start, start + len(words), label)


def told(made: Task, severity: str = "error", **options) -> list[str]:
    return [finding.message for finding in check(made, **options) if finding.severity == severity]


def changed(id: str, **fields) -> Task:
    return dataclasses.replace(
        GOOD, regions=tuple(dataclasses.replace(r, **fields) if r.id == id else r for r in GOOD.regions)
    )


def related(*more: tuple[str, str, str], without: str = "") -> Task:
    kept = tuple(r for r in GOOD.relations if f"{r.source} {r.kind} {r.target}" != without)
    return dataclasses.replace(GOOD, relations=(*kept, *(Relation(a, b, kind) for a, kind, b in more)))


@pytest.mark.parametrize("made", [GOOD, *reports()], ids=lambda made: made.id)
def test_good_annotations_have_no_errors(made):
    assert told(made) == []


def test_a_finding_names_the_task_the_place_and_the_words():
    [finding] = check(changed("C2", outcome=None))
    assert str(finding) == "t-1 [54, 61): error: C2 'a guard' has no outcome; choose one"


@pytest.mark.parametrize(
    "made, said",
    [
        (changed("L1", span=at("Dun", "TOWN")), "is labelled TOWN; labels are ACTOR"),
        (changed("L1", span=Span(90, 99, "LOCATION")), "ends past the text"),
        (changed("L1", span=at("Dun ")), "begins or ends on white space"),
        (changed("L1", span=at("un in")), "cuts a word; whole words are 'Dun in'"),
        (changed("P1", span=at("May 2021:", "PERIOD")), "ends on ':'"),
        (changed("L1", span=at("Dun in May")), "overlaps P1"),
        (changed("C2", outcome="dead"), "has outcome 'dead'; allowed: killed"),
        (changed("C2", victims=None), "has no victims"),
        (changed("L1", victims="civilian"), "has victims, which goes on CASUALTY, not on LOCATION"),
        (changed("P1", event="incident"), "has event, which goes on ATTACK_COUNT or CASUALTY, not on PERIOD"),
        (changed("A1", value=None), "has no value"),
        (changed("N1", value="two"), "value is 'two'; a count is written"),
        (changed("P1", value="May"), "value is 'May'; a period is written"),
        (changed("L1", value="XX"), "value 'XX' is no ISO 3166-1 code"),
        (changed("L1", value="IQ-ZZ"), "value 'IQ-ZZ' is no ISO 3166-2 code"),
        (changed("N1", event=None), "N1 is no anchor; mark it incident or aggregate"),
        (changed("C1", components=None), "includes others; choose components"),
        (changed("C2", components="subset"), "is a subset of nothing"),
        (related(("N1", "repeats", "C1")), "2 relations from N1 to C1; Label Studio keeps one"),
        (related(("N1", "kills", "C2")), "unknown relation; relations are casualty"),
        (related(("C1", "actor", "A1")), "C1 is no anchor"),
        (related(("N1", "location", "A2")), "there is no region A2"),
        (related(("N1", "part_of", "N1")), "a region has no relation to itself"),
        (related(("N1", "part_of", "C2")), "C2 is no anchor; part_of goes from anchor to anchor"),
        (related(("C2", "includes", "L1")), "includes goes from CASUALTY to CASUALTY"),
        (
            related(("L1", "alternative_to", "P1")),
            "alternative_to goes between two CASUALTY or two ATTACK_COUNT",
        ),
        (related(("A1", "repeats", "L1")), "repeats goes between mentions of one label"),
        (related(("N1", "actor", "L1"), without="N1 location L1"), "actor takes a ACTOR, not a LOCATION"),
        (
            related(without="N1 casualty C1"),
            "belongs to no event; make it an anchor, link it from one (casualty)",
        ),
        (related(("N1", "casualty", "C2")), "has 2 places (casualty of N1, component of C1); it takes one"),
        (related(("C2", "includes", "C1")), "includes itself, by way of others"),
        (changed("C1", event="incident"), "has 2 places (anchor, casualty of N1)"),
        (
            Task(GOOD.data | {"report_date": "May"}, GOOD.regions, GOOD.relations),
            "t-1: report_date 'May' is no date",
        ),
        (
            Task({"text": "a", "doc_id": "t"}, (Region("L1", Span(0, 1, "LOCATION")),) * 2),
            "2 regions have the id L1",
        ),
    ],
)
def test_what_is_broken_is_an_error(made, said):
    assert any(said in message for message in told(made)), told(made)


def test_two_periods_or_totals_of_one_event_are_errors():
    text = "{N1 Two raids} in {P1 May} and {P2 June}, {N2 nine} and {N3 ten raids}."
    spans = "N1 2 / N2 9 / N3 10 / P1 P2 none"
    made = task(text, "N1 aggregate: period P1 P2; part_of N2 N3 / N2 aggregate / N3 aggregate", spans)
    said = told(made)
    assert "N1 'Two raids' has 2 of period (P1, P2); it takes one" in said
    assert "N1 'Two raids' has 2 of part_of (N2, N3); it takes one" in said


def test_events_that_are_part_of_each_other_are_errors():
    made = task(
        "{N1 Two raids}, {N2 nine raids}, {N3 six raids}.",
        "N1 aggregate: part_of N2 / N2 aggregate: part_of N1 / N3 aggregate: part_of N2",
        "N1 2 / N2 9 / N3 6",
    )
    assert told(made) == [
        f"{who} part_of itself, by way of others" for who in ("N1 'Two raids'", "N2 'nine raids'")
    ]


def test_a_repetition_points_to_the_first_mention():
    made = task(
        "{C1 Two dead}; {C2 the two}; {C3 two}.",
        "C1 incident",
        "C1 C2 C3 killed civilian 2",
        "C2 repeats C1 / C3 repeats C2",
    )
    assert told(made) == ["C3 'two' repeats C2, which does so itself; point to the first"]


def test_training_data_may_leave_values_and_victims_empty_but_no_outcome():
    bare = dataclasses.replace(changed("C2", victims=None, value=None))
    assert told(bare, complete=False) == [] and len(told(bare)) == 2
    assert told(changed("C2", outcome=None), complete=False) == ["C2 'a guard' has no outcome; choose one"]


def test_totals_that_do_not_add_up_are_notes():
    """A partition one short is the mark of a singular that nobody labelled."""
    made = task(
        "{N1 Nine raids} ({N2 two} by night, {N3 six} by day): {C1 three dead}: {C2 two men} and a child.",
        "N1 aggregate: casualty C1 / N2 aggregate: part_of N1 / N3 aggregate: part_of N1",
        "N1 9 / N2 2 / N3 6 / C1 killed civilian 3 partition C2 / C2 killed civilian 2",
    )
    assert told(made) == []
    assert told(made, "note") == [
        "N1 'Nine raids' total of 9 attacks, parts of 8",
        "C1 'three dead' total of 3 killed, parts of 2; one short: is a singular (\"a child\") not labelled?",
    ]


def test_an_odd_kind_or_outcome_is_a_note():
    made = task(
        "{N1 One raid}, {N2 two raids}: {C1 nine hurt}, {C2 one} dead.",
        "N1 aggregate / N2 incident: casualty C1",
        "N1 1 / N2 2 / C1 wounded civilian 9 subset C2 / C2 killed civilian 1",
    )
    assert told(made, "note") == [
        "N1 'One raid' is 1, marked aggregate",
        "N2 'two raids' is 2, marked incident",
        "C1 'nine hurt' is wounded, its component C2 'one' killed",
    ]


@pytest.mark.parametrize(
    "text, problem",
    [
        ("[Dun]", None),
        ("[Dune Front (DF)]", None),
        ("[U.S.] troops", None),
        ("[8 Jan.]", None),
        ("[‘Ain al-Dun]", None),
        ("[ولاية دون]", None),
        ("[14]-16", None),
        ("[regime]'s", None),
        ("[Dun ]", "begins or ends on white space"),
        ("[\u00a0Dun]", "begins or ends on white space"),
        ("[ ]", "begins or ends on white space"),
        ("[Dun,]", "ends on ','"),
        ("[Dun]e", "cuts a word; whole words are 'Dune'"),
        ("e\u0301[t\u0301] a", "cuts a word; whole words are 'e\u0301t\u0301'"),
        ("[(Dun]", "begins on '('"),
        ("[Dun)]", "ends on ')'"),
        ("[“seven”]", "begins on '“'"),
        ("[• Dun]", "begins on '•'"),
        ("[two guards.]", "ends on a full stop"),
        ("[دون،]", "ends on '،'"),
    ],
)
def test_where_a_span_may_begin_and_end(text, problem):
    start, end = text.index("["), text.rindex("]") - 1
    assert offsets.edge(text.replace("[", "").replace("]", ""), start, end) == problem
