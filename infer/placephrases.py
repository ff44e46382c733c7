"""What the words around a place's name say of it: "eastern countryside of X", "X province", "A-B highway".

A LOCATION span is peeled from outside, word by word, until a name is left. A noun says what the named
thing is ("province", "town") or that the span is only a part or a neighbourhood of it ("countryside").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

DIVISION, TOWN, DISTRICT, AREA = "admin1", "populated_place", "district", "area"

_DIVISIONS = """
    province governorate governate state oblast department region emirate wilaya wilayat krai county
    prefecture"""
_TOWNS = "city town village hamlet municipality capital settlement community township locality"
_DISTRICTS = """
    district subdistrict sub-district commune nahiya cercle circle canton lga tehsil raion woreda zone
    territory neighborhood neighbourhood quarter parish chiefdom sector regency subprefecture agency
    jurisdiction barrio"""
_AREAS = """
    countryside country suburb desert steppe badia badiya outskirts surroundings vicinity environs area axis
    axes front frontline front-line pocket enclave corridor belt basin plain valley mountain range mount
    hill highland heights island archipelago coast coastline shore forest reserve park lake bank dam
    bridge crossing checkpoint point junction roundabout airport airfield airbase base camp prison jail
    barracks outpost post station field oilfield mine refinery hospital university school college mosque
    church cathedral market hotel embassy headquarters palace stadium square street avenue highway road
    route motorway border frontier boundary line farm ranch part center centre heartland interior
    hinterland side peninsula gorge wadi oasis tunnel port terminal harbor harbour plateau jungle swamp
    subregion land soil heart site terrain direction half edge ridge slope bypass gate crossroad crossroads
    intersection salient triangle"""
_WATERS = "river sea gulf ocean strait bay canal"
_NOUNS = {
    noun: kind
    for kind, nouns in (
        (DIVISION, _DIVISIONS),
        (TOWN, _TOWNS),
        (DISTRICT, _DISTRICTS),
        (AREA, _AREAS),
        (AREA, _WATERS),
    )
    for noun in nouns.split()
}
# Areas that lie around what they are named after; a hill, a camp or a market may be named after anything.
_AROUND = frozenset(
    """countryside suburb desert steppe badia badiya outskirts surroundings vicinity environs area axis axes
    front frontline front-line pocket enclave corridor belt heartland hinterland direction half
    edge""".split()
)
_PARTS = frozenset(
    "countryside suburb outskirt surrounding centre center quarter neighborhood neighbourhood village".split()
)
_NAMED_AFTER = frozenset("street avenue square roundabout hospital hotel school mosque bridge".split())
_LAND = frozenset("soil land coast coastline shore plain valley mountain island side interior part".split())
_MANY = frozenset(
    "countryside outskirts surroundings environs heights barracks headquarters crossroads".split()
)  # never plural
_BEFORE = frozenset("far rural greater metropolitan downtown".split())
_SIDES = re.compile(
    r"(?:far-?|mid-?)?(?:(?:north|south|east|west|cent(?:re|er|ral)|upper|lower)-?)+(?:ern)?", re.I
)
_LINKS = frozenset(
    "of in around near off outside surrounding within inside at along on across throughout".split()
)
_INSIDE = frozenset(
    "in at on within inside across throughout along".split()
)  # name the whole, not a neighbourhood
_FILLERS = _LINKS | frozenset(
    """
    the its their both all other some several many most much nearby neighbouring neighboring various
    entire whole remote old ancient historic besieged occupied disputed liberated restive volatile
    coastal mountainous outer inner two three four five a an and from to into so-called rest
    different certain populated main military civil administrative international separate km
    kilometers kilometres miles about
    """.split()
)
_ROADS = frozenset(
    "highway road route motorway border frontier boundary axis line corridor railway railroad".split()
)
_CONTROL = re.compile(
    r"(?:^|\s)(?:(?:held|controlled|occupied|run|administered|dominated)\s+by|under\s.*\b(?:control|"
    r"influence|administration|rule|occupation)|outside\s.*\bcontrol|of\s+(?:control|influence))\b.*$",
    re.I,
)
_HELD = re.compile(r"\S*-(?:held|controlled|occupied|run|administered|dominated)", re.I)
_BETWEEN = re.compile(
    r"(?:^|\s)(?:between|linking|connecting|from)\s+(\S.*?)\s+(?:and|to|with|&)\s+(\S.*)$", re.I
)
_CUT = re.compile(r"\s*[-–—/]\s*|\s+(?:to|and)\s+", re.I)
_SHORTEST = 3  # letters that no unknown end of a road has: an article, a number
_EDGES = " \t\"“”'‘’.,;:•*-–—"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A span taken apart.

    `names` are what is left to look up, best first, none for a place without a name; `kind` is what the
    outermost noun says the span is (DIVISION, TOWN, DISTRICT, AREA or None), `base` what the innermost says
    the named thing is; `part`: the span is only a part or a neighbourhood of it; `within`: the words of a
    larger place in the same span; `ends`: the two ends of a road or border; `plural`: a noun for several;
    `site`: a hill, a camp or the like that may only share the name.
    """

    names: tuple[str, ...] = ()
    kind: str | None = None
    base: str | None = None
    part: bool = False
    within: str = ""
    ends: tuple[str, str] | None = None
    plural: bool = False
    site: bool = False

    @property
    def is_nameless(self) -> bool:
        """Whether it has no name of one place only: "the city", "North West"."""
        return all(map(is_only_nouns, self.names))


