"""Which candidate is better, by how much, and how sure is that?

A figure is the mean over folds. Its interval is a bootstrap within folds: rows of each fold are drawn with replacement,
the same rows for every candidate, so that two candidates' difference has its own, narrower interval. Folds and
predictions stay as they are: the interval holds the chance in the rows tested, not in what was trained on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.errors import DataError, PortfolioError, did_you_mean
from fiador.metrics import METRICS, Metric
from fiador.metrics.classification import confusion
from fiador.metrics.costs import empirical_cut_off, realised_cost
from fiador.metrics.discrimination import auc
from fiador.metrics.sample import Floats, Sample, sample

CELLS = 2_000_000  # draws · rows held at once: 16 MB a table of weights
MIDDLE_95 = 0.025, 0.975  # between which quantiles of its draws a figure's interval lies
OF_PROBABILITIES = ("brier", "log_loss", "calibration_slope", "ece")


@dataclass(frozen=True)
class Interval:
    """mean and sd (of a sample) over folds; low and high, a 95 % bootstrap interval of the mean over folds.

    The draws' middle 95 %, moved so that their mean is `mean` (drawing with replacement biases some figures, ECE
    upwards) and cut at the figure's bounds. NaN where a figure has no value: the calibration slope of a constant
    prediction, the sd of one fold.
    """

    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class CandidateFigures:
    """A candidate's figures, by the names of METRICS.

    by_fold: (folds,) each. draws: (draws,) each, the mean over folds; the same draw holds the same rows for every
    candidate measured with one seed. confusion: tp, fp, tn, fn over all folds. pooled_auc: over all rows at once, of
    the calibrated PD; another number than the mean of the folds' AUC. uncalibrated: means over folds of the raw
    prediction.
    """

    intervals: Mapping[str, Interval]
    draws: Mapping[str, Floats]
    by_fold: Mapping[str, Floats]
    confusion: Mapping[str, int]
    pooled_auc: float
    uncalibrated: Mapping[str, float]


@dataclass(frozen=True)
class Ranking:
    """Candidates from the best down by the aim; how much better the best is than the runner-up (positive: better).

    significant: the 95 % interval of the paired difference leaves out zero. runner_up: None where there is one only;
    then the difference is NaN.
    """

    ranking: tuple[str, ...]
    best: str
    runner_up: str | None
    difference: Interval
    significant: bool


@dataclass(frozen=True)
class ChoiceByFold:
    """For each fold the champion chosen by the other folds' figures, and its aim on that fold; mean and sd of these."""

    names: tuple[str, ...]
    by_fold: tuple[float, ...]
    mean: float
    sd: float


@dataclass(frozen=True)
class CutOffs:
    """The formula's cut-off beside the one that would have cost least, and what each costs per application.

    empirical: the mean of by_fold. by_fold: the cheapest on the other folds; its cost is taken on the fold itself.
    rows: those with a known cost, of `of`.
    """

    formula: float
    empirical: float
    by_fold: tuple[float, ...]
    cost_at_formula: float
    cost_at_empirical: float
    rows: int
    of: int


def measure(
    y: ArrayLike,
    raw: ArrayLike,
    pd: ArrayLike,
    fold: ArrayLike,
    *,
    cut_off: float,
    draws: int = 200,
    seed: int,
) -> CandidateFigures:
    """Every metric of METRICS for a candidate's out-of-fold predictions.

    y, raw, pd, fold: (n,). auc, gini, ks and average_precision are of `raw`, the model's own prediction; the others of
    `pd`, the cross-fitted calibrated one, at `cut_off` where they need one. Raises DataError: NaN, or a fold of one
    class.
    """
    sides = _Sides.of(y, raw, pd, fold)
    figures = [_figures(by_order, by_pd, cut_off) for by_order, by_pd in sides.samples()]
    bootstraps = [
        _draw(by_order, by_pd, cut_off, draws=draws, seed=(seed, number))
        for number, (by_order, by_pd) in enumerate(sides.samples())
    ]
    by_fold = {m.name: np.concatenate([f[m.name] for f in figures]) for m in METRICS}
    means = {m.name: np.mean([d[m.name] for d in bootstraps], axis=0) for m in METRICS}
    return CandidateFigures(
        intervals={m.name: _interval(by_fold[m.name], means[m.name], m.bounds) for m in METRICS},
        draws=means,
        by_fold=by_fold,
        confusion={cell: int(count) for cell, count in vars(confusion(sides.y, sides.pd, cut_off=cut_off)).items()},
        pooled_auc=float(auc(sides.y, sides.pd)),
        uncalibrated=_before_calibration(sides),
    )


