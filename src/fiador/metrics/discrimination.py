"""How well does a prediction put bads above goods?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.sample import Floats, Sample


def auc(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """The chance that a bad is ranked above a good, ties counting half (area under the ROC curve).

    y: (n,) 0 or 1. pd: (n,), any monotone score. weights: (draws, n) counts; then (draws,) is answered, NaN for a draw
    of one class. DataError for one class. Source: Hanley and McNeil (1982).

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    return Sample.of(y, pd, weights).answer(auc_of)


def gini(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """2 · AUC − 1 (accuracy ratio). Arguments as `auc`.

    >>> gini([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return Sample.of(y, pd, weights).answer(gini_of)


def ks(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """The largest gap between the cumulative shares of bads and goods (Kolmogorov–Smirnov). Arguments as `auc`.

    >>> ks([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return Sample.of(y, pd, weights).answer(ks_of)


def average_precision(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> float | Floats:
    """The mean precision over recall steps, Σ (Rₖ − Rₖ₋₁) · Pₖ, without interpolation. Arguments as `auc`.

    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    return Sample.of(y, pd, weights).answer(average_precision_of)


def auc_of(sample: Sample) -> Floats:
    bads, goods = sample.curve
    with np.errstate(invalid="ignore"):
        steps = np.diff(goods, axis=1, prepend=0) * (bads + np.pad(bads, ((0, 0), (1, 0)))[:, :-1]) / 2
        return np.asarray(steps.sum(axis=1) / (bads[:, -1] * goods[:, -1]))


def gini_of(sample: Sample) -> Floats:
    return 2 * auc_of(sample) - 1


def ks_of(sample: Sample) -> Floats:
    bads, goods = sample.curve
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(bads / bads[:, -1:] - goods / goods[:, -1:]).max(axis=1))


def average_precision_of(sample: Sample) -> Floats:
    bads, goods = sample.curve
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(bads + goods > 0, bads / np.maximum(bads + goods, 1e-300), 0.0)
        return np.asarray((np.diff(bads, axis=1, prepend=0) * precision).sum(axis=1) / bads[:, -1])
