"""What would a validator draw of a model, from rows outside its fit?

`evaluation.json`: of the champion, and of the same candidate with (or without) the lender-set features: curves,
reliability, scores, gains and costs over all development rows, each row's PD from the fit that left its fold out and
calibrated on the other folds ("pooled"). Of the champion also what each input is worth. Curves are thinned to 200 of
their points; no point is moved. Nothing in it depends on the time, the machine or the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fiador.look.steps import round_steps
from fiador.metrics import METRICS
from fiador.metrics.binning import BULK
from fiador.metrics.costs import approvals, cost_by_cut_off
from fiador.metrics.curves import Curve, corners, gains_points, ks_curve, precision_recall_points, roc_points
from fiador.metrics.intervals import wilson
from fiador.metrics.sample import Floats, sample
from fiador.metrics.slices import Slice, slices
from fiador.model.comparison import MIDDLE_95, CandidateFigures, bootstrap_counts, lead
from fiador.model.development import Development
from fiador.model.figures import plain

FORMAT = 1
SIGNIFICANT = 8  # digits kept: more than paper shows, few enough that a last bit doesn't show
CUT_OFFS = 101
SCORE_BINS = 32
DECILES = 10
DRAWS = 200
GRID = np.linspace(0, 1, 51)  # shares of goods declined at which the folds' curves are read


@dataclass(frozen=True)
class Predictions:
    """A candidate's predictions of every development row, each from a fit that left its fold out.

    raw, pd: (n,) before and after calibration. score: (n,) points of the PD.
    """

    raw: Floats
    pd: Floats
    score: Floats


@dataclass(frozen=True)
class CutOffCosts:
    """cut_off: the formula's. empirical: the cross-fitted cheapest. loss_if_bad, gain_if_good: (n,), NaN = unknown."""

    cut_off: float
    empirical: float
    loss_if_bad: Floats
    gain_if_good: Floats


def evaluation_json(
    candidates: Mapping[str, Mapping[str, Any]],
    *,
    champion: str,
    selection: Mapping[str, Any],
    lender_set: Mapping[str, Any] | None,
    importance: Mapping[str, Any],
    contributions: Mapping[str, Any],
) -> dict[str, Any]:
    """The parts as one document, numbers at eight significant digits.

    candidates: by name, of `curves`. selection: of `selection_json`, the champion's. lender_set: of `with_and_without`.
    importance, contributions: the champion's.
    """
    body = {
        "format": FORMAT,
        "champion": champion,
        "candidates": dict(candidates),
        "selection": selection,
        "lender_set": lender_set,
        "importance": importance,
        "contributions": contributions,
    }
    short: dict[str, Any] = plain(body, lambda value: float(f"{value:.{SIGNIFICANT}g}"))
    return short


def counterpart(champion: str, contests: Sequence[str]) -> str | None:
    """The same candidate with the lender-set features, or without them; None where it wasn't compared.

    >>> counterpart("lightgbm", ["lightgbm", "lightgbm+lender_set"]), counterpart("lightgbm+lender_set", ["lightgbm"])
    ('lightgbm+lender_set', 'lightgbm')
    """
    other = champion.removesuffix("+lender_set")
    other = other if other != champion else f"{champion}+lender_set"
    return other if other in contests else None


def with_and_without(
    candidates: Mapping[str, CandidateFigures], name: str, other: str, features: Sequence[str]
) -> dict[str, Any]:
    """What the lender's own opinion adds: by metric, how much better with it, mean over folds, drawn in pairs.

    name, other: the two contests, in any order. features: those only one of them reads.
    """
    with_, without = sorted((name, other), key=lambda n: not n.endswith("+lender_set"))
    better = {m.name: asdict(lead(candidates[with_], candidates[without], m.name)) for m in METRICS}
    return {"features": list(features), "with": with_, "without": without, "better_by": better}


def curves(of: Predictions, data: Development, figures: CandidateFigures, costs: CutOffCosts) -> dict[str, Any]:
    """Everything drawn of one candidate: each part a JSON-like value, by name.

    of: (n,) predictions of data's rows, in its order. DataError where a fold holds one class.
    """
    bad = data.bad
    return {
        "pooled": _pooled(bad, of.pd, costs.cut_off),
        "folds": _folds(data, figures),
        "roc": {**_roc(bad, of.pd, costs.cut_off), "folds": _roc_by_fold(data, of.pd)},
        "precision_recall": _precision_recall(bad, of.pd, costs.cut_off),
        "ks": _ks(bad, of),
        "reliability": {"before": _slices_json(slices(bad, of.raw)), "after": _slices_json(slices(bad, of.pd))},
        "scores": _scores(bad, of.score),
        "gains": _gains(bad, of.pd),
        "cut_offs": _by_cut_off(data, of.pd, costs),
    }


