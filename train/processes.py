"""The processes of one training: `torchrun` starts several, `python -m train` is one and knows of no other.

Every process reads the same files, draws the same batches and works on its share of each; what has to be
done once, the first does. `torch.distributed` is joined where the processes first have to speak.
"""

import functools
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from infer.schema import InputError

LONGEST_WAIT = timedelta(days=7)  # torchrun itself ends the others where one dies
PATIENCE = 60  # seconds in which torchrun ends a process after the first has ended

T = TypeVar("T")


def count() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", 1))


def number() -> int:
    """Which of them this one is, from 0."""
    return int(os.environ.get("RANK", 0))


def is_first() -> bool:
    return number() == 0


def device():
    """Where this process computes: on a GPU of its own, or on the CPU where there is none."""
    import torch

    here = int(os.environ.get("LOCAL_RANK", 0))
    return torch.device("cuda", here) if torch.cuda.is_available() else torch.device("cpu")


def share(items: Sequence[T]) -> Sequence[T]:
    """This process's part of the items, which may be empty; each is in the part of one process."""
    return items[number() :: count()]


def first(act: Callable[[], T]) -> T:
    """What `act` gives in the first process, which alone does it; all go on when it is done.

    Its InputError is raised in every process. What it gives must be of the kind that can be pickled.
    """
    if count() == 1:
        return act()
    told: list = [None, None]
    if is_first():
        try:
            told[0] = act()
        except InputError as error:
            told[1] = error
    _group().broadcast_object_list(told)
    given, error = told
    if error:
        raise error
    return given


def totals(counts: Mapping[str, float]) -> dict[str, float]:
    """The sum over all processes of each; a process without a name adds nothing to it."""
    if count() == 1:
        return dict(counts)
    every: list = [None] * count()
    _group().all_gather_object(every, dict(counts))
    summed: Counter = Counter()
    for one in every:
        summed.update(one)
    return dict(summed)


def sum_gradients(parameters: Iterable) -> None:
    """Every gradient becomes the sum over all processes; it stays None where it is None in all of them."""
    if count() == 1:
        return
    import torch

    parameters = [p for p in parameters if p.requires_grad]
    present = [p.grad is not None for p in parameters]
    pieces = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    present = torch.tensor(present, dtype=pieces[0].dtype, device=pieces[0].device)
    joined = torch.cat([present, *(piece.flatten() for piece in pieces)])
    _group().all_reduce(joined)
    present, *pieces = joined.split([len(parameters), *(p.numel() for p in parameters)])
    for parameter, known, piece in zip(parameters, present.tolist(), pieces, strict=True):
        parameter.grad = piece.view_as(parameter) if known else None


def own_draws(*seed: int) -> None:
    """Draws of torch's from here on are every process's own; those of the first are as they were."""
    if not is_first():
        import numpy as np
        import torch

        torch.manual_seed(int(np.random.SeedSequence((*seed, number())).generate_state(1)[0]))


def tell(line: str) -> None:
    """A line on standard error, of the first process alone."""
    if is_first():
        print(line, file=sys.stderr)


def refuse(line: str) -> None:
    """Say once why this training ends: the first process does, and by its end torchrun ends the others.

    Where another has failed alone, nobody ends it, and it says so itself.
    """
    if not is_first():
        time.sleep(PATIENCE)
    print(line, file=sys.stderr)


def leave() -> None:
    """The end of what the processes do together."""
    if count() > 1 and "torch" in sys.modules and _group.cache_info().currsize:
        _group().destroy_process_group()


@functools.cache
def _group():
    """torch.distributed, joined by every process: by NCCL for what is on a GPU, by Gloo for the rest."""
    import torch
    from torch import distributed

    gpus, here = torch.cuda.device_count(), int(os.environ.get("LOCAL_WORLD_SIZE", count()))
    if gpus:
        if here > gpus:
            raise InputError(f"{here} processes for {gpus} GPUs; type: torchrun --nproc-per-node {gpus}")
        torch.cuda.set_device(device())
    backend = "cpu:gloo,cuda:nccl" if gpus else "gloo"
    distributed.init_process_group(backend, timeout=LONGEST_WAIT)
    return distributed
