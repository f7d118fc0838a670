"""What is right and wrong when everybody from a cut-off on is called bad?

Called bad: pd >= cut_off. A share of nothing is 0.0 (precision where nobody is called bad, recall without bads). Each
metric takes `weights`, (draws, n), and then gives (draws,). Raises DataError for no rows or NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.sample import Figure, Floats, Sample, answer, ratio, sample


@dataclass(frozen=True)
class Confusion:
    """Rows by what they were called and what they were: true and false positives (bad) and negatives (good)."""

    tp: Figure
    fp: Figure
    tn: Figure
    fn: Figure


def confusion(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> Confusion:
    """The four counts at a cut-off.

    >>> confusion([0, 0, 1, 1], [0.1, 0.6, 0.6, 0.2], cut_off=0.5)
    Confusion(tp=1.0, fp=1.0, tn=1.0, fn=1.0)
    """
    on = sample(y, pd, weights)
    counts = _counts(on, cut_off)
    return Confusion(*counts) if on.drawn else Confusion(*(float(c[0]) for c in counts))


def accuracy(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> Figure:
    """Share of rows called what they were.

    >>> accuracy([0, 0, 1], [0.1, 0.6, 0.7], cut_off=0.7)
    1.0
    """
    return answer(partial(accuracy_of, cut_off=cut_off), sample(y, pd, weights))


def precision(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> Figure:
    """Share of bads among those called bad; 0.0 where nobody is.

    >>> precision([0, 0, 1], [0.1, 0.6, 0.7], cut_off=0.5)
    0.5
    """
    return answer(partial(precision_of, cut_off=cut_off), sample(y, pd, weights))


def recall(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> Figure:
    """Share of bads that are called bad; 0.0 where there are none.

    >>> recall([0, 1, 1], [0.1, 0.2, 0.7], cut_off=0.5)
    0.5
    """
    return answer(partial(recall_of, cut_off=cut_off), sample(y, pd, weights))


def f1(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> Figure:
    """Harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn); 0.0 where nobody is bad or called so.

    >>> f1([0, 0, 1, 1], [0.1, 0.6, 0.6, 0.2], cut_off=0.5)
    0.5
    """
    return answer(partial(f1_of, cut_off=cut_off), sample(y, pd, weights))


def accuracy_of(on: Sample, *, cut_off: float) -> Floats:
    """(draws,) accuracy."""
    tp, fp, tn, fn = _counts(on, cut_off)
    return ratio(tp + tn, tp + fp + tn + fn, otherwise=0.0)


def precision_of(on: Sample, *, cut_off: float) -> Floats:
    """(draws,) precision of the bad class."""
    tp, fp, _, _ = _counts(on, cut_off)
    return ratio(tp, tp + fp, otherwise=0.0)


def recall_of(on: Sample, *, cut_off: float) -> Floats:
    """(draws,) recall of the bad class."""
    tp, _, _, fn = _counts(on, cut_off)
    return ratio(tp, tp + fn, otherwise=0.0)


def f1_of(on: Sample, *, cut_off: float) -> Floats:
    """(draws,) F1 of the bad class."""
    tp, fp, _, fn = _counts(on, cut_off)
    return ratio(2 * tp, 2 * tp + fp + fn, otherwise=0.0)


def _counts(on: Sample, cut_off: float) -> tuple[Floats, Floats, Floats, Floats]:
    called, bad = on.pd >= cut_off, on.y == 1
    cells = np.stack([called & bad, called & ~bad, ~called & ~bad, ~called & bad], axis=1)
    tp, fp, tn, fn = (on.weights @ cells.astype(np.float64)).T
    return tp, fp, tn, fn
