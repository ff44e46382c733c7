"""Fits the linker to the annotated relations, starting from the tagger's fitted encoder or from a linker."""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from torch.optim.swa_utils import AveragedModel

from annotations import gold
from annotations.score import Scores, compare
from infer import tokens
from infer.checkpoint import LINKER
from infer.linker import Linker
from infer.schema import Document, InputError
from train import dataset, encoder, fit, linking, noise, processes, unpacked
from train.batches import hidden
from train.config import Config
from train.linker_model import LinkerModel

FOLDER, WEIGHTS, LOG = "linker", "linker.safetensors", "log.jsonl"
STATE = "state.pt"  # gone when the weights are written
CLIP = 1.0  # the longest gradient


def fit_linker(config: Config) -> Path:
    """Train on the training split, as annotated and as an early tagger finds its spans; its folder.

    Goes on after the last whole epoch of a run that was broken off. Raises InputError where the run has no
    fitted tagger.
    """
    source = config.folder / "model"
    if not (source / fit.TOKENIZER).is_file():
        raise InputError(f"{source} holds no fitted model; type: python -m train fit CONFIG")
    transformers.set_seed(config.seed)
    reader = tokens.Tokenizer(source / fit.TOKENIZER, config.linker.window, config.linker.stride)
    tasks = dataset.sample(gold.read(Path(config.data.train)), config.data.limit, config.seed)
    early = fit.early_spans(config)
    exact = {t.id: linking.sample(t, reader) for t in tasks}
    found = {
        t.id: linking.sample(noise.on_spans(t, early[t.id]), reader, complete=False)
        for t in tasks
        if t.id in early
    }
    pairs = [pair for id in exact if (pair := tuple(s for s in (exact[id], found.get(id)) if s))]
    if not pairs:
        raise InputError(f"{config.data.train} holds no figure; a linker learns from reports with some")
    dev = linking.samples(config.data.dev, reader)
    model = _begun(config, pairs[0][0]).to(processes.device())
    folder = config.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    averaged = _train(config, model, pairs, partial(score, reader=reader, dev=dev), folder)
    processes.first(lambda: _finish(averaged, folder))
    return folder


def _finish(model: LinkerModel, folder: Path) -> None:
    save_file(model.state_dict(), folder / WEIGHTS)
    (folder / STATE).unlink()


def is_done(config: Config) -> bool:
    """Whether its folder holds the linker of this run to the end."""
    folder = config.folder / FOLDER
    return (folder / WEIGHTS).is_file() and not (folder / STATE).exists()


def load(config: Config, sample: linking.Sample) -> LinkerModel:
    """The fitted linker of a run, in evaluation mode; `sample` tells how many features there are."""
    file = config.folder / FOLDER / WEIGHTS
    if not file.is_file():
        raise InputError(f"{file.parent} holds no fitted linker; type: python -m train fit CONFIG")
    model = _new(config, sample)
    model.load_state_dict(load_file(file))
    return model.eval()


def _new(config: Config, sample: linking.Sample) -> LinkerModel:
    source = config.folder / "model"
    tagger = transformers.AutoModelForTokenClassification.from_pretrained(source, dtype=torch.float32)
    given = sample.inputs
    features = given["mentions"].shape[1], given["pairs"].shape[2]
    return LinkerModel(tagger.base_model, features, config.linker)


def _begun(config: Config, sample: linking.Sample) -> LinkerModel:
    """What training begins with; only what lies above the frozen layers learns."""
    model, own = _new(config, sample), config.linker
    if own.start:
        model.load_state_dict(unpacked.weights(Path(own.start, LINKER), model.state_dict()))
    if own.frozen_layers:
        encoder.freeze(model.encoder, own.frozen_layers, embeddings=False, key="linker")
        model.marks.requires_grad_(False)
    return model


def _train(
    config: Config, model: LinkerModel, pairs: Sequence[tuple], scored: Callable, folder: Path
) -> LinkerModel:
    """Every epoch reads each report once: as annotated and as found by turns. The model of averaged weights.

    The average over the last steps generalises better than the last step alone (Izmailov et al. 2018,
    "Averaging Weights Leads to Wider Optima and Better Generalization"; here it is exponential).
    """
    own = config.linker
    random = np.random.default_rng(config.seed)
    rounds = [
        linking.batches([p[(epoch + i) % len(p)] for i, p in enumerate(pairs)], own.batch_tokens, random)
        for epoch in range(own.epochs)
    ]
    optimizer, schedule = _optimizer(config, model, sum(map(len, rounds)))
    tokenizer = transformers.AutoTokenizer.from_pretrained(config.folder / "model")
    hide = partial(hidden, share=own.masked, tokenizer=tokenizer)
    reduced = fit.precision(config.fit.precision, torch.cuda.is_available()) == "bfloat16"
    step = partial(_step, model, hide=hide, reduced=reduced)
    averaged = AveragedModel(model, avg_fn=partial(_average, kept=own.averaged))
    state = _State(config, model, optimizer, schedule, averaged)
    for epoch, batches in list(enumerate(rounds, 1))[state.restored() :]:
        begun = time.perf_counter()
        processes.own_draws(config.seed, epoch)
        losses = _epoch(model, batches, step, optimizer, schedule, averaged)
        seconds = time.perf_counter() - begun
        if processes.is_first():
            counted = scored(averaged.module) if epoch % own.score_every == 0 or epoch == own.epochs else None
            _note(folder / LOG, epoch, own.epochs, losses, counted, seconds)
            state.keep(epoch)
    return averaged.module


def _average(old: torch.Tensor, new: torch.Tensor, steps: torch.Tensor, kept: float) -> torch.Tensor:
    """The moving average after one step more: `kept` of the old one stays, less of it in the first steps."""
    return torch.lerp(new, old, min(kept, steps.item() / (steps.item() + 10)))


