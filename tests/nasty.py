"""Annotated reports of the corpus made as hard to carry as real ones get: their marks stay on their words."""

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
