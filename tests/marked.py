"""Texts with marked spans, for tests: "{N two raids} in {L Gao}" → the text without braces, and its spans."""

import re

from infer.schema import Span

LABEL = {"A": "ACTOR", "N": "ATTACK_COUNT", "C": "CASUALTY", "L": "LOCATION", "P": "PERIOD"}


def marked(text: str) -> tuple[str, tuple[Span, ...]]:
    pieces, spans, at = [], [], 0
    for i, piece in enumerate(re.split(r"[{}]", text)):
        if i % 2:
            letter, piece = piece.split(" ", 1)
            spans.append(Span(at, at + len(piece), LABEL[letter]))
        pieces.append(piece)
        at += len(piece)
    return "".join(pieces), tuple(spans)
