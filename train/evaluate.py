"""Scores what ships: a checkpoint folder on annotated documents, in three readings.

Spans; events assembled from the gold spans; events end to end. Counts are kept, rates derived.
"""

from collections.abc import Sequence
from pathlib import Path

from annotations.score import Counts, Scores
from infer.checkpoint import Checkpoint
from infer.schema import Document
from infer.tagger import Tagger
from train import dataset, scores
from train.judging import Judgement, judge, total


def evaluate(model: Path | str, data: str) -> dict:
    """The three readings of a checkpoint on an annotated file, ready for JSON."""
    return readings(judge(Tagger(model), data))


def readings(judged: Judgement) -> dict:
    """What `judge` found, counted. Events are None where nothing reads them from the label set."""
    found = {key: rows(events(total(reports))) for key, reports in judged.readings.items()}
    spans = [reading.found.spans for reading in judged.end_to_end]
    return {
        "model": named(judged.checkpoint),
        "data": described(judged.data, judged.gold),
        "spans": {
            "mode": scores.MODE,
            "strict": rows(scores.strict(judged.gold, spans)),
            "overlap": rows(_overlap(total(judged.end_to_end))),
        },
        "events_from_gold_spans": found.get("events_from_gold_spans"),
        "events_end_to_end": found.get("events_end_to_end"),
    }


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
        found = result[key]
        blocks.append(
            _block(title, found) if found else [f"{title}: not scored, the labels are another project's"]
        )
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _block(title: str, found: dict[str, dict]) -> list[str]:
    head = f"{title:<28} {'P':>5} {'R':>5} {'F1':>5}"
    return [head, *(f"  {name:<26} {scores.row(counts)}" for name, counts in found.items())]


def _overlap(of_all: Scores) -> dict[str, Counts]:
    return dict(sorted(of_all.spans_overlap.items())) | {"all": of_all.span_overlap_micro}


def events(of_all: Scores) -> dict[str, Counts]:
    """What is counted of events, by the name it is shown under."""
    attributes = {f"attribute {name}": counts for name, counts in of_all.attributes.items()}
    links = {
        "part of": of_all.part_of,
        "component of": of_all.component_of,
        "alternative to": of_all.alternative_to,
    }
    records = {"events": of_all.events, "exact records": of_all.records}
    return of_all.slots | {"all slots": of_all.micro} | attributes | links | records


def rows(counts: dict[str, Counts]) -> dict[str, dict]:
    """Named counts, ready for JSON."""
    return {name: one.as_dict() for name, one in counts.items()}
