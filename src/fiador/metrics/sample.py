"""What do all metrics read? Outcomes, predictions, and how often each row counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.errors import DataError

Floats = NDArray[np.float64]
FLOOR = 1e-6  # PD is clipped to [1e-6, 1 − 1e-6] before a logarithm


@dataclass(frozen=True)
class Sample:
    """bad: (n,) of 0 and 1. pd: (n,). weights: (draws, n), how often a row counts in each draw; one draw of ones if plain."""

    bad: Floats
    pd: Floats
    weights: Floats
    plain: bool

    @staticmethod
    def of(y: ArrayLike, pd: ArrayLike, weights: ArrayLike | None = None) -> Sample:
        """Checked arrays; DataError for empty, one-class or unequal ones, other targets than 0 and 1, or NaN predictions."""
        bad, predicted = np.asarray(y, dtype=np.float64), np.asarray(pd, dtype=np.float64)
        if bad.ndim != 1 or bad.shape != predicted.shape or not bad.size:
            raise DataError(
                f"targets {bad.shape} and predictions {predicted.shape} are not two equal rows.", where="metrics"
            )
        if not np.isin(bad, (0, 1)).all():
            raise DataError(
                "a target is neither 0 (good) nor 1 (bad).", where="metrics", hint="Leave rows without a target out."
            )
        if bad.min() == bad.max():
            raise DataError(f"every target is {bad[0]:.0f}: a metric needs goods and bads.", where="metrics")
        if np.isnan(predicted).any():
            raise DataError(f"{int(np.isnan(predicted).sum())} predictions are missing.", where="metrics")
        counts = np.ones((1, bad.size)) if weights is None else np.atleast_2d(np.asarray(weights, dtype=np.float64))
        return Sample(bad, predicted, counts, weights is None or np.ndim(weights) == 1)

    def answer(self, metric: Callable[[Sample], Floats]) -> float | Floats:
        """A float for one plain sample, (draws,) for many."""
        values = metric(self)
        return float(values[0]) if self.plain else values

    @cached_property
    def total(self) -> Floats:
        """(draws,) rows counted."""
        return self.weights.sum(axis=1)

    @cached_property
    def curve(self) -> tuple[Floats, Floats]:
        """Bads and goods at or above each distinct prediction, from the highest down: two (draws, thresholds) arrays."""
        order = np.argsort(-self.pd, kind="stable")
        last = np.flatnonzero(np.append(np.diff(self.pd[order]) != 0, True))
        counted = self.weights[:, order]
        bads = np.cumsum(counted * self.bad[order], axis=1)[:, last]
        return bads, np.cumsum(counted, axis=1)[:, last] - bads

    @cached_property
    def logit(self) -> Floats:
        """(n,) log-odds of the clipped predictions."""
        clipped = np.clip(self.pd, FLOOR, 1 - FLOOR)
        return np.log(clipped / (1 - clipped))

    def mean(self, values: Floats) -> Floats:
        """(draws,) weighted mean of (n,) values."""
        return (self.weights @ values) / self.total
