"""Pages: one report's, with its words marked, and for a folder of them an index; self-contained HTML."""

from collections.abc import Iterable
from itertools import islice
from typing import TextIO

from infer.schema import Document, InputError


def write(documents: Iterable[Document], stream: TextIO, style) -> None:
    """The page of the one document; InputError where there are more, since a page is of one report."""
    from infer.render.html import report

    first = list(islice(documents, 2))
    if len(first) > 1:
        raise InputError(
            f"--format html: a page is of one report, and here are more ({first[0].id}, {first[1].id} …); "
            "name a folder, as in -o pages/, for a page each and an index"
        )
    for document in first:
        stream.write(report.written(document, style.model, style.with_text, style.index))
