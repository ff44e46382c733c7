"""Where: country, division, kind and point of each LOCATION of a document.

A name alone rarely says which place is meant, so the table's candidates (infer.gazetteer) are weighed by
the countries the document speaks of: countries named, their adjectives, and names that only one
country has. What the text says of a place ("X in Y", "X, Y") decides before that. A candidate whose
country nothing supports is taken only where the name is prominent worldwide; the rest stays None.

A bare name that is both a division and a town ("Aleppo") is the division, since reports break figures
down by division; "city of", "town" make it the town, and so does being its country's capital.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from infer import gazetteer, placechoice, placecontext, placephrases
from infer.gazetteer import Entry
from infer.parties import Token, country_names, party_names, tokens
from infer.party_mentions import is_sure
from infer.placenames import bare_key, key
from infer.placephrases import AREA, DISTRICT, DIVISION, TOWN, Phrase
from infer.schema import Place, Span

LABEL = "LOCATION"
_NAMED, _ADJECTIVE = 2.0, 1.0  # what a country's name and its adjective in the text weigh
_REPEATED, _MOST = 0.25, 8  # each further mention weighs that share, up to so many
_COMMA = re.compile(r"\s*,\s*(?:the\s+)?$|\s*\($", re.I)
_LIST = re.compile(r"\s*(?:,|;|,?\s*(?:and|or|&|as well as))\s+(?:the\s+|in\s+|both\s+)?$", re.I)
_AT_HOME = {"rebel", "jihadist", "militia", "criminal", "de_facto_forces"}
_SAID, _LIKELY, _POSSIBLE = 3, 2, 1
_LONGEST = 200  # characters; a longer span is no place
_HEADER = re.compile(r"\s{0,2}:")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A span taken apart, and the places that its name may mean."""

    phrase: Phrase
    options: tuple[Entry, ...]
    name: str
    country: str | None = None  # that an adjective in the span names


@dataclass(frozen=True, slots=True)
class _Outer:
    """The larger place that the text puts a span in, and how sure that is: _SAID, _LIKELY or _POSSIBLE."""

    place: Place | None = None
    how: int = 0


def resolve(text: str, spans: Sequence[Span]) -> dict[Span, Place]:
    """The place of every LOCATION span of a document; spans of other labels are passed over."""
    located = sorted(span for span in spans if span.label == LABEL)
    document = _Document(text, located)
    places = placecontext.completed(text, document.places(), document.unknown(), document.support)
    return {span: places[span] for span in located}


def _known(words: str) -> bool:
    """Whether a string is a name as it stands; mere nouns must be a region's or a division's."""
    entries = _named(words)
    if placephrases.is_only_nouns(words):
        return any(entry.region or (entry.own and entry.kind == "admin1") for entry in entries)
    return any(len(key(words)) > 2 or entry.kind == "country" for entry in entries)


def _named(words: str) -> list[Entry]:
    """The table's entries; words in lower case ("homes") are taken for prominent names only."""
    entries = gazetteer.named(words)
    if words != words.lower() or words == words.upper():
        return entries
    return [e for e in entries if e.own and placechoice.prior(e) >= placechoice.PROMINENT]


def _mention(words: str) -> _Mention:
    if len(words) > _LONGEST:
        return _Mention(Phrase(), (), "")
    phrase, country = placephrases.read(words, _known), _adjective(words)
    after = placephrases.is_named_after(words)
    for name in phrase.names:
        options = _named(name) or (gazetteer.sounding(name) if name != name.lower() else [])
        options = [o for o in options if not (after and o.kind == "country")]
        if options:
            return _Mention(phrase, tuple(options), bare_key(name), country)
    return _Mention(phrase, (), bare_key(phrase.names[0]) if phrase.names else "", country)


def _adjective(words: str) -> str | None:
    """The country whose adjective stands before a noun for land: "the Syrian town of X", "Iraqi soil"."""
    parts = tokens(words)
    for found in country_names().mentions(parts):
        after = parts[found.last].raw if found.last < len(parts) else ""
        if len(found.values) == 1 and found.values[0].role == "adjective" and placephrases.is_land(after):
            code = found.values[0].code
            return code if len(code) == 2 else None
    return None


