"""What became of the people a CASUALTY span counts: killed, wounded, captured, missing.

Each sentence is read for cues ("were killed", "wounding", "the arrest of"). A cue inside the span
settles it; else a cue that follows ("12 soldiers were killed") unless that cue takes the next figure
as its object ("… and wounded six"); else the last cue before ("killed 12 and wounded six"); else what
the sentence before or the line introducing the list says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from infer.lexicon import CAPTURED, HINTS, KILLED, MISSING, SEVERAL_FATES, WOUNDED, phrases
from infer.number_words import TENS, UNITS
from infer.schema import Span

WORDS = (*UNITS, *TENS, "hundred", "thousand", "dozen")
KINDS = {
    "unspecified": SEVERAL_FATES,
    "killed": KILLED,
    "wounded": WOUNDED,
    "captured": CAPTURED,
    "missing": MISSING,
}
CUE = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{kind}>{phrases(listing)})' for kind, listing in KINDS.items())})\b", re.I
)
HINT = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{kind}>{phrases(listing)})' for kind, listing in HINTS.items())})\b", re.I
)
LOST = re.compile(
    r"\b(?:los(?:t|es?|ing)|the loss of)\s*(?:at least|about|some|another|up to|over|more than)?\s*$", re.I
)
NEUTRALISED = re.compile(r"neutrali[sz]", re.I)
# A text that says itself that its "neutralised" sums the killed, the captured and those who gave up.
SUMS_FATES = re.compile(
    r"neutrali[sz][^.]{0,40}\b(?:impl|mean|refer|denot|indicat|signif)[^.]{0,120}\b(?:surrender|captur|arrest|detain)",
    re.I,
)
# As what is counted: "1 body", "at least two charred bodies"; no "body guards", no wounds "to his body".
REMAINS = re.compile(
    r"(?:(?!(?:of|to|on|over|with|in|from)\b)[\w,.'’-]+\s+){0,4}?(?:bod(?:y|ies)|corpses?)\b"
    r"(?!\s*-?\s*(?:guards?|staff|members?|leaders?|officials?|workers?|parts?)\b)(?!-)",
    re.I,
)
FELL = re.compile(r"\s+(?:fell|perished|lost\b(?=\s*[.,;:)\n]|\s*\Z))\b", re.I)
PASSIVE = re.compile(
    r"\b(?:was|were|been|being|are|is|be|got|left|found|shot|burned|reported|confirmed)\s+(?:\w+ly\s+)?$",
    re.I,
)
# Between a cue and the figure it governs ("killing at least", "the arrest of another").
QUALIFIERS = r"""
    at least, another, an additional, up to, about, around, some, nearly, almost, over, more than,
    as many as, a total of, the, their, its, his, her, other, and, or, \w+ing
"""
TO_OBJECT = re.compile(rf"\s*(?:of|to|:)?\s*(?:{phrases(QUALIFIERS)}\s*)*$", re.I)
# Between a figure and the cue that follows it ("12 soldiers, all of them conscripts, were killed").
LINKS = r"""
    and, or, as well as, others?, people, persons?, more, who, which, that, were, was, are, is, been,
    being, be, have, has, had, also, both, all, later, confirmed, left, found, shot, burned, either,
    in total, in all, including, among them, of them, of whom, still, remain(?:s|ed)?, went, gone?,
    reported, feared, believed, presumed, said, to, \w+ly, sustained, suffered, received
