"""From spans to events: spans put right and read → drafts, links, totals and checks."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from infer import (
    actors,
    addends,
    agents,
    assemble,
    blocks,
    casualties,
    fates,
    merging,
    numbers,
    periods,
    places,
    rejoined,
    repairs,
    speakers,
    totals,
    wrapped,
)
from infer.calibration import calibrated
from infer.reading import Reading
from infer.schema import FIGURES, Document, Event, Span


def completed(document: Document, tagger, spans: Sequence[Span]) -> Document:
    """The document with what the tagger found in it put right, and its events and checks."""
    text = wrapped.flowed(document.text)
    for put_right in (repairs.repaired, rejoined.rejoined, fates.told):
        spans = put_right(text, spans)
    found = assemble_spans(replace(document, spans=spans), tagger.linker)
    return calibrated(found, tagger.checkpoint.calibration)


def assemble_spans(document: Document, linker=None) -> Document:
    """The document with events and checks read from the spans it has, whoever marked them.

    `linker` is an `infer.linker.Linker`; without one the events are those of the rules.
    """
    document = dated(document)
    reading, events = proposal(document)
    if linker:
        events = linker.events(reading, events)
        for put_right in (speakers.without, agents.without):
            events = put_right(reading, events)
        events = merging.merged(reading.text, events, reading.layout)
    document = replace(document, events=addends.nested(events))
    return replace(document, checks=totals.checks(document))


def proposal(document: Document) -> tuple[Reading, tuple[Event, ...]]:
    """What the readers make of a `dated` document's spans, and the events that the rules make of that."""
    text = wrapped.flowed(document.text)
    spans = tuple(s for s in document.spans if s.text(text).strip())  # white space tells of nothing
    layout = blocks.layout(text, spans)
    number = {s: numbers.read(s.text(text)) for s in spans if s.label in FIGURES}
    figures, repeats = casualties.read(text, layout, spans, number, party_classes)
    place = places.resolve(text, spans)
    reading = Reading(
        text=text,
        layout=layout,
        spans=spans,
        number=number,
        interval=periods.resolve(text, spans, document.report_date),
        place=place,
        party=actors.resolve(text, spans, place.values()),
        casualty=figures,
        repeats=repeats,
    )
    return reading, merging.merged(text, assemble.events(reading), layout)


def dated(document: Document) -> Document:
    """The document with the report date that its text states, where nobody else gave one."""
    if document.report_date:
        return document
    found = periods.find_report_date(document.text, document.spans)
    return replace(document, report_date=found, report_date_source="text" if found else None)


@lru_cache(maxsize=4096)  # asked for the same few words again and again
def party_classes(words: str) -> frozenset[str]:
    """Victims classes of the armed parties named in a string."""
    return frozenset(actors.victims_class(party) for _, _, party in actors.find(words)) - {None}
