"""The page of one report: what its template shows."""

import io

from infer.render import json_records, spreadsheet, wording
from infer.render.html import atlas, marked
from infer.render.html.about import about
from infer.render.html.cells import CARRIED, Cells
from infer.render.html.pages import page
from infer.render.html.sites import Sites
from infer.render.overlaps import overlapping
from infer.render.record import to_record
from infer.schema import Check, Document, Span


def written(document: Document, model: dict | None, with_text: bool, index: str | None) -> str:
    """The page as HTML; `index` is the address of the page that lists it among others."""
    cells = Cells(document)
    sites = Sites()
    sites.add(0, document, document.events)
    return page(
        "report.html.j2",
        about=about(document),
        index=index,
        model=model,
        pieces=list(marked.pieces(document)),
        legend=marked.legend(document),
        columns=cells.columns,
        rows=list(cells.rows()),
        checks=checks(document, cells),
        overlaps=[(a.id, b.id) for a, b in overlapping(document.events)],
        map=atlas.drawn(sites.spots()),
        sites=sites.ordered(),
        cells=cells,
        carried=CARRIED,
        exports={
            "name": file_name(document),
            "json": _json(document, model, with_text),
            "csv": _csv(document),
        },
    )


def checks(document: Document, cells: Cells) -> list[tuple[str, str, str]]:
    """(status, the whole line, spans it is about), those that differ first."""
    ordered = sorted(document.checks, key=lambda c: wording.VERDICTS.index(c.status))
    return [(c.status, wording.check(document, c), _lights(document, cells, c)) for c in ordered]


def _lights(document: Document, cells: Cells, check: Check) -> str:
    """The words of the total and of its parts."""
    anchors = {event.id: event.anchor for event in document.events}
    figures = (anchors.get(part) if isinstance(part, str) else part for part in check.parts)
    total: Span | None = check.span or anchors.get(check.event)
    return cells.lights(dict.fromkeys(filter(None, (total, *figures))))


def file_name(document: Document) -> str:
    """How an exported file is called, without its ending."""
    name = document.id.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or "report"


def _json(document: Document, model: dict | None, with_text: bool) -> str:
    stream = io.StringIO(newline="")
    json_records.write([to_record(document, model, with_text)], stream, alone=True)
    return stream.getvalue()


def _csv(document: Document) -> str:
    stream = io.StringIO(newline="")
    spreadsheet.write([document], stream)
    return stream.getvalue()
