"""How many a span says: the words of an ATTACK_COUNT or CASUALTY span to a `Quantity`.

Where a number stands, the first one of the noun phrase is the count; where none stands, a
singular phrase or a name is one, a plural has no value.
"""

import re
from functools import lru_cache

from infer.number_words import any_of, find, fold
from infer.schema import Quantity

__all__ = ["find", "read"]

_VAGUE = Quantity(relation="vague")
_PREPOSITION = any_of(
    "of from in with at by near for on who whom whose including inside outside aboard among against during"
)
_COLLECTIVE = any_of(
    """totals? groups? numbers? family families teams? series waves? strings? sets? couples? pairs? crews?
    tolls? count killings? deaths? arrests? loss(?:es)? injury injuries wounding capture abductions? majority
    kidnappings? detentions? executions? body bodies corpses? remains sum batch barrage convoy patrol squad
    cell all most rest spate murders? lives assassinations? massacre"""
)
_HEAD_PASSED = re.compile(
    r"\s*(?:an?|the|another|his|her|its|their|this|that|each|every)\s"
    rf"(?!.*\b{_COLLECTIVE}\s+of\b).*\b{_PREPOSITION}\s",
    re.I,
)
_JOIN = re.compile(r"(?:,\s+(?:and\s+)?|\s+(?:and|plus|&|as\s+well\s+as)\s+)", re.I)
_ARTICLE = re.compile(r"\s*(?:an?|another|one|his|her|their)\s", re.I)
_ONE = re.compile(r"(?:an?|another|each|every|one|this|that|single|sole|lone)\s", re.I)
_DETERMINER = re.compile(
    r"(?:(?:at\s?least|only|just|even|also|reportedly|including|the|his|her|its|their|our|my)\s+)*", re.I
)
_HEAD_END = re.compile(rf"\s+{_PREPOSITION}\s|[,;:(]", re.I)
_BEHIND = re.compile(
    r"\b(?:(?P<at_least>or more|at (?:the )?least)|(?P<about>or so|approximately)"
    r"|(?P<at_most>or fewer|or less|at (?:the )?most))\s*$",
    re.I,
)
_PART_OF_IT = re.compile(r"\s*of\s+(?:them|whom|which|these|those)\b", re.I)
_PORTION = any_of(
    "number lots? series string wave spate rest all most many half quarter third majority minority part bulk"
)
_NO_NUMBER = re.compile(
    r"\b(?:unknown|undetermined|unspecified|large|small|great|certain|unconfirmed)\s+numbers?\b"
    rf"|\b{_PORTION}\s+of\b"
    r"|\b(?:no|none|nobody|all|most|some|any|others|everyone|them|these|those|they|per\s?cent)\b",
    re.I,
)
_GROUP = re.compile(
    any_of(
        """family families group crews? patrol team squad platoon company gang crowd cell convoy unit couple
        people police personnel troops staff population public community leadership militia infantry cavalry
        number lot majority minority series spate youth dead wounded injured missing killed others rest
        children casualties .*(?:men|women|folk)"""
    ),
    re.I,
)
_PLURAL_PEOPLE = re.compile(
    any_of(
        r"""soldier civilian fighter member militant officer rebel insurgent terrorist guerrilla policem[ae]n
        leader commander combatant villager worker student peasant farmer troop guard victim resident
        protester demonstrator prisoner hostage mercenar(?:y|ie) jihadist jihadi militia commando \w+ista
        peacekeeper passenger citizen person pilgrim trader driver priest journalist girl boy attack operation
        raid strike airstrike bombing explosion blast ambushe? assault clashe? incident operative extremist
        separatist subversive bomber attacker assailant recruit cadre element agent refugee
        herder miner shepherd"""
    )
    + "s",
    re.I,
)
_SPANISH = re.compile("(?:[ao]s|is|[lnry]es|entes)$", re.I)  # surnames that end like no English plural
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_TITLE = re.compile(
    any_of(
        """col(?:onel)? gen(?:eral)? brig(?:adier)? maj(?:or)? capt(?:ain)? lt lieutenant sgt sergeant cpl
        corporal private cmdr commander mr mrs ms dr doctor sheikh? shaykh imam mullah father bishop judge
        mayor president minister senator deputy emir prince professor journalist abu"""
    )
    + r"\.?\s",
    re.I,
)


@lru_cache(maxsize=4096)  # asked for the same few words again and again
def read(quote: str) -> Quantity:
    """How many the words of a span say; `vague` without a value where they do not say it."""
    parts = _parts(quote)
    quantities = [_read_one(part) for part in parts]
    if len(parts) == 1 or any(q.value is None or q.upper is not None for q in quantities):
        return quantities[0]
    relation = next((q.relation for q in quantities if q.relation != "exact"), "exact")
    return Quantity(sum(q.value for q in quantities), None, relation)


def _parts(quote: str) -> list[str]:
    """The counted members of a coordination ("a woman and two children"), else the quote alone."""
    counts = find(quote)
    parts, start = [], 0
    for join in _JOIN.finditer(fold(quote)):
        inside = any(a < join.end() and join.start() < b for a, b, _ in counts)
        count = next((c for c in counts if c[0] == join.end()), None)
        of_these = count and _PART_OF_IT.match(quote, count[1])
        if not inside and not of_these and (count or _ARTICLE.match(quote, join.end())):
            parts.append(quote[start : join.start()])
            start = join.end()
    return [*parts, quote[start:]]


def _read_one(quote: str) -> Quantity:
    counts = find(quote)
    plain = fold(quote)
    if counts and not _HEAD_PASSED.match(plain[: counts[0][0]] + " "):
        _, end, quantity = counts[0]
        behind = _BEHIND.search(plain, end)
        if behind and quantity.relation == "exact":
            return Quantity(quantity.value, quantity.upper, behind.lastgroup)
        return quantity
    if _NO_NUMBER.search(plain) or not _is_singular(plain):
        return _VAGUE
    return Quantity(1, None, "at_least" if re.match(r"\s*at\s?least\b", plain, re.I) else "exact")


def _is_singular(plain: str) -> bool:
    """Whether a phrase without a number means one: a singular determiner, a singular head or a name."""
    phrase = plain.strip()
    phrase = phrase[_DETERMINER.match(phrase).end() :]
    head = [word for word in _HEAD_END.split(phrase + " ", maxsplit=1)[0].split() if _LATIN.search(word)]
    if not head:
        return False
    last = head[-1].strip("'\".")
    if _GROUP.fullmatch(last):
        return False
    return bool(_ONE.match(phrase)) or not _is_plural(last) or _is_name(phrase, head, last)


def _is_plural(word: str) -> bool:
    low = word.lower()
    return low.endswith("s") and not low.endswith(("ss", "us", "is", "'s"))


def _is_name(phrase: str, head: list[str], last: str) -> bool:
    if _PLURAL_PEOPLE.fullmatch(last):
        return False
    if _TITLE.match(phrase):
        return True
    if len(head) < 2 or not all(word[0].isupper() for word in head):
        return False
    return not phrase.isupper() or bool(_SPANISH.search(last))
