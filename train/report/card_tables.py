"""The blocks of the model card: tables of report.md, dev and test side by side, and a few sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotations import stats
from annotations.tasks import Task
from train.report.markdown import table
from train.report.section import NOTHING, Section, number, percent, rate
from train.report.tables import CEILING, sections

_NEAR, _EVENTLESS = "on Syria, Iraq and their neighbours", "without any event"
_RATES = ("P", "R", "F1")
_SLICED = ("reports", "slots F1")
_TRAITS = (
    _NEAR,
    "without a report date",
    "with bullets or numbered items",
    "with table rows",
    "with a breakdown of a total",
    "with another source's figure",
)


@dataclass(frozen=True, slots=True)
class Split:
    """What was measured on a split, and its tables by their ids."""

    scores: Mapping
    sections: Mapping[str, Section]


Splits = Mapping[str, Split]


def blocks(scores: Mapping[str, Mapping]) -> dict[str, str]:
    """Every block that is made of scores, by its name."""
    splits = {split: Split(of, {s.id: s for s in sections(of)}) for split, of in scores.items()}
    return {name: make(splits) for name, make in _BLOCKS.items()}


def _headline(splits: Splits) -> str:
    return _joined(splits, "headline", ("from gold spans", "end to end"), CEILING)


def _spans(splits: Splits) -> str:
    return _joined(splits, "spans", (*_RATES, "F1 overlap"), f"F1 {CEILING}")


def _events(splits: Splits) -> str:
    ends = [f"{rate} end to end" for rate in _RATES]
    return _joined(splits, "slots", ("F1 from gold spans", *ends), f"F1 {CEILING}")


def _span_errors(splits: Splits) -> str:
    return _joined(splits, "span-errors", ("boundary", "type", "both", "missing", "spurious"))


def _killed(splits: Splits) -> str:
    columns = ("reports", "exact %", "within a tenth %", "mean error", "median distance")
    return _joined(splits, "killed", columns)


def _slices(splits: Splits) -> str:
    tables = [_joined(splits, id, _SLICED) for id in ("by-length", "by-trait", "by-register")]
    return "\n\n".join(tables)


def _names(splits: Splits) -> str:
    return _joined(splits, "names", ("in gold", "found strictly %", "found by overlap %"))


def _calibration(splits: Splits) -> str:
    rows = []
    for split, of in splits.items():
        if found := of.scores.get("calibration"):
            error, brier = found["expected_calibration_error"], found["brier"]
            right = percent(found["right"] / found["events"])
            ranking = percent(found["ranking"])
            rows.append((split, number(found["events"]), right, f"{error:.3f}", f"{brier:.3f}", ranking))
    head = ("", "events", "right %", "calibration error", "Brier score", "right ranked above wrong %")
    return "\n\n".join(
        [table(head, rows), _joined(splits, "min-confidence", ("events", "right %", "of the right ones %"))]
    )


def _agreement(splits: Splits) -> str:
    """Spans and slots of the two annotators."""
    people = _first(splits, "ceiling")
    if not people:
        return "Not measured."
    spans = [
        (label, rate(counts), rate(people["spans_overlap"].get(label)))
        for label, counts in people["spans"].items()
    ]
    return "\n\n".join(
        [
            f"{people['reports']} reports, F1:",
            table(("spans", "exact", "by overlap"), spans),
            table(("events", "F1"), [(name, rate(counts)) for name, counts in people["events"].items()]),
        ]
    )


def _speed(splits: Splits) -> str:
    return _joined(splits, "speed", ("figure",))


def _training(splits: Splits) -> str:
    made = _first(splits, "training")
    if not made:
        return "The log of the run is not at hand."
    told = [
        f"{name}: {of['epochs']} epoch{'s' * (of['epochs'] != 1)}, {of['seconds'] / 60:,.0f} minutes"
        for name, of in made["networks"].items()
    ]
    hours = sum(of["seconds"] for of in made["networks"].values()) / 3600
    return (
        f"Trained on {made['documents']:,} reports with seed {made['seed']} ({'; '.join(told)}; "
        f"{hours:.1f} hours together, scoring dev left out)."
    )


def _first(splits: Splits, key: str) -> Mapping | None:
    """What the first split that has it says: it is the same in all."""
    return next((of.scores[key] for of in splits.values() if of.scores.get(key)), None)


_BLOCKS = {
    "headline": _headline,
    "agreement": _agreement,
    "spans": _spans,
    "span-errors": _span_errors,
    "events": _events,
    "killed": _killed,
    "calibration": _calibration,
    "slices": _slices,
    "names": _names,
    "speed": _speed,
    "training": _training,
}


def corpus(splits: Mapping[str, Sequence[Task]]) -> str:
    """How much there is of what, as `python -m annotations stats` counts it."""
    head, *rows = stats.by_split(splits)
    told = stats.totals_of(splits, (_NEAR, _EVENTLESS))
    return "\n\n".join(
        [
            table(head, [[row[0], *map(number, row[1:])] for row in rows]),
            f"{told['conflict']} conflicts, {told['source_style']} registers, {told['shortest']} to "
            f"{told['longest']:,} words a report; {told[_NEAR]} reports are on Syria, Iraq and their "
            f"neighbours, {told[_EVENTLESS]} have no event.",
        ]
    )


def _joined(splits: Splits, id: str, columns: Iterable[str], once: str | None = None) -> str:
    """Some columns of one section, split by split, and a column that is the same in all at the end."""
    found = {split: _section(of, id) for split, of in splits.items()}
    found = {split: section for split, section in found.items() if section}
    if not found:
        return f"{NOTHING} not measured"
    first = next(iter(found.values()))
    rows = {row[0]: [row[0]] for section in found.values() for row in section.rows}
    head = [first.head[0]]
    for split, section in found.items():
        wanted = [name for name in columns if name in section.head]
        head += [f"{split}, {name}" for name in wanted]
        cells = {row[0]: dict(zip(section.head, row, strict=True)) for row in section.rows}
        for name, row in rows.items():
            row += [cells.get(name, {}).get(column, NOTHING) for column in wanted]
    if once and once in first.head:
        head.append(once)
        for row in first.rows:
            rows[row[0]].append(row[first.head.index(once)])
    width = len(head)
    return table(head, [[*row, *[NOTHING] * (width - len(row))] for row in rows.values()])


def _section(split: Split, id: str) -> Section | None:
    """The section of that name; of the traits those that a card has room for."""
    found = split.sections.get(id)
    if found and id == "by-trait":
        return replace(found, rows=tuple(row for row in found.rows if row[0].startswith(_TRAITS)))
    return found
