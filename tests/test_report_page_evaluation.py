"""The page of an evaluation: its figures, and 5,000 errors that filters find, in Chromium."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
import tiny_checkpoint
from hypothesis import given, settings
from nasty import PIECES
from pages import parsed
from sample_documents import documents, sample

from annotations.pulled import _KEPT
from infer.schema import (
    Actor,
    Casualty,
    Document,
    Event,
    InputError,
    Interval,
    Location,
    Period,
    Place,
    Quantity,
    Span,
)
from train.__main__ import main
from train.judging import Judgement, compared
from train.report.browser import embedded
from train.report.charts import charts
from train.report.page import page
from train.report.studio import links

HOSTILE = (
    '😀 </script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> {{ 7 * 7 }} <!-- '
)
REPORTS, EACH = 1000, 5
SCORES = {
    "model": {"name": "tiny", "version": "0", "sha256": "0" * 64},
    "data": {"file": "gold.json", "documents": REPORTS},
    "spans": {"mode": "strict", "strict": {}, "overlap": {}},
}
MARKS = """sides => sides.map((side) =>
    [...side.querySelectorAll("mark")].map((mark) => [mark.firstChild.data, mark.className]))"""
NAMELESS = """() => [...document.querySelectorAll("input, select, button, a, [role=region]")]
    .filter((e) => !(e.labels?.length || e.textContent.trim() || e.ariaLabel))
    .filter((e) => !e.getAttribute("aria-labelledby"))
    .map((e) => e.outerHTML)"""
WAIT = 60_000  # milliseconds, on a machine that is busy


def judgement(
    gold: list[Document], found: list[Document], from_gold: list[Document] | None = None
) -> Judgement:
    from_gold = from_gold or gold
    return Judgement(None, "gold.json", compared(gold, found), compared(gold, from_gold), 1.0)


def report(number: int, hostile: str = "") -> Document:
    """A report of five incidents, each with one casualty figure, a place, an actor and a day."""
    text, spans, events = hostile, [], []

    def said(words: str, label: str) -> Span:
        nonlocal text
        spans.append(Span(len(text), len(text) + len(words), label))
        text += words
        return spans[-1]

    for i in range(EACH):
        day = date(2023, 1, 1) + timedelta(EACH * number + i)
        text += "On "
        when = said(f"{day:%d %B %Y}", "PERIOD")
        text += " "
        who = said("Red Column", "ACTOR")
        text += " shot "
        many = said(f"{number * EACH + i + 2} men", "CASUALTY")
        text += f" at hamlet{number}x{i} near "
        where = said("Homs", "LOCATION")
        text += ".\n\n"
        killed = Casualty(many, Quantity(number * EACH + i + 2), "killed")
        location, period = Location(where, Place("Homs")), Period(when, Interval(day, day, "day"))
        events.append(
            Event(
                f"e{i + 1}", "incident", many, None, (Actor(who),), None, (), (killed,), (location,), period
            )
        )
    return Document(f"r-{number:04}", text, spans=tuple(spans), events=tuple(events))


def spoilt(document: Document, number: int) -> Document:
    """The report with every event wrong, each in another way."""
    spans, events = list(document.spans), []
    for i, event in enumerate(document.events):
        match (number + i) % EACH:
            case 0:
                events.append(replace(event, actors=()))
            case 1:
                events.append(replace(event, casualties=(replace(event.casualties[0], outcome="wounded"),)))
            case 2:
                spans.remove(event.locations[0].span)
                events.append(replace(event, locations=()))
            case 3:
                later = event.period.interval.start + timedelta(40)
                events.append(
                    replace(event, period=replace(event.period, interval=Interval(later, later, "day")))
                )
    return replace(document, spans=tuple(spans), events=tuple(events))


@pytest.fixture(scope="module")
def many() -> tuple[list[Document], list[Document]]:
    """Gold and found of 1,000 reports with 5,000 errors; the first is hostile."""
    gold = [report(number, "" if number else HOSTILE) for number in range(REPORTS)]
    return gold, [spoilt(document, number) for number, document in enumerate(gold)]


def content(html: str) -> dict:
    return json.loads(parsed(html).one("script", id="data").text())


# --- what the page's script is given ---


def units(text: str, start: int, end: int) -> str:
    """The words at UTF-16 offsets."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@given(documents(), documents())
@settings(deadline=None, max_examples=60)
def test_marks_stand_on_their_words_and_within_what_is_shown(gold, other):
    """Whatever the characters: offsets are JavaScript's, and no mark of an event is cut off."""
    found = replace(gold, events=(), checks=())
    for entry in embedded(judgement([gold], [found]))["errors"]:
        words = {span.text(gold.text) for event in gold.events for span in [s.span for s in event.slots()]}
        for start, end, *_ in entry["gold"]["marks"]:
            assert units(gold.text, start, end) in words
            assert any(a <= start and end <= b for a, b in entry["passages"])


