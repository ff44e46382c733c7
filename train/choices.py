"""What the command line says of a retraining, beside the configuration."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infer import checkpoint
from infer.schema import InputError

IF_BETTER, ALWAYS, NEVER = "if better", "always", "never"


@dataclass(frozen=True, slots=True)
class Choices:
    """`weights` are compared with, and `replaced` if better, always or never.

    `project` of Label Studio is pulled where it is not None, with the annotations of the user `prefer` where
    several annotated. `again` is what to type to replace the weights
    whatever the comparison says.
    """

    weights: Path
    replaced: str
    project: str | None
    prefer: str | None
    again: str


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Options that go with data.add=FILE, or stand for it."""
    command.add_argument("--pull", action="store_true", help="add what Label Studio has (LABEL_STUDIO_URL)")
    command.add_argument("--project", metavar="P", help="the project to pull: its number or title")
    prefer = "where several annotated and none is ground truth: whose to take; default: the latest"
    command.add_argument("--prefer", metavar="WHO", help=prefer)
    weights = f"the weights to compare with, and to replace; default: {checkpoint.DEFAULT}"
    command.add_argument("--against", metavar="DIR", type=Path, help=weights)
    either = command.add_mutually_exclusive_group()
    for word, means, when in (
        ("--replace", ALWAYS, "replace the weights whatever the comparison says"),
        ("--keep", NEVER, "replace no weights"),
    ):
        either.add_argument(word, dest="replaced", action="store_const", const=means, help=when)


def read(options: argparse.Namespace, adding: bool) -> Choices | None:
    """The choices; None where no file is added and nothing pulled, and so nothing retrained."""
    if options.pull != (options.project is not None):
        raise InputError("--pull and --project P go together; P is a project's number or title")
    if options.prefer and not options.pull:
        raise InputError("--prefer goes with --pull; what a file holds is what was preferred")
    if not (adding or options.pull):
        if options.against or options.replaced:
            raise InputError("--against, --replace and --keep go with data.add=FILE or --pull")
        return None
    return Choices(
        weights=options.against or checkpoint.DEFAULT,
        replaced=options.replaced or IF_BETTER,
        project=options.project,
        prefer=options.prefer,
        again=_again(options.typed),
    )


def _again(words: Sequence[str]) -> str:
    return shlex.join(["python", "-m", "train", *(word for word in words if word != "--keep"), "--replace"])
