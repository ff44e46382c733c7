"""The page of an evaluation: figures, charts and the errors to look at, in one file that needs no other."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from infer.output import replacing
from infer.schema import LABELS, InputError, not_installed
from train.judging import Judgement
from train.report.browser import embedded
from train.report.tables import sections

PAGE = "index.html"
HERE = Path(__file__).parent


def write(
    folder: Path,
    scores: Mapping,
    judged: Judgement,
    old: Judgement | None = None,
    links: Mapping[str, str] | None = None,
) -> Path:
    """Write index.html into the folder, which must be there: the figures of `scores`, the errors of `judged`.

    With `old`, what became of the other model's errors. `links` are addresses of reports in Label Studio.
    """
    file = folder / PAGE
    with replacing(file) as stream:
        stream.write(page(scores, embedded(judged, old, links)))
    return file


def page(scores: Mapping, errors: Mapping) -> str:
    """The HTML; whatever stands in a report stays text."""
    view = {"scores": scores, "sections": sections(scores), "labels": LABELS}
    return _environment().get_template("index.html.j2").render(view, errors=errors)


@cache
def _environment():
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as error:
        raise InputError(not_installed(error)) from None
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    environment.globals["inlined"] = _inlined
    return environment


@cache
def _inlined(name: str):
    """The content of a file of ours, as it is."""
    from markupsafe import Markup

    return Markup((HERE / name).read_text(encoding="utf-8"))
