"""Conflict reports in, event records out; `read` is the Python API, `python -m infer` the command."""

from functools import cache

__version__ = "0.1.0"


def read(report, tagger=None):
    """The report with its spans, events and checks, as a new `infer.schema.Document`.

    `report` is the text, or a Document (which may carry a report date). `tagger` is an
    `infer.tagger.Tagger`; None takes the shipped checkpoint, loaded once.
    Raises `infer.schema.InputError` where the checkpoint cannot be loaded.
    """
    from infer import pipeline
    from infer.schema import Document

    document = Document(id="text", text=report) if isinstance(report, str) else report
    return pipeline.read(document, tagger or _shipped_tagger())


@cache
def _shipped_tagger():
    from infer.checkpoint import DEFAULT
    from infer.tagger import Tagger

    return Tagger(DEFAULT)
