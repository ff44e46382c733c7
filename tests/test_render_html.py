"""Pages without a browser: a report's own words, every span marked once, and nothing of it runs or loads."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter
from urllib.parse import unquote, urlsplit

import pytest
import tiny_checkpoint
from conftest import ROOT, slots
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import nasty
from pages import Element, parsed
from sample_documents import TEXT, documents, sample

from annotations import gold
from annotations.documents import to_document
from infer import render
from infer.__main__ import main
from infer.render import Style
from infer.render.html import index, report
from infer.render.html.about import on_the_web
from infer.render.record import from_record, to_record
from infer.schema import Document, InputError

ATTACK = (
    '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\' onload="alert(3)" {{ 7*7 }} ]]> <!--'
)
REPORT = "In June 2023 Red Column carried out 12 operations in Homs. They left two soldiers dead.\r\n"
OWN_SCRIPTS = 2  # the page's own, and the data block


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_checkpoint.write(tmp_path_factory.mktemp("tiny"))


def written(document: Document, **style) -> str:
    stream = io.StringIO(newline="")
    render.write([document], stream, Style("html", **style))
    return stream.getvalue()


def page(document: Document, **style) -> Element:
    return parsed(written(document, **style))


def words(whole: Element) -> Element:
    return whole.one(id="text")


def check_text(document: Document) -> None:
    """The text is the report's, and its marks are the spans of the record, each once and in order."""
    text = words(page(document))
    assert text.text() == document.text
    marks = [child for child in text.children if isinstance(child, Element)]
    assert [mark.tag for mark in marks] == ["mark"] * len(document.spans)
    spans = to_record(document)["spans"]
    assert [(m["id"], m.text()) for m in marks] == [(s["id"], s["text"]) for s in spans]


@settings(deadline=None, max_examples=60)
@given(documents())
def test_any_text_stays_as_it_is_and_its_spans_are_marked_once(document):
    check_text(document)


def test_marks_keep_their_words_after_emoji_line_ends_and_arabic():
    """Real annotated reports, made nasty: what counts code points as anything else marks other words."""
    random = Random(6)
    for task in random.sample(gold.load("train"), 12):
        check_text(to_document(nasty(task, random)))


@settings(deadline=None, max_examples=60)
@given(documents())
def test_an_event_lights_all_its_words_and_a_value_its_own(document):
    found = page(document)
    record = to_record(document)
    quotes = {s["id"] for s in record["spans"]}
    rows = {e["id"]: found.one("tr", id=e["id"]) for e in record["events"]}
    for event in record["events"]:
        row, its = rows[event["id"]], slots(event)
        assert set(row["data-lights"].split()) == {s["span"] for s in its}
        carried = {s["span"] for s in its if s.get("inherited")}
        assert set((row["data-carried"] or "").split()) == carried
        for cell in row.all("td"):
            assert {b["data-lights"] for b in cell.all(class_="value")} <= {s["span"] for s in its}
    for value in found.all(class_="value"):
        assert set(value["data-lights"].split()) <= quotes


def test_the_sample_s_values_stand_in_its_columns():
    found = page(sample())
    rows = {
        row["id"]: {c["data-name"]: c.text() for c in row.all("td")}
        for row in found.all("tr")
        if "id" in row.attributes
    }
    assert rows["e1"] == {
        "actor": "Red Column", "attacks": "≥17", "killed": "8 = 1 civilian + 7 security forces",
        "wounded": "", "place": "Homs desert (SY)", "time": "2023-06", "sure": "88% sure 88%",
    }  # fmt: skip
    assert rows["e2"]["killed"] == "5 (other source: 30)" and rows["e2"]["actor"] == "Red Column*"
    names = {b["aria-label"] for b in found.one("tr", id="e2").all(class_="value")}
    assert "30 killed" in names
    assert "Red Column, from “Red Column cells”, carried over from another sentence" in names


def test_each_figure_lights_its_own_words_and_no_other():
    text, cell = sample().text, page(sample()).one("tr", id="e1").all("td", data_name="killed")[0]
    spans = {s["id"]: s["text"] for s in to_record(sample())["spans"]}
    assert [(b.text(), spans[b["data-lights"]]) for b in cell.all(class_="value")] == [
        ("8", "eight dead"), ("1 civilian", "a civilian"), ("7 security forces", "seven soldiers"),
    ]  # fmt: skip
    assert all(quote in text for quote in spans.values())


