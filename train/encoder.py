"""The encoder that is fitted: where its weights come from, what of it learns, how it reads."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import Regex, normalizers, pre_tokenizers

from infer import bio, tokens
from infer.schema import InputError, Span
from train.config import Config, Fit

PACKAGE = "package:"
EVALUATION_TOKENS = 4096
GLUED = "\U0001f4cdhere"  # an emoji and a word: one unknown token to BERT's tokenizer


def find(base_model: str) -> str:
    """What transformers loads: a folder, or a Hugging Face name that it downloads.

    `package:NAME` is the folder with a config.json and weights inside an installed Python package.
    """
    if not base_model.startswith(PACKAGE):
        return base_model
    name = base_model.removeprefix(PACKAGE)
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(
        file.parent
        for root in roots
        for file in Path(root).rglob("config.json")
        if (file.parent / "model.safetensors").is_file()
    )
    if not roots:
        raise InputError(
            f"base_model {base_model!r}: no such package; type: pip install {name.replace('_', '-')}"
        )
    if not found:
        raise InputError(
            f"base_model {base_model!r}: the package holds no config.json beside model.safetensors"
        )
    return str(found[0])


def load(config: Config) -> tuple[transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase]:
    """The model with a tag head, in float32, and its tokenizer; InputError where either cannot be had."""
    source = find(config.base_model)
    tags = bio.tag_names(config.labels)
    try:
        settings = transformers.AutoConfig.from_pretrained(source)
        _set_dropout(settings, config.fit)
        settings.id2label = dict(enumerate(tags))
        settings.label2id = {tag: i for i, tag in enumerate(tags)}
        model = transformers.AutoModelForTokenClassification.from_pretrained(
            source,
            config=settings,
            dtype=torch.float32,
            ignore_mismatched_sizes=True,
            attn_implementation=config.fit.attention,
        )
        tokenizer = _load_tokenizer(source, config.windows.line_mark)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"base_model {config.base_model!r} cannot be loaded ({reason}); "
            f"allowed: a Hugging Face name, a folder, or {PACKAGE}NAME"
        ) from None
    longest = min(tokenizer.model_max_length, getattr(settings, "max_position_embeddings", 1 << 30))
    if config.windows.size > longest:
        raise InputError(
            f"windows.size is {config.windows.size}; {config.base_model} reads at most {longest} tokens"
        )
    return model, tokenizer


def freeze(model: transformers.PreTrainedModel, count: int, embeddings: bool, key: str = "fit") -> None:
    """Fix the `count` lowest layers, with them or alone the `embeddings`; the others learn.

    `key` is the part of the configuration that the InputError for more layers than there are names.
    """
    layers = _layers(model)
    if count > len(layers):
        raise InputError(f"{key}.frozen_layers is {count}; the encoder has {len(layers)} layers")
    fixed = [model.base_model.embeddings] if embeddings or count else []
    for module in (*fixed, *layers[:count]):
        module.requires_grad_(False)


def is_head(name: str, model: transformers.PreTrainedModel) -> bool:
    """Whether the parameter of this name lies above the encoder."""
    return not name.startswith(f"{model.base_model_prefix}.")


def tag(
    model: torch.nn.Module,
    tokenizer: tokens.Tokenizer,
    texts: Sequence[str],
    labels: Sequence[str],
    thresholds: Mapping[str, float] | None = None,
) -> list[tuple[Span, ...]]:
    """Spans of each text by the torch model: the reading that export is held to."""
    read = [tokenizer.read(text) for text in texts]
    found = tokens.predict(tokenizer, read, lambda ids: logits(model, ids), EVALUATION_TOKENS)
    return [bio.decode(one, rows, labels, thresholds) for one, rows in zip(read, found, strict=True)]


def logits(model: torch.nn.Module, ids: np.ndarray) -> np.ndarray:
    """Logits [windows, length, tags] float32 of unpadded windows [windows, length].

    The class's own forward, since Trainer wraps the instance's in autocast: what ships runs in float32.
    """
    device = next(model.parameters()).device
    inputs = torch.from_numpy(ids).to(device)
    with torch.inference_mode():
        output = type(model).forward(model, input_ids=inputs, attention_mask=torch.ones_like(inputs))
        return output.logits.cpu().numpy()


def _load_tokenizer(source: str, line_mark: str | None) -> transformers.PreTrainedTokenizerBase:
    """The base's tokenizer, without what its own task cut and padded to, and with line breaks marked.

    Where it would read an emoji and the name after it as one unknown word, the two are parted. The class
    is the general one: those of single models build their normalizer anew when loaded.
    """
    base = transformers.AutoTokenizer.from_pretrained(source)
    backend = base.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    if line_mark:
        if base.convert_tokens_to_ids(line_mark) in (None, base.unk_token_id):
            raise InputError(
                f"windows.line_mark is {line_mark!r}; needed: a token of the base model's vocabulary"
            )
        if line_mark not in backend.encode("\n", add_special_tokens=False).tokens:
            lines = normalizers.Replace("\n", f" {line_mark} ")
            backend.normalizer = normalizers.Sequence(
                [lines, backend.normalizer] if backend.normalizer else [lines]
            )
    if backend.encode(GLUED, add_special_tokens=False).offsets[:1] == [(0, len(GLUED))]:
        symbols = pre_tokenizers.Split(Regex(r"\p{So}"), "isolated")
        backend.pre_tokenizer = pre_tokenizers.Sequence([symbols, backend.pre_tokenizer])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend, model_max_length=base.model_max_length, **base.special_tokens_map
    )


def _set_dropout(settings: transformers.PretrainedConfig, fit: Fit) -> None:
    """Every architecture names its dropouts differently, but by the same two words."""
    for name in list(settings.to_dict()):
        if "dropout" in name and name != "classifier_dropout":
            setattr(settings, name, fit.attention_dropout if "attention" in name else fit.dropout)
    settings.classifier_dropout = fit.head_dropout


def _layers(model: transformers.PreTrainedModel) -> torch.nn.ModuleList:
    count = model.config.num_hidden_layers
    return next(
        m for m in model.base_model.modules() if isinstance(m, torch.nn.ModuleList) and len(m) == count
    )
