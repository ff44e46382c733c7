"""Scores what ships: a checkpoint folder on annotated documents, in three readings.

Spans; events assembled from the gold spans; events end to end. Counts are kept, rates derived.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from annotations.score import Counts, Scores, compare
from infer import pipeline
from infer.checkpoint import Checkpoint
from infer.schema import LABELS, Document
from infer.tagger import Tagger
from train import dataset, scores


def evaluate(model: Path | str, data: str) -> dict:
    """The three readings of a checkpoint on an annotated file, ready for JSON.

    Events are None where the label set is another than the project's: nothing reads events from it.
    """
    tagger = Tagger(model)
    gold = dataset.load(data)
    if set(tagger.labels) == set(LABELS):
        found = predicted(gold, tagger)
        given = [replace(document, events=(), checks=()) for document in gold]
        end_to_end = _total(gold, found)
        from_gold = _total(gold, [pipeline.assemble_spans(document, tagger.linker) for document in given])
    else:
        tagged = tagger.tag([document.text for document in gold])
        found = [
            Document(document.id, document.text, spans=s) for document, s in zip(gold, tagged, strict=True)
        ]
        end_to_end = from_gold = None
    return {
        "model": named(tagger.checkpoint),
        "data": described(data, gold),
        "spans": {
            "mode": scores.MODE,
            "strict": _json(scores.strict(gold, [document.spans for document in found])),
            "overlap": _json(_overlap(_total(gold, found))),
        },
        "events_from_gold_spans": from_gold and _json(_events(from_gold)),
        "events_end_to_end": end_to_end and _json(_events(end_to_end)),
    }


def predicted(gold: Sequence[Document], tagger: Tagger) -> list[Document]:
    """The documents read end to end: nothing that the annotator said reaches the program."""
    bare = (replace(document, spans=(), events=(), checks=()) for document in gold)
    return [pipeline.read(document, tagger) for document in bare]


def named(checkpoint: Checkpoint) -> dict[str, str]:
    """Which checkpoint was scored."""
    return {"name": checkpoint.name, "version": checkpoint.version, "sha256": checkpoint.digest()}


def described(data: str, gold: Sequence[Document]) -> dict:
    """Which documents it was scored on."""
    return {"file": str(data), "documents": len(gold), "sha256": dataset.fingerprint(gold)}


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
