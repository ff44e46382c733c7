"""Abbreviations that a text defines for its own use.

"Name of Force (NF)", "NF (Name of Force)", "the Name of Force, or NF," and, in one span, "Name of Force NF".
"""

import re
from collections.abc import Iterator, Sequence

from infer.schema import Span

SHORT = r"[A-Z][A-Za-z0-9]{0,5}(?:[-/][A-Za-z0-9]{1,6})?"
QUOTE = r"[\"“”'‘’]?"
AFTER = re.compile(rf"\s*[(\[]\s*{QUOTE}({SHORT}){QUOTE}\s*[)\]]")
NAMED = re.compile(
    r",?\s+(?:or|(?:also |better |widely )?known as|abbreviated(?: as| to)?"
    r"|known by (?:its|the|their) (?:acronym|initials|abbreviation)(?: as| of)?)"
    rf"\s+(?:the\s+)?{QUOTE}({SHORT})\b"
)
BEFORE = re.compile(rf"\b({SHORT})\s*[(\[]([^()\[\]\n]{{5,90}})[)\]]")
BESIDE = re.compile(rf"\s({SHORT})$")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
UNCOUNTED = {
    "of",
    "the",
    "and",
    "for",
    "in",
    "to",
    "on",
    "al",
    "el",
    "de",
    "la",
    "del",
    "y",
    "e",
    "des",
    "du",
    "et",
}
SENTENCE = re.compile(r"[.;:!?()\[\]\n]\s*(?=[^.;:!?()\[\]\n]*$)")
REACH = 160  # characters looked back for a long form


def definitions(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """(short, long) forms; the long one is the ACTOR span beside it, else the words of its initials."""
    ends = sorted((s for s in spans if s.label == "ACTOR"), key=lambda s: s.end)
    for pattern in (AFTER, NAMED):
        for match in pattern.finditer(text):
            if is_short(match[1]) and (long := long_before(text, match.start(), match[1], ends)):
                yield match[1], long
    for match in BEFORE.finditer(text):
        if is_short(match[1]) and initials(match[2]) == plain(match[1]):
            yield match[1], bare(match[2])
    for span in ends:
        match = BESIDE.search(span.text(text))
        long = bare(span.text(text)[: match.start()]) if match else ""
        if match and is_short(match[1]) and is_name(long) and initials(long) == plain(match[1]):
            yield match[1], long


def is_short(word: str) -> bool:
    return sum(c.isupper() for c in word) >= 2


def is_name(words: str) -> bool:
    """Several words, most of them with a capital, in a text that is not all capitals."""
    counted = [w for w in WORD.findall(words) if w.casefold() not in UNCOUNTED]
    return len(counted) > 1 and all(w[0].isupper() for w in counted) and any(c.islower() for c in words)


def long_before(text: str, end: int, short: str, actors: Sequence[Span]) -> str | None:
    """The long form that ends at `end`."""
    for span in actors:
        long = text[span.start : end].rstrip()
        if (
            span.start < end
            and (text[span.end : end].strip() == "" or span.end >= end)
            and len(long) <= REACH
        ):
            if is_name(bare(long)) or plain(short) == initials(long):
                return bare(long)
    left = text[max(0, end - REACH) : end]
    cut = SENTENCE.search(left)
    left = left[cut.end() :] if cut else left
    starts = [m.start() for m in WORD.finditer(left)]
    return next(
        (
            left[s:].strip()
            for s in reversed(starts)
            if begins(left[s:]) and initials(left[s:]) == plain(short)
        ),
        None,
    )


def begins(words: str) -> bool:
    return words[0].isupper() and WORD.match(words).group().casefold() not in UNCOUNTED


def initials(words: str) -> str:
    return "".join(w[0] for w in WORD.findall(words) if w.casefold() not in UNCOUNTED).casefold()


def plain(short: str) -> str:
    return re.sub(r"[-/]", "", short).casefold()


def bare(words: str) -> str:
    """Without article, quotes and blanks around."""
    return re.sub(r"^(?:the|an?)\s+", "", words.strip(" \t\r\n\"“”'‘’,"), flags=re.I)
