"""ACTOR spans → parties, by the table, the country of the forces, and what the text itself defines.

`resolve` names the parties of a document's ACTOR spans, `find` the known ones anywhere in a string.
State forces bear their country's name: "Military of …" (army, air force, regime or government
forces, a country that strikes), "Police of …", "Security forces of …" (intelligence, guards).
A span of several parties ("Russian and regime forces") has their names joined by "; ".
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from infer import armed_words as nouns
from infer import parties
from infer.abbreviations import definitions
from infer.parties import Country, Lexicon, Party, victims_class
from infer.party_mentions import Known, Mentions, countries, nearly, starting_in
from infer.schema import Place, Span

__all__ = ["Party", "find", "resolve", "victims_class"]

COORDINATORS = {"and", "or", "plus"}
LIST_MARK, DASH = re.compile("[,/&]"), re.compile("[-–—]")
REACH = 6  # words between a country and the noun that makes it a force
SENDER = 4  # words between a country and "its mercenaries"
CALLED = {"rebel": {"rebel", "jihadist", "militia"}, "militia": {"militia", "rebel"}}  # by a noun of the kind
UNIDENTIFIED = "Unidentified armed group"
UNNAMED = {UNIDENTIFIED, "Drug traffickers"}  # what is said beside a name: "the X drug cartel"


def find(text: str) -> list[tuple[int, int, Party]]:
    """(start, end, party) of the known parties and the countries' forces named in a text, in text order."""
    names = Mentions(text)
    found = [k for k in names.parties if not k.related] + list(forces(names))
    return [(*names.span(k.first, k.last), k.what) for k in sorted(found, key=lambda k: k.first)]


def resolve(text: str, spans: Sequence[Span], placed: Iterable[Place] = ()) -> dict[Span, Party | None]:
    """The party of each ACTOR span of a document; others are ignored.

    `placed` are the places of its LOCATION spans: "the army" is that of the country they lie in.
    None: nothing is known of it. A party without a name is known by its kind alone ("rebels", the
    police of a country that the text leaves open).
    """
    actors = sorted(s for s in spans if s.label == "ACTOR")
    lands = [place.country for place in placed if place.country]
    names = Mentions(text, own_names(text, spans), lands)
    return {span: party_of(names, span) for span in actors}


def forces(names: Mentions) -> Iterator[Known]:
    """Phrases such as "Iraqi border guards" or "Damascus government forces"."""
    for land in names.countries:
        end = land.last
        for i in range(land.last, min(land.last + REACH, len(names.words))):
            word = names.words[i]
            fits = word.fold in nouns.FORCES | nouns.FILLERS and i not in names.named_words
            if not fits or not parties.joined(word.gap):
                break
            if word.fold in nouns.FORCES - nouns.CIVIL:
                end = i + 1
        if end > land.last:
            phrase = {w.fold for w in names.words[land.last : end]}
            yield Known(land.first, end, state_party(land.what, phrase))


def state_party(country: Country | None, words: set[str]) -> Party:
    """The forces of a country that the words mean."""
    if words & nouns.POLICE:
        branch = "Police"
    elif words & nouns.SECURITY:
        branch = "Security forces"
    else:
        branch = "Military"
    if country is None:
        return Party(None, "state_forces")
    name = f"{branch} of {country.name}"
    return parties.parties().get(name) or Party(name, "state_forces", country.code)


def own_names(text: str, spans: Sequence[Span]) -> Lexicon:
    """The abbreviations that the text defines, and their long forms, where an ACTOR is called by either."""
    acting = [span.text(text) for span in spans if span.label == "ACTOR"]
    pairs = {
        (short, long): defined(short, long)
        for short, long in definitions(text, spans)
        if any(long in words or re.search(rf"(?<!\w){re.escape(short)}(?!\w)", words) for words in acting)
    }
    return Lexicon((name, party) for pair, party in pairs.items() for name in pair)


