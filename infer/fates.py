"""People of whom a text tells no fate are no casualties.

A tagger that has learnt from toll after toll marks the ministers, the demonstrators and the murderers of
a news report as well. A name is a casualty only where its own sentence says that somebody was harmed or
taken, and one that goes on to speak was not killed; a counted group only where something near it tells of
harm. Those "by" whom it was done did not suffer it, and what is only threatened has not happened. Rows,
headings and list items are left alone: there the fate stands in the head of the column or the line above.
"""

import re
from collections.abc import Sequence

from infer import numbers, outcomes
from infer.blocks import Block, Layout, Sentence, layout
from infer.lexicon import any_of, phrases
from infer.schema import Span
from infer.victims import ELLIPTIC

HARM = r"""
    victims?, lost, loss(?:es)?, toll, hit, struck, shots?, funerals?, mourn\w*, ambush\w*, attacked,
    blasts?, (?:gun)?fire (?:on|at), opened fire, among (?:them|the), blew up, burn\w*, beaten, tortur\w*,
    rap(?:ed|es?), suffer\w*, seriously, critical\w*, gave \w+ up, martyr\w*, heroes, ineffective,
    finish\w* off, to hell, did (?:not|n't) (?:get|come|go) (?:home|back), never came (?:home|back), fell,
    fallen, taken, wanted, knif\w+, stabb\w*
"""
HARMED = any_of(HARM)
NO_HARM = re.compile(
    r"\b(?:no|nobody|no[ -]one|none|without|not (?:be(?:en)?|suffer))\b(?:\s+\w+){0,3}\s*$", re.I
)
SQUAD = re.compile(r"death\s+(?:squads?|threats?|penalty|sentences?)\b", re.I)
COUNT_WORD = re.compile(r"\s*(?:an?|the|one|his|her|its|their|our|my|another|some)\b", re.I)
SPEECH = r"""
    said, says, told, adds?, added, stated, states, declar(?:ed|es), express(?:ed|es), announced, stressed,
    condemned, asked, explained, pointed out, emphasized, noted, claimed, admitted, denied, reiterated
"""
SPEAKER = re.compile(
    rf"(?:\s+[\w-]+){{0,2}}\s*(?:,[^.;]{{2,120}}?,\s*)?(?:\b(?:has|have|had|also|today|yesterday|then)\s+)*\b{phrases(SPEECH)}\b",
    re.I,
)
DONE_BY = re.compile(
    rf"(?:{outcomes.CUE.pattern})\s+(?:on\s+\w+\s+|last\s+\w+\s+|yesterday\s+|today\s+)?by\s+(?:the\s+|these\s+)?$",
    re.I,
)
NOT_DONE = re.compile(
    r"\b(?:threat\w*|plan\w*|plot\w*|vow\w*|intend\w*|want\w*|promis\w*)\s+to\s+"
    r"(?:kill|murder|execute|assassinate|kidnap|abduct|capture|arrest|attack)\s+(?:the\s+|another\s+)?$",
    re.I,
)
WORDS = r"(?:\s+(?!(?:was|were|been|being|is|are|and|be)\b)[\w-]+){0,2}?"
ACTS = re.compile(
    rf"{WORDS}\s+(?:who\s+)?(?:attacked|opened fire|fired|threw|hurled|planted|stormed|burst|took part"
    r"|participat\w+|(?:were|was|are|is) (?:involved|responsible|behind))\b",
    re.I,
)
TO_COME = re.compile(
    rf"{WORDS}\s+(?:will|would|could|may|might|should|must|can)\s+(?:not\s+)?(?:\w+\s+)?be\s+(?:{outcomes.CUE.pattern})",
    re.I,
)
REACH = 60  # characters before a figure


def told(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the CASUALTY spans of people who, by the text, came to no harm."""
    found = layout(text, spans)
    dropped: set[Span] = set()
    for index, inside in found.by_sentence(spans).items():
        people = [s for s in inside if s.label == "CASUALTY"]
        dropped |= {s for s in people if acted(text, s)}
        if not people or found.blocks[found.sentences[index].block].kind != "paragraph":
            continue
        names = {s for s in people if is_name(text, s)}
        dropped |= {s for s in names if SPEAKER.match(text, s.end)}
        if harm(text, found.sentences[index], outcomes.CUE, HARMED):
            continue
        dropped |= names
        counted = [s for s in people if s not in names]
        alone = len(counted) == 1 and all(s.label != "ATTACK_COUNT" for s in inside)
        alone = alone and not harm(text, found.sentences[index], outcomes.HINT)
        if alone and not ELLIPTIC.fullmatch(counted[0].text(text)) and not harm_around(text, found, index):
            dropped.add(counted[0])
    return tuple(s for s in spans if s not in dropped)


def acted(text: str, span: Span) -> bool:
    """Whether the words before a figure make it those who did the deed, or the deed one that was not done."""
    before = text[max(0, span.start - REACH) : span.start]
    after = ACTS.match(text, span.end) or TO_COME.match(text, span.end)
    return bool(after or DONE_BY.search(before) or NOT_DONE.search(before))


def is_name(text: str, span: Span) -> bool:
    """Whether a span has neither number nor article: "Maria Duarte"."""
    words = span.text(text)
    bare = numbers.read(words).value == 1 and not any(c.isdigit() for c in words)
    return bare and not COUNT_WORD.match(words)


def harm(text: str, place: Sentence | Block, *patterns: re.Pattern) -> bool:
    """Whether a sentence tells of harm that came to somebody; "no one was hurt" and "death squads" do not."""
    start, end = place.start, place.end
    return any(
        not SQUAD.match(text, cue.start())
        and not NO_HARM.search(text[max(start, cue.start() - REACH) : cue.start()])
        for pattern in patterns
        for cue in pattern.finditer(text, start, end)
    )


def harm_around(text: str, found: Layout, index: int) -> bool:
    """Whether the sentences before and after, or the line that introduces the list, tell of harm."""
    sentence = found.sentences[index]
    block = found.blocks[sentence.block]
    above = [] if block.intro is None else [found.blocks[block.intro]]
    around = [*found.sentences[max(0, index - 1) : index], *found.sentences[index + 1 : index + 2]]
    around += [found.sentences[i] for i in found.sentences_of(sentence.block) if i < index]
    return any(harm(text, place, outcomes.CUE) for place in (*above, *around))
