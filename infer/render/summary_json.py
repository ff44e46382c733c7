"""A summary as one JSON object, the contract of `infer/summary.schema.json`."""

import json
from typing import TextIO

from infer.render.record import iso
from infer.render.summary import Cell, Figure, Group, Root, Summary
from infer.schema import Quantity

VERSION = "1.0"


def write(summary: Summary, model: dict | None, stream: TextIO) -> None:
    stream.write(json.dumps(to_record(summary, model), ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def to_record(summary: Summary, model: dict | None = None) -> dict:
    return {
        "summary_version": VERSION,
        "model": model,
        "documents": list(summary.documents),
        "events": summary.events,
        "roots": [_root(root) for root in summary.roots],
        "by_actor": [{"actor": g.key[0] if g.key else None} | _group(g) for g in summary.by_actor],
        "by_place": _places(summary.by_place),
        "by_period": [
            dict(zip(("start", "end"), map(iso, g.key or (None, None)), strict=True)) | _group(g)
            for g in summary.by_period
        ],
        "overlaps": [{"roots": [_id(a), _id(b)], "certain": certain} for a, b, certain in summary.overlaps],
    }


def _id(root: Root) -> str:
    return f"r{root.place + 1}"


def _root(root: Root) -> dict:
    event = root.event
    return {
        "id": _id(root),
        "document": root.document,
        "event": event.id,
        "kind": event.kind,
        "actors": list(root.actors),
        "countries": list(dict.fromkeys(at.place.country for at in event.locations if at.place.country)),
        "divisions": list(dict.fromkeys(at.place.admin1 for at in event.locations if at.place.admin1)),
        "start": iso(event.period.interval.start) if event.period else None,
        "end": iso(event.period.interval.end) if event.period else None,
        "figures": {measure: _figure(figure) for measure, figure in root.figures.items()},
    }


def _figure(figure: Figure) -> dict:
    others = [_quantity(quantity) | {"text": text} for quantity, text in figure.alternatives]
    return _quantity(figure.quantity) | {"text": figure.text, "alternatives": others}


def _quantity(quantity: Quantity) -> dict:
    return {"value": quantity.value, "upper": quantity.upper, "relation": quantity.relation}


def _group(group: Group) -> dict:
    return {
        "roots": [_id(root) for root in group.roots],
        "figures": {measure: _cell(cell) for measure, cell in group.cells.items()},
    }


def _cell(cell: Cell) -> dict:
    total = cell.total and _quantity(cell.total) | {"roots": [_id(root) for root in cell.of]}
    return {"sum": total, "not_added": [_id(root) for root in cell.apart]}


def _places(groups: tuple[Group, ...]) -> list[dict]:
    """Countries, each with its divisions."""
    found = []
    for group in groups:
        if len(group.key) == 2:
            found[-1]["divisions"].append({"division": group.key[1]} | _group(group))
        else:
            found.append({"country": group.key[0] if group.key else None} | _group(group) | {"divisions": []})
    return found
