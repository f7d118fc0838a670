"""Between which edges are numbers counted, and beyond which do they lie apart?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.metrics.sample import Floats

BULK = 0.005, 0.995  # the quantiles between which a drawing spends its width; the outer bins hold what lies beyond
_LARGEST = float(np.finfo(np.float64).max)
_HALVES = 2.0**51  # below, a double tells halves


def even_edges(values: ArrayLike, *, bins: int = 24) -> Floats:
    """Edges of bins of equal width from the 0.5 % to the 99.5 % quantile; the outer bins are meant to hold what lies
    beyond, infinite numbers too. Whole numbers get edges at halves, so that no bin is empty by its place alone. Empty
    without finite numbers, else two edges or more, rising and finite.

    >>> even_edges([1, 2, 3, 4]).tolist()
    [0.5, 1.5, 2.5, 3.5, 4.5]
    """
    x = _finite(values)
    if not len(x):
        return np.zeros(0)
    low, high = np.quantile(x, BULK, method="inverted_cdf")
    if max(abs(low), abs(high)) < _HALVES and np.all(x == np.round(x)):
        width = max(np.ceil((high - low + 1) / bins), 1.0)
        count = int(np.ceil((high - low + 1) / width))
        return np.asarray(low - 0.5 + width * np.arange(count + 1))
    share = np.linspace(0, 1, bins + 1)
    edges = np.unique(low * (1 - share) + high * share)  # and not by high − low, which may be no number any more
    return edges if len(edges) > 1 else _around(low)


def _around(value: float) -> Floats:
    """Half a unit below a number and above it, or the numbers next to it where a half is lost on one so large."""
    ends = np.array([value - 0.5, value + 0.5])
    next_to = np.array([np.nextafter(value, -np.inf), np.nextafter(value, np.inf)])
    return np.asarray(np.clip(ends if ends[0] < value < ends[1] else next_to, -_LARGEST, _LARGEST))


def equal_mass_edges(values: ArrayLike, *, bins: int = 10) -> Floats:
    """Edges of bins that hold about as many numbers each, equal numbers in one: at most `bins`. A number belongs to the
    bin whose left edge it reaches; the last bin includes its right edge, and the outer ones what is infinite. Empty
    without finite numbers.

    >>> equal_mass_edges(range(1, 9), bins=4).tolist(), equal_mass_edges([1, 1, 1, 2], bins=4).tolist()
    ([1.0, 3.0, 5.0, 7.0, 8.0], [1.0, 2.0])
    """
    x = np.sort(_finite(values))
    if not len(x):
        return np.zeros(0)
    starts = x[(np.arange(bins) * len(x)) // bins]
    edges = np.unique(np.append(starts, x[-1]))
    return edges if len(edges) > 1 else np.array([edges[0], edges[0]])


def bin_of(values: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """The bin (0, 1, …) of each number, those beyond the edges in the outer ones; −1 where it isn't given.

    >>> bin_of([0, 1.5, 2, 9, float("nan")], [1, 2, 3]).tolist()
    [0, 0, 1, 1, -1]
    """
    x, at = np.asarray(values, dtype=np.float64), np.asarray(edges, dtype=np.float64)
    bins = np.searchsorted(at[1:-1], x, side="right").astype(np.int64)
    return np.where(np.isnan(x), -1, bins)


def fences(values: ArrayLike, *, reach: float = 3.0) -> tuple[float, float] | None:
    """The lower and the upper outer fence: `reach` quartile ranges below and above the quartiles (Tukey 1977).

    None without finite numbers, and where the quartiles are one: half the numbers are then alike, and any other would
    lie beyond.

    >>> fences(range(1, 10))
    (-9.0, 19.0)
    """
    x = _finite(values)
    if not len(x):
        return None
    room = 2.0 ** np.ceil(np.log2(2 * reach + 2))
    scale = room if np.abs(x).max() > _LARGEST / room else 1.0  # what is subtracted below stays a number
    lower, upper = np.quantile(x / scale, [0.25, 0.75])
    if not upper > lower:
        return None
    ends = [lower - reach * (upper - lower), upper + reach * (upper - lower)]
    below, above = np.clip(ends, -_LARGEST / scale, _LARGEST / scale) * scale
    return float(below), float(above)


def _finite(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    return x[np.isfinite(x)]
