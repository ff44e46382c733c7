"""Scores what ships: a checkpoint folder on annotated documents, in three readings.

Spans; events assembled from the gold spans; events end to end. Counts are kept, rates derived.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from annotations.score import Counts, Scores, compare
from infer import pipeline
from infer.schema import LABELS, Document
from infer.tagger import Tagger
from train import dataset, scores


def evaluate(model: Path | str, data: str) -> dict:
    """The three readings of a checkpoint on an annotated file, ready for JSON.

    Events are None where the label set is another than the project's: nothing reads events from it.
    """
    tagger = Tagger(model)
    gold = dataset.load(data)
    bare = [replace(document, spans=(), events=(), checks=()) for document in gold]
    if set(tagger.labels) == set(LABELS):
        found = [pipeline.read(document, tagger) for document in bare]
        given = [replace(empty, spans=document.spans) for empty, document in zip(bare, gold, strict=True)]
        end_to_end = _total(gold, found)
        from_gold = _total(gold, [pipeline.assemble_spans(document, tagger.linker) for document in given])
    else:
        tagged = tagger.tag([document.text for document in bare])
        found = [replace(document, spans=spans) for document, spans in zip(bare, tagged, strict=True)]
        end_to_end = from_gold = None
    return {
        "model": {
            "name": tagger.checkpoint.name,
            "version": tagger.checkpoint.version,
            "sha256": tagger.checkpoint.digest(),
        },
        "data": {"file": str(data), "documents": len(gold), "sha256": dataset.fingerprint(gold)},
        "spans": {
            "mode": scores.MODE,
            "strict": _json(scores.strict(gold, [document.spans for document in found])),
            "overlap": _json(_overlap(_total(gold, found))),
        },
        "events_from_gold_spans": from_gold and _json(_events(from_gold)),
        "events_end_to_end": end_to_end and _json(_events(end_to_end)),
    }


def table(result: dict) -> str:
    """The readings as plain text, a row a label or slot: precision, recall, F1 and counts."""
    model, data, spans = result["model"], result["data"], result["spans"]
    blocks = [
        [f"{model['name']} {model['version']} on {data['file']}, {data['documents']} documents"],
        _block(f"spans, {spans['mode']}", spans["strict"]),
        _block("spans, by overlap", spans["overlap"]),
    ]
    for key, title in (
        ("events_from_gold_spans", "events from gold spans"),
        ("events_end_to_end", "events end to end"),
    ):
        rows = result[key]
        blocks.append(
            _block(title, rows) if rows else [f"{title}: not scored, the labels are another project's"]
        )
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _block(title: str, rows: dict[str, dict]) -> list[str]:
    head = f"{title:<28} {'P':>5} {'R':>5} {'F1':>5}"
    return [head, *(f"  {name:<26} {scores.row(counts)}" for name, counts in rows.items())]


def _total(gold: Sequence[Document], found: Sequence[Document]) -> Scores:
    return sum(map(compare, gold, found), Scores())


def _overlap(total: Scores) -> dict[str, Counts]:
    return dict(sorted(total.spans_overlap.items())) | {"all": total.span_overlap_micro}


def _events(total: Scores) -> dict[str, Counts]:
    attributes = {f"attribute {name}": counts for name, counts in total.attributes.items()}
    links = {
        "part of": total.part_of,
        "component of": total.component_of,
        "alternative to": total.alternative_to,
    }
    records = {"events": total.events, "exact records": total.records}
    return total.slots | {"all slots": total.micro} | attributes | links | records


def _json(rows: dict[str, Counts]) -> dict[str, dict]:
    return {name: counts.as_dict() for name, counts in rows.items()}