class _Document:
    """One document's LOCATION spans, and what its text says for countries."""

    def __init__(self, text: str, spans: Sequence[Span]):
        self.text, self.spans = text, spans
        self.mentions = {span: _mention(span.text(text)) for span in spans}
        self.support = placechoice.Support()
        self._hear_names()
        ends = [_mention(end) for mention in self.mentions.values() for end in mention.phrase.ends or ()]
        for mention in (*self.mentions.values(), *ends):
            if mention.options:
                self.support.add_options(mention.name, mention.options)

    def _hear_names(self) -> None:
        """Take the countries named in the text outside the spans, and all their adjectives, as evidence."""
        words, counts = tokens(self.text), Counter()
        inside = {i for span in self.spans for i in range(span.start, span.end)}
        for found in country_names().mentions(words):
            codes, role = {value.code for value in found.values}, found.values[0].role
            outside = role == "adjective" or words[found.first].start not in inside
            if len(codes) == 1 and role != "place" and outside:
                counts[codes.pop(), role] += 1
        for (code, role), count in counts.items():
            once = _NAMED if role == "name" else _ADJECTIVE
            if len(code) == 2:  # not "-", a name that only contains a country's ("New Mexico")
                self.support.tell(f"({role})", code, once * (1 + _REPEATED * (min(count, _MOST) - 1)))
        self._hear_groups(words)

    def _hear_groups(self, words: Sequence[Token]) -> None:
        """Take the armed groups that fight in one country as evidence for it."""
        groups = {m.values[0] for m in party_names().mentions(words) if is_sure(m)}
        for country in {group.country for group in groups if group.kind in _AT_HOME} - {None}:
            self.support.tell("(group)", country, _ADJECTIVE)

    def places(self) -> dict[Span, Place]:
        """Resolved from the last to the first, so that "X in Y" finds Y known."""
        places: dict[Span, Place] = {}
        outer: dict[Span, _Outer] = {}
        for i in reversed(range(len(self.spans))):
            span = self.spans[i]
            inner = self._inner(self.mentions[span])
            outer[span] = _Outer(inner, _SAID) if inner else self._outer(i, places, outer)
            places[span] = self._place(
                self.mentions[span], outer[span], self._called_division(i), self._heads(i)
            )
        return places

    def unknown(self) -> set[Span]:
        """The spans whose names the table lacks, or has for small places elsewhere only."""
        return {
            span
            for span, mention in self.mentions.items()
            if not mention.phrase.ends and not any(map(placechoice.is_famous, mention.options))
        }

    def _inner(self, mention: _Mention) -> Place | None:
        """The larger place that the span itself names: Nineveh in "Sinjar, Nineveh", Iraq in "Iraqi soil"."""
        if mention.phrase.within:
            within = _mention(mention.phrase.within)
            place = self._place(within, _Outer(self._inner(within), _SAID))
            return place if place.country else None
        return Place(country=mention.country) if mention.country else None

    def _outer(self, i: int, places: dict[Span, Place], outer: dict[Span, _Outer]) -> _Outer:
        """The place that the text after span `i` puts it in, and how outright it says so.

        "X in Y" does; "X, Y" may be a list, and where the list goes on Y's division says nothing of X;
        in "W and X in Y" W may lie in Y too.
        """
        if i + 1 == len(self.spans):
            return _Outer()
        following, between = self.spans[i + 1], self._between(i)
        if placecontext.puts_inside(between):
            return _Outer(places[following], _SAID)
        if _COMMA.fullmatch(between) and places[following].kind in ("country", "admin1", "area"):
            goes_on = i + 2 < len(self.spans) and _LIST.fullmatch(self._between(i + 1))
            return _Outer(replace(places[following], admin1=None) if goes_on else places[following], _LIKELY)
        if _LIST.fullmatch(between) and outer[following].how == _SAID:
            return _Outer(outer[following].place, _POSSIBLE)
        return _Outer()

    def _between(self, i: int) -> str:
        """The text between span `i` and the next; a long one joins nothing."""
        start, end = self.spans[i].end, self.spans[i + 1].start
        return self.text[start:end] if end - start < _LONGEST else "."

    def _heads(self, i: int) -> bool:
        """Whether a span is all of its line up to a colon, as in a breakdown by division."""
        span = self.spans[i]
        line = self.text[self.text.rfind("\n", 0, span.start) + 1 : span.start]
        return not re.search(r"\w", line) and bool(_HEADER.match(self.text, span.end))

    def _called_division(self, i: int) -> bool:
        """Whether a list says it is a division: "Idlib and Hama provinces", "Kaduna, Niger and Yobe"."""
        options = self.mentions[self.spans[i]].options
        here = {o.country for o in options if o.kind == "admin1" and o.own}
        in_doubt = any(o.kind == "country" or o.region for o in options)
        for mention in (m for step in (1, -1) for m in self._listed(i, step)):
            if mention.phrase.plural and mention.phrase.base == DIVISION:
                return True
            if in_doubt and any(o.kind == "admin1" and o.own and o.country in here for o in mention.options):
                return True
        return False

    def _listed(self, i: int, step: int) -> Iterator[_Mention]:
        """The mentions before or after span `i` in the same list."""
        while 0 <= i + step < len(self.spans) and _LIST.fullmatch(self._between(min(i, i + step))):
            i += step
            yield self.mentions[self.spans[i]]

    def _place(
        self, mention: _Mention, outer: _Outer, called_division: bool = False, heads: bool = False
    ) -> Place:
        phrase = mention.phrase
        if phrase.ends:
            return self._common(phrase.ends)
        in_breakdown = heads and any(o.region for o in mention.options)
        entries = self._entries(mention, outer, called_division or in_breakdown or phrase.base == DIVISION)
        entries = placechoice.pick(entries, phrase.base, called_division or heads, self.support, mention.name)
        if entries:
            return _described(entries, phrase)
        lent = self._lent(phrase, outer)
        return Place(kind=_kind_said(phrase), country=lent.country, admin1=lent.admin1)

    def _lent(self, phrase: Phrase, outer: _Outer) -> Place:
        """What the text says of an unknown place; a nameless area lies in the one country it speaks of."""
        if outer.place and (phrase.names or phrase.kind):
            return outer.place
        nameless = _is_nameless(phrase) and _kind_said(phrase) == AREA
        return Place(country=self.support.sole() if nameless else None)

    def _entries(self, mention: _Mention, outer: _Outer, division: bool) -> list[Entry]:
        """The candidates in the country meant; those inside the outer place, where the text names one."""
        options, place = self._near(mention), outer.place
        local = mention.phrase.site or _is_nameless(mention.phrase)
        chosen = placechoice.choose(options, self.support, mention.name, division, local)
        if not place or not place.country:
            return chosen
        inside = _inside(options, place)
        larger = any(o.own and o.kind in ("country", "admin1") for o in options)
        if outer.how == _SAID and (inside or not larger):
            return inside
        return inside if outer.how == _LIKELY and inside else chosen or inside

    def _near(self, mention: _Mention) -> list[Entry]:
        """The candidates; of a mere "North West" those in the country that the document speaks of most."""
        if not _is_nameless(mention.phrase):
            return list(mention.options)
        here = {o.country for o in mention.options if self.support.share(o.country, mention.name) == 1}
        return [o for o in mention.options if o.region or o.country in here]

    def _common(self, ends: tuple[str, str]) -> Place:
        """A road or border: what both its ends have in common; an end may be known by the other's country."""
        mentions = [_mention(end) for end in ends]
        shared = set.intersection(*({o.country for o in mention.options} for mention in mentions))
        outer = _Outer(Place(country=shared.pop()), _LIKELY) if len(shared) == 1 else _Outer()
        a, b = (self._place(mention, outer) for mention in mentions)
        country = a.country if a.country == b.country else None
        admin1 = a.admin1 if country and a.admin1 == b.admin1 else None
        return Place(kind=AREA, country=country, admin1=admin1)


