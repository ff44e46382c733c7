"""Two checkpoints on the same reports: what got better with the new one, what worse, and how sure that is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotations.columns import aligned
from annotations.counts import Counts
from annotations.score import SLOTS, Scores
from infer.checkpoint import Checkpoint
from infer.schema import LABELS, InputError
from infer.tagger import Tagger
from train import bootstrap, dataset, judging
from train.evaluate import described, named
from train.judging import Reading

MEASURES: dict[str, Callable[[Scores], Counts]] = {
    "spans": lambda scores: scores.span_micro,
    "slots": lambda scores: scores.micro,
    "records": lambda scores: scores.records,
    "part_of": lambda scores: scores.part_of,
}
TITLES = {
    "spans": "spans, strict",
    "slots": "slots, end to end",
    "records": "exact records",
    "part_of": "part of",
}
SHOWN = 10  # reports in the table: so many that gained most, and so many that lost most


@dataclass(frozen=True, slots=True)
class Judged:
    """A report's scores by both checkpoints, read end to end.

    `fixed` are the ids of gold's events whose record is exact with the new one alone, `broken` with the old
    one alone.
    """

    id: str
    old: Scores
    new: Scores
    fixed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def change(self) -> int:
        """How many more slots are right with the new one."""
        return self.new.micro.tp - self.old.micro.tp


def compare(old: Path | str, new: Path | str, data: str) -> dict:
    """The comparison of two checkpoints on an annotated file, ready for JSON.

    `measures`, `labels` (spans, strict) and `slots` (end to end) hold what `bootstrap.Paired` says, by name;
    `reports` all reports with their slots, those that gained most first.
    """
    gold = dataset.load(data)
    taggers = [load(old), load(new)]
    sides = [judging.compared(gold, judging.predicted(gold, tagger)) for tagger in taggers]
    return told([tagger.checkpoint for tagger in taggers], data, *sides)


def told(
    checkpoints: Sequence[Checkpoint], data: str, old: Sequence[Reading], new: Sequence[Reading]
) -> dict:
    """The comparison of what both checkpoints made of the same reports."""
    models = dict(zip(("old", "new"), map(named, checkpoints), strict=True))
    reports = [judged(*both) for both in zip(old, new, strict=True)]
    return models | {"data": described(data, [reading.gold for reading in new])} | compared(reports)


def judged(old: Reading, new: Reading) -> Judged:
    """One report by both checkpoints."""
    before, now = ({pair.gold.id for pair in side.pairing.scored if pair.exact()} for side in (old, new))
    ids = [event.id for event in new.gold.events]
    return Judged(
        new.gold.id,
        old.scores,
        new.scores,
        fixed=tuple(id for id in ids if id in now - before),
        broken=tuple(id for id in ids if id in before - now),
    )


def compared(reports: Sequence[Judged]) -> dict:
    """What the scores of the reports say, ready for JSON."""
    measure = partial(_paired, reports)
    return {
        "bootstrap": bootstrap.settings(),
        "measures": {name: measure(count) for name, count in MEASURES.items()},
        "labels": {label: measure(lambda s, key=label: s.spans.get(key, Counts())) for label in LABELS},
        "slots": {slot: measure(lambda s, key=slot: s.slots[key]) for slot in SLOTS},
        "reports": [
            {
                "id": report.id,
                "change": report.change,
                "old": report.old.micro.as_dict(),
                "new": report.new.micro.as_dict(),
                "fixed": list(report.fixed),
                "broken": list(report.broken),
            }
            for report in sorted(reports, key=lambda r: (-r.change, r.id))
        ],
    }


def load(folder: Path | str) -> Tagger:
    """A checkpoint whose events can be compared; InputError where its labels are others."""
    tagger = Tagger(folder)
    if not judging.knows_events(tagger):
        raise InputError(
            f"{folder} knows the labels {', '.join(tagger.labels)}; events are compared where they are "
            f"{', '.join(LABELS)}"
        )
    return tagger


def _paired(reports: Sequence[Judged], count: Callable[[Scores], Counts]) -> dict:
    old, new = [count(report.old) for report in reports], [count(report.new) for report in reports]
    return bootstrap.paired(old, new).as_dict()


def table(result: dict) -> str:
    """The comparison as plain text: F1 in percent, changes in points; then the reports that changed most."""
    old, new, data = result["old"], result["new"], result["data"]
    head = (
        f"{model(new)} against {model(old)} on {data['file']}, {data['documents']} documents;\n"
        f"paired bootstrap over reports, {result['bootstrap']['resamples']} resamples"
    )
    measures = {TITLES[name]: row for name, row in result["measures"].items()}
    blocks = [
        _block("", measures),
        _block("spans, strict", result["labels"]),
        _block("slots, end to end", result["slots"]),
        *_reports(result["reports"]),
    ]
    return "\n\n".join([head, *blocks])


def model(model: dict) -> str:
    """How a comparison calls a checkpoint."""
    return f"{model['name']} {model['version']} ({model['sha256'][:12]})"


def _block(title: str, rows: dict[str, dict]) -> str:
    head = (title, "old F1", "new F1", "change", "95 % interval", "better in")
    return aligned([head, *((f"  {name}", *cells(row)) for name, row in rows.items())])


def cells(row: dict) -> Iterator[str]:
    """F1 of both, the change, its interval and how often the new one is better, in ready words."""
    for side in ("old", "new"):
        yield _percent(row[side]["f1"])
    yield _points(row["difference"])
    yield " to ".join(map(_points, row["interval"])) if row["interval"] else "-"
    yield "-" if row["better"] is None else f"{_percent(row['better'])} %"


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.1f}"


def _points(difference: float | None) -> str:
    return "-" if difference is None else f"{100 * difference:+.1f}"


def _reports(rows: Sequence[dict]) -> Iterator[str]:
    """The reports that gained most, then those that lost most."""
    gained = [row for row in rows if row["change"] > 0][:SHOWN]
    lost = [row for row in reversed(rows) if row["change"] < 0][:SHOWN]
    for title, chosen in (("more slots right", gained), ("fewer slots right", lost)):
        head = (title, "of", "old", "new", "change", "false, old", "false, new")
        rows = ((f"  {row['id']}", *slots_of(row)) for row in chosen)
        yield aligned([head, *rows]) if chosen else f"{title}: in no report"


def slots_of(row: dict) -> tuple:
    """A report's slots: in gold, right with old and new, the change, false with old and new."""
    old, new = row["old"], row["new"]
    return old["tp"] + old["fn"], old["tp"], new["tp"], f"{row['change']:+d}", old["fp"], new["fp"]
