"""Reports as hard to carry as real ones get: annotated ones, whose marks stay on their words, and files."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from annotations.tasks import Task

PIECES = (
    "\r\n", "\r\n\r\n", "😀 ", "👩‍👩‍👧 ", "🇸🇾 ", "  \t ", "\u00a0\u00a0", "قُتل ثلاثة ",
    "e\u0301tat ", "\u200b", "\u2028", "<b>&amp;</b> ", "<script>alert('x')</script> ",
    "{{text}} ", "\\n ", '"quoted" ', "ﬁ ", "𝟣𝟤 ", "\ufeff",
)  # fmt: skip
LEADING = ("", "\r\n", "   ", "\n\n\t", "😀 ")


def nasty(task: Task, random: Random, pieces: int = 12) -> Task:
    """The task with nasty pieces put before words that no region holds, and at the start of its text."""
    text = task.text
    inside = {i for r in task.regions for i in range(r.span.start + 1, r.span.end)}
    gaps = [
        i for i in range(1, len(text)) if text[i - 1].isspace() and not text[i].isspace() and i not in inside
    ]
    inserts = {0: random.choice(LEADING)}
    inserts |= {at: random.choice(PIECES) for at in random.sample(gaps, min(pieces, len(gaps)))}
    made, moved = [], {}
    shift = last = 0
    for at in sorted(inserts):
        moved |= dict.fromkeys(range(last, at), shift)
        made += [text[last:at], inserts[at]]
        shift, last = shift + len(inserts[at]), at
    moved |= dict.fromkeys(range(last, len(text) + 1), shift)
    made.append(text[last:])

    def span(region):
        start = region.span.start + moved[region.span.start]
        return replace(region.span, start=start, end=start + region.span.end - region.span.start)

    regions = tuple(replace(region, span=span(region)) for region in task.regions)
    return replace(task, data=task.data | {"text": "".join(made)}, regions=regions)


def damaged(content: bytes, copies: int, cut: float, most: int) -> Iterator[bytes]:
    """Copies of a file with fewer than `most` bytes changed; that share of them breaks off somewhere."""
    chance = Random(5)
    for _ in range(copies):
        copy = bytearray(content[: chance.randrange(len(content))] if chance.random() < cut else content)
        for _ in range(chance.randrange(1, most)):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
        yield bytes(copy)
