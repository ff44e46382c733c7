"""How quantities, casualties, periods, places and checks are put for people: shared by table and CSV."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date

from infer.grouping import added
from infer.schema import AttackCount, Casualty, Check, Document, Event, Interval, Location, Quantity, Span
from infer.totals import Term, clear, terms

Piece = tuple[str, AttackCount | Casualty | None]  # some words, and the slot that they are the value of

SIGNS = {"exact": "", "about": "~", "at_least": "≥", "at_most": "≤", "vague": ""}

PEOPLE = {  # one of them, and several
    "civilian": ("civilian", "civilians"),
    "security_forces": ("security forces member", "security forces"),
    "armed_group": ("armed group member", "armed group members"),
}

AMONG = "those told apart among them"
VERDICTS = ("differs", "cannot_tell", "agrees")  # worst first


def one_line(text: str) -> str:
    """Words of a report as one line: white space as single spaces, control characters left out."""
    return " ".join(
        "".join(c for c in word if c.isprintable() or c in "\u200c\u200d") for word in text.split()
    )


def quote(document: Document, slot) -> str:
    return one_line(slot.span.text(document.text))


def number(quantity: Quantity) -> str:
    """ "17", "≥14", "~155", "15–20"; empty where there is no value."""
    if quantity.value is None:
        return ""
    upper = "" if quantity.upper is None else f"–{quantity.upper}"
    return f"{SIGNS[quantity.relation]}{quantity.value}{upper}"


def count(document: Document, slot) -> str:
    """The number of an attack count or casualty, or its words where it has no value ("dozens")."""
    return number(slot.quantity) or quote(document, slot)


def attacks(document: Document, event: Event) -> str:
    """The attack count, and other sources' after it."""
    return joined(attack_pieces(document, event))


def attack_pieces(document: Document, event: Event) -> Iterator[Piece]:
    if event.attack_count:
        yield count(document, event.attack_count), event.attack_count
    yield from _elsewhere(document, event.alternative_counts, bool(event.attack_count))


def joined(pieces: Iterator[Piece]) -> str:
    return "".join(said for said, _ in pieces)


def counting(event: Event, outcome: str) -> list[Casualty]:
    """The casualties of an outcome that may be added up: no components, no alternatives."""
    return [c for c in event.casualties if c.outcome == outcome and c.counts]


def casualties(document: Document, event: Event, outcome: str) -> str:
    """All that an event says of one outcome: "8 = 1 civilian + 7 security forces (other source: 30)"."""
    return joined(casualty_pieces(document, event, outcome))


def casualty_pieces(document: Document, event: Event, outcome: str) -> Iterator[Piece]:
    figures = counting(event, outcome)
    if total := number(added([f.quantity for f in figures])) if len(figures) > 1 else "":
        yield f"{total}: ", None
    for place, figure in enumerate(figures):
        if place:
            yield " + ", None
        yield from _with_components(document, event.casualties, figure)
    others = [c for c in event.casualties if c.outcome == outcome and c.alternative_to]
    yield from _elsewhere(document, others, bool(figures))


def _elsewhere(document: Document, alternatives: Sequence, after: bool) -> Iterator[Piece]:
    """What other sources say; `after` a figure that they are told beside."""
    for place, other in enumerate(alternatives):
        yield " " * bool(place or after) + "(other source: ", None
        yield count(document, other), other
        yield ")", None


def _with_components(document: Document, among: Sequence[Casualty], figure: Casualty) -> Iterator[Piece]:
    said = count(document, figure)
    if figure.quantity.value is not None and figure.victims in PEOPLE:
        one, several = PEOPLE[figure.victims]
        said += f" {one if said == '1' else several}"
    yield said, figure
    parts = [c for c in among if c.part_of == figure.span]
    rest = [c for c in among if c.part_of != figure.span]
    subset = figure.components == "subset"
    for place, part in enumerate(parts):
        yield (", " if subset else " + ") if place else (" (incl. " if subset else " = "), None
        yield from _with_components(document, rest, part)
    if subset and parts:
        yield ")", None


def period(interval: Interval) -> str:
    """The calendar day, month, year or range of an interval; empty where both sides are unknown."""
    start, end = interval.start, interval.end
    if not start or not end:
        return f"since {start}" if start else f"until {end}" if end else ""
    if start == end:
        return start.isoformat()
    if (start, end) == (date(start.year, 1, 1), date(start.year, 12, 31)):
        return start.isoformat()[:4]
    last = calendar.monthrange(start.year, start.month)[1]
    if (start, end) == (start.replace(day=1), start.replace(day=last)):
        return start.isoformat()[:7]
    return f"{start} – {end}"


def place(document: Document, location: Location) -> str:
    """The place in the report's words, with the most precise code known."""
    code = location.place.admin1 or location.place.country
    return quote(document, location) + (f" ({code})" if code else "")


def worst(checks: Sequence[Check]) -> str | None:
    """The worst status of some checks, None where there are none."""
    return min((c.status for c in checks), key=VERDICTS.index, default=None)


def check(document: Document, verdict: Check) -> str:
    """One line: what was stated, its parts by name, their sum, and the verdict, or why there is none."""
    stated, parts = terms(document, verdict)
    total = stated and number(stated) or "no number"
    people = verdict.outcome if verdict.outcome not in (None, "unspecified") else "casualties"
    told = f"{total} {'attacks' if verdict.field == 'attack_count' else people} stated"
    if verdict.span:
        told += f" (“{words(document, verdict.span)}”)"
    elif len(figures := _summed(document, verdict)) > 1:
        told += f" ({' + '.join(figures)})"
    names = ", ".join(part_name(document, part) for part, _ in parts)
    quantities = [q for _, q in parts if q]
    total = added(quantities) if len(quantities) == len(parts) else Quantity(verdict.sum_of_parts)
    reached = "have no sum" if verdict.sum_of_parts is None else f"add up to {number(total)}"
    if kind_of_parts(document, verdict) == AMONG and verdict.status == "agrees":
        reached += ", which is not more"
    why = f" ({reason(document, stated, parts)})" if verdict.status == "cannot_tell" else ""
    status = verdict.status.replace("_", " ")
    return f"{verdict.event}: {told}, {kind_of_parts(document, verdict)} ({names}) {reached}: {status}{why}"


def _summed(document: Document, verdict: Check) -> list[str]:
    """The figures whose sum stands for the total of an event; the report itself may not state it."""
    events = (e for e in document.events if e.id == verdict.event and verdict.field == "casualties")
    return [number(c.quantity) for e in events for c in counting(e, verdict.outcome)]


def kind_of_parts(document: Document, verdict: Check) -> str:
    if not verdict.span:
        return "its parts"
    figures = (c for e in document.events for c in e.casualties)
    subset = any(c.span == verdict.span and c.components == "subset" for c in figures)
    return AMONG if subset else "its components"


def part_name(document: Document, part: str | Span) -> str:
    return f"“{words(document, part)}”" if isinstance(part, Span) else part


def words(document: Document, span: Span) -> str:
    return one_line(span.text(document.text))


def reason(document: Document, stated: Quantity | None, parts: Sequence[Term]) -> str:
    """Why a total and its parts cannot be compared."""
    if stated is None or not clear(stated):
        return "what is stated is no exact number"
    if unclear := [part_name(document, p) for p, q in parts if q and not clear(q)]:
        return f"no exact number in {', '.join(unclear)}"
    if silent := [part_name(document, p) for p, q in parts if not q]:
        return f"none given for {', '.join(silent)}"
    return "not all parts may be told"
