"""Figures of one event that add up to a total beside them are its parts.

"Ten attacks left 25 fatalities", then in bullets "23 combatants, including seven militiamen" and "two ISIS
members": where the words leave open which figure hangs where, the sum tells. Only what is exact is
added, and only where the parts make up the whole total.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from infer.schema import Casualty, Event

LEAST = 3  # a total that is hardly a sum by chance where some parts of it are known,
ALONE = 10  # and where none is
VAGUE = frozenset({"mixed", "unspecified"})
MOST = 8  # figures that are tried as parts


def nested(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events, figures that complete a total of theirs hung under it."""
    return tuple(replace(event, casualties=_nested(event.casualties)) for event in events)


def _nested(figures: tuple[Casualty, ...]) -> tuple[Casualty, ...]:
    for total in figures:
        if total.counts and _exact(total) and total.quantity.value >= LEAST:
            figures = _completed(figures, total)
    return figures


def _exact(figure: Casualty) -> bool:
    return bool(figure.quantity.value) and figure.quantity.relation == "exact"


def _completed(figures: tuple[Casualty, ...], total: Casualty) -> tuple[Casualty, ...]:
    """The figures with the first run of those after the total that makes its parts add up to it."""
    parts = [c for c in figures if c.part_of == total.span]
    if total not in figures or not all(map(_exact, parts)) or _sum(parts) == total.quantity.value:
        return figures
    if not parts and total.quantity.value < ALONE:
        return figures
    for run in _runs([c for c in figures if c.counts and c.span > total.span and _may_hold(total, c)]):
        for moved in _choices(run, parts):
            kept = [p for p in parts if p not in moved]
            if len(run) + len(kept) > 1 and _sum(run) + _sum(kept) == total.quantity.value:
                return tuple(_hung(c, total, run, moved) for c in figures)
    return figures


def _may_hold(total: Casualty, figure: Casualty) -> bool:
    """Whether the figure tells of people as the total does: soldiers are no part of "16 rebels"."""
    same = total.victims == figure.victims or VAGUE.intersection((total.victims, figure.victims))
    return figure.outcome == total.outcome and bool(same)


def _runs(figures: Sequence[Casualty]) -> Iterator[list[Casualty]]:
    """Figures that follow one another, all exact, the nearest and longest first."""
    for start in range(len(figures)):
        for end in range(min(len(figures), start + MOST), start, -1):
            if all(map(_exact, figures[start:end])):
                yield list(figures[start:end])


def _choices(run: Sequence[Casualty], parts: Sequence[Casualty]) -> Iterator[dict[Casualty, Casualty]]:
    """Which parts may be parts of a figure of the run instead: the next after it, if smaller; none first."""
    after = {}
    for figure in run:
        later = [c for c in (*run, *parts) if c.span > figure.span]
        if later and (next_one := min(later, key=lambda c: c.span)) in parts:
            if next_one.quantity.value < figure.quantity.value:
                after[next_one] = figure
    for chosen in product((False, True), repeat=len(after)):
        yield {part: after[part] for part, taken in zip(after, chosen, strict=True) if taken}


def _hung(figure: Casualty, total: Casualty, run, moved: dict[Casualty, Casualty]) -> Casualty:
    if figure == total:
        return replace(figure, components="partition")
    if figure in moved:
        return replace(figure, part_of=moved[figure].span)
    if figure in run:
        return replace(
            figure,
            part_of=total.span,
            components=figure.components or ("subset" if figure in moved.values() else None),
        )
    return figure


def _sum(figures: Sequence[Casualty]) -> int:
    return sum(c.quantity.value for c in figures)
