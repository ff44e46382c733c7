"""The page of an evaluation: figures, charts and the errors to look at, in one file that needs no other."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infer.render.html import pages
from infer.schema import LABELS
from train.judging import Judgement, Reading
from train.report.browser import embedded
from train.report.charts import charts
from train.report.tables import sections

PAGE = "index.html"
HERE = Path(__file__).parent


def page(
    scores: Mapping,
    judged: Judgement,
    before: Sequence[Reading] | None = None,
    links: Mapping[str, str] | None = None,
) -> str:
    """The HTML of the figures of `scores` and of the errors of `judged`; what stands in a report stays text.

    `before` is what another model made of the reports end to end, to be told what of it was fixed and what
    broke. `links` are addresses of reports in Label Studio, by their ids.
    """
    return pages.page(
        "evaluation.html.j2",
        HERE,
        scores=scores,
        sections=sections(scores),
        charts=charts(scores),
        labels=LABELS,
        errors=embedded(judged, before, links),
    )
