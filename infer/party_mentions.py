"""What a text names: its known parties, its countries, and the one country that it is about.

`placed` are the countries of the places that the text names, one for each place.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property

from infer import parties
from infer.armed_words import OPPOSED, TIED
from infer.parties import Country, Lexicon, Mention, Party, Token

WEIGHT = {"name": 2, "adjective": 1, "place": 1}  # of a mention for the country that a text is about
PARAGRAPH_END = re.compile(r"\n\s*\n")
CLEAR = 1.5  # times the second country's weight
WORLDWIDE = "Islamic State"
# Its branches by the country they fight in; not for countries where two do (Niger, Pakistan), or where it is
# the movement itself (Iraq, Syria).
BRANCHES = {
    "AF": "Islamic State – Khorasan Province",
    "BF": "Islamic State Sahel Province",
    "CD": "Allied Democratic Forces",
    "EG": "Islamic State – Sinai Province",
    "ML": "Islamic State Sahel Province",
    "MZ": "Ansar al-Sunna (Mozambique)",
    "NG": "Islamic State West Africa Province",
    "SO": "Islamic State – Somalia",
}
LISTED = 16  # words of a list of names, looked back over
LINKED, LINKS, COORDINATORS = TIED | {"loyal"}, {"to", "with"}, {"and", "or"}
SIMILAR = 0.8  # of a mistyped word to the right one


@dataclass(frozen=True, slots=True)
class Known:
    """Words [first, last) of the text that name `what`; `related`: only something tied to it ("anti-X")."""

    first: int
    last: int
    what: Party | Country
    related: bool = False


class Mentions:
    """The known parties and the countries of a text, settled by each other."""

    def __init__(self, text: str, defined: Lexicon | None = None, placed: Iterable[str] = ()):
        self.text = text
        self.words: list[Token] = parties.tokens(text)
        own = defined.mentions(self.words) if defined else []
        named = parties.without_overlap(own + parties.party_names().mentions(self.words))
        self.named_words = {i for m in named for i in range(m.first, m.last)}
        lands = apart(parties.country_names().mentions(self.words), self.named_words)
        self.sure = {m.values[0].name for m in named if is_sure(m)}
        self.weights = self.weigh(named, lands)
        self.placed = Counter(placed)
        self.countries = [Known(m.first, m.last, land) for m in lands if (land := self.settle_country(m))]
        settled = ((m, self.branch(self.settle(m))) for m in named)
        size = len(self.words)
        self.parties = [Known(m.first, m.last, p, self.tied(m, 0, size)) for m, p in settled if p]

    def weigh(self, named: Sequence[Mention], lands: Sequence[Mention]) -> Counter:
        """Country → weight of its mentions, of its parties too."""
        weights: Counter = Counter()
        for mention in lands:
            for code, role in {land.code: land.role for land in mention.values}.items():
                weights[code] += WEIGHT[role] / len({land.code for land in mention.values})
        for mention in named:
            if is_sure(mention) and mention.values[0].country:
                weights[mention.values[0].country] += 1
        del weights["-"]
        return weights

    def settle(self, mention: Mention) -> Party | None:
        """The one of several parties of a name that the rest of the text speaks for."""
        if is_sure(mention):
            return mention.values[0]
        named = [p for p in mention.values if p.name in self.sure]
        if len(named) == 1:
            return named[0]
        placed = sorted(((self.weights[p.country], p) for p in mention.values), key=lambda pair: -pair[0])
        if placed[0][0] > max([weight for weight, _ in placed[1:]], default=0):
            return placed[0][1]
        likely = [p for p in mention.usual if self.is_own_name(p, mention)] or mention.usual
        if len(likely) == 1:
            return likely[0]
        same = {parties.victims_class(p) for p in likely}
        return Party(None, likely[0].kind) if len(same) == 1 else None

    def branch(self, party: Party | None) -> Party | None:
        """The branch of a movement in the country of the text: ISIS in Mali is its Sahel Province."""
        if not party or party.name != WORLDWIDE:
            return party
        land = leading(self.weights + self.placed)
        return parties.parties().get(BRANCHES.get(land.code if land else "", ""), party)

    def is_own_name(self, party: Party, mention: Mention) -> bool:
        said = [w.fold for w in self.words[mention.first : mention.last]]
        return said == [w.fold for w in parties.tokens(party.name)]

    def settle_country(self, mention: Mention) -> Country | None:
        """ "Congolese" is of the Congo that the text is about; None for "Lake Chad"."""
        best = max(mention.values, key=lambda land: self.weights[land.code])
        return None if best.code == "-" else best

    def tied(self, known: Mention, first: int, last: int) -> bool:
        """Whether the words [first, last) say "anti-X", "X-linked", "linked to X": not X, but tied to it."""
        before = self.words[max(first, known.first - 1) : known.first]
        after = self.words[known.last : min(last, known.last + 1)]
        if self.linked(first, known.first):
            return True
        return any(w.fold in OPPOSED and parties.joined(self.words[known.first].gap) for w in before) or any(
            w.fold in TIED and parties.joined(w.gap) for w in after
        )

    def linked(self, first: int, last: int) -> bool:
        """Whether "linked to", "loyal to" stands before a word, or before the names coordinated with it."""
        first = max(first, last - LISTED)
        while last > first and (last - 1 in self.named_words or self.words[last - 1].fold in COORDINATORS):
            last -= 1
        link = [w.fold for w in self.words[max(first, last - 2) : last]]
        return len(link) == 2 and link[0] in LINKED and link[1] in LINKS

    def alone(self, first: int, last: int) -> Party | None:
        """The last party named in these words alone: a span vouches for "IS" in a text in capitals."""
        words = [w._replace(shouted=False) for w in self.words[first:last]]
        settled = [self.settle(m) for m in parties.party_names().mentions(words)]
        return next((party for party in reversed(settled) if party), None)

    @cached_property
    def own(self) -> Country | None:
        """The country that the text speaks of most, or the only one with forces in it."""
        states = {k.what.country for k in self.parties if k.what.kind == "state_forces"} - {None}
        return leading(self.weights) or (countries().get(states.pop()) if len(states) == 1 else None)

    @cached_property
    def dominant(self) -> Country | None:
        """The country that the text is about: of its words, else of its places too."""
        return self.own or leading(self.weights + self.placed)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """[start, end) in the text of the words [first, last)."""
        return self.words[first].lead, self.words[last - 1].end

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """The words [first, last) that stand in [start, end) of the text."""
        first = bisect_right(self.words, start, key=lambda w: w.end)
        return first, bisect_left(self.words, end, key=lambda w: w.start)

    @cached_property
    def paragraphs(self) -> list[int]:
        """The index of the word that each paragraph starts with."""
        starts = [m.end() for m in PARAGRAPH_END.finditer(self.text)]
        return [0, *(bisect_left(self.words, start, key=lambda w: w.start) for start in starts)]

    def paragraph(self, word: int) -> int:
        """The first word of the paragraph that a word stands in."""
        return self.paragraphs[bisect_right(self.paragraphs, word) - 1]


def leading(weights: Counter) -> Country | None:
    """The country that clearly leads."""
    ranked = weights.most_common(2)
    clear = ranked and (len(ranked) == 1 or ranked[0][1] >= CLEAR * ranked[1][1])
    return countries().get(ranked[0][0]) if clear else None


def is_sure(mention: Mention) -> bool:
    """Whether the name has one meaning and needs nothing else in the text to support it."""
    return len(mention.values) == 1 and mention.usual == mention.values


def starting_in(known: Sequence[Known], first: int, last: int) -> Sequence[Known]:
    """Those of a list in text order that start within the words [first, last)."""
    start, end = (bisect_left(known, word, key=lambda k: k.first) for word in (first, last))
    return known[start:end]


def apart(mentions: Sequence[Mention], words: Container[int]) -> list[Mention]:
    return [m for m in mentions if not any(i in words for i in range(m.first, m.last))]


@cache
def countries() -> dict[str, Country]:
    return {row[0]: Country(row[0], row[1], "name") for row in parties.rows("demonyms.tsv")}


def nearly(words: Sequence[str]) -> Party | None:
    """The one party with a name of the same folded words but one, which is mistyped."""
    names = parties.party_names().starting(words[0])
    alike = (name for name in names if len(name.folds) == len(words) > 2)
    found = {name.value for name in alike if mistyped(words, name.folds)}
    return found.pop() if len(found) == 1 else None


def mistyped(words: Sequence[str], right: Sequence[str]) -> bool:
    wrong = [(a, b) for a, b in zip(words, right, strict=True) if a != b]
    return len(wrong) == 1 and len(wrong[0][1]) > 3 and SequenceMatcher(None, *wrong[0]).ratio() >= SIMILAR
