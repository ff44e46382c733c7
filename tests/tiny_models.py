"""Base models of a few thousand parameters, one for each architecture of configs/, made on the spot."""

import random
from pathlib import Path

import tiny_tokenizers
import torch
import transformers

PLACES = ("Halab", "Tadmor", "Port Sorel", "Kessa", "Old Kessa", "Umm Dar")
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
ARCHITECTURES = ("bert", "roberta", "deberta", "modernbert")


def column_file(file: Path, documents: int, seed: int) -> Path:
    """Reports of a few sentences, in IOB2 columns: places after "in", groups at the start."""
    choose = random.Random(seed).choice
    lines = []
    for _ in range(documents):
        lines += ["-DOCSTART- O", ""]
        for _ in range(6):
            place = choose(PLACES).split()
            lines += [
                f"{choose(('Rebels', 'Soldiers'))} B-ACTOR",
                "attacked O",
                f"{choose('3579')} O",
                "posts O",
                "in O",
            ]
            lines += [f"{word} {'I' if i else 'B'}-PLACE" for i, word in enumerate(place)] + [". O", ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def base_model(folder: Path, architecture: str = "bert") -> Path:
    """A folder as `base_model` wants it: an untrained encoder and its tokenizer."""
    torch.set_num_threads(1)  # models this small only wait for a second thread
    transformers.set_seed(7)
    tokenizer = _tokenizer(architecture)
    size = SIZE | {"vocab_size": len(tokenizer), "max_position_embeddings": 130, "pad_token_id": 0}
    config = {
        "bert": lambda: transformers.BertConfig(**size),
        "roberta": lambda: transformers.RobertaConfig(**size),
        "deberta": lambda: transformers.DebertaV2Config(
            **size,
            relative_attention=True,
            position_buckets=32,
            pos_att_type=["p2c", "c2p"],
            norm_rel_ebd="layer_norm",
            share_att_key=True,
            position_biased_input=False,
            type_vocab_size=0,
        ),
        "modernbert": lambda: transformers.ModernBertConfig(
            **size, local_attention=16, global_attn_every_n_layers=2, cls_token_id=2, sep_token_id=3
        ),
    }[architecture]()
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(architecture: str) -> transformers.PreTrainedTokenizerFast:
    kind = {"bert": "wordpiece", "deberta": "unigram"}.get(architecture, "byte_level")
    sentences = [f"Rebels Soldiers attacked 3 5 7 9 posts in {place}." for place in PLACES]
    tokenizer = tiny_tokenizers.make(kind, sentences, 90)
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    special = dict(zip(names, tiny_tokenizers.SPECIAL, strict=True))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=128, **special)
