"""Label Studio's JSON: written and read without loss, and the oddities of its exports met one by one.

Numbers in names are HumanSignal's issues.
"""

import json
import re

import pytest
from annotated import reports, task
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import labelstudio
from annotations.check import check
from annotations.tasks import Region, Relation, Task
from infer.schema import InputError, Span

TEXT = "Two raids hit Dun,  killing a guard."


def region(
    id: str = "r1", start: int = 0, end: int = 9, label: str = "ATTACK_COUNT", text=None, **changes
) -> dict:
    """One `labels` result as the editor saves it."""
    quote = {} if text is False else {"text": TEXT[start:end] if text is None else text}
    value = {"start": start, "end": end, "labels": [label]} | quote
    return {
        "id": id,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "origin": "manual",
        "value": value,
    } | changes


def field(name: str, value: list[str], id: str = "r1", start: int = 0, end: int = 9, **changes) -> dict:
    kind, key = ("textarea", "text") if name == "value" else ("choices", "choices")
    place = {"start": start, "end": end, "text": TEXT[start:end]} | {key: value}
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": place} | changes


def raw(*results: dict, text: str = TEXT, **annotation) -> dict:
    made = {"id": 7, "completed_by": 1, "was_cancelled": False, "result": list(results)} | annotation
    return {"id": 1, "data": {"text": text, "doc_id": "t-1"}, "annotations": [made], "predictions": [3, 4]}


def read(*results: dict, **options) -> tuple[Task, list[str]]:
    made, findings = labelstudio.read_task(raw(*results, **options))
    return made, [f"{finding.severity}: {finding.message}" for finding in findings]


def quotes(made: Task) -> list[str]:
    return [r.span.text(made.text) for r in made.regions]


# Without loss


@pytest.mark.parametrize("made", reports(), ids=lambda made: made.id)
def test_what_is_written_is_read_back_whole(made):
    """All fields and relations, in order; emoji, CRLF and Arabic; through JSON text."""
    stored = json.loads(json.dumps(labelstudio.write_task(made)))
    assert labelstudio.read_task(stored) == (made, [])


@settings(deadline=None, max_examples=80)
@given(st.data(), st.text(st.sampled_from("ab \r\n\t😀é\u0301ش\u200d👩"), min_size=4, max_size=30))
def test_any_offsets_into_any_text_survive(data, text):
    """Code points in, code points out, whatever stands before: no other unit is ever taken for them."""
    words = [
        m.span() for m in re.finditer(r"[ab😀👩ش]+", text) if "\u0301" not in text[m.start() : m.end() + 1]
    ]
    chosen = data.draw(st.lists(st.sampled_from(words), unique=True, max_size=4)) if words else []
    regions = tuple(Region(f"r{n}", Span(*edges, "PERIOD"), value="none") for n, edges in enumerate(chosen))
    made = Task({"text": text, "doc_id": "t"}, regions)
    back, _ = labelstudio.read_task(labelstudio.write_task(made))
    for before, after in zip(made.regions, back.regions, strict=True):
        assert after.span.start <= before.span.start and before.span.end <= after.span.end
        assert {before.span.text(text)[0], before.span.text(text)[-1]} <= set(after.span.text(text))


def test_a_task_is_written_as_label_studio_imports_it():
    """Unique string ids, a quote with each region, one result for each control, relations without a value."""
    made = task("{N1 Two raids} hit {L1 Dun}", "N1 aggregate: location L1", "N1 2 / L1 none")
    written = labelstudio.write_task(made)
    assert written["data"] == made.data
    [annotation] = written["annotations"]
    assert annotation["ground_truth"] is False, (
        "an import is no ground truth: a later annotator's work must win"
    )
    kinds = [(result["type"], result.get("id"), result.get("from_name")) for result in annotation["result"]]
    assert kinds == [
        ("labels", "N1", "label"),
        ("choices", "N1", "event"),
        ("textarea", "N1", "value"),
        ("labels", "L1", "label"),
        ("textarea", "L1", "value"),
        ("relation", None, None),
    ]
    assert annotation["result"][0]["value"] == {
        "start": 0,
        "end": 9,
        "text": "Two raids",
        "labels": ["ATTACK_COUNT"],
    }
    relation = {
        "type": "relation",
        "from_id": "N1",
        "to_id": "L1",
        "direction": "right",
        "labels": ["location"],
    }
    assert annotation["result"][-1] == relation


