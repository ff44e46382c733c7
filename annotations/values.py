"""The `value` field of a region: what a reader of the text judged its words to mean.

Counts `12`, `15..20`, `~155`, `>51` (at least), `<30` (at most), `vague`; periods
`2024-01-01/2024-01-31`, `2020-03-01/`, `/2020-03-01`, `none`; places `SY-DY`, `IQ`, `none`, or a
name; actors a canonical name or `none`. Every reader raises ValueError with what is allowed.
"""

import re
from datetime import date

from infer.intervals import granularity
from infer.schema import Interval, Place, Quantity

_SIGNS = {"": "exact", "~": "about", ">": "at_least", "<": "at_most"}
_COUNT = re.compile(r"([~<>]?)(\d+)(?:\.\.(\d+))?", re.ASCII)
_CODE = re.compile(r"([A-Z]{2})(-[A-Z0-9]{1,3})?", re.ASCII)


def quantity(value: str) -> Quantity:
    """A count; raises ValueError for anything but the forms above."""
    if value == "vague":
        return Quantity(relation="vague")
    match = _COUNT.fullmatch(value)
    if not match:
        raise ValueError(f"value is {value!r}; a count is written 12, 15..20, ~155, >51, <30 or vague")
    low, high = int(match[2]), match[3] and int(match[3])
    if high is not None and high <= low:
        raise ValueError(f"value is {value!r}; the end of a range is larger than its start")
    return Quantity(low, high, _SIGNS[match[1]])


def interval(value: str) -> Interval:
    """Inclusive days; raises ValueError for anything but the forms above."""
    if value == "none":
        return Interval()
    try:
        start, end = (date.fromisoformat(side) if side else None for side in value.split("/"))
        if not (start or end):
            raise ValueError("both sides are empty")
        return Interval(start, end, granularity(start, end))
    except ValueError as error:
        forms = "2024-01-01/2024-01-31, 2020-03-01/, /2020-03-01 or none"
        raise ValueError(f"value is {value!r}; a period is written {forms} ({error})") from None


def place(value: str) -> Place:
    """An ISO 3166-1 or 3166-2 code, `none`, else a name."""
    if value == "none":
        return Place()
    match = _CODE.fullmatch(value)
    if not match:
        return Place(name=value)
    return Place(country=match[1], admin1=value if match[2] else None)


def name(value: str) -> str | None:
    """A canonical name; None for `none`."""
    return None if value == "none" else value


READERS = {
    "ACTOR": name,
    "ATTACK_COUNT": quantity,
    "CASUALTY": quantity,
    "LOCATION": place,
    "PERIOD": interval,
}


def write_quantity(quantity: Quantity) -> str:
    """The inverse of `quantity`; a count without a number is `vague`."""
    if quantity.value is None:
        return "vague"
    sign = next((s for s, relation in _SIGNS.items() if relation == quantity.relation), "~")
    return f"{sign}{quantity.value}" + (f"..{quantity.upper}" if quantity.upper is not None else "")


def write_interval(interval: Interval) -> str | None:
    """The inverse of `interval`; None where nothing is known."""
    known = interval.start or interval.end
    return f"{interval.start or ''}/{interval.end or ''}" if known else None


def write_place(place: Place) -> str | None:
    """The inverse of `place`: its division, else its country, else its name."""
    return place.admin1 or place.country or place.name
