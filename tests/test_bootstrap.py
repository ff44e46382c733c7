"""The paired bootstrap says what enumerating every draw says, and keeps to what must hold of any counts."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.score import Counts
from train import bootstrap
from train.bootstrap import paired

MANY = 20_000
SLACK = 4 * (0.25 / MANY) ** 0.5  # of a share: four standard errors at most

GOLD = st.integers(0, 6)


@st.composite
def both(draw, least=1, most=4):
    """Counts of an old and a new model on the same reports: each finds some of what is there."""
    sides = ([], [])
    for gold in draw(st.lists(GOLD, min_size=least, max_size=most)):
        for side in sides:
            right = draw(st.integers(0, gold))
            side.append(Counts(right, draw(st.integers(0, 3)), gold - right))
    return sides


def exact_f1(counts) -> Fraction:
    tp, fp, fn = (sum(getattr(c, name) for c in counts) for name in ("tp", "fp", "fn"))
    return Fraction(2 * tp, 2 * tp + fp + fn) if tp + fp + fn else Fraction(1)


def every_draw(old, new) -> list[Fraction]:
    """The difference on each of the nⁿ draws, all equally likely."""
    places = range(len(old))
    return [
        exact_f1([new[i] for i in draw]) - exact_f1([old[i] for i in draw])
        for draw in product(places, repeat=len(old))
    ]


@given(both(least=3))
@settings(deadline=None, max_examples=60)
def test_shares_and_interval_are_those_of_all_draws(sides):
    old, new = sides
    found = paired(old, new, resamples=MANY)
    if found.difference is None:
        return
    draws = every_draw(old, new)
    assert found.difference == pytest.approx(float(exact_f1(new) - exact_f1(old)))
    assert found.better == pytest.approx(sum(d > 0 for d in draws) / len(draws), abs=SLACK)
    for edge, share in zip(found.interval, (0.025, 0.975), strict=True):
        below = sum(d < edge - 1e-9 for d in draws) / len(draws)
        up_to = sum(d <= edge + 1e-9 for d in draws) / len(draws)
        assert below <= share + SLACK and up_to >= share - SLACK


@given(both(most=12))
@settings(deadline=None, max_examples=100)
def test_the_two_models_mirror_each_other(sides):
    old, new = sides
    there, back = paired(old, new), paired(new, old)
    assert (there.old, there.new) == (back.new, back.old) == (sum(old, Counts()), sum(new, Counts()))
    if there.difference is None:
        assert back.difference is None
        return
    assert there.difference == -back.difference
    assert there.interval == pytest.approx([-edge for edge in reversed(back.interval)])
    assert there.better + back.better <= 1


@given(both(most=12), st.data())
@settings(deadline=None, max_examples=100)
def test_more_found_and_nothing_more_invented_is_never_worse(sides, data):
    """And where every report gained, better on every draw."""
    old, _ = sides
    gained = [data.draw(st.integers(0, c.fn)) for c in old]
    new = [Counts(c.tp + more, c.fp, c.fn - more) for c, more in zip(old, gained, strict=True)]
    found = paired(old, new)
    if found.difference is None:
        return
    assert found.difference >= 0 and found.interval[0] >= 0
    if not any(gained):
        assert (found.difference, found.interval, found.better) == (0.0, (0.0, 0.0), 0.0)
    if all(gained):
        assert found.better == 1.0


def test_the_same_seed_draws_alike_and_another_does_not():
    random = np.random.default_rng(5)
    old, new = ([Counts(*row) for row in random.integers(0, 9, (40, 3)).tolist()] for _ in range(2))
    assert paired(old, new) == paired(old, new) != paired(old, new, seed=1)
    assert 0 < paired(old, new).better < 1


def test_by_default_two_thousand_draws():
    """A share is a whole number of them."""
    old, new = (
        [Counts(1, 0, 1), Counts(0, 0, 2), Counts(2, 1, 0)],
        [Counts(1, 1, 1), Counts(1, 0, 1), Counts(2, 2, 0)],
    )
    share = paired(old, new).better
    assert bootstrap.RESAMPLES == 2000 and share * 2000 == round(share * 2000) and 0 < share < 1
    assert (share * 1999) % 1


def test_an_equal_score_by_other_counts_is_not_better():
    """4 of 8 as against 2 of 4: no rounding makes a winner of a tie."""
    found = paired([Counts(3, 4, 3)] * 3, [Counts(6, 8, 6)] * 3)
    assert (found.difference, found.interval, found.better) == (0.0, (0.0, 0.0), 0.0)


@pytest.mark.parametrize(
    "old, new", [([], []), ([Counts()], [Counts(0, 1, 0)]), ([Counts(0, 1, 0)], [Counts()])]
)
def test_where_nothing_can_be_scored_nothing_is_said(old, new):
    found = paired(old, new)
    assert (found.difference, found.interval, found.better) == (None, None, None)
    assert found.as_dict()["interval"] is None


def test_a_draw_without_anything_is_all_right_for_who_found_nothing():
    """Of two reports one is empty, and the new model invents there: drawn twice, it alone is worse."""
    old, new = [Counts(1, 0, 0), Counts()], [Counts(1, 0, 0), Counts(0, 1, 0)]
    assert paired(new, old, resamples=MANY).better == pytest.approx(3 / 4, abs=SLACK)
    assert paired(old, new).better == 0.0


def test_counts_of_other_reports_are_refused():
    with pytest.raises(ValueError, match="counts of 1 reports and of 2"):
        paired([Counts()], [Counts(), Counts()])


@given(both(least=3))
@settings(deadline=None, max_examples=30)
def test_the_interval_of_one_model_is_that_of_all_draws(sides):
    counts, _ = sides
    found = bootstrap.interval(counts, resamples=MANY)
    if found is None:
        assert not any(c.tp or c.fp or c.fn for c in counts)
        return
    places = range(len(counts))
    draws = [exact_f1([counts[i] for i in draw]) for draw in product(places, repeat=len(counts))]
    for edge, share in zip(found, (0.025, 0.975), strict=True):
        assert sum(d < edge - 1e-9 for d in draws) / len(draws) <= share + SLACK
        assert sum(d <= edge + 1e-9 for d in draws) / len(draws) >= share - SLACK


def test_one_report_is_sure_of_itself_and_none_is_not_scored():
    assert bootstrap.sure([Counts(1, 1, 0)])["interval"] == [2 / 3, 2 / 3]
    assert bootstrap.sure([])["interval"] is None and bootstrap.sure([])["f1"] is None
