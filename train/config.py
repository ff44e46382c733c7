"""One frozen configuration from a YAML file and `key=value` overrides."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from infer.schema import LABELS, InputError
from train import rules

ONE_OR_MORE = ("data.add",)  # lists that a single string may stand for


@dataclass(frozen=True, slots=True)
class Data:
    """Annotated files, from the working directory: Label Studio JSON (`.json`) or columns of tokens and
    BIO tags (`.conll`, `.bio`, `.iob`, `.iob2`, `.txt`). Training takes all reports, or `limit` of them,
    drawn by the seed; a smaller draw is part of a larger one. `add` names one or several Label Studio
    exports that a whole run trains on beside `train` (see `train.retrain`)."""

    train: str = "annotations/data/train.json"
    dev: str = "annotations/data/dev.json"
    test: str = "annotations/data/test.json"
    limit: int | None = None
    add: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Windows:
    """Tokens: `size` of a window with its special tokens, `stride` from one window to the next.

    `line_mark` is a token of the base model that the encoder sees for every line break, where its own
    tokenizer takes line breaks for spaces; None leaves the tokenizer as it is.
    """

    size: int = 256
    stride: int = 192
    line_mark: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """`batch_tokens` a step (padding included), `warmup` the share of all steps, `frozen_layers` counted
    from the input; the learning rate of the new head is `head_factor` times that of the encoder.

    Shares that are dropped at random: `masked` of the input tokens (the mask token takes their place),
    `dropout` of hidden states, `attention_dropout` of attention weights (slow on CPUs) and `head_dropout`
    before the new head.
    """

    learning_rate: float = 1e-4
    head_factor: float = 1.0
    epochs: int = 10
    warmup: float = 0.1
    weight_decay: float = 0.01
    batch_tokens: int = 2048
    masked: float = 0.0
    dropout: float = 0.1
    attention_dropout: float = 0.0
    head_dropout: float = 0.1
    frozen_embeddings: bool = True
    frozen_layers: int = 0
    attention: str | None = None
    precision: str = "auto"


@dataclass(frozen=True, slots=True)
class Augment:
    """Changed `copies` of every training report, beside the report itself. Shares: of the distinct wordings
    of a report's spans that are swapped (`swap`), of copies whose bullets change (`markers`), of words of
    four ASCII letters or more with a typing error (`typos`)."""

    copies: int = 0
    swap: float = 0.5
    markers: float = 0.5
    typos: float = 0.01


@dataclass(frozen=True, slots=True)
class Linker:
    """The network that links spans into events; `epochs` 0 leaves it out, and events are those of the rules.

    It reads windows of `window` tokens, starts from the tagger's encoder (`learning_rate`) with new layers
    above (`head_learning_rate`): `layers` of self-attention over spans, `width` of a span's state and
    `pair_width` of a pair's. Or it starts from the linker of the checkpoint folder `start`, which has to be
    of the same sizes. With `frozen_layers`, counted from the input, what lies below them is fixed too.
    Shares: `warmup` of all steps, `masked` of the input tokens, `dropout` of states, `averaged` of the
    averaged weights that stays at each step (0: the last weights ship). Dev is scored every `score_every`
    epochs.
    """

    epochs: int = 0
    start: str | None = None
    frozen_layers: int = 0
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    warmup: float = 0.06
    weight_decay: float = 0.01
    batch_tokens: int = 2500
    masked: float = 0.1
    dropout: float = 0.2
    averaged: float = 0.999
    width: int = 256
    pair_width: int = 128
    layers: int = 2
    window: int = 512
    stride: int = 320
    score_every: int = 4


@dataclass(frozen=True, slots=True)
class Export:
    """`version` of the checkpoint; `tolerance` the most span F1 that packing the weights may cost on dev
    (0 to 1); `thresholds` the least confidence per label."""

    version: str = "0.1.0"
    tolerance: float = 0.01
    thresholds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """A training run. `base_model` is a Hugging Face name, a folder, or `package:NAME` of an installed
    Python package that holds one. Everything the run writes goes to the folder `runs`/`name`."""

    name: str
    base_model: str
    labels: tuple[str, ...] = LABELS
    seed: int = 13
    runs: str = "runs"
    data: Data = Data()
    windows: Windows = Windows()
    augment: Augment = Augment()
    fit: Fit = Fit()
    linker: Linker = Linker()
    export: Export = Export()

    @property
    def folder(self) -> Path:
        return Path(self.runs) / self.name

    def to_yaml(self) -> str:
        content = dataclasses.asdict(self) | {"labels": list(self.labels)}
        data = content["data"]
        if added := data.pop("add"):  # not told where there is none: older runs' folders stay comparable
            data["add"] = list(added)
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def load(file: Path | str, overrides: Iterable[str] = ()) -> Config:
    """The configuration of a YAML file with `key=value` overrides (`fit.epochs=3`).

    Raises InputError for a file that cannot be read, an unknown key or a value of another type.
    """
    try:
        content = yaml.safe_load(Path(file).read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{file}: no readable configuration ({_one_line(error)}); see configs/default.yaml"
        ) from None
    if not isinstance(content, dict):
        raise InputError(
            f"{file}: holds a {type(content).__name__}; needed: keys and values, as in configs/default.yaml"
        )
    for override in overrides:
        _override(content, override)
    config = _build(Config, content, "")
    rules.check(config)
    return config


def _override(content: dict, override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise InputError(f"{override!r} is no setting; write key=value, such as fit.epochs=3")
    *path, last = key.split(".")
    for part in path:
        content = content.setdefault(part, {})
        if not isinstance(content, dict):
            raise InputError(f"{override!r}: {part} holds no settings of its own")
    try:
        content[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise InputError(f"{override!r}: no readable value ({_one_line(error)})") from None


def _build(cls: type, content: object, where: str):
    if not isinstance(content, dict):
        raise InputError(f"{where[:-1]} is {content!r}; needed: {', '.join(_keys(cls, where))}")
    kinds = typing.get_type_hints(cls)
    for key in content:
        if key not in kinds:
            raise InputError(_unknown(f"{where}{key}"))
    missing = [f.name for f in dataclasses.fields(cls) if _required(f) and f.name not in content]
    if missing:
        raise InputError(f"{where}{missing[0]} is missing; add it to the configuration file")
    return cls(**{key: _value(kinds[key], value, f"{where}{key}") for key, value in content.items()})


def _value(kind, value: object, key: str):
    if dataclasses.is_dataclass(kind):
        return _build(kind, value, f"{key}.")
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) is tuple:
        items = [value] if key in ONE_OR_MORE and isinstance(value, str) else value
        if isinstance(items, list):
            return tuple(_value(str, item, key) for item in items)
    if typing.get_origin(kind) is dict and isinstance(value, dict):
        return {_value(str, k, key): _value(float, v, f"{key}.{k}") for k, v in value.items()}
    if kind is float:
        return _number(value, key)
    if kind in (str, int, bool) and type(value) is kind:
        return value
    raise InputError(f"{key} is {value!r}; needed: {_KINDS[typing.get_origin(kind) or kind]}")


_KINDS = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "a list of strings, such as [PERSON, PLACE]",
    dict: "names with numbers, such as {PERSON: 0.5}",
}


def _number(value: object, key: str) -> float:
    """YAML 1.1 reads 3e-5 as a string."""
    try:
        if not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise InputError(f"{key} is {value!r}; needed: a number")


def _unknown(key: str) -> str:
    known = list(_keys(Config, ""))
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    last = [name for name in known if name.rpartition(".")[2] == key.rpartition(".")[2]]
    advice = f"did you mean {(last or near)[0]}?" if last or near else f"settings are {', '.join(known)}"
    return f"no setting {key!r}; {advice}"


def _keys(cls: type, where: str):
    for name, kind in typing.get_type_hints(cls).items():
        if dataclasses.is_dataclass(kind):
            yield from _keys(kind, f"{where}{name}.")
        else:
            yield f"{where}{name}"


def _required(f: dataclasses.Field) -> bool:
    return f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