def test_a_prediction_carries_its_model_and_the_doubt_that_tasks_are_sorted_by():
    spans = (Span(0, 9, "ATTACK_COUNT", 0.75), Span(14, 17, "LOCATION", 0.5))
    made = Task({"text": TEXT, "doc_id": "t"}, tuple(Region(f"r{s.start}", s) for s in spans))
    written = labelstudio.write_prediction(made, "m-1")
    [prediction] = written["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("m-1", 0.5)
    assert [result["score"] for result in prediction["result"]] == [0.75, 0.5]
    assert (
        "score"
        not in labelstudio.write_prediction(Task({"text": "", "doc_id": "t"}), "m-1")["predictions"][0]
    )


# Offsets and text (facts 1-6)


def test_crlf_counts_as_two_characters():
    text = "Dun\r\n\r\nTwo raids"
    made, said = read(region(start=7, end=16, text="Two raids"), text=text)
    assert (quotes(made), said) == (["Two raids"], [])


def test_offsets_that_count_crlf_as_one_are_mended_and_told():
    made, said = read(region(start=5, end=14, text="Two raids"), text="Dun\r\n\r\nTwo raids")
    assert quotes(made) == ["Two raids"]
    assert said == ["repair: region r1: offsets 5 to 14 read as CRLF counted as one"]


def test_utf16_offsets_after_an_emoji_are_mended_and_told():
    """#539, #1347: old front ends."""
    text = "👩‍👩‍👧 Two raids hit Dun"
    at = len("👩‍👩‍👧 ".encode("utf-16-le")) // 2
    made, said = read(region(start=at, end=at + 9, text="Two raids"), text=text)
    assert quotes(made) == ["Two raids"]
    assert said == [f"repair: region r1: offsets {at} to {at + 9} read as UTF-16 units"]


def test_one_unit_is_taken_for_the_whole_annotation():
    """Alone, the second quote would be right in code points too: the first one tells that it is not."""
    text = "😀😀 raid 2 2"
    assert text[10:11] == text[8:9] == "2"
    made, said = read(region("r1", 5, 9, text="raid"), region("r2", 10, 11, text="2"), text=text)
    assert [r.span.start for r in made.regions] == [3, 8] and len(said) == 2


def test_code_points_after_an_emoji_are_left_alone():
    """#4988: shown wrong, exported right."""
    made, said = read(region(start=2, end=11, text="Two raids"), text="😀 Two raids")
    assert (quotes(made), said) == (["Two raids"], [])


def test_runs_of_spaces_may_be_collapsed_in_a_quote():
    """#3078; and the editor writes a line break as a backslash and an n."""
    assert read(region(start=14, end=27, text="Dun, killing"))[1] == []
    made, said = read(region(start=0, end=9, text="Two\\nraids"), text="Two\nraids")
    assert (quotes(made), said) == (["Two\nraids"], [])


def test_offsets_are_trusted_over_a_stale_quote_and_the_difference_told():
    """#1931: granularity "word" moved the offsets and left the quote."""
    made, said = read(region(text="raids"))
    assert quotes(made) == ["Two raids"]
    assert said == ["repair: region r1: quote 'raids', but the text there is 'Two raids'"]


def test_a_quote_from_elsewhere_is_an_error():
    made, said = read(region(text="nine mines"))
    assert quotes(made) == ["Two raids"]
    assert said == ["error: region r1: quote 'nine mines', but the text there is 'Two raids'"]


def test_leading_white_space_and_markup_like_text_do_not_move_anything():
    """#4929: they hid spans."""
    text = "\n\n  <a@b> & <b>Two raids</b>"
    made, said = read(region(start=15, end=24, text="Two raids"), text=text)
    assert (quotes(made), said) == (["Two raids"], [])


def test_hypertext_is_refused():
    """#1164: its offsets are XPaths into the rendered page."""
    value = {
        "start": "/p[1]/text()[1]",
        "end": "/p[1]/text()[1]",
        "startOffset": 0,
        "hypertextlabels": ["ACTOR"],
    }
    made, said = read(region(type="hypertextlabels", value=value))
    assert made.regions == ()
    assert said == ["error: region r1 was marked in HyperText, whose offsets are no text's; use Text"]


def test_text_behind_an_address_is_refused():
    made, findings = labelstudio.read_task(raw(region(), text="https://example.org/a.txt"))
    assert made is None
    assert findings[0].message.startswith(
        'data.text is the address https://example.org/a.txt (valueType="url")'
    )


def test_a_region_without_a_quote_is_read_by_its_offsets():
    """saveTextResult="no"."""
    made, said = read(region(text=False))
    assert (quotes(made), said) == (["Two raids"], [])


@pytest.mark.parametrize(
    "start, end, words",
    [(0, 10, "Two raids"), (13, 17, "Dun"), (5, 9, "raids"), (0, 6, "Two raids"), (17, 22, ",  killing")],
)
def test_selections_are_set_to_whole_words_and_told(start, end, words):
    """#3179: people select a trailing space or half a word."""
    made, said = read(region(start=start, end=end))
    assert quotes(made) == [words]
    assert said == [f"repair: region r1: {TEXT[start:end]!r} set to whole words, {words!r}"]


@pytest.mark.parametrize(
    "start, end", [(-1, 4), (5, 5), (9, 3), (30, 99), ("0", "9"), (None, None), (True, 4)]
)
def test_offsets_that_are_none_are_errors(start, end):
    made, said = read(region(value={"start": start, "end": end, "labels": ["ACTOR"]}))
    assert made.regions == () and len(said) == 1 and said[0].startswith("error: region r1 ")


# Exports (facts 7-13)


@pytest.mark.parametrize(
    "content, seen",
    [
        ("-DOCSTART- -X- O\nTwo -X- _ B-ATTACK_COUNT\n", "looks like CoNLL"),
        ("Two -X- _ B-ATTACK_COUNT\nraids -X- _ I-ATTACK_COUNT\n", "looks like CoNLL"),
        ("annotation_id,annotator,text,label\n1,1,a,b\n", "looks like CSV"),
        ("id\ttext\tlabel\n", "looks like CSV or TSV"),
        ('[{"text": "a", "id": 1, "label": [], "annotator": 1, "annotation_id": 1}]', "is JSON-MIN"),
        ('[{"text": "a"}]', 'has no "data" object'),
        ('["a"]', "task 1 is str, not an object"),
        ("", "is not JSON"),
    ],
)
def test_other_formats_are_refused_in_one_line(tmp_path, content, seen):
    """#1803: only full JSON holds relations."""
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        labelstudio.read_file(path)
    assert seen in str(error.value) and "export the project as JSON" in str(error.value)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\x00")
    for name, seen in (("absent.json", "No such file"), ("bytes.json", "not UTF-8")):
        with pytest.raises(InputError, match=seen):
            labelstudio.read_file(tmp_path / name)


def test_a_file_may_hold_one_task_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "task.json"
    path.write_text("\ufeff" + json.dumps(raw()), encoding="utf-8")
    assert labelstudio.read_file(path) == [raw()]


def test_skipped_annotations_are_left_out():
    task_ = raw(region())
    task_["annotations"].insert(0, {"id": 9, "was_cancelled": True, "result": [region("x", 14, 17)]})
    made, findings = labelstudio.read_task(task_)
    assert quotes(made) == ["Two raids"]
    assert [finding.message for finding in findings] == ["skipped annotation left out"]


@pytest.mark.parametrize("annotations", [None, [], [{"id": 1, "was_cancelled": True, "result": []}]])
def test_a_task_that_nobody_annotated_is_none_and_not_empty(annotations):
    """The SDK exports them as well; a trainer would learn that nothing is in them."""
    made, findings = labelstudio.read_task(raw() | {"annotations": annotations})
    assert made is None and findings[-1].message == "not annotated, left out"


def test_an_annotation_in_which_nothing_was_marked_is_an_empty_task():
    made, said = read()
    assert made.regions == () and said == []


def annotators(*annotations: dict) -> dict:
    made = [{"id": n, "result": [region(f"by{n}")]} | a for n, a in enumerate(annotations, 1)]
    return raw() | {"annotations": made}


@pytest.mark.parametrize(
    "annotations, annotator, taken",
    [
        ([{"updated_at": "2024-02-01"}, {"updated_at": "2024-01-01"}], None, "by1"),
        ([{"updated_at": "2024-02-01"}, {"updated_at": "2024-01-01", "ground_truth": True}], None, "by2"),
        ([{}, {}], None, "by2"),
        ([{"completed_by": 5}, {"completed_by": 6}], "5", "by1"),
        ([{"completed_by": {"id": 5, "email": "a@b.example"}}, {"completed_by": 6}], "a@b.example", "by1"),
        ([{"updated_at": "2024-02-01", "was_cancelled": True}, {"updated_at": "2024-01-01"}], None, "by2"),
    ],
)
def test_of_several_annotators_one_is_taken_by_rule(annotations, annotator, taken):
    made, findings = labelstudio.read_task(annotators(*annotations), annotator)
    assert [r.id for r in made.regions] == [taken]


@pytest.mark.parametrize(
    "annotations, taken, rule",
    [
        ([{"completed_by": 5}, {"completed_by": 6}], "by1", "took 5's, 1"),
        ([{"completed_by": 6}, {"completed_by": 5}, {"completed_by": 5}], "by3", "took 5's, 3"),
        ([{"completed_by": 5}, {"completed_by": 6, "ground_truth": True}], "by2", "took the ground truth, 2"),
        ([{"completed_by": 5, "was_cancelled": True}, {"completed_by": 6}, {}], "by3", "took the latest, 3"),
        ([{"completed_by": 7}, {"completed_by": None}], "by2", "took the latest, 2"),
    ],
)
def test_a_preferred_annotator_comes_after_ground_truth_and_before_the_latest(annotations, taken, rule):
    """Unlike a named one, whose annotations alone are looked at."""
    made, findings = labelstudio.read_task(annotators(*annotations), preferred="5")
    assert [r.id for r in made.regions] == [taken] and findings[-1].message.endswith(rule)


def test_a_choice_between_annotators_is_told():
    _, findings = labelstudio.read_task(annotators({"ground_truth": True}, {}))
    assert [f.message for f in findings] == ["2 annotations; took the ground truth, 1"]
    assert labelstudio.read_task(annotators({"completed_by": 1}), "nobody")[0] is None


def test_a_region_with_several_controls_comes_as_several_results_with_one_id():
    made, said = read(
        region(label="CASUALTY"),
        field("outcome", ["killed"]),
        field("victims", ["civilian"]),
        field("value", [" 2 "]),
    )
    [only] = made.regions
    assert (only.outcome, only.victims, only.value, said) == ("killed", "civilian", "2", [])


def test_relations_have_no_value_and_may_point_left():
    results = [region("r1"), region("r2", 14, 17, "LOCATION")]
    link = {"type": "relation", "from_id": "r2", "to_id": "r1", "direction": "left", "labels": ["location"]}
    made, said = read(*results, link)
    assert (made.relations, said) == ((Relation("r1", "r2", "location"),), [])


@pytest.mark.parametrize(
    "result, said",
    [
        (
            {"type": "relation", "from_id": "r1", "to_id": "r2", "labels": []},
            "error: relation r1 -> r2 has no name",
        ),
        ({"type": "relation", "from_id": "r1", "to_id": "r2"}, "error: relation r1 -> r2 has no name"),
        (
            {"type": "relation", "from_id": "r1", "to_id": "r9", "labels": ["actor"]},
            "error: relation r1 -> r9: there is no",
        ),
        (
            {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "bi", "labels": ["actor"]},
            "repair: relation r1 -> r2 points both ways; read as r1 -> r2",
        ),
        (field("outcome", ["killed"], id="r9"), "error: region r9 has fields but no label"),
        (
            field("outcome", ["killed", "wounded"]),
            "error: region r1 has several values for outcome: killed, wounded",
        ),
        (region(), "error: region r1 is labelled twice"),
        (region("r3", 28, 35, value={"start": 28, "end": 35, "labels": []}), "error: region r3 has 0 labels"),
        (
            region("r3", 28, 35, value={"start": 28, "end": 35, "labels": ["ACTOR", "PERIOD"]}),
            "error: region r3 has 2 labels",
        ),
        (
            {"id": "z", "type": "choices", "from_name": "topic", "value": {"choices": ["war"]}},
            "note: result of another",
        ),
        (
            {"id": "z", "type": "rectanglelabels", "from_name": "box", "value": {"x": 1}},
            "note: result of another control",
        ),
        ({"type": "rating"}, "note: result of another control left out: None (rating)"),
    ],
)
def test_what_else_stands_among_the_results_is_told(result, said):
    made, findings = read(region("r1"), region("r2", 14, 17, "LOCATION"), result)
    assert [r.id for r in made.regions][:2] == ["r1", "r2"]
    assert len(findings) == 1 and findings[0].startswith(said), findings


def test_a_task_needs_a_name_and_a_text():
    for data, said in (({"text": "a"}, "data has no doc_id"), ({"doc_id": "a"}, "data has no text")):
        made, findings = labelstudio.read_task(raw() | {"data": data})
        assert made is None and findings[0].message.startswith(said)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.floats(),
    st.just("x"),
    st.just([]),
    st.just({}),
    st.just([None]),
)


@st.composite
def damaged(draw):
    """An export with some of its values swapped for others of any kind."""
    export = json.loads(json.dumps(labelstudio.write_task(draw(st.sampled_from(reports())))))
    for _ in range(draw(st.integers(1, 4))):
        node = export["annotations"]
        for _ in range(draw(st.integers(0, 6))):
            inside = list(node.values() if isinstance(node, dict) else node)
            inside = [child for child in inside if isinstance(child, dict | list) and child]
            node = draw(st.sampled_from(inside)) if inside else node
        key = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        node[key] = draw(ODD)
    return export


@settings(deadline=None, max_examples=150)
@given(damaged())
def test_damaged_exports_are_findings_and_never_exceptions(export):
    made, findings = labelstudio.read_task(export)
    if made:
        check(made)
        labelstudio.write_task(made)
    else:
        assert findings


def test_half_a_character_is_refused_since_no_file_can_hold_it():
    made, findings = labelstudio.read_task(raw(text="a \ud83d b"))
    assert made is None and "half a character" in findings[0].message
