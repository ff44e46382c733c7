"""Templates → pages that need nothing beside them: style and script stand inside, and no other may run."""

import base64
import hashlib
from functools import cache, partial
from pathlib import Path

from infer.schema import InputError, not_installed

HERE = Path(__file__).parent


def page(template: str, beside: Path | None = None, **view) -> str:
    """The HTML of a template of this folder, or of one beside it; everything in `view` is escaped."""
    return _environment(beside).get_template(template).render(**view)


@cache
def _environment(beside: Path | None):
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as error:
        raise InputError(f"pages need more: {not_installed(error.name)}") from None
    environment = Environment(
        loader=FileSystemLoader([folder for folder in (beside, HERE) if folder]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals["inlined"] = partial(_inlined, environment)
    environment.globals["digest"] = partial(_digest, environment)
    return environment


def _inlined(environment, name: str):
    """The content of a file of ours, as it is."""
    from markupsafe import Markup

    return Markup(environment.loader.get_source(environment, name)[0])


def _digest(environment, name: str) -> str:
    """What a Content-Security-Policy knows a file of ours by."""
    return base64.b64encode(hashlib.sha256(_inlined(environment, name).encode()).digest()).decode()
