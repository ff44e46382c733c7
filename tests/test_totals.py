"""Breakdowns under their totals, and whether the parts add up."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import marked
from sample_documents import documents

from infer import numbers
from infer.assembly import assemble_spans
from infer.grouping import added, breakdowns
from infer.schema import RELATIONS, AttackCount, Casualty, Document, Event, Quantity, Span
from infer.totals import bounds, checks, clear, terms, verdict


def read(text):
    text, spans = marked(text)
    return assemble_spans(Document("d", text, date(2022, 9, 30), "caller", spans=spans))


def totals(text):
    """Each event's count or first figure, and the one it is part of."""
    document = read(text)
    name = {e.id: e.anchor.text(document.text) for e in document.events}
    return {name[e.id]: name.get(e.part_of) for e in document.events}


def found(text):
    return [(c.field, c.outcome, c.stated, c.sum_of_parts, c.status) for c in read(text).checks]


LIST = "{A Rebels} made {N nine raids} in {P May}:\n\n• {L Gao}: {N %s raids}.\n• {L Kidal}: {N %s raids}.\n"


def test_a_breakdown_that_adds_up_and_one_that_does_not():
    assert found(LIST % ("five", "four")) == [("attack_count", None, 9, 9, "agrees")]
    assert found(LIST % ("five", "six")) == [("attack_count", None, 9, 11, "differs")]
    assert found(LIST % ("five", "three")) == [("attack_count", None, 9, 8, "differs")]


def test_a_part_without_a_number_leaves_the_sum_open():
    assert found(LIST % ("five", "several"))[0][-1] == "cannot_tell"


def test_two_breakdowns_of_one_total_are_two_checks():
    text = LIST % ("five", "four") + "\nBy type these were {N six ambushes} and {N three kidnappings}.\n"
    assert [c[2:] for c in found(text)] == [(9, 9, "agrees"), (9, 9, "agrees")]


def test_a_few_examples_are_no_full_breakdown():
    text = "{A Rebels} made {N nine raids}, including:\n\n• {L Gao}: {N two}.\n• {L Kidal}: {N one}.\n"
    assert [c[-1] for c in found(text)] == ["cannot_tell"]


def test_casualties_are_compared_outcome_by_outcome():
    text = (
        "{N Nine raids} killed {C seven guards} and wounded {C three}, as follows:\n\n"
        "• {L Gao}: {N five raids} killed {C four guards}.\n"
        "• {L Kidal}: {N four raids} killed {C two guards}.\n"
    )
    assert found(text) == [("attack_count", None, 9, 9, "agrees"), ("casualties", "killed", 7, 6, "differs")]


def test_components_of_a_toll():
    assert found("{C Nine dead}: {C two nuns} and {C seven guards}.") == [
        ("casualties", "killed", 9, 9, "agrees")
    ]
    assert found("{C Nine dead}: {C two nuns} and {C six guards}.") == [
        ("casualties", "killed", 9, 8, "differs")
    ]
    assert found("{C Nine men} were killed, including {C two nuns}.") == [
        ("casualties", "killed", 9, 2, "agrees")
    ]


def test_the_total_may_follow_its_list_or_close_its_table():
    after = (
        "- {L Gao}: {N five raids}.\n- {L Kidal}: {N four raids}.\n\nIn sum {A rebels} made {N nine raids}.\n"
    )
    assert totals(after) == {"five raids": "nine raids", "four raids": "nine raids", "nine raids": None}
    table = "Raids in May\n\n{L Gao}\t{N 15}\n{L Kidal}\t{N 14}\nTotal\t{N 29}\n"
    assert totals(table) == {"15": "29", "14": "29", "29": None}


def test_lists_below_lists():
    text = (
        "{A Rebels} made {N nine raids}:\n\n1. {L Gao}: {N six raids}:\n    a. {L Ansongo}: {N four}\n"
        "    b. {L Bourem}: {N two}\n2. {L Kidal}: {N three raids}\n"
    )
    parts = {"six raids": "nine raids", "four": "six raids", "two": "six raids", "three raids": "nine raids"}
    assert totals(text) == {"nine raids": None} | parts


def test_of_these():
    text = "{A Rebels} made {N nine raids} in {L Mali}. Of these, {N four} took place in {L Gao}."
    assert totals(text) == {"nine raids": None, "four": "nine raids"}


