"""Which of the places of one name is meant: by what the document speaks of, then by prominence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log10

from infer.gazetteer import Entry
from infer.placephrases import DISTRICT, DIVISION, TOWN

SUPPORTED = 0.25  # least share of the best supported country's weight that makes a country plausible
PROMINENT, LEAD = 3.0, 1.0  # prior, and lead over other countries, believed without support: 100,000 people
FOREIGN, FAR_LEAD = 3.5, 2.0  # the same where the document speaks of other countries: 300,000 people
BACKING = 2.0  # what full support adds to a prior
CLEAR, FOREIGN_CLEAR = 0.5, 1.2  # by which prior and support together must lead; the same without support
UNCOUNTED = 5_000  # people of a town whose number the table lacks
LARGER = 5  # times as many people, for one of two towns of a name in one country
_SPREAD = 0.5  # weight of a name that several countries have, shared among them


class Support:
    """How much a document speaks of countries and divisions, by the names that say so.

    Kept per name, so that no name supports itself.
    """

    def __init__(self):
        self._weights: dict[str, Counter] = defaultdict(Counter)
        self._total: Counter = Counter()

    def add(self, name: str, code: str, weight: float) -> None:
        """A name speaks for a country or division; only its largest weight counts."""
        gain = weight - self._weights[name][code]
        if gain > 0:
            self._weights[name][code] = weight
            self._total[code] += gain

    def add_options(self, name: str, options: Iterable[Entry]) -> None:
        """What a place name says by itself: much where it means one country only, else a little for each."""
        options = [o for o in options if o.spelled and o.country]
        options = [o for o in options if o.own] or options
        countries = {o.country for o in options}
        if len(countries) != 1:
            for country in countries:
                self.add(name, country, _SPREAD / len(countries))
            return
        best = max(options, key=prior)
        self.add(name, best.country, 2.0 if prior(best) >= PROMINENT else 1.0 if best.own else 0.5)
        divisions = {o.admin1 for o in options}
        if len(divisions) == 1 and best.admin1:
            self.add(name, best.admin1, 1.0)

    def share(self, code: str | None, without: str) -> float:
        """Weight of a country, or of a division among divisions, as a share of the largest: 0 to 1."""
        size = len(code or "")
        own = self._weights.get(without, {})
        weights = {c: w - own.get(c, 0.0) for c, w in self._total.items() if (len(c) > 2) == (size > 2)}
        largest = max(weights.values(), default=0.0)
        return weights.get(code, 0.0) / largest if largest >= 0.5 else 0.0

    def speaks(self, without: str) -> bool:
        """Whether anything but this name speaks for a country."""
        own = self._weights.get(without, {})
        return any(w - own.get(c, 0.0) >= 1.0 for c, w in self._total.items())


def prior(entry: Entry) -> float:
    """Prominence: a country 5, a division 4, a town by people (10,000: 2; a million: 4), alternates less."""
    if entry.kind == "country":
        value = 5.0
    elif entry.region or entry.kind == "admin1":
        value = 4.0
    elif entry.kind == "area":
        value = 1.5
    else:
        value = log10(max(entry.population or UNCOUNTED, 300)) - 2 + 1.5 * entry.capital
    return value - (0 if entry.own else 1.5)


def choose(options: Sequence[Entry], division: bool, support: Support, name: str) -> list[Entry]:
    """The candidates in the one country that is meant; none where that is not clear.

    `division`: the text calls it a province, a state or the like.
    """
    best: dict[str | None, float] = {}
    for o in _rivals(options, division, support, name):
        best[o.country] = max(best.get(o.country, -9.0), prior(o))
    if not best:
        return []
    share = {country: support.share(country, name) for country in best}
    score = {country: value + BACKING * share[country] for country, value in best.items()}
    first, *others = sorted(best, key=lambda country: (-score[country], country or ""))
    supported = share[first] >= SUPPORTED
    clear = all(score[first] - score[other] >= (CLEAR if supported else FOREIGN_CLEAR) for other in others)
    if not supported:
        enough, lead = (FOREIGN, FAR_LEAD) if support.speaks(name) else (PROMINENT, LEAD)
        clear &= best[first] >= enough and all(best[first] - best[other] >= lead for other in others)
    chosen = [o for o in options if o.country == first]
    if not division and any(o.kind == "country" for o in options):
        clear &= any(o.kind == "country" for o in chosen)
    return chosen if clear else []


def _rivals(options: Sequence[Entry], division: bool, support: Support, name: str) -> list[Entry]:
    """Candidates worth weighing.

    Nothing rivals a region of our own table, and no town elsewhere a country's name ("Jordan"), only a
    division ("Niger", "Georgia"). A likeness of sound counts only in a country that has much support.
    """
    regions = [o for o in options if o.region]
    if regions and not division:
        return regions
    countries = {o.country for o in options if o.kind == "country" and o.own}
    options = [o for o in options if o.spelled or support.share(o.country, name) >= 2 * SUPPORTED]
    return [o for o in options if not countries or o.country in countries or o.kind == "admin1"]


def pick(
    entries: list[Entry], base: str | None, as_division: bool, support: Support, name: str
) -> list[Entry]:
    """Of candidates in one country those meant by the noun beside the name; several where none stands out."""
    if not entries:
        return []
    rank = min(_rank(e, base, as_division) for e in entries)
    entries = [e for e in entries if _rank(e, base, as_division) == rank]
    near = max(support.share(e.admin1, name) for e in entries)
    entries = [e for e in entries if near == 0 or support.share(e.admin1, name) == near]
    entries.sort(key=lambda e: (-e.population, e.id))
    if len(entries) > 1 and entries[0].population >= LARGER * max(entries[1].population, 1000):
        return entries[:1]
    return entries


def _rank(entry: Entry, base: str | None, as_division: bool) -> int:
    """The order in which a name's meanings are taken, given the noun beside it (see infer.places)."""
    if base in (TOWN, DIVISION, DISTRICT):
        order = {
            TOWN: ("populated_place", "area", "admin1"),
            DIVISION: ("admin1", "area", "populated_place"),
            DISTRICT: ("area", "populated_place", "admin1"),
        }[base]
        return 2 * (order.index(entry.kind) if entry.kind in order else 3) + (not entry.own)
    meanings = (
        entry.kind == "country",
        entry.region,
        entry.capital and entry.own and not as_division,
        entry.kind == "admin1" and (entry.own or as_division),
        entry.kind == "populated_place" and entry.own,
        entry.kind == "admin1",
        entry.kind == "area",
        True,
    )
    return meanings.index(True)
