"""The corpus in numbers: every trait on texts that have it and on texts that only look so, sums, medians."""

import re

import pytest
from annotated import task

from annotations import stats
from annotations.tasks import Task
from infer.schema import KINDS, LABELS

DATED = dict(spans="P1 none")
COUNTED = dict(events="N1 aggregate", spans="N1 vague")
BULLETS, ROWS = "with bullets or numbered items", "with table rows"
MASKED, EMOJI, SCRIPT = "with a masked word", "with emoji", "with words in another script"
SPACE, DAY_FIRST, MONTH_FIRST = "with odd white space", "dates as 8 January", "dates as January 8"


CASES = [
    *((f"{mark} one\n {mark} two", BULLETS, True) for mark in "• - — 1) (b) ▪ ■ ► → ✔ 🔴".split()),
    *(
        (text, BULLETS, False)
        for text in ("Raid", "🔴 Raid", "2024 saw raids", "-5 degrees", "A raid • a fire")
    ),
    *(
        (f"{text}\n{text}", ROWS, True)
        for text in ("a\tb\tc", "the old town | two raids | nine dead", "| Dun | 2 |")
    ),
    *(
        (text, ROWS, False)
        for text in ("Agency | 3 May | Dun", "Agency | Dun\nAgency | Osk", "a\tb", "a |\nb |\nc")
    ),
    *((text, MASKED, True) for text in ("k*lled", "m@rtyrs", "dr#ne", "k**led", "*News* k*lled")),
    *(
        (text, MASKED, False)
        for text in ("desk@osk-news.example", "n.k@osk.example", "*bold*text", "*two words*text")
    ),
    *((text, MASKED, False) for text in ("* Raid", "@osk #dun", "killed")),
    *((text, EMOJI, True) for text in ("🙂", "⚠️", "✅", "⭐", "🇸🇾")),
    *((text, EMOJI, False) for text in ("▪ Raid", "36°N", "►", "© Osk", "◦", "→", "™")),
    *((text, SCRIPT, True) for text in ("حلب", "Харків", "Αθήνα", "北")),
    *((text, SCRIPT, False) for text in ("Ba\u02bfath", "n\u00ba 5", "Çelik", "5 \u00b5g", "36° …")),
    *((text, SPACE, True) for text in ("a  b", "a\u00a0b", "a\u200bb", "a\tb")),
    *((text, SPACE, False) for text in ("a b", "a\n  b", "a  ")),
    *((f"{{P1 {text}}}", DAY_FIRST, True) for text in ("8 January", "3rd May", "8 Sept", "12 Sept. 2020")),
    *((f"{{P1 {text}}}", DAY_FIRST, False) for text in ("January 8", "8 marches", "8/1/2020")),
    ("8 January", DAY_FIRST, False),
    *((f"{{P1 {text}}}", MONTH_FIRST, True) for text in ("January 8", "May 3rd", "Sept. 8, 2020")),
    *((f"{{P1 {text}}}", MONTH_FIRST, False) for text in ("8 January", "January 2020", "8 May")),
    *((f"{{N1 {text}}}", "attacks counted in digits", True) for text in ("2 raids", "some 1,400 raids")),
    ("{N1 two raids} on 3 May", "attacks counted in digits", False),
    ("{N1 two raids} on 3 May", "attacks counted in words", True),
    ("{N1 2 raids}", "attacks counted in words", False),
    ("{N1 two raids}", "without any event", False),
    ("Calm.", "without any event", True),
    ("Calm.", "without a report date", True),
]


@pytest.mark.parametrize("text, trait, expected", CASES)
def test_a_trait_is_seen_where_it_is_and_only_there(text, trait, expected):
    sections = COUNTED if "{N1" in text else DATED if "{P1" in text else {}
    assert bool(stats.TRAITS[trait](task(text, **sections))) is expected


def test_traits_of_what_was_marked():
    text = "{N1 three raids}: {C1 nine dead}, {C2 four} of them {C3 boys}; others say {C4 ten}. "
    text += "{N2 Two raids} were in Osk, {N3 two} in Dun."
    events = "N1 aggregate: casualty C1 / N2 aggregate: part_of N1 / N3 aggregate: part_of N1"
    spans = "N1 3 / N2 N3 2 / C1 killed mixed 9 partition C2 C3 / C2 C3 killed mixed 4 / C4 killed mixed 10"
    made = task(text, events, spans, "C4 alternative_to C1", report_date="2024-05-09")
    marked = {"with a breakdown of a total", "with parts of a toll", "with another source's figure"}
    marked |= {"with a total that does not add up", "attacks counted in words"}
    assert {trait for trait, holds in stats.TRAITS.items() if holds(made)} == marked


@pytest.mark.parametrize(
    "conflict, near", [("syria", True), ("iraq", True), ("invented", False), (None, False)]
)
def test_neighbours_of_syria_and_iraq(conflict, near):
    made = Task({"text": "Calm.", "conflict": conflict})
    assert stats.TRAITS["on Syria, Iraq and their neighbours"](made) is near


def of(words: int, **data) -> Task:
    return Task({"text": "word " * words, "conflict": "mali", "source_style": "wire"} | data)


def test_tables_add_the_splits_up():
    raid = task("🔴 {N1 two raids}", **COUNTED)
    splits = {"train": [of(2), of(9), of(5, conflict="iraq"), raid], "dev": [of(4), raid], "test": []}
    split, conflict, style, relations, lengths, traits = map(rows, stats.tables(splits))
    names = ["reports", "words", *LABELS, *KINDS, "relations"]
    assert split == {
        "split": names,
        "train": ["4", "19", "0", "1", "0", "0", "0", "0", "1", "0"],
        "dev": ["2", "7", "0", "1", "0", "0", "0", "0", "1", "0"],
        "test": ["0"] * len(names),
        "all": ["6", "26", "0", "2", "0", "0", "0", "0", "2", "0"],
    }
    assert {name: row[0] for name, row in conflict.items()} == {
        "conflict": "reports",
        "invented": "2",
        "iraq": "1",
        "mali": "3",
    }
    assert {name: row[0] for name, row in style.items()} == {"source_style": "reports", "wire": "6"}
    assert set(map(tuple, relations.values())) == {("times",), ("0",)}
    assert lengths == {
        "words of a report": ["least", "median", "most"],
        "train": ["2", "4", "9"],
        "dev": ["3", "4", "4"],
        "test": ["0", "0", "0"],
        "all": ["2", "4", "9"],
    }
    assert traits["reports"] == ["train", "dev", "test", "all"]
    assert traits["with emoji"] == ["1", "1", "0", "2"]
    assert traits["without any event"] == ["3", "1", "0", "4"]


def rows(table: str) -> dict[str, list[str]]:
    """The cells of a printed table by its first column, which alone holds single spaces."""
    lines = [re.split(r" {2,}", line.strip()) for line in table.splitlines()]
    return {name: cells for name, *cells in lines}
