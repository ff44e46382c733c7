"""Periods: the words of a PERIOD span, in its document, to an interval of days."""

import csv
import re
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import periods
from infer.periods import Clues, find_report_date, read, resolve
from infer.schema import Interval, Span

with open(Path(__file__).parent / "cases" / "periods.tsv", encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
NOTATIONS = ["%d %B %Y", "%B %d, %Y", "%A, %d %b. %Y", "%Y-%m-%d", "%d.%m.%Y", "%b %d %Y", "%d-%b-%Y"]
ISLAMIC = (
    "Muharram,Safar,Rabi al-Awwal,Rabi' al-Thani,Jumada al-Ula,Jumada II,Rajab,Sha'ban,Ramadan,Shawwal"
    ",Dhu al-Qi'dah,Dhul-Hijjah"
).split(",")
EARLIER = (Interval(date(2023, 12, 28), date(2024, 1, 3), "week"), Interval(date(2020, 2, 29)))
WORDS = (
    "from since until between the last past this same that first second half quarter of week month year days"
    " period later earlier before after ago next Monday 3 17 31 May December 2023 1/2/2023 - , and to 90 '23"
    " overnight Q3 12th two 9999999999 weeks night corresponding previous beginning"
).split()


def marked(text: str) -> tuple[str, list[Span]]:
    """A text without its square brackets, and the PERIOD spans that they marked."""
    plain, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", text.replace("\\n", "\n")):
        if part.startswith("["):
            spans.append(Span(len(plain), len(plain) + len(part) - 2, "PERIOD"))
        plain += part.strip("[]")
    return plain, spans


def shown(interval: Interval) -> str:
    return f"{interval.start or ''}/{interval.end or ''}"


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['form']}: {c['text']}")
def test_each_form_is_read_as_the_annotation_rules_say(case):
    text, spans = marked(case["text"])
    report_date = date.fromisoformat(case["report_date"]) if case["report_date"] else None
    found = resolve(text, spans, report_date)
    assert " | ".join(shown(found[span]) for span in spans) == case["expected"]


def test_the_table_keeps_its_breadth():
    assert len({case["form"] for case in CASES}) >= 60


@pytest.mark.parametrize(
    ("quote", "granularity"),
    [
        ("3 May", "day"),
        ("last week", "week"),
        ("1-7 July", "week"),
        ("April", "month"),
        ("the first quarter of 2023", "quarter"),
        ("February to April 2023", "range"),
        ("2020", "year"),
        ("H1 2022", "range"),
        ("this month", "range"),
        ("since 7 October", "range"),
        ("the 19th month after the truce", None),
    ],
)
def test_granularity_follows_the_shape_of_the_interval(quote, granularity):
    assert read(quote, Clues(date(2024, 5, 9))).granularity == granularity


def test_spans_of_other_labels_are_left_alone():
    text = "In April 12 raids"
    spans = [Span(3, 8, "PERIOD"), Span(9, 17, "ATTACK_COUNT")]
    assert list(resolve(text, spans, None)) == [spans[0]]


@settings(deadline=None)
@given(DAYS, st.sampled_from(NOTATIONS))
def test_a_full_date_in_any_notation_is_that_day(day, notation):
    assert read(day.strftime(notation)) == Interval(day, day, "day")
    assert find_report_date(f"{day.strftime(notation)}\n\nText.") == day


@settings(deadline=None)
@given(DAYS, st.sampled_from(["%d %B", "%B %d", "%b %d", "%A"]))
def test_a_date_without_a_year_is_the_latest_not_after_the_report(report, notation):
    for back in (0, 1, 3, 6):
        day = report - timedelta(back)
        assert read(day.strftime(notation), Clues(report)).start == day


@settings(deadline=None)
@given(DAYS, st.integers(2, 30), st.sampled_from(["day", "week", "month", "year"]))
def test_the_past_units_agree_with_an_independent_calendar(report, count, unit):
    start = report - relativedelta(**{f"{unit}s": count})
    start += timedelta(1) if unit in ("day", "week") else timedelta(0)
    found = read(f"the past {count} {unit}s", Clues(report))
    assert (found.start, found.end) == (start, report)


@settings(deadline=None)
@given(DAYS)
def test_last_month_is_the_whole_calendar_month_before(report):
    first = report.replace(day=1) - relativedelta(months=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    assert read("last month", Clues(report)) == Interval(first, last, "month")


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), DAYS | st.none())
def test_any_string_is_read_without_an_error_and_always_alike(quote, report):
    clues = Clues(report, earlier=EARLIER)
    assert read(quote, clues) == read(quote, clues)
    assert find_report_date(quote) == find_report_date(quote)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=6), DAYS | st.none())
def test_any_document_is_resolved_whole(quotes, report):
    text, spans = marked("\n".join(f"In [x {quote}] it was." for quote in quotes))
    assert sorted(resolve(text, spans, report)) == spans


