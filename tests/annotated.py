"""Annotated reports for tests: a small file of them, and single ones written in a line or two."""

from pathlib import Path

from annotations import markup
from annotations.tasks import Task

REPORTS = Path(__file__).parent / "cases" / "annotated_reports.txt"


def reports() -> list[Task]:
    """Five reports with all fields and relations, emoji, Arabic, odd white space; the last one with CRLF."""
    text = REPORTS.read_text(encoding="utf-8")
    head, title, last = text.rpartition("=== ")
    found = markup.parse(head) + markup.parse((title + last).replace("\n", "\r\n"))
    assert [finding for _, findings in found for finding in findings] == []
    return [task for task, _ in found]


def written(text: str, events: str = "", spans: str = "", links: str = "", report_date: str = "null") -> str:
    """The marked-up form of one report; lines of a section are separated by "/"."""
    sections = {"text": text}
    sections |= {
        name: said.replace(" / ", "\n")
        for name, said in (("events", events), ("spans", spans), ("links", links))
    }
    body = "".join(f"--- {name}\n{said}\n" for name, said in sections.items())
    return (
        f"=== t-1\nreport_date: {report_date}\nsource_style: wire\nconflict: invented\nlanguage: en\n{body}"
    )


def task(*sections: str, **named: str) -> Task:
    """The task of one well-formed report, given as to `written`."""
    [(made, findings)] = markup.parse(written(*sections, **named))
    assert made, findings
    return made