"""
# What stands in commas: "eight others, including civilians, were wounded".
WITHIN_COMMAS = r",\s*(?:including|most|all|many|some|among them)\s[^,.;:()]{1,40},"
LINKED = rf"(?:[\s,()–—:-]|\b{phrases(LINKS)}\b)*"
FROM_SUBJECT = re.compile(rf"{LINKED}(?:{WITHIN_COMMAS}{LINKED})?", re.I)
NUMBER = rf"(?:\d[\d.,]*|{phrases(', '.join(WORDS))})(?:[- ]{phrases(', '.join(WORDS))})*"
PAIR = re.compile(rf"{NUMBER}\s*(?:and|/|&|,)\s*{NUMBER}", re.I)
MORE, LESS = (
    re.compile(r"\s*(?:,|/|and\b)\s*\d", re.I),
    re.compile(r"\d\s*[,/]\s*\Z"),
)  # a row of more than two
LONGEST_LIST = 300  # characters between "including" and the last of what it names
ENDS_LIST = re.compile(r",\s*and\s+\Z", re.I)
IN_CLAUSE = re.compile(r"[^;:,.()\n|]*")
CLAUSE_ENDS = ";.|\n"
NEXT_TO = 30  # characters between a figure and the brackets that break it down
INCLUDING = re.compile(r"\b(?:including|includes|included|among them|amongst them)\b", re.I)
LISTED = re.compile(r"[\s,]*(?:(?:and|or|as well as|at least|about|some)\b\s*)*", re.I)


@dataclass(frozen=True, slots=True)
class Cue:
    start: int
    end: int
    outcome: str
    passive: bool


def cues(text: str, start: int, end: int) -> list[Cue]:
    """Cues in text[start:end], in order."""
    found = []
    for m in CUE.finditer(text, start, end):
        passive = bool(PASSIVE.search(text, max(start, m.start() - 30), m.start()))
        sums = NEUTRALISED.match(m.group()) and SUMS_FATES.search(text)
        found.append(Cue(m.start(), m.end(), "unspecified" if sums else m.lastgroup, passive))
    return found


def read(text: str, start: int, end: int, casualties: Sequence[Span]) -> dict[Span, str | None]:
    """Outcome of each CASUALTY span of the sentence [start, end); None where the sentence does not say."""
    found = cues(text, start, end)
    outer = [c for c in found if not any(s.start <= c.start and c.end <= s.end for s in casualties)]
    return {
        span: inside(text, found, span) or beside(text, start, outer, casualties, span) for span in casualties
    }


def order_told(text: str, figures: Sequence[Span], fate: Mapping[Span, str | None]) -> tuple[str, str] | None:
    """Which of the killed and the wounded a sentence's last two such figures in a row told first."""
    pairs = [(fate[a], fate[b]) for a, b in pairwise(figures) if len(text[a.end : b.start]) < NEXT_TO]
    return next((pair for pair in reversed(pairs) if {*pair} == {"killed", "wounded"}), None)


def gapped(
    text: str,
    start: int,
    end: int,
    figures: Sequence[Span],
    fate: Mapping[Span, str | None],
    order: tuple[str, str] | None,
) -> dict[Span, str | None]:
    """The fates, with those of two bare numbers of a clause that says none: in the order told before.

    "Homs saw 12 killed and 30 wounded; Hama [four] and [nine], Aleppo ([six]/[11])."
    """
    found = dict(fate)
    for a, b in pairwise(figures):
        order = order_told(text, [f for f in figures if f.end <= a.start], found) or order
        alone = not MORE.match(text, b.end) and not LESS.search(text, start, a.start)
        if not (
            order
            and alone
            and {found[a], found[b]} <= {None, *order}
            and PAIR.fullmatch(text, a.start, b.end)
        ):
            continue
        since = max(start, *(text.rfind(mark, start, a.start) + 1 for mark in CLAUSE_ENDS))
        until = IN_CLAUSE.match(text, b.end, end).end()
        told = {c.outcome for c in cues(text, since, a.start)}
        if told in (set(), {*order}) and not cues(text, b.end, until):
            found[a], found[b] = order
    return found


def of_words(words: str) -> str | None:
    """The outcome that a few words name last, such as the head of a column."""
    found = cues(words, 0, len(words))
    return found[-1].outcome if found else None


def inside(text: str, found: Sequence[Cue], span: Span) -> str | None:
    if REMAINS.match(text, span.start, span.end):  # "a body with gunshot wounds"
        return "killed"
    kinds = [c.outcome for c in found if span.start <= c.start and c.end <= span.end]
    return kinds[-1] if kinds else None


