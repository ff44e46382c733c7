"""A report's layout: headline, datelines, headings, paragraphs and lists, down to sentences.

Structure carries half of the meaning of a monitor's report (a bullet inherits its actor and its
month from the line that introduces the list), so it is read before anything else. Everything is
offsets into the text; nothing is normalised or dropped.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile

from infer.lines import BULLET, CELLS, LINE, MONTH, TERMINAL, WORD, is_stamp
from infer.schema import FIGURES, Span
from infer.sentences import split, trimmed
from infer.wrapped import flowed

MAX_HEADING = 160  # characters; a longer line without a full stop is a paragraph

LABELLED = re.compile(r"\s*[^\s:.!?][^:.!?\n]{1,58}:\s+\S")
LEADER = re.compile(r"\s*[:=–—-]*\s*")  # between a line's label and its number
DASHED = re.compile(r"\s[=–—-]+\s*$")
DASH = r"(?:--|[–—-])"
CITY = r"(?:[^.!?\n]|(?<=\b\w\w)\.|(?<=\b\w\w\w)\.|(?<=\b\w\w\w\w)\.)"  # no full stop but after "Oct"
INLINE_DATELINE = re.compile(
    r"\s*[A-ZÀ-Þ](?:"
    rf"{CITY}{{2,100}}?\([^()\n]{{2,60}}\)\s*(?:{DASH}|:)+"  # KANO, 5 May (Agency) --
    rf"|{CITY}{{2,100}}?(?:\d|{MONTH})[^.!?\n]{{0,20}}?\s{DASH}(?=\s)"  # Kano, Oct. 5, 2020 –
    rf"|{CITY}{{2,30}}?\s(?:--|—)(?=\s)"  # KANO —
    rf"|(?-i:[A-Z .,]{{3,30}}?)(?:\s?[A-Z][a-z]{{1,3}}\.)?\s{DASH}(?=\s)"  # TAMPA, Fla. –
    rf"|(?-i:[A-Z .]{{2,30}}), (?-i:[A-Z])[\w .'’-]{{2,30}}?\s{DASH}(?=\s)"  # ERBIL, Kurdistan Region -
    r")\s*(?:\[TEXT\]\s*)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """[start, end) of one sentence, and the index of its block."""

    start: int
    end: int
    block: int


@dataclass(frozen=True, slots=True)
class Block:
    """One headline, dateline, heading, paragraph, bullet or table row.

    `body` is where its own words begin, after a bullet's marker or an inline dateline ("KANO, 5 May
    (Agency) --"). `intro` is the index of the block that introduces the list it stands in (for a
    nested list, the bullet above it), else None.
    """

    kind: str
    start: int
    end: int
    body: int
    intro: int | None = None


@dataclass(frozen=True)
class Layout:
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def _ends(self) -> list[int]:
        return [sentence.end for sentence in self.sentences]

    @cached_property
    def _blocks(self) -> list[int]:
        return [sentence.block for sentence in self.sentences]

    def sentence_of(self, span: Span) -> int:
        """Index of the sentence that holds the span's first character.

        Sentences cover every word of the text, so one is always found for a span that starts on a word.
        """
        return min(bisect_right(self._ends, span.start), len(self.sentences) - 1)

    def sentences_of(self, block: int) -> range:
        """Indexes of the sentences of a block."""
        first = bisect_left(self._blocks, block)
        return range(first, bisect_right(self._blocks, block, lo=first))

    def by_sentence(self, spans: Sequence[Span]) -> dict[int, list[Span]]:
        """The spans of each sentence that has any, both in the order given."""
        found: dict[int, list[Span]] = {}
        for span in spans:
            found.setdefault(self.sentence_of(span), []).append(span)
        return found


def layout(text: str, spans: Sequence[Span] = ()) -> Layout:
    """Blocks and sentences of a text; no sentence ends inside one of `spans` (disjoint, in any order).

    Line breaks that are there for the width alone (`infer.wrapped`) end no block.
    """
    return _layout(flowed(text), tuple(sorted(spans)))


@lru_cache(maxsize=8)  # several readers of one report ask for the same
def _layout(text: str, spans: tuple[Span, ...]) -> Layout:
    counted = [s for s in spans if s.label in FIGURES]
    blocks = [classify(text, *bounds, touched(counted, *bounds)) for bounds in stretches(text, spans)]
    blocks = tuple(introduced(text, blocks, [labelled(text, b, spans) for b in blocks]))
    blocks = tuple(headlined(blocks))
    sentences = [
        Sentence(a, b, i)
        for i, block in enumerate(blocks)
        for a, b in split(text, block.start, block.body, block.end, spans)
    ]
    return Layout(blocks, tuple(sentences))


def stretches(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """[start, end) of each block: the lines of a flowing text."""
    for match in LINE.finditer(text):
        if match.group().strip() and (WORD.search(match.group()) or touched(spans, *match.span())):
            yield trimmed(text, *match.span())  # neither blank, nor a lone bullet, nor a rule


def touched(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of the sorted, disjoint spans reaches into [start, end)."""
    i = bisect_right(spans, start, key=lambda s: s.end)
    return i < len(spans) and spans[i].start < end


