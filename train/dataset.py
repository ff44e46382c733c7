"""Annotated documents to what the encoder trains on, with a count of everything that gets lost."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import datasets

from annotations import gold
from annotations.documents import to_document
from infer import bio
from infer.schema import Document, InputError
from infer.tokens import MISSING, Tokenizer
from train import conll


@dataclass(frozen=True, slots=True)
class Prepared:
    """A split as the encoder sees it: one row a window, with `input_ids`, `labels` and `length`.

    `lost` holds (document id, span, cause) of every span that tags cannot express.
    """

    rows: datasets.Dataset
    lost: tuple[tuple[str, bio.Span, str], ...]

    def losses(self) -> dict[str, int]:
        """Spans lost, by cause."""
        return dict(Counter(cause for _, _, cause in self.lost))


def load(path: str) -> list[Document]:
    """The documents of an annotated file: Label Studio JSON or columns; InputError where it is neither."""
    file = Path(path)
    if file.suffix == ".json":
        return [to_document(task) for task in gold.read(file)]
    if file.suffix in conll.SUFFIXES:
        return conll.read(file)
    raise InputError(f"{path}: no kind of annotated file; allowed: .json, {', '.join(conll.SUFFIXES)}")


def sample(documents: Sequence[Document], limit: int | None, seed: int) -> list[Document]:
    """`limit` of the documents in their order, or all; of one seed, a smaller draw is part of a larger one.

    Fewer than `limit` documents come back all, without complaint.
    """
    drawn = sorted(documents, key=lambda d: hashlib.sha256(f"{seed}:{d.id}".encode()).digest())[:limit]
    kept = {id(document) for document in drawn}
    return [document for document in documents if id(document) in kept]


def prepare(documents: Sequence[Document], tokenizer: Tokenizer, labels: Sequence[str]) -> Prepared:
    """Windows of all documents. Every word is tagged once, in the window that owns it.

    A window without a tagged word teaches nothing and is left out.
    """
    rows: dict[str, list] = {"input_ids": [], "labels": [], "length": []}
    lost = []
    for document in documents:
        read = tokenizer.read(document.text)
        tags, missed = bio.encode(read, document.spans, labels)
        lost.extend((document.id, span, cause) for span, cause in missed)
        for window in tokenizer.windows(read):
            ids, targets = tokenizer.model_input(read, window), bio.token_tags(read, tags, window)
            if (targets != MISSING).any():
                rows["input_ids"].append(ids)
                rows["labels"].append(tokenizer.frame(targets))
                rows["length"].append(len(ids))
    if not rows["length"]:
        raise InputError(f"nothing to read in {len(documents)} documents; needed: at least one word")
    return Prepared(datasets.Dataset.from_dict(rows), tuple(lost))


def fingerprint(documents: Sequence[Document]) -> str:
    """SHA-256 over ids, texts and spans, in their order, as hexadecimal digits."""
    digest = hashlib.sha256()
    for document in documents:
        spans = [[span.start, span.end, span.label] for span in document.spans]
        digest.update(json.dumps([document.id, document.text, spans], ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()
