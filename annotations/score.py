"""Compares two annotated versions of one report: gold and prediction, or two annotators.

Spans are right when start, end and label agree (the strict reading of seqeval on BIO tags). By
overlap, spans of one label are paired one to one, as many as can be, where they share a character.

Events are aligned one to one (Hungarian) on the weighted fillers that they share; then every
filler of an aligned pair, and of an event without partner, counts as tp, fp or fn. Rules of the
scorer, each so that nobody is rewarded or punished for what cannot be judged:

- A filler is a count with a value, a casualty with a value (right: value and outcome), a place, an
  actor, a period with a start (right: start and end).
- Places and actors are the same where their spans overlap, their canonical names or the codes of
  their regions are equal, or their words are once case, accents, articles and designators are gone.
- Events without any number ("numerous attacks") may be given or not: gold's are aligned and then
  left out, predicted ones are ignored, and a link to one of gold's is not scored.
- Kind, victims, relation and the like are compared on what was paired, outside the micro figure.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

from annotations.counts import Counts, added, tally
from annotations.event_pairs import SLOTS, Pairing
from infer.schema import Document, InputError, Span

__all__ = ["SLOTS", "Counts", "Scores", "compare", "counted"]


@dataclass(frozen=True, slots=True)
class Scores:
    """What `compare` counted, over one document or, added up, over several; `Scores()` is zero.

    `spans` and `spans_overlap` by label, `slots` by SLOTS, `attributes` by name (a differing value is
    one fp and one fn). Links: `part_of` from event to total, `component_of` from casualty to
    total, `alternative_to` from casualty to the first figure. `events` are the aligned, the
    invented and those not found; `records` has the exact ones as tp, so that its recall is the share
    of gold's records with every slot right and nothing added.
    """

    documents: int = 0
    spans: dict[str, Counts] = field(default_factory=dict)
    spans_overlap: dict[str, Counts] = field(default_factory=dict)
    slots: dict[str, Counts] = field(default_factory=lambda: dict.fromkeys(SLOTS, Counts()))
    attributes: dict[str, Counts] = field(default_factory=dict)
    part_of: Counts = Counts()
    component_of: Counts = Counts()
    alternative_to: Counts = Counts()
    events: Counts = Counts()
    records: Counts = Counts()

    def __add__(self, other: "Scores") -> "Scores":
        own = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Scores(*(added(a, b) if isinstance(a, dict) else a + b for a, b in own))

    @property
    def micro(self) -> Counts:
        """All slots together."""
        return sum(self.slots.values(), Counts())

    @property
    def span_micro(self) -> Counts:
        return sum(self.spans.values(), Counts())

    @property
    def span_overlap_micro(self) -> Counts:
        return sum(self.spans_overlap.values(), Counts())

    def as_dict(self) -> dict:
        """Counts and rates, ready for `json.dumps`."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "documents"}
        values |= {"micro": self.micro, "span_micro": self.span_micro}
        values |= {"span_overlap_micro": self.span_overlap_micro}
        shown = {
            name: {k: v.as_dict() for k, v in value.items()} if isinstance(value, dict) else value.as_dict()
            for name, value in values.items()
        }
        return {"documents": self.documents} | shown


def compare(gold: Document, predicted: Document) -> Scores:
    """Scores of one report's two versions; raises InputError where their texts differ."""
    if gold.text != predicted.text:
        raise InputError(
            f"{gold.id} and {predicted.id} are different texts ({len(gold.text)} and {len(predicted.text)} "
            "characters); two versions of one report can be compared"
        )
    return counted(gold, predicted, Pairing(gold, predicted))


def counted(gold: Document, predicted: Document, pairing: Pairing) -> Scores:
    """What `compare` counts, by an alignment of the two that is there already."""
    return Scores(
        documents=1,
        spans=exact_spans(gold.spans, predicted.spans),
        spans_overlap=overlapping_spans(gold.spans, predicted.spans),
        slots=pairing.slots(),
        attributes=pairing.attributes(),
        part_of=pairing.part_of(),
        component_of=pairing.links("part_of"),
        alternative_to=pairing.links("alternative_to"),
        events=pairing.events(),
        records=pairing.records(),
    )


# --- spans ---


def by_label(count: Callable, gold: Iterable[Span], predicted: Iterable[Span]) -> dict[str, Counts]:
    """`count` of the right ones, label by label."""
    labels = sorted({s.label for s in gold} | {s.label for s in predicted})
    sides = {label: [[s for s in side if s.label == label] for side in (gold, predicted)] for label in labels}
    return {label: tally(count(g, p), len(g), len(p)) for label, (g, p) in sides.items()}


def exact_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, Counts]:
    return by_label(lambda g, p: len(set(g) & set(p)), gold, predicted)


def overlapping_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, Counts]:
    return by_label(most_overlapping, gold, predicted)


def most_overlapping(gold: Sequence[Span], predicted: Sequence[Span]) -> int:
    """How many pairs can overlap, one to one.

    Each side is in text order and free of overlap, so pairing the first two that meet loses nothing.
    """
    i = j = pairs = 0
    while i < len(gold) and j < len(predicted):
        met = gold[i].overlaps(predicted[j])
        pairs += met
        first = gold[i].end <= predicted[j].end
        i, j = i + (met or first), j + (met or not first)
    return pairs
