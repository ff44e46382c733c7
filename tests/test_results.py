"""Results of a project whose interface is not ours: read through its names, and only what stands for ours.

What our own interface writes is read in test_labelstudio.py.
"""

import pytest
from annotated import reports
from test_interface import BARE, area, choices, view
from test_labelstudio import TEXT, field, raw, region

from annotations import labelstudio
from annotations.interface import Interface
from annotations.tasks import FIELDS, RELATION_KINDS, Relation

RELATIONS = "".join(f'<Relation value="{kind}"/>' for kind in RELATION_KINDS)
THEIRS = view(
    BARE.replace("</Labels>", '<Label value="WEAPON"/></Labels>'),
    *(choices(f"my-{name}", values) for name, values in FIELDS.items()),
    area("reading"),
    f"<Relations>{RELATIONS}</Relations>",
    '<Labels name="topic" toName="report"><Label value="war"/></Labels>',
    choices("event", ["conference", "workshop"]),
    '<HyperTextLabels name="page" toName="html"/><HyperText name="html" value="$html"/>',
)
INTERFACE = Interface.of(THEIRS)


def read(*results: dict):
    made, findings = labelstudio.read_task(raw(*results), interface=INTERFACE)
    return made, [f"{finding.severity}: {finding.message}" for finding in findings]


@pytest.mark.parametrize("made", reports(), ids=lambda made: made.id)
def test_what_is_suggested_through_other_names_is_read_back_whole(made):
    [prediction] = labelstudio.write_prediction(made, "m-1", INTERFACE)["predictions"]
    controls = {result.get("from_name") for result in prediction["result"]} - {None}
    assert controls <= {"ner", "reading"} | {f"my-{name}" for name in FIELDS}
    assert {result["to_name"] for result in prediction["result"] if "to_name" in result} == {"report"}
    task = {"id": 1, "data": made.data, "annotations": [{"id": 2, "result": prediction["result"]}]}
    assert labelstudio.read_task(task, interface=INTERFACE) == (made, [])


def test_the_text_is_put_where_the_interface_looks_for_it():
    made = reports()[0]
    assert labelstudio.write_prediction(made, "m-1", INTERFACE)["data"] == made.data | {"body": made.text}


def test_the_score_may_be_given():
    made = reports()[0]
    assert labelstudio.write_prediction(made, "m-1", score=0.0)["predictions"][0]["score"] == 0.0


def test_what_the_interface_lacks_is_not_suggested():
    """Label Studio refuses a prediction that uses a control or a choice which is not there."""
    some = view(BARE, choices("outcome", ["killed"]), '<Relations><Relation value="actor"/></Relations>')
    made = reports()[0]
    [prediction] = labelstudio.write_prediction(made, "m-1", Interface.of(some))["predictions"]
    said = {(r.get("from_name"), *r.get("value", {}).get("choices", ())) for r in prediction["result"]}
    assert said == {("ner",), ("outcome", "killed"), (None,)}
    relations = [r["labels"] for r in prediction["result"] if r["type"] == "relation"]
    assert relations and set(map(tuple, relations)) == {("actor",)}


def test_a_region_with_none_of_our_labels_goes_with_its_fields_and_relations():
    results = [
        region("r1"),
        region("r2", 14, 17, "WEAPON"),
        field("my-event", ["incident"], id="r2", start=14, end=17),
    ]
    link = {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": ["location"]}
    made, said = read(*results, link)
    assert [r.id for r in made.regions] == ["r1"] and made.relations == ()
    assert said == [
        "note: region r2 left out: WEAPON is no label of ours",
        "note: relation r1 -> r2 left out, as one of its regions is",
    ]


def test_other_controls_are_left_out_even_where_they_are_named_as_ours():
    page = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "hypertextlabels": ["ACTOR"]}
    made, said = read(
        region("r1"),
        region("r2", 14, 17, "war", from_name="topic"),
        field("event", ["workshop"]),
        field("my-event", ["incident"]),
        {"id": "r3", "from_name": "page", "type": "hypertextlabels", "value": page},
    )
    [only] = made.regions
    assert (only.id, only.event) == ("r1", "incident")
    assert said == [
        "note: result of another control left out: topic (labels)",
        "note: result of another control left out: event (choices)",
        "note: result of another control left out: page (hypertextlabels)",
    ]


def test_a_region_with_a_label_of_ours_and_of_another_control_is_ours():
    both = [region("r1", from_name="ner"), region("r1", label="war", from_name="topic")]
    link = {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": ["location"]}
    for results in (both, both[::-1]):
        made, _ = read(*results, region("r2", 14, 17, "LOCATION"), link)
        assert made.relations == (Relation("r1", "r2", "location"),)


def test_without_an_interface_any_control_of_labels_is_read():
    """An export tells no interface; a Labels control may have any name in it."""
    made, findings = labelstudio.read_task(raw(region(from_name="ner"), text=TEXT))
    assert len(made.regions) == 1 and findings == []
