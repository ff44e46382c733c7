"""Tables of two models on the same reports: what is better, what was fixed and what broke."""

from collections.abc import Iterator, Mapping

from train import compare
from train.report.section import Section, number

GROUPS = {"labels": "Spans by label, against the old model", "slots": "Slots, against the old model"}
_HEAD = ("old F1", "new F1", "change", "95 % interval", "better in")


def _measures(scores: Mapping) -> Iterator[Section]:
    found = scores.get("comparison")
    if not found:
        return
    note = (
        f"{compare.model(found['new'])} against {compare.model(found['old'])} on {found['data']['file']}, "
        f"{found['data']['documents']} reports. Paired bootstrap over reports, "
        f"{found['bootstrap']['resamples']} resamples: the interval of the change in points of F1, and the "
        "share of resamples in which the new model is better."
    )
    rows = tuple((compare.TITLES[name], *compare.cells(row)) for name, row in found["measures"].items())
    yield Section("comparison", "Is the new model better?", note, ("", *_HEAD), rows)
    for group, title in GROUPS.items():
        rows = tuple((name, *compare.cells(row)) for name, row in found[group].items())
        yield Section(f"comparison-{group}", title, "", ("", *_HEAD), rows)


def _reports(scores: Mapping) -> Iterator[Section]:
    found = (scores.get("comparison") or {}).get("reports", [])
    rows = tuple(
        (
            row["id"],
            *map(str, compare.slots_of(row)),
            number(len(row["fixed"])),
            number(len(row["broken"])),
            _ids(row),
        )
        for row in found
        if row["change"] or row["fixed"] or row["broken"] or row["old"] != row["new"]
    )
    note = (
        "Slots in gold, right with the old and the new model, the change, and false ones; then records that "
        "are exact with the new model only (fixed) and with the old one only (broken), by gold's event. "
        f"{len(found) - len(rows)} reports are as they were."
    )
    head = (
        "report",
        "slots",
        "old",
        "new",
        "change",
        "false, old",
        "false, new",
        "fixed",
        "broken",
        "events",
    )
    yield Section("comparison-reports", "What was fixed and what broke", note, head, rows)


def _ids(row: Mapping) -> str:
    return " ".join([*(f"+{id}" for id in row["fixed"]), *(f"−{id}" for id in row["broken"])])


MADE = (_measures, _reports)
