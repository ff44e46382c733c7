"""The arithmetic of totals: whether the parts of what a report states add up.

A difference is reported, never repaired.
"""

from collections.abc import Iterator, Sequence

from infer.grouping import Breakdown, added, breakdowns, measured
from infer.schema import Check, Document, Event, Quantity, Span

UNCLEAR = ("about", "vague")


def checks(document: Document, without: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """Every stated total against the sum of its parts; two breakdowns of one total are two checks.

    Events whose ids are in `without` are left out; a breakdown that held one of them is not whole.
    """
    groups = [kept for group in breakdowns(document) if (kept := group.less(without)).parts]
    events = (e for e in document.events if e.id not in without)
    return tuple(check for e in events for check in (*event_checks(e, groups), *component_checks(e)))


def event_checks(event: Event, groups: Sequence[Breakdown]) -> Iterator[Check]:
    for group in groups:
        if group.total == event.id:
            yield from breakdown_checks(event, group)


def breakdown_checks(event: Event, group: Breakdown) -> Iterator[Check]:
    for what in ("attacks", *sorted({c.outcome for c in event.casualties if c.counts})):
        stated = measured(event, what)
        pieces = [q for part in group.parts if (q := measured(part, what))]
        if not stated or not pieces:
            continue
        field, outcome = ("attack_count", None) if what == "attacks" else ("casualties", what)
        complete = group.whole and len(pieces) == len(group.parts)
        names = tuple(p.id for p in group.parts)
        yield verdict(event.id, field, outcome, meant(event, what, pieces), pieces, names, complete)


def meant(event: Event, what: str, pieces: Sequence[Quantity]) -> Quantity:
    """What of an event's figures is broken down: all, or the one that the parts add up to.

    A side's own losses stand beside its victims, and only the victims may be told apart.
    """
    whole_figure, total = measured(event, what), added(pieces)
    single = [c.quantity for c in event.casualties if c.counts and c.outcome == what]
    return total if total.value is not None and total != whole_figure and total in single else whole_figure


def component_checks(event: Event) -> Iterator[Check]:
    for total in event.casualties:
        parts = [c for c in event.casualties if c.part_of == total.span and c.alternative_to is None]
        if not parts or not total.components:
            continue
        subset = total.components == "subset"
        for run in [tuple(parts)] if subset else partitions(total.quantity, parts):
            yield verdict(
                event.id,
                "casualties",
                total.outcome,
                total.quantity,
                [p.quantity for p in run],
                tuple(p.span for p in run),
                True,
                subset,
                total.span,
            )


def partitions(stated: Quantity, parts: Sequence) -> list[tuple]:
    """The components of a total, taken apart where it is told twice who they were and both add up."""
    runs, start = [], 0
    for end in range(1, len(parts) + 1):
        total = added([p.quantity for p in parts[start:end]])
        if total == stated and stated.value and stated.relation == "exact":
            runs.append(tuple(parts[start:end]))
            start = end
    return runs if runs and start == len(parts) else [tuple(parts)]


def verdict(
    event: str,
    what: str,
    outcome,
    stated: Quantity,
    parts: Sequence[Quantity],
    names,
    complete: bool,
    subset=False,
    span=None,
) -> Check:
    """The check of one total; quantities are compared as intervals, so "at least 14" agrees with 15.

    What is missing of an incomplete breakdown can only make its sum greater.
    """
    status = "cannot_tell"
    if clear(stated) and all(map(clear, parts)):
        low, high = bounds(stated)
        least, most = (sum(ends) for ends in zip(*map(bounds, parts), strict=True)) if parts else (0, 0)
        if least > high:
            status = "differs"
        elif subset or (low <= most if complete else low <= least):
            status = "agrees"
        elif complete:
            status = "differs"
    return Check(event, what, outcome, stated.value, added(parts).value, names, status, span)


Term = tuple[str | Span, Quantity | None]


def terms(document: Document, check: Check) -> tuple[Quantity | None, list[Term]]:
    """What a check compared: the stated quantity, and each part with its own; None where there is none."""
    events = {e.id: e for e in document.events}
    what = "attacks" if check.field == "attack_count" else check.outcome
    event = events.get(check.event)
    figures = {c.span: c.quantity for c in event.casualties} if event else {}
    stated = figures.get(check.span) if check.span else _told(event, what)
    if check.stated is not None and (stated is None or stated.value != check.stated):
        stated = Quantity(check.stated)  # one of the event's figures
    own = [(p, figures.get(p) if isinstance(p, Span) else _told(events.get(p), what)) for p in check.parts]
    return stated, own


def _told(event: Event | None, what: str | None) -> Quantity | None:
    return measured(event, what) if event and what else None


def clear(quantity: Quantity) -> bool:
    return quantity.value is not None and quantity.relation not in UNCLEAR


def bounds(quantity: Quantity) -> tuple[float, float]:
    """The least and the most a clear quantity may be."""
    match quantity.relation:
        case "at_least":
            return quantity.value, float("inf")
        case "at_most":
            return 0, quantity.value
    return quantity.value, quantity.upper if quantity.upper is not None else quantity.value
