"""Do measures of association agree with textbooks, with scipy, and with what associations must obey?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import kruskal, rankdata, spearmanr
from scipy.stats.contingency import association

from fiador.metrics.association import (
    correlation_ratios,
    cramers_v,
    cross_table,
    information_value,
    rank_correlation,
    ranks,
    spearman,
)


@settings(deadline=None)
@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.sampled_from([0.0, 1.0, 2.5, 7.0, float("nan")])))
def test_ranks_share_ties_and_leave_out_what_is_missing(values: np.ndarray) -> None:
    np.testing.assert_array_equal(ranks(values), rankdata(values, nan_policy="omit"))


def test_spearman_is_scipy_s_where_nothing_is_missing() -> None:
    draw = np.random.default_rng(1)
    x = draw.integers(0, 6, (200, 4)).astype(float)
    x[:, 1] += x[:, 0]
    ours = spearman(np.column_stack([ranks(c) for c in x.T]))
    np.testing.assert_allclose(ours, spearmanr(x).statistic, atol=1e-12)


def test_spearman_looks_at_the_rows_where_both_are_given() -> None:
    nan = float("nan")
    rho = spearman([[1, 1, 5], [2, 2, 5], [3, 3, 5], [4, nan, 5], [nan, 4, nan]])
    assert rho[0, 1] == pytest.approx(1.0)
    assert math.isnan(rho[0, 2])  # the third does not vary
    assert np.isnan(spearman([[nan, 1], [nan, 2], [nan, 3]])[0, 1])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40))
def test_rank_correlation_is_spearmans_ties_included(pairs: list[tuple[int, int]]) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    result = rank_correlation(one, other)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert math.isnan(result)
    else:
        assert result == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)


def test_rank_correlation_of_fewer_than_three_rows_is_not_told() -> None:
    assert math.isnan(rank_correlation([1, 2], [1, 2]))
    assert math.isnan(rank_correlation([], []))


def test_cramers_v_is_bergsma_s_correction_of_the_textbook_s() -> None:
    table = np.array([[30, 10, 5], [10, 40, 20]])
    n, v = table.sum(), association(table, method="cramer")
    phi2 = v**2 * 1  # min(rows, columns) − 1 = 1
    corrected = phi2 - 1 * 2 / (n - 1)
    rows, columns = 2 - 1 / (n - 1), 3 - 4 / (n - 1)
    assert cramers_v(table) == pytest.approx(math.sqrt(corrected / (min(rows, columns) - 1)))


def test_cramers_v_of_chance_is_near_nothing_however_many_levels() -> None:
    draw = np.random.default_rng(2)
    assert cramers_v(cross_table(draw.integers(0, 20, 1000), draw.integers(0, 20, 1000))) < 0.08
    assert math.isnan(cramers_v([[3, 4]]))
    assert math.isnan(cramers_v(cross_table([-1, -1], [0, 1])))


def test_the_correlation_ratio_is_the_root_of_the_anova_s_r_squared() -> None:
    # the usual worked example: algebra 45 70 29 15 21, geometry 40 20 30 42, statistics 65 95 80 70 85 73: η = 0.8386
    marks = [45, 70, 29, 15, 21, 40, 20, 30, 42, 65, 95, 80, 70, 85, 73]
    subject = [0] * 5 + [1] * 4 + [2] * 6
    assert correlation_ratios([subject], np.array(marks)[:, None])[0, 0] == pytest.approx(0.8386, abs=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_the_correlation_ratio_of_ranks_is_the_kruskal_wallis_statistic(seed: int) -> None:
    draw = np.random.default_rng(seed)
    codes, x = draw.integers(0, 3, 40), draw.normal(size=(40, 2)).round(1)
    eta = correlation_ratios([codes], np.column_stack([ranks(c) for c in x.T]))[0]
    for column in range(2):
        groups = [x[codes == level, column] for level in np.unique(codes)]
        assert eta[column] ** 2 * 39 == pytest.approx(kruskal(*groups).statistic)


def test_missing_levels_and_numbers_are_left_out_pair_by_pair() -> None:
    nan = float("nan")
    with_gaps = correlation_ratios([[0, 0, 1, 1, -1, 0]], [[1, 1], [3, nan], [5, 5], [7, nan], [99, 99], [nan, nan]])
    assert with_gaps[0, 0] == pytest.approx(0.8944, abs=5e-5)
    assert with_gaps[0, 1] == pytest.approx(1.0)
    assert np.isnan(correlation_ratios([[0, 0]], [[1.0], [2.0]])).all()
    assert np.isnan(correlation_ratios([[-1, -1]], [[1.0], [2.0]])).all()


def test_information_value_is_counted_by_hand() -> None:
    # by hand: shares of goods 0.6 and 0.4, of bads 0.2 and 0.8: 0.4·ln 3 + 0.4·ln 2 = 0.716704; two bins, 1,000 goods
    # and 100 bads: chance adds 1 · (0.001 + 0.01)
    by_hand = 0.4 * math.log(3) + 0.4 * math.log(2) - 0.011
    assert by_hand == pytest.approx(0.705704, abs=1e-6)
    assert information_value([600, 400], [20, 80]) == pytest.approx(by_hand)
    assert information_value([400, 600], [80, 20]) == pytest.approx(
        by_hand
    )  # the order of the bins is of no consequence


def test_what_chance_adds_counts_the_bins_that_hold_something() -> None:
    assert information_value([600, 0, 400], [20, 0, 80]) == information_value([600, 400], [20, 80])
    assert information_value([51, 49], [49, 51]) == 0.0  # 0.02·ln(51/49)·2 = 0.0016 is less than chance's 0.02
    assert information_value([80], [20]) == 0.0


@pytest.mark.parametrize(("rows", "most"), [(300, 0.08), (1000, 0.025), (5000, 0.005)])
def test_information_value_of_a_shuffled_column_of_14_levels_is_near_nothing(rows: int, most: float) -> None:
    # uncorrected it averages 0.30, 0.09 and 0.017: "useful" at 300 rows
    draw = np.random.default_rng(3)
    bad = np.arange(rows) < rows / 5
    result = []
    for _ in range(200):
        levels = draw.integers(0, 14, rows)
        result.append(information_value(*(np.bincount(levels[side], minlength=14) for side in (~bad, bad))))
    assert np.mean(result) < most
    assert np.median(result) < most / 2


def test_an_empty_class_in_a_bin_leaves_information_value_finite() -> None:
    assert math.isfinite(information_value([10, 0], [0, 10]))
    assert information_value([10, 10, 0], [5, 5, 0]) == pytest.approx(0.0)
    assert math.isnan(information_value([10], [0]))
