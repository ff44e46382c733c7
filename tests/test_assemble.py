"""Which spans make one event: figures, slots, what is inherited, what is said again."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked

from infer.assembly import assemble_spans
from infer.schema import Document

R = date(2022, 9, 30)


def read(text):
    text, spans = marked(text)
    return assemble_spans(Document("d", text, R, "caller", spans=spans))


def lines(text):
    """Each event as its words: actors, count, figures (outcome initial), places, period; and its total."""
    document = read(text)

    def words(slots):
        return ", ".join(s.span.text(document.text) for s in slots)

    return [
        (
            words(e.actors),
            e.attack_count.span.text(document.text) if e.attack_count else "",
            ", ".join(f"{c.span.text(document.text)} {c.outcome[0]}" for c in e.casualties),
            words(e.locations),
            e.period.span.text(document.text) if e.period else "",
            e.part_of or "",
        )
        for e in document.events
    ]


def test_casualties_of_the_next_sentence_belong_to_the_count_before():
    text = (
        "{A Rebels} carried out {N two raids} in {L Gao} on {P 3 May}. The raids left {C six soldiers} dead."
    )
    assert lines(text) == [("Rebels", "two raids", "six soldiers k", "Gao", "3 May", "")]


def test_items_of_a_list_are_parts_of_the_total_and_inherit_what_they_do_not_say():
    text = (
        "In {P August}, {A rebels} carried out {N five raids} in {L Mali}:\n\n"
        "• {L Gao}: {N three raids}, killing {C a guard}.\n• {L Kidal}: {N two raids}.\n"
    )
    assert lines(text) == [
        ("rebels", "five raids", "", "Mali", "August", ""),
        ("rebels", "three raids", "a guard k", "Gao", "August", "e1"),
        ("rebels", "two raids", "", "Kidal", "August", "e1"),
    ]


def test_a_list_that_announces_no_breakdown_is_not_linked():
    text = (
        "{A The army} reported {N nine raids} last year.\n\nRecent incidents:\n\n"
        "• {P 3 May}: {N one raid} in {L Gao}.\n• {P 9 May}: {N one raid} in {L Kidal}.\n"
    )
    assert [line[-1] for line in lines(text)] == ["", "", ""]


def test_breakdown_within_a_sentence():
    text = (
        "{A Rebels} launched {N 17 raids}: {N 12} in {L Gao}, {N three} in {L Kidal}, {N two} in {L Mopti}."
    )
    assert [line[1:] for line in lines(text)] == [
        ("17 raids", "", "", "", ""),
        ("12", "", "Gao", "", "e1"),
        ("three", "", "Kidal", "", "e1"),
        ("two", "", "Mopti", "", "e1"),
    ]


def test_two_counts_joined_by_and_are_two_events_that_share_their_slots():
    text = "On {P 3 May} {A rebels} led {N 22 raids} and {N 16 operations} in {L Gao}, killing {C six men}."
    found = lines(text)
    assert [line[1] for line in found] == ["22 raids", "16 operations"]
    assert [line[3:] for line in found] == [("Gao", "3 May", ""), ("Gao", "3 May", "")]


def test_each_place_with_its_own_dead_is_an_event():
    text = "{C Three men} were killed in {L Gao} and {C five} in {L Kidal}."
    assert [(line[2], line[3]) for line in lines(text)] == [("Three men k", "Gao"), ("five k", "Kidal")]


def test_a_placed_breakdown_of_a_toll_is_events_not_components():
    text = "{C Fourteen people} were killed: {C eight} in {L Homs} and {C six} in {L Hama}."
    assert [(line[2], line[3], line[5]) for line in lines(text)] == [
        ("Fourteen people k", "", ""),
        ("eight k", "Homs", "e1"),
        ("six k", "Hama", "e1"),
    ]


def test_a_day_within_the_period_of_a_count_is_an_incident_told_apart():
    text = "In {P May} there were {N seven raids}. {A Rebels} killed {C 11 men} in {L Gao} on {P 15 May}."
    assert [(line[1], line[2], line[4]) for line in lines(text)] == [
        ("seven raids", "", "May"),
        ("", "11 men k", "15 May"),
    ]


def test_a_toll_in_total_belongs_to_the_total_and_not_to_its_last_part():
    text = (
        "{A Men} made {N nine raids}. {N Five} in {L Gao}, {N four} in {L Kidal}. In total {C 21 men} died."
    )
    assert [(line[1], line[2]) for line in lines(text)] == [
        ("nine raids", "21 men k"),
        ("Five", ""),
        ("four", ""),
    ]


def test_another_place_in_the_same_paragraph_is_another_event():
    text = "{A Rebels} killed {C six men} in {L Gao}. {C Four men} were killed in {L Kidal}."
    assert [(line[2], line[3]) for line in lines(text)] == [("six men k", "Gao"), ("Four men k", "Kidal")]


def test_items_take_actor_and_period_from_a_total_told_after_them():
    text = "- {L Gao}: {N five}.\n- {L Kidal}: {N four}.\n\nIn {P May} {A rebels} made {N nine raids}.\n"
    assert [(line[0], line[4]) for line in lines(text)] == [("rebels", "May")] * 3


def test_a_toll_whose_parts_are_events_has_no_components():
    (toll, *_) = read("{C Nine men} were killed: {C five} in {L Homs} and {C four} in {L Hama}.").events
    assert [c.components for c in toll.casualties] == [None]


def test_headline_and_recapitulation_make_no_second_event():
    text = (
        "{C Nine} die in {L Gao} market raid\n\n"
        "{A Gunmen} killed {C nine traders} in {L Gao} on {P Monday}. They fled.\n\n"
        "The raid that left {C nine} dead was the worst this year.\n"
    )
    assert lines(text) == [("Gunmen", "", "nine traders k", "Gao", "Monday", "")]


def test_a_figure_of_comparison_is_not_gone_on_about():
    text = "{N 31 raids} were counted in {P May}, against {N 22} in {P April}. {C Six people} died."
    assert [(count, toll) for _, count, toll, *_ in lines(text)] == [("31 raids", "Six people k"), ("22", "")]


def test_a_count_that_names_one_told_before_opens_no_event():
    text = (
        "The army counted {N 40 raids} in {L Mali}.\n\n"
        "Of the {N 40}, {N 25} hit {L Gao} and {N 12} {L Kidal}. These {N 40} cost {C 90 lives}."
    )
    assert [(count, toll, total) for _, count, toll, _, _, total in lines(text)] == [
        ("40 raids", "90 lives k", ""),
        ("25", "", "e1"),
        ("12", "", "e1"),
    ]


def test_a_toll_with_parts_and_its_lines_are_aggregates():
    text = (
        "{C 90 people} were killed in {L Mali}:\n\n"
        "• {L Gao}: {C 40}\n• {L Kidal}: {C 30}\n• {L Mopti}: {C 20}\n"
    )
    assert [e.kind for e in read(text).events] == ["aggregate"] * 4


def test_another_incident_with_the_same_toll_is_another_event():
    text = "{C Two soldiers} were killed in {L Gao}.\n\n{C Two soldiers} were killed in {L Kidal}.\n"
    assert [line[3] for line in lines(text)] == ["Gao", "Kidal"]


def test_tolls_of_other_sources_are_alternatives():
    text = (
        "{A Rebels} killed {C six soldiers} in {L Gao}. The group claimed that {C 20 soldiers} were killed."
    )
    (event,) = read(text).events
    first, second = event.casualties
    assert second.alternative_to == first.span and not first.alternative_to


def test_the_side_that_suffered_is_no_actor():
    text = "{A The militia} lost {C ten members} in {L Derna}.\n\n{C Four} were shot by {A gunmen} here."
    assert [line[0] for line in lines(text)] == ["", "gunmen"]


def test_what_a_party_lost_is_not_laid_to_the_party_of_the_heading():
    text = "The week in short.\n\n{A Front} activity\n\n{A The militia} lost {C ten members} in {L Derna}.\n"
    assert [line[0] for line in lines(text)] == [""]


def test_both_sides_of_a_clash_act():
    text = "Clashes between {A the army} and {A rebels} in {L Gao} killed {C six}."
    assert lines(text)[0][0] == "the army, rebels"


def test_the_more_precise_of_two_periods():
    text = "In {P May}, on {P 3 May 2022}, {A rebels} killed {C six guards} in {L Gao}."
    assert lines(text)[0][4] == "3 May 2022"


def test_a_written_period_beats_one_that_points():
    text = (
        "Talks began on {P 3 June 2022}. In {P the month} {P from 1 May to 31 July} {N nine raids} followed."
    )
    assert lines(text)[0][4] == "from 1 May to 31 July"


def test_a_period_of_comparison_is_not_the_events_own():
    text = "Raids in {P August 2022}\n\n{A Rebels} made {N nine raids}, twice as many as in {P July}.\n"
    assert lines(text)[0][4] == "August 2022"


def test_period_of_the_headline_holds_for_counts_that_state_none():
    text = "Raids in {P August 2022}\n\nThe month in short.\n\n{A Rebels} made {N nine raids} in {L Gao}.\n"
    assert lines(text)[0][4] == "August 2022"


def test_a_report_without_counts_or_casualties_has_no_events():
    assert lines("{A The army} moved {P today} through {L Gao}.") == []


@pytest.mark.parametrize(
    "count, kind", [("One raid", "incident"), ("Two raids", "aggregate"), ("dozens of raids", "aggregate")]
)
def test_one_attack_is_an_incident_and_more_an_aggregate(count, kind):
    assert read(f"{{N {count}}} took place in {{L Gao}}.").events[0].kind == kind


PIECES = [
    "{N two raids}",
    "{C six men}",
    "{L Gao}",
    "{L Kidal}",
    "{A rebels}",
    "{P 3 May}",
    "killed",
    "by",
    "in",
    "and",
    ":",
    ".",
    "\n\n",
    "\n• ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20))
@settings(deadline=None, max_examples=200)
def test_any_order_of_spans_gives_events_that_use_each_number_once(pieces):
    document = read(" ".join(pieces))
    total = {e.id: e.part_of for e in document.events}
    assert len(total) == len(document.events)
    for event in document.events:
        above = [event.id]
        while above[-1] is not None:
            above.append(total[above[-1]])
            assert above[-1] not in above[:-1]
        assert event.anchor in document.spans
    used = [s.span for e in document.events for s in (*e.casualties, *filter(None, [e.attack_count]))]
    assert len(used) == len(set(used))
    again = assemble_spans(Document("d", document.text, R, "caller", spans=document.spans))
    assert again == document
