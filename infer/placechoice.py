"""Which of the places of one name is meant: by what the document speaks of, then by prominence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log10

from infer import gazetteer
from infer.gazetteer import Entry
from infer.placephrases import DISTRICT, DIVISION, TOWN

SUPPORTED, WELL_SUPPORTED = 0.25, 0.5  # shares of the best supported country's weight that make one plausible
PROMINENT, LEAD = 3.0, 1.0  # prior, and lead over other countries, believed without support: 100,000 people
FOREIGN, FAR_LEAD = 3.5, 2.0  # the same where the document speaks of other countries: 300,000 people
UNIQUE, ALONE = (
    2.3,
    9.0,
)  # prior believed with little support where no other country has the name: 20,000 people
LITTLE_SUPPORT = 0.1  # share that is enough for a name of one country only
BACKING, MOST_BACKING, PER_WEIGHT = (
    2.0,
    3.5,
    0.15,
)  # what full support adds to a prior, growing with its weight
SOLE = 3.0  # weight that makes a document one of a single country, where no other is plausible
CLEAR, FOREIGN_CLEAR = 0.5, 1.2  # by which prior and support together must lead; the same without support
ALTERNATE = 1.5  # what a name loses that is one of many alternates
SHORT = 5  # letters below which an alternate name says little
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
        self._told: Counter = Counter()  # of the total, what the text tells outside of its places
        self._without: dict[tuple[str, bool], dict[str, float]] = {}  # answers of `_others` so far

    def tell(self, name: str, code: str, weight: float) -> None:
        """Add what the text says of a country outside of its places: its name, its people, its groups."""
        self._told[code] += weight
        self.add(name, code, weight)

    def add(self, name: str, code: str, weight: float) -> None:
        """A name speaks for a country or division; only its largest weight counts."""
        gain = weight - self._weights[name][code]
        self._without.clear()
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
        if len(divisions) == 1 and best.admin1 and (best.own or prior(best) >= PROMINENT):
            self.add(name, best.admin1, 1.0)

    def _others(self, without: str, divisions: bool) -> dict[str, float]:
        """Weights of countries, or of divisions, that names other than `without` give."""
        asked = without, divisions
        if asked not in self._without:
            own = self._weights.get(without, {})
            self._without[asked] = {
                c: w - own.get(c, 0.0) for c, w in self._total.items() if (len(c) > 2) == divisions
            }
        return self._without[asked]

    def share(self, code: str | None, without: str) -> float:
        """Weight of a country, or of a division among divisions, as a share of the largest: 0 to 1."""
        weights = self._others(without, len(code or "") > 2)
        largest = max(weights.values(), default=0.0)
        return weights.get(code, 0.0) / largest if largest >= 0.5 else 0.0

    def backing(self, country: str | None, without: str) -> float:
        """What the document adds to the prior of a country's places."""
        weight = self._others(without, False).get(country, 0.0)
        return self.share(country, without) * min(MOST_BACKING, BACKING + PER_WEIGHT * weight)

    def only_told(self, code: str | None, without: str) -> bool:
        """Whether no other place lies in a country, while some lie elsewhere: it may only send its army."""
        placed = {c: w - self._told[c] for c, w in self._others(without, False).items()}
        return placed.get(code, 0.0) <= 0 and max(placed.values(), default=0.0) >= 1.0

    def borders(self, code: str | None, without: str) -> bool:
        """Whether a country of other places shares a land border with one."""
        placed = {c for c, w in self._others(without, False).items() if w - self._told[c] >= 1.0}
        return bool(placed & gazetteer.neighbours(code or ""))

    def speaks(self, without: str) -> bool:
        """Whether anything but this name speaks for a country."""
        return any(weight >= 1.0 for weight in self._others(without, False).values())

    def sole(self) -> str | None:
        """The country of a document that speaks of no other."""
        weights = self._others("", False)
        first = max(sorted(weights), key=weights.get, default=None)
        plausible = [code for code, weight in weights.items() if weight >= SUPPORTED * weights[first]]
        return first if plausible == [first] and weights[first] >= SOLE else None


def prior(entry: Entry) -> float:
    """Prominence: a country 6, a division 4, a town by people (10,000: 2; a million: 4), alternates less."""
    if entry.kind == "country":
        value = 6.0
    elif entry.region or entry.kind == "admin1":
        value = 4.0
    elif entry.kind == "area":
        value = 1.5
    else:
        value = people(entry)
    return value - (0 if entry.own else ALTERNATE)


