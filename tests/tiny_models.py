"""Base models of a few thousand parameters, one for each architecture of configs/, made on the spot."""

import random
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

PLACES = ("Halab", "Tadmor", "Port Sorel", "Kessa", "Old Kessa", "Umm Dar")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
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
    sentences = [f"Rebels Soldiers attacked 3 5 7 9 posts in {place}." for place in PLACES]
    if architecture in ("roberta", "modernbert"):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=SPECIAL, initial_alphabet=alphabet)
    elif architecture == "deberta":
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=90, special_tokens=SPECIAL, unk_token="[UNK]")
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=120, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(sentences, trainer)
    ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    names = dict(
        zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True)
    )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=128, **names)
