"""The one type that travels: a report with its spans and events, gold or predicted.

Frozen dataclasses, standard library only. Offsets are half-open code points into the text
exactly as it was read, so that `text[span.start:span.end]` is always what the span quotes.
Every value of an event keeps the span it was read from: evidence never parts from value.
The contract that `infer.render.record` prints is `infer/event-record.schema.json`.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

LABELS = ("ACTOR", "ATTACK_COUNT", "CASUALTY", "LOCATION", "PERIOD")
FIGURES = ("ATTACK_COUNT", "CASUALTY")  # the labels of counts
OUTCOMES = ("killed", "wounded", "captured", "missing", "unspecified")
VICTIMS = ("civilian", "security_forces", "armed_group", "mixed", "unspecified")
COMPONENTS = ("partition", "subset")
KINDS = ("incident", "aggregate")
RELATIONS = ("exact", "about", "at_least", "at_most", "vague")
PLACE_KINDS = ("country", "admin1", "populated_place", "area")
GRANULARITIES = ("day", "week", "month", "quarter", "year", "range")
REPORT_DATE_SOURCES = ("caller", "data", "text")
CHECK_FIELDS = ("attack_count", "casualties")
CHECK_STATUSES = ("agrees", "differs", "cannot_tell")


class InputError(Exception):
    """Bad input: one line that says what was seen, what is allowed and what to type."""


def not_installed(module: str, extra: str = "dev") -> str:
    """What to type where more is needed than inference runs on; `extra` is one of pyproject.toml's."""
    return f'{module} is not installed; type: python -m pip install -e ".[{extra}]"'


def one_of(name: str, value: object, allowed: tuple) -> None:
    """Raise ValueError unless `value` is in `allowed`; names the field, the value and the choices."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; allowed: {', '.join(map(str, allowed))}")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled stretch of the text, [start, end) in code points.

    `label` is any non-empty string (the trainer fits other label sets too); `confidence` is a
    probability, or None for a span that a person marked. Spans sort by where they stand.
    """

    start: int
    end: int
    label: str
    confidence: float | None = field(default=None, compare=False)

    def __post_init__(self):
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty or negative; needs 0 <= start < end")
        if not self.label:
            raise ValueError(f"span [{self.start}, {self.end}) has no label")

    def text(self, of: str) -> str:
        return of[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: `value`, `upper` (end of a range, else None) and how exactly it was put.

    "at least 14" is 14 with `at_least`; "15 to 20" is 15 with upper 20; "dozens" has no value
    and is `vague`.
    """

    value: int | None = None
    upper: int | None = None
    relation: str = "exact"

    def __post_init__(self):
        one_of("relation", self.relation, RELATIONS)


@dataclass(frozen=True, slots=True)
class Interval:
    """Inclusive days; either end may be None (half open, or unknown)."""

    start: date | None = None
    end: date | None = None
    granularity: str | None = None

    def __post_init__(self):
        one_of("granularity", self.granularity, (None, *GRANULARITIES))
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"interval starts on {self.start}, after its end {self.end}")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place; None is unknown, never a guess.

    `country` is ISO 3166-1 alpha-2, `admin1` ISO 3166-2, the point in degrees (WGS 84).
    """

    name: str | None = None
    kind: str | None = None
    country: str | None = None
    admin1: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self):
        one_of("place kind", self.kind, (None, *PLACE_KINDS))


@dataclass(frozen=True, slots=True)
class AttackCount:
    span: Span
    quantity: Quantity
    alternative_to: Span | None = None


@dataclass(frozen=True, slots=True)
class Casualty:
    """People killed, wounded, captured or missing, and how the figure relates to its neighbours.

    `components` says how the parts of this total relate to it; `part_of` is the total this is
    a part of; `alternative_to` the figure another source gives for the same people.
    """

    span: Span
    quantity: Quantity
    outcome: str = "unspecified"
    victims: str = "unspecified"
    components: str | None = None
    part_of: Span | None = None
    alternative_to: Span | None = None

    def __post_init__(self):
        one_of("outcome", self.outcome, OUTCOMES)
        one_of("victims", self.victims, VICTIMS)
        one_of("components", self.components, (None, *COMPONENTS))

    @property
    def counts(self) -> bool:
        """Whether it may be added up with the others of its event."""
        return self.part_of is None and self.alternative_to is None


