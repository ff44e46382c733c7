"""A contender in a process of its own: `python -m benchmarks.contenders NAME CHECKPOINT REPORTS.jsonl`.

It loads what it needs, tells how many tokens the reports have, and reads them all for every line it is given.
`tag` does it once, on a text file, for the measure of a cold start.
"""

import io
import json
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import serve
from infer.schema import InputError

BATCH = 32  # of the tuned pipeline
STRIDE = 64  # tokens that two windows of the pipeline share; it cuts no text


def main(arguments: list[str]) -> int:
    name, checkpoint, file = arguments
    if name == "tag":
        text = Path(file).read_text(encoding="utf-8")
        print(len(_pipeline(checkpoint)(text)))
        return 0
    if name not in CONTENDERS:
        raise InputError(f"no contender {name!r}; allowed: tag, {', '.join(CONTENDERS)}")
    texts = [json.loads(line)["text"] for line in Path(file).read_text(encoding="utf-8").splitlines()]
    about = {"reports": len(texts), "tokens": _count(checkpoint, texts)}
    serve(CONTENDERS[name](checkpoint, file, texts), about)
    return 0


def _count(checkpoint: str, texts: list[str]) -> int:
    import tokenizers

    reader = tokenizers.Tokenizer.from_file(str(Path(checkpoint) / "tokenizer.json"))
    return sum(len(reader.encode(text, add_special_tokens=False).ids) for text in texts)


def _pipeline(checkpoint: str):
    import transformers

    transformers.logging.set_verbosity_error()
    return transformers.pipeline(
        "token-classification", model=checkpoint, aggregation_strategy="simple", stride=STRIDE
    )


def plain_pipeline(checkpoint: str, file: str, texts: list[str]) -> Callable:
    """As its documentation shows it: one call a text."""
    tag = _pipeline(checkpoint)
    return lambda: [tag(text) for text in texts]


def tuned_pipeline(checkpoint: str, file: str, texts: list[str]) -> Callable:
    """Texts of like length together, in batches."""
    tag = _pipeline(checkpoint)
    return lambda: tag(sorted(texts, key=len), batch_size=BATCH)


def network(checkpoint: str, file: str, texts: list[str]) -> Callable:
    """ONNX Runtime alone on the tagger's windows, tokenized and batched before the clock starts."""
    from infer import tokens
    from infer.tagger import BATCH_TOKENS, Tagger

    tagger, batches = Tagger(checkpoint), []

    def kept(ids):
        batches.append(ids)
        return tagger.logits(ids)

    tokens.predict(tagger.tokenizer, [tagger.tokenizer.read(text) for text in texts], kept, BATCH_TOKENS)
    return lambda: [tagger.logits(ids) for ids in batches]


def tagging(checkpoint: str, file: str, texts: list[str]) -> Callable:
    """Texts to spans, without events."""
    from infer.tagger import Tagger

    tagger = Tagger(checkpoint)
    return lambda: tagger.tag(texts)


def whole_job(checkpoint: str, file: str, texts: list[str]) -> Callable:
    """What the command does with a file of reports: read, tag, assemble, link, write."""
    from infer import render, sources
    from infer.reports import Reading

    unset = dict.fromkeys(("report_date", "text_column", "id_column", "date_column"))
    options = Namespace(model=checkpoint, min_confidence=0.0, **unset)
    reading = Reading(sources.find([file], _silent), options, _silent)
    style = render.Style("jsonl", reading.model, False)

    def work():
        render.write(reading, io.StringIO(), style, alone=False)

    return work


def _silent(line: str) -> None:
    pass


CONTENDERS = {
    "pipeline": plain_pipeline,
    "tuned": tuned_pipeline,
    "network": network,
    "tagging": tagging,
    "job": whole_job,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
