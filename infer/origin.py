"""Where a report comes from: source, publisher, address and title, by whatever names its input has them."""

import re
from dataclasses import asdict, dataclass

from infer.schema import Document

# The first that holds words is taken; upper case, spaces and hyphens in a column's name make no difference.
NAMES = {
    "source": ("source", "source_name", "news_source", "data_source"),
    "publisher": ("publisher", "outlet", "media_outlet", "news_outlet", "newspaper", "site_name", "agency"),
    "url": ("url", "link", "source_url", "article_url", "permalink", "web_address", "uri"),
    "title": ("title", "headline", "article_title", "heading"),
}
NO_TITLE = re.compile(
    r"\W*|\W*(untitled( \w+)?( ?\d+)?|no title|anonymous|unspecified|unknown)\W*"
    r"|(document|slide|presentation) ?\d*|microsoft word - .*"
    r"|[^\s/\\]+\.(docx?|pdf|odt|rtf|indd|html?|tex|dvi|qxp?)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of it, as the input has it; an address may be any words, and no link."""

    source: str | None = None
    publisher: str | None = None
    url: str | None = None
    title: str | None = None

    def known(self) -> dict[str, str]:
        return {name: words for name, words in asdict(self).items() if words}


def of(document: Document) -> Origin:
    """The origin that the columns beside a report's text tell."""
    folded = {_folded(name): value for name, value in reversed(document.extra.items())}
    return Origin(**{role: _first(folded, names) for role, names in NAMES.items()})


def titled(title: str | None) -> dict[str, str]:
    """What a file's own title adds to `Document.extra`: nothing where it is no title a person gave."""
    words = " ".join((title or "").split())
    return {} if NO_TITLE.fullmatch(words) else {"title": words}


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip()).casefold()


def _first(folded: dict, names: tuple[str, ...]) -> str | None:
    values = (folded.get(name) for name in names)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), None)
