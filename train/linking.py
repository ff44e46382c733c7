"""Annotated relations to what the linker is trained on: inputs, targets and losses of one report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from annotations import gold
from annotations.documents import to_document
from annotations.tasks import Task
from infer import assembly, linker, mentions, tokens
from infer.linkchoice import ATTRIBUTES, FIGURE_LINKS, LINKS, NEVER, ROOTS, allowed
from infer.reading import Reading
from infer.schema import FIGURES, Document, Event

SLOTS = {"actor": "ACTOR", "location": "LOCATION", "period": "PERIOD"}


@dataclass(frozen=True)
class Sample:
    """A report as the linker sees it, with what its annotator said; tensors, for n spans.

    `heads` [n]: where a figure hangs, as an index into its row of choices (see `head_logits`); -1 for what
    is no figure, or is left open. `totals` [n]: the anchor of the total, n for none. `linked` [n, n] bool,
    by slot. `said`: attribute → (spans, choices).
    """

    document: Document
    reading: Reading
    proposed: tuple[Event, ...]
    keys: tuple[str, ...]
    inputs: dict[str, torch.Tensor]
    allowed: torch.Tensor
    heads: torch.Tensor
    totals: torch.Tensor
    anchors: torch.Tensor
    linked: dict[str, torch.Tensor]
    said: dict[str, tuple[torch.Tensor, torch.Tensor]]

    @property
    def figures(self) -> torch.Tensor:
        return torch.tensor([i for i, s in enumerate(self.reading.spans) if s.label in FIGURES])


def sample(task: Task, tokenizer: tokens.Tokenizer, complete: bool = True) -> Sample | None:
    """The sample of a task; None where it has no figure, and so nothing to link.

    `complete` is False for spans that a tagger found: a figure without any relation is nothing then.
    """
    document = to_document(task)
    reading, proposed = assembly.proposal(assembly.dated(replace(document, events=(), checks=())))
    spans = reading.spans
    if not any(s.label in FIGURES for s in spans):
        return None
    keys = tuple(mentions.key(reading, span) for span in spans)
    inputs = linker.network_input(tokenizer, tokenizer.read(reading.text), reading, keys, proposed)
    return Sample(
        document,
        reading,
        proposed,
        keys,
        {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in inputs.items()},
        torch.from_numpy(allowed([s.label for s in spans])),
        **_targets(task, reading, complete),
    )


def samples(file: str, tokenizer: tokens.Tokenizer) -> list[Sample]:
    """Those of an annotated file that have a figure."""
    found = (sample(task, tokenizer) for task in gold.read(Path(file)))
    return [s for s in found if s]


def _targets(task: Task, reading: Reading, complete: bool) -> dict[str, object]:
    n = len(reading.spans)
    at = {span: i for i, span in enumerate(reading.spans)}
    index = {region.id: at[region.span] for region in task.regions if region.span in at}
    relations = [
        (index[r.source], index[r.target], r.kind)
        for r in task.relations
        if r.source in index and r.target in index
    ]
    anchors = sorted(index[r.id] for r in task.regions if r.event and r.id in index)
    totals = torch.full((n,), n)
    linked = {slot: torch.zeros((n, n), dtype=torch.bool) for slot in SLOTS}
    for source, target, kind in relations:
        if kind in SLOTS:
            linked[kind][source, target] = True
        elif kind == "part_of":
            totals[source] = target
    return {
        "heads": _heads(reading, anchors, relations, complete),
        "totals": totals,
        "anchors": torch.tensor(anchors, dtype=torch.int64),
        "linked": linked,
        "said": dict(_said(task, index)),
    }


def _heads(reading: Reading, anchors: Sequence[int], relations: Sequence[tuple], complete: bool):
    n = len(reading.spans)
    anchor, nothing = len(FIGURE_LINKS) * n, len(FIGURE_LINKS) * n + 1
    figures = {i for i, span in enumerate(reading.spans) if span.label in FIGURES}
    heads = torch.full((n,), -1)
    if not complete:
        heads[list(figures)] = nothing
    for source, target, kind in relations:
        down = kind in ("casualty", "includes")
        figure, head = (target, source) if down else (source, target)
        if kind in FIGURE_LINKS and figure in figures:
            heads[figure] = head * len(FIGURE_LINKS) + FIGURE_LINKS.index(kind)
    heads[list(anchors)] = anchor
    return heads


def _said(task: Task, index: dict[str, int]) -> Iterator[tuple[str, tuple[torch.Tensor, torch.Tensor]]]:
    """Per attribute: the spans that have it, and which choice it is."""
    for name, choices in ATTRIBUTES.items():
        known = [(index[r.id], getattr(r, name)) for r in task.regions if r.id in index and getattr(r, name)]
        if known:
            spans, values = zip(*known, strict=True)
            yield name, (torch.tensor(spans), torch.tensor([choices.index(value) for value in values]))


def losses(sample: Sample, links, roots, attributes) -> Iterator[tuple[str, torch.Tensor, int]]:
    """Name, summed loss and number of decisions of each kind of decision in a report."""
    figures = sample.figures
    target = sample.heads[figures]
    open_ = target >= 0
    if open_.any():
        logits = head_logits(sample, links, roots)[open_]
        yield "heads", functional.cross_entropy(logits, target[open_], reduction="sum"), int(open_.sum())
    if len(sample.anchors):
        yield "part_of", _total_loss(sample, links, roots), len(sample.anchors)
        for slot in SLOTS:
            loss = _slot_loss(sample, slot, links, roots)
            if loss is not None:
                yield slot, loss, len(sample.anchors)
    start = 0
    for name, choices in ATTRIBUTES.items():
        logits = attributes[:, start : start + len(choices)]
        start += len(choices)
        if name in sample.said:
            spans, right = sample.said[name]
            yield name, functional.cross_entropy(logits[spans], right, reduction="sum"), len(spans)


def head_logits(sample: Sample, links, roots):
    """[figures, 4 n + 2]: every other span and kind of link, then anchor, then nothing."""
    kinds = links[:, :, : len(FIGURE_LINKS)].masked_fill(~sample.allowed, NEVER)
    ends = roots[:, [ROOTS.index("anchor"), ROOTS.index("nothing")]]
    return torch.cat([kinds.reshape(len(kinds), -1), ends], dim=1)[sample.figures]


def _total_loss(sample: Sample, links, roots):
    anchors = sample.anchors
    scores = links[anchors][:, anchors, LINKS.index("part_of")]
    scores = scores.masked_fill(torch.eye(len(anchors), dtype=torch.bool), NEVER)
    none = roots[anchors, ROOTS.index("no_total")]
    where = {int(anchor): i for i, anchor in enumerate(anchors)}
    right = torch.tensor([where.get(int(sample.totals[anchor]), len(anchors)) for anchor in anchors])
    return functional.cross_entropy(torch.cat([scores, none[:, None]], dim=1), right, reduction="sum")


def _slot_loss(sample: Sample, slot: str, links, roots):
    """The loss of a slot over things named: any mention of the right one is right."""
    spans = sample.reading.spans
    classes: dict[str, list[int]] = {}
    for i, span in enumerate(spans):
        if span.label == SLOTS[slot]:
            classes.setdefault(sample.keys[i], []).append(i)
    if not classes:
        return None
    scores = links[sample.anchors][:, :, LINKS.index(slot)]
    named = torch.stack([torch.logsumexp(scores[:, members], 1) for members in classes.values()], dim=1)
    linked = sample.linked[slot][sample.anchors]
    right = torch.stack([linked[:, members].any(1) for members in classes.values()], dim=1)
    if slot != "period":
        return functional.binary_cross_entropy_with_logits(named, right.float(), reduction="sum")
    none = roots[sample.anchors, ROOTS.index("no_period")]
    first = torch.where(right.any(1), right.float().argmax(1), len(classes))
    return functional.cross_entropy(torch.cat([named, none[:, None]], dim=1), first, reduction="sum")


def batches(samples: Sequence[Sample], budget: int, random: np.random.Generator) -> list[list[Sample]]:
    """Reports of about one length together, each batch of at most `budget` tokens (or one report)."""
    size = [s.inputs["input_ids"].numel() for s in samples]
    order = sorted(
        range(len(samples)), key=lambda i: samples[i].inputs["input_ids"].shape[1] + random.integers(60)
    )
    found, taken = [[]], 0
    for i in order:
        if found[-1] and taken + size[i] > budget:
            found.append([])
            taken = 0
        found[-1].append(samples[i])
        taken += size[i]
    random.shuffle(found)
    return found


def collate(batch: Sequence[Sample]) -> dict[str, torch.Tensor]:
    """The windows of several reports as one; `places` count windows through."""
    length = max(s.inputs["input_ids"].shape[1] for s in batch)
    joined = {}
    for name in ("input_ids", "attention_mask", "marks"):
        rows = [functional.pad(s.inputs[name], (0, length - s.inputs[name].shape[1])) for s in batch]
        joined[name] = torch.cat(rows)
    before, places = 0, []
    for s in batch:
        places.append(s.inputs["places"] + torch.tensor([before, 0, 0]))
        before += len(s.inputs["input_ids"])
    return joined | {"places": torch.cat(places)}
