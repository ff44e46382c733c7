"""Actors: ACTOR spans to parties, the table they come from, and the names known anywhere in a text."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer import actors, parties
from infer.actors import Party, find, resolve, victims_class
from infer.places import resolve as resolve_places
from infer.schema import VICTIMS, Span

WORDS = (
    "ISIS IS al-Nusra the police Iraqi army and of SDF (SDF) Kord Justice Front (KJF) KJF group militants "
    "U.S. Russian-backed pro -linked anti- , / \n\n unidentified gunmen 3rd Brigade Mai-Mai ’s “ ” ( )"
).split(" ")

with open(Path(__file__).parent / "cases" / "actors.tsv", encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read(quote: str, context: str = "{}") -> Party | None:
    """The party of a quote that stands at {} in its context."""
    before = context.replace("\\n", "\n").partition("{}")[0]
    text = context.replace("\\n", "\n").replace("{}", quote)
    span = Span(len(before), len(before) + len(quote), "ACTOR")
    return resolve(text, [span])[span]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['form']}: {c['quote']}")
def test_each_form_is_read_as_an_annotator_would(case):
    party = read(case["quote"], case["context"])
    got = (party.name or "-", party.kind, party.country or "") if party else ("-", "-", "")
    assert got == (case["name"], case["kind"], case["country"])


def test_the_cases_keep_their_breadth():
    assert len({case["form"] for case in CASES}) >= 30


def test_only_actor_spans_are_resolved():
    text = "ISIS hit Homs"
    assert list(resolve(text, [Span(0, 4, "ACTOR"), Span(9, 13, "LOCATION")])) == [Span(0, 4, "ACTOR")]


def test_the_army_is_that_of_the_places_where_no_country_is_named():
    text = "Two died in Kankara, one in Gusau. The army said nothing; our army said less."
    places = [Span(text.index(p), text.index(p) + len(p), "LOCATION") for p in ("Kankara", "Gusau")]
    armies = [Span(m.start(), m.end(), "ACTOR") for m in re.finditer("army", text)]
    found = resolve(text, armies, resolve_places(text, places).values())
    assert found[armies[0]].name == "Military of Nigeria"
    assert found[armies[1]].name is None, "the country that a text speaks for is told by words alone"


# --- the table ---


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("In the Eastern Border Rebel Areas (EBRA) {A rebels} burned huts.", None),
        ("The {A Eastern Border Rebel Army} (EBRA) came. {A EBRA} burned huts.", "Eastern Border Rebel Army"),
        ("The District Commissioner (DC) was shot by {A armed militia}.", None),
        ("The {A Karen National Defense Force} (KNDO) fought.", "Karen National Defence Organisation"),
        ("The Turkish state and its {A mercenaries} shelled it. {A ISIS} did not.", "Islamic State"),
    ],
)
def test_only_what_an_actor_is_called_names_a_party(text, named):
    plain, spans = marked(text)
    party = resolve(plain, spans)[spans[-1]]
    assert (party and party.name) == named


def test_the_mercenaries_of_a_state_are_those_it_backs():
    text, spans = marked("{A ISIS} fled. The {A Turkish state} and its {A mercenaries} shelled it.")
    found = resolve(text, spans)
    assert [found[s].name for s in spans] == ["Islamic State", "Military of Turkey", "Turkey-backed groups"]


def test_the_table_is_wide_and_whole():
    known = parties.parties()
    assert len(known) >= 500
    assert {p.kind for p in known.values()} == set(parties.VICTIMS_OF_KIND)
    assert all(p.country is None or re.fullmatch("[A-Z]{2}", p.country) for p in known.values())


def test_every_row_has_its_fields_and_no_name_twice():
    rows = list(parties.rows("actors.tsv"))
    assert all(len(row) == 4 for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    for name, _, _, aliases in rows:
        listed = [a for a in aliases.split("|") if a]
        assert len(set(listed)) == len(listed) and name not in listed, name
        assert all(a == a.strip() and parties.first_word(a) for a in listed), name


def test_a_country_of_a_party_is_a_country_of_the_demonyms():
    codes = [row[0] for row in parties.rows("demonyms.tsv")]
    assert len(set(codes)) == len(codes)
    assert {p.country for p in parties.parties().values()} - {None} <= set(codes)


@pytest.mark.parametrize("party", parties.parties().values(), ids=lambda p: p.name)
def test_a_party_is_found_by_its_own_name(party):
    assert read(party.name, "Here {} met nobody.") == party


def test_every_alias_leads_to_its_party_where_the_text_is_about_its_country():
    """An alias that no text could ever reach, or that another row shadows, is of no use."""
    countries = {row[0]: row[1].removeprefix("the ") for row in parties.rows("demonyms.tsv")}
    for name, _, country, aliases in parties.rows("actors.tsv"):
        for alias in filter(None, aliases.split("|")):
            bare = alias.lstrip("=?")
            text = f"Near {countries.get(country, 'there')} the {name} is known. Then {bare} came."
            span = Span(len(text) - len(bare) - 6, len(text) - 6, "ACTOR")
            party = resolve(text, [span])[span]
            assert party and party.name == name, (alias, party)


def test_victims_classes_are_the_contracts():
    assert set(parties.VICTIMS_OF_KIND.values()) <= set(VICTIMS)
    assert victims_class(read("Iraqi police")) == "security_forces"
    assert victims_class(read("ISIS")) == "armed_group"
    assert victims_class(None) is None


def test_a_party_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'rebels'; allowed: state_forces"):
        Party("The Few", "rebels")


# --- names anywhere ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two ISIS members", {"ISIS": "Islamic State"}),
        ("This is all there is of it", {}),
        ("THIS IS ALL THERE IS OF IT IN THE NORTH", {}),
        ('THEY SAY THE "IS" CAME FROM THE NORTH', {"IS": "Islamic State"}),
        ("six anti-ISIS fighters", {}),
        ("three Turkish soldiers, a Hamas man", {"Turkish soldiers": "Military of Turkey", "Hamas": "Hamas"}),
        ("five members of the Syrian government", {}),
        ("us and them, a turkey and a chad", {}),
        ("a fisherman on Lake Chad, soldiers", {}),
        ("Syrian Army of Islam", {"Army of Islam": "Jaysh al-Islam"}),
        ("the al-Nusra Front", {"al-Nusra Front": "Al-Nusra Front"}),
        ("Islamic. State", {}),
        ("Boko\n\nHaram", {}),
        ("prepeshmergas", {}),
    ],
)
def test_find_quotes_known_names_and_only_those(text, expected):
    assert {text[start:end]: party.name for start, end, party in find(text)} == expected


def test_the_longest_of_overlapping_names_wins():
    (found,) = find("Islamic State West Africa Province")
    assert found == (0, 34, parties.parties()["Islamic State West Africa Province"])


# --- properties ---

texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))


@given(texts, st.data())
@settings(deadline=None, max_examples=150)
def test_any_text_is_read_without_error_and_alike_each_time(text, data):
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(a, b, "ACTOR") for a, b in zip(edges[::2], edges[1::2], strict=False)]
    first = resolve(text, spans)
    assert set(first) == set(spans) and first == resolve(text, spans)


@given(texts)
@settings(deadline=None, max_examples=150)
def test_found_names_stand_in_the_text_in_order(text):
    found = find(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)


@given(st.sampled_from([p for p in parties.parties() if not re.search(r"\b[A-Z][A-Z\d]{0,2}\b|^\w+$", p)]))
@settings(deadline=None, max_examples=100)
def test_case_does_not_matter_to_a_name_without_abbreviations(name):
    assert read(name.upper()) == read(name) == read(name.lower())


def test_a_megabyte_on_one_line_is_read():
    text = "Iraqi army and ISIS and " * 40_000
    assert len(find(text)) == 80_000


def test_importing_reads_no_table():
    """Start-up pays for the table only where there is something to look up."""
    code = "from infer import actors, parties; assert not parties.party_names.cache_info().currsize"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert actors.find("") == []
