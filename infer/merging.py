"""One incident told several times in a report is one event.

A narrative comes back to its incident: the lead, the story, the quotation, the background. By the rule of
the guidelines (same actor, place and period = same event; a figure said again repeats the first) the
later telling is united with the first one. Two tellings are the same incident where

- they name the same person under the same fate: nobody is killed twice, or
- they give the same number of the same people, and what else they state agrees, the later pointing back
  ("the three nuns", "the attack injured a nurse") or sharing its place or day with the first.

Parts of a total and items of one list are never united: there equal numbers mean different incidents.
What the later telling adds is carried over; the first figure stays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from infer.assemble import SPECIFIC
from infer.blocks import Layout
from infer.lexicon import ATTACK_NOUNS, phrases
from infer.schema import Casualty, Event, Interval, Location, Place, Span
from infer.victims import CLASSES

LARGE = 10  # a number that is hardly met twice by chance
SHORT = 3  # words of a figure that two incidents may well share ("two Iraqi soldiers")
NEAR = 2  # blocks between two tellings of which the later only points back
LISTED = ("bullet", "row")
NAME_WORD = re.compile(r"[^\W\d_]{3,}")
ARTICLE = re.compile(r"\s*(?:an?|the|one|two|both|his|her|its|their|our|another|some|any|several|of)\b", re.I)
ARTICLES = frozenset("the one his her its their our another some any several two both".split())
TITLES = frozenset(
    "col colonel gen general maj major capt captain lieutenant sergeant corporal brigadier doctor father "
    "bishop archbishop reverend sister senator president minister former leader candidate mayor judge "
    "commander chief deputy comrade mrs and the priest director governor magistrate attorney professor "
    "engineer businessman".split()
)
POINTS = re.compile(r"\b(?:the|these|those|both|all)\s+(?:same\s+)?$|^(?:the|these|those|both)\b", re.I)
THE_DEED = re.compile(
    rf"\b(?:the|this|that)\s+(?:\w+\s+){{0,2}}(?:{phrases(ATTACK_NOUNS)}|murders?|killings?|crimes?|ambush)\b",
    re.I,
)


def merged(text: str, events: Sequence[Event], found: Layout) -> tuple[Event, ...]:
    """The events, later tellings united with the first one, with ids e1, e2, … in text order."""
    tellings = Tellings(text, found)
    events = tuple(map(tellings.once, events))
    while len(fewer := merged_once(tellings, events)) < len(events):
        events = fewer  # what was united may be the same as another now
    return fewer


def merged_once(tellings: "Tellings", events: Sequence[Event]) -> tuple[Event, ...]:
    """The events, each united with the first of those before it that it tells again."""
    kept: list[Event] = []
    traits: list[Traits] = []
    same: dict[str, str] = {}
    for event in events:
        own = tellings.traits(event)
        likely = (i for i, before in enumerate(traits) if before.may_be(own))
        first = next((i for i in likely if tellings.again(kept[i], event)), None)
        if first is None:
            kept.append(event)
            traits.append(own)
            continue
        same[event.id] = kept[first].id
        kept[first] = tellings.once(tellings.united(kept[first], event))
        traits[first] = tellings.traits(kept[first])
    ids = {e.id: f"e{n}" for n, e in enumerate(kept, 1)}
    ids |= {later: ids[first] for later, first in same.items()}
    return tuple(replace(e, id=ids[e.id], part_of=e.part_of and ids[e.part_of]) for e in kept)


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an event tells at once that most others are not the same; a long report has thousands.

    `block` of the text, whether it `repeats` at all, whether a person in it is `named`, the `largest` of its
    figures, which of them are `described` at length, and its `period` where it states one.
    """

    kind: str
    block: int
    repeats: bool
    named: bool
    largest: int
    described: frozenset[tuple[str, ...]]
    period: Interval | None

    def may_be(self, later: "Traits") -> bool:
        """False only where `Tellings.again` would say so after a closer look."""
        if not (self.repeats and later.repeats):
            return False
        if self.named and later.named:
            return True
        dated = self.period and later.period
        if self.kind != later.kind or dated and not overlap(self.period, later.period):
            return False
        near = later.block - self.block <= NEAR
        return bool(dated) or near or later.largest >= LARGE or bool(self.described & later.described)


