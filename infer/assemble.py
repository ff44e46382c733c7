"""Spans → events: drafts made, linked, completed and frozen, with their ids in text order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

from infer import actors, siblings, victims
from infer.drafts import Draft, drafted, without_repeats
from infer.inheritance import inherit
from infer.lexicon import ATTACK_PLURALS, any_of
from infer.reading import Reading
from infer.schema import Actor, AttackCount, Casualty, Event, Location, Period, Place, Quantity, Span

SEVERAL = any_of(ATTACK_PLURALS)
# "the period", "the same month": they point at a date, and a date that is written beside them is better.
POINTER = re.compile(r"(?:the|this|that)?\s*(?:same\s+)?(?:period|day|week|month|quarter|year)", re.I)
NEAR = 60  # characters around a figure in which words tell that it sums several attacks
SPECIFIC = {"populated_place": 0, None: 0, "area": 1, "admin1": 2, "country": 3}


def events(reading: Reading) -> tuple[Event, ...]:
    """Events of a document, in text order, with ids e1, e2, …"""
    drafts = without_repeats(reading, drafted(reading))
    for draft in drafts:
        inherit(reading, drafts, draft)
    drafts.sort(key=lambda d: d.anchor)
    ids = {id(d): f"e{i}" for i, d in enumerate(drafts, 1)}
    wholes = {id(d.total) for d in drafts if d.total}
    return tuple(frozen(reading, d, ids, id(d) in wholes) for d in drafts)


def frozen(reading: Reading, draft: Draft, ids: Mapping[int, str], whole: bool) -> Event:
    """The event of a draft; `whole` where others are parts of it."""
    acting = unique(draft.spans("actors"), reading.actor_key)
    party = {a: reading.party.get(a) for a in acting}
    sides = {actors.victims_class(p) for p in party.values() if p} - {None}
    count = draft.counts[0] if draft.counts else None
    period = best_period(reading, draft)
    event = Event(
        id=ids[id(draft)],
        kind=kind(reading, draft, whole),
        anchor=draft.anchor,
        part_of=ids.get(id(draft.total)) if draft.total else None,
        actors=tuple(Actor(a, party[a] and party[a].name, not draft.own["actors"]) for a in acting),
        attack_count=AttackCount(count, reading.number[count]) if count else None,
        casualties=victims.settle(reading.text, figures(reading, draft), sides),
        locations=locations(reading, draft),
        period=Period(period, reading.interval[period], not draft.own["periods"]) if period else None,
    )
    return replace(event, confidence=confidence(event))


def figures(reading: Reading, draft: Draft) -> list[Casualty]:
    """The draft's figures; components whose total is elsewhere, and totals whose parts are, stand alone."""
    inside = set(draft.figures)
    found = [reading.casualty[f] for f in sorted(inside)]
    totals = {f.part_of for f in found if f.part_of in inside}
    return [
        replace(
            f,
            components=f.components if f.span in totals else None,
            part_of=f.part_of if f.part_of in inside else None,
            alternative_to=draft.alternatives.get(f.span),
        )
        for f in found
    ]


def locations(reading: Reading, draft: Draft) -> tuple[Location, ...]:
    """The draft's places, the most specific first."""
    stated = unique([*draft.own["places"], *draft.carried.get("places", ())], reading.place_key)
    known = [(p, reading.place.get(p, Place())) for p in stated]
    known.sort(key=lambda pair: SPECIFIC[pair[1].kind])
    return tuple(Location(p, place, p not in draft.own["places"]) for p, place in known)


def unique(spans: Sequence[Span], key) -> list[Span]:
    return list({key(s): s for s in reversed(spans)}.values())[::-1]


def best_period(reading: Reading, draft: Draft) -> Span | None:
    """Of several stated periods the most precise; a written date beats a weekday, then the nearest."""

    def rank(span: Span):
        interval = reading.interval[span]
        days = (interval.end - interval.start).days if interval.start and interval.end else 10**6
        quote = span.text(reading.text)
        return (
            bool(POINTER.fullmatch(quote)),
            days,
            not any(c.isdigit() for c in quote),
            abs(span.start - draft.anchor.start),
        )

    return min(draft.spans("periods"), key=rank, default=None)


def kind(reading: Reading, draft: Draft, whole: bool = False) -> str:
    """`incident` for one attack; `aggregate` for a total over several, or over more than a day."""
    if draft.counts:
        return "incident" if reading.number[draft.counts[0]] == Quantity(1) else "aggregate"
    if whole or draft.total and not draft.total.counts and siblings.bare(reading, draft):
        return "aggregate"  # a toll with parts, and a line of figures under it
    own = [reading.interval[p].granularity for p in draft.own["periods"]]
    long = bool(own) and "day" not in own
    sentence = reading.layout.sentences[draft.clause.sentence]
    near = max(sentence.start, draft.anchor.start - NEAR), min(sentence.end, draft.anchor.end + NEAR)
    return "aggregate" if long or SEVERAL.search(reading.text, *near) else "incident"


def confidence(event: Event) -> float | None:
    """Geometric mean of the confidences of the event's spans; None where a person marked them."""
    known = [s.span.confidence for s in event.slots() if s.span.confidence is not None]
    return round(exp(sum(log(max(c, 1e-6)) for c in known) / len(known)), 4) if known else None
