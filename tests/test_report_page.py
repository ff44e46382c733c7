"""A report's page and the index in Chromium: by mouse, by keyboard, by screen reader, on small screens."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import slots
from sample_documents import sample
from test_render_html import ATTACK, hostile, long_document

from infer import render
from infer.render import Style
from infer.render.html import index
from infer.render.record import to_record
from infer.schema import Document, Event, Interval, Place

WORDS = "els => els.map(el => el.textContent)"
ARABIC = "قُتل ثلاثة جنود في الهجوم"
IN_PANE = """(id) => {
    const both = [document.getElementById(id), document.querySelector(".text")];
    const boxes = both.map((e) => e.getBoundingClientRect());
    return boxes[0].top >= boxes[1].top && boxes[0].bottom <= boxes[1].bottom;
}"""
LUMINANCE = """() => {
    const light = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (el) => {
        const color = getComputedStyle(el).backgroundColor;
        return color.endsWith(", 0)") ? behind(el.parentElement || document.body) : color;
    };
    const all = document.querySelectorAll("mark, td .value, small, .note, dt, h2, .verdict, .checks span");
    return [...all].map((el) => {
        const [a, b] = [light(getComputedStyle(el).color), light(behind(el))].sort((x, y) => y - x);
        return [(a + 0.05) / (b + 0.05), el.textContent];
    });
}"""


@pytest.fixture
def show(browser, tmp_path):
    """`show(html)` opens a page from a file; whatever it fetches, logs or asks fails the test."""
    opened, strange = [], []

    def at(html: str, width: int = 1280, height: int = 900, fragment: str = "", **context):
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(html, encoding="utf-8", newline="")
        page = browser.new_page(viewport={"width": width, "height": height}, **context)
        opened.append(page)
        page.set_default_timeout(60_000)
        own = file.as_uri()
        page.on("request", lambda r: strange.append(r.url) if not r.url.startswith((own, "data:,")) else None)
        page.on("console", lambda message: strange.append(message.text))
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("dialog", lambda dialog: (strange.append(dialog.message), dialog.dismiss()))
        page.goto(own + fragment)
        return page

    yield at
    for page in opened:
        page.close()
    assert strange == []


def html(document: Document, **style) -> str:
    stream = io.StringIO(newline="")
    render.write([document], stream, Style("html", **style))
    return stream.getvalue()


def lit(page, kind: str = "lit") -> list[str]:
    return page.eval_on_selector_all(f"#text mark.{kind}", WORDS)


def value(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_the_browser_reads_the_text_as_it_is_and_runs_nothing_of_it(show):
    page = show(html(hostile()))
    assert page.evaluate("document.getElementById('text').textContent") == hostile().text.replace(
        "\r\n", "\n"
    )
    assert page.evaluate("document.scripts.length") == 2 and page.locator("img:not(svg)").count() == 0
    listed = show(index.written([(hostile(), PATH / "a.html")], PATH, None))
    assert listed.locator("#list th").first.inner_text().startswith(ATTACK[:20])


def test_a_value_lights_its_words_and_fainter_those_of_its_event(show):
    page = show(html(sample()))
    value(page, "7 security forces killed, from “seven soldiers”").hover()
    assert lit(page) == ["seven soldiers"]
    spans = {s["span"] for s in slots(to_record(sample())["events"][0])}
    assert len(lit(page, "kin")) == len(spans) == 7
    page.mouse.move(5, 5)
    assert lit(page) == lit(page, "kin") == []


def test_an_inherited_value_lights_the_words_that_state_it_elsewhere(show):
    page = show(html(sample()))
    page.get_by_role("button", name="2 parts of e1").click()
    value(page, "Red Column, from “Red Column cells”, carried over from another sentence").nth(0).hover()
    assert lit(page) == ["Red Column cells"]
    assert lit(page, "carried") == ["June 2023", "Red Column cells"]
    assert "5 killed" in lit(page, "kin")


def test_the_keyboard_lights_pins_and_lets_go(show):
    page = show(html(sample()))
    for _ in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.getAttribute('aria-label')")
            == "≥17 attacks, from “at least 17 operations”"
        ):
            break
    assert lit(page) == ["at least 17 operations"]
    page.keyboard.press("Enter")
    page.mouse.move(5, 5)
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.evaluate("document.activeElement.blur()")
    assert lit(page) == ["at least 17 operations"]
    page.keyboard.press("Escape")
    assert lit(page) == []


def test_words_light_the_values_read_from_them_and_open_their_total(show):
    page = show(html(sample()))
    assert page.locator("tr#e3").is_hidden()
    page.locator("mark", has_text="dozens").click()
    assert page.locator("tr#e3").is_visible()
    assert page.eval_on_selector_all("td .value.lit", WORDS) == ["dozens"]


def test_breakdowns_fold_under_their_totals(show):
    page = show(html(sample()))
    fold = page.get_by_role("button", name="2 parts of e1")
    rows = page.locator("tbody tr")
    assert fold.get_attribute("aria-expanded") == "false" and rows.filter(visible=True).count() == 1
    fold.click()
    assert fold.get_attribute("aria-expanded") == "true" and rows.filter(visible=True).count() == 3
    page.get_by_role("button", name="Fold all").click()
    assert rows.filter(visible=True).count() == 1
    page.emulate_media(media="print")
    assert rows.filter(visible=True).count() == 3


def test_what_is_sought_is_shown_with_its_total(show):
    page = show(html(sample()))
    page.get_by_label("Find").fill("rural hama")
    assert page.locator("tbody tr").filter(visible=True).evaluate_all("els => els.map(e => e.id)") == [
        "e1",
        "e3",
    ]
    assert page.locator("#count").inner_text() == "2 of 3"
    page.get_by_label("Find").fill("")
    assert page.locator("tbody tr").filter(visible=True).count() == 1


def test_an_address_of_an_event_opens_it(show):
    page = show(html(sample()), fragment="#e3")
    assert page.locator("tr#e3").is_visible() and "dozens" in lit(page)


@pytest.mark.parametrize("format, name", [("json", "Save JSON"), ("csv", "Save CSV")])
def test_saved_files_are_what_the_command_writes(show, format, name):
    document = replace(hostile(), id="reports/a.b.txt")
    page = show(html(document))
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    stream = io.StringIO(newline="")
    render.write([document], stream, Style(format), alone=True)
    assert download.value.suggested_filename == f"a.b.{format}"
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        assert file.read() == stream.getvalue()


@pytest.mark.parametrize("width", [320, 768, 1100, 1280, 1920])
def test_nothing_is_wider_than_the_screen(show, width):
    wordy = replace(
        hostile(), text=hostile().text + " " + "x" * 600, id="y" * 300, extra={"z" * 80: "w" * 400}
    )
    pages = [html(sample()), html(wordy), index.written([(wordy, PATH / "a.html")], PATH, None)]
    for written in pages:
        page = show(written, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(show, scheme):
    """WCAG AA asks for a contrast of 4.5."""
    page = show(html(sample()), color_scheme=scheme)
    page.get_by_role("button", name="2 parts of e1").click()
    page.mouse.move(5, 5)
    found = page.evaluate(LUMINANCE)
    assert len(found) > 25 and [words for ratio, words in found if ratio < 4.5] == []


def test_labels_differ_otherwise_than_by_colour(show):
    page = show(html(sample()))
    line = "getComputedStyle(el).borderBottomStyle + getComputedStyle(el).borderBottomWidth"
    looks = page.eval_on_selector_all("mark", f"els => els.map(el => el.className + ' ' + {line})")
    assert len(set(looks)) == len({look.split()[1] for look in looks}) == 5


def test_a_screen_reader_is_told_what_things_are(show):
    page = show(html(sample()))
    told = page.locator("body").aria_snapshot()
    for line in (
        'heading "bulletin.txt"', 'table "3 events"', 'columnheader "killed"', 'rowheader "e1, all its words',
        'button "7 security forces killed, from “seven soldiers”"', 'button "Save JSON"', 'searchbox "Find"',
        'img "Map with 1 place, listed below it"', 'checkbox "casualties 6"', 'region "Text of the report"',
        "its parts: differs",
    ):  # fmt: skip
        assert line in told, f"{line} is not told:\n{told}"


def test_arabic_begins_at_the_right(show):
    page = show(html(Document("a.txt", f"First line\n{ARABIC}\n")))
    edge = """() => {
        const text = document.getElementById("text"), range = document.createRange();
        range.setStart(text.firstChild, 11);
        range.setEnd(text.firstChild, 16);
        return [range.getBoundingClientRect().right, text.getBoundingClientRect().right];
    }"""
    found, right = page.evaluate(edge)
    assert abs(found - right) < 3


def test_a_long_report_shows_the_words_of_a_value_far_away(show):
    page = show(html(long_document()))
    far = page.locator("tr#e220 td .value").first
    page.get_by_role("button", name="Unfold all").click()
    span = far.get_attribute("data-lights")
    assert not page.evaluate(IN_PANE, span)
    far.hover()
    page.wait_for_function(IN_PANE, arg=span)


def test_on_a_small_screen_a_value_leads_to_its_words_and_back(show):
    page = show(html(sample()), width=320, height=640)
    killed = value(page, "8 killed, from “eight dead”")
    killed.click()
    assert lit(page) == ["eight dead"]
    in_sight = "el => { const b = el.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
    assert page.locator("mark.lit").evaluate(in_sight)
    page.get_by_role("button", name="back to the value").click()
    assert killed.evaluate(in_sight)


# ---- the index

PATH = Path("out")


def report(name: str, day: date, actor: str, country: str, differs: bool = False) -> Document:
    made = sample()
    interval = Interval(day, day, "day")

    def moved(event: Event) -> Event:
        return replace(
            event,
            actors=tuple(replace(a, name=actor) for a in event.actors),
            locations=tuple(replace(at, place=Place("X", "area", country)) for at in event.locations),
            period=replace(event.period, interval=interval),
        )

    checks = made.checks if differs else made.checks[:1]
    return replace(
        made, id=name, events=tuple(map(moved, made.events)), checks=checks, extra={"title": f"On {name}"}
    )


@pytest.fixture
def listed():
    made = [
        report("a", date(2023, 6, 5), "Red Column", "SY", True),
        report("b", date(2023, 8, 9), "Blue Guard", "SY"),
        report("c", date(2024, 1, 1), "Red Column", "ML"),
    ]
    return index.written([(d, PATH / f"{d.id}.html") for d in made], PATH, None)


def shown(page) -> list[str]:
    return (
        page.locator("#list tr")
        .filter(visible=True)
        .evaluate_all("els => els.map(e => e.querySelector('a').textContent)")
    )


def test_the_list_is_filtered_by_words_actor_country_time_and_totals(show, listed):
    page = show(listed)
    assert shown(page) == ["On a", "On b", "On c"]
    for change, found in (
        (lambda: page.get_by_label("Find").fill("blue"), ["On b"]),
        (lambda: page.locator("#actor").select_option("Red Column"), ["On a", "On c"]),
        (lambda: page.locator("#country").select_option("SY"), ["On a", "On b"]),
        (lambda: page.get_by_label("from").fill("2023-08-01"), ["On b", "On c"]),
        (lambda: page.get_by_label("to", exact=True).fill("2023-08-09"), ["On a", "On b"]),
        (lambda: page.get_by_label("totals that differ").check(), ["On a"]),
    ):
        change()
        assert shown(page) == found
        assert page.locator("#count").inner_text() == f"{len(found)} of 3 reports"
        page.get_by_role("button", name="Clear").click()
        assert len(shown(page)) == 3
    page.locator("#actor").select_option("Red Column")
    page.locator("#country").select_option("ML")
    assert shown(page) == ["On c"]


def test_a_month_of_the_time_line_is_chosen_by_mouse_and_keyboard(show, listed):
    page = show(listed)
    month = page.get_by_role("button", name="2023-08: 1 total")
    month.click()
    assert shown(page) == ["On b"] and month.get_attribute("aria-pressed") == "true"
    month.focus()
    page.keyboard.press("Enter")
    assert len(shown(page)) == 3 and month.get_attribute("aria-pressed") == "false"


def test_a_time_line_wider_than_the_screen_shows_its_latest_months(show, listed):
    page = show(listed, width=320, height=640)
    months = page.locator(".scroll svg.time [role=button]")
    last = page.get_by_role("button", name="2024-01: 1 total").bounding_box()
    first = months.first.bounding_box()
    assert 0 <= last["x"] and last["x"] + last["width"] <= 320 and first["x"] < 0
