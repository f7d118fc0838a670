"""Do the figures about probabilities agree with hand counts and with scikit-learn?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_by_sklearn

from fiador.errors import DataError
from fiador.metrics.calibration import brier, calibration_slope, ece, log_loss

Floats = NDArray[np.float64]
PROBABILITY_METRICS = [brier, log_loss, calibration_slope, ece]


def applications(rows: int, seed: int, *, digits: int = 3) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    pd = np.clip(rng.beta(1, 4, rows).round(digits), 0.001, 0.999)
    return (rng.random(rows) < pd).astype(np.float64), pd


def slope_by_sklearn(y: Floats, pd: Floats, counts: Floats | None = None) -> float:
    x = np.log(pd / (1 - pd))[:, None]
    fitted = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x, y, sample_weight=counts)
    return float(fitted.coef_[0, 0])


def ece_in_a_loop(y: Floats, pd: Floats, bins: int) -> float:
    """Sorted from the riskiest down and cut into equal parts; for distinct PDs whose number the bins divide."""
    order = np.argsort(-pd)
    parts = zip(np.split(y[order], bins), np.split(pd[order], bins), strict=True)
    return sum(abs(part_y.mean() - part_pd.mean()) for part_y, part_pd in parts) / bins


def test_the_brier_score_is_the_mean_squared_distance() -> None:
    assert brier([0, 1, 1], [0.1, 0.8, 0.5]) == pytest.approx((0.01 + 0.04 + 0.25) / 3)


def test_log_loss_is_the_mean_surprise() -> None:
    assert log_loss([0, 1], [0.2, 0.5]) == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)


def test_a_certainty_that_fails_costs_the_log_of_a_million() -> None:
    assert log_loss([0, 1], [1.0, 1.0]) == pytest.approx(np.log(1e6) / 2, abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_brier_and_log_loss_agree_with_sklearn(seed: int) -> None:
    y, pd = applications(500, seed)
    assert brier(y, pd) == pytest.approx(brier_score_loss(y, pd), abs=1e-12)
    assert log_loss(y, pd) == pytest.approx(log_loss_by_sklearn(y, pd), abs=1e-12)


def test_the_slope_is_one_where_each_pd_is_its_bad_rate() -> None:
    assert calibration_slope([0, 0, 0, 1, 0, 1, 1, 1], [0.25] * 4 + [0.75] * 4) == pytest.approx(1)


def test_pds_twice_too_extreme_in_log_odds_have_a_slope_of_one_half() -> None:
    # one in four bad means odds of 1:3; said as 1:9, whose log-odds are twice as far from zero
    assert calibration_slope([0, 0, 0, 1, 0, 1, 1, 1], [0.1] * 4 + [0.9] * 4) == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("shift", "stretch"), [(0.0, 1.0), (-6.0, 1.0), (5.0, 3.0), (0.0, 0.1)])
def test_the_slope_agrees_with_sklearn_however_far_off_the_pds_are(seed: int, shift: float, stretch: float) -> None:
    y, pd = applications(400, seed)
    odds = np.exp(shift + stretch * np.log(pd / (1 - pd)))
    far_off = np.clip(odds / (1 + odds), 2e-6, 1 - 2e-6)
    assert calibration_slope(y, far_off) == pytest.approx(slope_by_sklearn(y, far_off), rel=1e-4)


def test_pds_a_thousand_times_too_low_still_have_a_slope() -> None:
    y = np.array([1.0] * 97 + [0.0] * 3)
    far_too_low = np.random.default_rng(0).uniform(0.0005, 0.0015, 100)
    assert calibration_slope(y, far_too_low) == pytest.approx(slope_by_sklearn(y, far_too_low), rel=1e-3)


def test_pds_that_rank_upside_down_have_a_negative_slope() -> None:
    assert calibration_slope([0, 0, 0, 1, 0, 1, 1, 1], [0.75] * 4 + [0.25] * 4) == pytest.approx(-1)


def test_a_constant_pd_has_no_slope() -> None:
    assert np.isnan(calibration_slope([0, 0, 1, 0], [0.25] * 4))


@pytest.mark.parametrize("rows", [2, 50])
def test_perfectly_separated_classes_have_no_slope(rows: int) -> None:
    y = np.repeat([0, 1], rows)
    assert np.isnan(calibration_slope(y, np.linspace(0.1, 0.9, 2 * rows)))


@pytest.mark.parametrize("pd", [[0.2, 0.5, 0.5, 0.8], [0.8, 0.5, 0.5, 0.2], [0.1, 0.2, 0.2, 0.2]])
def test_classes_that_only_touch_at_one_pd_have_no_slope(pd: list[float]) -> None:
    assert np.isnan(calibration_slope([0, 0, 1, 1], pd))


def test_a_draw_in_which_the_classes_only_touch_has_no_slope() -> None:
    y, pd = [0, 0, 1, 1, 1], [0.2, 0.5, 0.5, 0.8, 0.1]
    drawn = calibration_slope(y, pd, weights=[[1, 1, 1, 1, 0], [1, 1, 1, 1, 1], [5, 5, 5, 5, 0]])
    assert np.isnan(drawn).tolist() == [True, False, True]


def test_the_slope_of_each_draw_agrees_with_sklearn() -> None:
    y, pd = applications(400, seed=3)
    counts = np.random.default_rng(0).multinomial(400, np.full(400, 1 / 400), 12).astype(np.float64)
    expected = [slope_by_sklearn(y, pd, one) for one in counts]
    np.testing.assert_allclose(calibration_slope(y, pd, weights=counts), expected, atol=2e-5)


def test_a_draw_far_from_its_sample_still_finds_its_own_slope() -> None:
    y, pd = applications(60, seed=5)
    counts = np.where(y == 1, 40.0, 1.0)[None, :]
    assert calibration_slope(y, pd, weights=counts)[0] == pytest.approx(slope_by_sklearn(y, pd, counts[0]), abs=1e-4)


def test_a_draw_of_one_class_or_of_one_pd_has_no_slope() -> None:
    y, pd = [0, 1, 0, 1], [0.2, 0.2, 0.6, 0.4]
    drawn = calibration_slope(y, pd, weights=[[1, 0, 1, 0], [0, 1, 0, 1], [3, 2, 0, 0], [0, 0, 0, 0]])
    assert np.isnan(drawn).all()


def test_ece_is_the_mean_gap_between_pd_and_bad_rate_by_bin() -> None:
    # the riskier half: one of two bad against a mean of 0.8; the safer: none of two against 0.2
    assert ece([0, 0, 0, 1], [0.1, 0.3, 0.7, 0.9], bins=2) == pytest.approx((0.3 + 0.2) / 2)


def test_equal_pds_are_never_parted_by_a_bin() -> None:
    # six rows in three bins of two; the four at 0.2 stay together, so their gap is counted once: |1/4 − 0.2| · 4/6
    assert ece([0, 0, 0, 1, 0, 1], [0.2] * 4 + [0.5] * 2, bins=3) == pytest.approx(0.05 * 4 / 6)


def test_a_constant_pd_is_off_by_its_distance_from_the_bad_rate() -> None:
    assert ece([0, 0, 0, 1], [0.4] * 4) == pytest.approx(0.15)


@pytest.mark.parametrize("seed", range(3))
def test_ece_has_fifteen_bins_of_equal_mass(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pd = rng.permutation(np.linspace(0.01, 0.6, 450))
    y = (rng.random(450) < pd / 2).astype(np.float64)
    assert ece(y, pd) == pytest.approx(ece_in_a_loop(y, pd, bins=15), abs=1e-12)


@pytest.mark.parametrize("of", [brier, log_loss, ece])
@given(seed=st.integers(0, 10_000))
def test_whole_weights_count_like_repeated_rows(of: Callable[..., Floats], seed: int) -> None:
    y, pd = applications(40, seed, digits=1)
    counts = np.random.default_rng(seed + 1).integers(0, 4, 40)
    repeated = of(np.repeat(y, counts), np.repeat(pd, counts))
    assert of(y, pd, weights=counts[None, :])[0] == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize(("of", "within"), [(brier, 1e-12), (log_loss, 1e-12), (ece, 1e-12), (calibration_slope, 1e-6)])
def test_weights_of_one_give_the_figure_without_weights(of: Callable[..., Floats], within: float) -> None:
    y, pd = applications(200, seed=1, digits=2)
    np.testing.assert_allclose(of(y, pd, weights=np.ones((2, 200))), np.repeat(of(y, pd), 2), atol=within)


@pytest.mark.parametrize("of", [brier, log_loss, ece])
def test_a_draw_of_one_class_still_has_its_distance_and_one_of_nobody_has_none(of: Callable[..., Floats]) -> None:
    drawn = of([0, 1], [0.2, 0.6], weights=[[1, 0], [0, 0]])
    assert drawn[0] == pytest.approx(of([0], [0.2]))
    assert np.isnan(drawn[1])


@pytest.mark.parametrize("of", PROBABILITY_METRICS)
def test_a_prediction_that_is_no_probability_is_refused(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match=r"predictions reach from -2 to 3, and a PD lies in \[0, 1\]"):
        of([0, 1], [-2.0, 3.0])


@pytest.mark.parametrize("of", PROBABILITY_METRICS)
def test_a_missing_prediction_is_refused(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match="1 predictions are NaN or infinite"):
        of([0, 1], [0.2, np.nan])


@pytest.mark.parametrize("of", PROBABILITY_METRICS)
def test_no_rows_are_refused(of: Callable[..., float]) -> None:
    with pytest.raises(DataError, match="there are no rows to measure"):
        of([], [])


def test_the_slope_of_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="all 2 rows are bad: this metric needs goods and bads"):
        calibration_slope([1, 1], [0.2, 0.4])
