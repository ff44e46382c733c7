"""What tests of the linker share: a text as its readers see it, gold logits, a network without weights."""

from dataclasses import dataclass

import numpy as np
from marked import marked

from infer import assembly, linkchoice, mentions
from infer.linkchoice import ATTRIBUTES, FIGURE_LINKS, LINKS, ROOTS, Scores
from infer.reading import Reading
from infer.schema import Document, Event

SURE = 20.0
CHOICES = sum(map(len, ATTRIBUTES.values()))
LISTED = (
    "{P June} in numbers\n\nIn {P June 2021}, {A Red Column} made {N 14 raids} in {L Mali}: {C nine dead}, "
    "{C two nurses} and {C seven soldiers}; {C five} were hurt.\n\n• {L Gao}: {N 9 raids}, {C six killed}.\n"
    "• {L Mopti}: {N 5 raids}; the army said {N 6 raids} ({C three killed}).\n\n"
    "{A Red Column} denied it on {P 4 July 2021} in {L Gao}."
)


@dataclass(frozen=True)
class Read:
    """A marked text, read: what the linker is given of it."""

    document: Document
    reading: Reading
    proposed: tuple[Event, ...]
    keys: list[str]

    @property
    def pairs(self) -> np.ndarray:
        return mentions.pair_features(self.reading, self.keys, self.proposed)

    @property
    def mentions(self) -> np.ndarray:
        return mentions.mention_features(self.reading, self.keys, self.proposed)


def read(text: str) -> Read:
    plain, spans = marked(text)
    return read_document(Document("d", plain, spans=spans))


def read_document(document: Document) -> Read:
    reading, proposed = assembly.proposal(assembly.dated(document))
    return Read(document, reading, proposed, [mentions.key(reading, s) for s in reading.spans])


def events(found: Read, scores: Scores) -> tuple[Event, ...]:
    return linkchoice.numbered(found.reading, linkchoice.bundles(found.reading, found.keys, scores))


def nothing(n: int) -> Scores:
    """Logits under which no figure of n spans belongs to anything."""
    roots = np.full((n, len(ROOTS)), SURE)
    roots[:, ROOTS.index("anchor")] = -SURE
    return Scores(np.full((n, n, len(LINKS)), -SURE), roots, np.zeros((n, CHOICES)))


def gold(targets: dict, n: int) -> Scores:
    """Logits that are sure of `targets`, those of `train.linking`."""
    scores = nothing(n)
    heads, totals = targets["heads"].tolist(), targets["totals"].tolist()
    for i, head in enumerate(heads):
        if head >= len(FIGURE_LINKS) * n:
            ends = [SURE, -SURE] if head == len(FIGURE_LINKS) * n else [-SURE, SURE]
            scores.roots[i, [ROOTS.index("anchor"), ROOTS.index("nothing")]] = ends
        elif head >= 0:
            scores.links[i, head // len(FIGURE_LINKS), head % len(FIGURE_LINKS)] = SURE
            scores.roots[i, ROOTS.index("nothing")] = -SURE
        if totals[i] < n:
            scores.links[i, totals[i], LINKS.index("part_of")] = SURE
            scores.roots[i, ROOTS.index("no_total")] = -SURE
    _slots(scores, targets)
    _attributes(scores, targets)
    return scores


def _slots(scores: Scores, targets: dict) -> None:
    for slot, linked in targets["linked"].items():
        scores.links[:, :, LINKS.index(slot)] = np.where(linked, SURE, -SURE)
    dated = targets["linked"]["period"].any(1)
    scores.roots[:, ROOTS.index("no_period")] = np.where(dated, -SURE, SURE)


def _attributes(scores: Scores, targets: dict) -> None:
    first = 0
    for name, choices in ATTRIBUTES.items():
        for span, choice in zip(*targets["said"].get(name, ((), ())), strict=True):
            scores.attributes[span, first + choice] = SURE
        first += len(choices)


def each_an_event(inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """A linker's outputs: every figure is the anchor of an incident of its own, without slots."""
    scores = nothing(len(inputs["places"]))
    scores.roots[:, ROOTS.index("anchor")] = 2 * SURE
    return [scores.links, scores.roots, scores.attributes]