@dataclass(frozen=True, slots=True)
class Actor:
    span: Span
    name: str | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    span: Span
    place: Place = Place()
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    span: Span
    interval: Interval = Interval()
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the spreadsheet: one actor side, one list of places, one period, their numbers.

    `anchor` is the span of its attack count, else of its first casualty. `part_of` is the id of
    the event that this one breaks down. `alternative_counts` are other sources' attack counts.
    """

    id: str
    kind: str
    anchor: Span
    part_of: str | None = None
    actors: tuple[Actor, ...] = ()
    attack_count: AttackCount | None = None
    alternative_counts: tuple[AttackCount, ...] = ()
    casualties: tuple[Casualty, ...] = ()
    locations: tuple[Location, ...] = ()
    period: Period | None = None
    confidence: float | None = None

    def __post_init__(self):
        one_of("kind", self.kind, KINDS)

    def slots(self):
        """Every slot of the event that carries a span, in the record's order."""
        counts = (self.attack_count, *self.alternative_counts)
        yield from (s for s in (*self.actors, *counts, *self.casualties, *self.locations, self.period) if s)

    @property
    def evidence(self) -> tuple[int, int]:
        """[start, end) of the text that states this event: the hull of its own, not inherited, slots."""
        own = [s.span for s in self.slots() if not getattr(s, "inherited", False)] or [self.anchor]
        return min(s.start for s in own), max(s.end for s in own)


@dataclass(frozen=True, slots=True)
class Check:
    """A stated total against the sum of its parts.

    `event` is an event id; `span` the casualty total that was checked, None for sums over events;
    `outcome` None for attack counts; `parts` are event ids, or spans for a total's components.
    `sum_of_parts` is None where a part has no value.
    """

    event: str
    field: str
    outcome: str | None
    stated: int | None
    sum_of_parts: int | None
    parts: tuple[str | Span, ...]
    status: str
    span: Span | None = None

    def __post_init__(self):
        one_of("check field", self.field, CHECK_FIELDS)
        one_of("status", self.status, CHECK_STATUSES)


@dataclass(frozen=True, slots=True)
class Document:
    """A report. Spans are sorted and never overlap; every span of an event is among them.

    `report_date_source` is one of REPORT_DATE_SOURCES or None; `extra` holds what the input
    carried beside the text (other CSV columns), passed through untouched.
    """

    id: str
    text: str
    report_date: date | None = None
    report_date_source: str | None = None
    encoding: str = "utf-8"
    spans: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()
    checks: tuple[Check, ...] = ()
    extra: dict = field(default_factory=dict)

    def __post_init__(self):
        one_of("report_date_source", self.report_date_source, (None, *REPORT_DATE_SOURCES))
        object.__setattr__(self, "spans", tuple(sorted(self.spans)))
        for a, b in pairwise(self.spans):
            if a.overlaps(b):
                raise ValueError(f"{self.id}: spans overlap: {self.quote(a)} and {self.quote(b)}")
        if self.spans and self.spans[-1].end > len(self.text):
            raise ValueError(
                f"{self.id}: span {self.quote(self.spans[-1])} ends past the text, {len(self.text)} long"
            )
        known = set(self.spans)
        for event in self.events:
            for slot in event.slots():
                if slot.span not in known:
                    raise ValueError(
                        f"{self.id}: event {event.id} uses {self.quote(slot.span)}, which the document lacks"
                    )

    def quote(self, span: Span) -> str:
        """How an error names a span: its label, offsets and words."""
        return f"{span.label} [{span.start}, {span.end}) {span.text(self.text)!r}"
