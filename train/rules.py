"""What the values of a configuration have to keep to, beyond their kinds."""

from pathlib import Path

from infer.checkpoint import LINKER
from infer.schema import LABELS, InputError

PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def check(config) -> None:
    """InputError for the first value of a `train.config.Config` that breaks a rule."""
    labels, fit = config.labels, config.fit
    rules = (
        (
            labels and len(set(labels)) == len(labels) and all(labels),
            "labels",
            labels,
            "different, non-empty names",
        ),
        (config.data.limit is None or config.data.limit > 0, "data.limit", config.data.limit, "at least 1"),
        (fit.precision in PRECISIONS, "fit.precision", fit.precision, ", ".join(PRECISIONS)),
        (fit.epochs > 0, "fit.epochs", fit.epochs, "at least 1"),
        (fit.batch_tokens > 0, "fit.batch_tokens", fit.batch_tokens, "at least 1"),
        (fit.learning_rate > 0, "fit.learning_rate", fit.learning_rate, "above 0"),
        (0 <= fit.warmup < 1, "fit.warmup", fit.warmup, "0 to 1"),
        *(
            (0 <= getattr(fit, key) < 1, f"fit.{key}", getattr(fit, key), "0 to 1")
            for key in ("masked", "dropout", "attention_dropout", "head_dropout")
        ),
        (config.linker.epochs >= 0, "linker.epochs", config.linker.epochs, "0 (no linker) or more"),
        (
            not config.linker.epochs or set(config.labels) == set(LABELS),
            "linker.epochs",
            config.linker.epochs,
            f"0 where the labels are not {', '.join(LABELS)}",
        ),
        (
            not config.data.add or set(labels) == set(LABELS) and config.data.train.endswith(".json"),
            "data.add",
            list(config.data.add),
            f"none where the labels are not {', '.join(LABELS)} or data.train is no Label Studio JSON",
        ),
        (
            not config.linker.epochs
            or config.data.train.endswith(".json")
            and config.data.dev.endswith(".json"),
            "linker.epochs",
            config.linker.epochs,
            "0 where data.train or data.dev is no Label Studio JSON: relations stand there alone",
        ),
        (
            config.linker.start is None or Path(config.linker.start, LINKER).is_file(),
            "linker.start",
            config.linker.start,
            f"a checkpoint folder that holds {LINKER}",
        ),
        (config.linker.score_every > 0, "linker.score_every", config.linker.score_every, "at least 1"),
        *(
            (0 <= getattr(config.linker, key) < 1, f"linker.{key}", getattr(config.linker, key), "0 to 1")
            for key in ("masked", "dropout", "warmup")
        ),
        (config.augment.copies >= 0, "augment.copies", config.augment.copies, "0 or more"),
        *(
            (0 <= getattr(config.augment, key) <= 1, f"augment.{key}", getattr(config.augment, key), "0 to 1")
            for key in ("swap", "markers", "typos")
        ),
        (config.name and Path(config.name).name == config.name, "name", config.name, "a plain folder name"),
        (
            set(config.export.thresholds) <= set(labels),
            "export.thresholds",
            config.export.thresholds,
            "known labels",
        ),
    )
    for holds, key, value, needed in rules:
        if not holds:
            raise InputError(f"{key} is {value!r}; needed: {needed}")