def test_offsets_after_an_emoji_and_crlf():
    gold = sample()
    moved = "👩‍👩‍👧😀\r\n"
    shifted = [Span(s.start + len(moved), s.end + len(moved), s.label) for s in gold.spans]
    document = Document("d", moved + gold.text, spans=tuple(shifted))
    (told,) = embedded(judgement([document], [document]))["reports"]
    assert [units(told["text"], a, b) for a, b, _ in told["spans"]["gold"]] == [
        s.text(gold.text) for s in gold.spans
    ]


@pytest.mark.parametrize("text", [HOSTILE, "\u2028 \u2029 ]]> & '", *PIECES])
def test_a_report_is_data_whatever_it_says(text):
    """The data comes back as it was, and no element of the page is of a report's making."""
    gold, plain = report(0, text), report(0)
    html = page(SCORES, judgement([gold], [spoilt(gold, 0)]))
    assert content(html)["reports"][0]["text"] == gold.text
    tags = [
        [e.tag for e in parsed(page(SCORES, judgement([d], [spoilt(d, 0)]))).all()] for d in (gold, plain)
    ]
    assert tags[0] == tags[1]


def test_nothing_but_the_pages_own_may_run():
    """The policy knows every style and script by its digest, and nothing names another address."""
    root = parsed(page(SCORES, judgement([report(0)], [spoilt(report(0), 0)])))
    (policy,) = (e["content"] for e in root.all("meta") if e.attributes.get("http-equiv"))
    own = [e for e in root.all("style") + root.all("script") if e.attributes.get("type") is None]
    assert len(own) == 5 and "default-src 'none'" in policy and "unsafe" not in policy
    for element in own:
        assert base64.b64encode(hashlib.sha256(element.text().encode()).digest()).decode() in policy
    addresses = [e.attributes[k] for e in root.all() for k in ("src", "href") if k in e.attributes]
    assert all(address.startswith(("#", "data:,")) for address in addresses)


def test_an_evaluation_without_events_says_so():
    document = replace(report(0), events=())
    spans_alone = replace(judgement([document], [document]), from_gold=None)
    html = page(SCORES, spans_alone)
    assert content(html)["errors"] == [] and "No event is wrong" in parsed(html).one(id="errors").text()


def test_charts_show_what_was_measured():
    counts = {"tp": 1, "fp": 1, "fn": 0, "precision": 0.5, "recall": 1.0, "f1": 2 / 3}
    nothing = dict.fromkeys(counts, 0) | {"precision": None, "recall": None, "f1": None}
    scores = SCORES | {
        "headline": {"spans": counts | {"interval": [0.5, 0.75]}, "records": nothing},
        "ceiling": {"headline": {"spans": counts | {"f1": 0.9}}, "reports": 2},
        "bootstrap": {"level": 0.95, "resamples": 9, "seed": 1},
        "calibration": {"bins": [{"confidence": 0.4, "right": 0.5, "events": 3}]},
    }
    bars, reliability = charts(scores)
    (bar,) = bars.bars
    assert (bar.name, bar.share, bar.interval, bar.limit) == ("spans, strict", 2 / 3, (0.5, 0.75), 0.9)
    assert bar.said == "66.7 (50.0 to 75.0); two annotators: 90.0"
    assert reliability.points == ((0.4, 0.5, 3),)
    assert charts(SCORES) == []


# --- Label Studio ---


def exported(tmp_path, **task):
    file = tmp_path / "export.json"
    file.write_text(json.dumps([{"data": {"doc_id": "r-1", "text": "."}, "annotations": []} | task]))
    return str(file)