def test_parts_that_exceed_their_total_differ_even_if_others_are_missing():
    text = "{A Rebels} made {N nine raids}. Of these, {N six} hit {L Gao}. Of these, {N five} hit {L Kidal}."
    assert found(text) == [("attack_count", None, 9, 11, "differs")]


def test_a_comparison_is_no_part():
    text = (
        "{A Rebels} made {N 41 raids}, down from {N 53} in {P May}: {N 30} in {L Gao}, {N 11} in {L Kidal}."
    )
    assert totals(text) == {"41 raids": None, "53": None, "30": "41 raids", "11": "41 raids"}


@pytest.mark.parametrize(
    "stated, parts, subset, status",
    [
        (Quantity(14, None, "at_least"), [15], False, "agrees"),
        (Quantity(14, None, "at_least"), [13], False, "differs"),
        (Quantity(14, None, "at_most"), [13], False, "agrees"),
        (Quantity(14, None, "at_most"), [15], False, "differs"),
        (Quantity(15, 20), [17], False, "agrees"),
        (Quantity(15, 20), [21], False, "differs"),
        (Quantity(14, None, "about"), [14], False, "cannot_tell"),
        (Quantity(None, None, "vague"), [14], False, "cannot_tell"),
        (Quantity(14), [9], True, "agrees"),
        (Quantity(14), [15], True, "differs"),
        (Quantity(14), [7, 7], False, "agrees"),
    ],
)
def test_quantities_are_compared_as_what_they_may_be(stated, parts, subset, status):
    check = verdict("e1", "attack_count", None, stated, [Quantity(p) for p in parts], ("e2",), True, subset)
    assert check.status == status


def linked(text: str, *parts: int, total: int = 0):
    """The checks of a text whose counts are events, those numbered in `parts` parts of the `total`th."""
    text, spans = marked(text)
    counts = [s for s in spans if s.label == "ATTACK_COUNT"]
    of = f"e{total + 1}"
    made = tuple(
        Event(
            f"e{i + 1}",
            "aggregate",
            s,
            of if i in parts else None,
            (),
            AttackCount(s, numbers.read(s.text(text))),
        )
        for i, s in enumerate(counts)
    )
    found = checks(Document("d", text, spans=spans, events=made))
    return [(c.sum_of_parts, c.parts, c.status) for c in found]


def test_two_breakdowns_in_one_sentence_or_under_one_head_are_two_checks():
    sentence = "{N 9 raids}: {N 5} in {L Gao}, {N 4} in {L Kidal}; {N 6} were ambushes, {N 3} kidnappings."
    expected = [(9, ("e2", "e3"), "agrees"), (9, ("e4", "e5"), "agrees")]
    assert linked(sentence, 1, 2, 3, 4) == expected
    lines = "{N 9 raids}\n\n- {L Gao}: {N 5}\n- {L Kidal}: {N 4}\n- By night: {N 6}\n- By day: {N 3}\n"
    assert linked(lines, 1, 2, 3, 4) == expected
    labelled = (
        "{N 9 raids}.\n\nWhere: {L Gao} {N 5}, {L Kidal} {N 1}.\nHow: {N 6} ambushes and {N 3} kidnappings.\n"
    )
    assert linked(labelled, 1, 2, 3, 4) == [(6, ("e2", "e3"), "cannot_tell"), (9, ("e4", "e5"), "agrees")]


def test_a_list_that_adds_up_is_not_spoilt_by_another_further_down():
    text = (
        "{N 9 raids}:\n\n- {L Gao}: {N 5}\n- {L Kidal}: {N 4}\n\nThe army was late.\n\n"
        "- The Blue Guard owned up to {N 7}\n- The Grey Guard to {N 1}\n"
    )
    assert linked(text, 1, 2, 3, 4)[0] == (9, ("e2", "e3"), "agrees")


def test_a_breakdown_told_in_several_sentences_or_paragraphs_is_one():
    text = "{N 9 raids} were made: {N 5} in {L Gao} and {N 2} in {L Kidal}. Two more, {N 2}, hit {L Menaka}."
    assert linked(text, 1, 2, 3) == [(9, ("e2", "e3", "e4"), "agrees")]
    text = "{N 9 raids} in May.\n\nThe north: {L Gao} saw {N 5}, {L Kidal} {N 2}.\n\nElsewhere came {N 2}.\n"
    assert linked(text, 1, 2, 3) == [(9, ("e2", "e3", "e4"), "agrees")]


