"""Does no figure about a learned thing come from rows of its fit?

A fold's own targets may not move what is said of the fold. The checkers below flip them and look; each is shown
catching a planted leak, so that their silence means something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from fiador.model.calibration import CALIBRATORS, calibrate, cross_fit
from fiador.model.candidates import CANDIDATES, Contest, Request
from fiador.model.champion import Champion
from fiador.model.development import Development
from fiador.model.fitting import fit, out_of_fold
from fiador.portfolio import Costs, Selection
from fiador.use_cases import training

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Calibration = Callable[[Integers, Floats, Integers], Floats]
Prediction = Callable[[Contest, Development], Floats]
FOLDS = 3
QUESTIONS = ("permutation_importance", "global_contributions")


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


Kept = Callable[[training.Competition, Development], training.Competition]


def as_competed(competition: training.Competition, _data: Development) -> training.Competition:
    return competition


def shipped_fit_for_every_fold(competition: training.Competition, data: Development) -> training.Competition:
    """The planted leak: what ships saw every row, and is asked of every fold."""
    contest = competition.champion
    return replace(competition, fitted={contest.name: [fit(contest, data)] * FOLDS})


def leaks_of_what_is_asked(
    question: str, candidate: str, monkeypatch: pytest.MonkeyPatch, kept: Kept = as_competed
) -> list[int]:
    """The folds whose held-out rows get another answer, to the last bit, from the fit handed to `question` for them."""
    data = development()

    def answers(targets: Integers) -> Floats:
        flipped = replace(data, bad=targets)
        asked = handed_to(question, candidate, flipped, monkeypatch, kept)
        assert len(asked) == FOLDS
        answered = np.full((len(targets), 1 + len(data.features)), np.nan)
        for fold, champion in enumerate(asked):
            held_out = data.fold == fold
            rows = data.rows[held_out]
            answered[held_out] = np.column_stack([champion.log_odds(rows), champion.phi(rows)])
        assert np.isfinite(answered).all()
        return answered

    return folds_moved_by_own_targets(answers, data.bad, data.fold)


def handed_to(
    question: str, candidate: str, data: Development, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> list[Champion]:
    """The fits a training hands to one of its two questions. Their answers need targets, so the fits are taken
    where they are handed over."""
    asked: dict[str, list[Champion]] = {}
    for name in QUESTIONS:

        def listen(champions: list[Champion], *_: object, name: str = name, **__: object) -> dict[str, Any]:
            asked[name] = champions
            return {}

        monkeypatch.setattr(training, name, listen)
    call = cast("training.Call", call_of(candidate))
    competition = kept(training._compete(call, data, set()), data)
    training._inputs(call, data, competition, competition.champion)
    return asked[question]


def call_of(candidate: str) -> SimpleNamespace:
    """As much of a training's call as competing and asking read."""
    feature = SimpleNamespace(risk=None, group="")
    portfolio = SimpleNamespace(
        training=SimpleNamespace(candidates=(candidate,), aim="auc"),
        policy=SimpleNamespace(ship_lender_set=False),
        features={"income": feature, "home": feature},
        costs=Costs(bad_approved=9, good_declined=1),
        selection=Selection(),
    )
    return SimpleNamespace(
        portfolio=portfolio,
        document={},
        options=training.TrainingOptions(threads=1),
        progress=lambda *_: None,
        timings=training.Timings(lambda: 0.0),
        seed=0,
        calibrator="platt",
    )


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("candidate", ["logistic_regression", "lightgbm"])
def test_a_folds_own_targets_do_not_move_the_fit_its_rows_are_asked_of(question, candidate, monkeypatch) -> None:
    assert leaks_of_what_is_asked(question, candidate, monkeypatch) == []


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("candidate", ["logistic_regression", "lightgbm"])
def test_asking_the_shipped_fit_of_every_fold_is_caught(question, candidate, monkeypatch) -> None:
    assert leaks_of_what_is_asked(question, candidate, monkeypatch, shipped_fit_for_every_fold) == [0, 1, 2]


def test_asking_the_next_folds_fit_is_caught_in_every_fold(monkeypatch) -> None:
    def turned(competition: training.Competition, _data: Development) -> training.Competition:
        first, *rest = competition.fitted[competition.champion.name]
        return replace(competition, fitted={competition.champion.name: [*rest, first]})

    assert leaks_of_what_is_asked("permutation_importance", "lightgbm", monkeypatch, turned) == [0, 1, 2]
