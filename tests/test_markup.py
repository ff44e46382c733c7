"""The authoring form: what a well-formed report becomes, and that every mistake is named with its line."""

from dataclasses import replace

import pytest
from annotated import reports, task, written
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations import documents, markup
from infer.schema import InputError

GOOD = dict(
    text="{A1 Raiders} shot {C1 two guards} at {L1 Dun} {P1 today}.",
    events="C1 incident: actor A1; location L1; period P1",
    spans="A1 none / C1 killed security_forces 2 / L1 XX / P1 2024-05-09/2024-05-09",
)


def mistakes(text: str) -> list[str]:
    return [finding.message for _, findings in markup.parse(text) for finding in findings]


def test_a_report_keeps_its_text_its_spans_and_what_was_said_of_them():
    made = task(**GOOD, report_date="2024-05-09")
    assert made.text == "Raiders shot two guards at Dun today."
    assert [(r.id, r.span.text(made.text)) for r in made.regions] == [
        ("A1", "Raiders"),
        ("C1", "two guards"),
        ("L1", "Dun"),
        ("P1", "today"),
    ]
    casualty = made.by_id["C1"]
    assert (casualty.outcome, casualty.victims, casualty.value) == ("killed", "security_forces", "2")
    assert casualty.event == "incident"
    assert [(r.source, r.kind, r.target) for r in made.relations] == [
        ("C1", "actor", "A1"),
        ("C1", "location", "L1"),
        ("C1", "period", "P1"),
    ]
    assert made.data["report_date"] == "2024-05-09" and made.data["fictional"] is True


def test_places_keep_the_order_they_are_given_in():
    made = task(
        "{C1 A guard} fell in {L1 East} of {L2 Dun}",
        "C1 incident: location L2 L1",
        "L1 L2 none / C1 killed civilian 1",
    )
    assert [region.id for region in made.linked("C1", "location")] == ["L2", "L1"]


def test_carriage_returns_emoji_and_white_space_stay_in_the_text():
    text = "  \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + " {L1 Dun}\t\n\n end "
    made, _ = markup.parse(written(text, spans="L1 none").replace("\n", "\r\n"))[0]
    assert made.text == text.replace("{L1 Dun}", "Dun").replace("\n", "\r\n")
    assert made.regions[0].span.text(made.text) == "Dun"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="{}\n", exclude_categories=["Cs"]), min_size=1), max_size=6
    )
)
def test_any_text_comes_out_as_it_went_in(pieces):
    """Oracle: the words with the braces taken out by hand."""
    safe = ["·" + piece for piece in pieces]
    text = "x".join(f"{{L{n} {piece}}}" for n, piece in enumerate(safe, 1))
    spans = " / ".join(f"L{n} none" for n in range(1, len(safe) + 1))
    [(made, findings)] = markup.parse(written(text or "·", spans=spans))
    assert not findings
    assert made.text == ("x".join(safe) or "·")
    assert [region.span.text(made.text) for region in made.regions] == safe


