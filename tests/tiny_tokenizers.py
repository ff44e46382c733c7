"""The three kinds of tokenizers that encoders use, trained on the spot, and texts that try them."""

from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from infer import tokens

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KINDS = ("wordpiece", "byte_level", "unigram")
NASTY = (
    "",
    " \t\r\n ",
    "Rebels took Halab.\r\nThen: 1,100 shells; U.S. jets — 3.5 km away.",
    "😀 militia 👨‍👩‍👧 in cafe\u0301 Zoe\u0308 naïve İstanbul ﬁve",
    "قُتل ثلاثة جنود في مدينة حلب",
    "army\x00men\u00adhere [SEP] [CLS] <s> \ufeffend",
    "x" * 3000,
    "攻撃 三件 in東京都",
)
PIECES = ("Halab", "1,100", "é", "e\u0301", "😀", " ", "\r\n", "-", "حلب", "of", "\x00", "攻")
texts = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
)


def make(kind: str, sentences: Iterable[str], size: int) -> Tokenizer:
    """WordPiece as BERT's (lower case, no accents), byte-level BPE as RoBERTa's, or Unigram as DeBERTa's."""
    tokenizer, trainer = {"wordpiece": _wordpiece, "byte_level": _byte_level, "unigram": _unigram}[kind](size)
    tokenizer.train_from_iterator(sentences, trainer)
    ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return tokenizer


def nasty_reader(kind: str, folder: Path) -> tokens.Tokenizer:
    """A tokenizer of the kind, read as the program reads it, in windows of 10 tokens.

    Its file truncates and pads, as the one of all-MiniLM-L6-v2 does: both must be switched off.
    """
    tokenizer = make(kind, NASTY, 150)
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokens.Tokenizer(folder / "tokenizer.json", window=10, stride=5)


def _wordpiece(size: int):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer, trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIAL)


def _byte_level(size: int):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    size += len(alphabet)
    return tokenizer, trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL, initial_alphabet=alphabet)


def _unigram(size: int):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer, trainers.UnigramTrainer(vocab_size=size, special_tokens=SPECIAL, unk_token="[UNK]")
