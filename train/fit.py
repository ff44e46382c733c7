"""Fits the encoder with transformers' Trainer: dev scored after every epoch, the best epoch kept.

A run folder holds the resolved configuration, the data's fingerprints and losses, a log line an epoch,
Trainer's own checkpoints (from which a broken run goes on) and, at the end, the best epoch as `model/`.
"""

import json
import sys
import time
from pathlib import Path

import datasets
import torch
import transformers
from accelerate.data_loader import prepare_data_loader
from transformers.trainer_utils import get_last_checkpoint

from annotations.score import Counts
from infer import tokens
from infer.schema import Document, InputError, Span
from train import augment, dataset, encoder, processes, scores
from train.batches import Masking, TokenBatches, part_loss
from train.config import Config

TOKENIZER = "tokenizer.json"
LOG, SETTINGS, DATA, WEIGHTS = "log.jsonl", "config.yaml", "data.json", "model.safetensors"
EARLY, EARLY_SPANS = 1, "early-spans.json"  # the epoch after which the linker's noisy spans are found


def fit(config: Config) -> Path:
    """Train, or go on where a broken run of the same configuration and data stopped; the model's folder."""
    transformers.set_seed(config.seed)
    splits = _splits(config)
    model, tokenizer = encoder.load(config)
    encoder.freeze(model, config.fit.frozen_layers, config.fit.frozen_embeddings)
    folder = config.folder / "model"
    processes.first(lambda: tokenizer.save_pretrained(folder))
    reader = tokens.Tokenizer(folder / TOKENIZER, config.windows.size, config.windows.stride)
    prepared = {name: dataset.prepare(split, reader, config.labels) for name, split in splits.items()}
    rows = prepared["train"].rows
    more = augment.augmented(splits["train"], config.augment, config.seed)
    copies = dataset.prepare(more, reader, config.labels).rows if more else None
    processes.first(lambda: _claim(config, splits, prepared, copies))
    rows = datasets.concatenate_datasets([rows, copies]) if copies else rows
    trainer = TaggerTrainer(config, model, tokenizer, rows, reader, splits["dev"])
    broken_off = processes.first(lambda: get_last_checkpoint(trainer.args.output_dir))
    processes.own_draws(config.seed)
    torch.set_flush_denormal(True)  # denormal numbers are slow, and too small to matter
    try:
        trainer.train(resume_from_checkpoint=broken_off)
    finally:
        torch.set_flush_denormal(False)  # a setting of the whole process
    processes.first(lambda: (trainer.save_model(folder), tokenizer.save_pretrained(folder)))
    return folder


def is_done(config: Config) -> bool:
    """Whether its folder holds this run to the end; InputError where what it holds is made of something else.

    A model without a line in the log is none that can be scored, and not done.
    """
    log = config.folder / LOG
    if not (config.folder / "model" / WEIGHTS).exists() or not log.exists() or not log.read_text("utf-8"):
        return False
    if (config.folder / SETTINGS).read_text(encoding="utf-8") != config.to_yaml():
        raise _another(config, SETTINGS)
    data = json.loads((config.folder / DATA).read_text(encoding="utf-8"))
    if any(data[name]["sha256"] != dataset.fingerprint(split) for name, split in _splits(config).items()):
        raise _another(config, DATA)
    return True


def _splits(config: Config) -> dict[str, list[Document]]:
    """What is fitted and what it is scored on."""
    train = dataset.sample(dataset.load(config.data.train), config.data.limit, config.seed)
    return {"train": train, "dev": dataset.load(config.data.dev)}


class TaggerTrainer(transformers.Trainer):
    """Trainer with batches by tokens, its own rate for the head, and dev scored by whole documents."""

    def __init__(self, config: Config, model, tokenizer, rows: datasets.Dataset, reader, dev):
        collate = Masking(tokenizer, share=config.fit.masked)
        loss = part_loss if processes.count() > 1 else None  # the model's own is the mean of a part
        super().__init__(model, _arguments(config), collate, rows, dev, compute_loss_func=loss)
        self._config, self._reader, self._dev = config, reader, dev
        self._clock = _Clock(config.folder / LOG, sum(rows["length"]))
        self.remove_callback(transformers.PrinterCallback)
        self.add_callback(self._clock)

    def get_train_dataloader(self) -> torch.utils.data.DataLoader:
        rows = self.train_dataset
        batches = TokenBatches(rows["length"], self._config.fit.batch_tokens, self._config.seed)
        rows = rows.remove_columns("length")
        loader = torch.utils.data.DataLoader(rows, batch_sampler=batches, collate_fn=self.data_collator)
        # Not the accelerator's own way, by which every process has batches to itself: here it takes its
        # part of each when it collates it.
        return prepare_data_loader(
            loader, self.args.device, num_processes=1, process_index=0, put_on_device=True
        )

    def create_optimizer(self, model=None) -> torch.optim.Optimizer:
        decayed = set(self.get_decay_parameter_names(self.model))
        groups: dict[tuple[bool, bool], list] = {}
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                kind = encoder.is_head(name, self.model), name in decayed
                groups.setdefault(kind, []).append(parameter)
        kind_of_optimizer, options = self.get_optimizer_cls_and_kwargs(self.args, self.model)
        rate = options.pop("lr")
        self.optimizer = kind_of_optimizer(
            [
                {
                    "params": parameters,
                    "lr": rate * (self._config.fit.head_factor if head else 1.0),
                    "weight_decay": self.args.weight_decay if decay else 0.0,
                }
                for (head, decay), parameters in groups.items()
            ],
            **options,
        )
        return self.optimizer

    def evaluate(self, eval_dataset=None, ignore_keys=None, metric_key_prefix="eval") -> dict[str, float]:
        metrics = {f"{metric_key_prefix}_f1": processes.first(self._score_dev)}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _score_dev(self) -> float:
        """F1 on dev, written into the log with what else the epoch tells."""
        self.model.eval()
        found = encoder.tag(self.model, self._reader, [d.text for d in self._dev], self._config.labels)
        counts = scores.strict(self._dev, found)
        self._clock.write(self.state, counts)
        if round(self.state.epoch) == EARLY and self._config.linker.epochs:
            self._keep_early_spans()
        return counts["all"].f1 or 0.0

    def _keep_early_spans(self) -> None:
        """What the model finds in the training reports before it knows them by heart: see `early_spans`.

        A file that is there already is kept: a run that starts from a checkpoint may be given another's.
        """
        file = self._config.folder / EARLY_SPANS
        if file.exists():
            return
        documents = _splits(self._config)["train"]
        found = encoder.tag(self.model, self._reader, [d.text for d in documents], self._config.labels)
        rows = {
            d.id: [[s.start, s.end, s.label] for s in spans]
            for d, spans in zip(documents, found, strict=True)
        }
        file.write_text(json.dumps(rows) + "\n", encoding="utf-8")


