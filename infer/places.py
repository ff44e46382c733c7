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

from infer import gazetteer, placechoice, placecontext
from infer.gazetteer import Entry
from infer.parties import Token, country_names, party_names, tokens
from infer.party_mentions import is_sure
from infer.placementions import LONGEST, Mention, mention_of
from infer.placephrases import AREA, DISTRICT, DIVISION, TOWN, Phrase, is_compass
from infer.schema import Place, Span

LABEL = "LOCATION"
_NAMED, _ADJECTIVE = 2.0, 1.0  # what a country's name and its adjective in the text weigh
_REPEATED, _MOST = 0.25, 8  # each further mention weighs that share, up to so many
_COMMA = re.compile(r"\s*,\s*(?:the\s+)?$|\s*\($", re.I)
_LIST = re.compile(r"\s*(?:,|;|,?\s*(?:and|or|&|as well as))\s+(?:the\s+|in\s+|both\s+)?$", re.I)
_AT_HOME = {"rebel", "jihadist", "militia", "criminal", "de_facto_forces"}
_SAID, _LIKELY, _POSSIBLE = 3, 2, 1
_ARTICLE = re.compile(r"\bthe\s+\w+$", re.I)  # "the Sahel", not "the Sahel region"
_HEADER = re.compile(r"\s{0,2}:")


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


class _Document:
    """One document's LOCATION spans, and what its text says for countries."""

    def __init__(self, text: str, spans: Sequence[Span]):
        self.text, self.spans = text, spans
        self.mentions = {span: mention_of(span.text(text)) for span in spans}
        self.support = placechoice.Support()
        self._hear_names()
        ends = [mention_of(end) for mention in self.mentions.values() for end in mention.phrase.ends or ()]
        for mention in (*self.mentions.values(), *ends):
            countries = {o.country for o in mention.options}
            if countries and (len(countries) == 1 or not mention.phrase.is_nameless):
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
        heads = placecontext.headings(self.text, self.spans)
        for i in reversed(range(len(self.spans))):
            span = self.spans[i]
            inner = self._inner(self.mentions[span])
            said = _Outer(inner, _SAID) if inner else self._outer(i, places, outer)
            outer[span] = said if said.place else self._headed(heads[span])
            places[span] = self._place(
                self._at_home(i), outer[span], self._called_division(i), self._heads(i)
            )
        return places

    def _at_home(self, i: int) -> Mention:
        """Of a region and a division of one name ("Sahel") the division, where the text is about it."""
        span, before = self.spans[i], self.spans[i - 1] if i else None
        mention = self.mentions[span]
        own = [o for o in mention.options if o.kind == "admin1" and o.own]
        if not own or not any(o.region and o.country is None for o in mention.options):
            return mention
        inner = {o.admin1 for o in self.mentions[before].options} if before and self._joins(i - 1) else set()
        home = None if _ARTICLE.search(self.text[max(0, span.start - 9) : span.end]) else self.support.sole()
        meant = [o for o in own if o.admin1 in inner or o.country == home]
        return replace(mention, options=tuple(meant)) if meant else mention

    def _joins(self, i: int) -> bool:
        between = self._between(i)
        return bool(_COMMA.fullmatch(between)) or placecontext.puts_inside(between)

    def unknown(self) -> set[Span]:
        """The spans whose names the table lacks, or has for small places elsewhere only."""
        return {span for span, mention in self.mentions.items() if self._is_unknown(mention)}

    def _is_unknown(self, mention: Mention) -> bool:
        if mention.phrase.ends:
            return not all(mention_of(end).options for end in mention.phrase.ends)
        return not any(placechoice.is_famous(o) or self._is_told(mention, o) for o in mention.options)

    def _is_told(self, mention: Mention, option: Entry) -> bool:
        """Whether a name is a place's own, in a country that the text speaks of."""
        return option.own and option.spelled and self.support.share(option.country, mention.name) > 0

    def _inner(self, mention: Mention) -> Place | None:
        """The larger place that the span itself names: Nineveh in "Sinjar, Nineveh", Iraq in "Iraqi soil"."""
        if mention.phrase.within:
            within = mention_of(mention.phrase.within)
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

    def _headed(self, heads: Sequence[placecontext.Heading]) -> _Outer:
        """The place that heads a span's row, line or section; beyond an unknown head only its country."""
        unknown = False
        for head in heads:
            place = self._place(self.mentions[head.span], _Outer())
            if place.country:
                known = Place(country=place.country) if unknown or not head.is_one_of_many else place
                return _Outer(known, _LIKELY if head.beside else _POSSIBLE)
            unknown = True
        return _Outer()

    def _between(self, i: int) -> str:
        """The text between span `i` and the next; a long one joins nothing."""
        start, end = self.spans[i].end, self.spans[i + 1].start
        return self.text[start:end] if end - start < LONGEST else "."

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

    def _listed(self, i: int, step: int) -> Iterator[Mention]:
        """The mentions before or after span `i` in the same list."""
        while 0 <= i + step < len(self.spans) and _LIST.fullmatch(self._between(min(i, i + step))):
            i += step
            yield self.mentions[self.spans[i]]

    def _place(
        self, mention: Mention, outer: _Outer, called_division: bool = False, heads: bool = False
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
        nameless = phrase.is_nameless and _kind_said(phrase) == AREA
        return Place(country=self.support.sole() if nameless else None)

    def _entries(self, mention: Mention, outer: _Outer, division: bool) -> list[Entry]:
        """The candidates in the country meant; those inside the outer place, where the text names one."""
        options, place = self._near(mention), outer.place
        local = mention.phrase.site or mention.phrase.is_nameless
        chosen = placechoice.choose(options, self.support, mention.name, division, local)
        if not place or not place.country:
            return chosen
        inside = _inside(options, place)
        larger = any(o.own and o.kind in ("country", "admin1") for o in options)
        if outer.how == _SAID and (inside or not larger):
            return inside
        if outer.how == _LIKELY:
            chosen = inside or [o for o in chosen if o.country == place.country or placechoice.is_known(o)]
        return chosen or inside

    def _near(self, mention: Mention) -> list[Entry]:
        """The candidates; of a mere "North West" those in the country that the document speaks of most."""
        if not mention.phrase.is_nameless:
            return list(mention.options)
        here = {o.country for o in mention.options if self.support.share(o.country, mention.name) == 1}
        compass = all(map(is_compass, mention.phrase.names))
        return [o for o in mention.options if (o.region and not compass) or o.country in here]

    def _common(self, ends: tuple[str, str]) -> Place:
        """A road or border: what both its ends have in common; an end may be known by the other's country."""
        mentions = [mention_of(end) for end in ends]
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
    if not known and not towns and gazetteer.is_grouping(place.admin1):
        return here
    return known or [replace(o, admin1=place.admin1) for o in towns]


def _kind_said(phrase: Phrase) -> str | None:
    if phrase.part or phrase.kind == DISTRICT or (phrase.names and phrase.is_nameless):
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
