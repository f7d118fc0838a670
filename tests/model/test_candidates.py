"""Which candidates enter with which inputs, and may only those ship that explain exactly?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from fiador.model.candidates import CANDIDATES, Contest, Request, contests
from fiador.model.champion import pack, unpack
from fiador.model.development import Development
from fiador.model.fitting import fit
from fiador.portfolio import parse_document

FEATURES = {"age": "number", "purpose": "level", "burden": "number"}


def entered(
    document: dict[str, Any], *, lender_set: tuple[str, ...] = (), candidates: tuple[str, ...] = ()
) -> dict[str, Contest]:
    """The contests of the tiny portfolio, by name."""
    policy = {**document["policy"], "lender_set": list(lender_set)}
    training = {"candidates": list(candidates)}
    portfolio = parse_document({**document, "policy": policy, "training": training})
    return {c.name: c for c in contests(portfolio, FEATURES, lender_set=lender_set, seed=3)}


def development() -> Development:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "age": np.where(rng.random(240) < 0.1, np.nan, rng.integers(18, 80, 240)),
            "purpose": np.where(rng.random(240) < 0.05, np.nan, rng.choice(np.array(["car", "home"], object), 240)),
            "burden": rng.random(240),
        }
    )
    bad = (rng.random(240) < 0.15 + 0.5 * rows["burden"]).astype(np.int64)
    return Development(rows, FEATURES, bad, np.arange(240) % 3, np.full(240, 1.0), 3, 0)


def test_every_candidate_enters_where_none_is_named(tiny_document: dict[str, Any]) -> None:
    assert list(entered(tiny_document)) == list(CANDIDATES)


def test_only_named_candidates_enter_in_the_order_named(tiny_document: dict[str, Any]) -> None:
    assert list(entered(tiny_document, candidates=("lightgbm", "dummy"))) == ["lightgbm", "dummy"]


def test_the_lenders_own_opinion_enters_only_beside_and_by_name(tiny_document: dict[str, Any]) -> None:
    with_opinion = entered(tiny_document, lender_set=("purpose",))
    both = {"logistic_regression+lender_set", "lightgbm+lender_set"}
    assert set(with_opinion) == set(CANDIDATES) | both
    for name, contest in with_opinion.items():
        assert ("purpose" in contest.features) == contest.lender_set == (name in both)


def test_without_a_lender_set_no_candidate_runs_twice(tiny_document: dict[str, Any]) -> None:
    assert not any(contest.lender_set for contest in entered(tiny_document).values())


def test_declared_directions_reach_the_trees_levels_first(tiny_document: dict[str, Any]) -> None:
    # the portfolio declares that burden raises risk; purpose is a level and comes first
    assert entered(tiny_document)["lightgbm"].request.directions() == [0, 0, 1]


def test_a_risk_that_falls_is_a_direction_of_minus_one() -> None:
    assert Request({"age": "number", "burden": "number"}, {"age": "down"}, seed=0).directions() == [-1, 0]


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_ships_or_says_why_not(name: str) -> None:
    assert CANDIDATES[name].ships != bool(CANDIDATES[name].compared_only)


def test_only_lightgbm_and_logistic_regression_ship() -> None:
    assert {name for name, candidate in CANDIDATES.items() if candidate.ships} == {"lightgbm", "logistic_regression"}


@pytest.mark.parametrize("name", [n for n, c in CANDIDATES.items() if c.ships])
def test_a_candidate_that_ships_can_be_packed_and_opened(name: str) -> None:
    data = development()
    fitted = fit(Contest(name, CANDIDATES[name], Request(FEATURES, {}, seed=0, threads=1), False), data)
    assert np.isfinite(unpack(pack(name, fitted, FEATURES)).log_odds(data.rows)).all()


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_predicts_the_missing_and_the_unseen(name: str) -> None:
    data = development()
    with threadpool_limits(1):  # scikit-learn's boosting takes every core, and waits for those that are busy
        fitted = fit(Contest(name, CANDIDATES[name], Request(FEATURES, {}, seed=0, threads=1), False), data)
    odd = data.rows.head(4).assign(age=np.nan, burden=np.nan, purpose=["boat", np.nan, "car", "boat"])
    with threadpool_limits(1):
        p = fitted.predict_proba(odd)[:, 1]
    assert ((p > 0) & (p < 1)).all()


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_is_a_plain_estimator_that_can_be_cloned(name: str) -> None:
    pipeline = CANDIDATES[name].make(Request(FEATURES, {"burden": "up"}, seed=5, threads=1))
    assert repr(clone(pipeline)) == repr(pipeline)


@pytest.mark.parametrize("name", ["lightgbm", "logistic_regression", "decision_tree"])
def test_a_seed_makes_a_fit_repeatable(name: str) -> None:
    data = development()
    contest = Contest(name, CANDIDATES[name], Request(FEATURES, {}, seed=7, threads=1), False)
    one, again = (fit(contest, replace(data)).predict_proba(data.rows)[:, 1].tolist() for _ in range(2))
    assert one == again


def test_the_dummy_says_the_bad_rate_of_everyone() -> None:
    data = development()
    fitted = fit(Contest("dummy", CANDIDATES["dummy"], Request(FEATURES, {}, seed=0, threads=1), False), data)
    np.testing.assert_allclose(fitted.predict_proba(data.rows)[:, 1], data.bad.mean())
