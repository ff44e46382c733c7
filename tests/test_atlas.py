"""The map: places lie in their countries, all are in the window, and no name hides another."""

import json
from itertools import accumulate
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import parties
from infer.render.html import atlas, outlines
from infer.render.html.atlas import HEIGHT, SIZES, WIDTH, Spot
from infer.tables import build_outlines
from infer.tables.divisions import read_source

CAPITALS = {
    "Niger": (13.51, 2.11), "Syria": (33.51, 36.29), "Iraq": (33.32, 44.37), "Mali": (12.64, -8.0),
    "France": (48.86, 2.35), "Russia": (55.76, 37.62), "Colombia": (4.71, -74.07), "Somalia": (2.05, 45.32),
    "Afghanistan": (34.53, 69.17), "Ukraine": (50.45, 30.52), "Chad": (12.13, 15.06),
}  # fmt: skip
SHARED = 1e-6  # units


def inside(ring, x: float, y: float) -> bool:
    """Whether a point lies in a ring: the edges that a line to the east crosses are odd in number."""
    crossed = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        crossed += (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax)
    return crossed % 2 == 1


def lands(x: float, y: float) -> list[str]:
    return [name for name, rings in outlines.countries() if any(inside(ring, x, y) for ring in rings)]


@pytest.mark.parametrize("name, place", CAPITALS.items())
def test_a_capital_lies_in_the_outline_of_its_country(name, place):
    assert lands(place[1], place[0]) == [name]


def test_the_table_s_codes_are_those_of_its_points():
    """Each country's own label point, another table of the project, lies in the outline of that code."""
    codes = {code: name for code, name, _ in parties.rows("outlines.tsv") if code}
    points = read_source("country_points.tsv")
    found = {row["country"]: lands(float(row["longitude"]), float(row["latitude"])) for row in points}
    assert len(codes) > 170 and set(codes) <= set(found) | {"FR", "NO"}
    assert all(codes[code] in found[code] for code in codes if code in found)


def test_outlines_are_built_from_geojson(tmp_path):
    square = [[[10.004, 5.0], [10.25, 5.0], [10.25, 5.1], [10.25, 5.1], [10.004, 5.0]]]
    shapes = [
        ({"ISO_A2": "XB", "NAME": "B"}, {"type": "MultiPolygon", "coordinates": [square, square]}),
        ({"iso_a2": "-99", "name": "France"}, {"type": "Polygon", "coordinates": square}),
    ]
    features = [{"type": "Feature", "properties": p, "geometry": g} for p, g in shapes]
    (tmp_path / "in.json").write_text(json.dumps({"features": features}))
    build_outlines.build(tmp_path / "in.json", tmp_path / "out.tsv")
    ring = "1000,500,25,0,0,10,-25,-10"
    assert (tmp_path / "out.tsv").read_text().splitlines()[1:] == [
        "country\tname\toutline", f"FR\tFrance\t{ring}", f"XB\tB\t{ring} {ring}",
    ]  # fmt: skip


def test_a_rebuild_gives_the_table(tmp_path):
    """Natural Earth's file is in no package: what the table says is written in its form, and built anew."""
    features = []
    for code, name, outline in parties.rows("outlines.tsv"):
        steps = [[int(number) for number in ring.split(",")] for ring in outline.split()]
        rings = [list(zip(accumulate(s[::2]), accumulate(s[1::2]), strict=True)) for s in steps]
        polygons = [[[[x / 100 + 0.004, y / 100 - 0.004] for x, y in ring]] for ring in rings]
        known = code if code not in ("FR", "NO") else ""  # those that the source has no code of
        shape = {"type": "MultiPolygon", "coordinates": polygons}
        about = {"ISO_A2": known or "-99", "NAME": name}
        features.append({"type": "Feature", "properties": about, "geometry": shape})
    features.reverse()
    (tmp_path / "in.json").write_text(json.dumps({"features": features}), encoding="utf-8")
    build_outlines.build(tmp_path / "in.json", tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_bytes() == build_outlines.TABLE.read_bytes()


corners = st.tuples(st.floats(-500, 1500), st.floats(-500, 1500))


def area(ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


@settings(deadline=None)
@given(st.lists(corners, min_size=3, max_size=3), st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT)))
def test_what_is_cut_off_lies_outside_the_window(triangle, point):
    view = outlines.View(0, 0, 50, WIDTH, HEIGHT)
    cut = outlines.clipped(triangle, view, 0)
    assert all(-SHARED <= x <= WIDTH + SHARED and -SHARED <= y <= HEIGHT + SHARED for x, y in cut)
    if not near_an_edge(triangle, point):
        assert inside(triangle, *point) == (len(cut) > 2 and inside(cut, *point))


