"""The figures of scores.json as tables of ready words, for the Markdown summary and the page alike."""

from collections.abc import Iterator, Mapping

from annotations.span_errors import KINDS
from train.report import comparison_tables, slice_tables
from train.report.section import NOTHING, Section, number, rate, rates, share, sure

__all__ = ["Section", "sections"]

READINGS = {"events_from_gold_spans": "from gold spans", "events_end_to_end": "end to end"}
MEASURES = {
    "spans": "spans, strict",
    "slots": "all slots of events",
    "records": "exact records",
    "part_of": "links to totals",
}
CEILING = "two annotators"


def sections(scores: Mapping) -> list[Section]:
    """Every table that the scores have figures for, in reading order."""
    made = (_headline, _spans, _span_errors, _confusion, _slots, _killed)
    parts = (*made, *slice_tables.MADE, *comparison_tables.MADE)
    return [section for part in parts for section in part(scores) if section.rows]


def _headline(scores: Mapping) -> Iterator[Section]:
    found = scores.get("headline")
    if not found:
        return
    people = (scores.get("ceiling") or {}).get("headline", {})
    rows = tuple(
        (title, sure(found.get(f"{name}_from_gold")), sure(found[name]), rate(people.get(name)))
        for name, title in MEASURES.items()
        if name in found
    )
    note = (
        f"F1 in percent, with the middle {100 * scores['bootstrap']['level']:.0f} % of "
        f"{scores['bootstrap']['resamples']} resamples of the reports (bootstrap). From gold spans judges "
        "what makes events of spans, end to end everything."
    )
    if people:
        note += (
            f" {CEILING.capitalize()}: how far two readers of {scores['ceiling']['reports']} reports agree, "
            "who knew the rules and not each other's marks."
        )
    yield Section("headline", "How good it is", note, ("", *READINGS.values(), CEILING), rows)


def _spans(scores: Mapping) -> Iterator[Section]:
    spans = scores["spans"]
    people = (scores.get("ceiling") or {}).get("spans", {})
    rows = tuple(
        (
            label,
            *rates(counts),
            *rates(spans["overlap"].get(label)),
            *(str(counts[key]) for key in ("tp", "fp", "fn")),
            *([rate(people.get(label))] if people else []),
        )
        for label, counts in spans["strict"].items()
    )
    head = ("label", "P", "R", "F1", "P overlap", "R overlap", "F1 overlap", "right", "false", "missed")
    note = (
        f"Strict: {spans['mode']}, with its counts; by overlap: one-to-one pairs of one label that share "
        "a character."
    )
    yield Section("spans", "Spans by label", note, head + ((f"F1 {CEILING}",) if people else ()), rows)


def _span_errors(scores: Mapping) -> Iterator[Section]:
    found = scores.get("span_errors") or {}
    summed = {kind: sum(row[kind] for row in found.values()) for kind in KINDS}
    given = found | ({"all": summed} if found else {})
    rows = tuple(
        (label, *(str(row[kind]) for kind in KINDS), _of_gold(row, "correct")) for label, row in given.items()
    )
    note = (
        "As MUC counts: boundary (partial): right label, wrong edge; type (incorrect): right edges, wrong "
        "label; both: another label on other edges; missing; spurious, by the label that was given. The "
        "others are by gold's label."
    )
    yield Section(
        "span-errors", "Errors of spans by kind", note, ("label", *KINDS, "correct % of gold"), rows
    )


def _of_gold(row: Mapping, kind: str) -> str:
    return share(row[kind], sum(row.values()) - row["spurious"])


def _confusion(scores: Mapping) -> Iterator[Section]:
    found = scores.get("confusion") or {}
    rows = tuple(
        (label or "no span", *(str(times) if times else "" for times in row.values()))
        for label, row in found.items()
        if any(row.values())
    )
    head = ("gold ↓ found →", *(label or "no span" for label in found))
    note = "How often a span of gold (row) was given which label (column); edges may differ."
    yield Section("confusion", "Confusion between labels", note, head, rows)


def _slots(scores: Mapping) -> Iterator[Section]:
    given = {title: scores[key] for key, title in READINGS.items() if scores.get(key)}
    people = (scores.get("ceiling") or {}).get("events", {})
    names = dict.fromkeys(name for reading in given.values() for name in reading)
    rows = tuple(
        (
            name,
            *(cell for reading in given.values() for cell in rates(reading.get(name))),
            *([rate(people.get(name))] if people else []),
        )
        for name in names
    )
    head = ("slot", *(f"{rate} {title}" for title in given for rate in ("P", "R", "F1")))
    note = (
        "Records are aligned one to one with gold's. Where from gold spans is good and end to end is not, "
        "the spans are at fault; where both are not, what makes events of them."
    )
    yield Section("slots", "Events by slot", note, head + ((f"F1 {CEILING}",) if people else ()), rows)


def _killed(scores: Mapping) -> Iterator[Section]:
    rows = tuple(
        (
            READINGS[key],
            number(row["reports"]),
            share(row["exact"], row["reports"]),
            share(row["near"], row["reports"]),
            number(row["gold"]),
            number(row["found"]),
            number(row["bias"], "+,.1f"),
            number(row["absolute"], ",.1f"),
            number(row["median"], ",.1f"),
        )
        for key, row in (scores.get("killed") or {}).items()
    )
    head = ("killed", "reports", "exact %", "within a tenth %", "gold", "found", "mean error")
    note = (
        "What the killed of a report add up to, against gold: of events that are part of no other, so that "
        f"nothing counts twice. Reports in which neither states any are left out. {NOTHING}: none is left."
    )
    yield Section(
        "killed", "Error of the sum of killed", note, (*head, "mean distance", "median distance"), rows
    )