def bootstrap_counts(rows: int, *, draws: int, seed: int | Sequence[int]) -> Iterator[Floats]:
    """How often each draw holds each row, (some draws, rows) at a time; a draw is `rows` rows with replacement.

    >>> [counts.sum(axis=1).tolist() for counts in bootstrap_counts(3, draws=2, seed=0)]
    [[3.0, 3.0]]
    """
    rng = np.random.default_rng(seed)
    chunk = max(1, CELLS // rows)
    for start in range(0, draws, chunk):
        size = min(chunk, draws - start)
        picks = rng.integers(0, rows, size=(size, rows)) + np.arange(size)[:, None] * rows
        yield np.bincount(picks.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)


def compare(candidates: Mapping[str, CandidateFigures], aim: str) -> Ranking:
    """Rank by the aim, and hold the best against the runner-up. Candidates without a figure come last.

    Hand in those that may be chosen: the difference is between the first two. Raises DataError where there are none.
    """
    metric = _metric(aim)
    if not candidates:
        raise DataError("there is no candidate to compare.", where="comparison", hint="Name candidates in [training].")
    ranking = tuple(sorted(candidates, key=lambda name: _order(metric, candidates[name].intervals[aim].mean)))
    if len(ranking) == 1:
        return Ranking(ranking, ranking[0], None, Interval(np.nan, np.nan, np.nan, np.nan), False)
    gap = lead(candidates[ranking[0]], candidates[ranking[1]], aim)
    return Ranking(ranking, ranking[0], ranking[1], gap, bool(gap.low > 0))


def lead(one: CandidateFigures, other: CandidateFigures, name: str) -> Interval:
    """How much better one candidate is than another by a metric, mean over folds; the interval is drawn in pairs."""
    metric = _metric(name)
    return _interval(
        metric.goodness(one.by_fold[name]) - metric.goodness(other.by_fold[name]),
        metric.goodness(one.draws[name]) - metric.goodness(other.draws[name]),
    )


def choose(candidates: Mapping[str, CandidateFigures], aim: str, eligible: Sequence[str]) -> str:
    """The eligible candidate with the best mean over folds; of equals the first named. DataError if there is none."""
    return _best({name: candidates[name].intervals[aim].mean for name in eligible}, _metric(aim))


def choose_by_fold(candidates: Mapping[str, CandidateFigures], aim: str, eligible: Sequence[str]) -> ChoiceByFold:
    """The choice of champion, cross-fitted: its figure comes from a fold the choice did not look at.

    `choose` looks at all folds, so its winner's mean is too good by the luck that made it win; this mean isn't. (The
    other folds' models have seen the fold's rows in training; leaving those out too would cost a fit for each pair.)
    """
    metric = _metric(aim)
    figures = {name: candidates[name].by_fold[aim] for name in eligible}
    count = len(next(iter(figures.values()), ()))
    others = [np.arange(count) != fold for fold in range(count)]
    names = tuple(_best({name: float(f[rest].mean()) for name, f in figures.items()}, metric) for rest in others)
    scores = np.array([figures[name][fold] for fold, name in enumerate(names)])
    return ChoiceByFold(names, tuple(scores.tolist()), float(scores.mean()), _sd(scores))


def cross_fit_cut_off(
    y: ArrayLike,
    pd: ArrayLike,
    fold: ArrayLike,
    *,
    formula: float,
    loss_if_bad: ArrayLike,
    gain_if_good: ArrayLike,
) -> CutOffs:
    """For each fold the cheapest cut-off on the others, and what it and the formula's cost there.

    y, pd, fold: (n,), pd calibrated and cross-fitted. loss_if_bad, gain_if_good: one or (n,), in money or matrix units;
    applications where either is NaN are left out and counted. Raises DataError where none is left.
    """
    sides = _Sides.of(y, pd, pd, fold)
    loss, gain = (np.broadcast_to(np.asarray(s, dtype=np.float64), sides.y.shape) for s in (loss_if_bad, gain_if_good))
    priced = np.isfinite(loss) & np.isfinite(gain)
    if len(np.unique(sides.fold[priced])) < 2:
        hint = "Is the exposure in [costs] null?"
        raise DataError("fewer than two folds have a known cost.", where="costs", hint=hint)
    sides = sides.only(priced)
    stakes = {"loss_if_bad": loss[priced], "gain_if_good": gain[priced]}
    cheapest = _cheapest_elsewhere(sides, **stakes)
    own = cheapest[np.searchsorted(sides.numbers, sides.fold)]
    return CutOffs(
        formula=formula,
        empirical=float(cheapest.mean()),
        by_fold=tuple(cheapest.tolist()),
        cost_at_formula=realised_cost(sides.y, sides.pd, cut_off=formula, **stakes),
        cost_at_empirical=realised_cost(sides.y, sides.pd, cut_off=own, **stakes),
        rows=len(sides.y),
        of=len(priced),
    )


def _cheapest_elsewhere(sides: _Sides, *, loss_if_bad: Floats, gain_if_good: Floats) -> Floats:
    """(folds,) the cheapest cut-off on the rows outside each fold."""
    cut_offs = []
    for number in sides.numbers:
        rest = sides.fold != number
        stakes = {"loss_if_bad": loss_if_bad[rest], "gain_if_good": gain_if_good[rest]}
        cut_offs.append(empirical_cut_off(sides.y[rest], sides.pd[rest], **stakes))
    return np.array(cut_offs)


@dataclass(frozen=True)
class _Sides:
    """Outcomes and predictions by fold, checked."""

    y: Floats
    raw: Floats
    pd: Floats
    fold: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, y: ArrayLike, raw: ArrayLike, pd: ArrayLike, fold: ArrayLike) -> _Sides:
        by_order, by_pd, side = sample(y, raw), sample(y, pd).in_range(), np.asarray(fold)
        if side.shape != by_pd.y.shape:
            raise DataError(
                f"{len(by_pd.y)} rows, but folds of shape {side.shape}.",
                where="comparison",
                hint="Draw folds first.",
            )
        return cls(by_pd.y, by_order.pd, by_pd.pd, side, np.unique(side))

    def only(self, rows: NDArray[np.bool_]) -> _Sides:
        fold = self.fold[rows]
        return _Sides(self.y[rows], self.raw[rows], self.pd[rows], fold, np.unique(fold))

    def samples(self) -> Iterator[tuple[Sample, Sample]]:
        """Each fold's sample of raw predictions, and of PDs."""
        for number in self.numbers:
            rows = self.fold == number
            yield (
                sample(self.y[rows], self.raw[rows]).require_both_classes(),
                sample(self.y[rows], self.pd[rows]),
            )


