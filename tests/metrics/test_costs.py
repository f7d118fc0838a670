"""Is the cut-off the costs ask for, and the price of one, what a hand and a brute force find?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from fiador.errors import DataError
from fiador.metrics.costs import (
    approvals,
    cost_by_cut_off,
    empirical_cut_off,
    matrix_cut_off,
    money_cut_off,
    realised_cost,
)

Floats = NDArray[np.float64]


@st.composite
def priced_applications(draw: st.DrawFn) -> tuple[Floats, Floats, Floats, Floats]:
    n = draw(st.integers(1, 15))
    y = draw(hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    pd = draw(hnp.arrays(np.float64, n, elements=st.floats(1e-5, 1 - 1e-5) | st.sampled_from([0.2, 0.5])))
    whole = st.integers(0, 1000).map(float)  # whole money adds up exactly, so equal costs are equal
    loss, gain = (draw(hnp.arrays(np.float64, n, elements=whole)) for _ in range(2))
    return y, pd, loss, gain


def cost_in_a_loop(y: Floats, pd: Floats, cut_off: float, loss: Floats, gain: Floats) -> float:
    total = 0.0
    for bad, risk, lost, earned in zip(y, pd, loss, gain, strict=True):
        if risk >= cut_off:
            total += 0.0 if bad else earned
        else:
            total += lost if bad else 0.0
    return total / len(y)


def test_the_money_cut_off_is_where_margin_and_loss_balance() -> None:
    # 90 % goods earn 0.05 each, 10 % bads lose 0.45 each: 0.045 either way
    assert money_cut_off(margin=0.05, lgd=0.45) == pytest.approx(0.1)


def test_the_matrix_cut_off_weighs_a_good_declined_against_a_bad_approved() -> None:
    assert matrix_cut_off(bad_approved=10, good_declined=1) == pytest.approx(1 / 11)


def test_equal_costs_put_the_cut_off_in_the_middle() -> None:
    assert [matrix_cut_off(bad_approved=3, good_declined=3), money_cut_off(margin=0.2, lgd=0.2)] == [0.5, 0.5]


@pytest.mark.parametrize("odd", [0.0, -0.1, np.nan, np.inf])
def test_a_cost_that_is_not_positive_is_refused_by_name(odd: float) -> None:
    with pytest.raises(DataError, match=r"margin is .*, and a cut-off needs a positive number"):
        money_cut_off(margin=odd, lgd=0.45)
    with pytest.raises(DataError, match=r"bad_approved is .*, and a cut-off needs a positive number"):
        matrix_cut_off(bad_approved=odd, good_declined=1)


def test_the_realised_cost_is_of_bads_approved_and_goods_declined() -> None:
    # bad 0.1 approved loses 900; good 0.5 declined forgoes 30; bad 0.8 declined and good 0.2 approved cost nothing
    cost = realised_cost(
        [1, 0, 1, 0], [0.1, 0.5, 0.8, 0.2], cut_off=0.3, loss_if_bad=[900, 10, 500, 10], gain_if_good=[1, 30, 1, 40]
    )
    assert cost == pytest.approx((900 + 30) / 4)


def test_each_application_may_have_its_own_cut_off() -> None:
    assert realised_cost([0, 0], [0.4, 0.4], cut_off=np.array([0.3, 0.5]), loss_if_bad=9, gain_if_good=2) == 1


def test_the_cheapest_cut_off_lies_between_two_pds() -> None:
    # approving 0.1 and 0.2 only: no bad approved, one good (0.5) declined
    cheapest = empirical_cut_off([0, 0, 1, 0, 1], [0.1, 0.2, 0.4, 0.5, 0.9], loss_if_bad=10, gain_if_good=1)
    assert cheapest == pytest.approx(0.3)


def test_where_no_loss_threatens_everybody_is_approved() -> None:
    cut = empirical_cut_off([0, 0, 0], [0.2, 0.999, 1.0], loss_if_bad=10, gain_if_good=1)
    assert realised_cost([0, 0, 0], [0.2, 0.999, 1.0], cut_off=cut, loss_if_bad=10, gain_if_good=1) == 0


def test_where_everybody_is_bad_everybody_is_declined() -> None:
    cut = empirical_cut_off([1, 1], [0.0, 0.3], loss_if_bad=10, gain_if_good=1)
    assert realised_cost([1, 1], [0.0, 0.3], cut_off=cut, loss_if_bad=10, gain_if_good=1) == 0


def test_of_equally_cheap_cut_offs_the_lowest_is_taken() -> None:
    # declining both forgoes 1 and approving both loses 1; approving only the bad at 0.2 does both
    assert empirical_cut_off([1, 0], [0.2, 0.6], loss_if_bad=1, gain_if_good=1) == pytest.approx(0.1)


@given(rows=priced_applications())
def test_the_cheapest_cut_off_is_no_dearer_than_any_other(rows: tuple[Floats, Floats, Floats, Floats]) -> None:
    y, pd, loss, gain = rows
    cheapest = empirical_cut_off(y, pd, loss_if_bad=loss, gain_if_good=gain)
    everywhere = [0.0, *pd, 1.0]  # a cut-off at a PD declines it: every way to part the rows is tried
    brute_force = min(cost_in_a_loop(y, pd, cut, loss, gain) for cut in everywhere)
    assert cost_in_a_loop(y, pd, cheapest, loss, gain) == pytest.approx(brute_force, abs=1e-9)


@given(rows=priced_applications(), cut_off=st.floats(0.001, 0.999))
def test_the_realised_cost_is_what_a_loop_adds_up(rows: tuple[Floats, Floats, Floats, Floats], cut_off: float) -> None:
    y, pd, loss, gain = rows
    cost = realised_cost(y, pd, cut_off=cut_off, loss_if_bad=loss, gain_if_good=gain)
    assert cost == pytest.approx(cost_in_a_loop(y, pd, cut_off, loss, gain))


def test_on_pds_that_are_true_the_cheapest_cut_off_comes_near_the_formula() -> None:
    rng = np.random.default_rng(0)
    pd = rng.random(200_000)
    y = rng.random(200_000) < pd
    cheapest = empirical_cut_off(y, pd, loss_if_bad=0.45, gain_if_good=0.15)
    assert cheapest == pytest.approx(money_cut_off(margin=0.15, lgd=0.45), abs=0.03)


def test_an_unknown_cost_is_refused_and_counted() -> None:
    with pytest.raises(DataError, match="1 applications have no known cost"):
        realised_cost([0, 1], [0.1, 0.2], cut_off=0.1, loss_if_bad=[9, np.nan], gain_if_good=1)


@given(priced_applications())
def test_the_cost_of_many_cut_offs_is_the_cost_of_each(
    priced: tuple[Floats, Floats, Floats, Floats],
) -> None:
    y, pd, loss, gain = priced
    cut_offs = [0.0, 0.2, 0.5, 0.5000001, 1.0]
    costs = cost_by_cut_off(y, pd, cut_offs, loss_if_bad=loss, gain_if_good=gain)
    assert costs.tolist() == pytest.approx([cost_in_a_loop(y, pd, c, loss, gain) for c in cut_offs])


def test_a_weight_counts_a_row_as_often() -> None:
    y, pd, loss, gain = [0, 1, 0], [0.1, 0.2, 0.9], [5.0, 10.0, 5.0], [1.0, 2.0, 4.0]
    weighted = cost_by_cut_off(y, pd, [0.5], loss_if_bad=loss, gain_if_good=gain, weights=[[2, 0, 1], [0, 1, 0]])
    assert weighted.tolist() == [[pytest.approx(4 / 3)], [10.0]]


def test_who_is_approved_at_a_cut_off_lies_below_it() -> None:
    below = approvals([0, 1, 1, 0], [0.1, 0.2, 0.9, 0.2], [0.0, 0.2, 0.3, 1.0])
    assert below.share.tolist() == [0.0, 0.25, 0.75, 1.0]
    assert (below.rows.tolist(), below.bads.tolist()) == ([0, 1, 3, 4], [0, 0, 1, 2])
