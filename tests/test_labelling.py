"""The labelling interface: it names all that is written, and a real server and editor keep it all."""

import dataclasses
import xml.etree.ElementTree as ET
from pathlib import Path

import label_studio_server as studio
import pytest
from annotated import reports
from label_studio_sdk.label_interface import LabelInterface

import annotations
from annotations import labelstudio
from annotations.tasks import FIELDS, RELATION_KINDS
from infer.schema import LABELS

CONFIG = (Path(annotations.__file__).parent / "labelling.xml").read_text(encoding="utf-8")
TREE = ET.fromstring(CONFIG)


def values(tag: str, within=TREE) -> list[str]:
    return [element.get("value") for element in within.iter(tag)]


def test_it_offers_the_labels_relations_and_choices_of_the_rules():
    """What the editor does not find here it drops on Save."""
    assert tuple(values("Label")) == LABELS
    assert tuple(values("Relation")) == RELATION_KINDS
    offered = {choices.get("name"): tuple(values("Choice", choices)) for choices in TREE.iter("Choices")}
    assert offered == FIELDS


def test_fields_are_asked_for_each_region_and_where_they_belong():
    shown = {}
    for view in TREE.iter("View"):
        for control in [*view.findall("Choices"), *view.findall("TextArea")]:
            assert (control.get("perRegion"), view.get("visibleWhen")) == ("true", "region-selected")
            shown[control.get("name")] = view.get("whenLabelValue")
    figures = "ATTACK_COUNT,CASUALTY"
    assert shown == dict.fromkeys(("outcome", "victims", "components"), "CASUALTY") | {
        "event": figures,
        "value": None,
    }


def test_the_text_is_shown_as_it_is_and_marked_by_the_character():
    assert TREE.find("Text").attrib == {"name": "text", "value": "$text", "granularity": "symbol"}
    assert "white-space: pre-wrap" in TREE.find("Style").text


@pytest.mark.parametrize("made", reports(), ids=lambda made: made.id)
def test_label_studios_own_validation_accepts_what_is_written(made):
    interface = LabelInterface(CONFIG)
    interface.validate()
    [prediction] = labelstudio.write_prediction(made, "m-1")["predictions"]
    assert interface.validate_prediction(prediction, return_errors=True) == []
    [annotation] = labelstudio.write_task(made)["annotations"]
    assert interface.validate_annotation(annotation)


@pytest.mark.label_studio
def test_an_edit_in_the_browser_changes_that_and_nothing_else(server):
    """Import, open, draw a region and type its value, choose anew, save, export, read."""
    drawn = {"trip-001": "said", "trip-002": "ministry", "trip-003": "Other monitors"}
    drawn |= {"trip-004": "Nobody", "trip-005": "outside"}
    made = {task.id: task for task in reports()}
    project = server.project(CONFIG, [labelstudio.write_task(task) for task in made.values()])
    with studio.browsing(server) as page:
        editor = studio.Editor(server, page, project)
        for name, task in server.tasks(project).items():
            editor.open(task)
            if name == "trip-001":
                editor.choose("C3", "armed_group")
            editor.mark("1", drawn[name], "a name")
            editor.update()
    exported = [labelstudio.read_task(raw) for raw in server.export(project)]
    assert {task.id for task, _ in exported} == made.keys()
    for task, findings in exported:
        assert findings == []
        [new] = [region for region in task.regions if region.id not in made[task.id].by_id]
        assert (new.span.text(task.text), new.span.label, new.value) == (drawn[task.id], "ACTOR", "a name")
        old = dataclasses.replace(task, regions=tuple(r for r in task.regions if r != new))
        assert old == (chosen_anew(made[task.id]) if task.id == "trip-001" else made[task.id])


def chosen_anew(task):
    regions = (dataclasses.replace(r, victims="armed_group") if r.id == "C3" else r for r in task.regions)
    return dataclasses.replace(task, regions=tuple(regions))


@pytest.mark.label_studio
def test_what_the_editor_drops_is_what_the_reader_refuses(server):
    """One relation an ordered pair is kept, and only names that the configuration has."""
    raw = labelstudio.write_task(next(task for task in reports() if task.id == "trip-004"))
    relation = {"type": "relation", "direction": "right"}
    raw["annotations"][0]["result"] += [
        relation | {"from_id": "A2", "to_id": "A1", "labels": ["actor"]},
        relation | {"from_id": "A1", "to_id": "A2", "labels": ["actor"]},
        relation | {"from_id": "L1", "to_id": "A2", "labels": ["beside"]},
    ]
    project = server.project(CONFIG, [raw])
    with studio.browsing(server) as page:
        editor = studio.Editor(server, page, project)
        editor.open(server.tasks(project)["trip-004"])
        editor.mark("1", "Nobody", "none")
        editor.update()
    [exported] = server.export(project)
    kept = [r for r in exported["annotations"][0]["result"] if r["type"] == "relation"]
    assert [(r["from_id"], r["to_id"], r["labels"]) for r in kept] == [
        ("A2", "A1", ["repeats"]),
        ("A1", "A2", ["actor"]),
        ("L1", "A2", []),
    ]
    _, findings = labelstudio.read_task(exported)
    assert [f.message for f in findings] == ["relation L1 -> A2 has no name; choose one or delete it"]
