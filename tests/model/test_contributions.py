"""Do contributions say how far an application lies from a typical approved one, and who is that?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from fiador.model.candidates import CANDIDATES, Contest, Request
from fiador.model.champion import Champion, pack, unpack
from fiador.model.contributions import contributions, distributions, probability, reference_of
from fiador.model.development import Development
from fiador.model.fitting import fit

Floats = NDArray[np.float64]
FEATURES = {"income": "number", "home": "level"}


@dataclass(frozen=True)
class Doubling:
    """A model by hand: log-odds are 2 · income + 1, all of it income's."""

    features: Mapping[str, str]
    bias: float = 1.0

    def log_odds(self, rows: pd.DataFrame) -> Floats:
        return self.phi(rows).sum(axis=1) + self.bias

    def phi(self, rows: pd.DataFrame) -> Floats:
        return np.stack([2 * rows["income"].to_numpy(dtype=np.float64), np.zeros(len(rows))], axis=1)


def rows(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    home = rng.choice(np.array(["Own", "Rent"], dtype=object), n)
    return pd.DataFrame({"income": rng.lognormal(0, 0.5, n).round(2), "home": home})


def trained(candidate: str, frame: pd.DataFrame) -> Champion:
    bad = (np.random.default_rng(1).random(len(frame)) < 1 / (1 + frame["income"])).astype(np.int64)
    data = Development(frame, FEATURES, bad, np.arange(len(frame)) % 3, np.full(len(frame), 1.0), 3, 0)
    request = Request(FEATURES, {}, seed=0, threads=1)
    return unpack(pack(candidate, fit(Contest(candidate, CANDIDATES[candidate], request, False), data), FEATURES))


def test_a_contribution_is_phi_less_the_references_mean_phi() -> None:
    # the reference earns 1 and 2, so its mean phi is 3 and its mean log-odds 4
    applicants = pd.DataFrame({"income": [1.0, 2.0, 9.0], "home": ["Own", "Own", "Rent"]})
    everyone = np.array([True, True, False])
    reference = reference_of(Doubling(FEATURES), applicants, good=everyone, below=everyone)
    result = contributions(Doubling(FEATURES), applicants, reference)
    assert (reference.rows, reference.log_odds, dict(reference.phi)) == (2, 4.0, {"income": 3.0, "home": 0.0})
    assert result.tolist() == [[-1.0, 0.0], [1.0, 0.0], [15.0, 0.0]]


@pytest.mark.parametrize("candidate", ["lightgbm", "logistic_regression"])
def test_contributions_sum_to_the_distance_from_the_reference_in_log_odds(candidate: str) -> None:
    frame = rows(400)
    champion = trained(candidate, frame)
    good, below = np.arange(400) % 5 > 0, np.arange(400) % 3 > 0
    reference = reference_of(champion, frame, good=good, below=below)
    result = contributions(champion, rows(50, seed=2), reference)
    away = champion.log_odds(rows(50, seed=2)) - champion.log_odds(frame[good & below]).mean()
    np.testing.assert_allclose(result.sum(axis=1), away, atol=1e-9)


def test_the_reference_itself_contributes_nothing_on_average() -> None:
    frame = rows(400)
    champion = trained("lightgbm", frame)
    everyone = np.ones(400, dtype=bool)
    reference = reference_of(champion, frame, good=everyone, below=everyone)
    np.testing.assert_allclose(contributions(champion, frame, reference).mean(axis=0), 0, atol=1e-9)


@pytest.mark.parametrize(("approved", "expected"), [(50, 50), (49, 90)])
def test_fewer_than_fifty_goods_below_the_cut_off_make_all_goods_the_reference(approved: int, expected: int) -> None:
    frame = rows(100)
    good, below = np.arange(100) < 90, np.arange(100) < approved
    assert reference_of(Doubling(FEATURES), frame, good=good, below=below).rows == expected


def test_a_bad_below_the_cut_off_is_not_in_the_reference() -> None:
    good = np.arange(100) % 2 == 0
    assert reference_of(Doubling(FEATURES), rows(100), good=good, below=np.ones(100, dtype=bool)).rows == 50


def test_the_typical_value_is_the_median_or_the_most_frequent_level_of_the_reference() -> None:
    applicants = pd.DataFrame({"income": [1.0, 2.0, 4.0, np.nan, 99.0], "home": ["Own", "Rent", "Rent", None, "Own"]})
    good = np.array([True, True, True, True, False])
    reference = reference_of(Doubling(FEATURES), applicants, good=good, below=good)
    assert dict(reference.typical) == {"income": 2.0, "home": "Rent"}


def test_of_equally_frequent_levels_the_first_in_order_is_typical() -> None:
    applicants = pd.DataFrame({"income": [1.0, 1.0], "home": ["Rent", "Own"]})
    reference = reference_of(Doubling(FEATURES), applicants, good=np.ones(2, dtype=bool), below=np.ones(2, dtype=bool))
    assert reference.typical["home"] == "Own"


def test_a_feature_nobody_has_has_no_typical_value() -> None:
    applicants = pd.DataFrame({"income": [np.nan, np.nan], "home": np.array([np.nan, np.nan], dtype=object)})
    reference = reference_of(Doubling(FEATURES), applicants, good=np.ones(2, dtype=bool), below=np.ones(2, dtype=bool))
    assert dict(reference.typical) == {"income": None, "home": None}


def test_distributions_count_every_application_once() -> None:
    frame = rows(500)
    frame.loc[:9, "income"] = np.nan
    frame.loc[10:14, "home"] = np.nan
    bad = np.arange(500) % 4 == 0
    for spread in distributions(frame, bad, FEATURES).values():
        goods = sum(spread["goods"]) + spread["missing"]["goods"]
        bads = sum(spread["bads"]) + spread["missing"]["bads"]
        assert (goods, bads) == ((~bad).sum(), bad.sum())


def test_a_level_is_counted_among_goods_and_among_bads() -> None:
    frame = pd.DataFrame({"home": np.array(["Rent", "Own", "Rent", np.nan], dtype=object)})
    spread = distributions(frame, np.array([True, False, False, True]), {"home": "level"})["home"]
    assert spread == {
        "kind": "level",
        "levels": ["Own", "Rent"],
        "goods": [1, 1],
        "bads": [0, 1],
        "missing": {"goods": 0, "bads": 1},
    }


def test_numbers_are_counted_in_bins_of_equal_width_whose_outer_ones_hold_what_lies_beyond() -> None:
    frame = pd.DataFrame({"income": np.append(np.arange(1000.0) + 0.5, 1e9)})
    spread = distributions(frame, np.zeros(1001, dtype=bool), {"income": "number"}, bins=10)["income"]
    edges = np.array(spread["edges"])
    assert edges[-1] == pytest.approx(np.quantile(frame["income"], 0.995))
    np.testing.assert_allclose(np.diff(edges), np.diff(edges)[0])
    assert spread["goods"][-1] == (frame["income"] >= edges[-2]).sum()


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [np.nan, np.nan, np.nan]])
def test_a_number_of_one_value_or_none_still_has_bins(values: list[float]) -> None:
    spread = distributions(pd.DataFrame({"income": values}), np.zeros(3, dtype=bool), {"income": "number"})["income"]
    assert sum(spread["goods"]) + spread["missing"]["goods"] == 3
    assert (np.diff(spread["edges"]) > 0).all()


@pytest.mark.filterwarnings("error")
def test_log_odds_of_any_size_are_probabilities() -> None:
    # odds of 3 : 1 are three quarters
    result = probability(np.array([-1e4, -np.log(3), 0.0, np.log(3), 1e4]))
    np.testing.assert_allclose(result, [0.0, 0.25, 0.5, 0.75, 1.0])