def classify(text: str, start: int, end: int, counts: bool) -> Block:
    """The block of a line or paragraph; `counts` where a count of attacks or people is marked in it."""
    words = text[start:end]
    if marker := BULLET.match(words):
        return Block("bullet", start, end, start + marker.end())
    if is_stamp(words) and not counts:
        return Block("dateline", start, end, start)
    if CELLS.search(words):
        return Block("row", start, end, start)
    if len(words) <= MAX_HEADING and not TERMINAL.search(words):
        return Block("heading", start, end, start)
    dateline = INLINE_DATELINE.match(words)
    return Block("paragraph", start, end, start + (dateline.end() if dateline else 0))


def labelled(text: str, block: Block, spans: Sequence[Span]) -> bool:
    """Whether a line begins with a label: "Gao: …", or a few words and then its count ("Gao 12")."""
    if block.kind not in ("paragraph", "heading"):
        return False
    if LABELLED.match(text, block.start, block.end):
        return True
    first, last = (bisect_left(spans, at, key=lambda s: s.start) for at in (block.start, block.end))
    before = list(takewhile(lambda s: s.label not in FIGURES, spans[first:last]))
    if first + len(before) == last:
        return False
    count = spans[first + len(before)]
    leader = text[before[-1].end if before else block.start : count.start]
    if before and LEADER.fullmatch(leader):
        bare = text[count.start : count.end].replace(",", "").isdigit() and block.end - block.start <= 80
        return bool(leader.strip()) or bare
    return len(leader) <= 60 and (bool(DASHED.search(leader)) or count.end == block.end)


def introduced(text: str, blocks: list[Block], labelled: Sequence[bool]) -> Iterator[Block]:
    """Give list items the block that introduces them; lines "Aleppo: …" in a run are items too.

    A paragraph between two items of one list does not end the list, unless it introduces another.
    """
    prose, intro, outer, previous = None, None, None, None
    for i, block in enumerate(blocks):
        run = labelled[i] and (i and labelled[i - 1] or i + 1 < len(blocks) and labelled[i + 1])
        if block.kind not in ("bullet", "row") and not run:
            prose = i
            yield block
            continue
        new_list = (
            previous is None
            or (prose or 0) > previous
            and (marker(text, blocks[previous]) != marker(text, block) or introduces(text, blocks[prose]))
        )
        if new_list:
            intro, outer = prose, None
        elif nested(text, blocks[previous], block):
            outer = (previous, column(text, block))
        elif outer and column(text, block) < outer[1]:
            outer = None
        previous = i
        kind = block.kind if block.kind == "row" else "bullet"
        yield Block(kind, block.start, block.end, block.body, outer[0] if outer else intro)


def introduces(text: str, block: Block) -> bool:
    return block.kind != "paragraph" or text[block.start : block.end].endswith(":")


def column(text: str, block: Block) -> int:
    """How deep a list item stands: columns before its marker."""
    return block.start - (text.rfind("\n", 0, block.start) + 1)


def marker(text: str, block: Block) -> str:
    """The kind of a list item's marker: a symbol, 1 for numbers, a for letters, or none."""
    shown = text[block.start : block.body].strip(" ().\t")
    return "1" if shown.isdigit() else "a" if shown.isalpha() else shown[:1]


def nested(text: str, above: Block, item: Block) -> bool:
    """Whether an item opens a list below the item above it."""
    deeper = column(text, item) - column(text, above)
    opened = text[above.start : above.end].endswith(":")
    return deeper > 0 and (opened or deeper > 1 and marker(text, item) != marker(text, above) or deeper > 2)


def headlined(blocks: Sequence[Block]) -> Iterator[Block]:
    """The headings before the first paragraph or item are the headline."""
    leading = True
    for block in blocks:
        leading = leading and block.kind in ("heading", "dateline")
        if leading and block.kind == "heading":
            yield Block("headline", block.start, block.end, block.body)
        else:
            yield block
