"""How close are probabilities to what happened?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.sample import FLOOR, Floats, Sample

BINS = 15  # equal-mass bins of the expected calibration error
_STEPS = 30
_SMALL = 1e-10


def brier(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """The mean squared difference between PD and outcome, 0–1, lower is better (Brier, 1950).

    y: (n,) 0 or 1. pd: (n,) in 0–1. weights: (draws, n) counts; then (draws,) is answered.

    >>> round(brier([0, 1], [0.2, 0.6]), 10)
    0.1
    """
    return Sample.of(y, pd, weights).answer(brier_of)


def log_loss(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """Minus the mean log-likelihood, PD clipped to [1e-6, 1 − 1e-6]. Arguments as `brier`.

    >>> round(log_loss([0, 1], [0.5, 0.5]), 6)
    0.693147
    """
    return Sample.of(y, pd, weights).answer(log_loss_of)


def calibration_slope(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """The coefficient of logit(PD) in a logistic regression of the outcome on it; 1 is ideal, below 1 is overconfident.

    NaN where every PD is alike, or where they separate the classes. Source: Cox (1958). Arguments as `brier`.

    >>> y, pd = [0] * 3 + [1] + [0] + [1] * 3, [0.25] * 4 + [0.75] * 4
    >>> round(calibration_slope(y, pd), 6)
    1.0
    """
    return Sample.of(y, pd, weights).answer(calibration_slope_of)


def ece(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None, bins: int = BINS) -> float | Floats:
    """Expected calibration error: the mean gap between PD and bad rate over `bins` bins of equal mass.

    Equal predictions share a bin; the bins of the plain sample serve every draw. Source: Naeini et al. (2015).

    >>> round(ece([0, 1, 1, 1], [0.2, 0.2, 0.8, 0.8], bins=2), 6)
    0.25
    """
    return Sample.of(y, pd, weights).answer(lambda sample: ece_of(sample, bins))


def brier_of(sample: Sample) -> Floats:
    return sample.mean((sample.pd - sample.bad) ** 2)


def log_loss_of(sample: Sample) -> Floats:
    pd = np.clip(sample.pd, FLOOR, 1 - FLOOR)
    return -sample.mean(np.where(sample.bad == 1, np.log(pd), np.log1p(-pd)))


def calibration_slope_of(sample: Sample) -> Floats:
    """Newton on the plain sample, then one step a draw from its solution and one from the draw's own."""
    if np.ptp(sample.logit) < _SMALL:
        return np.full(len(sample.weights), np.nan)
    at = np.array([[0.0], [1.0]])
    ones = np.ones((1, len(sample.bad)))
    for _ in range(_STEPS):
        step = _newton(sample, ones, at)
        at = at + step
        if not np.isfinite(at).all() or np.abs(step).max() < _SMALL:
            break
    if not np.isfinite(at).all() or np.abs(at).max() > 1 / _SMALL**0.5:
        return np.full(len(sample.weights), np.nan)
    if sample.plain:
        return np.asarray(at[1])
    solution = np.repeat(at, len(sample.weights), axis=1)
    for _ in range(2):
        solution = solution + _newton(sample, sample.weights, solution)
    return np.asarray(solution[1])


def _newton(sample: Sample, weights: Floats, at: Floats) -> Floats:
    """(2, draws): the step of intercept and slope from `at`, by the score and information of the logistic likelihood."""
    x = sample.logit
    p = 1 / (1 + np.exp(-np.clip(at[0][:, None] + at[1][:, None] * x, -700, 700)))
    residual, information = weights * (sample.bad - p), weights * p * (1 - p)
    g0, g1 = residual.sum(axis=1), residual @ x
    h00, h01, h11 = information.sum(axis=1), information @ x, information @ (x * x)
    with np.errstate(invalid="ignore", divide="ignore"):
        determinant = h00 * h11 - h01**2
        return np.stack([(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant])


def ece_of(sample: Sample, bins: int = BINS) -> Floats:
    edges = np.quantile(sample.pd, np.linspace(0, 1, bins + 1)[1:-1], method="higher")
    member = np.eye(bins)[np.searchsorted(edges, sample.pd, side="right")]
    gap = sample.weights @ (member * (sample.pd - sample.bad)[:, None])
    return np.asarray(np.abs(gap).sum(axis=1) / sample.total)
