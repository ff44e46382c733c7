"""Scores of links → events: what each figure belongs to, which total an event breaks down, its slots.

A report's figures (attack counts and casualties) form a forest, as words do in a dependency parse:
each is an event's anchor, belongs to another figure by one kind of link, or is nothing. It is chosen
from the most certain on, without cycles.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from infer.assemble import SPECIFIC
from infer.mentions import headings
from infer.reading import Reading
from infer.schema import (
    COMPONENTS,
    FIGURES,
    KINDS,
    VICTIMS,
    Actor,
    AttackCount,
    Casualty,
    Event,
    Location,
    Period,
    Place,
    Span,
)
from infer.tokens import softmax

FIGURE_LINKS = ("casualty", "includes", "alternative_to", "repeats")
LINKS = (*FIGURE_LINKS, "part_of", "actor", "location", "period")
ROOTS = ("anchor", "no_total", "no_period", "nothing")
ATTRIBUTES = {"victims": VICTIMS, "components": COMPONENTS, "event": KINDS}
NEVER = -1e4  # the logit of a link that is not allowed
TRIED = 24  # heads of a figure that are tried, the most certain first
FIRM = 4.0  # logit from which a choice is not swayed by its neighbour's
# Most events have a place and a party. So a slot that would stay empty takes its likeliest filler from this
# logit on (anywhere, in the event's own sentence); and where the own sentence fills the slot with a place,
# one from elsewhere needs FAR. Chosen on dev, and on real texts that are not in the repository.
LIKELIEST = {"LOCATION": (-1.5, -4.0), "ACTOR": (-0.5, -2.0)}
FAR = {"LOCATION": 2.0, "ACTOR": 0.0}
HEADED = -1.0  # from which logit on the place that a section's heading is about fills the slot
# What stands between mentions that one slot takes or leaves together: "A, B and C", "A (B, C)", "A in B".
_TOGETHER = re.compile(r"\s*[,(/&]?\s*(?:and|in|of)?(?:\s+the)?\s*")

# Between the members of a list. Of 204 lists of three or more in gold three are taken in part.
_LISTED = re.compile(r"\s*(?:,|,?\s*\b(?:and|or|as well as)\b|&)\s*(?:(?:the|in)\s+)?")


def allowed(labels: Sequence[str]) -> np.ndarray:
    """[spans, spans, FIGURE_LINKS] bool: which span i may hang on which j, by their labels."""
    label = np.array(labels)
    figure, casualty = np.isin(label, FIGURES), label == "CASUALTY"
    other = ~np.eye(len(label), dtype=bool)
    same = (label[:, None] == label) & figure & other
    return np.stack(
        [casualty[:, None] & figure & other, casualty[:, None] & casualty & other, same, same], axis=-1
    )


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits for n spans: `links` [n, n, LINKS] (row i, column j), `roots` [n, ROOTS], `attributes` [n, all].

    A figure's link scores it as hanging on j; `part_of` an anchor on the anchor of its total; a slot's
    an anchor i with the span j that states it.
    """

    links: np.ndarray
    roots: np.ndarray
    attributes: np.ndarray


@dataclass(frozen=True, slots=True)
class Bundle:
    """An event as it was chosen, not yet numbered; `total` is the anchor of what it breaks down."""

    anchor: Span
    kind: str
    total: Span | None
    alternatives: tuple[Span, ...]
    casualties: tuple[Casualty, ...]
    actors: tuple[Span, ...]
    places: tuple[Span, ...]
    period: Span | None
    confidence: float


def bundles(reading: Reading, keys: Sequence[str], scores: Scores) -> list[Bundle]:
    """The events that the scores speak for, in text order; `keys` tell which mentions name one thing."""
    choice = _Choice(reading, keys, scores)
    return [choice.bundle(anchor) for anchor in choice.anchors]


def numbered(reading: Reading, chosen: Sequence[Bundle]) -> tuple[Event, ...]:
    """Events e1, e2, … of bundles in text order."""
    ids = {bundle.anchor: f"e{i}" for i, bundle in enumerate(chosen, 1)}
    return tuple(_event(reading, bundle, ids) for bundle in chosen)


