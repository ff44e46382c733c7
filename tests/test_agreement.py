"""Two annotations of one report: what is shared is counted, what differs is named, nothing is left out."""

import json

import pytest
from annotated import reports, task, written

from annotations import agreement, labelstudio, markup
from annotations.__main__ import main
from annotations.tasks import Task
from infer.schema import InputError

TEXT = "{A1 Raiders} made {N1 two raids} on {L1 Dun town}: {C1 nine dead}, {C2 a guard} among them."
EVENTS = "N1 aggregate: casualty C1; actor A1; location L1"
SPANS = "N1 2 / C1 killed mixed 9 subset C2 / C2 killed security_forces 1 / A1 none / L1 none"
FIRST = task(TEXT, EVENTS, SPANS)
SECOND = task(
    "{A1 Raiders} made {N1 two raids} on {L1 Dun} town: {C1 nine dead}, a guard among them.",
    EVENTS,
    "N1 2 / C1 wounded mixed 9 / A1 none / L1 none",
)


LINKED = "{N1 Six raids}: {C1 nine dead}, {C2 four} of them {C3 boys}; others say {C4 ten}. "
LINKED += "{C5 Two} were {C6 old}. {N2 Two} were in Osk, {N3 two} in Dun, {N4 two} in Kars."
LINKED_SPANS = "N1 6 / N2 N3 N4 2 / C1 killed mixed 9 partition C2 C3 C5 C6"
LINKED_SPANS += " / C2 C3 C5 C6 killed mixed 4 / C4 killed mixed 10"


def linked(parts: int) -> Task:
    """Four parts of a toll, one figure of others, and so many parts of a total."""
    anchors = [f"N{n} aggregate: {'part_of N1' if n < parts + 2 else ''}" for n in (2, 3, 4)]
    return task(
        LINKED, " / ".join(["N1 aggregate: casualty C1", *anchors]), LINKED_SPANS, "C4 alternative_to C1"
    )


def test_one_annotation_agrees_with_itself():
    both = agreement.pairs(reports(), reports()[::-1])
    scores = agreement.agree(both)
    assert len(both) == scores.documents == 5
    assert scores.span_micro.f1 == scores.span_overlap_micro.f1 == scores.micro.f1 == 1.0
    assert scores.span_micro.tp == sum(len(made.regions) for made in reports())
    assert [line for a, b in both for line in agreement.differences(a, b)] == []


def test_what_differs_is_counted_by_its_kind():
    """Three of five spans are the same, a fourth overlaps; the toll has another outcome: no slot agrees."""
    scores = agreement.agree([(FIRST, SECOND)])
    assert (scores.span_micro.tp, scores.span_micro.fn, scores.span_micro.fp) == (3, 2, 1)
    assert (scores.span_overlap_micro.tp, scores.span_overlap_micro.fn) == (4, 1)
    assert (scores.slots["casualty"].tp, scores.slots["location"].tp) == (0, 1)


def test_every_difference_has_a_line():
    assert list(agreement.differences(FIRST, SECOND)) == [
        "t-1 [26, 34) LOCATION 'Dun town': 'Dun' in B",
        "t-1 [36, 45) CASUALTY 'nine dead': outcome killed in A, wounded in B; "
        "components subset in A, None in B",
        "t-1 [47, 54) CASUALTY 'a guard': only A (outcome killed, victims security_forces, value 1)",
        "t-1 [36, 45): only A: 'nine dead' includes 'a guard' [47, 54)",
    ]
    assert list(agreement.differences(SECOND, FIRST))[2:] == [
        "t-1 [47, 54) CASUALTY 'a guard': only B (outcome killed, victims security_forces, value 1)",
        "t-1 [36, 45): only B: 'nine dead' includes 'a guard' [47, 54)",
    ]


