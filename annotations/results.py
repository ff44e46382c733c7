"""The results of one annotation, as Label Studio's JSON has them → the regions and relations of a report."""

from annotations import offsets
from annotations.interface import Interface
from annotations.tasks import Finding, Region, Relation
from infer.schema import Span


class Reader:
    """Gathers the results of one annotation that share a region id; the last word on offsets."""

    def __init__(self, task: str, text: str, interface: Interface, findings: list[Finding]):
        self.task, self.text, self.interface, self.findings = task, text, interface, findings
        self.foreign: set[str] = set()  # regions whose labels are none of ours

    def say(self, severity: str, message: str, start=None, end=None):
        self.findings.append(Finding(self.task, severity, message, start, end))

    def read(self, results: list[dict]) -> tuple[tuple[Region, ...], tuple[Relation, ...]]:
        """The regions and their relations; what is wrong with them is added to the findings."""
        regions = self._regions(results)
        known = {region.id for region in regions}
        relations = [
            r for result in results if result.get("type") == "relation" for r in self._relation(result, known)
        ]
        return tuple(regions), tuple(relations)

    def _regions(self, results: list[dict]) -> list[Region]:
        labels, fields = {}, {}
        for result in results:
            self._sort(result, labels, fields)
        self.foreign -= labels.keys()
        for region in fields.keys() - labels.keys() - self.foreign:
            self.say("error", f"region {region} has fields but no label; label it or delete it")
        marks = [self._mark(result) for result in labels.values()]
        placed = offsets.locate(self.text, marks)
        regions = []
        for (region, result), mark, place in zip(labels.items(), marks, placed, strict=True):
            span = self._span(region, result["value"], mark, place)
            if span:
                regions.append(Region(region, span, **fields.get(region, {})))
        return regions

    def _sort(self, result: dict, labels: dict, fields: dict):
        """Put one result where it belongs: a region's label, one of its fields, or nowhere, and say so."""
        kind, region, control = result.get("type"), str(result.get("id")), str(result.get("from_name"))
        value = result["value"] if isinstance(result.get("value"), dict) else {}
        field = self.interface.field(control)
        if kind == "relation":
            return
        if control in self.interface.others:
            self.foreign |= {region} if kind == "labels" else set()
            self.say("note", f"result of another control left out: {control} ({kind})")
        elif kind == "labels" and self._is_foreign(value):
            self.foreign.add(region)
            self.say("note", f"region {region} left out: {_strings(value['labels'])[0]} is no label of ours")
        elif kind == "hypertextlabels" or isinstance(value.get("start"), str):
            self.say(
                "error", f"region {region} was marked in HyperText, whose offsets are no text's; use Text"
            )
        elif kind == "labels" and value:
            if region in labels:
                self.say("error", f"region {region} is labelled twice; delete one")
            labels.setdefault(region, result)
        elif kind in ("choices", "textarea") and field and "start" in value:
            self._field(region, field, value, fields.setdefault(region, {}))
        else:
            self.say("note", f"result of another control left out: {control} ({kind})")

    def _is_foreign(self, value: dict) -> bool:
        labels = _strings(value.get("labels"))
        return bool(labels) and self.interface.foreign.issuperset(labels)

    def _field(self, region: str, name: str, value: dict, known: dict):
        said = _strings(value.get("choices", value.get("text")))
        if len(said) > 1:
            self.say("error", f"region {region} has several values for {name}: {', '.join(said)}; keep one")
        if said:
            known[name] = said[0]

    def _mark(self, result: dict) -> tuple[int, int, str | None]:
        value = result["value"]
        start, end, quote = value.get("start"), value.get("end"), value.get("text")
        whole = all(isinstance(x, int) and not isinstance(x, bool) for x in (start, end))
        return (start, end, quote if isinstance(quote, str) else None) if whole else (-1, -1, None)

    def _span(self, region: str, value: dict, mark: tuple, place: tuple) -> Span | None:
        start, end, unit, agrees = place
        labels = _strings(value.get("labels"))
        if not 0 <= start < end <= len(self.text):
            seen = f"{value.get('start')!r} to {value.get('end')!r}"
            self.say("error", f"region {region} stands at {seen}, outside the text (0 to {len(self.text)})")
            return None
        if len(labels) != 1:
            self.say("error", f"region {region} has {len(labels)} labels; a region has one", start, end)
        if not labels:
            return None
        if unit != offsets.CODE_POINTS:
            self.say("repair", f"region {region}: offsets {mark[0]} to {mark[1]} read as {unit}", start, end)
        if not agrees:
            self._differs(region, mark[2], start, end)
        return Span(*self._tidy(region, start, end), labels[0])

    def _differs(self, region: str, quote: str, start: int, end: int):
        """Offsets are trusted over the quote (it goes stale, #1931); nothing in common is an error."""
        there, quoted = offsets.collapse(self.text[start:end]), offsets.collapse(quote)
        severity = "repair" if there in quoted or quoted in there else "error"
        self.say(severity, f"region {region}: quote {quote!r}, but the text there is {there!r}", start, end)

    def _tidy(self, region: str, start: int, end: int) -> tuple[int, int]:
        tidied = offsets.snap(self.text, *offsets.trim(self.text, start, end))
        if tidied != (start, end):
            was, now = self.text[start:end], self.text[slice(*tidied)]
            self.say("repair", f"region {region}: {was!r} set to whole words, {now!r}", *tidied)
        return tidied

    def _relation(self, result: dict, known: set[str]) -> list[Relation]:
        ends = [str(result.get("from_id")), str(result.get("to_id"))]
        arrow = " -> ".join(ends)
        if not self.foreign.isdisjoint(ends):
            self.say("note", f"relation {arrow} left out, as one of its regions is")
            return []
        if result.get("direction") == "left":
            ends.reverse()
        elif result.get("direction") == "bi":
            self.say("repair", f"relation {arrow} points both ways; read as {arrow}")
        kinds = _strings(result.get("labels"))
        if missing := [end for end in ends if end not in known]:
            self.say("error", f"relation {arrow}: there is no region {missing[0]}")
        elif not kinds:
            self.say("error", f"relation {arrow} has no name; choose one or delete it")
        else:
            return [Relation(*ends, kind) for kind in kinds]
        return []


def _strings(value: object) -> list[str]:
    """What is said of a region: the strings of a list, or the one string."""
    found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [words.strip() for words in found if isinstance(words, str) and words.strip()]