def test_a_breakdown_stands_under_its_total_and_folds():
    found = page(sample())
    assert {row["id"]: row["data-above"] for row in found.all("tr") if "id" in row.attributes} == {
        "e1": "", "e2": "e1", "e3": "e1",
    }  # fmt: skip
    (fold,) = found.all("button", class_="fold")
    assert fold["data-of"] == "e1" and fold.text() == "2 parts of e1" and fold["aria-expanded"] == "true"


def test_checks_have_a_sign_and_words_and_those_that_differ_come_first():
    items = [li for ul in page(sample()).all("ul", class_="checks") for li in ul.all("li")]
    assert [li["class"] for li in items] == ["differs", "agrees", "agrees"]
    assert items[0].text().startswith("⚠ e1: 8 killed stated") and "differs" in items[0].text()
    assert items[1].text().startswith("✓ e1: ≥17 attacks stated") and "agrees" in items[1].text()
    spans = {s["id"]: s["text"] for s in to_record(sample())["spans"]}
    lit = {spans[i] for i in items[2].one(class_="value")["data-lights"].split()}
    assert lit == {"eight dead", "a civilian", "seven soldiers"}


def hostile() -> Document:
    """A report all of whose words want to be code."""
    made = sample()
    events = tuple(
        replace(
            e,
            actors=tuple(replace(a, name=ATTACK) for a in e.actors),
            locations=tuple(
                replace(at, place=replace(at.place, name=ATTACK, admin1=ATTACK)) for at in e.locations
            ),
        )
        for e in made.events
    )
    extra = {"title": ATTACK, "url": "javascript:alert(4)", ATTACK: ATTACK, "publisher": ["</script>", None]}
    return replace(made, id=ATTACK, text=made.text + ATTACK, events=events, extra=extra)


def is_tame(whole: Element) -> None:
    """No element and no attribute but ours, no address that loads or runs anything."""
    assert len(whole.all("script")) == OWN_SCRIPTS and not whole.all("img")
    for element in whole.all():
        assert not [
            name for name in element.attributes if name.startswith("on") or name in ("src", "srcset", "style")
        ]
        assert not (element.attributes.get("href") or "").lower().startswith(("javascript:", "data:text"))
    assert len(whole.all("link")) == 1 and whole.one("link")["href"] == "data:,"


def test_nothing_of_a_report_becomes_code():
    found = page(hostile(), model={"name": ATTACK, "version": ATTACK, "labels": []})
    is_tame(found)
    assert words(found).text().endswith(ATTACK) and found.one("h1").text() == ATTACK
    assert "7*7" in found.text() and "alert(4)" in found.one("header").text()
    listed = parsed(index.written([(hostile(), Path("a.html"))], Path("."), None))
    is_tame(listed)
    assert ATTACK in listed.text()


@settings(deadline=None, max_examples=40)
@given(documents(), st.booleans())
def test_the_exports_are_what_the_command_writes(document, with_text):
    exports = json.loads(page(document, with_text=with_text).one(id="exports").text())
    for format in ("json", "csv"):
        stream = io.StringIO(newline="")
        render.write([document], stream, Style(format, None, with_text), alone=True)
        assert exports[format] == stream.getvalue()


def test_an_export_may_hold_the_end_of_a_script():
    exports = json.loads(page(hostile(), with_text=True).one(id="exports").text())
    assert json.loads(exports["json"])["document"]["text"].endswith(ATTACK)
    assert [row["document"] for row in csv.DictReader(io.StringIO(exports["csv"]))] == [ATTACK] * 3


def test_only_our_own_style_and_script_may_run():
    """The policy names the very bytes that stand in the page, and lets nothing be fetched."""
    for whole in (page(sample()), parsed(index.written([(sample(), Path("a.html"))], Path("."), None))):
        policy = whole.one("meta", http_equiv="Content-Security-Policy")["content"]
        allowed = dict(part.split(" ", 1) for part in policy.split("; "))
        assert allowed["default-src"] == "'none'" and "unsafe" not in policy
        script = next(s for s in whole.all("script") if "type" not in s.attributes)
        for elements, kind in ((whole.all("style"), "style-src"), ([script], "script-src")):
            digests = [hashlib.sha256(element.text().encode()).digest() for element in elements]
            assert allowed[kind] == " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)


