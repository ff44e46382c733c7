"""The whole story: a document's text → spans → values → events → totals and checks."""

from infer import sections
from infer.schema import Document


def read(document: Document, tagger) -> Document:
    """The document with the spans that `tagger` finds in its text, its events and its checks.

    `tagger` is an `infer.tagger.Tagger`. What the document held of spans and events is replaced. Events'
    confidence is mapped by the checkpoint's calibration, where it has one.
    """
    return sections.in_sections(lambda part: _read(part, tagger), document)


def _read(document: Document, tagger) -> Document:
    (spans,) = tagger.tag([document.text])
    from infer import assembly  # loading it takes as long as tagging does: the command does both at once

    return assembly.completed(document, tagger, spans)
