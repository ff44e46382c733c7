"""How much there is of what: the corpus counted, by split, conflict and register, and how varied it is."""

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from annotations.columns import aligned
from annotations.documents import to_document
from annotations.tasks import RELATION_KINDS, Task
from infer import totals
from infer.lines import BULLET, CELLS
from infer.number_words import MONTH
from infer.schema import KINDS, LABELS

_COLUMNS = ("reports", "words", *LABELS, *KINDS, "relations")
_NEAR = frozenset("syria iraq turkey lebanon israel_palestine jordan iran saudi_arabia kuwait".split())
_EMOJI = "[\u2600-\u2767\u2b00-\u2bff\U0001f170-\U0001faff]"  # no shapes or arrows, which are bullets
_BOLD = re.compile(r"(?<!\w)\*+\S[^*\n]*\*+")
_MASKED = re.compile(r"(?<![\w.])[a-z]+(?:[*#]+|@(?![\w.-]+\.[a-z]))[a-z]", re.IGNORECASE)


def tables(splits: Mapping[str, Sequence[Task]]) -> list[str]:
    """The corpus as aligned tables: what each split, conflict and register holds, relations by kind,
    the lengths of reports, and how many of them show each trait of real ones."""
    tasks = _all(splits)
    by = {"split": dict(splits)}
    for key in ("conflict", "source_style"):
        groups = sorted({str(task.data.get(key)) for task in tasks})
        by[key] = {group: [t for t in tasks if str(t.data.get(key)) == group] for group in groups}
    shown = []
    for key, groups in by.items():
        shown.append(aligned(_counted(key, groups, summed=key == "split")))
    wholes = {**splits, "all": tasks}
    return [*shown, aligned([("relation", "times"), *_relations(tasks)]), _lengths(wholes), _traits(splits)]


def by_split(splits: Mapping[str, Sequence[Task]]) -> list[tuple]:
    """The head and the rows of the first table."""
    return _counted("split", splits, summed=True)


def totals_of(splits: Mapping[str, Sequence[Task]], traits: Iterable[str]) -> dict[str, int]:
    """What one would say of the whole corpus in a sentence; of TRAITS those that are named."""
    tasks = _all(splits)
    words = [*map(_words, tasks)] or [0]
    told = {key: len({task.data.get(key) for task in tasks}) for key in ("conflict", "source_style")}
    told |= {"shortest": min(words), "longest": max(words)}
    return told | {trait: sum(map(TRAITS[trait], tasks)) for trait in traits}


def _all(splits: Mapping[str, Sequence[Task]]) -> list[Task]:
    return [task for members in splits.values() for task in members]


def _counted(key: str, groups: Mapping[str, Sequence[Task]], summed: bool) -> list[tuple]:
    rows = [(name, *_row(members)) for name, members in groups.items()]
    everything = [("all", *_summed(rows))] if summed else []
    return [(key, *_COLUMNS), *rows, *everything]


def _row(tasks: Iterable[Task]) -> list[int]:
    counts = Counter()
    for task in tasks:
        counts.update(reports=1, words=_words(task), relations=len(task.relations))
        counts.update(region.span.label for region in task.regions)
        counts.update(region.event for region in task.regions if region.event)
    return [counts[column] for column in _COLUMNS]


def _summed(rows: Sequence[Sequence]) -> list[int]:
    """The columns' sums, but for the first column."""
    return [sum(column) for column in [*zip(*rows, strict=True)][1:]]


def _words(task: Task) -> int:
    return len(task.text.split())


def _relations(tasks: Iterable[Task]) -> list[tuple[str, int]]:
    kinds = Counter(relation.kind for task in tasks for relation in task.relations)
    return [(kind, kinds[kind]) for kind in RELATION_KINDS]


def _lengths(wholes: Mapping[str, Sequence[Task]]) -> str:
    rows = []
    for name, tasks in wholes.items():
        words = sorted(map(_words, tasks)) or [0]
        rows.append((name, words[0], round(statistics.median(words)), words[-1]))
    return aligned([("words of a report", "least", "median", "most"), *rows])


def _traits(splits: Mapping[str, Sequence[Task]]) -> str:
    rows = []
    for trait, holds in TRAITS.items():
        times = [sum(map(holds, tasks)) for tasks in splits.values()]
        rows.append((trait, *times, sum(times)))
    return aligned([("reports", *splits, "all"), *rows])


def _pattern(*patterns: str) -> Callable[[Task], bool]:
    found = re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)
    return lambda task: found.search(task.text) is not None


def _span(label: str, pattern: str) -> Callable[[Task], bool]:
    found = re.compile(pattern, re.IGNORECASE)
    return lambda task: any(
        found.search(region.span.text(task.text)) for region in task.regions if region.span.label == label
    )


def _related(*kinds: str) -> Callable[[Task], bool]:
    return lambda task: any(relation.kind in kinds for relation in task.relations)


def _lines(holds: Callable[[str], object]) -> Callable[[Task], bool]:
    """Two lines of the kind: one alone is an outlet's name and date, or an emoji before a headline."""
    return lambda task: len([*filter(holds, task.text.splitlines())]) > 1


def _masked(task: Task) -> bool:
    """A sign stands for a letter of a word ("k*lled", "m@rtyr"); *bold*words and addresses are none."""
    return _MASKED.search(_BOLD.sub(" ", task.text)) is not None


def _foreign(task: Task) -> bool:
    """A letter of another script than the Latin one, whose signs (\u00ba, \u02bf) all stand before U+0370."""
    return any(
        c.isalpha() and "LATIN" not in unicodedata.name(c, "LATIN") for c in task.text if c >= "\u0370"
    )


def _differs(task: Task) -> bool:
    return any(found.status == "differs" for found in totals.checks(to_document(task)))


TRAITS: dict[str, Callable[[Task], bool]] = {
    "on Syria, Iraq and their neighbours": lambda task: task.data.get("conflict") in _NEAR,
    "without any event": lambda task: not any(region.event for region in task.regions),
    "without a report date": lambda task: not task.data.get("report_date"),
    "with bullets or numbered items": _lines(lambda line: BULLET.match(line) or re.match(r"\s*→", line)),
    "with table rows": _lines(lambda line: len(CELLS.findall(line)) > 1),
    "with a breakdown of a total": _related("part_of"),
    "with parts of a toll": _related("includes"),
    "with another source's figure": _related("alternative_to"),
    "with a total that does not add up": _differs,
    "dates as 8 January": _span("PERIOD", rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}\b"),
    "dates as January 8": _span("PERIOD", rf"\b{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b"),
    "attacks counted in digits": _span("ATTACK_COUNT", r"\d"),
    "attacks counted in words": _span("ATTACK_COUNT", r"^\D+$"),
    "with a masked word": _masked,
    "with emoji": _pattern(_EMOJI),
    "with words in another script": _foreign,
    "with odd white space": _pattern(r"\S(?: {2,}|[\u00a0\u2009\u202f\u200b\t])\S"),
}
