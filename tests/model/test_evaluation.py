"""Is what a report draws made of rows outside the fit, and does it say what the metrics say?"""

from __future__ import annotations

import json

import numpy as np
import pytest

from fiador.decision.policy import points, stakes
from fiador.metrics.costs import realised_cost
from fiador.metrics.discrimination import auc
from fiador.model.comparison import measure
from fiador.model.development import Development, fingerprint
from fiador.model.evaluation import CutOffCosts, Predictions, counterpart, curves, with_and_without
from fiador.portfolio import Costs as Declared
from fiador.portfolio import Points


@pytest.fixture(scope="module")
def material():
    """Data, predictions, costs, figures of 1,500 rows whose PD is true by construction; every fifth has no exposure."""
    import pandas as pd

    rng = np.random.default_rng(3)
    n = 1500
    risk = rng.beta(1, 4, n)
    bad = (rng.random(n) < risk).astype(np.int64)
    exposure = np.where(np.arange(n) % 5 == 0, np.nan, rng.lognormal(8, 1, n))
    rows = pd.DataFrame({"risk": risk})
    data = Development(rows, {"risk": "number"}, bad, np.arange(n) % 3, exposure, 3, 0)
    at = stakes(Declared(exposure="amount", lgd=0.45, margin=0.1), exposure)
    costs = CutOffCosts(0.1 / 0.55, 0.2, at.loss_if_bad, at.gain_if_good)
    figures = measure(bad, risk, risk, data.fold, cut_off=costs.cut_off, draws=20, seed=0)
    return data, Predictions(risk**2, risk, points(risk, Points())), costs, figures


@pytest.fixture(scope="module")
def drawn(material):
    data, predictions, costs, figures = material
    return curves(predictions, data, figures, costs)


def test_pooled_figures_are_over_all_rows_and_the_folds_are_those_measured(material, drawn):
    data, predictions, _, figures = material
    assert drawn["pooled"]["auc"] == pytest.approx(auc(data.bad, predictions.pd)) == pytest.approx(figures.pooled_auc)
    assert [fold["auc"] for fold in drawn["folds"]] == figures.by_fold["auc"].tolist()
    assert sum(fold["rows"] for fold in drawn["folds"]) == len(data.bad)


def test_the_points_at_the_cut_off_are_the_confusion_s(material, drawn):
    data, _, _, figures = material
    cells = figures.confusion
    goods, bads = drawn["roc"]["at_cut_off"]
    assert goods == pytest.approx(cells["fp"] / (cells["fp"] + cells["tn"]))
    assert bads == pytest.approx(cells["tp"] / (cells["tp"] + cells["fn"]))
    assert drawn["precision_recall"]["at_cut_off"] == pytest.approx([bads, cells["tp"] / (cells["tp"] + cells["fp"])])
    at = drawn["cut_offs"]["formula"]
    approved = cells["tn"] + cells["fn"]
    assert drawn["cut_offs"]["approved"][at] == pytest.approx(approved / len(data.bad))
    assert drawn["cut_offs"]["bad_rate"][at] == pytest.approx(cells["fn"] / approved)


def test_the_ks_point_lies_on_the_drawn_curve_and_at_its_score(material, drawn):
    data, predictions, _, _ = material
    at = drawn["ks"]["at"]
    below = predictions.score <= at["score"]
    assert at["bads"] == pytest.approx(below[data.bad == 1].mean())
    assert at["goods"] == pytest.approx(below[data.bad == 0].mean())
    assert at["distance"] == pytest.approx(drawn["pooled"]["ks"])
    assert at["score"] in drawn["ks"]["score"].tolist()
    assert (np.diff(drawn["ks"]["score"]) >= 0).all()


def test_scores_and_deciles_hold_every_row_once(material, drawn):
    data, _, _, _ = material
    scores, deciles = drawn["scores"], drawn["gains"]["deciles"]
    assert scores["goods"].sum() == (data.bad == 0).sum()
    assert scores["bads"].sum() == data.bad.sum() == sum(each["bads"] for each in deciles)
    assert [each["rows"] for each in deciles] == [150] * 10
    assert deciles[-1]["bads_so_far"] == deciles[-1]["lift_so_far"] == 1.0
    assert deciles[0]["lift"] == pytest.approx(deciles[0]["bad_rate"] / data.bad.mean())


