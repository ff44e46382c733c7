"""Texts to labelled spans with ONNX Runtime."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime

from infer import bio, checkpoint, tokens
from infer.linker import OUTPUTS, Linker
from infer.schema import InputError, Span

MAX_THREADS = 4  # windows are small: more threads would only wait for each other
BATCH_TOKENS = 512


class Tagger:
    """A loaded checkpoint. Raises InputError where the folder is none.

    `threads` defaults to the processors this process may use, at most MAX_THREADS. What is found in a
    text does not depend on the texts beside it: windows are batched with others of exactly their
    length, so there is no padding, and activations are not quantized.
    """

    def __init__(self, folder: Path | str = checkpoint.DEFAULT, threads: int | None = None):
        self.checkpoint = checkpoint.load(folder)
        self.labels = self.checkpoint.labels
        self._tokenizer = tokens.Tokenizer(
            self.checkpoint.folder / checkpoint.TOKENIZER, self.checkpoint.window, self.checkpoint.stride
        )
        self._threads = threads or _processors()
        self._session = open_session(self.checkpoint.folder / checkpoint.MODEL, self._threads)
        width = self._session.get_outputs()[0].shape[-1]
        if width != len(bio.tag_names(self.labels)):
            raise InputError(
                f"{self.checkpoint.folder / checkpoint.MODEL} gives {width} tags; "
                f"the labels in config.json need {len(bio.tag_names(self.labels))}; export the model again"
            )

    @cached_property
    def linker(self) -> Linker | None:
        """The network of the same checkpoint that links spans into events, if it has one."""
        own = self.checkpoint
        if not own.linker:
            return None
        session = open_session(own.folder / checkpoint.LINKER, self._threads)
        return Linker(
            lambda inputs: session.run(OUTPUTS, inputs),
            tokens.Tokenizer(own.folder / checkpoint.TOKENIZER, *own.linker),
        )

    def tag(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """The spans of each text, in text order, each with its confidence; () for an empty one."""
        return [
            bio.decode(read, rows, self.labels, self.checkpoint.thresholds)
            for read, rows in self.probabilities(texts)
        ]

    def probabilities(self, texts: Sequence[str]) -> list[tuple[tokens.Tokens, np.ndarray | None]]:
        """Of each text, its tokens and their tag probabilities [tokens, tags]; None without any token."""
        read = [self._tokenizer.read(text) for text in texts]
        found = tokens.predict(self._tokenizer, read, self.logits, BATCH_TOKENS)
        return list(zip(read, found, strict=True))

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Logits [windows, length, tags] of unpadded windows [windows, length]."""
        return self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]


def _processors() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MAX_THREADS)


def open_session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    """An ONNX model ready to run; InputError where the file is none."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait take the processor from each other on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights are int8 in the file only: they are unpacked once, so that every processor computes the
    # same float32 spans (int8 arithmetic saturates where a processor has no VNNI).
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes share no other base
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{file} is no ONNX model ({reason}); write one with `python -m train export`"
        ) from None