class Tellings:
    """What two tellings of a text have in common."""

    def __init__(self, text: str, found: Layout):
        self.text = text
        self.layout = found

    def traits(self, event: Event) -> Traits:
        return Traits(
            event.kind,
            self.block(event),
            not event.part_of and may_repeat(event),
            any(map(self.name, event.casualties)),
            max((c.quantity.value or 0 for c in event.casualties), default=0),
            frozenset(filter(None, map(self.description, event.casualties))),
            event.period.interval if stated(event) else None,
        )

    def once(self, event: Event) -> Event:
        """The event without what it says of several people twice ("two children" in lead and story).

        In one sentence equal words are told of others; so they are of the parts of several attacks.
        """
        said: dict[tuple, Span] = {}
        same: dict[Span, Span] = {}
        for figure in event.casualties if may_repeat(event) else ():
            words, value = figure.span.text(self.text), figure.quantity.value or 0
            above = same.get(figure.part_of, figure.part_of)
            other = same.get(figure.alternative_to, figure.alternative_to)
            telling = content(words), value, figure.outcome, above, other
            first = said.setdefault(telling, figure.span)
            apart = self.layout.sentence_of(first) != self.layout.sentence_of(figure.span)
            if apart and len(words.split()) > 1 and value > 1 and figure.span != event.anchor:
                same[figure.span] = first
        if not same:
            return event
        parts = {same[f.span]: f.components for f in event.casualties if f.span in same and f.components}
        once = redirected(event.casualties, same)
        kept = (replace(f, components=f.components or parts.get(f.span)) for f in once)
        return replace(event, casualties=tuple(kept))

    def again(self, first: Event, later: Event) -> bool:
        """Whether the later event tells the first one again."""
        if first.part_of or later.part_of or not may_repeat(first) or not may_repeat(later):
            return False
        if self.listed(first) and self.listed(later):
            return False
        pairs = list(self.pairs(first, later))
        covered = {a.span for a, _ in pairs}, {b.span for _, b in pairs}
        if not pairs or not any(
            {c.span for c in event.casualties if c.counts} <= told
            for event, told in zip((first, later), covered, strict=True)
        ):
            return False
        if rivals(first, later, pairs):
            return False
        if any(self.names_agree(a, b) for a, b in pairs):
            return True
        return first.kind == later.kind and self.agree(first, later) and self.telling(first, later, pairs)

    def listed(self, event: Event) -> bool:
        return self.layout.blocks[self.block(event)].kind in LISTED

    def block(self, event: Event) -> int:
        return self.layout.sentences[self.layout.sentence_of(event.anchor)].block

    def pairs(self, first: Event, later: Event) -> Iterator[tuple[Casualty, Casualty]]:
        """Figures of the two that may be of the same people; each is paired once, a group with all in it."""
        free = list(first.casualties)
        for b in later.casualties:
            rules = (self.names_agree, self.described, self.same_figure)
            found = (a for rule in rules for a in free if compatible(a.outcome, b.outcome) and rule(a, b))
            a = next(found, None)
            group = [a] if a else self.members(free, b)
            for a in group:
                free.remove(a)
                yield a, b

    def members(self, free: Sequence[Casualty], group: Casualty) -> list[Casualty]:
        """The people told one by one that a later number sums up ("the three nuns")."""
        single = [a for a in free if a.quantity.value == 1 and compatible(a.outcome, group.outcome)]
        summed = self.points_back(group) and 1 < len(single) == group.quantity.value
        return single if summed else []

    def same_figure(self, a: Casualty, b: Casualty) -> bool:
        if a.quantity.value is None or a.quantity != b.quantity or self.name(a) and self.name(b):
            return False
        return compatible(a.victims, b.victims)

    def described(self, a: Casualty, b: Casualty) -> bool:
        """Whether one says more of the other ("a Swiss", "the Swiss Anna Meier"), or the same at length."""
        one, other = (content(x.span.text(self.text)) for x in (a, b))
        if {a.quantity.value, b.quantity.value} != {1} or not one or not other:
            return False
        return one < other or other < one or one == other and len(one) > 1

    def names_agree(self, a: Casualty, b: Casualty) -> bool:
        one, other = self.name(a), self.name(b)
        return bool(one and other) and (one <= other or other <= one)

    def name(self, figure: Casualty) -> frozenset[str]:
        """The words of a person's name, without titles; empty where the span is none."""
        words = figure.span.text(self.text)
        described = ARTICLE.match(words) or any(p.search(words) for p in CLASSES.values())
        if figure.quantity.value != 1 or described and not words.istitle():
            return frozenset()
        found = (w.casefold() for w in NAME_WORD.findall(words))
        return frozenset(w for w in found if w not in TITLES)

    def agree(self, first: Event, later: Event) -> bool:
        """Whether neither place nor period, where both state one, differs."""
        one, other = own(first.locations), own(later.locations)
        if one and other and not any(self.same_place(a, b) for a in one for b in other):
            return False
        return not (stated(first) and stated(later)) or overlap(first.period.interval, later.period.interval)

    def same_place(self, a: Location, b: Location) -> bool:
        one, other = (set(re.findall(r"\w+", x.span.text(self.text).casefold())) for x in (a, b))
        if one <= other or other <= one or a.place.name and a.place.name == b.place.name:
            return True
        return within(a.place, b.place) or within(b.place, a.place)

    def telling(self, first: Event, later: Event, pairs) -> bool:
        """Whether equal numbers are no coincidence: large, pointing back, or of one place and day."""
        if any((b.quantity.value or 0) >= LARGE for _, b in pairs):
            return True
        near = self.block(later) - self.block(first) <= NEAR
        if near and any(self.points_back(b) for _, b in pairs):
            return True
        sentence = self.layout.sentences[self.layout.sentence_of(later.anchor)]
        if near and THE_DEED.search(self.text, sentence.start, sentence.end):
            return True
        if near and any(self.described(a, b) for a, b in pairs):
            return True
        if any(self.description(a) == self.description(b) != () for a, b in pairs):
            return self.shares(first, later)
        several = sum(b.quantity.value or 0 for _, b in pairs) > 1
        return several and self.shares(first, later) and stated(first) and stated(later)

    def description(self, figure: Casualty) -> tuple[str, ...]:
        """The words of a figure that tell of several people at some length; () of all others."""
        words = tuple(figure.span.text(self.text).casefold().split())
        return words if len(words) > SHORT and (figure.quantity.value or 0) > 1 else ()

    def points_back(self, figure: Casualty) -> bool:
        start, end = figure.span.start, figure.span.end
        return bool(
            POINTS.search(self.text[max(0, start - 12) : start]) or POINTS.match(self.text[start:end])
        )

    def shares(self, first: Event, later: Event) -> bool:
        """Whether the two state the same place, each in its own words, and no two parties."""
        one, other = ({a.name for a in own(e.actors) if a.name} for e in (first, later))
        if one and other and not one & other:
            return False
        return any(self.same_place(a, b) for a in own(first.locations) for b in own(later.locations))

    def united(self, first: Event, later: Event) -> Event:
        """The first telling with what the later one adds."""
        return replace(
            first,
            actors=slots(first.actors, later.actors, self.party_key),
            casualties=self.figures(first, later),
            locations=tuple(
                sorted(
                    slots(first.locations, later.locations, self.place_key),
                    key=lambda x: SPECIFIC[x.place.kind],
                )
            ),
            period=best_period(first, later),
        )

    def figures(self, first: Event, later: Event) -> tuple[Casualty, ...]:
        """The figures of both; one said again stands once, with the parts that either telling gives it."""
        same = {b.span: a.span for a, b in self.pairs(first, later)}
        again = {a.span: b for a, b in self.pairs(first, later)}
        kept = [
            replace(c, components=c.components or again[c.span].components) if c.span in again else c
            for c in first.casualties
        ]
        return (*kept, *redirected(later.casualties, same))

    def party_key(self, actor) -> str:
        return actor.name or actor.span.text(self.text).casefold()

    def place_key(self, location: Location) -> str:
        return location.place.name or location.span.text(self.text).casefold()


