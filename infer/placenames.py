"""Normal forms of place names: what two spellings of one name have in common.

`key` folds case, accents, apostrophes, hyphens and spaces; `skeleton` also folds what
romanisations of Arabic, Persian and Kurdish vary in (articles, vowels, doubled letters, q/k/g),
so that "Deir ez-Zor", "Dayr az Zawr" and "Deir al-Zour" are one. The table's builder and its
reader use the same functions: who changes them rebuilds the table.
"""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")  # combining accents
_LETTERS = str.maketrans(
    {
        **{"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a"},
        **{"ɓ": "b", "ɗ": "d", "ƙ": "k", "ŋ": "n", "ħ": "h"},
        **dict.fromkeys("'’‘`´ʻʼʽʾʿˈ′", ""),
    }
)
_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset("al el ul il ar er as es ash esh at et ath ad ed adh edh az ez an en".split())
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
# Spellings and their sound, in this order; c at last stands for sh, one consonant.
_SOUNDS = (
    *(("sch", "sh"), ("tch", "sh"), ("ch", "sh"), ("dj", "j"), ("gh", "g"), ("kh", "k"), ("dh", "d")),
    *(("th", "t"), ("ph", "f"), ("q", "k"), ("c", "k"), ("v", "w"), ("x", "ks"), ("sh", "c")),
)
_VOWELS = str.maketrans({"e": "a", "o": "u", "w": "u", "y": "i"})
_FEWEST_CONSONANTS = 3


def words(name: str) -> list[str]:
    """The name's words, folded to plain letters and digits: "Şāʻdah" gives ["sadah"]."""
    plain = name.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    plain = plain.translate(_LETTERS).replace("&", " and ")
    return [_SHORT_FORMS.get(word, word) for word in _WORD.findall(plain)]


def key(name: str) -> str:
    """What the table is searched by: "Port-au-Prince" and "PORT AU PRINCE" are "portauprince"."""
    return "".join(words(name))


def without_articles(parts: list[str]) -> list[str]:
    """The words without Arabic articles, unless nothing would be left."""
    return [part for part in parts if part not in _ARTICLES] or parts


def bare_key(name: str) -> str:
    """The key without Arabic articles: "raqqah" for "Ar-Raqqah"."""
    return "".join(without_articles(words(name)))


def skeleton(name: str) -> str:
    """Consonants of a romanised Arabic, Persian or Kurdish name, "drzr" for "Deir ez-Zor"; "" for no name.

    A leading vowel leaves a mark; w and y count only at the start, a final h not at all. Names of
    fewer than three consonants keep their vowels, folded to a, i and u: "=raka" for "Ar-Raqqah".
    """
    sounds = "".join(part.removesuffix("h") for part in without_articles(words(name)))
    for spelling, sound in _SOUNDS:
        sounds = sounds.replace(spelling, sound)
    start = "'" if sounds[:1] in tuple("aeiou") else sounds[:1]
    bones = _single(start + re.sub(r"[aeiouyw]", "", sounds[1:]))
    if len(bones.lstrip("'")) >= _FEWEST_CONSONANTS or not sounds:
        return bones
    return "=" + _single(sounds.translate(_VOWELS))


def _single(letters: str) -> str:
    return re.sub(r"(.)\1+", r"\1", letters)
