"""A pass of the tagger's training over some reports, against a loop like transformers' run_ner examples.

`python -m benchmarks.training NAME CONFIG REPORTS` is a contender in a process of its own.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.measure import Worker, interleaved, middle, serve
from benchmarks.table import Comparison

PLAIN_BATCH, PLAIN_RATE = 8, 5e-5  # the examples' own
TOLD = {
    "ours": "python -m train: windows of like length together, embeddings fixed, fused AdamW",
    "plain": f"run_ner-style loop: batches of {PLAIN_BATCH} as they come, all weights learn, AdamW",
}


def training(config: str, reports: int, repeats: int, tell: Callable[[str], None]) -> Comparison:
    """Seconds of a pass over the same windows, once warm."""
    with ExitStack() as stack:
        workers = {}
        for name in TOLD:
            command = [sys.executable, "-m", "benchmarks.training", name, config, str(reports)]
            workers[name] = stack.enter_context(Worker(command))
            tell(f"warm: {name}")
            workers[name].run()
        tokens = workers["ours"].about["tokens"]
        costs = interleaved({name: worker.run for name, worker in workers.items()}, repeats, tell)
    cost = {name: middle(found) for name, found in costs.items()}
    plain = cost["plain"]
    return Comparison(
        "Training: a pass of the tagger",
        ("", "seconds", "processor s", "tokens/s", "share of the plain loop's"),
        tuple((TOLD[n], c.wall, c.cpu, tokens / c.wall, c.wall / plain.wall) for n, c in cost.items()),
        (f"{config}, {reports} reports, {tokens} tokens; medians of {repeats} in turn",),
    )


def main(arguments: list[str]) -> int:
    import torch

    name, config, reports = arguments
    torch.set_flush_denormal(True)  # as in train.fit; a setting of the whole process
    with tempfile.TemporaryDirectory() as folder:
        work, tokens = _prepared(name, config, int(reports), Path(folder))
        serve(work, {"tokens": tokens})
    return 0


def _prepared(name: str, file: str, reports: int, folder: Path) -> tuple[Callable, int]:
    """The pass of one contender, and how many tokens it learns from."""
    import transformers

    from infer.tokens import Tokenizer
    from train import config, dataset, encoder, fit

    transformers.logging.set_verbosity_error()
    own = config.load(Path(file), [f"runs={folder}", f"data.limit={reports}"])
    transformers.set_seed(own.seed)
    model, tokenizer = encoder.load(own)
    tokenizer.save_pretrained(folder)
    reader = Tokenizer(folder / fit.TOKENIZER, own.windows.size, own.windows.stride)
    documents = dataset.sample(dataset.load(own.data.train), reports, own.seed)
    rows = dataset.prepare(documents, reader, own.labels).rows
    make = _our_pass if name == "ours" else _plain_pass
    return make(own, model, tokenizer, rows, reader), sum(rows["length"])


def _our_pass(config, model, tokenizer, rows, reader) -> Callable:
    from train import encoder, fit

    encoder.freeze(model, config.fit.frozen_layers, config.fit.frozen_embeddings)
    trainer = fit.TaggerTrainer(config, model, tokenizer, rows, reader, [])
    optimizer = trainer.create_optimizer()
    prepared = trainer.accelerator.prepare(model).train()
    loader = trainer.get_train_dataloader()

    def one_pass():
        for batch in loader:
            trainer.accelerator.backward(prepared(**batch).loss)
            trainer.accelerator.clip_grad_norm_(prepared.parameters(), trainer.args.max_grad_norm)
            optimizer.step()
            prepared.zero_grad()

    return one_pass


def _plain_pass(config, model, tokenizer, rows, reader) -> Callable:
    import torch
    from transformers import DataCollatorForTokenClassification

    loader = torch.utils.data.DataLoader(
        rows.remove_columns("length"),
        batch_size=PLAIN_BATCH,
        shuffle=True,
        collate_fn=DataCollatorForTokenClassification(tokenizer),
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=PLAIN_RATE)
    model.train()

    def one_pass():
        for batch in loader:
            model(**batch).loss.backward()
            optimizer.step()
            optimizer.zero_grad()

    return one_pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
