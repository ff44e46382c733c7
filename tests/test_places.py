"""LOCATION spans → places, by a table of cases and by what holds for any text."""

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.places import resolve
from infer.schema import LABELS, PLACE_KINDS, Place, Span

with open(Path(__file__).parent / "cases" / "places.tsv", encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

NAMES = st.sampled_from(
    ["Aleppo", "Gao", "San Miguel", "Niger", "Syria", "the Sahel", "al-Hol camp", "north of Homs", "Zharkum"]
    + ["Deir Ezzor desert", "areas held by X", "Mali, Gao", "Homs-Hama road", "(Kobani)", "'s", "of", "the"]
    + ["between", "border between X", "X of Y of Z", "‘Adan", "أم درمان", "İdlib"]
)
GLUE = st.sampled_from(
    [" in ", ", ", " and ", " (", ")", ": ", "\n• ", " of the ", " provinces ", "\r\n", " 😀 ", ""]
)


def marked(text):
    """A text whose LOCATION spans stand in [brackets], without them, and the spans."""
    plain, spans = "", []
    for i, part in enumerate(re.split(r"[\[\]]", text.replace("\\n", "\n"))):
        if i % 2:
            spans.append(Span(len(plain), len(plain) + len(part), "LOCATION"))
        plain += part
    return plain, spans


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["form"])
def test_case(case):
    """Each form of a place in a report: country, division, kind and canonical name."""
    text, spans = marked(case["text"])
    place = next(p for s, p in resolve(text, spans).items() if s.text(text) == case["quote"])
    expected = {field: case[field] or None for field in ("country", "admin1", "kind", "name")}
    assert {field: getattr(place, field) for field in expected} == expected


def test_the_table_of_cases_has_many_distinct_forms():
    """Thirty forms at least, and no case twice."""
    assert len({case["form"] for case in CASES}) == len(CASES) >= 30


def test_a_part_of_a_place_has_no_point():
    """A desert of a division, a road or a camp is not where the division's point is."""
    text, spans = marked(
        "Syria: [Homs], [Homs desert], [east of Palmyra], [Palmyra], [the Homs-Palmyra road]"
    )
    has_point = [place.latitude is not None for place in resolve(text, spans).values()]
    assert has_point == [True, False, False, True, False]


def test_points_are_degrees():
    """The table's integers come back as degrees, north and east positive."""
    text, spans = marked("[Bamako], Mali; [Lima], Peru")
    bamako, lima = resolve(text, spans).values()
    assert (bamako.latitude, bamako.longitude) == pytest.approx((12.65, -8.0), abs=0.1)
    assert (lima.latitude, lima.longitude) == pytest.approx((-12.04, -77.03), abs=0.1)


def test_only_locations_get_places():
    """Spans of other labels are neither resolved nor evidence."""
    text = "Mali: Gao and Gao"
    spans = [Span(6, 9, "ACTOR"), Span(14, 17, "LOCATION")]
    assert list(resolve(text, spans)) == spans[1:]
    assert resolve(text, []) == {}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(GLUE, st.one_of(NAMES, st.text(min_size=1, max_size=12)), st.sampled_from(LABELS))))
def test_any_text_gives_sound_places_and_always_the_same(parts):
    """Never raises; every LOCATION gets a place; a division lies in its country; points lie on the globe."""
    text, spans = "", []
    for glue, name, label in parts:
        text += glue
        spans.append(Span(len(text), len(text) + len(name), label))
        text += name
    places = resolve(text, spans)
    assert set(places) == {s for s in spans if s.label == "LOCATION"}
    assert places == resolve(text, list(reversed(spans)))
    for place in places.values():
        assert isinstance(place, Place) and place.kind in (None, *PLACE_KINDS)
        assert place.admin1 is None or place.admin1.startswith(f"{place.country}-")
        assert (place.latitude is None) == (place.longitude is None)
        assert place.latitude is None or abs(place.latitude) <= 90 and abs(place.longitude) <= 180


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60), st.integers(0, 59), st.integers(1, 60))
def test_any_span_of_any_string(text, start, length):
    """A span that is white space, punctuation, half a word or past the text does not raise."""
    assert len(resolve(text, [Span(start, start + length, "LOCATION")])) == 1


@pytest.mark.parametrize(
    "words", ["A, " * 60, "(" * 150, "X of " * 40, "a-" * 90, "north of " * 20, "X" * 10**6]
)
def test_a_span_of_strange_length_or_nesting(words):
    """Nested phrases end; a span longer than any name of a place is no place."""
    (place,) = resolve(words, [Span(0, len(words), "LOCATION")]).values()
    assert place.country is None


def test_a_megabyte_on_one_line():
    """The text around the spans may be of any size."""
    text = "Aleppo, " + "x " * 500_000 + "Homs"
    spans = [Span(0, 6, "LOCATION"), Span(len(text) - 4, len(text), "LOCATION")]
    assert {place.country for place in resolve(text, spans).values()} == {"SY"}


def test_two_hundred_spans_take_little_time():
    """A long report is no burden: well under two seconds on a slow machine."""
    text, spans = marked(
        " ".join(f"[{name}] and" for name in ["Aleppo", "Gao", "Zharkum village", "Bunia"] * 50)
    )
    start = time.process_time()
    resolve(text, spans)
    assert time.process_time() - start < 2
