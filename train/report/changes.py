"""What one model's errors are against another's on the same reports: fixed and broken, event by event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from train.report.errors import Difference, Fault

CHANGES = {
    "fixed": "fixed",
    "broke": "broken",
    "better": "fewer differences",
    "worse": "more differences",
    "other": "other differences",
    "same": "as before",
}


@dataclass(frozen=True, slots=True)
class Change:
    """An event that either model has wrong: the faults of both, None where that model has it right.

    `differences` are the new model's, then what it mended of the old one's; each with a word of what became
    of it: fixed, broke, or same.
    """

    old: Fault | None
    new: Fault | None
    differences: tuple[tuple[Difference, str], ...]

    @property
    def fault(self) -> Fault:
        """What is shown: the new model's, where it has the event wrong."""
        return self.new or self.old

    @property
    def kind(self) -> str:
        """A key of CHANGES."""
        if not (self.old and self.new):
            return "fixed" if self.old else "broke"
        more = len(self.new.differences) - len(self.old.differences)
        if more:
            return "worse" if more > 0 else "better"
        return "other" if any(became != "same" for _, became in self.differences) else "same"


def changes(old: Sequence[Fault], new: Sequence[Fault]) -> list[Change]:
    """The faults of a report by both models, event by event: an invented event is known by its anchor."""
    before, now = ({key(fault): fault for fault in side} for side in (old, new))
    both = [
        Change(before.get(k), now.get(k), tuple(_became(before.get(k), now.get(k)))) for k in now | before
    ]
    return sorted(both, key=lambda change: (change.fault.gold or change.fault.found).anchor)


def unchanged(fault: Fault) -> Change:
    """A fault that is compared with nothing."""
    return Change(None, fault, tuple((difference, "") for difference in fault.differences))


def key(fault: Fault) -> tuple:
    return ("gold", fault.gold.id) if fault.gold else ("invented", fault.found.anchor)


def _became(old: Fault | None, new: Fault | None) -> Iterator[tuple[Difference, str]]:
    before, now = ({_at(d): d for d in fault.differences} if fault else {} for fault in (old, new))
    for at, difference in now.items():
        yield difference, "same" if at in before else "broke"
    for at, difference in before.items():
        if at not in now:
            yield difference, "fixed"


def _at(difference: Difference) -> tuple:
    """What a difference is about, however the model has it: gold's filler, else what was invented."""
    side = difference.gold or difference.found
    attribute = None if difference.scored else difference.why
    return difference.slot, attribute, difference.about, side.span, difference.gold is None
