"""What a page says of the report itself: title, source, publisher, address, and what else the input had."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from infer import origin
from infer.render import wording
from infer.render.table import DATE_SOURCES
from infer.schema import Document

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
    known = origin.of(document)
    address = known.url if known.url and on_the_web(known.url) else None
    named = {"source": known.source, "publisher": known.publisher}
    first = [(role, words) for role, words in named.items() if words]
    shown = {known.title, address, *named.values()}
    rest = ((name, words) for name, value in document.extra.items() if (words := _words(value)) not in shown)
    return About(
        wording.one_line(known.title or document.id),
        wording.one_line(document.id),
        dated(document),
        address,
        tuple((name, _shortened(words)) for name, words in (*first, *rest) if words),
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
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).strip()


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
