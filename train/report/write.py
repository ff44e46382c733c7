"""The report folder of an evaluation: scores.json, report.md and the page, index.html."""

import json
from collections.abc import Mapping
from pathlib import Path

from infer.output import replacing
from infer.schema import InputError
from infer.tagger import Tagger
from train import compare, judging
from train.report import markdown
from train.report.measures import measured
from train.report.page import PAGE, page
from train.report.studio import links
from train.report.tables import sections

SCORES, SUMMARY = "scores.json", "report.md"


def report(
    model: Path | str, data: str, against: Path | str | None = None, folder: Path | None = None
) -> tuple[Path, dict]:
    """Score a checkpoint, and compare it with another, into a folder: which, and what scores.json holds."""
    addresses = links(data)
    old = compare.load(against) if against else None
    judged = judging.judge(compare.load(model) if against else Tagger(model), data)
    scores = measured(judged)
    before = None
    if old:
        before = judging.compared(judged.gold, judging.predicted(judged.gold, old))
        scores["comparison"] = compare.told(
            [old.checkpoint, judged.checkpoint], data, before, judged.end_to_end
        )
    folder = folder or judging.run_folder(judged.checkpoint) / "report"
    write(folder, scores, page(scores, judged, before, addresses))
    return folder, scores


def write(folder: Path, scores: Mapping, html: str) -> None:
    """What was measured, for programs and for people; InputError where the folder cannot be written."""
    put(folder / SCORES, as_json(scores))
    put(folder / SUMMARY, markdown.summary(scores, sections(scores)))
    put(folder / PAGE, html)


def as_json(scores: Mapping) -> str:
    return json.dumps(scores, indent=2) + "\n"


def put(file: Path, text: str) -> None:
    """Write a file whole, its folders too."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as stream:
            stream.write(text)
    except OSError as error:
        raise InputError(
            f"{file}: cannot be written ({error.strerror}); name another place with -o"
        ) from None
