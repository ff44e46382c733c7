"""Build-time join of three sources' ideas of a country's first-order divisions.

ISO 3166-2 (pycountry) gives codes and names, Natural Earth a point for many of them, GeoNames a code of
its own on every populated place. They are joined by name within the country, hand-written names
(sources/division_aliases.tsv) included; what cannot be joined beyond doubt stays unjoined and is reported.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pycountry
from rapidfuzz import fuzz, process

from infer.placenames import key, without_articles, words

SOURCES = Path(__file__).parent / "sources"

# Countries whose upper ISO level groups divisions for maps or planning and governs nothing;
# in Iraq that holds for the Kurdistan Region alone, whose three governorates are first-order.
GROUPED_COUNTRIES = frozenset("CV DO GQ GW ID IE KN MH PH UG".split())
GROUPINGS = frozenset({"IQ-KR"})

_GENERIC = frozenset(
    """
    and autonomous autonomnyy avtonomna avtonomnaya avtonomnyy capital city commune comunidad constitutional
    county da de del department departamento departement di distretto distrikt district distrito do du
    federal federalnyy governorate gradska grad iqlim judet kommune kraj kray krai la le metropolitan
    mintaqat muhafazah municipality municipio municipiu municipalidad national oblast oblysy obwod of
    okrug oraşul ostan parish prefecture provinca province provincia provincie provinsi qarku rajon
    region regiao regione republic respublika republika rayon sheng shi special state territory the town
    union voblasc voblasts zizhiqu zupanija ville
    """.split()
)
_KIND_AFTER = re.compile(r"\s+(?:State|Province|Governorate|Region|Oblast|Department|District|County)$")
_COMMON = re.compile(
    r"(?:(?:North|South|East|West|Centr)(?:ern|al|re)?|Capital|Federal|Littoral|Coast|Lakes|Plateau|Rivers"
    r"|Red Sea)(?:[ -](?:North|South|East|West)(?:ern)?)?"
)
_SURE = 88  # rapidfuzz ratio from which two spellings of a division within one country are one name


@dataclass
class Division:
    """An ISO 3166-2 division; `first`: the first-order one that it is or lies in, None for a grouping.

    `english`: its usual name in English, where known.
    """

    code: str
    country: str
    name: str
    first: str | None
    names: set[str] = field(default_factory=set)
    point: tuple[float, float] | None = None
    english: str = ""

    @property
    def is_first_order(self) -> bool:
        return self.first == self.code


def core(name: str) -> str:
    """A division's name without the kind of division: "Diyala Province" and "Diyālá" are "diyala"."""
    parts = words(re.sub(r"[\[(].*?[\])]", " ", name)) or words(name)
    return "".join(without_articles([part for part in parts if part not in _GENERIC] or parts))


def usual(name: str) -> str:
    """A name as reports write it, without the kind of division, unless only a common word would be left."""
    bare = _KIND_AFTER.sub("", name)
    return name if _COMMON.fullmatch(bare) else bare


def read_source(name: str, folder: Path = SOURCES) -> list[dict[str, str]]:
    """Rows of a tab-separated file by its header; lines that start with # are remarks."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def iso_divisions() -> dict[str, Division]:
    """Every ISO 3166-2 division by code, with its hand-written and inverted names ("X, Republic")."""
    divisions = {}
    for row in sorted(pycountry.subdivisions, key=lambda row: row.code):
        name = re.sub(r"\s*[†*]+$", "", row.name).strip()
        divisions[row.code] = Division(row.code, row.country_code, name, _first_order(row), _name_forms(name))
    for row in read_source("division_aliases.tsv"):
        divisions[row["code"]].names.update(filter(None, row["aliases"].split("|")))
        divisions[row["code"]].english = row["english"] or ""
    return divisions


def _name_forms(name: str) -> set[str]:
    bare = re.sub(r"\s*[\[(].*?[\])]", "", name).strip()
    inside = (part for part in re.findall(r"\(([^)]*)\)", name) if not _GENERIC.issuperset(words(part)))
    return {bare, bare.partition(",")[0], *inside} - {""}


def _first_order(row) -> str | None:
    if row.parent_code is None:
        grouping = row.code in GROUPINGS or (row.country_code in GROUPED_COUNTRIES and _has_parts(row))
        return None if grouping else row.code
    return _first_order(pycountry.subdivisions.get(code=row.parent_code)) or row.code


def _has_parts(row) -> bool:
    return any(
        part.parent_code == row.code for part in pycountry.subdivisions.get(country_code=row.country_code)
    )


def place_natural_earth(divisions: dict[str, Division]) -> list[str]:
    """Give divisions the point and the name of the Natural Earth row that is surely theirs.

    Returns the rows left over, "YE Raymah", for the build's report.
    """
    candidates = _by_country(divisions)
    unmatched = []
    for row in read_source("admin1_points.tsv"):
        division = _match(row["name"], candidates[row["country"]])
        if division is None:
            unmatched.append(f"{row['country']} {row['name']}")
        elif division.point is None:
            division.point = (float(row["latitude"]), float(row["longitude"]))
            division.names |= _name_forms(row["name"])
    return unmatched


def _match(name: str, candidates: list[Division]) -> Division | None:
    """The one division of that name: as spelled, else by equal cores, else by a sure and unrivalled spelling.

    At each step first-order divisions win; two that fit equally are no match.
    """
    forms = _name_forms(name)
    for normal in (key, core):
        wanted = {normal(form) for form in forms}
        fits = [d for d in candidates if wanted & {normal(form) for form in d.names}]
        best = [d for d in fits if d.is_first_order] or fits
        if best:
            return best[0] if len(best) == 1 else None
    spellings = {(d.code, form): core(form) for d in candidates for form in d.names}
    near = {
        code
        for form in forms
        for _, _, (code, _) in process.extract(core(form), spellings, scorer=fuzz.ratio, score_cutoff=_SURE)
    }
    return next(d for d in candidates if d.code in near) if len(near) == 1 else None


def join_geonames(divisions: dict[str, Division]) -> tuple[dict[tuple[str, str], str], list[str]]:
    """(country, GeoNames code) → ISO code of the first-order division of that name; and what is left over.

    A joined division also takes GeoNames' name, which is mostly the English one.
    """
    joined, unmatched = {}, []
    candidates = _by_country(divisions)
    for row in read_source("geonames_admin1.tsv"):
        division = _match(row["name"], candidates[row["country"]])
        if division is None or division.first is None:
            unmatched.append(f"{row['country']} {row['name']}")
            continue
        joined[row["country"], row["geonames"]] = division.first
        if division.is_first_order:
            division.names.add(row["name"])
            division.english = division.english or usual(row["name"])
    return joined, unmatched


def _by_country(divisions: dict[str, Division]) -> dict[str, list[Division]]:
    by_country = defaultdict(list)
    for division in divisions.values():
        by_country[division.country].append(division)
    return by_country
