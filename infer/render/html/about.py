"""What a page says of the report itself: title, source, publisher, address, and what else the input had."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from infer.render import wording
from infer.render.table import DATE_SOURCES
from infer.schema import Document

TITLES, ADDRESSES = ("title", "headline"), ("url", "link")
FIRST = ("source", "publisher", "author")
LONGEST = 400  # characters of what the input had; the record holds all of it
SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class About:
    """`address` is only one that may be a link; `others` are (name, value) as the input had them."""

    title: str
    id: str
    dated: str
    address: str | None
    others: tuple[tuple[str, str], ...]


def about(document: Document) -> About:
    extra = {name: _words(value) for name, value in document.extra.items()}
    extra = {name: value for name, value in extra.items() if value}
    title = next((name for name in extra if name.strip().casefold() in TITLES), None)
    linked = [name for name in extra if name.strip().casefold() in ADDRESSES and on_the_web(extra[name])]
    address = linked[0] if linked else None
    others = [(name, value) for name, value in extra.items() if name not in (title, address)]
    others.sort(key=lambda other: other[0].strip().casefold() not in FIRST)
    return About(
        wording.one_line(extra[title]) if title else wording.one_line(document.id),
        wording.one_line(document.id),
        dated(document),
        extra[address].strip() if address else None,
        tuple(others),
    )


def dated(document: Document) -> str:
    source = DATE_SOURCES.get(document.report_date_source)
    known = document.report_date
    return f"{known} ({source})" if known and source else str(known or "unknown")


def on_the_web(address: str) -> bool:
    """Whether an address may be a link: no script, no file, nothing half."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc)


def _words(value) -> str:
    if value is None:
        return ""
    words = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).strip()
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
