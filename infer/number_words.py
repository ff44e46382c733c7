"""Find numbers in running text, in digits and in English words, and what is put around them.

A grammar of our own: libraries that read number words know neither "two dozen" nor "15 to 20",
nor which digits count nothing ("M23", "13-year-old", "4th Division"). Characters are folded one
for one, so that every offset is an offset into the text as it was given.
"""

import re

from infer.schema import Quantity

UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * tens
    for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
} | {"fourty": 40, "ninty": 90}
SETS = {"both": 2, "couple": 2, "pair": 2, "twin": 2, "duo": 2, "twice": 2, "trio": 3, "quartet": 4}
SCALES = {
    "hundred": 100,
    "dozen": 12,
    "score": 20,
    "thousand": 1000,
    "k": 1000,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
}
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W\d_])"
)


def any_of(patterns: str) -> str:
    """A pattern for any of the patterns in a list that white space separates, the longest first."""
    return "(?:" + "|".join(sorted(patterns.split(), key=len, reverse=True)) + ")"


_SMALL = any_of(" ".join([*UNITS, *TENS, *SETS]))
_SCALE_WORD = any_of(" ".join(SCALES))
_SCALE = _SCALE_WORD + r"s?\b"
_DIGITS = (
    r"(?:\d{1,3}(?P<group>[,.' ])\d{3}(?:(?P=group)\d{3})*(?![\d-])|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"
    r"|\d+[.,]\d+(?!\d)|\d+)"
)
_START = re.compile(
    r"(?P<vague>\b(?:tens|dozens|scores|hundreds|thousands|millions|several|numerous|(?<!as )many|multiple"
    r"|countless|innumerable|various|few|handful|plenty)\b"
    r"(?:\s+(?:of\s+)?(?:dozen|score|hundred|thousand|million)s?\b)?)"
    rf"|(?<![\w$€£#.])(?<!\d[,/:])(?:(?P<digits>{_DIGITS})|(?P<small>{_SMALL})\b"
    r"|(?P<half>(?:an?\s+)?half[\s-]+(?:an?[\s-]+)?)?(?:\b(?:an?\s+))?"
    r"(?P<scale>hundred|thousand|million|dozen|score|lakh)\b)",
    re.I,
)
_NEXT = re.compile(
    rf"(?P<and>(?:,?\s+|-)and[\s-]+|,\s+|\s*-\s*|\s+(?:of\s+)?|)(?P<word>{_SMALL}\b|{_SCALE})", re.I
)

_YEAR = r"(?:19|20)\d\d\b"
_NUMBER_WORD = any_of(" ".join([*UNITS, *TENS]))
_COMPOUND = rf"{_NUMBER_WORD}(?:-{_NUMBER_WORD})?"
_MEASURE = (
    r"(?:per\s?cent|%|kilomet\w+|km|miles?|met(?:er|re)s?|kilogram\w*|kg|tons?|tonnes?|mm|years?|months?|weeks?"
    r"|days?|hours?|hrs|minutes?|seconds?|dollars?|euros?|[ap]\.?m)\b"
)
_FORCE = r"(?:brigade|division|battalion|regiment|corps|squadron|infantry)"
_NUMBERED = r"(?:unit|no\.?|number|resolution|article|sector|zone|route|highway|camp|checkpoint)"
_COUNTING_TAIL = (
    rf"(?:{_NUMBER_WORD}|{_SCALE_WORD}|to|or|and|plus|odd|strong|members?|m[ae]n|person|people)\b"
)