def _pooled(bad: NDArray[np.int64], pd: Floats, cut_off: float) -> dict[str, float]:
    """Every metric over all rows at once: other numbers than the means over folds."""
    on = sample(bad, pd)
    return {metric.name: float(metric.on(on, cut_off=cut_off)[0]) for metric in METRICS}


def _folds(data: Development, figures: CandidateFigures) -> list[dict[str, Any]]:
    rows = np.bincount(data.fold, minlength=data.folds)
    bads = np.bincount(data.fold, weights=data.bad, minlength=data.folds)
    metrics = ("auc", "ks", "brier", "calibration_slope")
    return [
        {"rows": int(rows[fold]), "bads": int(bads[fold]), **{name: figures.by_fold[name][fold] for name in metrics}}
        for fold in range(data.folds)
    ]


def _roc(bad: NDArray[np.int64], pd: Floats, cut_off: float) -> dict[str, Any]:
    curve = roc_points(bad, pd)
    at = _at(curve, cut_off)
    return {**_thin(curve, at, ("goods_declined", "bads_declined")), "at_cut_off": [curve.x[at], curve.y[at]]}


def _roc_by_fold(data: Development, pd: Floats) -> dict[str, Any]:
    """The lowest and the highest of the folds' curves, read at even shares of goods declined."""
    heights = []
    for fold in range(data.folds):
        curve = roc_points(data.bad[data.fold == fold], pd[data.fold == fold])
        last = np.append(np.diff(curve.x) > 0, True)  # the top of each upright step
        heights.append(np.interp(GRID, curve.x[last], curve.y[last]))
    return {"goods_declined": GRID, "low": np.min(heights, axis=0), "high": np.max(heights, axis=0)}


def _precision_recall(bad: NDArray[np.int64], pd: Floats, cut_off: float) -> dict[str, Any]:
    curve = precision_recall_points(bad, pd)
    bad_up_to = np.flatnonzero(curve.cut_off >= cut_off)
    if len(bad_up_to) == 0:
        return {**_thin(curve, 0, ("recall", "precision")), "at_cut_off": None}
    at = int(bad_up_to[-1])
    return {**_thin(curve, at, ("recall", "precision")), "at_cut_off": [curve.x[at], curve.y[at]]}


def _ks(bad: NDArray[np.int64], predictions: Predictions) -> dict[str, Any]:
    """Shares of bads and of goods with a score up to each, the riskiest first, and where the two are furthest apart."""
    curve = ks_curve(bad, predictions.pd)
    order = np.argsort(-predictions.pd, kind="stable")
    pds, first = np.unique(-predictions.pd[order], return_index=True)
    score = np.concatenate([[predictions.score[order][0]], predictions.score[order][first]])
    assert len(pds) + 1 == len(curve.cut_off)
    width = max(float(score[-1] - score[0]), 1e-9)
    places = corners(np.stack([(score - score[0]) / width, curve.bads, curve.goods], axis=1), keep=[curve.at])
    bads, goods = curve.bads[curve.at], curve.goods[curve.at]
    point = {"score": score[curve.at], "bads": bads, "goods": goods, "distance": abs(bads - goods)}
    return {"score": score[places], "bads": curve.bads[places], "goods": curve.goods[places], "at": point}


def _at(curve: Curve, cut_off: float) -> int:
    """The last point at which nobody below the cut-off is called bad."""
    return int(np.flatnonzero(curve.cut_off >= cut_off)[-1])


def _thin(curve: Curve, at: int, names: tuple[str, str]) -> dict[str, Floats]:
    places = corners(np.stack([curve.x, curve.y], axis=1), keep=[at])
    return {names[0]: curve.x[places], names[1]: curve.y[places]}


def _slices_json(parts: Sequence[Slice]) -> list[dict[str, Any]]:
    return [{**asdict(each), "bad_rate": each.bad_rate} for each in parts]


