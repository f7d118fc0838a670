"""Do the rank metrics agree with hand counts, with scikit-learn, and with what ranks must obey?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score, roc_auc_score

from fiador.errors import DataError
from fiador.metrics.discrimination import auc, average_precision, gini, ks

Floats = NDArray[np.float64]
RANK_METRICS = [auc, gini, ks, average_precision]
BY_ANOTHER_HAND: dict[Callable[..., object], Callable[[Floats, Floats], float]] = {
    auc: lambda y, p: float(roc_auc_score(y, p)),
    gini: lambda y, p: 2 * float(roc_auc_score(y, p)) - 1,
    ks: lambda y, p: float(ks_2samp(p[y == 1], p[y == 0]).statistic),
    average_precision: lambda y, p: float(average_precision_score(y, p)),
}


@st.composite
def ranked_applications(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Goods, bads and predictions on a coarse grid, so that ties are common."""
    n = draw(st.integers(2, 25))
    y = draw(hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    y[:2] = 0.0, 1.0
    grid = draw(hnp.arrays(np.int64, n, elements=st.integers(0, 8)))
    return y, grid / 8


def with_ties(rows: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    pd = rng.beta(1, 4, rows).round(2)
    return (rng.random(rows) < pd).astype(np.float64), pd


def test_auc_counts_the_pairs_a_bad_wins_and_half_of_the_ties() -> None:
    # bads 0.3 and 0.6 against goods 0.1, 0.3, 0.6: wins 1 + 2, ties 1 + 1, of six pairs
    assert auc([0, 0, 0, 1, 1], [0.1, 0.3, 0.6, 0.3, 0.6]) == pytest.approx((3 + 2 * 0.5) / 6)


def test_gini_is_twice_the_auc_above_one_half() -> None:
    assert gini([0, 0, 0, 1, 1], [0.1, 0.3, 0.6, 0.3, 0.6]) == pytest.approx(2 * (4 / 6) - 1)


def test_ks_is_the_largest_gap_between_the_classes() -> None:
    # at or above 0.3: both bads, two of three goods; at or above 0.6: one of two bads, one of three goods
    assert ks([0, 0, 0, 1, 1], [0.1, 0.3, 0.6, 0.3, 0.6]) == pytest.approx(1 - 2 / 3)


def test_average_precision_weighs_precision_by_the_recall_gained() -> None:
    # at 0.6 precision 1/2 gains half the bads; at 0.3 precision 2/4 gains the other half
    assert average_precision([0, 0, 0, 1, 1], [0.1, 0.3, 0.6, 0.3, 0.6]) == pytest.approx(0.5 * 0.5 + 0.5 * 0.5)


def test_a_perfect_order_has_the_best_value_of_every_rank_metric() -> None:
    assert [of([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9]) for of in RANK_METRICS] == [1, 1, 1, 1]


def test_a_constant_prediction_ranks_nobody() -> None:
    y, pd = [0, 0, 0, 1], [0.3] * 4
    assert [auc(y, pd), gini(y, pd), ks(y, pd), average_precision(y, pd)] == [0.5, 0, 0, 0.25]


@pytest.mark.parametrize("of", RANK_METRICS)
@pytest.mark.parametrize("seed", range(5))
def test_a_rank_metric_agrees_with_a_second_method_where_predictions_tie(of: Callable[..., float], seed: int) -> None:
    y, pd = with_ties(700, seed)
    assert of(y, pd) == pytest.approx(BY_ANOTHER_HAND[of](y, pd), abs=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
@given(rows=ranked_applications())
def test_a_rising_map_of_the_predictions_changes_no_rank_metric(
    of: Callable[..., float], rows: tuple[Floats, Floats]
) -> None:
    y, pd = rows
    assert of(y, np.exp(5 * pd) - 3) == pytest.approx(of(y, pd), abs=1e-12)


@given(rows=ranked_applications())
def test_the_gini_of_a_reversed_order_is_its_opposite(rows: tuple[Floats, Floats]) -> None:
    y, pd = rows
    assert gini(y, 1 - pd) == pytest.approx(-gini(y, pd), abs=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
@given(rows=ranked_applications(), seed=st.integers(0, 1000))
def test_the_order_of_the_rows_is_of_no_consequence(
    of: Callable[..., float], rows: tuple[Floats, Floats], seed: int
) -> None:
    y, pd = rows
    order = np.random.default_rng(seed).permutation(len(y))
    assert of(y[order], pd[order]) == pytest.approx(of(y, pd), abs=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
@given(rows=ranked_applications())
def test_weights_of_one_give_the_figure_without_weights(of: Callable[..., Floats], rows: tuple[Floats, Floats]) -> None:
    y, pd = rows
    np.testing.assert_allclose(of(y, pd, weights=np.ones((3, len(y)))), np.repeat(of(y, pd), 3), atol=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
@given(rows=ranked_applications(), seed=st.integers(0, 1000))
def test_whole_weights_count_like_repeated_rows(
    of: Callable[..., Floats], rows: tuple[Floats, Floats], seed: int
) -> None:
    y, pd = rows
    counts = np.random.default_rng(seed).integers(0, 4, len(y))
    counts[:2] = np.maximum(counts[:2], 1)  # the first two rows are a good and a bad
    repeated = of(np.repeat(y, counts), np.repeat(pd, counts))
    assert of(y, pd, weights=counts[None, :])[0] == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
def test_many_draws_at_once_give_what_each_gives_alone(of: Callable[..., Floats]) -> None:
    y, pd = with_ties(300, seed=7)
    counts = np.random.default_rng(0).integers(0, 4, (20, 300))
    alone = [of(np.repeat(y, one), np.repeat(pd, one)) for one in counts]
    np.testing.assert_allclose(of(y, pd, weights=counts), alone, atol=1e-12)


@pytest.mark.parametrize("of", RANK_METRICS)
def test_a_draw_of_one_class_has_no_rank_metric(of: Callable[..., Floats]) -> None:
    only_goods, only_bads, nobody, both = [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1]
    drawn = of([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], weights=[only_goods, only_bads, nobody, both])
    assert np.isnan(drawn).tolist() == [True, True, True, False]


@pytest.mark.parametrize("of", RANK_METRICS)
@pytest.mark.parametrize(("y", "outcome"), [([0, 0], "all 2 rows are good"), ([1, 1], "all 2 rows are bad")])
def test_rows_of_one_class_are_refused(of: Callable[..., float], y: list[int], outcome: str) -> None:
    with pytest.raises(DataError, match=f"{outcome}: this metric needs goods and bads"):
        of(y, [0.2, 0.4])


@pytest.mark.parametrize("of", RANK_METRICS)
def test_a_missing_prediction_is_refused_and_counted(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match=r"2 predictions are NaN or infinite\. Predict every row\."):
        of([0, 1, 1], [np.nan, 0.5, np.inf])


@pytest.mark.parametrize("of", RANK_METRICS)
def test_no_rows_are_refused(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match="there are no rows to measure"):
        of([], [])