def _event(reading: Reading, bundle: Bundle, ids: Mapping[Span, str]) -> Event:
    here = reading.layout.sentence_of(bundle.anchor)

    def inherited(span: Span) -> bool:
        return reading.layout.sentence_of(span) != here

    def count(span: Span, first: Span | None = None) -> AttackCount:
        return AttackCount(span, reading.number[span], first)

    places = [(p, reading.place.get(p, Place())) for p in bundle.places]
    party, period = reading.party, bundle.period
    counted = bundle.anchor.label == "ATTACK_COUNT"
    return Event(
        id=ids[bundle.anchor],
        kind=bundle.kind,
        anchor=bundle.anchor,
        part_of=ids.get(bundle.total),
        actors=tuple(Actor(a, party[a] and party[a].name, inherited(a)) for a in bundle.actors),
        attack_count=count(bundle.anchor) if counted else None,
        alternative_counts=tuple(count(a, bundle.anchor) for a in bundle.alternatives) if counted else (),
        casualties=bundle.casualties,
        locations=tuple(
            Location(p, place, inherited(p)) for p, place in sorted(places, key=lambda p: SPECIFIC[p[1].kind])
        ),
        period=Period(period, reading.interval[period], inherited(period)) if period else None,
        confidence=bundle.confidence,
    )


