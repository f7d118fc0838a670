"""Which candidate is better, by how much, and is that more than luck?

Every figure is a mean over folds. Its interval is a bootstrap within folds, with the same draws for every candidate, so
that differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fiador.metrics import METRICS
from fiador.metrics.classification import confusion
from fiador.metrics.costs import empirical_cut_off, realised_cost
from fiador.metrics.discrimination import auc
from fiador.metrics.sample import Sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS = 200
_CELLS = 4_000_000  # bootstrap counts held at once
_UNCALIBRATED = ("brier", "log_loss", "calibration_slope", "ece")


@dataclass(frozen=True)
class Interval:
    """mean and sd over folds; low and high: a 95 per cent bootstrap interval of the mean. NaN where undefined.

    The bootstrap is centred on the mean first: drawing with replacement biases some figures (ECE upwards).
    """

    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """One candidate's figures. by_fold: metric -> (folds,). draws: metric -> (draws,) bootstrap means over folds.

    Rank metrics read the raw out-of-fold prediction within each fold, the others the cross-fitted calibrated PD.
    pooled_auc ranks all folds' predictions together: another number than the mean over folds.
    """

    intervals: Mapping[str, Interval]
    by_fold: Mapping[str, Floats]
    draws: Mapping[str, Floats]
    confusion: Mapping[str, int]
    pooled_auc: float
    uncalibrated: Mapping[str, float]


def measure(y: Ints, raw: Floats, pd: Floats, fold: Ints, *, cut_off: float, draws: int = DRAWS, seed: int) -> Measured:
    """All metrics of one candidate's out-of-fold predictions, with intervals."""
    folds = np.unique(fold)
    by_fold = {name: np.empty(len(folds)) for name in METRICS}
    drawn = {name: np.zeros(draws) for name in METRICS}
    uncalibrated = dict.fromkeys(_UNCALIBRATED, 0.0)
    for k in folds:
        rows = fold == k
        for name, value in _on_fold(y[rows], raw[rows], pd[rows], cut_off).items():
            by_fold[name][k] = value[0]
        for name in _UNCALIBRATED:
            uncalibrated[name] += float(METRICS[name].of(Sample.of(y[rows], raw[rows]))[0]) / len(folds)
        for name, values in _bootstrap(y[rows], raw[rows], pd[rows], cut_off, draws, [seed, int(k)]).items():
            drawn[name] += values / len(folds)
    intervals = {name: _interval(by_fold[name], drawn[name]) for name in METRICS}
    return Measured(intervals, by_fold, drawn, confusion(y, pd, cut_off=cut_off), float(auc(y, raw)), uncalibrated)


def _on_fold(y: Ints, raw: Floats, pd: Floats, cut_off: float, counts: Floats | None = None) -> dict[str, Floats]:
    ranked, priced = Sample.of(y, raw, counts), Sample.of(y, pd, counts)
    return {name: m.on(ranked if m.reads == "rank" else priced, cut_off) for name, m in METRICS.items()}


def _bootstrap(y: Ints, raw: Floats, pd: Floats, cut_off: float, draws: int, seed: list[int]) -> dict[str, Floats]:
    """metric -> (draws,): rows drawn with replacement, as counts, in chunks that fit in memory."""
    rng = np.random.default_rng(seed)
    chunk = max(1, _CELLS // len(y))
    parts = []
    for start in range(0, draws, chunk):
        size = min(chunk, draws - start)
        picked = rng.integers(0, len(y), (size, len(y))) + np.arange(size)[:, None] * len(y)
        counts = np.bincount(picked.ravel(), minlength=size * len(y)).reshape(size, len(y)).astype(np.float64)
        parts.append(_on_fold(y, raw, pd, cut_off, counts))
    return {name: np.concatenate([part[name] for part in parts]) for name in METRICS}


def _interval(by_fold: Floats, drawn: Floats) -> Interval:
    mean = float(by_fold.mean())
    sd = float(by_fold.std(ddof=1)) if len(by_fold) > 1 else float("nan")
    if not np.isfinite(drawn).any():
        return Interval(mean, sd, np.nan, np.nan)
    low, high = np.nanquantile(drawn, [0.025, 0.975]) - np.nanmean(drawn) + mean
    return Interval(mean, sd, float(low), float(high))


@dataclass(frozen=True)
class Comparison:
    """The best of some candidates by an aim, the next, and their paired difference (positive: the best is better)."""

    best: str
    runner_up: str | None
    difference: Interval
    significant: bool


def ranked(measured: Mapping[str, Measured], aim: str, among: Sequence[str]) -> list[str]:
    """Names from best to worst by the mean of the aim; equal ones in the order given."""
    sign = 1 if METRICS[aim].higher_is_better else -1
    return sorted(among, key=lambda name: -sign * measured[name].intervals[aim].mean)


def compare(measured: Mapping[str, Measured], aim: str, among: Sequence[str]) -> Comparison:
    """The best of `among` against the next; significant where the paired 95 per cent interval excludes 0."""
    order = ranked(measured, aim, among)
    if len(order) == 1:
        return Comparison(order[0], None, Interval(np.nan, np.nan, np.nan, np.nan), False)
    sign = 1 if METRICS[aim].higher_is_better else -1
    best, other = measured[order[0]], measured[order[1]]
    gap = _interval(sign * (best.by_fold[aim] - other.by_fold[aim]), sign * (best.draws[aim] - other.draws[aim]))
    return Comparison(order[0], order[1], gap, gap.low > 0)


@dataclass(frozen=True)
class Choice:
    """The champion each fold's others would choose, and the aim of those choices on the folds left out."""

    names: list[str]
    mean: float


def chosen_by_fold(measured: Mapping[str, Measured], aim: str, among: Sequence[str]) -> Choice:
    """The choice itself, cross-fitted: choosing by the figures one reports would flatter them."""
    sign = 1 if METRICS[aim].higher_is_better else -1
    table = np.stack([measured[name].by_fold[aim] for name in among])
    names, values = [], []
    for k in range(table.shape[1]):
        best = int(np.argmax(sign * np.delete(table, k, axis=1).mean(axis=1)))
        names.append(among[best])
        values.append(table[best, k])
    return Choice(names, float(np.mean(values)))


@dataclass(frozen=True)
class CutOffs:
    """The formula's cut-off, and the mean of those that minimise cost in the other folds; costs per application, on the
    fold left out. Money where costs are money, else matrix units. Rows of unknown exposure are left out."""

    formula: float
    cost_at_formula: float
    mean: float
    sd: float
    cost: float
    cost_approving_all: float
    cost_declining_all: float


def empirical_cut_offs(
    y: Ints, pd: Floats, fold: Ints, *, formula: float, loss_if_bad: Floats, gain_if_good: Floats
) -> CutOffs:
    """The empirical minimiser beside the formula, each fold priced at the cut-off learned on the others."""
    found, costs = [], []
    for k in np.unique(fold):
        out, rest = fold == k, fold != k
        cut = empirical_cut_off(y[rest], pd[rest], loss_if_bad=loss_if_bad[rest], gain_if_good=gain_if_good[rest])
        prices = [
            realised_cost(y[out], pd[out], cut_off=c, loss_if_bad=loss_if_bad[out], gain_if_good=gain_if_good[out])
            for c in (formula, cut, np.inf, -np.inf)
        ]
        found.append(cut)
        costs.append(prices)
    at = np.mean(costs, axis=0)
    return CutOffs(
        formula,
        float(at[0]),
        float(np.mean(found)),
        float(np.std(found, ddof=1)),
        float(at[1]),
        float(at[2]),
        float(at[3]),
    )