def test_mentions_are_of_one_label_and_each_is_told_once():
    """B made two of one span and a place of the actor: one half is an edge, the rest stands alone."""
    one = task("{L1 Dun and Osk} fell to {A1 Kars}.", spans="L1 none / A1 none")
    two = task("{L1 Dun} and {L2 Osk} fell to {L3 Kars}.", spans="L1 L2 L3 none")
    assert list(agreement.differences(one, two)) == [
        "t-1 [0, 11) LOCATION 'Dun and Osk': 'Dun' in B",
        "t-1 [20, 24) ACTOR 'Kars': only A (value none)",
        "t-1 [8, 11) LOCATION 'Osk': only B (value none)",
        "t-1 [20, 24) LOCATION 'Kars': only B (value none)",
    ]


def test_fields_are_compared_where_both_marked_the_same_words():
    rows = {
        line.split()[0]: line.split()[1:] for line in agreement.fields([(FIRST, SECOND)]).splitlines()[1:]
    }
    assert rows == {
        "outcome": ["0.0", "0", "1"],
        "victims": ["100.0", "1", "0"],
        "components": ["0.0", "0", "1"],
        "event": ["100.0", "1", "0"],
        "value": ["100.0", "3", "0"],
    }


def test_only_reports_of_both_are_compared_and_none_is_an_error():
    [(other, _)] = markup.parse(written("Calm.").replace("t-1", "t-2"))
    assert agreement.pairs([FIRST, other], [SECOND]) == [(FIRST, SECOND)]
    with pytest.raises(InputError, match="no doc_id in common"):
        agreement.pairs([FIRST], [other])


@pytest.mark.parametrize("side, name", [(0, "A"), (1, "B")])
def test_a_report_given_twice_is_refused(side, name):
    sides = [[FIRST], [SECOND]]
    sides[side] *= 2
    with pytest.raises(InputError, match=f"doc_id t-1 is given 2 times in {name}; keep one"):
        agreement.pairs(*sides)


def test_another_text_is_refused():
    with pytest.raises(InputError, match="t-1 and t-1 are different texts"):
        agreement.agree([(FIRST, task("Calm."))])


PRINTED = """\
spans, exact       F1  both  only A  only B
  ACTOR         100.0     1       0       0
  ATTACK_COUNT  100.0     5       0       0
  CASUALTY       93.3     7       1       0
  LOCATION        0.0     0       1       1
  all            89.7    13       2       1

spans, by overlap     F1  both  only A  only B
  ACTOR            100.0     1       0       0
  ATTACK_COUNT     100.0     5       0       0
  CASUALTY          93.3     7       1       0
  LOCATION         100.0     1       0       0
  all               96.6    14       1       0

slots of events     F1  both  only A  only B
  attack_count   100.0     5       0       0
  casualty        80.0     6       2       1
  location       100.0     1       0       0
  actor          100.0     1       0       0
  period             -     0       0       0
  all             89.7    13       2       1
  events         100.0     5       0       0
  exact records   80.0     4       1       1

links                F1  both  only A  only B
  part_of          50.0     1       2       0
  includes        100.0     4       0       0
  alternative_to  100.0     1       0       0

attributes       F1  both  only A  only B
  kind        100.0     5       0       0
  relation    100.0    11       0       0
  upper           -     0       0       0
  country         -     0       0       0
  admin1          -     0       0       0
  victims     100.0     6       0       0
  components  100.0     1       0       0

fields of regions marked alike      %  same  differ
  outcome                        85.7     6       1
  victims                       100.0     7       0
  components                     50.0     1       1
  event                         100.0     5       0
  value                         100.0    13       0
"""


def test_the_command_prints_tables_and_lists_nothing_unasked(tmp_path, capsys):
    a, b = tmp_path / "a.json", tmp_path / "b.json"
    for file, side, parts in ((a, FIRST, 3), (b, SECOND, 1)):
        other = linked(parts)
        other = Task(other.data | {"doc_id": "t-2"}, other.regions, other.relations)
        stored = [labelstudio.write_task(report) for report in (side, other)]
        file.write_text(json.dumps(stored), encoding="utf-8")
    assert main(["agree", str(a), str(b)]) == 0
    assert capsys.readouterr().out == f"2 reports in both; A is {a}, B is {b}\n\n{PRINTED}"