def read(span: str, known: Callable[[str], bool]) -> Phrase:
    """Take a span's words apart; `known` tells whether a string is a name as it stands."""
    span = re.sub(r"\blocal government area", "LGA", " ".join(span.split()).strip(_EDGES), flags=re.I)
    span = re.sub(r"^the\s+(?=\S)|\s\d+(?:(?:,|,?\sand|\s?&)\s\d+)*(?=\sof\s)", "", span, flags=re.I)
    if not span or known(span):
        return Phrase((span,) if span else ())
    if control := _CONTROL.search(span):
        return replace(read(span[: control.start()], known), kind=AREA, part=True, plural=False)
    if ends := _ends(span, known):
        return Phrase(kind=AREA, part=True, ends=ends)
    if brackets := re.fullmatch(r"([^(\[]+)[(\[]([^()\[\]]+)[)\]](.*)", span):
        phrase = read(brackets[1] + brackets[3], known)
        return replace(phrase, names=(*phrase.names, brackets[2].strip()))
    owner, _, owned = re.sub(r"['’]s(?=\s)", "'s", span).partition("'s ")
    if owned and known(owner) and not all(map(_says_nothing, owned.split())):
        return replace(read(owned, known), within=owner)
    head, _, rest = span.partition(", ")
    phrase = _peel(head.split(), known)
    return replace(phrase, within=", ".join(filter(None, (phrase.within, rest))))


def is_only_nouns(words: str) -> bool:
    """Whether a string names nothing: "the city", "northern areas"."""
    return all(map(_says_nothing, words.split()))


def is_compass(words: str) -> bool:
    """Whether a string is no more than a point of the compass: "North West"."""
    return all(map(_SIDES.fullmatch, words.split()))


def is_land(word: str) -> bool:
    """Whether a noun is for land that a country's adjective can claim: Syrian soil, no Syrian hospital."""
    kind = noun_kind(word)
    return kind not in (None, AREA) or word.casefold().removesuffix("s") in _LAND | _AROUND


def borders(word: str) -> bool:
    """Whether a noun is for a line between places rather than for a place."""
    word = word.casefold()
    return word in _ROADS or word.removesuffix("s") in _ROADS


def lies_between(words: str) -> bool:
    """Whether a string is for a border or a water, which may be no one country's."""
    nouns = {word.casefold().strip(_EDGES).removesuffix("s") for word in words.split()}
    return bool(nouns & ({*_WATERS.split(), "border", "frontier", "boundary"}))


def is_named_after(words: str) -> bool:
    """Whether a string is for a street or the like, which may bear the name of any country."""
    return words.casefold().strip(_EDGES).rpartition(" ")[2] in _NAMED_AFTER


def is_long(words: str) -> bool:
    """Whether a string is for what may cross divisions: a border, a water, a numbered road ("RN4")."""
    return lies_between(words) or any(map(str.isdecimal, words))


def is_neighbourhood(words: str) -> bool:
    """Whether a string is for a part of a place told before: "the western countryside", "city centre"."""
    nouns = [word.casefold().strip(_EDGES).removesuffix("s") for word in words.split()]
    held = any(map(_HELD.fullmatch, nouns)) or _CONTROL.search(words)
    return not held and is_only_nouns(words) and bool(_PARTS.intersection(nouns))


