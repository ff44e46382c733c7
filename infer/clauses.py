"""Sentence → clauses: which slots stand with which count or casualty figure of the sentence.

"12 in Deir Ezzor, three in Raqqa": places follow their figures. "Raqqa: three, Aleppo: two": places
lead. Which way a sentence goes is read from what comes first.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from infer.lexicon import COMPARISON, any_of
from infer.schema import Span

COMPARED = any_of(COMPARISON)
OPENS_CLAUSE = re.compile(
    r"(?:[,;]|\b(?:and|while|whereas|but))\s+(?:(?:and|while|whereas|but)\s+)?(?:in|on|during)?\s*(?:the\s+)?$",
    re.I,
)
LABEL = re.compile(r"\s*[:=–—]\s*")
PREPOSED = re.compile(
    r"\b(?:in|during|on|for|of|across|near|by)\s+(?:the\s+)?$", re.I
)  # "in May 2024: five …"
JOINED = re.compile(r"[\s,]*(?:and|&|plus|as well as|in addition to|along with)\s+(?:another\s+)?", re.I)


@dataclass(slots=True)
class Clause:
    """One future event of a sentence, or more words on an earlier one: its heads and slot spans."""

    sentence: int
    counts: list[Span] = field(default_factory=list)
    figures: list[Span] = field(default_factory=list)
    places: list[Span] = field(default_factory=list)
    actors: list[Span] = field(default_factory=list)
    periods: list[Span] = field(default_factory=list)
    labelled: bool = False  # its slots stand before it as a label, and are its alone

    @property
    def anchor(self) -> Span | None:
        return self.counts[0] if self.counts else self.figures[0] if self.figures else None

    def slot(self, span: Span) -> list[Span]:
        """The list that spans of this label go to."""
        match span.label:
            case "ATTACK_COUNT":
                return self.counts
            case "CASUALTY":
                return self.figures
            case "LOCATION":
                return self.places
            case "ACTOR":
                return self.actors
        return self.periods


def clauses(
    text: str, sentence: int, spans: Sequence[Span], parts: Collection[Span], placed: Collection[Span] = ()
) -> list[Clause]:
    """Clauses of a sentence from its spans in text order.

    `parts` are figures that are components of a total, `placed` those of them that have a place of
    their own and so are events ("14 dead: eight in Homs and six in Hama").

    Each attack count opens a clause; without any, a figure opens one where the places show that it
    has its own. Slots before the first head go to the first clause, and are shared by the later ones
    that state none.
    """
    counts = [s for s in spans if s.label == "ATTACK_COUNT"]
    heads = counts or [s for s in spans if s.label == "CASUALTY" and (s in placed or s not in parts)]
    cuts = boundaries(spans, heads, bool(counts)) | {s.start for s in placed}
    for lead, head in leading(text, spans, heads):
        if counts or lead.label == "ACTOR":
            cuts = (cuts - {head.start}) | {lead.start}
    found = [Clause(sentence)]
    for span in spans:
        if span.start in cuts and found[-1].anchor:
            found.append(Clause(sentence))
            for label in labels(text, spans, span):
                found[-2].slot(label).remove(label)
                found[-1].slot(label).append(label)
                found[-1].labelled = True
        found[-1].slot(span).append(span)
    share(text, found)
    return found


def leading(text: str, spans: Sequence[Span], heads: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """The actor or period that opens the clause of a later head ("12 in May, in June 15"), with that head."""
    for before, head in pairwise(heads):
        between = (s for s in spans if before.end <= s.start and s.end <= head.start)
        leads = (s for s in between if s.label in ("ACTOR", "PERIOD"))
        lead = next((s for s in leads if OPENS_CLAUSE.search(text, before.end, s.start)), None)
        if lead:
            yield lead, head


def labels(text: str, spans: Sequence[Span], head: Span) -> list[Span]:
    """The slots that stand before a head as its label ("9 raids (May: 12)")."""
    found: list[Span] = []
    for span in reversed([s for s in spans if s.end <= head.start]):
        nearest = found[-1] if found else head
        preposed = PREPOSED.search(text, max(0, span.start - 12), span.start)
        beside = LABEL.fullmatch(text, span.end, nearest.start)
        if span.label not in ("LOCATION", "PERIOD", "ACTOR") or preposed or not beside:
            break
        found.append(span)
    return found[::-1]


def boundaries(spans: Sequence[Span], heads: Sequence[Span], counted: bool) -> set[int]:
    """Offsets at which a new clause starts."""
    if len(heads) < 2:
        return set()
    order = [s for s in spans if s in heads or s.label == "LOCATION"]
    places_lead = order[0].label == "LOCATION" and order[-1] in heads
    cuts = set()
    for i, span in enumerate(order[1:], 1):
        before = order[i - 1]
        if span in heads and before in heads:
            cuts |= {span.start} if counted else set()
        elif (
            places_lead
            and span.label == "LOCATION"
            and before in heads
            and any(s in heads for s in order[i:])
        ):
            cuts.add(span.start)
        elif span in heads and not places_lead and (counted or any(s.label == "LOCATION" for s in order[i:])):
            cuts.add(span.start)
    return cuts


def share(text: str, found: Sequence[Clause]) -> None:
    """Slots of a sentence that only one of its clauses states hold for the others too.

    A place stated later holds for an earlier clause only where "and" joins the two counts
    ("22 raids and 16 operations in Sirte"): after a total it belongs to the part.
    """
    for before, clause in pairwise(found):
        for slot in (
            ("places", "actors") if compared(text, before, clause) else ("places", "actors", "periods")
        ):
            if not getattr(clause, slot):
                getattr(clause, slot).extend(getattr(before, slot))
    for after, clause in pairwise(reversed(found)):
        joined = (
            clause.anchor and after.anchor and JOINED.fullmatch(text, clause.anchor.end, after.anchor.start)
        )
        open_slots = () if compared(text, clause, after) else ("actors", "periods")
        for slot in ("places", "actors", "periods") if joined else open_slots:
            if not getattr(clause, slot):
                getattr(clause, slot).extend(getattr(after, slot))


def compared(text: str, before: Clause, after: Clause) -> bool:
    """Whether the second count is only compared with the first ("41 raids, down from 53 in May")."""
    if not (before.anchor and after.anchor) or after.labelled:
        return after.labelled
    return bool(COMPARED.search(text, before.anchor.end, after.anchor.start))
