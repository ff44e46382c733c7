"""An annotated report as a person marked it, nothing lost: regions, their fields, their relations."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from infer.schema import COMPONENTS, KINDS, OUTCOMES, VICTIMS, Span

FIELDS = {"outcome": OUTCOMES, "victims": VICTIMS, "components": COMPONENTS, "event": KINDS}
SLOTS = {"casualty": "CASUALTY", "location": "LOCATION", "actor": "ACTOR", "period": "PERIOD"}
RELATION_KINDS = (*SLOTS, "part_of", "includes", "alternative_to", "repeats")
SEVERITIES = ("error", "repair", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a task that its reader should know.

    `error`: broken, a person has to mend it; `repair`: mended here, and how; `note`: worth a look.
    `start` and `end` are code points into the text, None where the finding is about the whole task.
    """

    task: str
    severity: str
    message: str
    start: int | None = None
    end: int | None = None

    def __str__(self):
        place = "" if self.start is None else f" [{self.start}, {self.end})"
        return f"{self.task}{place}: {self.severity}: {self.message}"


@dataclass(frozen=True, slots=True)
class Region:
    """A marked span with what the annotator said of it; None is a field left empty."""

    id: str
    span: Span
    outcome: str | None = None
    victims: str | None = None
    components: str | None = None
    event: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """`source` and `target` are region ids, `kind` one of RELATION_KINDS (check.py says if not)."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Task:
    """One report: `data` as Label Studio holds it, regions in text order, relations by their source's.

    Relations of one source keep the order they were given in: an event's places, most specific first.
    """

    data: dict
    regions: tuple[Region, ...] = ()
    relations: tuple[Relation, ...] = ()
    by_id: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "regions", tuple(sorted(self.regions, key=lambda r: (r.span, r.id))))
        object.__setattr__(self, "by_id", {region.id: region for region in self.regions})
        order = {region.id: i for i, region in enumerate(self.regions)}
        relations = sorted(self.relations, key=lambda r: order.get(r.source, len(order)))
        object.__setattr__(self, "relations", tuple(relations))

    @property
    def id(self) -> str:
        return str(self.data.get("doc_id", ""))

    @property
    def text(self) -> str:
        return self.data["text"]

    def quote(self, region: Region) -> str:
        """How a finding names a region: its id and words."""
        return f"{region.id} {region.span.text(self.text)!r}"

    def linked(self, source: str, kind: str) -> tuple[Region, ...]:
        """Regions that `source` points to by `kind`, in the relations' order."""
        targets = (r.target for r in self.relations if r.source == source and r.kind == kind)
        return tuple(self.by_id[target] for target in targets if target in self.by_id)

    def linking(self, target: str, kind: str) -> tuple[Region, ...]:
        """Regions that point to `target` by `kind`, in the relations' order."""
        sources = (r.source for r in self.relations if r.target == target and r.kind == kind)
        return tuple(self.by_id[source] for source in sources if source in self.by_id)

    def finding(self, severity: str, message: str, *regions: Region) -> Finding:
        """A finding that opens with the first region's quote and stands on the hull of them all."""
        if not regions:
            return Finding(self.id, severity, message)
        start, end = min(r.span.start for r in regions), max(r.span.end for r in regions)
        return Finding(self.id, severity, f"{self.quote(regions[0])} {message}", start, end)


def short_ids(spans: Iterable[Span]) -> list[str]:
    """An id for each span: the initial of its label (N of ATTACK_COUNT), its number among those (N1, A1)."""
    used: Counter[str] = Counter()
    ids = []
    for span in spans:
        letter = "N" if span.label == "ATTACK_COUNT" else span.label[0]
        used[letter] += 1
        ids.append(f"{letter}{used[letter]}")
    return ids
