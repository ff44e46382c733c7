"""The table of armed parties, and the names of it that stand in a text.

`infer/tables/actors.tsv` holds the parties and all their names, `infer/tables/demonyms.tsv` the
countries; both say in their heads how they are edited. Names are compared by words: folded in
case and accents, without apostrophes and articles, hyphens as blanks; the longest name wins.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

VICTIMS_OF_KIND = {
    "state_forces": "security_forces",
    "de_facto_forces": "security_forces",
    "pro_state_militia": "security_forces",
    "international": "security_forces",
    "rebel": "armed_group",
    "jihadist": "armed_group",
    "militia": "armed_group",
    "criminal": "armed_group",
    "unidentified": "armed_group",
    "civilians": "civilian",
}
TABLES = Path(__file__).parent / "tables"
LINE = re.compile(r"[^\r\n]+")
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’‘ʿʾʼ`´][^\W_]+)*")
POSSESSIVE = re.compile(r"['’]s$", re.I)
MARKS = str.maketrans("", "", "'’‘ʿʾʼ`´.")
ARTICLES = {"al", "el"}
SUN_ARTICLES = {"an", "ar", "as", "ash", "at", "ad", "az"}  # only before a hyphen: "an-Nusra"
BREAKS = set(".;:!?•|")  # no name runs across these,
INNER = set(",()[]{}/")  # across these only a name that has them itself
SHOUTED_WORDS = 4  # fewer words in capitals may be a list of abbreviations
MOSTLY = 20  # capitals to a small letter in a text that stands in capitals
LONGEST_ABBREVIATION = 3  # that must stand in capitals


@dataclass(frozen=True, slots=True)
class Party:
    """An armed party: canonical name or None, kind (a key of VICTIMS_OF_KIND), ISO alpha-2 country."""

    name: str | None
    kind: str
    country: str | None = None

    def __post_init__(self):
        if self.kind not in VICTIMS_OF_KIND:
            raise ValueError(f"kind of {self.name!r} is {self.kind!r}; allowed: {', '.join(VICTIMS_OF_KIND)}")


@dataclass(frozen=True, slots=True)
class Country:
    """A country of demonyms.tsv, and the part of speech of the name: "name", "adjective" or "place"."""

    code: str
    name: str
    role: str


class Token(NamedTuple):
    """A word of a text that is no article.

    `lead` is where an article before it starts ("al-Nusra"), `gap` what stands between it and the
    word before, `after` the next character, `shouted` whether its line is in capitals throughout.
    """

    lead: int
    start: int
    end: int
    raw: str
    fold: str
    gap: str
    after: str
    shouted: bool


class Name(NamedTuple):
    """A name of a lexicon: its words (folded, as written), its flags and what it names."""

    folds: tuple[str, ...]
    raws: tuple[str, ...]
    as_written: bool
    needs_support: bool
    has_marks: bool
    value: object


class Mention(NamedTuple):
    """Words [first, last) of a token list that name something.

    `values` are the candidates, `usual` those that need no support by the rest of the text.
    """

    first: int
    last: int
    values: tuple
    usual: tuple


def victims_class(party: Party | None) -> str | None:
    """The class of victims that the party's own dead belong to; None where nothing is known of it."""
    return VICTIMS_OF_KIND[party.kind] if party else None


def fold(word: str) -> str:
    """Case, accents, apostrophes and full stops taken away: "Da’esh" gives "daesh"."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word.translate(MARKS).casefold()


def tokens(text: str) -> list[Token]:
    """The words of a text without articles; a possessive 's belongs to no word."""
    found, gap, before, lead = [], "", 0, None
    capitals = in_capitals(text)
    for line in LINE.finditer(text):
        words = list(WORD.finditer(text, line.start(), line.end()))
        shouted = capitals or in_capitals(line.group())
        for match in words:
            gap += text[before : match.start()]
            before = match.end()
            raw = POSSESSIVE.sub("", match.group())
            word, end = fold(raw), match.start() + len(raw)
            article = word in ARTICLES or (word in SUN_ARTICLES and text[end : end + 1] == "-")
            if article:
                lead = match.start()
            if article or word in ("the", ""):
                continue
            start = match.start()
            lead = start if lead is None else lead
            found.append(Token(lead, start, end, raw, word, gap, text[end : end + 1], shouted))
            gap, lead = "", None
    return found


def in_capitals(text: str) -> bool:
    """Whether words in capitals say nothing here: all are, and they are no mere list of abbreviations."""
    upper, lower = (sum(map(test, text)) for test in (str.isupper, str.islower))
    return upper > MOSTLY * lower and len(WORD.findall(text)) >= SHOUTED_WORDS