def is_famous(entry: Entry) -> bool:
    """Whether a place's name is enough to think of it anywhere: 20,000 people, or no mere town."""
    return entry.region or entry.kind != "populated_place" or people(entry) >= UNIQUE


def is_known(entry: Entry) -> bool:
    """Whether a name is a prominent place's own: more than what the text sets beside it can take back."""
    return entry.own and prior(entry) >= PROMINENT


def people(entry: Entry) -> float:
    """Prominence by people alone: 2 for 10,000, 4 for a million; more for a country's capital."""
    return log10(max(entry.population or UNCOUNTED, 300)) - 2 + 1.5 * entry.capital


def choose(
    options: Sequence[Entry], support: Support, name: str, division: bool = False, local: bool = False
) -> list[Entry]:
    """The candidates in the one country that is meant; none where that is not clear.

    `division`: the text calls it a province, a state or the like; unless it does, a country's name never
    means a division elsewhere ("Georgia"), and the country itself only where that is near ("Niger"). `local`:
    the text calls it a camp, a hill or the like, which may have the name of a city elsewhere.
    """
    best: dict[str | None, Entry] = {}
    for o in sorted(_rivals(options, division, support, name), key=prior):
        best[o.country] = o
    if near := {code: o for code, o in best.items() if not _is_remote(o, support, name)}:
        best = near
    if not best:
        return []
    score = {country: prior(entry) + support.backing(country, name) for country, entry in best.items()}
    first, *others = sorted(best, key=lambda country: (-score[country], country or ""))
    country = next((code for code, entry in best.items() if entry.kind == "country" and entry.own), None)
    if country:
        near = first == country or country in gazetteer.neighbours(first)
        return [o for o in options if o.country == country and near]
    lead = min((score[first] - score[other] for other in others), default=ALONE)
    remote = _is_remote(best[first], support, name) and (
        others or not best[first].own or not support.borders(first, name)
    )
    if not remote and support.share(first, name) >= _needed(best[first], bool(others), local, name):
        clear = lead >= CLEAR
    else:
        fame = min((prior(best[first]) - prior(best[other]) for other in others), default=ALONE)
        clear = lead >= FOREIGN_CLEAR and _famous(best[first], fame, support, name, local)
    return [o for o in options if o.country == first] if clear else []


def _is_remote(entry: Entry, support: Support, name: str) -> bool:
    """Whether a small place lies in a country that may only send its army."""
    return prior(entry) < PROMINENT and support.only_told(entry.country, name)


def _needed(entry: Entry, has_rivals: bool, local: bool, name: str) -> float:
    """The share of support that makes a candidate plausible; a short alternate may be a mere coincidence."""
    if not entry.own and len(name) < SHORT:
        return 1.0
    if not entry.own or local:
        return WELL_SUPPORTED
    return SUPPORTED if has_rivals else LITTLE_SUPPORT


def _famous(entry: Entry, lead: float, support: Support, name: str, local: bool) -> bool:
    """Whether a place, and its lead over namesakes in other countries, is enough without support."""
    if local and entry.kind != "country" and not entry.region:
        return False
    if not support.speaks(name):
        return (prior(entry) >= PROMINENT and lead >= LEAD) or (prior(entry) >= UNIQUE and lead >= ALONE)
    fame = prior(entry) if entry.kind == "country" or entry.region else people(entry)
    if fame >= FOREIGN and lead >= FAR_LEAD:
        return True
    near = any(
        support.share(code, name) >= WELL_SUPPORTED for code in gazetteer.neighbours(entry.country or "")
    )
    return near and lead >= (FAR_LEAD if entry.kind == "country" else ALONE) and fame >= UNIQUE


def _rivals(options: Sequence[Entry], division: bool, support: Support, name: str) -> list[Entry]:
    """Candidates worth weighing.

    Nothing rivals a region of our own table but another country's division of that name. No town elsewhere
    rivals a country's name ("Jordan"); only a division does. A likeness of sound counts only in a country
    that has much support.
    """
    regions = [o for o in options if o.region]
    if regions and not division:
        here = {o.country for o in regions}
        divisions = [o for o in options if o.kind == "admin1" and o.own]
        return regions + (divisions if None not in here else [])
    countries = {o.country for o in options if o.kind == "country" and o.own}
    options = [o for o in options if o.spelled or support.share(o.country, name) >= WELL_SUPPORTED]
    divisions = [o for o in options if o.kind == "admin1"]
    if countries and division and divisions:
        return divisions
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
