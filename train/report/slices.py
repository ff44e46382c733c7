"""The same figures on parts of the reports: by conflict, register, length and traits, and by names known."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from annotations import gold, span_errors, stats
from annotations.documents import from_document
from annotations.event_pairs import words
from infer.checkpoint import Checkpoint
from infer.schema import Document, Span
from train import bootstrap, dataset
from train.judging import Judgement, run_folder, total

FIELDS = {"conflict": "conflict", "register": "source_style"}  # what a report's own columns say
LENGTHS = ((0, 150), (151, 300), (301, None))  # words
FEWEST = 3  # reports of a value that gets a row; the rarer ones share one
NAMED = ("ACTOR", "LOCATION")
UNKNOWN = "not said"


def slices(judged: Judgement) -> dict[str, dict[str, dict]]:
    """Rows of figures by kind of slice and name; a kind that no report tells anything of is left out."""
    ways: dict[str, Callable[[Document], str]] = {
        kind: lambda document, key=key: str(document.extra.get(key) or UNKNOWN)
        for kind, key in FIELDS.items()
    }
    parted = {kind: _parted(judged.gold, way) for kind, way in ways.items()}
    parted = {kind: _pooled(parts) for kind, parts in parted.items() if set(parts) != {UNKNOWN}}
    parted["length"] = _parted_by_length(judged.gold)
    tasks = list(map(from_document, judged.gold))
    for trait, holds in stats.TRAITS.items():
        has = [holds(task) for task in tasks]
        parted[trait] = {name: _where(has, of) for name, of in (("yes", True), ("no", False))}
    return {
        kind: {name: _row(judged, places) for name, places in parts.items()} for kind, parts in parted.items()
    }


def _parted_by_length(documents: Sequence[Document]) -> dict[str, list[int]]:
    """Places of the documents by their number of words, the shortest first."""
    words = [len(document.text.split()) for document in documents]
    return {
        f"{low} words and more" if high is None else f"{low} to {high} words": [
            place for place, number in enumerate(words) if low <= number <= (high or number)
        ]
        for low, high in LENGTHS
    }


def _parted(documents: Sequence[Document], way: Callable[[Document], str]) -> dict[str, list[int]]:
    """Places of the documents by name, those with most documents first."""
    parts: dict[str, list[int]] = {}
    for place, document in enumerate(documents):
        parts.setdefault(way(document), []).append(place)
    return dict(sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])))


def _pooled(parts: Mapping[str, list[int]]) -> dict[str, list[int]]:
    rare = [name for name, places in parts.items() if len(places) < FEWEST]
    if len(rare) < 2:
        return dict(parts)
    kept = {name: places for name, places in parts.items() if name not in rare}
    return kept | {f"{len(rare)} others": [place for name in rare for place in parts[name]]}


def _where(has: Sequence[bool], wanted: bool) -> list[int]:
    return [place for place, one in enumerate(has) if one == wanted]


def _row(judged: Judgement, places: Sequence[int]) -> dict:
    """The headline figures of a part; None where no events were read."""
    end_to_end = [judged.end_to_end[place] for place in places]
    row = {"reports": len(places), "spans": total(end_to_end).span_micro.as_dict()}
    if judged.from_gold is None:
        return row
    from_gold = [judged.from_gold[place] for place in places]
    return row | {
        "slots_from_gold": total(from_gold).micro.as_dict(),
        "slots": bootstrap.sure([reading.scores.micro for reading in end_to_end]),
        "records": total(end_to_end).records.as_dict(),
    }


# --- names ---


def names(judged: Judgement) -> dict | None:
    """How many names of actors and places were found: those that training had marked too, and new ones.

    Case, accents, articles and designators do not count. None where the file that the weights were trained
    on is not known, or where the label set has no names.
    """
    file = training_file(judged.checkpoint)
    labels = [label for label in NAMED if label in judged.checkpoint.labels]
    if file is None or not labels:
        return None
    times = _times(judged, _known(file))
    counts = {
        label: {name: _found(times, label, known) for name, known in (("seen", True), ("unseen", False))}
        for label in labels
    }
    return {"train": file.name, "labels": counts}


def training_file(checkpoint: Checkpoint) -> Path | None:
    """What the run of that name was trained on; the corpus's own file where there is no such run here."""
    config = run_folder(checkpoint) / "config.yaml"
    if config.is_file():
        file = Path(yaml.safe_load(config.read_text(encoding="utf-8"))["data"]["train"])
    else:
        file = gold.path("train")
    return file if file.is_file() else None


def _known(file: Path) -> set[tuple]:
    if file.suffix == ".json":
        marked = [(task.text, [region.span for region in task.regions]) for task in gold.read(file)]
    else:
        marked = [(document.text, document.spans) for document in dataset.load(str(file))]
    return {_name(text, span) for text, spans in marked for span in spans if span.label in NAMED}


def _name(text: str, span: Span) -> tuple:
    return span.label, words(span.text(text))


def _times(judged: Judgement, known: set[tuple]) -> Counter:
    """How often a span of gold of a label, known to training or not, was found in which way."""
    return Counter(
        (pair.gold.label, _name(reading.gold.text, pair.gold) in known, pair.kind)
        for reading in judged.end_to_end
        for pair in span_errors.judge(reading.gold.spans, reading.found.spans)
        if pair.gold
    )


def _found(times: Counter, label: str, known: bool) -> dict[str, int]:
    """How many of gold's names of a label are known or not, and how many of those were found."""
    kinds = {kind: times[label, known, kind] for kind in span_errors.KINDS}
    strict = kinds["correct"]
    return {"gold": sum(kinds.values()), "strict": strict, "overlap": strict + kinds["boundary"]}
