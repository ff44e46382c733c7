"""Spans → events: drafts made, linked, completed and frozen, with their ids in text order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

from infer import actors, casualties
from infer.drafts import Draft, drafted, without_repeats
from infer.inheritance import inherit
from infer.lexicon import ATTACK_PLURALS, any_of
from infer.reading import Reading
from infer.schema import Actor, AttackCount, Event, Location, Period, Place, Quantity, Span

SEVERAL = any_of(ATTACK_PLURALS)
SPECIFIC = {"populated_place": 0, None: 0, "area": 1, "admin1": 2, "country": 3}


def events(reading: Reading) -> tuple[Event, ...]:
    """Events of a document, in text order, with ids e1, e2, …"""
    drafts = without_repeats(reading, drafted(reading))
    for draft in drafts:
        inherit(reading, drafts, draft)
    drafts.sort(key=lambda d: d.anchor)
    ids = {id(d): f"e{i}" for i, d in enumerate(drafts, 1)}
    return tuple(frozen(reading, d, ids) for d in drafts)


def frozen(reading: Reading, draft: Draft, ids: Mapping[int, str]) -> Event:
    acting = unique(draft.spans("actors"), reading.actor_key)
    inherited = {slot: not draft.own[slot] for slot in draft.own}
    sides = {actors.victims_class(p) for a in acting if (p := reading.party.get(a))} - {None}
    figures = [reading.casualty[f] for f in sorted(draft.figures)]
    figures = [
        replace(
            f,
            alternative_to=draft.alternatives.get(f.span),
            part_of=f.part_of if f.part_of in draft.figures else None,
        )
        for f in figures
    ]
    count = draft.counts[0] if draft.counts else None
    period = best_period(reading, draft)
    event = Event(
        id=ids[id(draft)],
        kind=kind(reading, draft, period),
        anchor=draft.anchor,
        part_of=ids.get(id(draft.total)) if draft.total else None,
        actors=tuple(Actor(a, (p := reading.party.get(a)) and p.name, inherited["actors"]) for a in acting),
        attack_count=AttackCount(count, reading.number[count]) if count else None,
        alternative_counts=tuple(AttackCount(c, reading.number[c], count) for c in draft.counts[1:]),
        casualties=casualties.settle(reading.text, figures, sides),
        locations=tuple(
            Location(p, reading.place.get(p, Place()), p not in draft.own["places"])
            for p in sorted(
                unique([*draft.own["places"], *draft.carried.get("places", ())], reading.place_key),
                key=lambda p: SPECIFIC[reading.place.get(p, Place()).kind],
            )
        ),
        period=Period(period, reading.interval[period], inherited["periods"]) if period else None,
    )
    return replace(event, confidence=confidence(event))


def unique(spans: Sequence[Span], key) -> list[Span]:
    return list({key(s): s for s in reversed(spans)}.values())[::-1]


def best_period(reading: Reading, draft: Draft) -> Span | None:
    """Of several stated periods the most precise; a written date beats a weekday, then the nearest."""

    def rank(span: Span):
        interval = reading.interval[span]
        days = (interval.end - interval.start).days if interval.start and interval.end else 10**6
        return (
            days,
            not any(c.isdigit() for c in span.text(reading.text)),
            abs(span.start - draft.anchor.start),
        )

    return min(draft.spans("periods"), key=rank, default=None)


def kind(reading: Reading, draft: Draft, period: Span | None) -> str:
    """`incident` for one attack; `aggregate` for a total over several."""
    if draft.counts:
        return "incident" if reading.number[draft.counts[0]] == Quantity(1) else "aggregate"
    if (
        period
        and reading.interval[period].granularity not in ("day", None)
        or SEVERAL.search(reading.words(draft.clause.sentence))
    ):
        return "aggregate"
    return "incident"


def confidence(event: Event) -> float | None:
    """Geometric mean of the confidences of the event's spans; None where a person marked them."""
    known = [s.span.confidence for s in event.slots() if s.span.confidence is not None]
    return round(exp(sum(log(max(c, 1e-6)) for c in known) / len(known)), 4) if known else None