@settings(deadline=None)
@given(st.integers(1380, 1499), st.integers(1, 12))
def test_the_months_of_an_islamic_year_follow_on_each_other(year, number):
    """Oracle: the calendar's own rule that months have 29 or 30 days and leave no gap."""
    found = read(f"{ISLAMIC[number - 1]} {year}")
    following = read(f"{ISLAMIC[number % 12]} {year + number // 12}")
    assert 29 <= (found.end - found.start).days + 1 <= 30
    assert following.start == found.end + timedelta(1)


@pytest.mark.parametrize("quote", ["yesterday", "last month", "Tuesday", "8 January", "since Monday", "Q3"])
def test_the_clock_never_enters(quote):
    assert read(quote).start is None


@pytest.mark.parametrize("unit", ["1", "since ", "on the ", "3 May ", "1/1/", "the last week of ", ", and "])
def test_long_lines_are_read_in_linear_time(unit):
    quote = unit * (100_000 // len(unit))
    assert read(quote) == periods.UNKNOWN
    find_report_date(quote)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("TORRE BLANCA, 5 May 2023 (Agency) — Gunmen fired.", date(2023, 5, 5)),
        ("TORRE BLANCA (Valdoria), 4 FEB 90 -- [TEXT] GUNMEN FIRED.", date(1990, 2, 4)),
        ("(Porto Lume, 5 May 2023) – Gunmen fired.", date(2023, 5, 5)),
        ("Porto Lume - 5 May 2023 - Gunmen fired.", date(2023, 5, 5)),
        ("Raid on the harbour\n9 May 2024   05:44\n\nText.", date(2024, 5, 9)),
        ("Raid on the harbour\n\nPublished: 25/05/2024\n\nText.", date(2024, 5, 25)),
        ("Raid\nLast updated: 3 May 2021\nPublished 1 May 2021\nText", date(2021, 5, 1)),
        ("Raid\nUpdated on May 3, 2021 by the desk\nText", date(2021, 5, 3)),
        ("By Ines Corvo | 5 May 2023 | News\n\nText.", date(2023, 5, 5)),
        ("By the Harbour Desk. 7 May 2020. Reading time 6 min.\n\nText.", date(2020, 5, 7)),
        ("PORTO LUME, 31 March 2017 — By 15 votes to none the council met.", date(2017, 3, 31)),
        ("Thu, 09 May 2024 05:44 GMT\nText", date(2024, 5, 9)),
        ("2024-05-09T05:44:00Z\nText", date(2024, 5, 9)),
        ("Situation report, 12 June 2023\n\nText", date(2023, 6, 12)),
        ("Text. More text.\n\nPorto Lume, 5 May 2023", date(2023, 5, 5)),
        ("Thursday, May 9\n\nIn 2024 nothing fell; in 2021 much did.", date(2024, 5, 9)),
        ("What is left\n\nA memo to the working group, 5 May 2023\n\nText.", date(2023, 5, 5)),
        ("Words and pictures from the coast – 5 May 2023\n\nText.", date(2023, 5, 5)),
        ("⚡️ Morning report of the staff, 5 May 2023: day 40\n\nText.", date(2023, 5, 5)),
        ("A hundred years\n\nToday, 5 May 2023, they marched.", date(2023, 5, 5)),
        ("Victims\n\nKept by our desk. State of 5 May 2023.", date(2023, 5, 5)),
        ("Text.\n\nab/cd – 0931 GMT 5 May 2023", date(2023, 5, 5)),
        ("Posted 03/04/2024\n\nOn 25/03/2024 two shells fell.", date(2024, 4, 3)),
    ],
)
def test_the_report_date_is_found(text, day):
    assert find_report_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Report\nPicture scaled by SomeTool Pro on 2019-11-08 19:53:06Z | |\nText on 5 May 2021.",
        "The attack of 5 May 2023\n\nText",
        "On 5 May 2023 gunmen fired.",
        "Weekly report 1-7 May 2023\n\nText",
        "From 1 May 2023 to 5 May 2023\n\nText",
        "Log\n5 May 2023\nOne shell fell.\n6 May 2023\nTwo shells fell.",
        "Week ending Sunday 27 June 2021\n\nText",
        "The last page of the book is dated 5 May 2023.",
        "Text. End. No. 3/1/77",
        "• 5 May 2023: one shell fell.\n• Later a second did.",
        "Next report, 5 May 2023",
        "Summary report 3 – 17 May 2023\n\nText",
        "Text. More text.\n\nNext number: 26 February 2024. Questions: the desk",
        "Summary of raids, January 2024\n\nText",
        "Published: 03/04/2024\n\nText",
        "Thursday, May 9\n\nNo year here.",
        "ARVA, 5 May 2023 -- One.\n\nBELA, 8 May 2023 -- Two.",
    ],
)
def test_a_date_that_is_not_the_reports_is_not_taken_for_it(text):
    assert find_report_date(text) is None


def test_a_stamp_deep_in_the_text_is_found_by_its_span():
    text = "\n".join(["Line of text here."] * 40 + ["Published: 5 May 2023"] + ["Line of text here."] * 40)
    start = text.index("5 May")
    assert find_report_date(text) is None
    assert find_report_date(text, [Span(start, start + 10, "PERIOD")]) == date(2023, 5, 5)