def early_spans(config: Config) -> dict[str, list[Span]]:
    """By document id, the spans that the tagger found in the training reports after its first epoch."""
    rows = json.loads((config.folder / EARLY_SPANS).read_text(encoding="utf-8"))
    return {id: [Span(*span) for span in spans] for id, spans in rows.items()}


class _Clock(transformers.TrainerCallback):
    """Times the epochs, without dev scoring, and logs them: a JSON object an epoch, and a line to read."""

    def __init__(self, file: Path, epoch_tokens: int):
        self._file, self._tokens, self._begun, self._seconds = file, epoch_tokens, 0.0, 0.0

    def on_epoch_begin(self, args, state, control, **kwargs):
        self._begun = time.perf_counter()

    def on_epoch_end(self, args, state, control, **kwargs):
        self._seconds = time.perf_counter() - self._begun

    def write(self, state: transformers.TrainerState, counts: dict[str, Counts]) -> None:
        losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        line = {
            "epoch": round(state.epoch),
            "loss": losses[-1] if losses else None,
            "tokens": self._tokens,
            "tokens_per_second": round(self._tokens / self._seconds),
            "mode": scores.MODE,
            "dev": {label: count.as_dict() for label, count in counts.items()},
        }
        with self._file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        report = f"epoch {line['epoch']}/{state.num_train_epochs}  loss {line['loss'] or 0:.4f}"
        speed = f"{line['tokens_per_second']:,} tokens/s"
        print(f"{report}  dev {scores.row(line['dev']['all'])} ({scores.MODE})  {speed}", file=sys.stderr)


def _arguments(config: Config) -> transformers.TrainingArguments:
    fit = config.fit
    on_gpu = torch.cuda.is_available()
    arithmetic = precision(fit.precision, on_gpu)
    return transformers.TrainingArguments(
        output_dir=str(config.folder / "trainer"),
        num_train_epochs=fit.epochs,
        learning_rate=fit.learning_rate,
        warmup_steps=fit.warmup,
        weight_decay=fit.weight_decay,
        optim="adamw_torch_fused",
        bf16=arithmetic == "bfloat16",
        fp16=arithmetic == "float16",
        use_cpu=not on_gpu,
        seed=config.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="f1",
        greater_is_better=True,
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=on_gpu,
        ddp_find_unused_parameters=False,  # all that learn are used, so that none has to be looked for
    )


def precision(wanted: str, on_gpu: bool) -> str:
    """The arithmetic to use: `auto` is bfloat16 where the processor has instructions for it."""
    if wanted != "auto":
        return wanted
    native = torch.cuda.is_bf16_supported() if on_gpu else torch.cpu._is_avx512_bf16_supported()
    return "bfloat16" if native else "float16" if on_gpu else "float32"


def _claim(config: Config, splits: dict, prepared: dict, copies: datasets.Dataset | None) -> None:
    """Write what the run is made of; refuse a folder that holds a run made of something else.

    `copies` are the windows that augmenting adds; all other counts are of the documents as annotated.
    """
    config.folder.mkdir(parents=True, exist_ok=True)
    data = {
        name: {
            "documents": len(documents),
            "spans": sum(len(document.spans) for document in documents),
            "windows": len(prepared[name].rows),
            "tokens": sum(prepared[name].rows["length"]),
            "lost": prepared[name].losses(),
            "sha256": dataset.fingerprint(documents),
        }
        for name, documents in splits.items()
    }
    if copies:
        data["train"]["copies"] = {"windows": len(copies), "tokens": sum(copies["length"])}
    for name, content in (
        (SETTINGS, config.to_yaml()),
        (DATA, json.dumps(data, indent=2) + "\n"),
    ):
        file = config.folder / name
        if file.exists() and file.read_text(encoding="utf-8") != content:
            raise _another(config, name)
        file.write_text(content, encoding="utf-8")


def _another(config: Config, name: str) -> InputError:
    return InputError(
        f"{config.folder} holds a run with another {name}; choose another name=, or delete the folder"
    )
