"""Any two versions of one report, for tests of what compares them: few words, often the same values."""

from datetime import date

from hypothesis import strategies as st

from infer.schema import (
    LABELS,
    OUTCOMES,
    VICTIMS,
    Actor,
    AttackCount,
    Casualty,
    Document,
    Event,
    Interval,
    Location,
    Period,
    Quantity,
    Span,
)

TEXT = "al-Noor the Noor Hama Hama's plain Dera Dera 12 12 men nine ten men in May of June and July "
JUNE = Interval(date(2023, 6, 1), date(2023, 6, 30), "month")


def word_spans(text: str = TEXT) -> list[tuple[int, int]]:
    found, start = [], 0
    for word in text.split(" "):
        if word:
            found.append((start, start + len(word)))
        start += len(word) + 1
    return found


WORDS = word_spans()
MARKED = tuple(Span(start, end, "ANY") for start, end in WORDS)

# --- strategies: few values, so that fillers often agree ---

values = st.builds(Quantity, st.sampled_from([1, 2]), st.none(), st.sampled_from(["exact", "about"]))
intervals = st.sampled_from([JUNE, Interval(date(2023, 5, 1), date(2023, 5, 31)), Interval()])


@st.composite
def spans(draw, labels=LABELS) -> tuple[Span, ...]:
    """Labelled spans of one to three words, without overlap, in text order."""
    found, at = [], 0
    while at < len(WORDS):
        size = draw(st.integers(1, 3))
        if draw(st.booleans()):
            end = WORDS[min(at + size, len(WORDS)) - 1][1]
            found.append(Span(WORDS[at][0], end, draw(st.sampled_from(labels))))
        at += size
    return tuple(found)


@st.composite
def versions(draw) -> Document:
    """A document whose events all have a number, their anchors all different."""
    anchors = draw(st.lists(st.sampled_from(MARKED[4:9]), max_size=4, unique=True))
    one = st.sampled_from(MARKED[:4])
    events = []
    for number, anchor in enumerate(anchors, 1):
        places = draw(st.lists(one, max_size=3, unique=True))
        figures = tuple(
            Casualty(
                place,
                draw(values),
                draw(st.sampled_from(OUTCOMES[:2])),
                draw(st.sampled_from(VICTIMS[:2])),
                part_of=draw(st.none() | st.sampled_from(places)),
            )
            for place in places
        )
        events.append(
            Event(
                f"e{number}",
                "aggregate",
                anchor,
                draw(st.none() | st.integers(1, len(anchors)).map("e{}".format)),
                tuple(draw(st.lists(st.builds(Actor, one, st.sampled_from([None, "Noor"])), max_size=2))),
                AttackCount(anchor, draw(values)),
                (),
                figures,
                tuple(draw(st.lists(st.builds(Location, one), max_size=2))),
                draw(st.none() | st.builds(Period, one, intervals)),
            )
        )
    return Document("d", TEXT, spans=MARKED, events=tuple(events))
