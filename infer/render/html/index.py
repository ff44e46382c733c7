"""The index of a folder of pages: a list to filter, a time line, and totals that count once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from infer.output import address
from infer.party_mentions import countries
from infer.render import summary_text, wording
from infer.render.html import atlas, timeline
from infer.render.html.about import About, about
from infer.render.html.pages import page
from infer.render.html.sites import Sites
from infer.render.record import iso
from infer.render.summary import MEASURES, Cell, Group, Root, Summary, summarize
from infer.schema import Document, Interval

PAIRS = 300  # overlaps that are named
TABLES = (("actor", "by actor"), ("place", "by place"), ("month", "by month"))
OVERLAPS = ((True, summary_text.MEET), (False, summary_text.MAY))


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the list; `statuses` are (status, how many of its checks)."""

    about: About
    href: str
    events: int
    statuses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One event's figure, with a link to it."""

    text: str
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A cell: what was added up, and what stands beside it."""

    summed: str
    apart: tuple[Told, ...]


def written(pages: Iterable[tuple[Document, Path]], folder: Path, model: dict | None) -> str:
    """The index as HTML. Documents are read one at a time and not kept."""
    listed: list[Listed] = []
    sites = Sites()

    def documents() -> Iterator[Document]:
        for document, path in pages:
            there = {event.id for event in document.events}
            sites.add(len(listed), document, (e for e in document.events if e.part_of not in there))
            listed.append(_listed(document, address(path, folder)))
            yield document

    return page("index.html.j2", **_view(summarize(documents()), listed, sites), model=model)


def _listed(document: Document, href: str) -> Listed:
    counted = Counter(check.status for check in document.checks)
    statuses = tuple((status, counted[status]) for status in wording.VERDICTS if counted[status])
    return Listed(about(document), href, len(document.events), statuses)


def _view(summary: Summary, listed: list[Listed], sites: Sites) -> dict:
    links = Links(summary, listed)
    by_home: dict[int, list[Root]] = {}
    for root in summary.roots:
        by_home.setdefault(root.home, []).append(root)
    told = [m for m in MEASURES if any(m in root.figures for root in summary.roots)]
    tables = [
        (name, [links.row(title, group, told) for group in summary_text.worth_a_line(groups)])
        for (name, title), groups in zip(
            TABLES, (summary.by_actor, summary.by_place, summary.by_period), strict=True
        )
    ]
    return {
        "headline": summary_text.headline(summary),
        "reports": [_report(one, by_home.get(n, [])) for n, one in enumerate(listed)],
        "facets": [[_facet(root) for root in by_home.get(n, [])] for n in range(len(listed))],
        "actors": sorted({a for root in summary.roots for a in root.actors}, key=str.casefold),
        "countries": sorted({(name_of(c), c) for root in summary.roots for c in _countries(root)}),
        "told": told,
        "tables": tables,
        "legend": summary_text.LEGEND,
        "overlaps": [(words, *links.pairs(certain)) for certain, words in OVERLAPS],
        "time": timeline.drawn(summary.by_period),
        "map": atlas.drawn(sites.spots()),
        "sites": sites.ordered(),
        "href": links.href,
    }


class Links:
    """Roots as links to the events of their reports' pages."""

    def __init__(self, summary: Summary, listed: list[Listed]):
        self.summary, self.listed = summary, listed

    def href(self, home: int, event: str) -> str:
        return f"{self.listed[home].href}#{quote(event)}"

    def row(self, title: str, group: Group, told: list[str]) -> dict:
        label = summary_text.label(title, group)
        return {
            "label": label.strip(),
            "within": label != label.strip(),
            "kinds": summary_text.kinds(group),
            "cells": [(measure, self._figures(group.cells.get(measure), measure)) for measure in told],
        }

    def _figures(self, cell: Cell | None, measure: str) -> Figures:
        if cell is None:
            return Figures("", ())
        apart = (self._told(root, summary_text.stated(root.figures[measure])) for root in cell.apart)
        return Figures(summary_text.summed(cell, measure), tuple(apart))

    def _told(self, root: Root, text: str) -> Told:
        return Told(text, self.href(root.home, root.event.id), summary_text.reference(self.summary, root))

    def _reference(self, root: Root) -> Told:
        return self._told(root, summary_text.reference(self.summary, root))

    def pairs(self, certain: bool) -> tuple[list[tuple[Told, Told]], int]:
        """The pairs of roots that overlap, or only may, and how many more there are."""
        its = [(a, b) for a, b, sure in self.summary.overlaps if sure == certain]
        named = [tuple(self._reference(root) for root in pair) for pair in its[:PAIRS]]
        return named, len(its) - len(named)


def _report(listed: Listed, roots: list[Root]) -> dict:
    actors = list(dict.fromkeys(actor for root in roots for actor in root.actors))
    lands = list(dict.fromkeys(name_of(code) for root in roots for code in _countries(root)))
    return {
        "it": listed,
        "roots": len(roots),
        "actors": actors,
        "countries": lands,
        "period": wording.period(_extent(roots)),
    }


def _extent(roots: list[Root]) -> Interval:
    """From the first day to the last that is told."""
    intervals = [root.event.period.interval for root in roots if root.event.period]
    days = [day for i in intervals for day in (i.start, i.end) if day]
    return Interval(min(days, default=None), max(days, default=None))


def _facet(root: Root) -> dict:
    """What an event is found by."""
    interval = root.event.period.interval if root.event.period else Interval()
    return {
        "actors": root.actors,
        "countries": _countries(root),
        "first": iso(interval.start),
        "last": iso(interval.end),
    }


def _countries(root: Root) -> list[str]:
    return list(dict.fromkeys(at.place.country for at in root.event.locations if at.place.country))


def name_of(code: str) -> str:
    known = countries().get(code)
    return known.name if known else code
