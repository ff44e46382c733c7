"""Tables of where a model is better and worse: confidence, parts of the reports, names, reports, speed."""

from collections.abc import Iterator, Mapping

from train.report.section import Section, number, percent, rate, share, sure

FIELDS = {"conflict": "By conflict", "register": "By register", "length": "By length"}
WEAKEST = 20  # reports
_PART = ("reports", "spans F1", "slots F1 from gold spans", "slots F1", "exact records F1")


def _calibration(scores: Mapping) -> Iterator[Section]:
    found = scores.get("calibration")
    if not found:
        return
    rows = tuple(
        (f"{low['confidence']:.2f}", percent(low["right"]), number(low["events"])) for low in found["bins"]
    )
    mapped = "as the checkpoint's map gives it" if found["map"] else "raw, the checkpoint has no map"
    note = (
        f"Confidence of events, {mapped}, against the share of records that are right in every slot, in bins "
        f"of equally many. Expected calibration error {found['expected_calibration_error']:.3f}, Brier score "
        f"{found['brier']:.3f}; right ranked above wrong in {percent(found['ranking'])} % of pairs (50 is "
        "chance). A map looks better on the reports that it was fitted on."
    )
    yield Section("calibration", "Confidence", note, ("mean confidence", "right %", "events"), rows)
    kept = tuple(
        (
            f"{row['least']}",
            number(row["events"]),
            share(row["right"], row["events"]),
            share(row["right"], found["right"]),
        )
        for row in found["min_confidence"]
    )
    note = "What `--min-confidence` keeps, and how many of those records are right in every slot."
    head = ("least confidence", "events", "right %", "of the right ones %")
    yield Section("min-confidence", "Fewer events, surer ones", note, head, kept)


def _slices(scores: Mapping) -> Iterator[Section]:
    found = scores.get("slices") or {}
    for kind, title in FIELDS.items():
        rows = tuple((name, *_part(row)) for name, row in found.get(kind, {}).items())
        note = "Slots end to end with their interval: parts of few reports tell little."
        yield Section(f"by-{kind}", title, note, (kind, *_PART), rows)
    rows = tuple(
        (f"{trait}: {name}", *_part(row))
        for trait, parts in found.items()
        if trait not in FIELDS
        for name, row in parts.items()
    )
    note = "Reports that have the trait, and those that have not."
    yield Section("by-trait", "By traits of the text", note, ("trait", *_PART), rows)


def _part(row: Mapping) -> tuple[str, ...]:
    return (
        number(row["reports"]),
        rate(row["spans"]),
        rate(row.get("slots_from_gold")),
        sure(row.get("slots")),
        rate(row.get("records")),
    )


def _names(scores: Mapping) -> Iterator[Section]:
    found = scores.get("names")
    if not found:
        return
    rows = tuple(
        (
            f"{label}, {kind}",
            number(row["gold"]),
            *(share(row[key], row["gold"]) for key in ("strict", "overlap")),
        )
        for label, kinds in found["labels"].items()
        for kind, row in kinds.items()
    )
    note = (
        f"Gold's names by whether {found['train']} has the same words marked (case, accents and articles "
        "aside), and how many of them were found."
    )
    head = ("names", "in gold", "found strictly %", "found by overlap %")
    yield Section("names", "Names seen in training and new ones", note, head, rows)


def _curve(scores: Mapping) -> Iterator[Section]:
    found = scores.get("curve") or {}
    labels = list(next(iter(found.values()), {}))
    sizes = sorted(found, key=int)
    rows = tuple((f"{int(size):,}", *(percent(found[size].get(label)) for label in labels)) for size in sizes)
    note = "Strict span F1 on dev by the number of training reports."
    yield Section("curve", "What more reports bring", note, ("reports", *labels), rows)


def _reports(scores: Mapping) -> Iterator[Section]:
    found = [row for row in scores.get("reports") or [] if _wrong(row)]
    weakest = sorted(found, key=lambda row: (-_wrong(row), row["id"]))[:WEAKEST]
    rows = tuple(
        (
            row["id"],
            number(row["words"]),
            number(_wrong(row)),
            rate(row["spans"]),
            rate(row["slots"]),
            f"{row['records']['tp']} of {row['records']['tp'] + row['records']['fn']}",
            *(number(side) for side in row["killed"]),
        )
        for row in weakest
    )
    head = (
        "report",
        "words",
        "wrong slots",
        "spans F1",
        "slots F1",
        "exact records",
        "killed",
        "killed found",
    )
    note = "The reports with most slots false or missed, end to end."
    yield Section("reports", "Where most is wrong", note, head, rows)


def _wrong(row: Mapping) -> int:
    return row["slots"]["fp"] + row["slots"]["fn"]


def _speed(scores: Mapping) -> Iterator[Section]:
    found = scores.get("speed")
    if not found:
        return
    size = sum(found["bytes"].values())
    read = sum(count for name, count in found["bytes"].items() if name.endswith((".onnx", "tokenizer.json")))
    per_second = found["words"] / found["seconds"] if found["seconds"] else None
    rows = (
        ("words read a second, end to end", number(per_second, ",.0f")),
        ("processors of that machine", number(found["processors"])),
        ("checkpoint, MB", number(size / 1e6, ".1f")),
        ("of it what reading a report loads, MB", number(read / 1e6, ".1f")),
    )
    yield Section("speed", "Speed and size", "Measured with this evaluation.", ("", "figure"), rows)


MADE = (_calibration, _slices, _names, _reports, _curve, _speed)