@pytest.mark.parametrize(
    "change, said",
    [
        ({"events": "C9 incident"}, "line 9: 'C9' is no span of the text; known: A1, C1, L1, P1"),
        (
            {"events": "C1 incident: casualties C1"},
            "line 9: slot 'casualties'; slots are casualty, location, actor",
        ),
        ({"events": "C1 attack: actor A1"}, "line 9: 'C1 attack'; an event is ANCHOR incident|aggregate"),
        ({"events": "C1 incident: actor"}, "line 9: actor names no span; write the ids after it"),
        ({"events": "C1 incident / C1 aggregate"}, "line 10: C1 is the anchor of two events"),
        ({"spans": "C1 killed guards 2"}, "line 11: 'killed guards 2'; write C1 killed|wounded|"),
        ({"spans": "C1 killed civilian two"}, "line 11: C1: value is 'two'; a count is written 12, 15..20"),
        ({"spans": "C1 killed civilian 2 subset"}, "line 11: subset names no span"),
        ({"spans": "C1"}, "line 11: C1 has no attributes; write C1 killed|"),
        ({"spans": "P1 9 May 2024"}, "line 11: P1: value is '9 May 2024'; a period is written"),
        ({"spans": "A1 L1 none"}, "line 11: 'A1 L1 none'; a line is the ids of spans of one label"),
        ({"spans": "L1 none / L1 IQ"}, "line 12: L1 has two lines under --- spans; keep one"),
        ({"spans": "A1 none"}, "C1 'two guards' has no line under --- spans; write C1 killed|"),
        ({"links": "A1 is A1"}, "line 16: 'A1 is A1'; a link is ID repeats ID"),
        ({"text": "{A1 Raiders} {A1 left}"}, "line 7: A1 is used twice in the text"),
        (
            {"text": "\n{A1 The {L1 Dun} raiders}"},
            "line 8: brace at '{A1 The {L1 Dun} raiders}'; a span is {ID words}",
        ),
        ({"text": "{X1 Raiders}"}, "line 7: brace at '{X1 Raiders}'; a span is {ID words}"),
        ({"text": "a } b"}, "line 7: brace at '} b'; a span is {ID words}"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write(change, said):
    text = written(**(GOOD | change))
    assert any(message.startswith(said) for message in mistakes(text)), mistakes(text)
    assert markup.parse(text)[0][0] is None


def test_a_wrong_header_or_section_is_named():
    text = written(**GOOD).replace("conflict:", "war:").replace("--- links", "--- likns")
    said = mistakes(text)
    assert any("line 4: 'war: invented' in the header" in message for message in said)
    assert any("the header lacks conflict" in message for message in said)
    assert any(
        "section '--- likns'; sections are, once each, --- text, --- events" in message for message in said
    )


def test_a_report_date_may_be_left_out():
    [(made, _)] = markup.parse(written(**GOOD).replace("report_date: null\n", ""))
    assert made.data["report_date"] is None


def test_a_broken_report_leaves_its_neighbours_whole():
    found = markup.parse(written("{A1 x") + written(**GOOD))
    assert [made is None for made, _ in found] == [True, False]


def test_words_before_the_first_report_are_not_dropped_silently():
    [(nothing, findings), (made, _)] = markup.parse("\nsy-001\n" + written(**GOOD))
    assert nothing is None and made
    assert findings[0].message.startswith("line 2: 'sy-001' stands before the first ===")


def test_files_that_hold_no_report_are_refused(tmp_path):
    for name, content in (("none.txt", b"just text"), ("bytes.txt", b"\xff\xfe\x00"), ("empty.txt", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            markup.read_file(tmp_path / name)
    with pytest.raises(InputError, match="absent"):
        markup.read_file(tmp_path / "absent.txt")


def test_the_shared_reports_hold_every_relation_and_choice():
    """So that the round trip through the server has seen all of them."""
    from annotations.tasks import FIELDS, RELATION_KINDS

    tasks = reports()
    assert {r.kind for t in tasks for r in t.relations} == set(RELATION_KINDS)
    for name, allowed in FIELDS.items():
        assert {getattr(r, name) for t in tasks for r in t.regions} - {None} == set(allowed)
    assert any("\r\n" in t.text for t in tasks) and any("\u200d" in t.text for t in tasks)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [*"{}ACNLP 12;:\n\r", "=== x\n", "--- text\n", "--- spans\n", "--- events\n", "{A1 b}"]
        )
    )
)
def test_no_text_whatever_raises(pieces):
    for made, findings in markup.parse("".join(pieces)):
        assert (made is None) == bool(findings)


def test_a_written_report_says_what_it_said_before():
    """Fields, relations, emoji, odd white space and CRLF; the ids of Label Studio become the form's own."""
    for report in reports():
        renamed = {region.id: f"q_{n}-Z" for n, region in enumerate(report.regions)}
        foreign = replace(
            report,
            regions=tuple(replace(region, id=renamed[region.id]) for region in report.regions),
            relations=tuple(
                replace(r, source=renamed[r.source], target=renamed[r.target]) for r in report.relations
            ),
        )
        [(back, findings)] = markup.parse(markup.write(foreign))
        assert not findings
        assert back.data == report.data
        assert documents.to_document(back) == documents.to_document(report)
        assert {(r.kind, *_words(back, r)) for r in back.relations} == {
            (r.kind, *_words(report, r)) for r in report.relations
        }


def _words(report, relation):
    return (report.by_id[relation.source].span, report.by_id[relation.target].span)


def test_fields_left_empty_are_written_as_they_are_read():
    made = task(**GOOD)
    bare = replace(made, regions=tuple(replace(r, value=None, outcome=None) for r in made.regions))
    [(back, _)] = markup.parse(markup.write(bare))
    assert documents.to_document(back) == documents.to_document(bare)


@given(st.text(st.sampled_from("a \n\r\t-=\u2028\x85"), max_size=12))
def test_any_text_that_the_form_has_is_written_and_read_alike(text):
    made = replace(task("·"), data=task("·").data | {"text": text})
    try:
        form = markup.write(made)
    except InputError:
        assert text.endswith("\r") or any(line[:3] in ("---", "===") for line in text.split("\n"))
    else:
        assert markup.parse(form)[0][0].text == text


@pytest.mark.parametrize("text", ["a {b", "a } b", "x\n--- y", "=== z", "end\r"])
def test_a_text_that_the_form_has_no_way_to_write_is_refused_by_name(text):
    made = replace(task("·"), data={"text": text, "doc_id": "odd-1"})
    with pytest.raises(InputError, match="odd-1: the text has .* at character .* Label Studio"):
        markup.write(made)
