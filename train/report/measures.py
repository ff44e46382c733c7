"""All that scores.json holds: the readings' counts, how sure they are, and where the errors lie."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import annotations
from annotations import agreement, gold, span_errors
from annotations.counts import Counts
from annotations.score import Scores
from infer.processors import usable
from infer.schema import InputError
from train import bootstrap, calibrate
from train.compare import MEASURES
from train.evaluate import events, readings, rows
from train.judging import Judgement, Reading, run_folder
from train.report import killed, slices

TWICE = Path(annotations.__file__).parent / "agreement"  # reports that two annotators marked
FROM_GOLD = "_from_gold"


def measured(judged: Judgement) -> dict:
    """Every figure of a judgement, ready for JSON; None, or nothing, where there is nothing to measure."""
    return readings(judged) | {
        "bootstrap": bootstrap.settings(),
        "headline": headline(judged),
        "ceiling": ceiling(TWICE) if judged.readings else None,
        **_span_errors(judged.end_to_end),
        "killed": {key: killed.error(reports) for key, reports in judged.readings.items()},
        "calibration": calibration(judged),
        "slices": slices.slices(judged),
        "names": slices.names(judged),
        "curve": curve(judged),
        "speed": speed(judged),
        "reports": [_report(reading) for reading in judged.end_to_end],
    }


def headline(judged: Judgement) -> dict[str, dict]:
    """Counts and interval of each of MEASURES end to end, and of those of events from gold spans too."""
    found = {}
    for name, count in MEASURES.items():
        if name == "spans":
            found[name] = _sure(judged.end_to_end, count)
        elif judged.from_gold is not None:
            found[name + FROM_GOLD] = _sure(judged.from_gold, count)
            found[name] = _sure(judged.end_to_end, count)
    return found


def _sure(reports: Sequence[Reading], count: Callable[[Scores], Counts]) -> dict:
    return bootstrap.sure([count(reading.scores) for reading in reports])


def ceiling(folder: Path) -> dict | None:
    """How far two annotators of the same reports agree; None where nobody's second reading is at hand."""
    files = [folder / f"{name}.json" for name in ("first", "second")]
    if not all(file.is_file() for file in files):
        return None
    both = agreement.pairs(*map(gold.read, files))
    agreed = agreement.agree(both)
    return {
        "reports": len(both),
        "headline": rows({name: count(agreed) for name, count in MEASURES.items()}),
        "spans": rows(agreed.spans | {"all": agreed.span_micro}),
        "spans_overlap": rows(agreed.spans_overlap | {"all": agreed.span_overlap_micro}),
        "events": rows(events(agreed)),
    }


def _span_errors(reports: Sequence[Reading]) -> dict:
    judged = [
        pair for reading in reports for pair in span_errors.judge(reading.gold.spans, reading.found.spans)
    ]
    return {"span_errors": span_errors.count(judged), "confusion": span_errors.confusion(judged)}


def calibration(judged: Judgement) -> dict | None:
    """How far the confidence that a reader sees is the share of records that are right."""
    found = calibrate.of_pairings([reading.pairing for reading in judged.end_to_end])
    if not len(found.right):
        return None
    fitted = judged.checkpoint.calibration
    return {
        "map": fitted and asdict(fitted),
        "events": len(found.right),
        "right": int(found.right.sum()),
        "ranking": calibrate.ranking(found.confidence, found.right),
        "min_confidence": [calibrate.kept(found.confidence, found.right, least) for least in calibrate.LEAST],
    } | calibrate.measures(found.confidence, found.right)


def curve(judged: Judgement) -> dict | None:
    """The learning curve of the run of that name, where one was made."""
    folder = run_folder(judged.checkpoint)
    file = folder.with_name(f"{folder.name}-curve") / "curve.json"
    if not file.is_file():
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{file}: no JSON ({error}); make it again with python -m train curve") from None


def speed(judged: Judgement) -> dict:
    """Words read end to end in how many seconds; bytes of the checkpoint's files."""
    return {
        "words": sum(len(document.text.split()) for document in judged.gold),
        "seconds": round(judged.seconds, 2),
        "processors": usable(),
        "bytes": {file.name: file.stat().st_size for file in sorted(judged.checkpoint.folder.iterdir())},
    }


def _report(reading: Reading) -> dict:
    """What a list of reports shows of one."""
    return {
        "id": reading.gold.id,
        "words": len(reading.gold.text.split()),
        "killed": [killed.killed(reading.gold), killed.killed(reading.found)],
    } | rows({name: count(reading.scores) for name, count in MEASURES.items()})
