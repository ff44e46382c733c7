"""Slots that an event's own sentences leave open, carried from where the report states them.

In this order: the total that it breaks down, the sentences before in its paragraph, the line that
introduces its list, the heading above, the headline, and for periods the events before.
"""

from collections.abc import Iterator, Sequence

from infer.drafts import Draft
from infer.reading import Reading
from infer.schema import Span


def inherit(reading: Reading, drafts: Sequence[Draft], draft: Draft) -> None:
    """Fill the slots that the draft's own sentences leave open."""
    for slot in ("actors", "places", "periods"):
        if not draft.own[slot] and not (slot == "actors" and passive_victims(reading, draft)):
            found = (spans for spans in sources(reading, drafts, draft, slot) if spans)
            draft.carried[slot] = list(next(found, []))
    draft.carried["places"] = [*draft.carried.get("places", ()), *label_places(reading, draft)]


def label_places(reading: Reading, draft: Draft) -> list[Span]:
    """The place that a draft's list item begins with ("Gao: …"), where the draft's own are others."""
    block = reading.layout.blocks[draft.block]
    if block.kind not in ("bullet", "row"):
        return []
    first = reading.layout.sentences_of(draft.block)[0]
    known = {reading.place_key(p) for p in draft.spans("places")}
    label = [s for s in reading.stated(first, "places") if s.start <= block.body + 2]
    return [p for p in label if reading.place_key(p) not in known]


def passive_victims(reading: Reading, draft: Draft) -> bool:
    """Whether a paragraph opens with a party only as the one that suffered ("X lost ten members")."""
    sentence = draft.clause.sentence
    named = any(s.label == "ACTOR" for s in reading.by_sentence[sentence])
    opening = sentence == 0 or reading.layout.sentences[sentence - 1].block != draft.block
    return named and opening and draft.total is None and not draft.counts


def sources(reading: Reading, drafts: Sequence[Draft], draft: Draft, slot: str) -> Iterator[list[Span]]:
    """Where a slot may be carried from, best first."""
    if draft.total:
        yield draft.total.spans(slot) or next(
            (s for s in sources(reading, drafts, draft.total, slot) if s), []
        )
    for sentence in above(reading, draft):
        yield reading.stated(sentence, slot)
    if slot != "actors" or draft.counts:
        for i in headline(reading):
            yield [s for s in reading.stated(i, slot) if not (draft.counts and reading.is_day(s))]
    if slot == "periods":
        earlier = [d.own["periods"] for d in drafts if d.anchor < draft.anchor]
        yield [p for p in draft.clause.periods if reading.spoken(p)]
        yield from earlier if draft.counts else reversed(earlier)


def headline(reading: Reading) -> Iterator[int]:
    """The sentences of the headline, which hold for the whole report."""
    blocks = enumerate(reading.layout.blocks)
    return (i for b, block in blocks if block.kind == "headline" for i in reading.layout.sentences_of(b))


def above(reading: Reading, draft: Draft) -> Iterator[int]:
    """Sentences that govern a draft's: before it in its block, the list's introduction, the heading."""
    layout = reading.layout
    of_block = layout.sentences_of
    yield from (i for i in reversed(of_block(draft.block)) if i < draft.clause.sentence)
    block = layout.blocks[draft.block]
    while block.intro is not None:
        yield from reversed(of_block(block.intro))
        block = layout.blocks[block.intro]
    headings = (i for i in range(draft.block, -1, -1) if layout.blocks[i].kind == "heading")
    yield from next((s for s in map(of_block, headings) if not any(map(reading.counts_in, s))), ())
