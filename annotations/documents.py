"""Task to Document and back: what an annotator said, in the type that predictions have too.

Gold values are the annotator's alone: no number, date or name is read from the text here. Where a
value was left empty the Document says vague or None.
"""

from collections.abc import Iterator
from dataclasses import replace

from annotations import values
from annotations.tasks import Region, Relation, Task, short_ids
from infer.blocks import layout
from infer.rows import day
from infer.schema import (
    Actor,
    AttackCount,
    Casualty,
    Document,
    Event,
    InputError,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)

_OWN = ("text", "doc_id", "report_date")


def to_document(task: Task) -> Document:
    """The gold document of a task in which `annotations.check` finds no error.

    Events are numbered in the order of their anchors; an event's casualties stand in text order, its
    places and actors in the order of their relations. A slot is inherited where it stands in another
    sentence than the anchor. Raises InputError for a report date that is none.
    """
    spans = tuple(region.span for region in task.regions)
    sentence_of = layout(task.text, spans).sentence_of
    anchors = [region for region in task.regions if region.event]
    names = {anchor.id: f"e{number}" for number, anchor in enumerate(anchors, 1)}
    written = task.data.get("report_date")
    try:
        report_date = day(written) if written else None
    except InputError as error:
        raise InputError(f"{task.id}: report_date {error}") from None
    return Document(
        id=task.id,
        text=task.text,
        report_date=report_date,
        report_date_source="data" if report_date else None,
        spans=spans,
        events=tuple(_event(task, anchor, names, sentence_of) for anchor in anchors),
        extra={key: value for key, value in task.data.items() if key not in _OWN},
    )


def _event(task: Task, anchor: Region, names: dict[str, str], sentence_of) -> Event:
    def slots(slot: type, kind: str, empty) -> tuple:
        linked = task.linked(anchor.id, kind)
        here = sentence_of(anchor.span)
        return tuple(slot(r.span, _read(r, empty), sentence_of(r.span) != here) for r in linked)

    counts = [AttackCount(anchor.span, _count(anchor))] if anchor.span.label == "ATTACK_COUNT" else []
    if counts:
        others = task.linking(anchor.id, "alternative_to")
        counts += [AttackCount(r.span, _count(r), anchor.span) for r in others]
    part_of = [names.get(total.id) for total in task.linked(anchor.id, "part_of")]
    return Event(
        id=names[anchor.id],
        kind=anchor.event,
        anchor=anchor.span,
        part_of=next(iter(part_of), None),
        actors=slots(Actor, "actor", None),
        attack_count=next(iter(counts), None),
        alternative_counts=tuple(counts[1:]),
        casualties=_casualties(task, anchor),
        locations=slots(Location, "location", Place()),
        period=next(iter(slots(Period, "period", Interval())), None),
    )


def _casualties(task: Task, anchor: Region) -> tuple[Casualty, ...]:
    """The event's figures with their components, however deep, and other sources' figures for them."""
    figures: dict[str, Casualty] = {}

    def add(region: Region, part_of: Span | None = None, alternative_to: Span | None = None):
        if region.id in figures:
            return
        figures[region.id] = _casualty(region, part_of, alternative_to)
        for part in task.linked(region.id, "includes"):
            add(part, part_of=region.span)
        for other in task.linking(region.id, "alternative_to"):
            add(other, alternative_to=region.span)

    own = (anchor,) if anchor.span.label == "CASUALTY" else ()
    for region in (*own, *task.linked(anchor.id, "casualty")):
        add(region)
    return tuple(sorted(figures.values(), key=lambda casualty: casualty.span))


def _casualty(region: Region, part_of: Span | None, alternative_to: Span | None) -> Casualty:
    return Casualty(
        span=region.span,
        quantity=_count(region),
        outcome=region.outcome or "unspecified",
        victims=region.victims or "unspecified",
        components=region.components,
        part_of=part_of,
        alternative_to=alternative_to,
    )


def _read(region: Region, empty):
    return empty if region.value is None else values.READERS[region.span.label](region.value)


def _count(region: Region) -> Quantity:
    return _read(region, Quantity(relation="vague"))


def from_document(document: Document) -> Task:
    """The task that says what the document says, to be corrected in Label Studio.

    Region ids are the label's letter and a number (N1 for the first ATTACK_COUNT). A value that is not
    known stays empty; of a place the field holds its division, else its country, else its name.
    """
    data = {"text": document.text, "doc_id": document.id}
    data |= {"report_date": document.report_date and document.report_date.isoformat()}
    regions = {
        span: Region(id, span) for span, id in zip(document.spans, short_ids(document.spans), strict=True)
    }
    relations = []
    anchors = {event.id: event.anchor for event in document.events}
    for event in document.events:
        regions[event.anchor] = replace(regions[event.anchor], event=event.kind)
        for slot in event.slots():
            regions[slot.span] = replace(regions[slot.span], **_fields(slot))
        pairs = [*_slot_relations(event), *_figure_relations(event)]
        if event.part_of in anchors:
            pairs.append((event.anchor, anchors[event.part_of], "part_of"))
        relations += [Relation(regions[a].id, regions[b].id, kind) for a, b, kind in pairs]
    return Task(data | document.extra, tuple(regions.values()), tuple(relations))


def _fields(slot) -> dict:
    match slot:
        case Casualty(quantity=quantity):
            chosen = {"outcome": slot.outcome, "victims": slot.victims, "components": slot.components}
            return chosen | {"value": values.write_quantity(quantity)}
        case AttackCount(quantity=quantity):
            return {"value": values.write_quantity(quantity)}
        case Location(place=place):
            return {"value": values.write_place(place)}
        case Period(interval=interval):
            return {"value": values.write_interval(interval)}
    return {"value": slot.name}


def _slot_relations(event: Event) -> Iterator[tuple[Span, Span, str]]:
    for casualty in event.casualties:
        if casualty.counts and casualty.span != event.anchor:
            yield event.anchor, casualty.span, "casualty"
    for kind, slots in (("actor", event.actors), ("location", event.locations)):
        for slot in slots:
            yield event.anchor, slot.span, kind
    if event.period:
        yield event.anchor, event.period.span, "period"


def _figure_relations(event: Event) -> Iterator[tuple[Span, Span, str]]:
    for casualty in event.casualties:
        if casualty.part_of:
            yield casualty.part_of, casualty.span, "includes"
        elif casualty.alternative_to:
            yield casualty.span, casualty.alternative_to, "alternative_to"
    for count in event.alternative_counts:
        yield count.span, event.anchor, "alternative_to"
