"""Is the shipped model the fitted one, do its contributions add up to its log-odds, and is a foreign file refused?"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import skops.io
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from fiador.bundle import ModelFiles
from fiador.errors import BundleError
from fiador.model.candidates import CANDIDATES, Contest, Request
from fiador.model.champion import Champion, pack, unpack
from fiador.model.development import Development
from fiador.model.fitting import fit
from fiador.model.preparation import for_trees

Floats = NDArray[np.float64]
# home and home_kind: one name begins with the other
FEATURES = {"income": "number", "home": "level", "age": "number", "home_kind": "level"}
SHIPPING = ["lightgbm", "logistic_regression"]


def rows(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    income = np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(3, 0.6, n))
    home = rng.choice(np.array(["Own", "Rent", "Other"], dtype=object), n)
    home[rng.random(n) < 0.05] = np.nan
    kind = rng.choice(np.array(["flat", "house"], dtype=object), n)
    age = rng.integers(18, 80, n).astype(np.float64)
    return pd.DataFrame({"income": income, "home": home, "age": age, "home_kind": kind})


def development(n: int = 500) -> Development:
    frame = rows(n)
    log_odds = -1 + 1.2 * (frame["home"] == "Rent") - 0.02 * (frame["age"] - 40) - 0.5 * frame["income"].isna()
    bad = (np.random.default_rng(1).random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return Development(frame, FEATURES, bad, np.arange(n) % 3, np.full(n, 100.0), 3, 0)


def fitted(candidate: str) -> Pipeline:
    contest = Contest(candidate, CANDIDATES[candidate], Request(FEATURES, {}, seed=0, threads=1), False)
    return fit(contest, development())


def opened(candidate: str) -> Champion:
    return unpack(pack(candidate, fitted(candidate), FEATURES))


def log_odds_of(pipeline: Pipeline, frame: pd.DataFrame) -> Floats:
    p = pipeline.predict_proba(frame[list(FEATURES)])[:, 1]
    return np.log(p / (1 - p))


@pytest.mark.parametrize("candidate", SHIPPING)
def test_contributions_and_bias_sum_to_the_log_odds(candidate: str) -> None:
    champion, frame = opened(candidate), rows(300, seed=2)
    phi = champion.phi(frame)
    assert phi.shape == (300, 4)
    np.testing.assert_allclose(phi.sum(axis=1) + champion.bias, champion.log_odds(frame), atol=1e-9, rtol=0)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("candidate", SHIPPING)
def test_the_shipped_model_says_what_the_fitted_one_says(candidate: str) -> None:
    pipeline, frame = fitted(candidate), rows(300, seed=3)
    champion = unpack(pack(candidate, pipeline, FEATURES))
    np.testing.assert_allclose(champion.log_odds(frame), log_odds_of(pipeline, frame), atol=1e-9)


@pytest.mark.parametrize("candidate", SHIPPING)
def test_two_fits_on_the_same_rows_are_packed_as_the_same_bytes(candidate: str) -> None:
    assert pack(candidate, fitted(candidate), FEATURES) == pack(candidate, fitted(candidate), FEATURES)


@pytest.mark.parametrize("candidate", SHIPPING)
def test_one_application_is_scored_as_in_a_batch(candidate: str) -> None:
    champion, frame = opened(candidate), rows(40, seed=4)
    alone = [champion.log_odds(frame.iloc[[i]])[0] for i in range(40)]
    np.testing.assert_allclose(alone, champion.log_odds(frame), atol=1e-12)
    np.testing.assert_allclose(champion.phi(frame.iloc[[7]])[0], champion.phi(frame)[7], atol=1e-12)


@pytest.mark.parametrize("candidate", SHIPPING)
def test_the_order_of_a_frames_columns_is_of_no_consequence(candidate: str) -> None:
    champion, frame = opened(candidate), rows(40, seed=5)
    turned = frame[["age", "home_kind", "home", "income"]]
    assert champion.log_odds(turned).tolist() == champion.log_odds(frame).tolist()
    assert champion.phi(turned).tolist() == champion.phi(frame).tolist()


@pytest.mark.parametrize("candidate", SHIPPING)
def test_a_level_a_model_never_saw_is_a_missing_one(candidate: str) -> None:
    champion, frame = opened(candidate), rows(60, seed=6)
    unseen, missing = frame.assign(home="Boat"), frame.assign(home=np.nan)
    assert champion.log_odds(unseen).tolist() == champion.log_odds(missing).tolist()
    assert champion.phi(unseen).tolist() == champion.phi(missing).tolist()


def test_in_a_linear_model_a_value_moves_no_contribution_but_its_own() -> None:
    champion, frame = opened("logistic_regression"), rows(30, seed=8)
    for at, (name, other) in enumerate({"income": np.nan, "home": "Own", "age": 99.0, "home_kind": "flat"}.items()):
        moved = (champion.phi(frame.assign(**{name: other})) != champion.phi(frame)).any(axis=0)
        assert np.flatnonzero(moved).tolist() in ([at], []), name


def test_a_linear_contribution_is_coefficient_times_column_by_hand() -> None:
    # age alone: standardised by the development mean and sd, and never missing there
    pipeline, frame = fitted("logistic_regression"), rows(25, seed=9)
    age = development().rows["age"]
    names = list(pipeline.named_steps["prepare"].get_feature_names_out())
    coefficient = pipeline.named_steps["model"].coef_[0][names.index("numbers__age")]
    by_hand = coefficient * (frame["age"] - age.mean()) / age.std(ddof=0)
    champion = unpack(pack("logistic_regression", pipeline, FEATURES))
    np.testing.assert_allclose(champion.phi(frame)[:, 2], by_hand, atol=1e-9)


def test_a_stumps_contribution_is_its_leaf_less_the_mean_leaf() -> None:
    # 20 applications without and 30 with a debt; 4 and 21 bads. One Newton step from the log-odds of 25 in 50
    debt = np.repeat([0.0, 1.0], [20, 30])
    bad = np.concatenate([np.repeat([1, 0], [4, 16]), np.repeat([1, 0], [21, 9])])
    start, curvature = 0.0, 0.25  # logit(25/50), and p(1 − p) at it
    leaves = [start + (4 - 10) / (20 * curvature), start + (21 - 15) / (30 * curvature)]
    mean_leaf = (20 * leaves[0] + 30 * leaves[1]) / 50
    model = LGBMClassifier(n_estimators=1, num_leaves=2, learning_rate=1.0, min_child_samples=1, verbose=-1, n_jobs=1)
    pipeline = Pipeline([("prepare", for_trees({"debt": "number"})), ("model", model)])
    pipeline.fit(pd.DataFrame({"debt": debt}), bad)
    champion = unpack(pack("lightgbm", pipeline, {"debt": "number"}))
    phi = champion.phi(pd.DataFrame({"debt": [0.0, 1.0]}))
    np.testing.assert_allclose(phi[:, 0], [leaves[0] - mean_leaf, leaves[1] - mean_leaf], atol=1e-6)
    assert champion.bias == pytest.approx(mean_leaf, abs=1e-6)


def test_a_feature_the_trees_never_read_contributes_nothing() -> None:
    data = development()
    constant = replace(data, rows=data.rows.assign(age=40.0))
    contest = Contest("lightgbm", CANDIDATES["lightgbm"], Request(FEATURES, {}, seed=0, threads=1), False)
    champion = unpack(pack("lightgbm", fit(contest, constant), FEATURES))
    assert champion.phi(rows(50))[:, list(FEATURES).index("age")].tolist() == [0.0] * 50


def test_a_declared_direction_is_kept_by_the_shipped_trees() -> None:
    request = Request(FEATURES, {"age": "down"}, seed=0, threads=1)
    champion = unpack(
        pack("lightgbm", fit(Contest("lightgbm", CANDIDATES["lightgbm"], request, False), development()), FEATURES)
    )
    one = rows(30, seed=10)
    by_age = np.stack([champion.log_odds(one.assign(age=float(age))) for age in range(18, 80, 4)])
    assert (np.diff(by_age, axis=0) <= 1e-12).all()


def test_a_model_file_with_a_type_nobody_trusts_is_refused_before_it_is_built() -> None:
    foreign = Pipeline([("prepare", FunctionTransformer(os.getcwd)), ("model", LogisticRegression())])
    tampered = ModelFiles("logistic_regression", FEATURES, {"pipeline.skops": skops.io.dumps(foreign)})
    with pytest.raises(BundleError, match=r"the model file holds types that are not trusted .*getcwd"):
        unpack(tampered)
