"""A project's labelling interface: which of its controls are ours, what it lacks, what is refused."""

from pathlib import Path

import pytest

import annotations
from annotations.interface import OURS, Interface
from annotations.tasks import FIELDS, RELATION_KINDS
from infer.schema import LABELS, InputError

CONFIG = (Path(annotations.__file__).parent / "labelling.xml").read_text(encoding="utf-8")
LABELLED = "".join(f'<Label value="{label}"/>' for label in LABELS)
BARE = f'<Labels name="ner" toName="report">{LABELLED}</Labels><Text name="report" value="$body"/>'


def view(*tags: str) -> str:
    return f"<View>{''.join(tags)}</View>"


def choices(name: str, values, asked: str = 'perRegion="true"', to: str = "report") -> str:
    offered = "".join(f'<Choice value="{value}"/>' for value in values)
    return f'<Choices name="{name}" toName="{to}" {asked}>{offered}</Choices>'


def area(name: str, asked: str = 'perRegion="true"') -> str:
    return f'<TextArea name="{name}" toName="report" {asked}/>'


def test_ours_is_labelling_xml():
    assert Interface.of(CONFIG) == OURS


def test_controls_of_other_names_are_known_by_what_they_offer():
    fields = [choices(f"my-{name}", reversed(values)) for name, values in FIELDS.items()]
    relations = "".join(f'<Relation value="{kind}"/>' for kind in RELATION_KINDS)
    found = Interface.of(view(BARE, *fields, area("reading"), f"<Relations>{relations}</Relations>"))
    assert (found.label, found.text, found.key, found.lacks) == ("ner", "report", "body", ())
    assert found.fields == {name: f"my-{name}" for name in FIELDS} | {"value": "reading"}
    assert (found.others, found.foreign) == (frozenset(), frozenset())
    assert found.field("my-outcome") == "outcome" and found.field("outcome") is None


def test_tags_may_be_written_small_and_an_alias_stands_for_a_value():
    """Results have the alias."""
    found = Interface.of(
        view(BARE.replace("Labels", "labels").replace('value="ACTOR"', 'value="who" alias="ACTOR"'))
    )
    assert (found.label, found.foreign) == ("ner", frozenset())


def test_what_there_is_no_place_for_is_said_once():
    some = choices("outcome", ["killed", "wounded", "captured"])
    found = Interface.of(view(BARE, some, '<Relations><Relation value="actor"/></Relations>'))
    assert found.lacks == (
        "no missing, unspecified among the Choices for outcome",
        f"no Choices for victims ({', '.join(FIELDS['victims'])}) asked of each region",
        "no Choices for components (partition, subset) asked of each region",
        "no Choices for event (incident, aggregate) asked of each region",
        "no TextArea for value asked of each region",
        "no Relation casualty, location, period, part_of, includes, alternative_to, repeats",
    )
    assert found.offers("outcome", "killed") and not found.offers("outcome", "missing")
    assert found.offers("relation", "actor") and not found.offers("relation", "repeats")
    assert not found.offers("victims", "civilian") and not found.offers("value", "12")


@pytest.mark.parametrize(
    "tag",
    [
        choices("outcome", FIELDS["outcome"], asked=""),
        choices("outcome", FIELDS["outcome"], asked='perRegion="false"'),
        choices("outcome", FIELDS["outcome"], to="other") + '<Text name="other" value="$b"/>',
        choices("outcome", ["good", "bad"]),
        area("value", asked=""),
        area("comment") + area("reason"),
    ],
)
def test_what_is_not_asked_of_each_region_of_the_text_is_none_of_ours(tag):
    found = Interface.of(view(BARE, tag))
    assert found.fields == {} and len(found.others) >= 1


def test_labels_and_controls_beside_ours_are_known_as_such():
    topic = '<Labels name="topic" toName="report"><Label value="war"/></Labels>'
    wide = BARE.replace("</Labels>", '<Label value="WEAPON"/></Labels>')
    found = Interface.of(view(topic, wide, '<Rating name="quality" toName="report"/>'))
    assert (found.foreign, found.others) == ({"WEAPON"}, {"topic", "quality"})


def test_of_two_controls_with_our_labels_the_one_of_our_name_is_taken():
    second = BARE.split("<Text")[0].replace('"ner"', '"label"')
    assert Interface.of(view(BARE, second)).label == "label"
    with pytest.raises(InputError, match=r"has our labels 2 times \(ner, ner2\); keep them once"):
        Interface.of(view(BARE, second.replace('"label"', '"ner2"')))


HYPER = BARE.replace("Labels", "HyperTextLabels").replace("<Text", "<HyperText")


@pytest.mark.parametrize(
    "config, line",
    [
        ("<View>", "the project's labelling interface is no XML (no element found: line 1, column 6)"),
        (view(), "marks no Text with Labels (its controls: none): needs Labels"),
        (
            view('<Image name="i" value="$i"/><RectangleLabels name="r" toName="i"/>'),
            "(its controls: RectangleLabels)",
        ),
        (
            view(HYPER),
            "HyperText's offsets are no text's; make the project's interface that of annotations/lab",
        ),
        (
            view(BARE.replace("<Text", "<HyperText")),
            "mark a HyperText, whose offsets are no text's, and not a Text",
        ),
        (view(BARE.replace("<Text", "<Paragraphs")), "mark a Paragraphs, and not a Text"),
        (view(BARE.replace('"report" value', '"other" value')), "mark 'report', which is nothing there"),
        (view(BARE.replace('<Label value="PERIOD"/>', "")), "Labels 'ner' lack PERIOD; make"),
        (view(BARE.replace("$body", "The same words")), "Text shows 'The same words'; needed: one key"),
        (
            view(BARE.replace("$body", "$a.b")),
            "Text shows '$a.b'; needed: one key of a task's data, such as $text",
        ),
        (
            view(BARE.replace("<Text", '<Text valueType="url"')),
            'text behind an address (valueType="url"); put',
        ),
    ],
)
def test_projects_of_another_kind_are_refused_in_one_line(config, line):
    with pytest.raises(InputError) as error:
        Interface.of(config)
    assert line in str(error.value) and "\n" not in str(error.value)
