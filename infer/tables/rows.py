"""Rows of the place table from each source; infer.tables.build_places puts them together."""

import gettext
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pycountry

from infer.placenames import bare_key, key, skeleton
from infer.tables.divisions import Division, core, read_source

TABLES = Path(__file__).parent
ARABIC_LETTERS = frozenset({"ar", "fa", "ps", "ur", "so"})  # first languages of names also found by sound
# First languages whose speakers' towns are written in Latin letters, as reports write them too.
LATIN_LETTERS = frozenset(
    """az bs ca cs da de en es et fi fo fr hr ht hu id is it lt lu lv mg ms mt nb nl no pl pt ro rw sk sl sm
    sq sv sw tet tk to tr uz vi""".split()
)
SPELLED_OUT = 15_000  # people from which a town of such a country keeps its alternates
TRANSLATIONS = ("es", "fr", "pt")  # languages whose names of countries are taken
_BRACKETS = re.compile(r"\s*[\[(].*?[\])]")
_LATIN = re.compile(r"[\W\dA-Za-zÀ-ɏʻ-ʿḀ-ỿ]+")


@dataclass
class Row:
    """A place; `own` are keys of its own names, `others` of alternates, `sounds` (skeleton, spelling)."""

    name: str
    kind: str
    country: str | None
    admin1: str | None = None
    point: tuple[float, float] | None = None
    population: int = 0
    capital: bool = False
    is_region: bool = False
    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    sounds: set[tuple[str, str]] = field(default_factory=set)

    def name_it(self, names: list[str], arabic: bool) -> None:
        """Add names of its own; where Arabic letters are written, also without articles and by sound."""
        self.own |= {key(name) for name in names}
        if arabic:
            self.own |= {bare_key(name) for name in names}
            self.sounds |= sounds(names)


def sounds(names: list[str]) -> set[tuple[str, str]]:
    """The skeleton of each name, with the spelling that has it."""
    return {(skeleton(name), bare_key(name)) for name in names if skeleton(name)}


def first_language(country: dict) -> str:
    return country["languages"].split(",")[0].split("-")[0]


def writes_arabic(country: dict) -> bool:
    return first_language(country) in ARABIC_LETTERS


def town(city: dict, country: dict) -> Row:
    """A GeoNames place; of its alternates the names in Latin letters, not codes or letter-by-letter ones."""
    spellings = [
        name
        for name in city["alternatenames"]
        if len(name) > 2 and name[0].isupper() and not name.isupper() and _LATIN.fullmatch(name)
    ]
    row = Row(city["name"], "populated_place", city["countrycode"], population=city["population"])
    row.point = (city["latitude"], city["longitude"])
    row.name_it([city["name"]], writes_arabic(country))
    if first_language(country) not in LATIN_LETTERS or row.population >= SPELLED_OUT:
        row.others = {key(name) for name in spellings}
    if writes_arabic(country):
        row.others |= {bare_key(name) for name in spellings}
        row.sounds |= sounds(spellings)
    return row


def add_own_towns(towns: list[Row], countries: dict) -> None:
    """The lines of towns.tsv: more names for the town they name, else a town of their own."""
    lines = read_source("towns.tsv", TABLES)
    here = {line["admin1"][:2] for line in lines}
    by_name = defaultdict(list)
    for row in towns:
        if row.country in here:
            for name in row.own | row.others:
                by_name[row.country, name].append(row)
    for line in lines:
        names, country = [line["name"], *filter(None, line["aliases"].split("|"))], line["admin1"][:2]
        known = [
            row
            for name in names
            for row in by_name[country, key(name)]
            if row.admin1 in (None, line["admin1"])
        ]
        row = max(known, key=lambda row: row.population, default=None)
        if row is None:
            row = Row(line["name"], "populated_place", country)
            towns.append(row)
        row.admin1 = line["admin1"]
        row.name_it(names, writes_arabic(countries[country]))
        for name in row.own:
            by_name[country, name].append(row)


def mark_capitals(towns: list[Row], countries: dict) -> None:
    """Mark the most populous town of the name that GeoNames gives as its country's capital."""
    wanted = {code: key(row["capital"]) for code, row in countries.items()}
    for row in sorted(towns, key=lambda row: -row.population):
        if wanted.get(row.country) in row.own | row.others:
            row.capital = True
            del wanted[row.country]


def divisions(iso: dict[str, Division], towns: list[Row], countries: dict) -> list[Row]:
    """First-order divisions as `admin1`, lower ones and groupings as `area`."""
    inside = defaultdict(list)
    for row in towns:
        inside[row.admin1].append(row)
    result = []
    for division in iso.values():
        members = inside[division.code]
        kind = "admin1" if division.is_first_order else "area"
        code, point = division.first or division.code, division.point or middle(members)
        name = division.english or _BRACKETS.sub("", division.name)
        row = Row(name, kind, division.country, code, point)
        row.population = sum(member.population for member in members)
        arabic = division.is_first_order and writes_arabic(countries[division.country])
        row.name_it(sorted({division.name, *division.names}), arabic)
        share_names(row, {core(division.name), key(division.name)}, members)
        result.append(row)
    return result


def share_names(division: Row, iso_names: set[str], members: list[Row]) -> None:
    """Give a division the alternates of the town of its name.

    Where the town is not called as ISO calls the division ("Kharkivska oblast"), the name they share
    ("Kharkiv") is the town's first and no name of the division's own.
    """
    namesakes = [row for row in members if row.own & division.own]
    if namesakes:
        seat = max(namesakes, key=lambda row: row.population)
        if not iso_names & (seat.own | seat.others):
            division.own -= seat.own
        division.others = seat.own | seat.others


def middle(members: list[Row]) -> tuple[float, float] | None:
    """The median point of a division's towns, for a division without a point of its own."""
    points = [row.point for row in members if row.point]
    return (median(lat for lat, _ in points), median(lon for _, lon in points)) if points else None


def countries(geonames: dict) -> list[Row]:
    """ISO 3166-1's countries and Kosovo (XK), with their names in the languages of TRANSLATIONS."""
    points = {
        p["country"]: (float(p["latitude"]), float(p["longitude"])) for p in read_source("country_points.tsv")
    }
    aliases = {line["code"]: line["aliases"].split("|") for line in read_source("country_aliases.tsv")}
    translations = [gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [code]) for code in TRANSLATIONS]
    result = []
    for code, country in sorted(geonames.items()):
        iso = pycountry.countries.get(alpha_2=code)
        if iso is None and code != "XK":
            continue
        official = [
            getattr(iso, name) for name in ("name", "common_name", "official_name") if hasattr(iso, name)
        ]
        names = [country["name"], *official, *aliases.get(code, ())]
        names += [translation.gettext(name) for translation in translations for name in official[:2]]
        row = Row(
            country["name"].strip(), "country", code, point=points.get(code), population=country["population"]
        )
        row.name_it(names, arabic=False)
        result.append(row)
    return result


def regions() -> list[Row]:
    """The hand-written regions that have no ISO code of their own."""
    result = []
    for line in read_source("regions.tsv", TABLES):
        row = Row(line["name"], "area", line["country"] or None, line["admin1"] or None, is_region=True)
        if line["latitude"]:
            row.point = (float(line["latitude"]), float(line["longitude"]))
        row.name_it([line["name"], *filter(None, line["aliases"].split("|"))], arabic=True)
        result.append(row)
    return result