def test_costs_are_those_of_rows_with_an_exposure_and_the_band_holds_them(material, drawn):
    data, predictions, costs, _ = material
    curve, priced = drawn["cut_offs"], np.isfinite(data.exposure)
    at = curve["formula"]
    stake = {"loss_if_bad": costs.loss_if_bad[priced], "gain_if_good": costs.gain_if_good[priced]}
    expected = realised_cost(data.bad[priced], predictions.pd[priced], cut_off=costs.cut_off, **stake)
    assert curve["cost"][at] == pytest.approx(expected)
    assert (curve["rows"], curve["of"]) == (1200, 1500)
    assert (curve["cost_low"] <= curve["cost"]).all()
    assert (curve["cost"] <= curve["cost_high"]).all()
    assert curve["cut_off"][curve["empirical"]] == 0.2
    everybody = realised_cost(data.bad[priced], predictions.pd[priced], cut_off=1.1, **stake)
    assert curve["cost_of_approving_everybody"] == pytest.approx(everybody)


def test_a_calibration_that_is_true_lies_nearer_the_diagonal_than_one_that_is_not(drawn):
    def off(when: str) -> float:
        return max(abs(each["mean_pd"] - each["bad_rate"]) for each in drawn["reliability"][when])

    assert off("after") < off("before")
    assert all(each["low"] <= each["bad_rate"] <= each["high"] for each in drawn["reliability"]["after"])


def test_the_counterpart_is_the_same_candidate_the_other_way_where_it_was_compared():
    entered = ["lightgbm", "logistic_regression", "lightgbm+lender_set"]
    assert counterpart("lightgbm", entered) == "lightgbm+lender_set"
    assert counterpart("lightgbm+lender_set", entered) == "lightgbm"
    assert counterpart("logistic_regression", entered) is None


def test_with_is_with_whichever_of_the_two_is_the_champion(material):
    _, _, _, figures = material
    both = {"lightgbm": figures, "lightgbm+lender_set": figures}
    one = with_and_without(both, "lightgbm", "lightgbm+lender_set", ["grade"])
    other = with_and_without(both, "lightgbm+lender_set", "lightgbm", ["grade"])
    assert one == other
    assert (one["with"], one["without"]) == ("lightgbm+lender_set", "lightgbm")
    assert one["better_by"]["auc"]["mean"] == 0.0


def test_a_bundle_holds_the_evaluation_of_its_champion_and_of_its_counterpart(bundle):
    evaluation = bundle.evaluation
    assert set(evaluation["candidates"]) == {"lightgbm", "lightgbm+lender_set"}
    assert evaluation["lender_set"]["features"] == ["loan_grade", "loan_int_rate"]
    assert evaluation["lender_set"]["better_by"]["auc"]["mean"] > 0
    assert [each["feature"] for each in evaluation["importance"]["features"]] == list(bundle.model.features)
    cut_offs = evaluation["candidates"]["lightgbm"]["cut_offs"]
    assert cut_offs["cut_off"][cut_offs["formula"]] == pytest.approx(bundle.cut_off, rel=1e-7)
    cost = bundle.metrics["empirical_cut_off"]["cost_at_formula"]
    assert cut_offs["cost"][cut_offs["formula"]] == pytest.approx(cost, rel=1e-7)
    assert json.loads(json.dumps(evaluation, allow_nan=False)) == evaluation


def test_the_fingerprint_is_of_the_rows_and_nothing_else(material):
    data, *_ = material
    again = Development(data.rows.copy(), data.features, data.bad.copy(), data.fold, data.exposure, 3, 7)
    assert fingerprint(data) == fingerprint(again)
    other = data.rows.copy()
    other.loc[4, "risk"] = np.nan
    assert fingerprint(Development(other, data.features, data.bad, data.fold, data.exposure, 3, 0)) != fingerprint(data)