def beside(text: str, start: int, outer: Sequence[Cue], casualties: Sequence[Span], span: Span) -> str | None:
    bracketed = next((c for c in outer if text[c.end : span.start].strip() == "("), None)  # "killed (12)"
    if bracketed:
        return bracketed.outcome
    if LOST.search(text, start, span.start) or FELL.match(text, span.end):
        return "killed"
    after = following(text, outer, span)
    apart = after is None or any(span.end <= s.start < after.start for s in casualties)
    if apart and (whole := part_of(text, start, outer, casualties, span)):
        return of_words(whole.text(text)) or predicate(text, outer, casualties, whole)
    return predicate(text, outer, casualties, span)


def following(text: str, outer: Sequence[Cue], span: Span) -> Cue | None:
    """The first cue after a figure that stands in no brackets opened since."""
    return next((c for c in outer if c.start >= span.end and not within_brackets(text, span, c)), None)


def predicate(text: str, outer: Sequence[Cue], casualties: Sequence[Span], span: Span) -> str | None:
    """What the cue that follows a figure says of it, else the last one before."""
    after = following(text, outer, span)
    if after and follows(text, after, casualties, span):
        return after.outcome
    before = [c for c in outer if c.end <= span.start]
    return before[-1].outcome if before else (after.outcome if after else None)


def part_of(
    text: str, start: int, outer: Sequence[Cue], casualties: Sequence[Span], span: Span
) -> Span | None:
    """The figure that this one is told to be a part of, so that it shares its fate."""
    before = [s for s in casualties if s.end <= span.start]
    return included_in(text, start, before, span) or bracketed_in(text, start, outer, before, span)


def included_in(text: str, start: int, before: Sequence[Span], span: Span) -> Span | None:
    """The figure that a sentence says to include this one ("six, including [three women] and a boy").

    A comma before "and" ends the list: ", and 19 others injured".
    """
    reach = max(start, span.start - LONGEST_LIST)
    said = next(reversed([*INCLUDING.finditer(text, reach, span.start)]), None)
    if said is None or ENDS_LIST.search(text, said.end(), span.start):
        return None
    listed = [s for s in before if s.start >= said.end()]
    edges = [said.end(), *(x for s in listed for x in (s.start, s.end)), span.start]
    if not all(LISTED.fullmatch(text, a, b) for a, b in list(pairwise(edges))[::2]):
        return None
    return next((s for s in reversed(before) if s.end <= said.start()), None)


def bracketed_in(
    text: str, start: int, outer: Sequence[Cue], before: Sequence[Span], span: Span
) -> Span | None:
    """The figure whose brackets tell of this one ("41 dead (27 soldiers, [14 civilians])")."""
    opened = text.rfind("(", start, span.start)
    told = opened >= 0 and any(opened < c.start < span.start for c in outer)
    if opened < 0 or told or ")" in text[opened : span.start]:
        return None
    whole = next((s for s in reversed(before) if s.end <= opened), None)
    return whole if whole and opened - whole.end < NEXT_TO else None


def hint(text: str, start: int, end: int, span: Span) -> str | None:
    """What vaguer words of the sentence suggest ("taken", "buried"): the nearest to the span."""
    found = sorted(
        HINT.finditer(text, start, end), key=lambda m: max(span.start - m.end(), m.start() - span.end)
    )
    return found[0].lastgroup if found else None


def within_brackets(text: str, span: Span, cue: Cue) -> bool:
    """Whether a cue stands in brackets opened after the figure, and so is about a part of it."""
    between = text[span.end : cue.start]
    return between.count("(") > between.count(")")


def follows(text: str, cue: Cue, casualties: Sequence[Span], span: Span) -> bool:
    """Whether the cue is the predicate of the figure, with nothing but its own list in between."""
    if not cue.passive and takes_object(text, cue, casualties):
        return False
    edges = [
        span.end,
        *(x for s in casualties if span.end <= s.start and s.end <= cue.start for x in (s.start, s.end)),
        cue.start,
    ]
    gaps = [text[a:b] for a, b in list(pairwise(edges))[::2]]
    return all(FROM_SUBJECT.fullmatch(gap) for gap in gaps)


def takes_object(text: str, cue: Cue, casualties: Sequence[Span]) -> bool:
    following = next((s for s in casualties if s.start >= cue.end), None)
    return (
        following is not None
        and bool(TO_OBJECT.fullmatch(text, cue.end, following.start))
        and "and" not in text[cue.end : following.start].split()
    )
