"""CSV in the columns of ACLED, a row an incident; COLUMNS.md tells how they are filled, and which are not."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import TextIO

from infer import gazetteer, origin
from infer.blocks import Sentence, layout
from infer.grouping import added
from infer.render import flat, spreadsheet, wording
from infer.schema import Document, Event, Interval, Place
from infer.unsure import totals_of

COLUMNS = (
    *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type"),
    *("sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2"),
    *("interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2", "admin3"),
    *("location", "latitude", "longitude", "geo_precision", "source", "source_scale", "notes"),
    *("fatalities", "tags", "timestamp"),
)
OURS = ("document", "event")  # after ACLED's columns: where a row comes from
EMPTY = (
    *("event_id_cnty", "disorder_type", "event_type", "sub_event_type", "inter1", "actor2", "assoc_actor_2"),
    *("inter2", "interaction", "civilian_targeting", "iso", "region", "admin2", "admin3", "source_scale"),
    *("tags", "timestamp"),
)
TIME_PRECISION = {1: 1, 7: 2, 31: 3}  # at most so many days: ACLED's code for a day, a week, a month
EXACT, NEAR, REGION = 1, 2, 3  # ACLED's geo_precision
COUNTED = ("exact", "about", "at_least")


def write(documents: Iterable[Document], stream: TextIO, note: Callable[[str], None]) -> None:
    """Rows of incidents; `note` is told how many events are none, and which columns are empty."""
    rows, ids, aggregates, parts = [], [], 0, 0
    for document in documents:
        ids.append(document.id)
        sentences = layout(document.text, document.spans).sentences
        by_id = {e.id: e for e in document.events}
        for event in document.events:
            if event.kind == "aggregate":
                aggregates += 1
            elif any(by_id[i].kind == "incident" for i in totals_of(event, by_id) if i in by_id):
                parts += 1
            else:
                rows.append(row(document, event, sentences))
    spreadsheet.print_rows(rows, [*COLUMNS, *OURS], stream)
    of = f"{ids[0]}: " if len(ids) == 1 else ""
    note(
        f"{of}acled: incidents written: {len(rows)}; left out, since ACLED codes single events: "
        f"aggregates: {aggregates}, incidents that are parts of another: {parts}"
    )
    note(f"acled: not known as ACLED codes it and left empty: {', '.join(EMPTY)}")


def row(document: Document, event: Event, sentences: Sequence[Sentence]) -> dict:
    """The columns that an incident has values for; the others are empty."""
    names = [a.name or wording.quote(document, a) for a in event.actors]
    known, (first, last) = origin.of(document), event.evidence
    told = [s for s in sentences if s.start < last and first < s.end]
    return {
        **_time(event.period.interval if event.period else Interval()),
        "actor1": names[0] if names else None,
        "assoc_actor_1": tuple(dict.fromkeys(names[1:])),
        **_place(document, event),
        "source": known.source or known.publisher,
        "notes": wording.one_line(document.text[told[0].start : told[-1].end]),
        "fatalities": _fatalities(event),
        "document": document.id,
        "event": event.id,
    }


def _time(interval: Interval) -> dict:
    """The day, or the middle of a week or a month; of a longer time only its year."""
    start, end = interval.start, interval.end
    if not start or not end:
        return {}
    days = (end - start).days + 1
    precision = next((code for most, code in TIME_PRECISION.items() if days <= most), None)
    middle: date | None = start + timedelta(days=(days - 1) // 2) if precision else None
    year = middle.year if middle else start.year if start.year == end.year else None
    return {"event_date": middle, "year": year, "time_precision": precision}


def _place(document: Document, event: Event) -> dict:
    """The most specific place; the point is the first known one, and geo_precision tells whose it is."""
    if not event.locations:
        return {}
    places = [at.place for at in event.locations]
    country, admin1 = flat.first_known(event, "country"), flat.first_known(event, "admin1")
    point = next((p for p in places if _precision(p, places[0])), Place())
    return {
        "country": country and gazetteer.name_of(country),
        "admin1": admin1 and gazetteer.name_of(admin1),
        "location": places[0].name or wording.quote(document, event.locations[0]),
        "latitude": point.latitude,
        "longitude": point.longitude,
        "geo_precision": _precision(point, places[0]),
    }


def _precision(point: Place, first: Place) -> int | None:
    """ACLED's code for a point; None where it is none, or a whole country's, which ACLED does not code."""
    if None in (point.latitude, point.longitude) or point.kind not in ("populated_place", "area", "admin1"):
        return None
    if point.kind != "populated_place":
        return REGION
    return EXACT if point is first else NEAR


def _fatalities(event: Event) -> int | None:
    """The killed that may be added up, the lower end of a range; None where the report gives no number."""
    killed = wording.counting(event, "killed")
    total = added([c.quantity for c in killed])
    return total.value if total.relation in COUNTED else None
