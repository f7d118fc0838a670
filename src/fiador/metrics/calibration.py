"""Does a PD of 10 % mean that ten in a hundred go bad?

Each metric takes `weights`, (draws, n): how often each bootstrap draw holds each row. Then it gives (draws,), NaN for a
draw without rows. Raises DataError for no rows, NaN, or a prediction outside [0, 1].
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.logistic import fit_line
from fiador.metrics.sample import Figure, Floats, Sample, answer, clip_pd, log_odds, ratio, sample

ECE_BINS = 15


def brier(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """Mean squared distance of PD and outcome, in [0, 1], 0 is best (Brier 1950).

    >>> round(brier([0, 1], [0.1, 0.8]), 9)
    0.025
    """
    return answer(brier_of, sample(y, pd, weights))


def log_loss(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """Mean of −ln of the probability given to what happened, at least 0; PDs clipped to [1e-6, 1 − 1e-6].

    >>> round(log_loss([0, 1], [0.5, 0.5]), 6)
    0.693147
    """
    return answer(log_loss_of, sample(y, pd, weights))


def calibration_slope(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """Coefficient of logit(pd) in a logistic regression of the outcome on it (Cox 1958); 1 is best.

    Under 1 the PDs are too extreme, over 1 too timid. NaN where no finite slope fits best: all PDs equal, or bads and
    goods perfectly separated. Raises DataError also for one class. Under weights to about 1e-6.

    >>> y, pd = [1, 0, 0, 0, 1, 1, 1, 0], [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]
    >>> round(calibration_slope(y, pd), 9)
    1.0
    """
    return answer(calibration_slope_of, sample(y, pd, weights).require_both_classes())


def ece(y: ArrayLike, pd: ArrayLike, *, bins: int = ECE_BINS, weights: ArrayLike | None = None) -> Figure:
    """Expected calibration error: Σ over bins of share · |mean outcome − mean PD|, in [0, 1] (Naeini et al. 2015).

    Bins of equal mass, counted from the riskiest down. Equal PDs lie in one bin, that of the middle of their run.

    >>> round(ece([0, 0, 0, 1], [0.1, 0.1, 0.8, 0.8], bins=2), 9)
    0.2
    """
    return answer(partial(ece_of, bins=bins), sample(y, pd, weights))


def brier_of(on: Sample) -> Floats:
    """(draws,) Brier score."""
    return on.mean((on.in_range().pd - on.y) ** 2)


def log_loss_of(on: Sample) -> Floats:
    """(draws,) log loss."""
    pd = clip_pd(on.in_range().pd)
    return on.mean(-np.log(np.where(on.y == 1, pd, 1 - pd)))


def calibration_slope_of(on: Sample) -> Floats:
    """(draws,) calibration slope."""
    return fit_line(on.y, log_odds(on.in_range().pd), on.weights if on.drawn else None).slope


def ece_of(on: Sample, *, bins: int = ECE_BINS) -> Floats:
    """(draws,) expected calibration error."""
    rows = on.ladder.bads + on.ladder.goods
    expected = np.zeros_like(rows)
    np.cumsum(np.diff(rows) * on.in_range().ladder.predictions, axis=1, out=expected[:, 1:])
    surplus = on.ladder.bads - expected
    per_bin = np.abs(np.diff(np.take_along_axis(surplus, on.ladder.slices(bins), axis=1)))
    return ratio(per_bin.sum(axis=1), on.total, otherwise=np.nan)
