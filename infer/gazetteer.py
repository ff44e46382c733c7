"""Look-ups in the place table, infer/tables/gazetteer.sqlite, read in place: nothing is loaded at start."""

import sqlite3
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path

from infer.placenames import bare_key, key, skeleton
from infer.schema import PLACE_KINDS, InputError

TABLE = Path(__file__).parent / "tables" / "gazetteer.sqlite"
_SCALE = 10_000
_ALIKE = 0.75  # share of letters that two spellings of one skeleton must have in common
_COLUMNS = "p.id, p.name, p.kind, p.code, p.latitude, p.longitude, p.population, p.capital"


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the table under a name that was looked up.

    `kind`, `country`, `admin1`, `latitude`, `longitude` as in infer.schema.Place, `admin1` of a grouping of
    divisions its own code; `population` in people, 0
    where unknown, of a division the sum of its places; `own`: the name looked up is its own, not one of its
    many alternates; `region`: of regions.tsv, and what its names mean first; `spelled`: found as spelled,
    not by its consonants.
    """

    id: int
    name: str
    kind: str
    country: str | None
    admin1: str | None
    latitude: float | None
    longitude: float | None
    population: int
    capital: bool
    own: bool
    region: bool
    spelled: bool


def named(name: str) -> list[Entry]:
    """Every place of that name, whatever its case, accents, hyphens and articles, in the table's order."""
    keys = tuple(dict.fromkeys(k for k in (key(name), bare_key(name)) if k))
    return list(_named(keys)) if keys else []


def sounding(name: str) -> list[Entry]:
    """Places of countries that write Arabic letters, of the same consonants and much the same spelling."""
    bones = skeleton(name)
    return list(_sounding(bones, bare_key(name))) if bones else []


@cache
def neighbours(country: str) -> frozenset[str]:
    """ISO codes of the countries that share a land border with one."""
    rows = _connection().execute("SELECT neighbour FROM neighbour WHERE country = ?", (country,))
    return frozenset(code for (code,) in rows)


@cache
def name_of(code: str) -> str | None:
    """The name of the country or first-order division of an ISO code."""
    kinds = [PLACE_KINDS.index(kind) for kind in ("country", "admin1")]
    row = _connection().execute("SELECT name FROM place WHERE code = ? AND kind IN (?, ?)", (code, *kinds))
    return next((name for (name,) in row), None)


@cache
def is_grouping(code: str) -> bool:
    """Whether a code is of a grouping of first-order divisions, as the regions of the Philippines are."""
    kind = PLACE_KINDS.index("admin1")
    query = "SELECT count(*) FROM place WHERE code = ? AND kind = ?"
    return not _connection().execute(query, (code, kind)).fetchone()[0]


@cache
def _connection() -> sqlite3.Connection:
    if not TABLE.is_file():
        raise InputError(
            f"{TABLE} is missing; it comes with the package; python -m infer.tables.build_places"
        )
    where = f"{TABLE.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(where, uri=True, check_same_thread=False)


@lru_cache(maxsize=4096)
def _named(keys: tuple[str, ...]) -> tuple[Entry, ...]:
    marks = ", ".join("?" * len(keys))
    query = f"""SELECT {_COLUMNS}, max(n.own) FROM name n JOIN place p ON p.id = n.place
                WHERE n.key IN ({marks}) GROUP BY p.id ORDER BY p.id"""
    return tuple(_entry(*row) for row in _connection().execute(query, keys))


@lru_cache(maxsize=4096)
def _sounding(bones: str, spelling: str) -> tuple[Entry, ...]:
    query = f"""SELECT {_COLUMNS}, 0, s.spelling FROM skeleton s JOIN place p ON p.id = s.place
                WHERE s.key = ? ORDER BY p.id"""
    rows = _connection().execute(query, (bones,))
    alike = (row[:-1] for row in rows if SequenceMatcher(None, row[-1], spelling, False).ratio() >= _ALIKE)
    return tuple(_entry(*row, spelled=False) for row in dict.fromkeys(alike))


def _entry(number, name, kind, code, latitude, longitude, population, capital, own, spelled=True) -> Entry:
    country = code[:2] if code else None
    admin1 = code if code and len(code) > 2 else None
    point = (None, None) if latitude is None else (latitude / _SCALE, longitude / _SCALE)
    flags = (bool(capital), own > 0, own > 1, spelled)
    return Entry(number, name, PLACE_KINDS[kind], country, admin1, *point, population, *flags)
