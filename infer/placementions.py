"""LOCATION spans taken apart, and the places of the table that their names may mean."""

from dataclasses import dataclass
from functools import lru_cache

from infer import gazetteer, placechoice, placephrases
from infer.gazetteer import Entry
from infer.parties import country_names, tokens
from infer.placenames import bare_key, key
from infer.placephrases import Phrase

LONGEST = 200  # characters; a longer span is no place


@dataclass(frozen=True, slots=True)
class Mention:
    """A span taken apart, and the places that its name may mean."""

    phrase: Phrase
    options: tuple[Entry, ...]
    name: str
    country: str | None = None  # that an adjective in the span names


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


@lru_cache(maxsize=4096)  # the same names stand in report after report
def mention_of(words: str) -> Mention:
    if len(words) > LONGEST:
        return Mention(Phrase(), (), "")
    phrase, country = placephrases.read(words, _known), _adjective(words)
    after = placephrases.is_named_after(words)
    for name in phrase.names:
        options = _named(name) or (gazetteer.sounding(name) if name != name.lower() else [])
        options = [o for o in options if not (after and o.kind == "country")]
        if options:
            return Mention(phrase, tuple(options), bare_key(name), country)
    return Mention(phrase, (), bare_key(phrase.names[0]) if phrase.names else "", country)


def _adjective(words: str) -> str | None:
    """The country whose adjective stands before a noun for land: "the Syrian town of X", "Iraqi soil"."""
    parts = tokens(words)
    for found in country_names().mentions(parts):
        after = parts[found.last].raw if found.last < len(parts) else ""
        if len(found.values) == 1 and found.values[0].role == "adjective" and placephrases.is_land(after):
            code = found.values[0].code
            return code if len(code) == 2 else None
    return None
