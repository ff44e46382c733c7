"""Where the time of a report goes: processor seconds by function, built-in ones under what called them."""

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import infer
from benchmarks.table import Comparison
from infer import pipeline
from infer.schema import Document
from infer.tagger import Tagger

HOME = Path(infer.__file__).parent
Function = tuple[str, int, str]  # file, line, name, as pstats has them


def profile(texts: Sequence[str], model: Path, rows: int, tell: Callable[[str], None]) -> Comparison:
    """The `rows` functions of `infer` that take most, in one thread, networks and all, models warm."""
    tagger = Tagger(model, threads=1)
    documents = [Document(f"{i}", text) for i, text in enumerate(texts)]
    pipeline.read(documents[0], tagger)
    tell("warm")
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(lambda: [pipeline.read(document, tagger) for document in documents])
    spent = by_function(pstats.Stats(profiler))
    whole = sum(spent.values())
    most = spent.most_common(rows)
    rest = whole - sum(seconds for _, seconds in most)
    return Comparison(
        "Profile: processor time by function",
        ("", "seconds", "share"),
        (
            *((name, seconds, seconds / whole) for name, seconds in most),
            (f"{len(spent) - len(most)} others", rest, rest / whole),
        ),
        (f"{len(texts)} reports, one thread; the profiler's own cost is in it",),
    )


def by_function(stats: pstats.Stats) -> Counter[str]:
    """Seconds spent in each function of `infer`; what runs outside of it counts for those that called it.

    Where several functions call one, its time is shared in proportion to what it took for each of them.
    """
    spent: Counter[str] = Counter()
    for function, (*_, own, _, _) in stats.stats.items():
        for caller, share in _answerable(stats, function, frozenset()).items():
            spent[_name(caller)] += own * share
    return spent


def _answerable(stats: pstats.Stats, function: Function, below: frozenset[Function]) -> dict[Function, float]:
    """The functions of `infer` nearest above one, each with its share of its time; a share is 0 to 1."""
    callers = {c: of[3] for c, of in stats.stats[function][4].items() if c not in below}
    whole = sum(callers.values())
    if HOME in Path(function[0]).parents or not whole:
        return {function: 1.0}
    found: Counter[Function] = Counter()
    for caller, taken in callers.items():
        for ours, share in _answerable(stats, caller, below | {function}).items():
            found[ours] += share * taken / whole
    return found


def _name(function: Function) -> str:
    file, line, name = function
    if HOME not in Path(file).parents:
        return "outside of infer"
    return f"{Path(file).relative_to(HOME)} {f'line {line}' if name.startswith('<') else name}"