@pytest.mark.parametrize(
    "text",
    [
        "{N 9 raids} were made: {N 5} in {L Gao}, {N 2} in {L Kidal} and the rest in villages.",
        "{N 9 raids} were made. {L Gao} saw {N 5} of them and {L Kidal} {N 2}.",
        "{N 9 raids} were made. The largest number was in {L Gao} ({N 5}), then {L Kidal} ({N 2}).",
        "{N 9 raids} were made.\n\nThe bloodiest days:\n\n- 4 May: {N 5}\n- 9 May: {N 2}\n",
        "{N 9 raids} were made.\n\nBy region:\n\n- {L Gao}: {N 5}\n- {L Kidal}: {N 2}\n- Menaka: some\n",
    ],
)
def test_parts_that_are_not_told_to_be_all_leave_a_lower_sum_open(text):
    assert linked(text, 1, 2) == [(7, ("e2", "e3"), "cannot_tell")]


def test_parts_after_a_colon_or_in_a_list_are_all_of_them():
    for text in (
        "{N 9 raids} were made: {N 5} in {L Gao}, {N 2} in {L Kidal}.",
        "{N 9 raids} were made.\n\nBy region:\n\n- {L Gao}: {N 5}\n- {L Kidal}: {N 2}\n",
        "{N 9 raids} were made.\n\nTown\tRaids\n{L Gao}\t{N 5}\n{L Kidal}\t{N 2}\n",
    ):
        assert linked(text, 1, 2) == [(7, ("e2", "e3"), "differs")]


def killed(span, value, **related) -> Casualty:
    return Casualty(span, Quantity(value), "killed", **related)


def test_own_losses_beside_the_victims_are_not_what_is_broken_down():
    text, spans = marked("{C 12 soldiers} and {C 3 raiders} died: {C 8} in {L Gao}, {C 4} in {L Kidal}.")
    soldiers, raiders, gao, kidal = (s for s in spans if s.label == "CASUALTY")
    events = (
        Event("e1", "aggregate", soldiers, casualties=(killed(soldiers, 12), killed(raiders, 3))),
        Event("e2", "incident", gao, "e1", casualties=(killed(gao, 8),)),
        Event("e3", "incident", kidal, "e1", casualties=(killed(kidal, 4),)),
    )
    (check,) = checks(Document("d", text, spans=spans, events=events))
    assert (check.stated, check.sum_of_parts, check.status) == (12, 12, "agrees")
    assert terms(Document("d", text, spans=spans, events=events), check)[0] == Quantity(12)


def test_components_told_twice_are_two_checks_and_another_source_s_figure_is_none_of_them():
    text, spans = marked(
        "{C 9 dead}: {C 2 nuns}, {C 7 guards} (police: {C 6}); {C 5} by day and {C 4} by night."
    )
    total, nuns, guards, other, day, night = spans
    figures = [Casualty(total, Quantity(9), "killed", components="partition")]
    figures += [killed(s, n, part_of=total) for s, n in ((nuns, 2), (guards, 7), (day, 5), (night, 4))]
    figures.append(killed(other, 6, part_of=total, alternative_to=guards))
    event = Event("e1", "incident", total, casualties=tuple(figures))
    found = checks(Document("d", text, spans=spans, events=(event,)))
    assert [(c.parts, c.status) for c in found] == [((nuns, guards), "agrees"), ((day, night), "agrees")]


def test_what_is_left_out_makes_a_breakdown_incomplete_and_takes_its_own_checks_along():
    document = read(LIST % ("five", "six"))
    first, second, third = (e.id for e in document.events)
    assert [c.status for c in checks(document)] == ["differs"]
    (left,) = checks(document, frozenset({third}))
    assert (left.parts, left.sum_of_parts, left.status) == ((second,), 5, "cannot_tell")
    assert checks(document, frozenset({first})) == checks(document, frozenset({second, third})) == ()


quantities = st.builds(
    lambda value, more, relation: Quantity(value, value + more if more else None, relation),
    st.none() | st.integers(0, 60),
    st.just(0),
    st.sampled_from(RELATIONS),
) | st.builds(lambda value, more: Quantity(value, value + more), st.integers(0, 60), st.integers(1, 9))


