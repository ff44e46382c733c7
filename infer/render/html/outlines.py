"""Outlines of countries on a flat map of a part of the world, from infer/tables/outlines.tsv."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from math import cos, radians

from infer import parties

SCALE = 100  # of the table's numbers: hundredths of a degree
KM_PER_DEGREE = 111.32  # of latitude
FINEST = 0.4  # units of the map; points nearer to the last one are left out

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True, slots=True)
class View:
    """A window of width × height units around a centre in degrees, true to distances at its middle."""

    longitude: float
    latitude: float
    per_degree: float  # units, of latitude
    width: float
    height: float

    def point(self, longitude: float, latitude: float) -> Point:
        """Where a place lies, in units from the upper left; the shorter way round the globe."""
        east = (longitude - self.longitude + 180) % 360 - 180
        return self._flat(east, latitude)

    def ring(self, ring: Ring) -> Ring:
        """A ring in units; never torn apart at the globe's back, so some lie outside."""
        shift = round((self.longitude - sum(x for x, _ in ring) / len(ring)) / 360) * 360
        return [self._flat(x + shift - self.longitude, y) for x, y in ring]

    def holds(self, point: Point) -> bool:
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height

    def _flat(self, east: float, latitude: float) -> Point:
        x = self.width / 2 + east * self.per_degree * cos(radians(self.latitude))
        return x, self.height / 2 - (latitude - self.latitude) * self.per_degree

    @property
    def units_per_km(self) -> float:
        return self.per_degree / KM_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Shape:
    """What a view shows of a country: an SVG path, and the middle and the size of its largest piece."""

    name: str
    path: str
    middle: Point
    area: float


def shapes(view: View) -> Iterator[Shape]:
    """The countries that lie in a view, cut off a little outside its edges."""
    for name, rings in countries():
        pieces = [piece for ring in rings if len(piece := clipped(view.ring(ring), view)) > 2]
        if pieces:
            largest = max(pieces, key=lambda piece: abs(_area(piece)))
            yield Shape(name, "".join(map(_path, pieces)), _middle(largest), abs(_area(largest)))


@cache
def countries() -> tuple[tuple[str, list[Ring]], ...]:
    """Every country of the table: its name and the rings of its outline in degrees."""
    rows = parties.rows("outlines.tsv")
    return tuple((name, [_ring(numbers) for numbers in outline.split()]) for _, name, outline in rows)


def _ring(numbers: str) -> Ring:
    steps = [int(number) for number in numbers.split(",")]
    xs, ys = accumulate(steps[::2]), accumulate(steps[1::2])
    return [(x / SCALE, y / SCALE) for x, y in zip(xs, ys, strict=True)]


def clipped(ring: Ring, view: View, margin: float = 8) -> Ring:
    """The part of a ring inside the view and a margin, cut at one edge after the other."""
    for axis, edge, sign in (
        (0, -margin, 1),
        (0, view.width + margin, -1),
        (1, -margin, 1),
        (1, view.height + margin, -1),
    ):
        ring = list(_cut(ring, axis, edge, sign))
    return ring


def _cut(ring: Ring, axis: int, edge: float, sign: int) -> Iterator[Point]:
    for before, point in pairwise([*ring[-1:], *ring]):
        inside, was_inside = ((p[axis] - edge) * sign >= 0 for p in (point, before))
        if inside != was_inside:
            part = (edge - before[axis]) / (point[axis] - before[axis])
            yield tuple(b + part * (p - b) for b, p in zip(before, point, strict=True))
        if inside:
            yield point


def _path(ring: Ring) -> str:
    kept = ring[:1]
    for point in ring[1:]:
        if max(abs(a - b) for a, b in zip(point, kept[-1], strict=True)) >= FINEST:
            kept.append(point)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"


def _crosses(ring: Ring) -> Sequence[tuple[Point, Point, float]]:
    return [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise([*ring[-1:], *ring])]


def _area(ring: Ring) -> float:
    return sum(cross for _, _, cross in _crosses(ring)) / 2


def _middle(ring: Ring) -> Point:
    """The centre of gravity, or the middle of the box where the ring has no area."""
    if abs(area := _area(ring)) < 1:
        return tuple((min(values) + max(values)) / 2 for values in zip(*ring, strict=True))
    crosses = _crosses(ring)
    return tuple(sum((a[i] + b[i]) * cross for a, b, cross in crosses) / (6 * area) for i in (0, 1))