def test_a_report_is_linked_to_its_task(tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", "https://studio.example.org/annotate")
    there = "https://studio.example.org/annotate/projects/3/data?task=12"
    assert links(exported(tmp_path, id=12, project=3)) == {"r-1": there}
    assert links(exported(tmp_path, id=12)) == {} == links(exported(tmp_path, id="12", project="3/../x"))
    assert links("gold.conll") == {} and "project" in _KEPT
    monkeypatch.delenv("LABEL_STUDIO_URL")
    assert links(exported(tmp_path, id=12, project=3)) == {}


def test_a_link_is_to_the_web_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", "javascript:alert(1)")
    with pytest.raises(InputError, match="no address of Label Studio"):
        links(exported(tmp_path, id=12, project=3))


# --- the command ---


def test_evaluate_writes_the_page(tmp_path):
    model = tiny_checkpoint.write(tmp_path / "model")
    data = tmp_path / "gold.conll"
    data.write_text("Red B-ACTOR\nColumn I-ACTOR\nkilled O\nfive B-CASUALTY\nsoldiers I-CASUALTY\n")
    folder = tmp_path / "report"
    arguments = ["evaluate", "--model", str(model), "--data", str(data), "-o", str(folder)]
    assert main([*arguments, "--against", str(model)]) == 0
    root = parsed((folder / "index.html").read_text(encoding="utf-8"))
    assert root.one("h1").text() == "Evaluation of tiny 0"
    assert "Spans by label" in [title.text() for title in root.all("h2")]
    found = json.loads(root.one("script", id="data").text())
    assert [entry["state"] for entry in found["errors"]] == ["invented"] * len(found["errors"])
    assert {entry["change"] for entry in found["errors"] if "change" in entry} <= {"same"}


# --- in the browser ---


@pytest.fixture(scope="module")
def address(many, tmp_path_factory) -> str:
    """Where the page of 5,000 errors is; in the second reading only the first report has any."""
    gold, found = many
    file = tmp_path_factory.mktemp("page") / "index.html"
    judged = Judgement(None, "gold.json", compared(gold, found), compared(gold[:1], found[:1]), 1.0)
    before = compared(gold, [found[0], *gold[1:-1], found[-1]])
    file.write_text(page(SCORES, judged, before), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def tab(browser, address):
    """The page, opened once; whatever it fetches, logs or asks fails the module's last test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(WAIT)
    opened.strange = []
    opened.on("request", lambda r: r.url.split("#")[0] == address or opened.strange.append(r.url))
    opened.on("console", lambda message: opened.strange.append(message.text))
    opened.on("pageerror", lambda error: opened.strange.append(str(error)))
    opened.on("dialog", lambda dialog: (opened.strange.append(dialog.message), dialog.dismiss()))
    opened.goto(address, timeout=3 * WAIT)
    yield opened
    opened.close()


@pytest.fixture
def errors(tab):
    """The page as it opens, with no filter."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.evaluate("document.querySelector('#filters details').open = true")
    tab.get_by_role("button", name="Clear all filters").click()
    return tab


def count(tab) -> int:
    return int(tab.locator("#count").inner_text().split()[0])


def number(tab, facet: str, value: str) -> int:
    """How many errors a filter says that it leaves."""
    return int(tab.locator(f"[name={facet}][value={value}] ~ .number").inner_text())


def choose(tab, facet: str, value: str) -> None:
    tab.locator(f"[name={facet}][value={value}]").click()


def test_every_filter_says_what_it_leaves_and_leaves_it(errors):
    """A fifth of all errors each, as they were made; a missed event lacks four slots."""
    tab, fifth = errors, REPORTS
    assert count(tab) == REPORTS * EACH and tab.locator(".card").count() == 20
    expected = {
        ("state", "wrong"): 4 * fifth,
        ("state", "missed"): fifth,
        ("why", "outcome"): fifth,
        ("why", "date"): fifth,
        ("why", "missed"): fifth,
        ("slot", "casualty"): 2 * fifth,
        ("slot", "location"): 2 * fifth,
        ("label", "ACTOR"): 2 * fifth,
    }
    assert {key: number(tab, *key) for key in expected} == expected
    for (facet, value), left in expected.items():
        choose(tab, facet, value)
        assert count(tab) == left == number(tab, facet, value)
        choose(tab, facet, value)


def test_filters_are_met_by_one_difference_together(errors):
    """A missed event lacks its place and its figure, but no outcome of a place is wrong."""
    choose(errors, "slot", "location")
    assert number(errors, "why", "outcome") == 0 and number(errors, "why", "missed") == REPORTS
    choose(errors, "why", "event")
    assert count(errors) == REPORTS
    choose(errors, "state", "missed")
    assert count(errors) == REPORTS == number(errors, "state", "missed")
    assert errors.locator(".card tr.other").count() == 3 * 20


def test_search_report_and_order(errors):
    search = errors.get_by_label("Search")
    search.fill("HAMLET417x3")
    assert count(errors) == 1 and "r-0417: gold e4" in errors.locator(".card h3").inner_text()
    search.fill("red wrong value: outcome hamlet41")
    assert count(errors) == 11  # 41 and 410 to 419
    search.fill("")
    errors.get_by_label("Report", exact=True).select_option("r-0999")
    assert count(errors) == EACH
    errors.get_by_label("Order").select_option("most")
    rows = [card.locator("tbody tr").count() for card in errors.locator(".card").all()]
    assert rows == [4, 1, 1, 1, 1]


def test_a_filter_answers_within_a_blink(errors):
    """The processor's time from a keystroke to all cards and counts, at 5,000 errors."""
    devtools = errors.context.new_cdp_session(errors)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def taken() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    search, times = errors.get_by_label("Search"), []
    search.fill("prepares what is searched")
    for words in ("red", "red h", "red homs", ""):
        before = taken()
        search.fill(words)
        times.append(taken() - before)
    assert max(times) < 0.5, times


def test_a_card_marks_the_words_of_both_sides(errors):
    errors.get_by_label("Search").fill("hamlet1x1")
    card = errors.locator(".card")
    assert card.locator("tbody .reason").all_inner_texts() == ["span missed"]
    gold, found = card.locator("figure").evaluate_all(MARKS)
    right = [["07 January 2023", "l5 right"], ["Red Column", "l1 right"], ["8 men", "l3 right"]]
    assert gold == [*right, ["Homs", "l4 wrong"]]
    assert found == right
    card.get_by_role("button", name="Whole report").click()
    assert card.locator("figure").first.locator("mark").count() == 4 * EACH
    assert card.get_by_role("button", name="Only the sentences").get_attribute("aria-expanded") == "true"


def test_what_a_report_says_stays_text(errors):
    errors.get_by_label("Report", exact=True).select_option("r-0000")
    assert HOSTILE.strip() in errors.locator(".card .text").first.text_content()
    assert errors.evaluate("[window.hacked, document.images.length]") == [None, 0]
    assert errors.locator(".card .text mark").first.evaluate("m => m.firstChild.data") == "01 January 2023"


def test_the_other_reading_and_the_other_model(errors):
    choose(errors, "reading", "events_from_gold_spans")
    assert count(errors) == EACH
    choose(errors, "reading", "events_end_to_end")
    expected = {"same": 2 * EACH, "broke": (REPORTS - 2) * EACH}
    assert {kind: number(errors, "change", kind) for kind in expected} == expected
    choose(errors, "change", "broke")
    assert set(errors.locator(".card .beside").all_inner_texts()) == {"new"}
    choose(errors, "change", "broke")
    table = errors.locator("#by-report")
    table.evaluate("details => details.open = true")
    assert table.locator("tbody tr").count() == REPORTS
    table.get_by_role("link", name="r-0999").click()
    errors.wait_for_function("document.querySelectorAll('.card').length == 5")
    assert count(errors) == EACH and errors.get_by_label("Report", exact=True).input_value() == "r-0999"


def test_a_view_has_an_address(errors, browser, address):
    choose(errors, "why", "outcome")
    errors.get_by_role("button", name="Next").click()
    assert errors.evaluate("document.activeElement.id") == "count"
    there = errors.url
    other = browser.new_page()
    other.goto(there, timeout=3 * WAIT)
    assert (
        other.locator("#count").inner_text()
        == errors.locator("#count").inner_text()
        == "1000 of 5000 events, page 2 of 50"
    )
    assert other.locator(".card h3").first.inner_text() == errors.locator(".card h3").first.inner_text()
    other.close()


def test_by_keyboard_alone(errors):
    errors.get_by_label("Search").focus()
    errors.keyboard.type("hamlet5x")
    assert count(errors) == EACH
    errors.locator("[name=state][value=missed]").focus()
    errors.keyboard.press("Space")
    assert count(errors) == 1
    errors.locator(".whole").focus()
    errors.keyboard.press("Enter")
    assert errors.locator(".whole").get_attribute("aria-expanded") == "true"


def test_everything_has_a_name(errors):
    """What a screen reader says of each control and table."""
    nameless = errors.evaluate(NAMELESS)
    assert nameless == []
    assert errors.locator("#count").get_attribute("aria-live") == "polite"
    assert errors.locator(".card mark .unseen").first.text_content() == " (PERIOD)"


@pytest.mark.parametrize("width", [320, 1920])
def test_narrow_and_wide(errors, width):
    errors.set_viewport_size({"width": width, "height": 800})
    assert errors.evaluate("document.documentElement.scrollWidth") <= width
    assert errors.locator(".card").first.is_visible()


def test_print_is_dark_on_light_whatever_the_screen(browser, address):
    paper = browser.new_page(color_scheme="dark")
    paper.goto(address, timeout=3 * WAIT)
    ink = "getComputedStyle(document.querySelector('h2')).color"
    assert paper.evaluate(ink) == "rgb(231, 233, 238)"
    paper.emulate_media(media="print", color_scheme="dark")
    assert paper.evaluate(ink) == "rgb(29, 33, 41)" and not paper.locator("#filters").is_visible()
    paper.close()


def test_nothing_was_fetched_logged_or_asked(tab):
    assert tab.strange == []
