"""Does no figure about a learned thing come from rows of its fit?

A fold's own targets may not move what is said of the fold. The checkers below flip them and look; each is shown
catching a planted leak, so that their silence means something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from fiador.model.calibration import CALIBRATORS, calibrate, cross_fit
from fiador.model.candidates import CANDIDATES, Contest, Request
from fiador.model.development import Development
from fiador.model.fitting import fit, out_of_fold

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Calibration = Callable[[Integers, Floats, Integers], Floats]
Prediction = Callable[[Contest, Development], Floats]
FOLDS = 3


def folds_moved_by_own_targets(predicted: Callable[[Integers], Floats], y: Integers, fold: Integers) -> list[int]:
    """The folds whose predictions change when their own targets are flipped."""
    before = predicted(y)
    moved = []
    for k in range(FOLDS):
        own = fold == k
        if not np.array_equal(predicted(np.where(own, 1 - y, y))[own], before[own]):
            moved.append(k)
    return moved


def leaks_of_calibration(calibration: Calibration) -> list[int]:
    rng = np.random.default_rng(0)
    raw = rng.beta(1, 3, 300)
    y = (rng.random(300) < raw).astype(np.int64)
    fold = np.arange(300, dtype=np.int64) % FOLDS
    return folds_moved_by_own_targets(lambda targets: calibration(targets, raw, fold), y, fold)


def leaks_of_prediction(predict: Prediction, candidate: str) -> list[int]:
    data, contest = development(), contest_of(candidate)
    return folds_moved_by_own_targets(lambda targets: predict(contest, replace(data, bad=targets)), data.bad, data.fold)


def development() -> Development:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "income": np.where(rng.random(300) < 0.1, np.nan, rng.lognormal(3, 0.5, 300)),
            "home": rng.choice(np.array(["Own", "Rent"], dtype=object), 300),
        }
    )
    bad = (rng.random(300) < np.where(rows["home"] == "Rent", 0.5, 0.2)).astype(np.int64)
    fold = np.arange(300, dtype=np.int64) % FOLDS
    return Development(rows, {"income": "number", "home": "level"}, bad, fold, np.full(300, 100.0), FOLDS, 0)


def contest_of(candidate: str) -> Contest:
    request = Request({"income": "number", "home": "level"}, {}, seed=0, threads=1)
    return Contest(candidate, CANDIDATES[candidate], request, False)


def out_of_fold_prediction(contest: Contest, data: Development) -> Floats:
    return out_of_fold(contest, data, lambda _fold: None)


def in_sample_prediction(contest: Contest, data: Development) -> Floats:
    """The planted leak: one fit on all rows predicts them all."""
    fitted = fit(contest, data)
    return np.asarray(fitted.predict_proba(data.rows)[:, 1])


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_a_folds_own_targets_do_not_move_its_calibrated_pds(calibrator: str) -> None:
    assert leaks_of_calibration(lambda y, raw, fold: cross_fit(y, raw, fold, calibrator=calibrator)) == []


@pytest.mark.parametrize("calibrator", ["platt", "isotonic"])
def test_a_planted_in_sample_calibrator_is_caught_in_every_fold(calibrator: str) -> None:
    def in_sample(y: Integers, raw: Floats, _fold: Integers) -> Floats:
        return calibrate(y, raw, calibrator=calibrator).apply(raw)

    assert leaks_of_calibration(in_sample) == [0, 1, 2]


def test_a_calibrator_that_sees_one_fold_of_its_own_is_caught_there() -> None:
    def leaks_in_fold_one(y: Integers, raw: Floats, fold: Integers) -> Floats:
        pds = cross_fit(y, raw, fold, calibrator="platt")
        pds[fold == 1] = calibrate(y[fold == 1], raw[fold == 1]).apply(raw[fold == 1])
        return pds

    assert leaks_of_calibration(leaks_in_fold_one) == [1]


@pytest.mark.parametrize("candidate", ["dummy", "logistic_regression", "decision_tree", "lightgbm"])
def test_a_folds_own_targets_do_not_move_its_out_of_fold_predictions(candidate: str) -> None:
    assert leaks_of_prediction(out_of_fold_prediction, candidate) == []


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("candidate", ["logistic_regression", "lightgbm"])
def test_a_planted_fit_on_all_rows_is_caught_in_every_fold(candidate: str) -> None:
    assert leaks_of_prediction(in_sample_prediction, candidate) == [0, 1, 2]


def test_every_row_is_predicted_by_a_fit_that_left_its_fold_out() -> None:
    predicted = out_of_fold_prediction(contest_of("dummy"), data := development())
    bad_rate_of_the_others = [data.bad[data.fold != k].mean() for k in data.fold]
    np.testing.assert_allclose(predicted, bad_rate_of_the_others)