def _draw(by_order: Sample, by_pd: Sample, cut_off: float, *, draws: int, seed: Sequence[int]) -> dict[str, Floats]:
    """(draws,) every metric on one fold; NaN for a draw without goods or without bads, whatever the metric."""
    chunks = []
    for counts in bootstrap_counts(len(by_pd.y), draws=draws, seed=seed):
        order, pds = (Sample(of.y, of.pd, counts, drawn=True) for of in (by_order, by_pd))
        both = (counts @ by_pd.y > 0) & (counts @ (1 - by_pd.y) > 0)
        chunks.append({name: np.where(both, f, np.nan) for name, f in _figures(order, pds, cut_off).items()})
    return {m.name: np.concatenate([chunk[m.name] for chunk in chunks]) for m in METRICS}


def _figures(by_order: Sample, by_pd: Sample, cut_off: float) -> dict[str, Floats]:
    return {m.name: m.on(by_order if m.by_order else by_pd, cut_off=cut_off) for m in METRICS}


def _before_calibration(sides: _Sides) -> dict[str, float]:
    rows = [_metric(name) for name in OF_PROBABILITIES]
    return {m.name: float(np.mean([m.of(by_order)[0] for by_order, _ in sides.samples()])) for m in rows}


def _interval(by_fold: Floats, draws: Floats, bounds: tuple[float, float] = (-np.inf, np.inf)) -> Interval:
    """Draws without a value (no bad in a small fold's draw) are left out."""
    mean, values = float(by_fold.mean()), draws[~np.isnan(draws)]
    if len(values) == 0:
        return Interval(mean, _sd(by_fold), np.nan, np.nan)
    low, high = np.clip(np.quantile(values, MIDDLE_95) - values.mean() + mean, *bounds)
    return Interval(mean, _sd(by_fold), float(low), float(high))


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def _metric(name: str) -> Metric:
    rows = {m.name: m for m in METRICS}
    if name not in rows:
        raise PortfolioError(f"no metric '{name}'.", where="training.aim", hint=did_you_mean(name, rows))
    return rows[name]


def _order(metric: Metric, value: float) -> float:
    """Rising from the best; a figure without a value comes last."""
    return float("inf") if np.isnan(value) else -float(metric.goodness(value))


def _best(values: Mapping[str, float], metric: Metric) -> str:
    figures = {name: value for name, value in values.items() if not np.isnan(value)}
    if not figures:
        raise DataError(
            f"no candidate that may ship has a figure for {metric.name}.",
            where="comparison",
            hint="Enter a candidate that explains exactly and has a data-only format.",
        )
    return min(figures, key=lambda name: _order(metric, figures[name]))
