"""Templates → pages that need nothing beside them: style and script stand inside, and no other may run."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from infer.schema import InputError, not_installed

HERE = Path(__file__).parent


def page(template: str, **view) -> str:
    """The HTML of a template of this folder; everything in `view` is escaped."""
    return _environment().get_template(template).render(**view)


@cache
def _environment():
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as error:
        raise InputError(f"pages need more: {not_installed(error.name)}") from None
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals["inlined"] = _inlined
    environment.globals["digest"] = _digest
    return environment


@cache
def _inlined(name: str):
    """The content of a file of ours, as it is."""
    from markupsafe import Markup

    return Markup((HERE / name).read_text(encoding="utf-8"))


@cache
def _digest(name: str) -> str:
    """What a Content-Security-Policy knows a file of ours by."""
    return base64.b64encode(hashlib.sha256(_inlined(name).encode()).digest()).decode()