# What looks like a number and counts nothing. Blanked before numbers are looked for.
_NOT_A_COUNT = re.compile(
    "|".join(
        (
            r"\b\d+(?:st|nd|rd|th|d)\b",  # 17th
            r"\b\d+(?:mm|km|kg|m|s)\b|\$\s?[\d.,]+|\b\d+(?:\.\d+)?\s?%",  # 122mm, 1990s, 30%
            r"\b\d{1,2}[:.]\d{2}\b(?=\s?(?:[ap]\.?m|gmt|utc|local))",  # 10:30 pm
            rf"\b(?!{_NUMBER_WORD}-)[^\W\d]+-?\d[\w-]*",  # M23, AK-47
            rf"\b\d+/\d+\b|\b{_NUMBER_WORD}[\s-](?:thirds?|quarters?|fourths?|fifths?|halves|half)\b",
            r"\b(?:aged?|age\s+of)\s+\d+(?:(?:,|\s?-|\sand)\s?\d+)*|[(,]\s*\d{1,2}\s*[),]?$",  # Name, 13
            rf"\b(?:\d+|{_COMPOUND})[\s-]years?(?:[\s-]?olds?)?\b",
            rf"(?<![\d-])\b(?:\d[\d.,]{{0,20}}|{_COMPOUND})-(?!{_COUNTING_TAIL})[^\W\d][\w-]*",  # five-day
            rf"\b(?:\d{{1,9}}\s?(?:-|to)\s?)?(?:\d[\d.,]{{0,20}}|{_NUMBER_WORD})(?=\s{_MEASURE})",  # 4 hours
            rf"\b\d{{1,2}}\s(?:of\s)?{MONTH}(?:,?\s{_YEAR})?",  # 7 October 2023
            rf"\b{MONTH}\.?\s(?:\d{{1,2}}\b(?!,?\d)(?:,?\s{_YEAR})?|{_YEAR})",  # October 7, 2023
            rf"\b(?:in|since|until|during|from|between)\s{_YEAR}(?:(?:\sto\s|\sand\s|-){_YEAR})?",
            rf"(?<!total)\sof\s{_YEAR}$|\b(?:the|an?)\s{_YEAR}\s(?=\w+\b(?<!s)$)",  # the 2019 massacre
            rf"\b(?:{_FORCE}|{_NUMBERED})\s#?\d+\b|\b\d+\s(?={_FORCE}\b)",  # Unit 45
            r"\b(?:no|any|every|some)\s?one\b|\bone\s(?:another|by\sone)\b",
        )
    ),
    re.I,
)

_BEFORE = {
    "at_least": r"at\s?least|not?\s+(?:fewer|less)\s+th[ae]n|(?:more|greater|larger)\s+th[ae]n|over|above"
    r"|beyond|upwards?\s+of|in\s+excess\s+of|exceeding|a?\s?minimum\s+of|>=?|≥",
    "at_most": r"up\s+to|as\s+(?:many|much)\s+as|at\s+(?:the\s+)?most|not?\s+more\s+th[ae]n"
    r"|(?:fewer|less)\s+th[ae]n|under|below|not\s+exceeding|a?\s?maximum\s+of|<=?|≤",
    "about": r"about|around|some|nearly|almost|approximately|approx\.?|roughly|close\s+to|circa|ca?\.|~|≈"
    r"|an?\s+estimated|estimated(?:\s+at)?|(?:in\s+)?the\s+region\s+of|(?:in|on|of)\s+the\s+order\s+of|virtually"
    r"|practically|more\s+or\s+less",
}
_FILLER = (
    r"(?:\s*(?:an?|the|total|toll|of|another|other|further|additional|some|about|around|estimated|as|its|their|all"
    r"|these|those|new|separate|reported|only|just)\b)"
)
_RELATION_BEFORE = re.compile(
    "|".join(
        rf"(?P<{name}>(?<!\w)(?:{_BEFORE[name]}){_FILLER}{{0,3}}\s*)$"
        for name in ("at_most", "at_least", "about")
    ),
    re.I,
)
_RELATION_AFTER = re.compile(
    r"\s*-?(?:(?P<at_least>\+|plus\b|(?:or|and)\s+(?:even\s+)?more\b|at\s+(?:the\s+)?least\b"
    r"|if\s+not\s+more\b|and\s+counting\b)"
    r"|(?P<at_most>or\s+(?:fewer|less)\b|at\s+(?:the\s+)?most\b|maximum\b)"
    r"|(?P<about>odd\b|or\s+so\b|or\s+thereabouts\b|approximately\b))",
    re.I,
)
_RANGE = re.compile(r"\s*-\s*|\s+(?:to|or)\s+|-(?:to|or)-|\s+(?P<and>and)\s+", re.I)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:about\s+|some\s+)?$", re.I)
_FOLD = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t\r\n"), " ")
_FOLD |= dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(map(ord, "‘’ʼ٬"), "'") | {ord("٫"): "."}
_MOST_DIGITS = 18


def fold(text: str) -> str:
    """`text` with dashes, spaces and apostrophes made plain and what counts nothing blanked; same length."""
    return _NOT_A_COUNT.sub(lambda m: "_" * len(m[0]), text.translate(_FOLD))