def _scores(bad: NDArray[np.int64], score: Floats) -> dict[str, Any]:
    """Goods and bads by points, in bins of a round width; the outer ones hold everything beyond."""
    low, high = np.quantile(score, BULK)
    least = max(float(high - low), 1.0) / SCORE_BINS * (1 - 1e-9)
    width = next(step for step in round_steps(least, factors=(1.0, 2.0, 5.0)) if step >= least)
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1.5) * width
    inside = np.clip(score, edges[0], np.nextafter(edges[-1], -np.inf))
    counts = {name: np.histogram(inside[bad == c], edges)[0] for name, c in (("goods", 0), ("bads", 1))}
    return {"edges": edges, **counts}


def _gains(bad: NDArray[np.int64], pd: Floats) -> dict[str, Any]:
    """By decile from the riskiest: its bad rate, its lift, and what share of all bads it and those before it hold."""
    parts = slices(bad, pd, bins=DECILES)
    rows, bads = np.cumsum([each.rows for each in parts]), np.cumsum([each.bads for each in parts])
    overall = bads[-1] / rows[-1]
    deciles = [
        {
            **row,
            "lift": row["bad_rate"] / overall,
            "applications_so_far": rows[at] / rows[-1],
            "bads_so_far": bads[at] / bads[-1],
            "lift_so_far": bads[at] / rows[at] / overall,
        }
        for at, row in enumerate(_slices_json(parts))
    ]
    curve = gains_points(bad, pd)
    places = corners(np.stack([curve.x, curve.y], axis=1))
    return {"deciles": deciles, "curve": {"applications": curve.x[places], "bads": curve.y[places]}}


def _by_cut_off(data: Development, pd: Floats, costs: CutOffCosts) -> dict[str, Any]:
    """At each cut-off the mean cost of an application, with a 95 % bootstrap band, the approval rate, the bad rate."""
    priced = np.isfinite(costs.loss_if_bad) & np.isfinite(costs.gain_if_good)
    at = _cut_offs(pd, costs)
    below = approvals(data.bad, pd, at)
    low, high = zip(*(wilson(int(b), int(n)) for b, n in zip(below.bads, below.rows, strict=True)), strict=True)
    rate = np.divide(below.bads, below.rows, out=np.full(len(at), np.nan), where=below.rows > 0)
    return {
        "cut_off": at,
        "formula": int(np.flatnonzero(at == costs.cut_off)[0]),
        "empirical": int(np.flatnonzero(at == costs.empirical)[0]),
        "approved": below.share,
        "bad_rate": rate,
        "bad_rate_low": low,
        "bad_rate_high": high,
        "rows": int(priced.sum()),
        "of": len(priced),
        **_cost_band(data, pd, costs, priced, at),
    }


def _cut_offs(pd: Floats, costs: CutOffCosts) -> Floats:
    """Even steps from 0 to where hardly a PD lies above, and the two cut-offs themselves."""
    top = min(1.0, max(2 * costs.cut_off, float(np.quantile(pd, 0.99))))
    return np.unique(np.concatenate([np.linspace(0, top, CUT_OFFS), [costs.cut_off, costs.empirical]]))


def _cost_band(
    data: Development, pd: Floats, costs: CutOffCosts, priced: NDArray[np.bool_], at: Floats
) -> dict[str, Any]:
    """Over rows with a known cost: cost, and the middle 95 % of draws, rows drawn with replacement within folds."""

    def cost_of(rows: NDArray[np.bool_]) -> Callable[..., Floats]:
        stakes = {"loss_if_bad": costs.loss_if_bad[rows], "gain_if_good": costs.gain_if_good[rows]}
        return lambda **weights: cost_by_cut_off(data.bad[rows], pd[rows], at, **stakes, **weights)

    total = np.zeros((DRAWS, len(at)))
    for fold in range(data.folds):
        rows = priced & (data.fold == fold)
        if rows.any():
            drawn = bootstrap_counts(int(rows.sum()), draws=DRAWS, seed=(data.seed, fold, 1))
            total += rows.sum() * np.concatenate([cost_of(rows)(weights=counts) for counts in drawn])
    low, high = np.quantile(total / priced.sum(), MIDDLE_95, axis=0)
    everybody = float(np.where(data.bad == 1, costs.loss_if_bad, 0.0)[priced].mean())
    return {"cost": cost_of(priced)(), "cost_low": low, "cost_high": high, "cost_of_approving_everybody": everybody}
