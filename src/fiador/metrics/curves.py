"""Which points does a curve of the ranking pass through: ROC, precision-recall, KS, gains?

Every point is a cut-off: from it on, everybody is called bad. Equal predictions are one step, so the order of the rows
is of no consequence. Raises DataError for no rows, one class, or NaN.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.metrics.sample import Floats, Sample, sample

POINTS = 200  # a drawn curve: more can't be told apart on paper
STRAIGHT = 1e-12  # a point this near the line drawn is on it


@dataclass(frozen=True)
class Curve:
    """x, y: (k,) from the riskiest down. cut_off: (k,) the prediction from which on rows are called bad."""

    x: Floats
    y: Floats
    cut_off: Floats


@dataclass(frozen=True)
class KsCurve:
    """Shares of all bads and of all goods from a prediction on, (k,) each, riskiest first; `at`: where they part most.

    cut_off: the prediction; the first is infinite, since nobody is called bad there.
    """

    cut_off: Floats
    bads: Floats
    goods: Floats
    at: int


def roc_points(y: ArrayLike, pd: ArrayLike) -> Curve:
    """x: share of goods called bad. y: share of bads called bad. From (0, 0) to (1, 1); the first cut-off is infinite.

    >>> curve = roc_points([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> list(zip(curve.x.tolist(), curve.y.tolist()))
    [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]
    """
    shares = ks_curve(y, pd)
    return Curve(shares.goods, shares.bads, shares.cut_off)


def precision_recall_points(y: ArrayLike, pd: ArrayLike) -> Curve:
    """x: recall, the share of bads called bad. y: precision, the share of bads among those called bad.

    One point a distinct prediction; none where nobody is called bad, since precision has no value there.

    >>> curve = precision_recall_points([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> list(zip(curve.x.tolist(), curve.y.round(3).tolist()))
    [(0.5, 1.0), (0.5, 0.5), (1.0, 0.667), (1.0, 0.5)]
    """
    on = _both(y, pd)
    bads, goods = on.ladder.bads[0, 1:], on.ladder.goods[0, 1:]
    return Curve(bads / bads[-1], bads / (bads + goods), on.ladder.predictions)


def ks_curve(y: ArrayLike, pd: ArrayLike) -> KsCurve:
    """How bads and goods pile up from the riskiest down, and where the two are furthest apart (the first, of equals).

    >>> curve = ks_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> float(curve.bads[curve.at] - curve.goods[curve.at]), float(curve.cut_off[curve.at])
    (0.5, 0.8)
    """
    on = _both(y, pd)
    bads, goods = on.ladder.bads[0], on.ladder.goods[0]
    apart = np.abs(bads * goods[-1] - goods * bads[-1])
    cut_off = np.concatenate([[np.inf], on.ladder.predictions])
    return KsCurve(cut_off, bads / bads[-1], goods / goods[-1], int(np.argmax(apart)))


def gains_points(y: ArrayLike, pd: ArrayLike) -> Curve:
    """x: share of applications, from the riskiest down. y: share of all bads among them. From (0, 0) to (1, 1).

    >>> curve = gains_points([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> list(zip(curve.x.tolist(), curve.y.tolist()))
    [(0.0, 0.0), (0.25, 0.5), (0.5, 0.5), (0.75, 1.0), (1.0, 1.0)]
    """
    on = _both(y, pd)
    bads, rows = on.ladder.bads[0], on.ladder.bads[0] + on.ladder.goods[0]
    return Curve(rows / rows[-1], bads / bads[-1], np.concatenate([[np.inf], on.ladder.predictions]))


def corners(points: ArrayLike, *, most: int = POINTS, keep: Iterable[int] = ()) -> NDArray[np.intp]:
    """Which of (k, dimensions) points to draw so that the line through them stays nearest to all: rising places.

    The ends and `keep` stay; then the point furthest from the line drawn so far is taken, again and again, until `most`
    are or none is off the line (Ramer 1972, Douglas and Peucker 1973). No point is moved. Give every dimension one
    scale.

    >>> corners([[0, 0], [1, 1], [2, 2], [3, 0], [4, 0]]).tolist()
    [0, 2, 3, 4]
    """
    at = np.asarray(points, dtype=np.float64)
    places = sorted({0, len(at) - 1, *keep})
    waiting = [_furthest(at, start, end) for start, end in pairwise(places)]
    heapq.heapify(waiting)
    while waiting and len(places) < most:
        off, middle, start, end = heapq.heappop(waiting)
        if -off <= STRAIGHT:
            break
        places.append(middle)
        heapq.heappush(waiting, _furthest(at, start, middle))
        heapq.heappush(waiting, _furthest(at, middle, end))
    return np.array(sorted(places))


def _furthest(points: Floats, start: int, end: int) -> tuple[float, int, int, int]:
    """(minus the distance, the point, start, end) of the point between two that is furthest from their line."""
    if end - start < 2:
        return 0.0, start, start, end
    along, apart = points[end] - points[start], points[start + 1 : end] - points[start]
    length = float((along**2).sum())
    share = np.clip((apart * along).sum(axis=1) / length, 0, 1) if length > 0 else np.zeros(len(apart))
    off = ((apart - share[:, None] * along) ** 2).sum(axis=1)
    at = int(np.argmax(off))
    return -float(np.sqrt(off[at])), start + 1 + at, start, end


def _both(y: ArrayLike, pd: ArrayLike) -> Sample:
    return sample(y, pd).require_both_classes()