def defined(short: str, long: str) -> Party:
    """The table's party of the long form, of the short one if they share a word, of a part of the long one.

    Where the table has none, a party of its own.
    """
    said = Mentions(long)
    by_long = [k for k in said.parties if k.what.name]
    whole = len(said.words) - long.casefold().startswith("the ")
    if by_long and by_long[-1].last - by_long[-1].first >= whole:
        return by_long[-1].what
    words = {w.fold for w in said.words}
    for name in parties.party_names().starting(parties.fold(short)):
        own = {w.fold for w in parties.tokens(name.value.name)}
        if len(name.folds) == 1 and len((words & own) - nouns.FILLERS - nouns.FORCES) > 0:
            return name.value
    if by_long:
        return by_long[-1].what
    lands = said.countries
    country = lands[0].what if lands else None
    state = words & (nouns.POLICE | nouns.SECURITY) or (country and words & nouns.MILITARY)
    kind = kind_of(words) or ("state_forces" if state else "rebel")
    return Party(" ".join(long.split()), kind, country and country.code)


def kind_of(words: set[str]) -> str | None:
    return next((kind for kind, said in nouns.KIND_WORDS.items() if words & said), None)


def party_of(names: Mentions, span: Span) -> Party | None:
    """The party of one span, of several parties their names joined."""
    found: list[Party] = []
    country = None
    for first, last in parts(names, *names.inside(span.start, span.end)):
        party = party_of_part(names, first, last, country)
        forces_named = nouns.FORCES.intersection(w.fold for w in names.words[first:last])
        if party and party.kind == "state_forces" and forces_named:
            country = party.country
        if party and party not in found:
            found.append(party)
    named = [p for p in found if p.name] or found[:1]
    if len(named) < 2:
        return named[0] if named else None
    homes = {p.country for p in named}
    home = homes.pop() if len(homes) == 1 else None
    return Party("; ".join(p.name for p in named), named[0].kind, home)


