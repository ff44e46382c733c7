"""A web page's text as its reader sees it: paragraphs, list items and table rows as lines."""

import html
import re

DECLARED = re.compile(rb"<meta[^>]+charset=[\"']?([\w.:-]+)", re.I)
COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.S)
HEAD_ENDS = re.compile(r"</head|<body|<svg", re.I)  # pictures have titles too
TITLE = re.compile(r"<title(?:\s[^>]*)?>([^<]*)", re.I)
# Elements around a report, not of it. (A <header> may hold the report's headline, so it is kept.)
AROUND = ("nav", "aside", "footer", "form", "button", "select", "noscript", "template", "svg", "iframe")


def declared_charset(page: bytes) -> str | None:
    """The charset that a page names in its first 1024 bytes, where the HTML standard looks for it."""
    found = DECLARED.search(page[:1024])
    return found and found[1].decode("ascii")


def title_of(page: str) -> str | None:
    """What a page calls itself in its head."""
    found = TITLE.search(HEAD_ENDS.split(COMMENT.sub("", page), maxsplit=1)[0])
    return found and html.unescape(found[1])


def text_of(page: str) -> str:
    """The text of an HTML page, without scripts, styles, menus, forms and what stands around the report."""
    from inscriptis import get_text
    from inscriptis.css_profiles import STRICT_CSS_PROFILE
    from inscriptis.html_properties import Display
    from inscriptis.model.config import ParserConfig
    from inscriptis.model.html_element import HtmlElement

    css = STRICT_CSS_PROFILE | dict.fromkeys(AROUND, HtmlElement(display=Display.none))
    lines = get_text(page, ParserConfig(css=css)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")
