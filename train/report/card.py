"""The model card's figures: made from committed scores, written between markers, so that no hand copies them.

A block stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`; the prose around it is people's.
The front matter's `model-index` is made of the same scores, and so is the version in the title.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

import annotations
from annotations import gold
from infer.schema import InputError
from infer.tagger import Tagger
from train.judging import judge
from train.report import card_tables
from train.report.measures import measured
from train.report.training import training
from train.report.write import as_json, put

CARD = Path("model_card.md")
STORED = Path(annotations.__file__).parent / "scores"
SPLITS = ("dev", "test")
LEFT_OUT = ("reports", "comparison", "curve")  # of what a report's folder has
_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_TITLE = re.compile(r"^# .*$", re.MULTILINE)
_INDEX = {"spans": "spans, strict F1", "slots": "slots of events, end to end, F1"}
_INDEX |= {"records": "exact records, end to end, F1", "part_of": "links to totals, end to end, F1"}


def update(model: Path | str, files: Sequence[str], card: Path = CARD, stored: Path = STORED) -> list[Path]:
    """Score the files of dev and test, store their counts, and write the card anew: the files written.

    Raises InputError for a file that is neither, and for a card without its markers.
    """
    splits = {split: file for file in files for split in [_split(file)]}
    text = _read(card)
    scores = load(stored)
    for split, file in splits.items():
        scores[split] = scored(model, file, scores.get(split))
    text = filled(text, scores, corpus())  # before anything is written
    for split in splits:
        put(stored / f"{split}.json", as_json(scores[split]))
    put(card, text)
    return [*(stored / f"{split}.json" for split in splits), card]


def scored(model: Path | str, file: str, before: Mapping | None) -> dict:
    """The counts that the card needs, without what is said of single reports."""
    judged = judge(Tagger(model), file)
    made = {key: value for key, value in measured(judged).items() if key not in LEFT_OUT}
    kept = before if before and before["model"] == made["model"] else {}
    return made | {"training": training(judged.checkpoint) or kept.get("training")}


def load(stored: Path = STORED) -> dict[str, dict]:
    """The committed scores, by split."""
    files = {split: stored / f"{split}.json" for split in SPLITS}
    return {
        split: json.loads(file.read_text(encoding="utf-8")) for split, file in files.items() if file.is_file()
    }


def corpus() -> dict[str, list]:
    """The annotated tasks of every split."""
    return {split: gold.load(split) for split in gold.SPLITS}


def filled(text: str, scores: Mapping[str, Mapping], corpus: Mapping[str, list]) -> str:
    """The card with every figure as the scores have it; raises InputError for a block that it lacks."""
    blocks = card_tables.blocks(scores) | {"corpus": card_tables.corpus(corpus)}
    for name, block in blocks.items():
        text = _put_in(text, name, block)
    version = next(iter(scores.values()))["model"]["version"]
    text = _TITLE.sub(f"# attack-reports {version}", text, count=1)
    return _FRONT.sub(lambda found: f"---\n{_front(found[1], scores)}---\n", text)


def _put_in(text: str, name: str, block: str) -> str:
    begin, end = (f"<!-- {name}: {edge} -->" for edge in ("begin", "end"))
    if not text.count(begin) == text.count(end) == 1 or text.index(end) < text.index(begin):
        raise InputError(f"the card has no place for {name!r}; put {begin} and {end} into it, once each")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{block}\n{end}{rest.split(end)[1]}"


def _front(written: str, scores: Mapping[str, Mapping]) -> str:
    """Hugging Face's metadata: what people wrote, and the results."""
    results = [_result(split, of) for split, of in scores.items() if of.get("headline")]
    front = yaml.safe_load(written) | {"model-index": [{"name": "attack-reports", "results": results}]}
    return yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=110)


def _result(split: str, scores: Mapping) -> dict:
    metrics = [
        {"type": "f1", "name": name, "value": round(scores["headline"][key]["f1"], 4)}
        for key, name in _INDEX.items()
        if scores["headline"].get(key, {}).get("f1") is not None
    ]
    return {
        "task": {"type": "token-classification", "name": "event records from reports"},
        "dataset": {
            "type": "attack-reports",
            "name": f"attack-reports corpus, {split} ({scores['data']['documents']} invented reports)",
            "split": split,
            "revision": scores["data"]["sha256"],
        },
        "metrics": metrics,
    }


def _split(file: str) -> str:
    for split in SPLITS:
        if Path(file).resolve() == gold.path(split).resolve():
            return split
    raise InputError(
        f"{file}: the card shows {' and '.join(SPLITS)} of the corpus; type one of "
        f"{', '.join(f'--data annotations/data/{split}.json' for split in SPLITS)}, or neither for both"
    )


def _read(card: Path) -> str:
    try:
        return card.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{card}: cannot be read ({error.strerror}); run this in the project's folder"
        ) from None
