"""Texts to labelled spans with ONNX Runtime."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from infer import bio, checkpoint, tokens
from infer.processors import usable
from infer.schema import InputError, Span

if TYPE_CHECKING:
    from infer.linker import Linker

MAX_THREADS = 4  # windows are small: more threads would only wait for each other
BATCH_TOKENS = 256  # more at once is no faster on a processor, and takes more memory


class Tagger:
    """A loaded checkpoint. Raises InputError where the folder is none.

    `threads` defaults to the processors this process may use, at most MAX_THREADS. What is found in a
    text does not depend on the texts beside it: windows are batched with others of exactly their
    length, so there is no padding, and activations are not quantized.
    """

    def __init__(self, folder: Path | str = checkpoint.DEFAULT, threads: int | None = None):
        self.checkpoint = checkpoint.load(folder)
        self.labels = self.checkpoint.labels
        self.tokenizer = tokens.Tokenizer(
            self.checkpoint.folder / checkpoint.TOKENIZER, self.checkpoint.window, self.checkpoint.stride
        )
        self._threads = min(threads or usable(), MAX_THREADS)
        self._linker, self._opening = None, Lock()
        self._session = open_session(self.checkpoint.folder / checkpoint.MODEL, self._threads)
        width = self._session.get_outputs()[0].shape[-1]
        if width != len(bio.tag_names(self.labels)):
            raise InputError(
                f"{self.checkpoint.folder / checkpoint.MODEL} gives {width} tags; "
                f"the labels in config.json need {len(bio.tag_names(self.labels))}; export the model again"
            )

    @property
    def linker(self) -> "Linker | None":
        """The network of the same checkpoint that links spans into events, if it has one; opened once."""
        with self._opening:
            if self.checkpoint.linker and not self._linker:
                self._linker = self._open_linker()
        return self._linker

    def _open_linker(self) -> "Linker":
        session = open_session(self.checkpoint.folder / checkpoint.LINKER, self._threads)
        from infer import linker  # by now another thread may have loaded what it needs

        widths = {output.name: output.shape[-1] for output in session.get_outputs()}
        if widths != linker.WIDTHS:
            raise InputError(
                f"{self.checkpoint.folder / checkpoint.LINKER} gives {widths}; "
                f"this version reads {linker.WIDTHS}; "
                "export the model again, or use the weights that this version came with"
            )

        def linked(inputs):
            return session.run(linker.OUTPUTS, inputs)

        return linker.Linker(linked, self.tokenizer.cut_to(*self.checkpoint.linker))

    def tag(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        """The spans of each text, in text order, each with its confidence; () for an empty one."""
        return [
            bio.decode(read, rows, self.labels, self.checkpoint.thresholds)
            for read, rows in self.probabilities(texts)
        ]

    def probabilities(self, texts: Sequence[str]) -> list[tuple[tokens.Tokens, np.ndarray | None]]:
        """Of each text, its tokens and their tag probabilities [tokens, tags]; None without any token."""
        read = [self.tokenizer.read(text) for text in texts]
        found = tokens.predict(self.tokenizer, read, self.logits, BATCH_TOKENS)
        return list(zip(read, found, strict=True))

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Logits [windows, length, tags] of unpadded windows [windows, length]."""
        return self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]


def open_session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    """An ONNX model ready to run; InputError where the file is none."""
    _share_memory()
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.enable_mem_pattern = False  # a plan kept for every length of text
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait take the processor from each other on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights stay int8 in memory, each matrix is unpacked where it is used (`train/lean.py` puts that in
    # the order that holds least): less than half of the memory for 4 % of the time. Arithmetic is float32.
    options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes share no other base
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{file} is no ONNX model ({reason}); write one with `python -m train export`"
        ) from None


@cache
def _share_memory() -> None:
    """Give all sessions of this process one arena, so that networks that run in turn use the same memory."""
    where = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(where, onnxruntime.OrtArenaCfg({}))
