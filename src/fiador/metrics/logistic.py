"""Which line in log-odds fits the outcomes best?

logit P(bad) = intercept + slope · x by maximum likelihood, for many draws of the same rows at once. Calibration is
measured with it (the slope) and made with it (Platt).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiador.metrics.sample import Floats, log_odds

MOST_STEPS = 60
CLOSE = 1e-3  # a Newton step doubles the digits: after one this short the next would move the line by about 1e-6
STEEP = 20.0  # log-odds from end to end; a line through separated classes is steeper
CELLS = 200_000  # draws · rows worked on at once: what stays in a core's cache


@dataclass(frozen=True)
class LogisticLine:
    """intercept, slope: (draws,), NaN where no finite line fits best (constant x, one class, separated classes)."""

    intercept: Floats
    slope: Floats


def fit_line(y: Floats, x: Floats, weights: Floats | None = None) -> LogisticLine:
    """The maximum-likelihood line. y: (n,) in [0, 1], x: (n,), weights: (draws, n) or None for one draw of every row.

    Newton's method with halved steps for all rows; each draw then starts from that line.

    >>> line = fit_line(np.array([1.0, 0, 0, 0, 1, 1, 1, 0]), np.array([0.0, 0, 0, 0, 1, 1, 1, 1]))
    >>> bool(np.allclose([line.intercept[0], line.slope[0]], [np.log(1 / 3), np.log(3) - np.log(1 / 3)]))
    True
    """
    if _is_separated(y, x):
        return _lines(np.full((1 if weights is None else len(weights), 2), np.nan))
    start = _fit_once(y, x)
    if weights is None:
        return _lines(start[None, :])
    chunk = max(1, CELLS // len(x))
    return _lines(
        np.concatenate([_fit_draws(y, x, weights[at : at + chunk], start) for at in range(0, len(weights), chunk)])
    )


def _lines(coefficients: Floats) -> LogisticLine:
    return LogisticLine(coefficients[:, 0], coefficients[:, 1])


def _fit_once(y: Floats, x: Floats) -> Floats:
    """(2,) intercept and slope, from the level line at the bad rate: Newton's steps don't overshoot from there."""
    ones, line = np.ones((1, len(x))), np.array([float(log_odds(y.mean())), 0.0])
    loss = _loss(y, x, line)
    for _ in range(MOST_STEPS):
        step = _newton(y, x, ones, line[None, :])[0]
        if not np.isfinite(step).all():
            return np.full(2, np.nan)
        line, loss, length = _downhill(y, x, line, step, loss)
        if length < 1e-10:
            return line
    return np.full(2, np.nan)


def _downhill(y: Floats, x: Floats, line: Floats, step: Floats, loss: float) -> tuple[Floats, float, float]:
    """The line after a step halved until it gains, its loss, and the length of the step taken."""
    while np.abs(step).max() >= 1e-10:
        next_loss = _loss(y, x, line + step)
        if next_loss <= loss:
            return line + step, next_loss, float(np.abs(step).max())
        step = step / 2
    return line, loss, 0.0


def _fit_draws(y: Floats, x: Floats, weights: Floats, start: Floats) -> Floats:
    """(draws, 2), each by Newton steps from the line of all rows; NaN where they don't settle."""
    lines = np.tile(start if np.isfinite(start).all() else (0.0, 1.0), (len(weights), 1))
    moving = np.arange(len(weights))
    for _ in range(MOST_STEPS):
        step = _newton(y, x, weights[moving] if len(moving) < len(weights) else weights, lines[moving])
        lines[moving] += step
        moving = moving[~(np.abs(step).max(axis=1) < CLOSE)]
        moving = moving[np.isfinite(lines[moving]).all(axis=1)]
        if len(moving) == 0:
            break
    lines[moving] = np.nan
    lines[~np.isfinite(lines).all(axis=1)] = np.nan
    # between separated classes the steps end when the curve underflows, on a steep line: only such are looked at
    for draw in np.flatnonzero(np.abs(lines[:, 1]) * np.ptp(x) > STEEP):
        rows = weights[draw] > 0
        lines[draw] = np.nan if _is_separated(y[rows], x[rows]) else lines[draw]
    return lines


def _is_separated(y: Floats, x: Floats) -> bool:
    """Whether no finite line fits best: one class, one x, or all bads on one side of all goods, touching or not."""
    bads, goods = x[y > 0], x[y < 1]
    return len(bads) == 0 or len(goods) == 0 or bads.min() >= goods.max() or bads.max() <= goods.min()


def _newton(y: Floats, x: Floats, weights: Floats, lines: Floats) -> Floats:
    """(draws, 2) the Newton step: Hessian⁻¹ · gradient of the log-likelihood, by hand for two coefficients."""
    mean = expit(lines[:, :1] + lines[:, 1:] * x)
    residuals = weights * (y - mean)
    spread = weights * mean * (1 - mean)
    g0, g1 = (residuals @ np.column_stack([np.ones_like(x), x])).T
    h0, h1, h2 = (spread @ np.column_stack([np.ones_like(x), x, x * x])).T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        determinant = h0 * h2 - h1 * h1
        # without a spread of x among the rows that count, no slope is better than another
        flat = determinant <= 1e-12 * h0 * h2
        step: Floats = np.stack([h2 * g0 - h1 * g1, h0 * g1 - h1 * g0], axis=1) / determinant[:, None]
    step[flat] = np.nan
    return step


def _loss(y: Floats, x: Floats, line: Floats) -> float:
    eta = line[0] + line[1] * x
    return float((np.logaddexp(0.0, eta) - y * eta).sum())


def expit(eta: Floats) -> Floats:
    """1 / (1 + e^−eta): log-odds as a probability; 0 where e^−eta is beyond every number.

    >>> expit(np.array([0.0, -800.0])).tolist()
    [0.5, 0.0]
    """
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-eta)), dtype=np.float64)
