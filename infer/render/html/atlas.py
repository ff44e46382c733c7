"""The map of places: a point each, as large as the number killed there in one event, and its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, log10, radians, sqrt

from infer.render.html.outlines import View, shapes

WIDTH, HEIGHT = 720, 460  # units; a unit is about a pixel beside the text
SMALLEST, LARGEST = 6, 26  # radii of points
MARGIN = 0.14  # of the window, around the outermost points
LEAST_DEGREES = 5  # of latitude, so that one place is seen in its country
LETTER, LINE = 0.56, 1.15  # of a name, in sizes of its letters
SIZES = {"wide": 13, "narrow": 26}  # of letters in units; a narrow screen shows the map at half size
WORTH_A_NAME = 2500  # square units of a country


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to draw: `killed` is the largest number that one event tells; a `region` is no single point."""

    key: str
    name: str
    latitude: float
    longitude: float
    killed: int
    region: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    spot: Spot
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Name:
    """Words that stand at a point and cross no other's; `country` where they name one."""

    text: str
    x: float
    y: float
    anchor: str
    country: bool


@dataclass(frozen=True, slots=True)
class Map:
    """`names` by width of the screen; `most` is the number that the largest point stands for."""

    width: int
    height: int
    countries: tuple
    spots: tuple[Drawn, ...]
    names: dict[str, tuple[Name, ...]]
    most: int
    bar_km: int
    bar: float


def drawn(spots: Iterable[Spot]) -> Map | None:
    """The map of some places, zoomed to them; None where there are none."""
    spots = sorted(spots, key=lambda spot: -spot.killed)
    if not spots:
        return None
    view = window(spots)
    most = spots[0].killed
    points = tuple(_drawn(spot, view, most) for spot in spots)
    lands = tuple(shapes(view))
    names = {width: tuple(_names(points, lands, view, size)) for width, size in SIZES.items()}
    km = _bar_km(view)
    return Map(WIDTH, HEIGHT, lands, points, names, most, km, round(km * view.units_per_km, 1))


def _drawn(spot: Spot, view: View, most: int) -> Drawn:
    x, y = view.point(spot.longitude, spot.latitude)
    return Drawn(spot, round(x, 1), round(y, 1), _radius(spot.killed, most))


def window(spots: Sequence[Spot]) -> View:
    """The smallest view that holds all places, the shorter way round the globe."""
    south, north = (bound(s.latitude for s in spots) for bound in (min, max))
    west, span = _around([s.longitude for s in spots])
    latitude, room = (south + north) / 2, 1 - 2 * MARGIN
    shrink = max(cos(radians(latitude)), 0.05)
    degrees = max(LEAST_DEGREES, (north - south) / room, span * shrink / room * HEIGHT / WIDTH)
    return View((west + span / 2 + 180) % 360 - 180, latitude, HEIGHT / degrees, WIDTH, HEIGHT)


def _around(longitudes: Sequence[float]) -> tuple[float, float]:
    """(westernmost, degrees to the easternmost) such that the widest gap is left out."""
    ordered = sorted(set(longitudes))
    gaps = [(b - a, b) for a, b in zip(ordered, [*ordered[1:], ordered[0] + 360], strict=True)]
    gap, after = max(gaps)
    return after, 360 - gap


def _radius(killed: int, most: int) -> float:
    """Areas are as numbers; a point without a number is the smallest."""
    return round(SMALLEST + (LARGEST - SMALLEST) * sqrt(killed / most), 1) if most and killed else SMALLEST


def _bar_km(view: View) -> int:
    """The largest 1, 2 or 5 times a power of ten whose bar takes less than a fifth of the map."""
    room = WIDTH / 5 / view.units_per_km
    power = 10 ** int(log10(room))
    return next(n * power for n in (5, 2, 1) if n * power <= room)


Box = tuple[float, float, float, float]


def _names(points: Sequence[Drawn], lands: Iterable, view: View, size: float) -> Iterable[Name]:
    """Names of places, then of countries, each where it hides nothing that stands already."""
    taken: list[Box] = [(p.x - p.radius, p.y - p.radius, p.x + p.radius, p.y + p.radius) for p in points]
    tries = [(p.spot.name, list(_beside(p, size)), False) for p in points]
    for land in sorted(lands, key=lambda land: -land.area):
        if land.area > WORTH_A_NAME:
            tries.append((land.name.upper(), [(*land.middle, "middle")], True))
    for text, places, country in tries:
        for x, y, anchor in places:
            box = _box(text, x, y, anchor, size)
            if _free(box, taken, view):
                taken.append(box)
                yield Name(text, round(x, 1), round(y, 1), anchor, country)
                break


def _beside(point: Drawn, size: float) -> Iterable[tuple[float, float, str]]:
    """Right, left, under and over a point."""
    gap, middle = point.radius + size / 4, point.y + size / 3
    yield point.x + gap, middle, "start"
    yield point.x - gap, middle, "end"
    yield point.x, point.y + gap + size * 0.8, "middle"
    yield point.x, point.y - gap, "middle"


def _box(text: str, x: float, y: float, anchor: str, size: float) -> Box:
    width = len(text) * size * LETTER
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    return left, y - size * 0.85, left + width, y - size * 0.85 + size * LINE


def _free(box: Box, taken: Iterable[Box], view: View) -> bool:
    inside = view.holds(box[:2]) and view.holds(box[2:])
    return inside and not any(_meet(box, other) for other in taken)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
