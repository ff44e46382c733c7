"""Annotated relations as targets and losses: each decision is counted, and what is right costs nothing."""

from dataclasses import replace

import numpy as np
import pytest
import tiny_tokenizers
import torch
from annotated import reports, task
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import CHOICES, gold

from infer.linkchoice import ATTRIBUTES, FIGURE_LINKS, LINKS, ROOTS
from train import linking, noise

RAIDS = task(
    "{A1 Raiders} made {N1 two raids} on {L1 Dun} in {P1 May 2021}: {C1 nine dead}, {C2 six guards} and "
    "{C3 three men}; {C4 ten} by others' count. {N2 One raid} hit {L2 Kos}. {N3 Both raids} failed.",
    "N1 aggregate: casualty C1; actor A1; location L1; period P1 / N2 incident: part_of N1; location L2",
    "A1 none / L1 L2 none / P1 2021-05-01/2021-05-31 / N1 N3 2 / N2 1 / C1 killed mixed 9 partition C2 C3 / "
    "C2 killed security_forces 6 / C3 killed civilian 3 / C4 killed mixed 10",
    "N3 repeats N1 / C4 alternative_to C1",
)
ORDER = ("A1", "N1", "L1", "P1", "C1", "C2", "C3", "C4", "N2", "L2", "N3")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    return tiny_tokenizers.nasty_reader("byte_level", tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def raids(reader):
    return linking.sample(RAIDS, reader)


def logits(sample, sure=None):
    """Gold logits of a sample as tensors; they are as sure as `gold` makes them."""
    targets = {name: getattr(sample, name) for name in ("heads", "totals", "linked", "said")}
    scores = gold(targets, len(sample.keys))
    return [torch.from_numpy(x).float() for x in (scores.links, scores.roots, scores.attributes)]


def test_targets_by_hand(raids):
    at = {id: i for i, id in enumerate(ORDER)}
    n, kind = len(ORDER), {name: i for i, name in enumerate(FIGURE_LINKS)}
    heads = dict.fromkeys(ORDER, -1) | {"N1": 4 * n, "N2": 4 * n}
    heads |= {"C1": 4 * at["N1"] + kind["casualty"], "N3": 4 * at["N1"] + kind["repeats"]}
    heads |= {c: 4 * at["C1"] + kind["includes"] for c in ("C2", "C3")}
    heads |= {"C4": 4 * at["C1"] + kind["alternative_to"]}
    assert raids.heads.tolist() == [heads[id] for id in ORDER]
    assert raids.anchors.tolist() == [at["N1"], at["N2"]]
    assert raids.totals.tolist() == [at["N1"] if id == "N2" else n for id in ORDER]
    pairs = {slot: [tuple(x) for x in torch.argwhere(value).tolist()] for slot, value in raids.linked.items()}
    assert pairs == {
        "actor": [(at["N1"], at["A1"])],
        "location": [(at["N1"], at["L1"]), (at["N2"], at["L2"])],
        "period": [(at["N1"], at["P1"])],
    }
    said = {
        name: [(ORDER[i], ATTRIBUTES[name][c]) for i, c in zip(*pair, strict=True)]
        for name, pair in raids.said.items()
    }
    assert said["components"] == [("C1", "partition")]
    assert said["event"] == [("N1", "aggregate"), ("N2", "incident")]
    assert said["victims"] == [
        ("C1", "mixed"),
        ("C2", "security_forces"),
        ("C3", "civilian"),
        ("C4", "mixed"),
    ]


def test_a_figure_that_no_region_explains_is_nothing_only_where_a_tagger_found_it(reader):
    made = task(
        "{C1 Two} died in {L1 Dun}, 30 km off.", "C1 incident: location L1", "L1 none / C1 killed civilian 2"
    )
    false = made.by_id["C1"].span
    false = replace(false, start=made.text.index("30"), end=made.text.index("30") + 2)
    found = noise.on_spans(made, [*(r.span for r in made.regions), false])
    assert linking.sample(found, reader, complete=False).heads.tolist() == [4 * 3, -1, 4 * 3 + 1]
    assert linking.sample(found, reader).heads.tolist() == [4 * 3, -1, -1]


def test_a_report_without_figures_is_no_sample(reader):
    assert linking.sample(task("{L1 Dun} was calm.", "", "L1 none"), reader) is None


def test_inputs_are_as_inference_makes_them(raids):
    assert list(raids.inputs) == ["input_ids", "attention_mask", "marks", "places", "mentions", "pairs"]
    n = len(ORDER)
    shapes = {name: tuple(value.shape) for name, value in raids.inputs.items()}
    assert shapes["places"] == (n, 3) and shapes["pairs"][:2] == (n, n) and shapes["mentions"][0] == n
    assert raids.document.events and raids.proposed, "gold, and the rules' own answer"
    assert raids.figures.tolist() == [1, 4, 5, 6, 7, 8, 10]


def test_what_is_right_costs_nothing(reader):
    for each in [RAIDS, *reports()]:
        sample = linking.sample(each, reader)
        if sample:
            found = list(linking.losses(sample, *logits(sample)))
            assert found and all(loss < 0.01 for _, loss, _ in found), (each.id, found)


def test_every_decision_is_counted_and_a_wrong_one_costs(raids):
    """Each kind of decision turned round by itself costs under its own name alone."""
    counts = {name: count for name, _, count in linking.losses(raids, *logits(raids))}
    events, slots = len(raids.anchors), ("part_of", "actor", "location", "period")
    assert counts == dict.fromkeys(slots, events) | {"heads": 7, "victims": 4, "components": 1, "event": 2}
    for name in counts:
        links, roots, attributes = logits(raids)
        if name == "heads":
            links[:, :, :4] *= -1
        elif name in LINKS:
            links[:, :, LINKS.index(name)] *= -1
        else:
            first = sum(
                len(c)
                for n, c in ATTRIBUTES.items()
                if list(ATTRIBUTES).index(n) < list(ATTRIBUTES).index(name)
            )
            attributes[:, first : first + len(ATTRIBUTES[name])] *= -1
        dear = {n for n, loss, _ in linking.losses(raids, links, roots, attributes) if loss > 1}
        assert dear == {name}


def test_any_mention_of_the_right_thing_is_right(reader):
    """Two mentions of Dun: which of them was linked makes no difference to the loss."""
    text = "{L1 Dun}: {C1 two} died in {L2 Dun}, none in {L3 Kos}."
    spans = "L1 L2 L3 none / C1 killed civilian 2"
    one, other = (
        linking.sample(task(text, f"C1 incident: location {place}", spans), reader) for place in ("L1", "L2")
    )
    random = torch.Generator().manual_seed(3)
    scores = [
        torch.randn(shape, generator=random) for shape in ((4, 4, len(LINKS)), (4, len(ROOTS)), (4, CHOICES))
    ]
    first, second = (
        {name: loss for name, loss, _ in linking.losses(sample, *scores)} for sample in (one, other)
    )
    assert first == second
    named = torch.stack([torch.logaddexp(*scores[0][1, [0, 2], 6]), scores[0][1, 3, 6]])
    expected = torch.nn.functional.softplus(torch.stack([-named[0], named[1]])).sum()
    assert first["location"].item() == pytest.approx(expected.item(), abs=1e-5)


def test_links_that_are_not_allowed_have_no_chance(raids):
    rows = linking.head_logits(raids, torch.zeros(11, 11, len(LINKS)), torch.zeros(11, len(ROOTS)))
    assert rows.shape == (7, 4 * 11 + 2)
    open_ = torch.softmax(rows, 1) > 0
    assert (open_[:, :-2].reshape(7, 11, 4) == raids.allowed[raids.figures]).all() and open_[:, -2:].all()


@given(st.integers(1, 400), st.integers(0, 9))
@settings(deadline=None, max_examples=20)
def test_batches_hold_every_report_once_within_their_budget(reader, budget, seed):
    made = [s for s in (linking.sample(t, reader) for t in reports()) if s] * 2
    found = linking.batches(made, budget, np.random.default_rng(seed))
    assert sorted(id(s) for batch in found for s in batch) == sorted(map(id, made))
    for batch in found:
        assert batch
        assert len(batch) == 1 or sum(s.inputs["input_ids"].numel() for s in batch) <= budget


def test_reports_in_one_batch_keep_their_own_windows(reader):
    made = [s for s in (linking.sample(t, reader) for t in [RAIDS, *reports()]) if s]
    joined, window, span = linking.collate(made), 0, 0
    for s in made:
        rows, length = s.inputs["input_ids"].shape
        for name in ("input_ids", "attention_mask", "marks"):
            own = joined[name][window : window + rows]
            assert torch.equal(own[:, :length], s.inputs[name]) and not own[:, length:].any()
        places = joined["places"][span : span + len(s.keys)]
        assert torch.equal(places[:, 1:], s.inputs["places"][:, 1:])
        assert torch.equal(places[:, 0], s.inputs["places"][:, 0] + window)
        window, span = window + rows, span + len(s.keys)
    assert (window, span) == (len(joined["input_ids"]), len(joined["places"]))