def slots(first: Sequence, later: Sequence, key) -> tuple:
    """The slots of two tellings; what was only carried to one gives way to what the other states."""
    told = own(first)
    known = set(map(key, told))
    new = [replace(s, inherited=True) for s in own(later) if key(s) not in known]
    return (*told, *new) or tuple(first or later)


def redirected(figures: Sequence[Casualty], same: Mapping[Span, Span]) -> Iterator[Casualty]:
    """The figures that repeat none; what hung on one that does hangs on the one said first."""
    for figure in figures:
        if figure.span not in same:
            total, other = figure.part_of, figure.alternative_to
            yield replace(figure, part_of=same.get(total, total), alternative_to=same.get(other, other))


def may_repeat(event: Event) -> bool:
    """Whether an event is of people, and of one attack as far as it counts any."""
    counted = event.attack_count
    return bool(event.casualties) and (counted is None or counted.quantity.value == 1)


def compatible(one: str, other: str) -> bool:
    return one == other or "unspecified" in (one, other)


def rivals(first: Event, later: Event, pairs) -> bool:
    """Whether both give a number of one fate that the other contradicts."""
    told = {s.span for pair in pairs for s in pair}
    left = [{c.outcome for c in e.casualties if c.counts and c.span not in told} for e in (first, later)]
    return bool(left[0] & left[1])


def content(words: str) -> frozenset[str]:
    """The words that say who somebody is, without articles."""
    return frozenset(w.casefold() for w in NAME_WORD.findall(words)) - ARTICLES


def own(slots: Sequence) -> list:
    return [s for s in slots if not s.inherited]


def stated(event: Event) -> bool:
    period = event.period
    return bool(period and not period.inherited and period.interval.start and period.interval.end)


def overlap(one: Interval, other: Interval) -> bool:
    return one.start <= other.end and other.start <= one.end


def within(inner: Place, outer: Place) -> bool:
    """Whether the outer place is the country or division that the inner one lies in."""
    if outer.kind == "country":
        return outer.country is not None and inner.country == outer.country
    return outer.kind == "admin1" and outer.admin1 is not None and inner.admin1 == outer.admin1


def best_period(first: Event, later: Event):
    """The stated one of two periods, the shorter of two stated ones."""
    if stated(later) and not stated(first):
        return replace(later.period, inherited=True)
    if stated(later) and length(later) < length(first):
        return replace(later.period, inherited=True)
    return first.period or later.period


def length(event: Event) -> int:
    interval = event.period.interval
    return (interval.end - interval.start).days
