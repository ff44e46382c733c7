"""Which controls of a project's labelling interface stand for ours, and what it cannot hold.

Ours is labelling.xml. A project may name its controls otherwise, lack some and have more of them.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from annotations.tasks import FIELDS, RELATION_KINDS
from infer.schema import LABELS, InputError

_START = "make the project's interface that of annotations/labelling.xml"
_KEY = re.compile(r"\$([^\s.\[\]$]+)")


@dataclass(frozen=True, slots=True)
class Interface:
    """Names of a project's controls; without any, those of labelling.xml.

    `label` is its Labels control, `text` the Text that it marks, `key` where a task's data holds that
    text. `fields` gives the control of each of our fields. `lacks` says in words what there is no place for;
    of that, `unsaid` are (field or "relation", value). `others` are controls and `foreign` labels that stand
    for nothing of ours.
    """

    label: str = "label"
    text: str = "text"
    key: str = "text"
    fields: Mapping[str, str] = field(default_factory=lambda: {name: name for name in (*FIELDS, "value")})
    lacks: tuple[str, ...] = ()
    unsaid: frozenset[tuple[str, str]] = frozenset()
    others: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()

    @classmethod
    def of(cls, config: str) -> Self:
        """The interface that a project's configuration describes; InputError where it marks no text so."""
        tags = [*_parsed(config).iter()]
        label = _label(tags)
        text = _text(tags, label.get("toName"))
        asked = [tag for tag in tags if tag.get("toName") == text.get("name") and _each_region(tag)]
        controls = {name: tag for name in FIELDS if (tag := _choices(asked, name)) is not None}
        if (area := _area(asked)) is not None:
            controls["value"] = area
        ours = {tag.get("name") for tag in (label, *controls.values())}
        missing = {"relation": _missing(RELATION_KINDS, tags, "relation")}
        for name in FIELDS.keys() & controls.keys():
            missing[name] = _missing(FIELDS[name], controls[name].iter(), "choice")
        return cls(
            label=label.get("name"),
            text=text.get("name"),
            key=_key(text),
            fields={name: tag.get("name") for name, tag in controls.items()},
            lacks=tuple(_lacking(controls, missing)),
            unsaid=frozenset((name, value) for name, values in missing.items() for value in values),
            others=frozenset(tag.get("name") for tag in tags if tag.get("toName")) - ours,
            foreign=frozenset(_offered(label.iter(), "label")) - frozenset(LABELS),
        )

    def field(self, control: str) -> str | None:
        """Our field that a control stands for, None for any other."""
        return next((name for name, its in self.fields.items() if its == control), None)

    def offers(self, name: str, value: str) -> bool:
        """Whether this value of our field, or this kind of "relation", can be said there."""
        return (name in self.fields or name == "relation") and (name, value) not in self.unsaid


OURS = Interface()


def _parsed(config: str) -> ET.Element:
    try:
        return ET.fromstring(config.strip())
    except ET.ParseError as error:
        raise InputError(f"the project's labelling interface is no XML ({error}); {_START}") from None


def _kind(tag: ET.Element) -> str:
    return tag.tag.lower()


def _missing(ours: Sequence[str], tags: Iterable[ET.Element], kind: str) -> list[str]:
    """Which of ours are not on offer among the tags of that kind."""
    offered = _offered(tags, kind)
    return [value for value in ours if value not in offered]


def _offered(tags: Iterable[ET.Element], kind: str) -> tuple[str, ...]:
    """What may be chosen, as results have it: an alias stands in its value's place there."""
    return tuple(tag.get("alias") or tag.get("value", "") for tag in tags if _kind(tag) == kind)


def _label(tags: list[ET.Element]) -> ET.Element:
    """The Labels control that has all of ours."""
    found = [tag for tag in tags if _kind(tag) == "labels"]
    if not found:
        there = ", ".join(sorted({tag.tag for tag in tags if tag.get("toName")})) or "none"
        why = "HyperText's offsets are no text's" if "hypertextlabels" in map(_kind, tags) else "needs Labels"
        raise InputError(f"the project marks no Text with Labels (its controls: {there}): {why}; {_START}")
    whole = [tag for tag in found if set(LABELS) <= set(_offered(tag.iter(), "label"))]
    if not whole:
        nearest = max(found, key=lambda tag: len(set(LABELS) & set(_offered(tag.iter(), "label"))))
        missing = _missing(LABELS, nearest.iter(), "label")
        raise InputError(f"the project's Labels {nearest.get('name')!r} lack {', '.join(missing)}; {_START}")
    if len(whole) > 1:
        whole = [tag for tag in whole if tag.get("name") == OURS.label] or whole
    if len(whole) > 1:
        names = ", ".join(str(tag.get("name")) for tag in whole)
        raise InputError(f"the project has our labels {len(whole)} times ({names}); keep them once")
    return whole[0]


def _text(tags: list[ET.Element], name: str | None) -> ET.Element:
    found = next((tag for tag in tags if tag.get("name") == name and not tag.get("toName")), None)
    if found is None:
        raise InputError(f"the project's Labels mark {name!r}, which is nothing there; {_START}")
    if _kind(found) != "text":
        why = ", whose offsets are no text's" if _kind(found) == "hypertext" else ""
        raise InputError(f"the project's Labels mark a {found.tag}{why}, and not a Text; {_START}")
    if found.get("valueType", "text") != "text":
        raise InputError(
            f'the project shows text behind an address (valueType="{found.get("valueType")}"); '
            "put the texts themselves into its tasks"
        )
    return found


def _key(text: ET.Element) -> str:
    match = _KEY.fullmatch(text.get("value", ""))
    if not match:
        raise InputError(
            f"the project's Text shows {text.get('value')!r}; needed: one key of a task's data, such as $text"
        )
    return match[1]


def _each_region(tag: ET.Element) -> bool:
    return tag.get("perRegion", "").lower() == "true"


def _choices(asked: list[ET.Element], name: str) -> ET.Element | None:
    """The Choices of our field: the control of its name, else the one that offers just the same."""
    found = {tag.get("name"): tag for tag in asked if _kind(tag) == "choices"}
    if name in found and set(_offered(found[name].iter(), "choice")) & set(FIELDS[name]):
        return found[name]
    same = (tag for tag in found.values() if set(_offered(tag.iter(), "choice")) == set(FIELDS[name]))
    return next(same, None)


def _area(asked: list[ET.Element]) -> ET.Element | None:
    """The TextArea of values: the one named so, else the only one."""
    found = {tag.get("name"): tag for tag in asked if _kind(tag) == "textarea"}
    return found.get("value", next(iter(found.values())) if len(found) == 1 else None)


def _lacking(controls: dict[str, ET.Element], missing: dict[str, list[str]]) -> Iterator[str]:
    for name, values in FIELDS.items():
        if name not in controls:
            yield f"no Choices for {name} ({', '.join(values)}) asked of each region"
        elif missing[name]:
            yield f"no {', '.join(missing[name])} among the Choices for {name}"
    if "value" not in controls:
        yield "no TextArea for value asked of each region"
    if missing["relation"]:
        yield f"no Relation {', '.join(missing['relation'])}"
