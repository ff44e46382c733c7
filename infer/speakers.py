"""Who tells of the deaths of its own did not cause them: "the army said a soldier was killed by gunmen".

A linker takes the party that stands nearest for the one that acted, and in news that is often the one that
speaks. Only where words leave no doubt is it taken out: it speaks, all who came to harm are of a state's
forces as it is, they stand in the passive, and what it says is not of itself ("said it killed").
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from infer import actors
from infer.reading import Reading
from infer.schema import Casualty, Event, Span

VERBS = r"(?:says?|said|reports?|reported|announces?|announced|confirms?|confirmed|stated|told)"
SPEAKS = re.compile(
    rf"[^.;:\n]{{0,40}}?\b{VERBS}\b(?!\s+(?:on\s+\w+\s+)?(?:that\s+)?(?:its?|they|their|we|our)\b)", re.I
)
SUFFERED = re.compile(r"[^.;:\n]{0,30}?\b(?:was|were|been|being|died|perished|fell|lost)\b", re.I)
THEIR_DEATHS = re.compile(r"\b(?:deaths?|killings?|loss|wounding) of\s+(?:the\s+)?$", re.I)
BEFORE = 20  # characters in front of a figure in which its deaths may be named


def without(reading: Reading, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events without the parties that only tell of what befell their own."""
    return tuple(
        replace(event, actors=tuple(a for a in event.actors if not _tells(reading, a.span, event)))
        for event in events
    )


def _tells(reading: Reading, party: Span, event: Event) -> bool:
    known = reading.party.get(party)
    own = known and actors.victims_class(known)
    if own != "security_forces" or {c.victims for c in event.casualties} != {own}:
        return False
    befell = any(_befell(reading.text, c) for c in event.casualties)
    return befell and bool(SPEAKS.match(reading.text, party.end))


def _befell(text: str, casualty: Casualty) -> bool:
    start, end = casualty.span.start, casualty.span.end
    return bool(SUFFERED.match(text, end) or THEIR_DEATHS.search(text, max(0, start - BEFORE), start))
