"""What happens to bads and goods at a cut-off? Declined, predicted bad, is PD at or above it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.sample import Floats, Sample


def confusion(y: ArrayLike, pd: ArrayLike, *, cut_off: float) -> dict[str, int]:
    """Counts of tp (bads declined), fp (goods declined), tn (goods approved), fn (bads approved).

    >>> confusion([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], cut_off=0.3)
    {'tp': 2, 'fp': 1, 'tn': 1, 'fn': 0}
    """
    counts = _counts(Sample.of(y, pd), cut_off)
    return {name: int(value[0]) for name, value in counts.items()}


def accuracy(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> float | Floats:
    """The share of applications on the right side of the cut-off.

    >>> accuracy([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], cut_off=0.3)
    0.75
    """
    return Sample.of(y, pd, weights).answer(lambda sample: accuracy_of(sample, cut_off))


def precision(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> float | Floats:
    """The share of declined applications that are bad; 0 where none is declined.

    >>> round(precision([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], cut_off=0.3), 4)
    0.6667
    """
    return Sample.of(y, pd, weights).answer(lambda sample: precision_of(sample, cut_off))


def recall(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> float | Floats:
    """The share of bads that are declined.

    >>> recall([0, 0, 1, 1], [0.1, 0.4, 0.2, 0.8], cut_off=0.3)
    0.5
    """
    return Sample.of(y, pd, weights).answer(lambda sample: recall_of(sample, cut_off))


def f1(y: ArrayLike, pd: ArrayLike, *, cut_off: float, weights: ArrayLike | None = None) -> float | Floats:
    """The harmonic mean of precision and recall of the bad class; 0 where nothing bad is declined.

    >>> f1([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], cut_off=0.3)
    0.8
    """
    return Sample.of(y, pd, weights).answer(lambda sample: f1_of(sample, cut_off))


def accuracy_of(sample: Sample, cut_off: float) -> Floats:
    c = _counts(sample, cut_off)
    return (c["tp"] + c["tn"]) / sample.total


def precision_of(sample: Sample, cut_off: float) -> Floats:
    c = _counts(sample, cut_off)
    return _ratio(c["tp"], c["tp"] + c["fp"])


def recall_of(sample: Sample, cut_off: float) -> Floats:
    c = _counts(sample, cut_off)
    return _ratio(c["tp"], c["tp"] + c["fn"])


def f1_of(sample: Sample, cut_off: float) -> Floats:
    c = _counts(sample, cut_off)
    return _ratio(2 * c["tp"], 2 * c["tp"] + c["fp"] + c["fn"])


def _counts(sample: Sample, cut_off: float) -> Mapping[str, Floats]:
    declined, bad = sample.pd >= cut_off, sample.bad == 1
    cells = {"tp": declined & bad, "fp": declined & ~bad, "tn": ~declined & ~bad, "fn": ~declined & bad}
    return {name: sample.weights @ mask for name, mask in cells.items()}


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.where(bottom > 0, top / np.maximum(bottom, 1), 0.0)
