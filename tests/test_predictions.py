"""A report as the model reads it: its task's data, its score, and its version."""

import dataclasses

import pytest
import tiny_checkpoint
from marked import marked

from annotations import predictions
from annotations.documents import from_document, to_document
from annotations.interface import OURS
from annotations.predictions import model_version
from infer import checkpoint, pipeline
from infer.rows import day
from infer.schema import Document, InputError
from infer.tagger import Tagger

TEXT = "Red Column carried out 12 operations in Homs in June 2023."


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    return Tagger(tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path_factory.mktemp("model"))))


def test_what_is_predicted_is_what_the_pipeline_reads(tagger):
    document = Document("a", TEXT, day("2023-07-01"), "data", extra={"site": "here"})
    task = predictions.predicted(document, tagger)
    read = pipeline.read(document, tagger)
    assert (task.regions, task.relations) == (from_document(read).regions, from_document(read).relations)
    assert to_document(task).spans == read.spans and len(to_document(task).events) == len(read.events)
    assert task.data == {"site": "here", "text": TEXT, "doc_id": "a", "report_date": "2023-07-01"}


def test_a_report_is_as_sure_as_its_least_sure_span():
    text, spans = marked("{A Red Column} made {N two raids} in {L Homs}.")
    sure = [dataclasses.replace(s, confidence=c) for s, c in zip(spans, (0.9, 0.4, 0.7), strict=True)]
    assert predictions.score(from_document(Document("a", text, spans=tuple(sure)))) == 0.4
    assert predictions.score(from_document(Document("a", text))) == 1.0


def test_the_version_changes_with_anything_that_changes_what_is_found(tmp_path):
    tiny_checkpoint.write(tmp_path)
    versions = {model_version(checkpoint.load(tmp_path))}
    tiny_checkpoint.add_linker(tmp_path)
    versions.add(model_version(checkpoint.load(tmp_path)))
    tiny_checkpoint.write(tmp_path, sure=0.8)
    versions.add(model_version(checkpoint.load(tmp_path)))
    assert len(versions) == 3 and all(version.startswith("tiny 0 ") for version in versions)


def test_a_report_of_a_task_keeps_its_name_and_its_date():
    held = {"text": TEXT, "doc_id": "a", "report_date": "2023-07-01", "site": "here"}
    assert predictions.document({"id": 3, "data": held}, OURS) == Document(
        "a", TEXT, day("2023-07-01"), "data"
    )
    for nothing in ("", None):
        document = predictions.document({"data": held | {"report_date": nothing}}, OURS)
        assert (document.report_date, document.report_date_source) == (None, None)


@pytest.mark.parametrize("own", ["", "  ", None, 7])
def test_a_task_without_a_name_is_called_by_its_number(own):
    assert predictions.name({"id": 3, "data": {"text": TEXT, "doc_id": own}}) == "task 3"


def test_a_task_without_a_report_is_no_document():
    with pytest.raises(InputError, match="it has no data"):
        predictions.document({"id": 3}, OURS)