class _Choice:
    """Which links of one report hold."""

    def __init__(self, reading: Reading, keys: Sequence[str], scores: Scores):
        self.reading, self.spans, self.scores = reading, reading.spans, scores
        self.n = len(self.spans)
        self.sentences = np.array([reading.layout.sentence_of(s) for s in self.spans], dtype=int)
        self.headed = _headed(reading)
        labels = [s.label for s in self.spans]
        self.figures = [i for i, label in enumerate(labels) if label in FIGURES]
        self.chances = dict(zip(self.figures, self._chances(labels), strict=True))
        self.anchors, self.dropped = self._ends()
        self.sure = {i: self.chances[i][self._anchor] for i in self.anchors}  # how probable each choice is
        self.heads: dict[int, tuple[int, str]] = {}
        for i in sorted(
            {*self.figures} - {*self.anchors} - self.dropped, key=lambda i: -self.chances[i].max()
        ):
            self._hang(i)
        self._pass_on()
        self.totals, self.total_sure = self._totals()
        self.phrases, self.lists = self._phrases(), self._lists()
        self.classes = {label: _classes(keys, labels, label) for label in ("ACTOR", "LOCATION", "PERIOD")}
        self.class_of = {
            label: {mention: i for i, mentions in enumerate(classes) for mention in mentions}
            for label, classes in self.classes.items()
        }

    def _chances(self, labels: Sequence[str]) -> np.ndarray:
        """[figures, 4 n + 2]: what each figure hangs on and how, else anchor, else nothing."""
        linked = np.where(allowed(labels), self.scores.links[:, :, : len(FIGURE_LINKS)], NEVER)
        roots = self.scores.roots[:, [ROOTS.index("anchor"), ROOTS.index("nothing")]]
        return softmax(np.concatenate([linked.reshape(self.n, -1), roots], axis=1)[self.figures])

    @property
    def _anchor(self) -> int:
        """The place of "anchor" in a figure's row of choices; "nothing" stands after it."""
        return len(FIGURE_LINKS) * self.n

    def _ends(self) -> tuple[list[int], set[int]]:
        """Figures that are anchors, and those that are nothing; the likeliest of the rest is an anchor."""
        best = {i: row.argmax() - self._anchor for i, row in self.chances.items()}
        anchors, dropped = [i for i in best if best[i] == 0], {i for i in best if best[i] > 0}
        if not anchors and len(dropped) < len(best):
            anchors = [max({*best} - dropped, key=lambda i: self.chances[i][self._anchor])]
        return anchors, dropped

    def _hang(self, figure: int) -> None:
        """Hang a figure on the likeliest other that makes no circle."""
        row = self.chances[figure]
        for option in np.argsort(-row)[:TRIED]:
            if not row[option]:  # from here on, what is not allowed
                return
            head, kind = divmod(int(option), len(FIGURE_LINKS))
            no_event = kind == 0 and head not in self.anchors
            if option >= self._anchor or no_event or head in self.dropped or self._circular(figure, head):
                continue
            self.heads[figure], self.sure[figure] = (head, FIGURE_LINKS[kind]), row[option]
            return

    def _pass_on(self) -> None:
        """What hangs on a figure said again hangs on the figure that was said first."""
        for figure, (head, kind) in self.heads.items():
            while self.heads.get(head, (0, ""))[1] == "repeats":
                head = self.heads[head][0]
            self.heads[figure] = head, kind

    def _circular(self, figure: int, head: int | None) -> bool:
        while head is not None and head not in self.anchors:
            if head == figure:
                return True
            head = self.heads.get(head, (None,))[0]
        return False

    def _totals(self) -> tuple[dict[int, int], dict[int, float]]:
        """The anchor that each anchor is part of, without circles, and how probable each choice is."""
        if not self.anchors:
            return {}, {}
        scores = self.scores.links[np.ix_(self.anchors, self.anchors)][:, :, LINKS.index("part_of")].copy()
        np.fill_diagonal(scores, NEVER)
        none = self.scores.roots[self.anchors, ROOTS.index("no_total")]
        chances = softmax(np.concatenate([scores, none[:, None]], axis=1))
        totals, sure = {}, {}
        for anchor, row in zip(self.anchors, chances, strict=True):
            for option in np.argsort(-row):
                sure[anchor] = row[option]
                if option == len(self.anchors):
                    break
                total = above = self.anchors[option]
                while above is not None and above != anchor:
                    above = totals.get(above)
                if above is None:
                    totals[anchor] = total
                    break
        return totals, sure

    def bundle(self, anchor: int) -> Bundle:
        casualties = self._casualties(anchor)
        actors, sure_actors = self._named(anchor, "ACTOR", "actor")
        places, sure_places = self._named(anchor, "LOCATION", "location")
        period, sure_period = self._period(anchor)
        alternatives = self._hanging(anchor, "alternative_to")
        total = self.totals.get(anchor)
        figures = {anchor, *casualties, *alternatives}
        used = (self.spans[i].confidence for i in (*figures, *actors, *places, *period))
        sure = [self.total_sure[anchor], sure_actors, sure_places, sure_period]
        sure += [self.sure[i] for i in figures]
        sure += [c for c in used if c is not None]
        return Bundle(
            anchor=self.spans[anchor],
            kind=self._attribute(anchor, "event"),
            total=None if total is None else self.spans[total],
            alternatives=self._at(alternatives),
            casualties=tuple(casualties[i] for i in sorted(casualties)),
            actors=self._at(actors),
            places=self._at(places),
            period=next(iter(self._at(period)), None),
            confidence=float(np.prod(sure)),
        )

    def _at(self, indexes: Sequence[int]) -> tuple[Span, ...]:
        return tuple(self.spans[i] for i in indexes)

    def _hanging(self, figure: int, kind: str) -> list[int]:
        """Figures that hang on this one by a kind of link."""
        return [i for i, link in self.heads.items() if link == (figure, kind)]

    def _casualties(self, anchor: int) -> dict[int, Casualty]:
        """The casualties of an event with their components, however deep, and other sources' figures."""
        found: dict[int, Casualty] = {}

        def add(figure: int, part_of: Span | None = None, alternative_to: Span | None = None) -> None:
            span, parts = self.spans[figure], self._hanging(figure, "includes")
            found[figure] = Casualty(
                span,
                self.reading.number[span],
                self.reading.casualty[span].outcome,
                self._attribute(figure, "victims"),
                self._attribute(figure, "components") if parts else None,
                part_of,
                alternative_to,
            )
            for part in parts:
                add(part, part_of=span)
            for other in self._hanging(figure, "alternative_to"):
                add(other, alternative_to=span)

        own = [anchor] if self.spans[anchor].label == "CASUALTY" else []
        for figure in (*own, *self._hanging(anchor, "casualty")):
            add(figure)
        return found

    def _attribute(self, span: int, name: str) -> str:
        before = sum(len(ATTRIBUTES[other]) for other in list(ATTRIBUTES)[: list(ATTRIBUTES).index(name)])
        choices = ATTRIBUTES[name]
        return choices[self.scores.attributes[span, before : before + len(choices)].argmax()]

    def _named(self, anchor: int, label: str, link: str) -> tuple[list[int], float]:
        """Mentions that fill a slot which may hold several, one for each thing named; how sure that is."""
        scores = self.scores.links[anchor, :, LINKS.index(link)]
        classes = self.classes[label]
        logits = np.array([_logsumexp(scores[mentions]) for mentions in classes])
        best = [mentions[scores[mentions].argmax()] for mentions in classes]
        for pair in self.phrases:
            if not {*pair} <= {*best}:
                continue
            both = [best.index(mention) for mention in pair]
            if logits[both].min() <= 0 < logits[both].max() and np.abs(logits[both]).min() < FIRM:
                logits[both] = logits[both].mean()
        of = self.class_of[label]
        for listed in self.lists:
            if listed[0] in of and self.sentences[listed[0]] == self.sentences[anchor]:
                members = [of[mention] for mention in listed]
                logits[members] = (logits[members].max() + logits[members].mean()) / 2
        here = self.sentences[best] == self.sentences[anchor]
        chosen, chances = _chosen(logits, here, label), _sigmoid(logits)
        heading = np.array([self.headed[anchor] in mentions for mentions in classes], dtype=bool)
        chosen |= heading & (logits > HEADED)
        sure = float(np.prod(np.where(chosen, chances, 1 - chances)))
        return [mention for mention, taken in zip(best, chosen, strict=True) if taken], sure

    def _phrases(self, between: re.Pattern = _TOGETHER) -> list[tuple[int, int]]:
        """Neighbours of one label that stand side by side in one phrase, in text order."""
        order = sorted(range(self.n), key=lambda i: self.spans[i])
        return [
            (i, j)
            for i, j in pairwise(order)
            if self.spans[i].label == self.spans[j].label
            and between.fullmatch(self.reading.text[self.spans[i].end : self.spans[j].start])
        ]

    def _lists(self) -> list[list[int]]:
        """Three or more mentions of one label in a row ("A, B and C"), in text order."""
        found: list[list[int]] = []
        for i, j in self._phrases(_LISTED):
            if found and found[-1][-1] == i:
                found[-1].append(j)
            else:
                found.append([i, j])
        return [listed for listed in found if len(listed) > 2]

    def _period(self, anchor: int) -> tuple[list[int], float]:
        """The mention of the event's period, if it has one; how sure that is."""
        scores = self.scores.links[anchor, :, LINKS.index("period")]
        classes = self.classes["PERIOD"]
        options = [_logsumexp(scores[mentions]) for mentions in classes]
        chances = softmax(np.array([*options, self.scores.roots[anchor, ROOTS.index("no_period")]]))
        best = int(chances.argmax())
        chosen = [classes[best][scores[classes[best]].argmax()]] if best < len(classes) else []
        return chosen, chances[best]


