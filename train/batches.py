"""What the tagger learns from in a step: rows of about one length, a process's part of them, hidden words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import transformers
from torch.nn import functional

from infer.tokens import MISSING
from train import processes


class TokenBatches(torch.utils.data.Sampler):
    """Batches of row numbers, each of at most `budget` tokens with padding, rows of one length together.

    Which rows share a batch and the order of batches change with the epoch; their number does not.
    """

    def __init__(self, lengths: Sequence[int], budget: int, seed: int):
        self._lengths, self._seed, self._epoch = np.asarray(lengths), seed, 0
        ordered = np.sort(self._lengths)[::-1]
        self._cuts = [0]
        while self._cuts[-1] < len(ordered):
            first = self._cuts[-1]
            self._cuts.append(min(first + max(1, budget // int(ordered[first])), len(ordered)))

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._cuts) - 1

    def __iter__(self) -> Iterator[list[int]]:
        random = np.random.default_rng((self._seed, self._epoch))
        shuffled = random.permutation(len(self._lengths))
        rows = shuffled[np.argsort(-self._lengths[shuffled], kind="stable")]
        for batch in random.permutation(len(self)):
            yield rows[self._cuts[batch] : self._cuts[batch + 1]].tolist()


@dataclass
class Masking(transformers.DataCollatorForTokenClassification):
    """Pads this process's part of a batch, and hides a share of its tokens so that labels are learnt from
    their context too."""

    share: float = 0.0

    def torch_call(self, features):
        batch = super().torch_call(_part(features))
        batch["input_ids"] = hidden(batch["input_ids"], self.share, self.tokenizer)
        return batch


def _part(rows: list[dict]) -> list[dict]:
    """This process's rows of a batch; one without labels where there is none, for a step needs one."""
    return processes.share(rows) or [rows[0] | {"labels": [MISSING] * len(rows[0]["labels"])}]


def part_loss(outputs, labels: torch.Tensor, num_items_in_batch: torch.Tensor) -> torch.Tensor:
    """What this process's part of a batch adds to the mean loss [] over all labels of the batch.

    `labels` [rows, length]; `num_items_in_batch` [] is their number in the parts of all processes.
    """
    logits = outputs.logits.flatten(0, 1).float()
    return functional.cross_entropy(logits, labels.flatten(), reduction="sum") / num_items_in_batch


def hidden(ids: torch.Tensor, share: float, tokenizer: transformers.PreTrainedTokenizerBase) -> torch.Tensor:
    """The ids with a share of them, drawn at random, replaced by the mask token; special tokens stay."""
    if not share:
        return ids
    chosen = torch.rand(ids.shape) < share
    for special in tokenizer.all_special_ids:
        chosen &= ids != special
    return ids.masked_fill(chosen, tokenizer.mask_token_id)