def find(text: str) -> list[tuple[int, int, Quantity]]:
    """Every number in `text` as (start, end, quantity), in order, with its "at least" or "or so".

    Quantity words without a value ("dozens", "several") come as `vague`.
    """
    plain = fold(text)
    found, at = [], 0
    while start := _START.search(plain, at):
        number = _number(plain, start)
        if number:
            found.append(_expression(plain, at, start.start(), number))
        elif start["vague"]:
            found.append((*start.span(), Quantity(relation="vague")))
        at = found[-1][1] if number else start.end()
    return found


def _expression(text: str, floor: int, start: int, number: tuple) -> tuple[int, int, Quantity]:
    """The number at `start` with its relation words (none before `floor`) and, in a range, its upper end."""
    value, end, _ = number
    upper = None
    between = _RANGE.match(text, end)
    if between and (not between["and"] or _BETWEEN.search(text, floor, start)):
        second = _START.match(text, between.end())
        other = second and _number(text, second)
        if other and other[0] > value:
            upper, end, scale = other
            if number[2] == 1 and value * scale < upper:
                value *= scale
    relation = "exact"
    if before := _RELATION_BEFORE.search(text, floor, start):
        relation, start = before.lastgroup, before.start()
    elif after := _RELATION_AFTER.match(text, end):
        relation, end = after.lastgroup, after.end()
    return start, end, Quantity(value, upper, relation)


def _number(text: str, start: re.Match) -> tuple[int, int, int] | None:
    """(value, end, last scale) of the number that begins with `start`; None where it has no whole value."""
    if start["vague"]:
        return None
    if start["digits"]:
        return _from_digits(text, start)
    if not start["scale"]:
        return _compose(text, start.end(), _small(start["small"]))
    scale = SCALES[start["scale"].lower()]
    return (scale // 2, start.end(), 1) if start["half"] else _compose(text, start.end(), scale)


def _from_digits(text: str, start: re.Match) -> tuple[int, int, int] | None:
    digits, end = start["digits"], start.end()
    following = _NEXT.match(text, end)
    scale = _scale(following["word"]) if following and not following["and"].strip() else None
    if scale:
        end = following.end()
    decimal = re.fullmatch(r"(\d+)[.,](\d+)", digits)
    if decimal and scale and (len(decimal[2]) != 3 or "." in digits):
        value, rest = divmod(int(decimal[1] + decimal[2]) * scale, 10 ** len(decimal[2]))
        return None if rest else (value, end, scale)
    if decimal and (len(decimal[2]) != 3 or len(decimal[1]) > 3 or decimal[1].startswith("0")):
        return None
    plain = re.sub(r"\D", "", digits)
    return None if len(plain) > _MOST_DIGITS else (int(plain) * (scale or 1), end, scale or 1)


def _scale(word: str) -> int | None:
    word = word.lower()
    return SCALES.get(word) or SCALES.get(word.removesuffix("s"))


def _small(word: str) -> int:
    word = word.lower()
    return UNITS.get(word) or TENS.get(word) or SETS.get(word, 0)


def _compose(text: str, end: int, value: int) -> tuple[int, int, int]:
    """Take the words after a first one as long as they build one number ("one hundred and five")."""
    total, group = (value, 0) if value >= 1000 else (0, value)
    ceiling = value if value >= 1000 else 10**12
    scale = 1
    while following := _NEXT.match(text, end):
        word, joint = following["word"], following["and"].lower()
        step = _scale(word)
        if not joint or ("and" in joint and (step or total + group < 100)):
            break
        if step and step < 1000 and 0 < group < 100:
            group *= step
        elif step and step >= 1000 and 0 < group < 1000 and step < ceiling:
            total, group, ceiling = total + group * step, 0, step
        elif not step and _fits(group, total, _small(word)):
            group += _small(word)
        else:
            break
        scale, end = step or 1, following.end()
    return total + group, end, scale


def _fits(group: int, total: int, small: int) -> bool:
    """Whether a word under a hundred may follow: "twenty three", "hundred five"; not "five six"."""
    if small == 0:
        return False
    if group % 100 == 0:
        return group > 0 or total > 0
    return small < 10 and 20 <= group % 100 and group % 10 == 0
