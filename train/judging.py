"""A checkpoint's readings of annotated reports, each aligned with gold and counted once for all who ask."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.event_pairs import Pairing
from annotations.score import Scores, counted
from infer import assembly, pipeline
from infer.checkpoint import Checkpoint
from infer.schema import LABELS, Document
from infer.tagger import Tagger
from train import dataset


@dataclass(frozen=True, slots=True)
class Reading:
    """A gold report, what the program made of it, and how the two compare."""

    gold: Document
    found: Document
    pairing: Pairing
    scores: Scores


@dataclass(frozen=True, slots=True)
class Judgement:
    """All reports of an annotated file in both readings, in the file's order.

    `from_gold` is None, and the events of `end_to_end` are none, where the label set is another than the
    project's: nothing reads events from it. `seconds` is what reading the texts end to end took.
    """

    checkpoint: Checkpoint
    data: str
    end_to_end: tuple[Reading, ...]
    from_gold: tuple[Reading, ...] | None
    seconds: float

    @property
    def gold(self) -> list[Document]:
        return [reading.gold for reading in self.end_to_end]

    @property
    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """Those in which events were read, by the key that scores.json has them under."""
        if self.from_gold is None:
            return {}
        return {"events_from_gold_spans": self.from_gold, "events_end_to_end": self.end_to_end}


def judge(tagger: Tagger, data: str) -> Judgement:
    """Read the reports of a file end to end and from gold spans, and compare both with gold."""
    gold = dataset.load(data)
    start = time.perf_counter()
    found = predicted(gold, tagger)
    seconds = time.perf_counter() - start
    from_gold = compared(gold, assembled(gold, tagger)) if knows_events(tagger) else None
    return Judgement(tagger.checkpoint, str(data), compared(gold, found), from_gold, seconds)


def knows_events(tagger: Tagger) -> bool:
    return set(tagger.labels) == set(LABELS)


def predicted(gold: Sequence[Document], tagger: Tagger) -> list[Document]:
    """The documents read end to end: nothing that the annotator said reaches the program."""
    if knows_events(tagger):
        bare = (replace(document, spans=(), events=(), checks=()) for document in gold)
        return [pipeline.read(document, tagger) for document in bare]
    tagged = tagger.tag([document.text for document in gold])
    return [Document(document.id, document.text, spans=s) for document, s in zip(gold, tagged, strict=True)]


def assembled(gold: Sequence[Document], tagger: Tagger) -> list[Document]:
    """The documents with events read from the gold spans."""
    given = (replace(document, events=(), checks=()) for document in gold)
    return [assembly.assemble_spans(document, tagger.linker) for document in given]


def compared(gold: Sequence[Document], found: Sequence[Document]) -> tuple[Reading, ...]:
    """Each report's alignment with gold, made once."""
    made = []
    for of_gold, document in zip(gold, found, strict=True):
        pairing = Pairing(of_gold, document)
        made.append(Reading(of_gold, document, pairing, counted(of_gold, document, pairing)))
    return tuple(made)


def total(readings: Sequence[Reading]) -> Scores:
    return sum((reading.scores for reading in readings), Scores())


def run_folder(checkpoint: Checkpoint) -> Path:
    """Where the runs of that name are kept."""
    return Path("runs") / checkpoint.name
