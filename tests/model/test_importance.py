"""Is an input worth what its loss costs, and does its shape say which way it moves the risk?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from fiador.model.development import Development
from fiador.model.importance import REPEATS, _spread, global_contributions, groups_of, permutation_importance

Floats = NDArray[np.float64]
FEATURES = {"income": "number", "home": "level", "noise": "number", "echo": "number"}


@dataclass(frozen=True)
class ByHand:
    """log-odds = −3 · income + 2 where the home is rented; noise and echo are not read."""

    features: Mapping[str, str]
    bias: float = 0.0

    def log_odds(self, rows: pd.DataFrame) -> Floats:
        return self.phi(rows).sum(axis=1)

    def phi(self, rows: pd.DataFrame) -> Floats:
        income = -3 * rows["income"].to_numpy(dtype=np.float64)
        rented = np.where(rows["home"].to_numpy(dtype=object) == "Rent", 2.0, 0.0)
        return np.stack([income, rented, np.zeros(len(rows)), np.zeros(len(rows))], axis=1)


@dataclass(frozen=True)
class OnlyHome:
    """log-odds = 2 where the home is rented; nothing else is read."""

    features: Mapping[str, str]
    bias: float = 0.0

    def log_odds(self, rows: pd.DataFrame) -> Floats:
        return self.phi(rows).sum(axis=1)

    def phi(self, rows: pd.DataFrame) -> Floats:
        return np.where(rows["home"].to_numpy(dtype=object) == "Rent", 2.0, 0.0)[:, None]


@pytest.fixture(scope="module")
def data() -> Development:
    rng = np.random.default_rng(0)
    n = 3000
    rows = pd.DataFrame({
        "income": rng.normal(size=n), "home": rng.choice(np.array(["Own", "Rent"], dtype=object), n),
        "noise": rng.normal(size=n), "echo": rng.normal(size=n),
    })  # fmt: skip
    risk = 1 / (1 + np.exp(-ByHand(FEATURES).log_odds(rows)))
    bad = (rng.random(n) < risk).astype(np.int64)
    return Development(rows, FEATURES, bad, np.arange(n) % 3, np.ones(n), 3, 0)


def test_what_the_model_does_not_read_is_worth_nothing_and_what_it_reads_most_is_worth_most(data) -> None:
    champions = [ByHand(FEATURES)] * 3
    result = permutation_importance(champions, data, {"money": ["income", "noise"]}, features=FEATURES, seed=0)
    worth = {each["feature"]: each for each in result["features"]}
    assert worth["noise"]["mean"] == worth["noise"]["sd"] == worth["echo"]["mean"] == 0.0
    assert worth["income"]["mean"] > worth["home"]["mean"] > 0.02
    assert 0 < worth["income"]["low"] < worth["income"]["mean"] < worth["income"]["high"]
    assert worth["noise"]["low"] == worth["noise"]["high"] == 0.0
    (group,) = result["groups"]
    assert group["features"] == ["income", "noise"]
    assert group["mean"] == pytest.approx(worth["income"]["mean"], abs=0.02)  # noise adds nothing to it


def test_the_line_is_students_interval_of_the_mean_over_folds() -> None:
    # by hand: three folds whose repeats average 0.1, 0.2 and 0.3: mean 0.2, s = 0.1, t(0.975, 2) = 4.302653 by table,
    # half the line 4.302653 · 0.1 / √3 = 0.248414. Repeats lie 0.05 and 0.01 to either side of their fold's mean
    around = [0.05, -0.05, 0.01, -0.01, 0.0]
    assert len(around) == REPEATS
    spread = _spread([fold + off for off in around for fold in (0.1, 0.2, 0.3)])
    assert spread["mean"] == pytest.approx(0.2)
    assert (spread["low"], spread["high"]) == pytest.approx((-0.048414, 0.448414), abs=1e-6)
    # Σ of squares around 0.2: 5 · 2 · 0.01 between folds + 3 · 0.0052 within, over 14
    assert spread["sd"] == pytest.approx((0.1156 / 14) ** 0.5)


def test_repeats_that_scatter_round_one_fold_mean_do_not_widen_the_line() -> None:
    steady = _spread([0.1 + off for off in (0.2, -0.2, 0.1, -0.1, 0.0) for _ in range(3)])
    assert (steady["low"], steady["high"]) == pytest.approx((0.1, 0.1))
    assert steady["sd"] > 0.1


def test_an_input_of_chance_is_not_told_from_none_in_19_draws_of_20() -> None:
    rng = np.random.default_rng(5)
    lines = [_spread(rng.normal(0, 0.01, 5 * REPEATS).tolist()) for _ in range(2000)]
    assert np.mean([spread["low"] <= 0 <= spread["high"] for spread in lines]) == pytest.approx(0.95, abs=0.02)


def test_the_same_seed_draws_the_same_and_another_does_not(data) -> None:
    champions = [ByHand(FEATURES)] * 3
    one, two, other = (permutation_importance(champions, data, {}, features=FEATURES, seed=seed) for seed in (0, 0, 1))
    assert one == two != other


def test_a_shape_says_which_way_and_how_far(data) -> None:
    everyone = np.ones(len(data.bad), dtype=bool)
    result = global_contributions(
        [ByHand(FEATURES)] * 3, data, {"both": ["income", "home"]}, features=FEATURES, below=everyone, seed=0
    )
    of = {each["feature"]: each for each in result["features"]}
    assert of["income"]["direction"] == pytest.approx(-1.0, abs=0.01)  # each fold has its own reference
    steps = [bin_["mean"] for bin_ in of["income"]["shape"]]
    assert steps == sorted(steps, reverse=True)
    assert len(steps) == 10
    levels = {each["level"]: each["mean"] for each in of["home"]["shape"]}
    assert levels["Rent"] - levels["Own"] == pytest.approx(2.0, abs=0.02)
    assert of["noise"]["mean_absolute"] == 0.0
    assert of["noise"]["direction"] is None
    goods = data.rows.loc[data.bad == 0]
    apart = np.abs(-3 * (data.rows["income"] - goods["income"].mean())).mean()
    assert of["income"]["mean_absolute"] == pytest.approx(apart, rel=0.05)
    assert result["groups"][0]["mean_absolute"] > of["income"]["mean_absolute"]


def test_what_is_missing_is_told_apart_from_the_shape(data) -> None:
    rows = data.rows.assign(noise=data.rows["noise"].where(np.arange(len(data.bad)) % 4 > 0))
    gapped = Development(rows, FEATURES, data.bad, data.fold, data.exposure, 3, 0)
    everyone = np.ones(len(data.bad), dtype=bool)
    result = global_contributions([ByHand(FEATURES)] * 3, gapped, {}, features=FEATURES, below=everyone, seed=0)
    noise = result["features"][2]
    assert noise["missing"]["rows"] + sum(bin_["rows"] for bin_ in noise["shape"]) == result["rows"]


def test_an_input_counts_as_nothing_in_a_fold_whose_fit_does_not_read_it(data) -> None:
    whole, inputs = ByHand(FEATURES), dict.fromkeys(["income"], "number")
    without = OnlyHome({"home": "level"})
    falls = permutation_importance([whole, whole, whole], data, {}, features=inputs, seed=0)["features"][0]
    fewer = permutation_importance([whole, without, whole], data, {}, features=inputs, seed=0)["features"][0]
    assert fewer["mean"] == pytest.approx(falls["mean"] * 2 / 3, rel=0.1)  # a third of the falls are 0
    everyone = np.ones(len(data.bad), dtype=bool)
    one, other = (
        global_contributions(each, data, {}, features=inputs, below=everyone, seed=0)["features"][0]["mean_absolute"]
        for each in ([whole] * 3, [whole, without, whole])
    )
    assert other == pytest.approx(one * 2 / 3, rel=0.1)


def test_a_group_of_one_is_no_group() -> None:
    assert groups_of(FEATURES, {"income": "money", "noise": "", "echo": "money", "home": "place"}) == {
        "money": ["income", "echo"]
    }
