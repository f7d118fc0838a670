"""How well does a prediction tell bads from goods?

Only the order of the predictions counts here: any rising map of them gives the same figures. Equal predictions are one
step of the curve, so the order of the rows is of no consequence.

Each metric takes `weights`, (draws, n): how often each bootstrap draw holds each row. Then it gives (draws,), NaN for a
draw without goods or without bads. Raises DataError for no rows, one class, or NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.sample import Figure, Floats, Sample, answer, ratio, sample


def auc(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """The chance that a bad is ranked above a good, ties counting half; in [0, 1], 0.5 = no order.

    Area under the ROC curve by trapezoids = Mann-Whitney U / (goods · bads) (Hanley and McNeil 1982).

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    return answer(auc_of, sample(y, pd, weights).require_both_classes())


def gini(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """2·AUC − 1, in [−1, 1] (also called accuracy ratio, or Somers' D).

    >>> gini([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return answer(gini_of, sample(y, pd, weights).require_both_classes())


def ks(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """The largest distance between the distributions of bads and goods over all cut-offs, in [0, 1].

    Two-sample Kolmogorov-Smirnov statistic.

    >>> ks([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return answer(ks_of, sample(y, pd, weights).require_both_classes())


def average_precision(y: ArrayLike, pd: ArrayLike, *, weights: ArrayLike | None = None) -> Figure:
    """Precision averaged over the bads, from the riskiest down: Σ (Rᵢ − Rᵢ₋₁)·Pᵢ, not interpolated; in (0, 1].

    The bad rate where predictions have no order.

    >>> average_precision([0, 1, 1], [0.1, 0.4, 0.8])
    1.0
    """
    return answer(average_precision_of, sample(y, pd, weights).require_both_classes())


def auc_of(on: Sample) -> Floats:
    """(draws,) AUC."""
    bads, goods = on.ladder.bads, on.ladder.goods
    twice_the_area = np.einsum("ij,ij->i", np.diff(goods), bads[:, 1:] + bads[:, :-1])
    return ratio(twice_the_area, 2 * bads[:, -1] * goods[:, -1], otherwise=np.nan)


def gini_of(on: Sample) -> Floats:
    """(draws,) Gini."""
    return 2 * auc_of(on) - 1


def ks_of(on: Sample) -> Floats:
    """(draws,) KS."""
    bads, goods = on.ladder.bads, on.ladder.goods
    # |B/b − G/g| = |B·g − G·b| / (b·g): one division per draw instead of two per step
    apart = np.abs(bads * goods[:, -1:] - goods * bads[:, -1:]).max(axis=1)
    return ratio(apart, bads[:, -1] * goods[:, -1], otherwise=np.nan)


def average_precision_of(on: Sample) -> Floats:
    """(draws,) average precision."""
    bads, goods = on.ladder.bads, on.ladder.goods
    precision = ratio(bads[:, 1:], bads[:, 1:] + goods[:, 1:], otherwise=0.0)
    area = np.einsum("ij,ij->i", np.diff(bads), precision)
    return ratio(np.where(goods[:, -1] > 0, area, np.nan), bads[:, -1], otherwise=np.nan)