@pytest.mark.parametrize(
    "address, link",
    [
        ("https://example.org/a?b=1", True), ("http://example.org", True), ("  https://example.org ", True),
        ("javascript:alert(1)", False), ("JaVaScRiPt:alert(1)", False), ("data:text/html,x", False),
        ("file:///reports/a.txt", False), ("//example.org", False), ("https://", False), ("http://[", False),
        ("example.org", False), ("javascript://x.org/%0aalert(1)", False), ("file://x.org/a", False),
        ("java\nscript:alert(1)", False),
    ],
)  # fmt: skip
def test_an_address_is_a_link_only_on_the_web(address, link):
    assert on_the_web(address) == link
    header = page(replace(sample(), extra={"URL": address})).one("header")
    assert [a["href"] for a in header.all("a")] == [address.strip()] * link
    assert address.strip() in header.text()


def test_title_source_and_publisher_are_shown():
    extra = {
        "lat": -12.5,
        "publisher": "Observatory",
        "Title": "A month in Homs",
        "source": "wire",
        "none": None,
    }
    header = page(replace(sample(), extra=extra)).one("header")
    assert header.one("h1").text() == "A month in Homs"
    shown = [(dl.one("dt").text(), dl.one("dd").text()) for dl in header.one("dl").all("div")]
    assert shown == [
        ("report", "bulletin.txt"), ("report date", "2023-07-02 (as given)"), ("source", "wire"),
        ("publisher", "Observatory"), ("lat", "-12.5"),
    ]  # fmt: skip


def test_a_report_without_events_is_a_page():
    found = page(Document("empty.txt", ""))
    assert words(found).text() == "" and "No events" in found.text() and not found.all("table")


def test_a_page_is_of_one_report(tmp_path):
    stream = io.StringIO()
    with pytest.raises(InputError, match="name a folder"):
        render.write([sample(), sample()], stream, Style("html"))
    assert stream.getvalue() == ""


def run(*arguments) -> int:
    return main([str(argument) for argument in arguments])


def test_several_reports_in_one_file_are_refused_and_nothing_is_written(tmp_path, model, capfd):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(REPORT)
    assert run(tmp_path, "-o", tmp_path / "all.html", "--model", model) == 2
    error = capfd.readouterr().err.splitlines()[-1]
    assert (
        error.startswith("attack-reports: error: --format html: a page is of one report") and "a.txt" in error
    )
    assert not (tmp_path / "all.html").exists()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, model):
    """Pages of reports whose names are no plain addresses, written by the command."""
    reports, out = tmp_path_factory.mktemp("reports"), tmp_path_factory.mktemp("out")
    for name in ("index.txt", "50% #1?.txt", "deep/er/x.txt", "ليبيا.txt"):
        (reports / name).parent.mkdir(parents=True, exist_ok=True)
        (reports / name).write_bytes(REPORT.encode())
    (reports / "wire.jsonl").write_text(
        json.dumps({"text": REPORT, "title": "On the wire", "source": "agency"})
    )
    assert run(reports, "-o", out, "--format", "html", "--model", model) == 0
    return out


def test_every_link_of_the_index_leads_to_a_page_and_back(folder):
    listed = parsed((folder / "index.html").read_text(encoding="utf-8"))
    links = {a["href"] for a in listed.one("main").all("a")}
    pages = set()
    for link in links:
        parts = urlsplit(link)
        file = folder / unquote(parts.path)
        pages.add(file)
        there = parsed(file.read_text(encoding="utf-8"))
        assert not parts.fragment or there.all("tr", id=unquote(parts.fragment))
        up = there.one("p", class_="up").one("a")["href"]
        assert (file.parent / unquote(up)).resolve() == (folder / "index.html").resolve()
    assert pages == set(folder.rglob("*.html")) - {folder / "index.html"} and len(pages) == 5