def _inside(options: Sequence[Entry], place: Place) -> list[Entry]:
    """The candidates inside a place; a town whose division the table lacks takes the one the text gives."""
    here = [o for o in options if o.country == place.country]
    if place.admin1 is None:
        return here
    known = [o for o in here if o.admin1 == place.admin1]
    towns = [o for o in here if o.kind == "populated_place" and o.admin1 is None]
    return known or [replace(o, admin1=place.admin1) for o in towns]


def _is_nameless(phrase: Phrase) -> bool:
    return all(map(placephrases.is_only_nouns, phrase.names))


def _kind_said(phrase: Phrase) -> str | None:
    if phrase.part or phrase.kind == DISTRICT or (phrase.names and _is_nameless(phrase)):
        return AREA
    return phrase.kind


def _described(entries: list[Entry], phrase: Phrase) -> Place:
    """The entry, or what several have in common; no point for a part of it or for another kind."""
    first = entries[0]
    same = {
        name: getattr(first, name) if len({getattr(e, name) for e in entries}) == 1 else None
        for name in ("name", "kind", "country", "admin1", "latitude", "longitude")
    }
    place = Place(**same)
    kind = _kind_said(phrase)
    if kind is None or kind == place.kind:
        return place
    if phrase.part or phrase.kind == DISTRICT:
        return replace(place, kind=AREA, latitude=None, longitude=None)
    if kind == TOWN or place.kind != AREA:
        return replace(place, kind=kind if kind == TOWN else AREA, name=None, latitude=None, longitude=None)
    return place
