"""Are predictions made into PDs as a second method makes them, and can a bundle hold what was learned?"""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from fiador.errors import BundleError, DataError, PortfolioError
from fiador.model.calibration import (
    CALIBRATORS,
    Isotonic,
    NoCalibration,
    Platt,
    calibrate,
    calibrator_from_json,
    cross_fit,
)
from fiador.words import LANGUAGES

Floats = NDArray[np.float64]


def overconfident(rows: int, seed: int) -> tuple[Floats, Floats]:
    """Outcomes, and predictions whose log-odds are twice as far from zero as the truth's."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-1.0, 1.0, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.float64)
    return y, 1 / (1 + np.exp(-2 * log_odds))


def line_by_sklearn(y: Floats, prediction: Floats, counts: Floats | None = None) -> tuple[float, float]:
    x = np.log(prediction / (1 - prediction))[:, None]
    fitted = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x, y, sample_weight=counts)
    return float(fitted.intercept_[0]), float(fitted.coef_[0, 0])


@pytest.mark.parametrize("rows", [60, 500])
@pytest.mark.parametrize("seed", range(4))
def test_platts_line_is_the_logistic_regression_sklearn_fits(rows: int, seed: int) -> None:
    y, prediction = overconfident(rows, seed)
    fitted = calibrate(y, prediction, calibrator="platt")
    assert isinstance(fitted, Platt)
    assert (fitted.intercept, fitted.slope) == pytest.approx(line_by_sklearn(y, prediction), abs=1e-4)


def test_the_mean_pd_is_the_bad_rate() -> None:
    y, prediction = overconfident(500, seed=9)
    for calibrator in ("platt", "isotonic"):
        pd = calibrate(y, prediction, calibrator=calibrator).apply(prediction)
        assert pd.mean() == pytest.approx(y.mean(), abs=1e-6)


def test_predictions_twice_too_extreme_are_halved_in_log_odds() -> None:
    y, prediction = overconfident(20_000, seed=1)
    fitted = calibrate(y, prediction, calibrator="platt")
    assert isinstance(fitted, Platt)
    assert fitted.slope == pytest.approx(0.5, abs=0.03)


def test_separated_classes_get_the_line_of_platts_targets() -> None:
    # his targets, (50 + 1)/(50 + 2) for a bad and 1/(50 + 2) for a good, as rows that are partly bad and partly good
    y, prediction = np.repeat([0.0, 1.0], 50), np.linspace(0.05, 0.95, 100)
    target = np.where(y == 1, 51 / 52, 1 / 52)
    twice = np.concatenate([prediction, prediction])
    expected = line_by_sklearn(np.repeat([1.0, 0.0], 100), twice, np.concatenate([target, 1 - target]))
    fitted = calibrate(y, prediction, calibrator="platt")
    assert isinstance(fitted, Platt)
    assert (fitted.intercept, fitted.slope) == pytest.approx(expected, abs=1e-3)


def test_predictions_that_rank_upside_down_give_everybody_the_bad_rate() -> None:
    y, prediction = overconfident(400, seed=2)
    pd = calibrate(y, 1 - prediction, calibrator="platt").apply([0.1, 0.5, 0.9])
    np.testing.assert_allclose(pd, y.mean())


@pytest.mark.parametrize("calibrator", ["platt", "isotonic"])
def test_constant_predictions_give_everybody_the_bad_rate(calibrator: str) -> None:
    pd = calibrate([0, 0, 0, 1], [0.6] * 4, calibrator=calibrator).apply([0.1, 0.6, 0.9])
    np.testing.assert_allclose(pd, 0.25)


def test_isotonic_agrees_with_sklearn_where_predictions_tie() -> None:
    rng = np.random.default_rng(3)
    prediction = rng.random(600).round(2)
    y = (rng.random(600) < prediction**2).astype(np.float64)
    grid = np.linspace(0, 1, 500)
    expected = IsotonicRegression(out_of_bounds="clip").fit(prediction, y).predict(grid)
    fitted = calibrate(y, prediction, calibrator="isotonic")
    np.testing.assert_allclose(fitted.apply(grid), np.clip(expected, 1e-6, 1 - 1e-6), atol=1e-12)


def test_isotonic_pools_neighbours_that_rank_upside_down() -> None:
    # 0.2 has one bad of one, 0.3 none of one: pooled to one half; 0.1 none, 0.4 one of one
    fitted = calibrate([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], calibrator="isotonic")
    np.testing.assert_allclose(fitted.apply([0.1, 0.2, 0.25, 0.3, 0.35, 0.4]), [1e-6, 0.5, 0.5, 0.5, 0.75, 1 - 1e-6])


def test_isotonic_of_predictions_upside_down_gives_everybody_the_bad_rate() -> None:
    fitted = calibrate([1, 1, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.5], calibrator="isotonic")
    np.testing.assert_allclose(fitted.apply([0.0, 0.25, 1.0]), 0.4)


def test_uncalibrated_predictions_are_only_clipped() -> None:
    assert calibrate([0, 1], [0.1, 0.9], calibrator="none").apply([0.0, 0.3, 1.0]).tolist() == [1e-6, 0.3, 1 - 1e-6]


@pytest.mark.parametrize("calibrator", CALIBRATORS)
@given(seed=st.integers(0, 1000))
def test_a_calibrator_never_changes_who_is_riskier_and_gives_pds(calibrator: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prediction = rng.random(30).round(1)
    y = np.append(rng.integers(0, 2, 28), [0, 1])
    pd = calibrate(y, prediction, calibrator=calibrator).apply(np.linspace(0, 1, 200))
    assert (np.diff(pd) >= 0).all()
    assert pd.min() >= 1e-6
    assert pd.max() <= 1 - 1e-6


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_a_calibrator_read_back_from_json_gives_the_same_pds(calibrator: str) -> None:
    y, prediction = overconfident(300, seed=4)
    fitted = calibrate(y, prediction, calibrator=calibrator)
    opened = calibrator_from_json(json.loads(json.dumps(fitted.to_json())))
    assert opened == fitted
    assert opened.apply(prediction).tolist() == fitted.apply(prediction).tolist()


@pytest.mark.filterwarnings("error")
def test_extreme_lines_give_clipped_pds_without_a_warning() -> None:
    pd = Platt(intercept=0.0, slope=100.0).apply([0.0, 0.5, 1.0])
    assert pd.tolist() == [1e-6, 0.5, 1 - 1e-6]


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_the_parts_of_a_cross_fit_are_fitted_on_the_other_folds(calibrator: str) -> None:
    y, prediction = overconfident(90, seed=5)
    fold = np.arange(90) % 3
    pd = cross_fit(y, prediction, fold, calibrator=calibrator)
    for k in range(3):
        by_hand = calibrate(y[fold != k], prediction[fold != k], calibrator=calibrator).apply(prediction[fold == k])
        assert pd[fold == k].tolist() == by_hand.tolist()


def test_cross_fitted_pds_of_an_overconfident_model_are_calibrated() -> None:
    y, prediction = overconfident(20_000, seed=6)
    pd = cross_fit(y, prediction, np.arange(20_000) % 5, calibrator="platt")
    x = np.log(pd / (1 - pd))[:, None]
    assert LogisticRegression(C=np.inf).fit(x, y).coef_[0, 0] == pytest.approx(1.0, abs=0.05)


def test_one_fold_cannot_be_cross_fitted() -> None:
    with pytest.raises(DataError, match="cross-fitting needs two folds or more"):
        cross_fit([0, 1], [0.1, 0.9], [0, 0])


def test_an_unknown_calibrator_is_answered_with_the_nearest() -> None:
    with pytest.raises(PortfolioError, match=r"no calibrator 'isotonc'\. Did you mean 'isotonic'\?"):
        calibrate([0, 1], [0.1, 0.9], calibrator="isotonc")


def test_a_calibrator_cannot_be_fitted_on_one_class() -> None:
    with pytest.raises(DataError, match="all 2 rows are good"):
        calibrate([0, 0], [0.1, 0.9])


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_a_calibrator_cannot_be_fitted_on_what_is_no_probability(calibrator: str) -> None:
    with pytest.raises(DataError, match=r"a PD lies in \[0, 1\]"):
        calibrate([0, 1], [-1.0, 2.0], calibrator=calibrator)


def test_a_bundle_with_an_unknown_calibrator_is_refused() -> None:
    with pytest.raises(BundleError, match="no calibrator of kind 'beta'"):
        calibrator_from_json({"kind": "beta"})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"kind": "platt", "intercept": 0.1}, "slope"),
        ({"kind": "platt", "intercept": 0.1, "slope": -1.0}, "the slope at least 0"),
        ({"kind": "platt", "intercept": float("nan"), "slope": 1.0}, "must be numbers"),
        ({"kind": "isotonic", "predictions": [0.1, 0.2], "pds": [0.3]}, "rising lists of one length"),
        ({"kind": "isotonic", "predictions": [0.1, 0.2], "pds": [0.3, 0.2]}, "rising lists of one length"),
        ({"kind": "isotonic", "predictions": [], "pds": []}, "rising lists of one length"),
    ],
)
def test_a_calibrator_that_could_change_the_order_is_refused(data: dict[str, object], why: str) -> None:
    with pytest.raises(BundleError, match=f"the calibrator can't be read .*{why}"):
        calibrator_from_json(data)


@pytest.mark.parametrize("name", CALIBRATORS)
def test_every_calibrator_has_words_in_every_language(name: str) -> None:
    assert sorted(CALIBRATORS[name].says) == sorted(language.code for language in LANGUAGES)


def test_values_of_calibrators_are_equal_by_what_they_hold() -> None:
    assert Isotonic((0.1,), (0.2,)) == Isotonic((0.1,), (0.2,))
    assert NoCalibration() == NoCalibration()