def test_the_index_lists_reports_and_counts_roots_once(folder):
    listed = parsed((folder / "index.html").read_text(encoding="utf-8"))
    rows = listed.one(id="list").all("tr")
    assert len(rows) == 5
    titles = {row.one("th").all("a")[0].text() for row in rows}
    assert titles == {"index.txt", "50% #1?.txt", "deep/er/x.txt", "ليبيا.txt", "On the wire"}
    assert any("agency" in row.one("th").text() for row in rows)
    assert "5 events that are part of no other" in listed.one("header").text()
    assert "sum of" not in listed.one("main").all("tbody")[1].text(), "the same attacks were added up"


def test_totals_and_overlaps_are_the_summary_s(tmp_path):
    """A breakdown is not counted beside its total; two reports that overlap are named and not added."""
    twice = [(sample(), tmp_path / "a.html"), (replace(sample(), id="b.txt"), tmp_path / "b.html")]
    listed = parsed(index.written(twice, tmp_path, None))
    by_actor = listed.one("table", aria_labelledby="by-actor")
    (row,) = by_actor.one("tbody").all("tr")
    cells = {td["data-name"]: td for td in row.all("td")}
    assert cells["killed"].text() == "8; 8" and cells["attacks"].text() == "≥17; ≥17"
    assert [a["href"] for a in cells["killed"].all("a")] == ["a.html#e1", "b.html#e1"]
    assert [a["href"] for a in listed.one("ul", class_="sites").all("a")] == ["a.html#e1", "b.html#e1"]
    (pairs,) = listed.all("details", class_="pairs")
    assert [a["href"] for a in pairs.all("a")] == ["a.html#e1", "b.html#e1"]


def test_the_index_takes_the_place_of_no_input(tmp_path, model, capfd):
    (tmp_path / "index.html").write_text("<p>Red Column killed five.</p>")
    assert run(tmp_path, "-o", f"{tmp_path}/", "--format", "html", "--model", model) == 0
    assert (tmp_path / "index.html").read_text() == "<p>Red Column killed five.</p>"
    assert "index.html: written as index-2.html; index.html is an input's" in capfd.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"index.html", "index.html.html", "index-2.html"}


def test_without_jinja2_there_is_one_clear_line(tmp_path, model):
    (tmp_path / "a.txt").write_text(REPORT)
    code = (
        "import sys; sys.modules['jinja2'] = None; import infer.__main__ as m; sys.exit(m.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, tmp_path / "a.txt", "-o", tmp_path / "a.html", "--model", model]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "jinja2 is not installed; type: " in done.stderr and not (tmp_path / "a.html").exists()


def long_document() -> Document:
    """10,000 words and 300 events."""
    filler = "Nothing else was told of that day, and the roads stayed open to all who had to pass. " * 5
    text, spans, events = "", [], []
    for copy in range(100):
        moved = _moved(sample(), len(text), copy)
        spans, events, text = [*spans, *moved.spans], [*events, *moved.events], text + TEXT + filler
    assert len(text.split()) > 10_000 and len(events) == 300
    return Document("long.txt", text, spans=tuple(spans), events=tuple(events))


def test_a_long_report_is_written_in_seconds():
    document = long_document()
    start = perf_counter()
    found = written(document)
    assert perf_counter() - start < 30
    assert len(words(parsed(found)).all("mark")) == len(document.spans)


def _moved(document: Document, by: int, copy: int) -> Document:
    """The document's spans and events as they stand in a longer text."""
    record = to_record(replace(document, checks=()), with_text=True)
    ids = {e["id"]: f"e{copy * 3 + n}" for n, e in enumerate(record["events"], start=1)}
    for span in record["spans"]:
        span["start"], span["end"] = span["start"] + by, span["end"] + by
    for event in record["events"]:
        event["id"], event["part_of"] = ids[event["id"]], ids.get(event["part_of"])
    padded = " " * by + TEXT
    record["document"] |= {"text": padded, "sha256": hashlib.sha256(padded.encode()).hexdigest()}
    return from_record(record)


def test_a_page_of_any_document_is_whole():
    """Every element is closed and no attribute stands twice, whatever the report holds."""
    for task in gold.load("train")[:5]:
        parsed(report.written(to_document(task), None, False, None))