def parts(names: Mentions, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The words [first, last) cut at "and", commas, slashes and between two names, not inside a name."""
    known = starting_in(names.parties, first, last)
    inner = {i for k in known for i in range(k.first + 1, k.last)}
    beside = {k.first for k in known} & {k.last for k in known}
    start = first
    for i in range(first, last):
        word = names.words[i]
        if word.fold in COORDINATORS and i not in inner:
            yield start, i
            start = i + 1
        elif (
            i > start
            and i not in inner
            and (LIST_MARK.search(word.gap) or (i in beside and DASH.search(word.gap)))
        ):
            yield start, i
            start = i
    if start < last:
        yield start, last


def party_of_part(names: Mentions, first: int, last: int, country: str | None) -> Party | None:
    """The party of words without coordination; `country` is that of the forces before them in the span."""
    words = [w.fold for w in names.words[first:last]]
    said = {w for w in words if not w[0].isdigit()}
    known = starting_in(names.parties, first, last)
    named = [k for k in known if not names.tied(k, first, last)]
    if named:
        return head(names, named).what
    if known:
        return Party(None, known[-1].what.kind)
    if alone := names.alone(first, last):
        return alone
    lands = starting_in(names.countries, first, last)
    if lands:
        return backed(names, lands[-1], first, last) or of_country(names, first, lands, said)
    return (
        of_the_state(names, first, said, country)
        or unnamed(said)
        or sent(names, first, said)
        or pointing_back(names, first, said)
        or (words and nearly(words))
        or (Party(None, kind) if (kind := kind_of(said)) else None)
    )


def head(names: Mentions, named: Sequence[Known]) -> Known:
    """ "X of Y" is X; "Y's X", "the Y branch X" are X."""
    for known in named[:-1]:
        if known.last < len(names.words) and names.words[known.last].fold == "of":
            return known
    own = [known for known in named if known.what.name not in UNNAMED]
    return (own or named)[-1]


def backed(names: Mentions, land: Known, first: int, last: int) -> Party | None:
    """The groups a country backs: "Turkish-backed factions", "forces loyal to Iran".

    Words [first, last) that name the backer's own forces ("supported by Russian air forces") mean these.
    """
    before = [w.fold for w in names.words[max(0, land.first - 2) : land.first]]
    after = [w.fold for w in names.words[land.last : land.last + 1]]
    forces = land.first == first and land.last < last
    loyal = before[-1:] in (["to"], ["by"], ["with"]) and before[0] in nouns.BACKERS and not forces
    if not loyal and before[-1:] != ["pro"] and not nouns.BACKED.intersection(after):
        return None
    name = backed_name(land.what)
    return parties.parties().get(name) or Party(name, "militia")


def backed_name(country: Country) -> str:
    return f"{country.name.removeprefix('the ')}-backed groups"


def of_country(names: Mentions, first: int, lands: Sequence[Known], said: set[str]) -> Party | None:
    """ "Syrian" and "Syrian army" are the state's, "Syrian rebels" the one such group named so far."""
    country = lands[-1].what
    own = {w.fold for land in lands for w in names.words[land.first : land.last]}
    kind = kind_of(said - nouns.FILLERS)
    if kind or said & (nouns.PEOPLE | nouns.GROUPS):
        one = pointing_back(names, first, said - own, country.code)
        return one or Party(None, kind or "rebel", country.code)
    if said & nouns.FORCES or not said - own - nouns.FILLERS:
        return state_party(country, said)
    return None


def of_the_state(names: Mentions, first: int, said: set[str], country: str | None) -> Party | None:
    """ "the army", "our forces": of the country before them, else of the one the text is about or for."""
    plain = said & nouns.FORCES and not said - nouns.FORCES - nouns.FILLERS
    if said & nouns.OCCUPYING and not country:
        return occupier(names)
    if plain or ((said & nouns.RULERS or {"armed", "forces"} <= said) and not kind_of(said)):
        ours = nouns.OURS.intersection(w.fold for w in names.words[max(0, first - 1) : first + 1])
        home = names.own if ours else names.dominant
        return state_party(army_of(countries().get(country) or home, said), said)
    return None


def army_of(country: Country | None, said: set[str]) -> Country | None:
    """The country whose army is meant: Palestine has police, and the soldiers there are Israel's."""
    occupied = country and country.code == "PS" and not said & (nouns.POLICE | nouns.SECURITY)
    return countries()["IL"] if occupied else country


def occupier(names: Mentions) -> Party | None:
    """The one country that the text calls an occupier: never the one that it is about."""
    said = {i for i, w in enumerate(names.words) if w.fold in nouns.OCCUPYING and parties.joined(w.gap)}
    lands = {k.what.code for k in names.countries if k.last in said}
    lands |= {k.what.country for k in names.parties if said.intersection(range(k.first, k.last))} - {None}
    return state_party(countries()[lands.pop()], set()) if len(lands) == 1 else None


def sent(names: Mentions, first: int, said: set[str]) -> Party | None:
    """ "The Turkish state and its mercenaries": those of the country named just before."""
    its = next((i for i in (first - 1, first) if i >= 0 and names.words[i].fold in ("its", "their")), None)
    if its is None or not said & nouns.PROXIES:
        return None
    states = [(k.last, k.what.code) for k in names.countries]
    states += [(k.last, k.what.country) for k in names.parties if k.what.kind == "state_forces"]
    near = [countries().get(code) for last, code in sorted(states) if 0 <= its - last < SENDER]
    return parties.parties().get(backed_name(near[-1])) if near and near[-1] else None


def unnamed(said: set[str]) -> Party | None:
    if said & nouns.NAMELESS or (said & nouns.ATTACKERS and said & (nouns.UNNAMED | {"armed"})):
        return parties.parties()[UNIDENTIFIED]
    return None


def pointing_back(names: Mentions, first: int, said: set[str], country: str | None = None) -> Party | None:
    """ "the group", "its militants", "the coalition": the party that such a noun can mean here.

    That is the one such party named so far in the paragraph, else in the text, else anywhere in it.
    """
    pointing = nouns.GROUPS | nouns.PEOPLE | nouns.ALLIED
    if not said & pointing or said - pointing - nouns.DEFINITE:
        return None
    suited = [k for k in names.parties if not k.related and fits(said, k.what)]
    suited = [k for k in suited if country in (None, k.what.country)]
    earlier = [k for k in suited if k.last <= first]
    near = [k for k in earlier if k.first >= names.paragraph(first)]
    later = [k for k in suited if k.what.kind == kind_of(said) or kind_of(said) is None]
    candidates = {k.what for k in near or earlier or later}
    return candidates.pop() if len(candidates) == 1 else None


def fits(said: set[str], party: Party) -> bool:
    """Whether a party may be called by these nouns; those of a state or for it never are, allies are."""
    if not party.name or party.name == UNIDENTIFIED:
        return False
    if said & nouns.ALLIED:
        return party.kind == "international" and bool(said & set(map(parties.fold, party.name.split())))
    if parties.VICTIMS_OF_KIND[party.kind] != "armed_group":
        return False
    kind = kind_of(said)
    return kind is None or party.kind in CALLED.get(kind, {kind})