def _headed(reading: Reading) -> list[int]:
    """Of each span the LOCATION, by index, that alone is marked in the heading above it; -1 for none."""
    layout = reading.layout
    named: dict[int, list[int]] = {}
    block = [layout.sentences[layout.sentence_of(s)].block for s in reading.spans]
    for i, b in enumerate(block):
        if layout.blocks[b].kind == "heading":
            named.setdefault(b, []).append(i)
    places = {
        b: inside[0]
        for b, inside in named.items()
        if len(inside) == 1 and reading.spans[inside[0]].label == "LOCATION"
    }
    above = headings(layout.blocks)
    return [places.get(above[b], -1) for b in block]


def _classes(keys: Sequence[str], labels: Sequence[str], label: str) -> list[list[int]]:
    """The mentions of one label, together where they name the same thing."""
    found: dict[str, list[int]] = {}
    for i, (key, own) in enumerate(zip(keys, labels, strict=True)):
        if own == label:
            found.setdefault(key, []).append(i)
    return list(found.values())


def _chosen(logits: np.ndarray, here: np.ndarray, label: str) -> np.ndarray:
    """Which things fill a slot [things]; `here` are those that the event's own sentence names."""
    chosen = logits > 0
    if chosen[here].any():
        return chosen & (here | (logits > FAR[label]))
    anywhere, own = LIKELIEST[label]
    for likely in (logits > anywhere, here & (logits > own)):
        if not chosen.any() and likely.any():
            chosen = likely & (logits == logits[likely].max())
    return chosen


def _logsumexp(values: np.ndarray) -> float:
    return float(np.logaddexp.reduce(values.astype(np.float64)))


def _sigmoid(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))