def noun_kind(word: str) -> str | None:
    """What a geographic noun, in the singular or plural, says a thing is; None for another word."""
    word = word.casefold().strip(_EDGES)
    forms = (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y")
    return next((_NOUNS[form] for form in forms if form in _NOUNS), None)


def _ends(span: str, known) -> tuple[str, str] | None:
    """The two places that a road, a border or "between … and …" joins."""
    if between := _BETWEEN.search(span):
        return between[1], between[2]
    parts = span.split()
    roads = [i for i, part in enumerate(parts) if borders(part)]
    if not roads:
        return None
    line = " ".join(part for part in parts[: roads[0]] if part.casefold() not in _FILLERS - {"and", "to"})
    cuts = [(line[: cut.start()].strip(), line[cut.end() :].strip()) for cut in _CUT.finditer(line)]
    both = next((cut for cut in cuts if known(cut[0]) and known(cut[1])), None)
    if both or len(cuts) != 1 or known(line):
        return both
    return cuts[0] if any(map(known, cuts[0])) and all(map(_may_name, cuts[0])) else None


def _may_name(words: str) -> bool:
    return len(words) > _SHORTEST and words[0].isupper()


def _peel(parts: list[str], known) -> Phrase:
    phrase = Phrase()
    while parts:
        parts[-1] = re.sub(r"['’]s?$", "", parts[-1]).strip(_EDGES)
        name = " ".join(parts)
        if known(name):
            return replace(phrase, names=(name,))
        sides = next((i for i, part in enumerate(parts) if not _SIDES.fullmatch(part)), 0)
        if sides and known(" ".join(parts[sides:])):
            return replace(_part(phrase), names=(" ".join(parts[sides:]),))
        step = _noun_of(parts, phrase) or _last_noun(parts, phrase) or _first_word(parts, phrase)
        if step is None:
            return replace(phrase, names=(name,)) if name else phrase
        phrase, parts = step
    return phrase


def _noun_of(parts: list[str], phrase: Phrase) -> tuple[Phrase, list[str]] | None:
    """A noun with a link: "town of X" leaves X; "X district of Y", "X village in Y" leave X, within Y."""
    for i, word in enumerate(parts[1:6], start=1):
        kind = noun_kind(parts[i - 1])
        if kind and word.casefold() in _LINKS:
            of = word.casefold() == "of"
            before, rest = parts[: i - 1], parts[i + 1 :]
            if not all(map(_says_nothing, before)) and not (of and kind in (TOWN, DIVISION)):
                return replace(_with_noun(phrase, parts[i - 1], of=True), within=" ".join(rest)), before
            of = of and not ("of" in before and any(map(_SIDES.fullmatch, before)))
            return _with_noun(phrase, parts[i - 1], of), rest
    return None


def _last_noun(parts: list[str], phrase: Phrase) -> tuple[Phrase, list[str]] | None:
    """A noun at the end: "X desert" leaves X; "X River" nothing, since rivers are known by name or not."""
    last = parts[-1].casefold()
    if last.removesuffix("s") in _WATERS.split():
        return replace(phrase, kind=AREA, part=True), []
    if noun_kind(last):
        around = {last, last.removesuffix("s")} & _AROUND
        site = phrase.site or (noun_kind(last) == AREA and not around)
        return replace(_with_noun(phrase, last, of=True), site=site), parts[:-1]
    if phrase.kind and last in _FILLERS:
        return phrase, parts[:-1]
    return (_part(phrase), parts[:-1]) if _SIDES.fullmatch(last) else None


def _first_word(parts: list[str], phrase: Phrase) -> tuple[Phrase, list[str]] | None:
    """One word off the front: a filler, "X-held", a point of the compass, "Mount"."""
    first, second = (part.casefold().strip(_EDGES) for part in (*parts, "")[:2])
    if noun_kind(first) and second and _says_nothing(second):
        return _with_noun(phrase, first, of=False), parts[1:]
    if first in _FILLERS - _LINKS or first in ("of", "and", "") or first.isdecimal():
        return phrase, parts[1:]
    if first in _INSIDE:
        return phrase, parts[1:]
    said = first in _LINKS or first in _BEFORE or _HELD.fullmatch(first) or _SIDES.fullmatch(first)
    return (_part(phrase), parts[1:]) if said else None


def _says_nothing(word: str) -> bool:
    word = word.casefold().strip(_EDGES)
    return (
        not word
        or word in _FILLERS
        or bool(_HELD.fullmatch(word) or _SIDES.fullmatch(word) or noun_kind(word))
    )


def _part(phrase: Phrase) -> Phrase:
    return replace(phrase, kind=phrase.kind or AREA, part=True)


def _with_noun(phrase: Phrase, noun: str, of: bool) -> Phrase:
    """The phrase with one more noun: the outermost says what the span is, the last what the name is."""
    kind = noun_kind(noun)
    word = noun.casefold().strip(_EDGES)
    return replace(
        phrase,
        kind=phrase.kind or kind,
        base=kind if of and kind != AREA else phrase.base,
        part=phrase.part or kind == AREA or not of,
        plural=phrase.plural or (word.endswith("s") and word not in _MANY),
    )