class Lexicon:
    """Names to look for in a token list; the same name may have several values.

    `capitals`: a name that is written with a capital is only found with one.
    """

    def __init__(self, names: Iterable[tuple[str, object]], capitals: bool = False):
        self.capitals = capitals
        self.unread: dict[str, list[tuple[str, object]]] = {}
        self.read: dict[str, list[Name]] = {}
        for alias, value in names:
            self.unread.setdefault(first_word(alias), []).append((alias, value))

    def starting(self, word: str) -> list[Name]:
        """The names that start with a word, longest first; taken apart when first asked for."""
        if word not in self.read:
            names = {read_name(alias, value): None for alias, value in self.unread.get(word, ())}
            self.read[word] = sorted(names, key=lambda n: -len(n.folds))
        return self.read[word]

    def mentions(self, words: Sequence[Token]) -> list[Mention]:
        """The names in a token list, in text order; of two that overlap the longer, else the first."""
        return without_overlap(m for i in range(len(words)) if (m := self.mention_at(words, i)))

    def mention_at(self, words: Sequence[Token], i: int) -> Mention | None:
        names = self.starting(words[i].fold) if words[i].fold in self.unread else ()
        names = [n for n in names if self.stands(n, words[i : i + len(n.folds)])]
        if not names:
            return None
        names = [n for n in names if len(n.folds) == len(names[0].folds)]
        values = dict.fromkeys(n.value for n in names)
        usual = dict.fromkeys(n.value for n in names if not n.needs_support)
        return Mention(i, i + len(names[0].folds), tuple(values), tuple(usual))

    def stands(self, name: Name, words: Sequence[Token]) -> bool:
        return (
            tuple(w.fold for w in words) == name.folds
            and all(joined(w.gap, name.has_marks) for w in words[1:])
            and all(self.written(name, raw, w) for raw, w in zip(name.raws, words, strict=True))
            and not (name.as_written and words[0].shouted and not quoted(words))
        )

    def written(self, name: Name, raw: str, word: Token) -> bool:
        abbreviation = raw.isupper() and len(raw) <= LONGEST_ABBREVIATION
        if name.as_written or abbreviation or "." in raw:
            return word.raw == raw or (not word.shouted and word.raw.translate(MARKS) == raw)
        return not self.capitals or not raw[0].isupper() or word.raw[0].isupper()


def without_overlap(mentions: Iterable[Mention]) -> list[Mention]:
    """In text order; of mentions that overlap the longest, of equal ones the one given first."""
    taken: set[int] = set()
    chosen = []
    for mention in sorted(mentions, key=lambda m: m.first - m.last):
        place = range(mention.first, mention.last)
        if taken.isdisjoint(place):
            taken.update(place)
            chosen.append(mention)
    return sorted(chosen, key=lambda m: m.first)


def first_word(alias: str) -> str:
    words = (POSSESSIVE.sub("", m.group()) for m in WORD.finditer(alias))
    return next((w for w in map(fold, words) if w not in ARTICLES and w != "the"), "")


def read_name(alias: str, value: object) -> Name:
    """A table's entry with its flags (= and ?) taken apart."""
    bare = alias.lstrip("=?")
    flags, words = alias[: len(alias) - len(bare)], tokens(bare)
    marks = any(INNER.intersection(w.gap) for w in words)
    return Name(
        tuple(w.fold for w in words), tuple(w.raw for w in words), "=" in flags, "?" in flags, marks, value
    )


def joined(gap: str, marks: bool = False) -> bool:
    """Whether the words on both sides of a gap may belong to one name."""
    return (
        len(gap) <= 6
        and gap.count("\n") <= 1
        and not BREAKS.intersection(gap)
        and (marks or not INNER.intersection(gap))
    )


def quoted(words: Sequence[Token]) -> bool:
    return words[0].gap[-1:] in tuple("\"“'‘([") and words[-1].after in tuple("\"”'’)]")


def rows(table: str) -> Iterator[list[str]]:
    """The fields of a table's lines, without comments and header."""
    lines = (TABLES / table).read_text(encoding="utf-8").splitlines()
    body = [line.split("\t") for line in lines if line and not line.startswith("#")]
    yield from body[1:]


@cache
def parties() -> dict[str, Party]:
    """The table's parties by canonical name."""
    return {name: Party(name, kind, country or None) for name, kind, country, _ in rows("actors.tsv")}


@cache
def party_names() -> Lexicon:
    known = parties()
    return Lexicon(
        (a, known[row[0]]) for row in rows("actors.tsv") for a in dict.fromkeys([row[0], *row[3].split("|")])
    )


@cache
def country_names() -> Lexicon:
    def names():
        for code, name, others, adjectives, places in rows("demonyms.tsv"):
            people = "|".join(f"{a}s" for a in adjectives.split("|") if a.endswith(("an", "i")))
            listed = ("name", f"{name}|{others}"), ("adjective", f"{adjectives}|{people}"), ("place", places)
            for role, aliases in listed:
                yield from ((a, Country(code, name, role)) for a in aliases.split("|") if a)

    return Lexicon(names(), capitals=True)
