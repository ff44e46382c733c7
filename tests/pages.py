"""A page as a reader of its HTML finds it: elements with their attributes and words (html.parser)."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "rect", "path", "circle"}


@dataclass
class Element:
    tag: str
    attributes: dict
    children: list = field(default_factory=list)

    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, tag: str | None = None, **attributes) -> list["Element"]:
        """The elements below, in order, of a tag and with attributes (`class_` names one of its classes)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] * child._is(tag, attributes) + child.all(tag, **attributes)
        return found

    def one(self, tag: str | None = None, **attributes) -> "Element":
        (only,) = self.all(tag, **attributes)
        return only

    def _is(self, tag, attributes) -> bool:
        classes = (self.attributes.get("class") or "").split()
        wanted = {name.replace("_", "-"): value for name, value in attributes.items() if name != "class_"}
        return (
            tag in (None, self.tag)
            and ("class_" not in attributes or attributes["class_"] in classes)
            and all(self.attributes.get(name) == value for name, value in wanted.items())
        )

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(self.open[-1].children[-1])

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            closed = self.open.pop()
            assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parsed(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"left open: {[e.tag for e in reader.open[1:]]}"
    return reader.open[0]