@given(quantities, st.lists(quantities, min_size=1, max_size=4), st.data())
def test_a_verdict_is_what_every_reading_of_the_figures_says(stated, parts, data):
    """Draw what each figure may truly be: a whole breakdown differs only where no such draw adds up."""
    check = verdict("e1", "attack_count", None, stated, parts, (), True)
    if not (clear(stated) and all(map(clear, parts))):
        assert check.status == "cannot_tell"
        return

    def true(quantity: Quantity) -> int:
        low, high = bounds(quantity)
        return data.draw(st.integers(low, min(high, 400)))

    reached, meant = sum(map(true, parts)), true(stated)
    assert check.status != "differs" or reached != meant
    if check.status == "agrees":
        least, most = (sum(ends) for ends in zip(*map(bounds, parts), strict=True))
        low, high = bounds(stated)
        assert max(least, low) <= min(most, high)


@given(quantities, st.lists(quantities, min_size=1, max_size=4))
def test_less_is_told_of_an_incomplete_breakdown_and_a_subset_only_has_to_fit(stated, parts):
    whole, open_, subset = (
        verdict("e1", "casualties", "killed", stated, parts, (), *how).status
        for how in ((True,), (False,), (True, True))
    )
    assert open_ in (whole, "cannot_tell")
    assert subset == whole or (whole, subset) == ("differs", "agrees")


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_a_sentence_with_two_whole_breakdowns_has_two_that_agree(values, random):
    """Whatever the numbers: the second is another split of the same sum."""
    total = sum(values)
    cut = random.randint(1, total - 1)
    first = ", ".join(f"{{N {v}}} in {{L Gao}}" for v in values)
    text = f"{{N {total} raids}}: {first}; {{N {cut}}} by day, {{N {total - cut}}} by night."
    found = linked(text, *range(1, len(values) + 3))
    assert [status for _, _, status in found] == ["agrees", "agrees"]


@settings(deadline=None, max_examples=60)
@given(documents())
def test_every_part_is_in_one_breakdown_of_its_total_and_checks_name_what_is_there(document):
    groups = breakdowns(document)
    parts = [p.id for g in groups for p in g.parts]
    ids = {e.id for e in document.events}
    assert sorted(parts) == sorted(e.id for e in document.events if e.part_of in ids)
    figures = {e.id: [c.span for c in e.casualties] for e in document.events}
    for check in checks(document):
        if len(set(figures[check.event])) < len(figures[check.event]):
            continue  # a span that gives two figures, as no report's does
        stated, own = terms(document, check)
        assert stated.value == check.stated and [part for part, _ in own] == list(check.parts)


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_exact_parts_agree_with_their_own_sum_and_with_no_other(values):
    parts = [Quantity(v) for v in values]
    assert added(parts) == Quantity(sum(values))
    for stated, status in ((sum(values), "agrees"), (sum(values) + 1, "differs")):
        assert verdict("e1", "attack_count", None, Quantity(stated), parts, (), True).status == status


@given(st.integers(0, 1000), st.sampled_from(["exact", "at_least", "at_most"]))
def test_what_is_stated_lies_within_its_own_bounds(value, relation):
    low, high = bounds(Quantity(value, None, relation))
    assert low <= value <= high


def test_documents_without_events_have_no_checks():
    assert checks(Document("d", "Nothing.", spans=(Span(0, 7, "ACTOR"),))) == ()


def test_equal_numbers_in_a_list_are_no_breakdown():
    assert totals("- {L Gao}: {N four raids}\n- {L Kidal}: {N four ambushes}\n") == {
        "four raids": None,
        "four ambushes": None,
    }


def test_a_list_and_the_list_below_it_never_hold_each_other():
    text = "* {L Gao}: {N 14 raids}\n    - {L Ansongo}: {N 14}\n"
    assert totals(text)["14 raids"] is None


def test_a_column_of_a_table_tells_the_outcome():
    text = "Losses in May\n\nTown\tKilled\tWounded\n{L Gao}\t{C 6}\t{C 9}\n{L Kidal}\t{C 3}\t{C 4}\n"
    figures = [c for e in read(text).events for c in e.casualties]
    assert [c.outcome for c in figures] == ["killed", "wounded", "killed", "wounded"]
