"""The guidelines: their worked examples are well-formed and right by the rules that check.py knows."""

import re
from datetime import date
from pathlib import Path

import annotations
from annotations import markup
from annotations.check import check
from annotations.documents import to_document
from annotations.tasks import FIELDS, RELATION_KINDS
from infer.schema import LABELS

TEXT = (Path(annotations.__file__).parent / "guidelines.md").read_text(encoding="utf-8")


def test_the_worked_examples_have_nothing_wrong():
    examples = re.findall(r"^```\n(===.*?)^```", TEXT, re.M | re.S)
    assert len(examples) == 2
    for example in examples:
        [(task, findings)] = markup.parse(example)
        assert findings == [] and check(task) == []
        assert to_document(task).events


def test_every_label_choice_and_relation_is_explained():
    names = [*LABELS, *RELATION_KINDS, *(choice for allowed in FIELDS.values() for choice in allowed)]
    assert [name for name in names if name not in TEXT] == []


def test_the_report_date_of_the_period_table_is_the_day_it_says():
    assert "Friday 2022-11-18" in TEXT and date(2022, 11, 18).strftime("%A") == "Friday"


def test_links_within_the_page_lead_somewhere():
    headings = {
        re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-")
        for h in re.findall(r"^##+ (.*)", TEXT, re.M)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings
