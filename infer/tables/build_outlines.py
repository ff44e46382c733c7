"""Builds outlines.tsv: `python -m infer.tables.build_outlines COUNTRIES.json`.

COUNTRIES.json is Natural Earth's ne_110m_admin_0_countries as GeoJSON. An outline is rings parted by blanks,
a ring whole numbers parted by commas, in hundredths of a degree: first longitude and latitude, then steps.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path

TABLE = Path(__file__).parent / "outlines.tsv"
SCALE = 100
NO_CODE = "-99"
CODES = {"France": "FR", "Norway": "NO"}  # without a code in the source; the others have none in ISO
HEAD = """\
# Outlines of countries, Natural Earth 1:110m (public domain), in hundredths of a degree: build_outlines.py.
country\tname\toutline
"""


def build(source: Path, table: Path) -> None:
    """Write the table, a country a line, ordered by its code."""
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    lines = sorted(_line(feature) for feature in features)
    table.write_text(HEAD + "".join(lines), encoding="utf-8", newline="\n")


def _line(feature: dict) -> str:
    about = {key.lower(): value for key, value in feature["properties"].items()}
    code = about["iso_a2"] if about["iso_a2"] != NO_CODE else CODES.get(about["name"], "")
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    rings = " ".join(_ring(ring) for polygon in polygons for ring in polygon)
    return f"{code}\t{about['name']}\t{rings}\n"


def _ring(ring: list[list[float]]) -> str:
    points = [(round(longitude * SCALE), round(latitude * SCALE)) for longitude, latitude in ring]
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(points)]
    return ",".join(str(number) for point in (points[0], *filter(any, steps)) for number in point)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path, metavar="COUNTRIES.json")
    build(parser.parse_args().source, TABLE)
