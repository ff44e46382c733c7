"""The event record: what is printed keeps to the contract and nothing is lost on the way."""

import json
import re

import pytest
from hypothesis import given, settings
from sample_documents import TEXT, documents, sample

from infer.render.record import from_record, to_record
from infer.schema import Document, InputError

MODEL = {"name": "minilm", "version": "1", "labels": ["ACTOR"]}


@settings(deadline=None, max_examples=80)
@given(documents())
def test_a_document_comes_back_from_its_record_through_json(document):
    record = json.loads(json.dumps(to_record(document), allow_nan=False))
    back = from_record(record, document.text)
    assert back == document
    assert [s.confidence for s in back.spans] == [s.confidence for s in document.spans]


@settings(deadline=None, max_examples=60)
@given(documents())
def test_every_record_keeps_to_the_strict_schema_and_quotes_the_text(validate, document):
    validate(to_record(document, MODEL, with_text=True), document.text)


def test_span_ids_number_the_text_order_and_slots_name_them():
    record = to_record(sample())
    starts = [s["start"] for s in record["spans"]]
    assert starts == sorted(starts)
    assert [s["id"] for s in record["spans"]] == [f"s{n}" for n in range(1, len(starts) + 1)]
    total = next(s for s in record["spans"] if s["text"] == "at least 17 operations")
    assert record["events"][0]["attack_count"] == {
        "span": total["id"],
        "text": "at least 17 operations",
        "value": 17,
        "upper": None,
        "relation": "at_least",
    }


def test_evidence_leaves_out_inherited_slots():
    second = to_record(sample())["events"][1]
    start, end = second["evidence"]["start"], second["evidence"]["end"]
    assert TEXT[start:end] == "Homs: 12 operations, 5 killed; the army spoke of 30"
    assert second["period"]["inherited"] and second["period"]["text"] == "June 2023"


def test_a_component_check_names_spans_and_a_breakdown_check_names_events(validate):
    record = to_record(sample())
    validate(record, TEXT)
    assert "span" not in record["checks"][0] and record["checks"][0]["parts"] == ["e2", "e3"]
    assert {p[0] for p in record["checks"][2]["parts"]} == {"s"}


def test_the_text_and_other_columns_are_there_only_where_asked_for_or_given():
    assert "text" not in to_record(sample())["document"]
    assert to_record(sample(), with_text=True)["document"]["text"] == TEXT
    assert to_record(sample())["document"]["extra"]["lat"] == "-12.5"
    assert "extra" not in to_record(Document("d", ""))["document"]


def test_gold_has_no_model_and_a_record_that_holds_its_text_needs_no_other(validate):
    record = to_record(sample(), with_text=True)
    validate(record, TEXT)
    assert record["model"] is None
    assert from_record(record) == from_record(record, TEXT)


def test_a_record_of_another_text_is_refused():
    with pytest.raises(InputError, match="is of another text"):
        from_record(to_record(sample()), TEXT + " ")
    with pytest.raises(InputError, match=re.escape("--with-text")):
        from_record(to_record(sample()))