def near_an_edge(ring, point) -> bool:
    """Where rounding decides on which side a point lies."""
    x, y = point
    if min(x, y, WIDTH - x, HEIGHT - y) < SHARED:
        return True
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return area(ring) < 1 or any(area([a, b, point]) < 1 for a, b in pairs)


def test_a_country_that_fills_the_window_is_the_window():
    view = outlines.View(0, 0, 50, WIDTH, HEIGHT)
    country = [(-900, -900), (2000, -900), (2000, 2000), (-900, 2000)]
    assert isclose(area(outlines.clipped(country, view, 0)), WIDTH * HEIGHT)


spots = st.builds(
    Spot,
    st.just("p1"),
    st.sampled_from(["Téra", "Deir ez-Zor", "x" * 60, "ليبيا"]),
    st.floats(-60, 75),
    st.floats(-180, 180),
    st.integers(0, 5000),
    st.booleans(),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(spots, min_size=1, max_size=12))
def test_all_places_are_in_the_window_and_no_name_hides_another(spots):
    drawn = atlas.drawn(spots)
    assert all(0 <= at.x <= WIDTH and 0 <= at.y <= HEIGHT for at in drawn.spots)
    assert sorted(at.spot.name for at in drawn.spots) == sorted(s.name for s in spots)
    for width, names in drawn.names.items():
        boxes = [atlas._box(n.text, n.x, n.y, n.anchor, SIZES[width]) for n in names]
        for n, a in enumerate(boxes):
            assert a[0] >= -1 and a[2] <= WIDTH + 1 and a[1] >= -1 and a[3] <= HEIGHT + 1
            for b in boxes[n + 1 :]:
                assert a[2] <= b[0] + 0.2 or b[2] <= a[0] + 0.2 or a[3] <= b[1] + 0.2 or b[3] <= a[1] + 0.2


def test_areas_of_points_are_as_the_numbers_killed():
    many, few, none = atlas.drawn([spot("a", 0, killed=400), spot("b", 5, killed=100), spot("c", 9)]).spots
    grown = [at.radius - atlas.SMALLEST for at in (many, few)]
    assert isclose(grown[0], 2 * grown[1]) and none.radius == atlas.SMALLEST


def test_two_places_on_both_sides_of_the_date_line_are_near_each_other():
    drawn = atlas.drawn([spot("Fiji", 178, -17), spot("Samoa", -172, -14)])
    fiji, samoa = sorted(drawn.spots, key=lambda at: at.spot.name)
    assert 0 < samoa.x - fiji.x < WIDTH and drawn.bar_km <= 1000


def test_a_single_place_is_seen_in_its_country():
    names = {n.text for n in atlas.drawn([spot("Téra", 0.75, 14.0)]).names["wide"]}
    assert {"Téra", "BURKINA FASO", "NIGER"} <= names


def test_no_place_is_no_map():
    assert atlas.drawn([]) is None


def spot(name: str, longitude: float, latitude: float = 14.0, killed: int = 0) -> Spot:
    return Spot(name, name, latitude, longitude, killed, False)
