"""What is a metric measured on, and how often does each row count?

A Sample is outcomes, predictions and, for a bootstrap, how often each draw holds each row. Every metric is a function
of one, for all draws at once; what several metrics need (the ladder) is made once and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.errors import DataError

Floats = NDArray[np.float64]
Figure = float | Floats
SMALLEST_PD = 1e-6  # a PD of 0 or 1 has no log-odds; the same bound at the other end


@dataclass(frozen=True)
class Ladder:
    """Rows counted from the riskiest prediction down, one step per distinct prediction, equal ones together.

    predictions: (k,) falling. bads, goods: (draws, k + 1), how many lie on the first 0 … k steps.
    """

    predictions: Floats
    bads: Floats
    goods: Floats

    def slices(self, bins: int) -> NDArray[np.intp]:
        """(draws, bins + 1) at which steps slices of equal mass begin and end; a step lies where its middle does."""
        rows = self.bads + self.goods
        middles = (rows[:, 1:] + rows[:, :-1]) * (bins / 2)
        edges = np.arange(1, bins) * rows[:, -1:]
        starts = np.stack([np.searchsorted(middles[draw], edges[draw]) for draw in range(len(rows))])
        return np.pad(starts, ((0, 0), (1, 1)), constant_values=((0, 0), (0, rows.shape[1] - 1)))


@dataclass(frozen=True)
class Sample:
    """y: (n,) 0 or 1, 1 = bad. pd: (n,) without NaN. weights: (draws, n), at least 0. drawn: weights were given."""

    y: Floats
    pd: Floats
    weights: Floats
    drawn: bool

    @cached_property
    def total(self) -> Floats:
        """(draws,) rows counted."""
        return np.asarray(self.weights.sum(axis=1))

    @cached_property
    def ladder(self) -> Ladder:
        """The sample as steps from the riskiest down."""
        order = np.argsort(-self.pd, kind="stable")
        y, predictions = self.y[order], self.pd[order]
        ends = np.append(np.flatnonzero(np.diff(predictions)), len(y) - 1)
        sorted_weights = self.weights[:, order]
        bads = _steps(sorted_weights * y, ends)
        return Ladder(predictions[ends], bads, _steps(sorted_weights, ends) - bads)

    def in_range(self) -> Sample:
        """Itself, or DataError where a prediction is no probability."""
        if self.pd.min() < 0 or self.pd.max() > 1:
            raise DataError(
                f"predictions reach from {self.pd.min():g} to {self.pd.max():g}, and a PD lies in [0, 1].",
                where="metrics",
                hint="Calibrate them, or measure only their order (auc, gini, ks, average_precision).",
            )
        return self

    def mean(self, values: Floats) -> Floats:
        """(draws,) mean of a value per row; NaN in a draw without rows."""
        return ratio(self.weights @ values, self.total, otherwise=np.nan)

    def require_both_classes(self) -> Sample:
        """Itself, or DataError where all outcomes are the same."""
        if self.y.min() == self.y.max():
            outcome = "bad" if self.y[0] == 1 else "good"
            raise DataError(
                f"all {len(self.y)} rows are {outcome}: this metric needs goods and bads.",
                where="metrics",
                hint="Give it rows of both classes.",
            )
        return self


def sample(y: ArrayLike, pd: ArrayLike, weights: ArrayLike | None = None) -> Sample:
    """Outcomes and predictions, checked. Raises DataError: no rows, lengths differ, NaN, a third outcome, bad weights.

    >>> sample([0, 1], [0.2, 0.7]).total
    array([2.])
    """
    outcomes, predictions = np.asarray(y, dtype=np.float64), np.asarray(pd, dtype=np.float64)
    if outcomes.ndim != 1 or outcomes.shape != predictions.shape:
        raise DataError(
            f"outcomes have shape {outcomes.shape}, predictions {predictions.shape}.",
            where="metrics",
            hint="Give two columns of one length.",
        )
    if len(outcomes) == 0:
        raise DataError("there are no rows to measure.", where="metrics", hint="Give at least one.")
    if not np.isfinite(predictions).all():
        raise DataError(
            f"{int((~np.isfinite(predictions)).sum())} predictions are NaN or infinite.",
            where="metrics",
            hint="Predict every row.",
        )
    if not np.isin(outcomes, (0.0, 1.0)).all():
        odd = outcomes[~np.isin(outcomes, (0.0, 1.0))][0]
        raise DataError(
            f"an outcome is {odd:g}, and only 0 (good) and 1 (bad) are known.",
            where="metrics",
            hint="Leave indeterminate rows out.",
        )
    return Sample(outcomes, predictions, _check_weights(weights, len(outcomes)), weights is not None)


def answer(of: Callable[[Sample], Floats], on: Sample) -> Figure:
    """A metric's figure: a number without weights, (draws,) with them."""
    values = of(on)
    return values if on.drawn else float(values[0])


def ratio(part: Floats, whole: Floats, *, otherwise: float) -> Floats:
    """part / whole, and `otherwise` where whole is zero.

    >>> ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0]), otherwise=0.0)
    array([0.25, 0.  ])
    """
    result = np.full(np.broadcast(part, whole).shape, otherwise)
    np.divide(part, whole, out=result, where=whole != 0)
    return result


def clip_pd(pd: ArrayLike) -> Floats:
    """PDs within [1e-6, 1 − 1e-6], as calibration gives them: before log-odds, logarithms, points and cut-offs.

    >>> clip_pd([0.0, 0.3]).tolist()
    [1e-06, 0.3]
    """
    return np.clip(np.asarray(pd, dtype=np.float64), SMALLEST_PD, 1 - SMALLEST_PD)


def log_odds(pd: ArrayLike) -> Floats:
    """ln(pd / (1 − pd)) of PDs clipped to [1e-6, 1 − 1e-6].

    >>> log_odds([0.5]).tolist()
    [0.0]
    """
    bounded = clip_pd(pd)
    return np.asarray(np.log(bounded / (1 - bounded)), dtype=np.float64)


def _steps(sorted_weights: Floats, ends: NDArray[np.intp]) -> Floats:
    counts = np.zeros((len(sorted_weights), len(ends) + 1))
    if len(ends) == sorted_weights.shape[1]:
        np.cumsum(sorted_weights, axis=1, out=counts[:, 1:])
    else:
        counts[:, 1:] = np.cumsum(sorted_weights, axis=1)[:, ends]
    return counts


def _check_weights(weights: ArrayLike | None, rows: int) -> Floats:
    if weights is None:
        return np.ones((1, rows))
    counts = np.asarray(weights, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[1] != rows:
        raise DataError(
            f"weights have shape {counts.shape}, and (draws, {rows}) is needed.",
            where="metrics",
            hint="Give one row per draw.",
        )
    if not counts.min(initial=0.0) >= 0 or not np.isfinite(counts).all():
        raise DataError(
            "a weight is negative, NaN or infinite.",
            where="metrics",
            hint="Give how often each draw holds each row.",
        )
    return counts