def _epoch(
    model: LinkerModel, batches: Sequence[list], step: Callable, optimizer, schedule, averaged: AveragedModel
) -> dict:
    """Learns from every batch; summed loss and count of each kind of decision in all of them.

    A step takes the gradients of all processes together, and is that of one process on the whole batch.
    """
    model.train()
    total: dict[str, float] = {}
    decisions: dict[str, int] = {}
    for batch in batches:
        summed = step(processes.share(batch))
        counts = processes.totals({name: count for name, (_, count) in summed.items()})
        loss = sum(value / counts[name] for name, (value, _) in summed.items())
        optimizer.zero_grad()
        if summed:
            loss.backward()
        processes.sum_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        schedule.step()
        averaged.update_parameters(model)
        for name, (value, _) in summed.items():
            total[name] = total.get(name, 0.0) + value.item()
        for name, count in counts.items():
            decisions[name] = decisions.get(name, 0) + count
    return {name: (value, decisions[name]) for name, value in processes.totals(total).items()}


class _State:
    """Where training stands after an epoch, on disk; of use to a run that is made of the same."""

    def __init__(self, config: Config, *parts):
        self._folder, self._parts = config.folder / FOLDER, parts
        digest = hashlib.sha256(config.to_yaml().encode())
        tagger = config.folder / "model" / fit.WEIGHTS
        begun = [Path(config.linker.start, LINKER)] if config.linker.start else []
        for file in (Path(config.data.train), config.folder / fit.EARLY_SPANS, tagger, *begun):
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        self._made_of = digest.hexdigest()

    def keep(self, epoch: int) -> None:
        parts = [part.state_dict() for part in self._parts]
        kept = {"made_of": self._made_of, "epoch": epoch, "random": torch.get_rng_state(), "parts": parts}
        part = self._folder / f"{STATE}.part"
        torch.save(kept, part)
        part.replace(self._folder / STATE)

    def restored(self) -> int:
        """The epochs that are done; the log keeps those alone."""
        file, log = self._folder / STATE, self._folder / LOG
        kept = torch.load(file, map_location="cpu") if file.is_file() else {}
        done = kept["epoch"] if kept.get("made_of") == self._made_of else 0
        if done:
            torch.set_rng_state(kept["random"])
            for part, state in zip(self._parts, kept["parts"], strict=True):
                part.load_state_dict(state)
        if processes.is_first():
            lines = log.read_text(encoding="utf-8").splitlines(keepends=True) if log.is_file() else []
            log.write_text("".join(lines[:done]), encoding="utf-8")
        return done


def _step(model: LinkerModel, batch: Sequence[linking.Sample], hide: Callable, reduced: bool) -> dict:
    """Summed loss and count of each kind of decision in a batch, or in a process's part of one."""
    if not batch:
        return {}
    given = linking.collate(batch)
    given["input_ids"] = hide(given["input_ids"])
    device = model.prior.device
    given = {name: value.to(device) for name, value in given.items()}
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=reduced):
        encoded = model.encode(given["input_ids"], given["attention_mask"], given["marks"], given["places"])
    summed: dict[str, tuple] = {}
    start = 0
    for sample in batch:
        end = start + len(sample.keys)
        features = (sample.inputs[name].to(device) for name in ("mentions", "pairs"))
        scored = model.score(encoded[start:end].float(), *features)
        start = end
        for name, loss, count in linking.losses(sample, *(logits.cpu() for logits in scored)):
            before = summed.get(name, (0.0, 0))
            summed[name] = before[0] + loss, before[1] + count
    return summed


def _optimizer(config: Config, model: LinkerModel, steps: int):
    own = config.linker
    below = {id(p) for p in model.encoder.parameters()}
    learning = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in learning if id(p) in below], "lr": own.learning_rate},
        {"params": [p for p in learning if id(p) not in below], "lr": own.head_learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=own.weight_decay, fused=True)
    warm = max(1, round(own.warmup * steps))
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, warm, steps)
    return optimizer, schedule


def score(model: LinkerModel, reader: tokens.Tokenizer, dev: Sequence[linking.Sample]) -> Scores:
    """Events from gold spans by the torch model against gold."""
    return sum(
        (compare(s.document, found) for s, found in zip(dev, told(model, reader, dev), strict=True)), Scores()
    )


def told(model: LinkerModel, reader: tokens.Tokenizer, samples: Sequence[linking.Sample]) -> list[Document]:
    """The documents with the events that the torch model, in float32, makes of their spans."""
    model.eval()
    linker = Linker(partial(_run, model), reader)
    return [replace(s.document, events=linker.events(s.reading, s.proposed)) for s in samples]


@torch.inference_mode()
def _run(model: LinkerModel, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    device = model.prior.device
    given = {name: torch.from_numpy(value).to(device) for name, value in inputs.items()}
    return [value.cpu().numpy() for value in model(**given)]


def _note(log: Path, epoch: int, epochs: int, losses: dict, counted: Scores | None, seconds: float) -> None:
    line = {"epoch": epoch, "seconds": round(seconds)} | {n: round(v / c, 4) for n, (v, c) in losses.items()}
    told = " ".join(f"{name} {value / count:.3f}" for name, (value, count) in losses.items())
    if counted:
        line |= {
            "slots": counted.micro.as_dict(),
            "records": counted.records.as_dict(),
            "part_of": counted.part_of.as_dict(),
        }
        told += f"  dev slots {counted.micro.f1 or 0:.3f}, exact records {counted.records.f1 or 0:.3f}"
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(f"linker {epoch}/{epochs}  {told}  {seconds:.0f} s", file=sys.stderr)
