"""Documents to render in tests: one made by hand, and a strategy for any that the schema allows."""

from datetime import date

from hypothesis import strategies as st

from infer import schema
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Check,
    Document,
    Event,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)

TEXT = (
    "In June 2023 Red Column cells carried out at least 17 operations in Homs desert. They left eight dead: "
    "a civilian and seven soldiers.\r\n"
    "• Homs: 12 operations, 5 killed; the army spoke of 30.\r\n"
    "• Rural Hama: 5 operations, dozens wounded 🚑."
)


def span(words: str, label: str, nth: int = 0, confidence: float | None = 0.9) -> Span:
    """The span of the nth occurrence of the words in TEXT."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words), label, confidence)


def sample() -> Document:
    """A total of 17 operations, its breakdown by place, components, an alternative and inherited slots."""
    june, column = span("June 2023", "PERIOD"), span("Red Column cells", "ACTOR")
    desert, homs = span("Homs desert", "LOCATION"), span("Homs", "LOCATION", 1)
    hama = span("Rural Hama", "LOCATION")
    total = span("at least 17 operations", "ATTACK_COUNT")
    twelve, five = span("12 operations", "ATTACK_COUNT"), span("5 operations", "ATTACK_COUNT")
    eight, civilian, soldiers = (span(w, "CASUALTY") for w in ("eight dead", "a civilian", "seven soldiers"))
    killed, other, wounded = span("5 killed", "CASUALTY"), span("30", "CASUALTY"), span("dozens", "CASUALTY")
    interval = Interval(date(2023, 6, 1), date(2023, 6, 30), "month")
    events = (
        Event(
            "e1",
            "aggregate",
            total,
            None,
            (Actor(column, "Red Column"),),
            AttackCount(total, Quantity(17, None, "at_least")),
            (),
            (
                Casualty(eight, Quantity(8), "killed", "mixed", "partition"),
                Casualty(civilian, Quantity(1), "killed", "civilian", None, eight),
                Casualty(soldiers, Quantity(7), "killed", "security_forces", None, eight),
            ),
            (Location(desert, Place("Homs desert", "area", "SY", None, None, None)),),
            Period(june, interval),
            0.87654321,
        ),
        Event(
            "e2",
            "aggregate",
            twelve,
            "e1",
            (Actor(column, "Red Column", True),),
            AttackCount(twelve, Quantity(12)),
            (),
            (
                Casualty(killed, Quantity(5), "killed"),
                Casualty(other, Quantity(30), "killed", alternative_to=killed),
            ),
            (Location(homs, Place("Ḩimş", "admin1", "SY", "SY-HI", 34.5, -38.25)),),
            Period(june, interval, True),
            0.8,
        ),
        Event(
            "e3",
            "aggregate",
            five,
            "e1",
            (Actor(column, "Red Column", True),),
            AttackCount(five, Quantity(5)),
            (),
            (Casualty(wounded, Quantity(None, None, "vague"), "wounded", "civilian"),),
            (Location(hama),),
            Period(june, interval, True),
            0.7,
        ),
    )
    checks = (
        Check("e1", "attack_count", None, 17, 17, ("e2", "e3"), "agrees"),
        Check("e1", "casualties", "killed", 8, 5, ("e2",), "differs"),
        Check("e1", "casualties", "killed", 8, 8, (civilian, soldiers), "agrees", eight),
    )
    spans = {s.span for e in events for s in e.slots()}
    return Document(
        "bulletin.txt",
        TEXT,
        date(2023, 7, 2),
        "caller",
        "utf-8",
        tuple(spans),
        events,
        checks,
        {"source": "=cmd()", "lat": "-12.5"},
    )


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
names = st.none() | st.sampled_from(["Red Column", "Ḩimş", "العربية", '"quoted", =cmd', "line\nbreak"])
days = st.none() | st.dates()
probabilities = st.none() | st.integers(0, 10_000).map(lambda n: n / 10_000)
quantities = st.builds(
    Quantity,
    st.none() | st.integers(0, 10**9),
    st.none() | st.integers(0, 10**9),
    st.sampled_from(schema.RELATIONS),
)
places = st.builds(
    Place,
    names,
    st.sampled_from([None, *schema.PLACE_KINDS]),
    st.sampled_from([None, "SY"]),
    st.sampled_from([None, "SY-DY"]),
    st.none() | st.floats(-90, 90),
    st.none() | st.floats(-180, 180),
)


@st.composite
def intervals(draw) -> Interval:
    start, end = draw(days), draw(days)
    if start and end and start > end:
        start, end = end, start
    return Interval(start, end, draw(st.sampled_from([None, *schema.GRANULARITIES])))


@st.composite
def casualties(draw, spans: list[Span]) -> Casualty:
    return Casualty(
        draw(st.sampled_from(spans)),
        draw(quantities),
        draw(st.sampled_from(schema.OUTCOMES)),
        draw(st.sampled_from(schema.VICTIMS)),
        draw(st.sampled_from([None, *schema.COMPONENTS])),
        draw(st.none() | st.sampled_from(spans)),
        draw(st.none() | st.sampled_from(spans)),
    )


@st.composite
def events(draw, spans: list[Span], number: int) -> Event:
    one = st.sampled_from(spans)
    alternative = st.none() | one
    counts = st.builds(AttackCount, one, quantities, alternative)
    count = draw(st.none() | counts)
    figures = draw(st.lists(casualties(spans), min_size=0 if count else 1, max_size=4))
    return Event(
        f"e{number}",
        draw(st.sampled_from(schema.KINDS)),
        (count or figures[0]).span,
        f"e{draw(st.integers(1, number - 1))}" if number > 1 and draw(st.booleans()) else None,
        tuple(draw(st.lists(st.builds(Actor, one, names, st.booleans()), max_size=2))),
        count,
        tuple(draw(st.lists(counts, max_size=1))),
        tuple(figures),
        tuple(draw(st.lists(st.builds(Location, one, places, st.booleans()), max_size=2))),
        draw(st.none() | st.builds(Period, one, intervals(), st.booleans())),
        draw(probabilities),
    )


@st.composite
def documents(draw) -> Document:
    """Any document: nasty texts, spans that tile parts of them, events, checks and extra columns."""
    pieces = draw(st.lists(words, max_size=8))
    text, spans = "", []
    for piece in pieces:
        if draw(st.booleans()):
            spans.append(
                Span(
                    len(text),
                    len(text) + len(piece),
                    draw(st.sampled_from(schema.LABELS)),
                    draw(probabilities),
                )
            )
        text += piece
    made = [draw(events(spans, n + 1)) for n in range(draw(st.integers(0, 3)))] if spans else []
    return Document(
        draw(words),
        text,
        draw(days),
        draw(st.sampled_from([None, *schema.REPORT_DATE_SOURCES])),
        draw(st.sampled_from(["utf-8", "cp1256"])),
        tuple(spans),
        tuple(made),
        tuple(draw(st.lists(checks(spans, made), max_size=2))) if made else (),
        draw(st.dictionaries(words, st.none() | st.booleans() | st.integers() | words, max_size=2)),
    )


@st.composite
def checks(draw, spans: list[Span], made: list[Event]) -> Check:
    ids = st.sampled_from([e.id for e in made])
    count = st.none() | st.integers(0, 10**9)
    span = draw(st.none() | st.sampled_from(spans))
    parts = draw(st.lists(st.sampled_from(spans) if span else ids, max_size=3))
    outcome = draw(st.none() | st.sampled_from(schema.OUTCOMES))
    return Check(
        draw(ids),
        draw(st.sampled_from(schema.CHECK_FIELDS)),
        outcome,
        draw(count),
        draw(count),
        tuple(parts),
        draw(st.sampled_from(schema.CHECK_STATUSES)),
        span,
    )
