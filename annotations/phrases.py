"""Phrases that recur from report to report: skeletons with the names swapped would teach the skeletons.

A run is RUN words in a row outside the marked spans; spans between them count as one mask, whatever
they hold and however many they are, so that two sentences that differ in marked names and numbers only
have the same runs. What writers of a register really do repeat stands in SET_PHRASES, a line each.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from annotations.tasks import Finding, Task
from infer.schema import InputError

RUN = 8  # words
SHARE = 0.01  # of all reports that may hold the same run
NAMED = 3  # reports that a finding names; of more it gives the number
SET_PHRASES = Path(__file__).parent / "set-phrases.txt"

_MASK = "\0"
_WORD = re.compile(rf"[^\W_]+|{_MASK}+")

Words = list[tuple[str, int, int]]  # (the word, after a mask where one stands before it; start, end)


def recurring(splits: Mapping[str, Sequence[Task]], set_phrases: Path = SET_PHRASES) -> Iterator[Finding]:
    """Errors: runs that stand in several splits, or in more than SHARE of all reports (and in two).

    A stretch of such runs is one finding, on the last report that holds it.
    """
    tasks = [(split, task) for split, members in splits.items() for task in members]
    known = {run for line in _lines(set_phrases) for run in _runs(_words(line))}
    told = [_words(_masked(task)) for _, task in tasks]
    runs_of = [_runs(words) for words in told]
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, runs in enumerate(runs_of):
        for run in runs:
            holders[run].add(number)
    most = max(1, int(SHARE * len(tasks)))
    for number, words in enumerate(told):
        runs = [holders[run] if run not in known else set() for run in runs_of[number]]
        wrong = [
            max(found, default=-1) == number and (len(found) > most or len(_splits(tasks, found)) > 1)
            for found in runs
        ]
        for holds, stretch in groupby(range(len(runs)), key=wrong.__getitem__):
            if holds:
                yield _finding(tasks, number, words, runs, list(stretch))


def _finding(tasks, number: int, words: Words, runs: list[set[int]], stretch: list[int]) -> Finding:
    (_, start, _), (_, _, end) = words[stretch[0]], words[stretch[-1] + RUN - 1]
    found = set.union(*(runs[i] for i in stretch))
    others = [f"{tasks[other][1].id} in {tasks[other][0]}" for other in sorted(found - {number})]
    if len(others) > NAMED:
        others[NAMED:] = [f"and {len(others) - NAMED} more"]
    task = tasks[number][1]
    quote = " ".join(task.text[start:end].split())
    return Finding(
        task.id, "error", f"{quote!r} has the wording of {', '.join(others)}; reword it", start, end
    )


def _splits(tasks: Sequence[tuple[str, Task]], numbers: set[int]) -> set[str]:
    return {tasks[number][0] for number in numbers}


def _masked(task: Task) -> str:
    """The text, every character of a span a mask."""
    text = list(task.text)
    for region in task.regions:
        text[region.span.start : region.span.end] = _MASK * (region.span.end - region.span.start)
    return "".join(text)


def _words(text: str) -> Words:
    words, before = [], ""
    for match in _WORD.finditer(text):
        if match[0].startswith(_MASK):
            before = _MASK
        else:
            words.append((before + match[0].casefold(), *match.span()))
            before = ""
    return words


def _runs(words: Words) -> list[tuple[str, ...]]:
    """All runs in order; a mask before the first word is no part of a run."""
    plain = [word for word, _, _ in words]
    return [(plain[i].lstrip(_MASK), *plain[i + 1 : i + RUN]) for i in range(len(plain) - RUN + 1)]


def _lines(file: Path) -> list[str]:
    """The lines of a file but for comments; InputError where it cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}; it lists set phrases, or nothing") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text; save it as UTF-8") from None
    return [line for line in lines if not line.startswith("#")]
