"""New weights into the place of the old ones, all at once or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from infer import checkpoint
from infer.schema import InputError


def check(weights: Path) -> None:
    """InputError where a folder of weights could not be replaced, told before hours of training."""
    place = weights.resolve()
    try:
        with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent):
            pass
        if not os.access(place, os.W_OK):
            raise PermissionError(0, "no permission")
    except OSError as error:
        raise InputError(
            f"{weights} cannot be replaced ({error.strerror}); name weights of your own with --against DIR, "
            "or type --keep"
        ) from None


def swap(new: Path, weights: Path) -> None:
    """Put a copy of the checkpoint folder `new` in the place of the folder `weights`.

    The copy is written beside it and renamed, and the old folder goes only then. InputError where that
    fails: the old folder stands as it did.
    """
    checkpoint.load(new)
    recover(weights)
    place = weights.resolve()
    part, old = _beside(place, "part"), _beside(place, "old")
    for left in (part, old):  # by a swap that was broken off
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(new, part)
        place.rename(old)
        part.rename(place)
    except OSError as error:
        raise InputError(f"{weights} was not replaced, and stands as it did ({_reason(error)})") from None
    finally:
        recover(weights)
        for left in (part, old):
            shutil.rmtree(left, ignore_errors=True)


def recover(weights: Path) -> bool:
    """Put the old weights back where a swap was broken off before the new ones stood; whether it was so."""
    place = weights.resolve()
    old = _beside(place, "old")
    if place.exists() or not old.is_dir():
        return False
    old.rename(place)
    return True


def _beside(place: Path, kind: str) -> Path:
    return place.with_name(f".{place.name}.{kind}")


def _reason(error: OSError) -> str:
    """Of the one thing that failed, or of the first file that could not be copied."""
    return error.strerror or str(error.args[0][0][-1])
