"""What is the sum of each run's numbers, whatever order they come in?

The last bit of a plain sum of doubles depends on the order of its terms, and what is a float32 afterwards now and then
with it. Here terms are cut so that every partial sum is exact: a sum is a function of the run's numbers alone, in a
batch of a million as for one applicant.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_EXACT = 2.0**53  # whole numbers up to here are doubles
_FINER = 2.0**-26  # the second cut against the first: runs of up to 2²⁶ rows
_TILE = 32_768  # rows at a time: what is larger than the processor's cache costs many times its arithmetic
_HUGE = 800  # a power of two beyond which a run is scaled down: the cut itself would be infinite


def totals(values: Floats, starts: Indices, sizes: Indices) -> Floats:
    """The sum of each run; runs follow each other and none is empty. NaN where one holds what is no finite number.

    Money and counts are summed in hundredths, which is exact; everything else in two cuts (after Demmel and Nguyen,
    "Fast Reproducible Floating-Point Summation", 2013): to 2⁻⁷⁹ of the largest number and the run's rows squared.

    >>> totals(np.array([0.1, 0.2, 0.3, 1e16, 1.0, -1e16]), np.array([0, 3]), np.array([3, 3])).tolist()
    [0.6, 1.0]
    """
    pieces = [_of_tile(values[low:high], starts[at] - low, sizes[at]) for at, low, high in _tiles(starts, sizes)]
    return pieces[0] if len(pieces) == 1 else np.concatenate([values[:0], *pieces])


def _tiles(starts: Indices, sizes: Indices) -> Iterator[tuple[slice, int, int]]:
    """(runs, first row, the row after the last) of as many runs as the processor's own memory holds at a time."""
    first = 0
    while first < len(starts):
        low = int(starts[first])
        after = max(first + 1, int(np.searchsorted(starts, low + _TILE)))
        yield slice(first, after), low, int(starts[after - 1] + sizes[after - 1])
        first = after


def _of_tile(values: Floats, starts: Indices, sizes: Indices) -> Floats:
    units, scale = np.rint(values), 1.0
    if not (units == values).all():
        units, scale = _hundredths(values), 100.0
        if not (units / scale == values).all():
            return _mixed(values, units, starts, sizes)
    if np.abs(units).max() * int(sizes.max()) <= _EXACT:
        return np.add.reduceat(units, starts) / scale + 0.0  # no negative zero
    return _mixed(values, _hundredths(values), starts, sizes)


def _hundredths(values: Floats) -> Floats:
    units = values * 100
    return np.rint(units, out=units)


def _mixed(values: Floats, units: Floats, starts: Indices, sizes: Indices) -> Floats:
    """Some runs are of hundredths, others are not."""
    on_grid = units / 100 == values
    fits = np.logical_and.reduceat(on_grid, starts)
    if not fits.any():
        return _reproducible(values, starts, sizes)
    fits &= np.maximum.reduceat(np.abs(units), starts) * sizes <= _EXACT
    units[~on_grid] = 0.0
    answer = np.add.reduceat(units, starts) / 100 + 0.0
    if not fits.all():
        rest = sizes[~fits]
        answer[~fits] = _reproducible(values[np.repeat(~fits, sizes)], np.cumsum(rest) - rest, rest)
    return answer


def _reproducible(values: Floats, starts: Indices, sizes: Indices) -> Floats:
    """Each number is cut at a place that the run's largest number and its rows decide; the parts sum exactly."""
    largest = np.maximum.reduceat(np.abs(values), starts)
    power = np.frexp(largest)[1] + np.frexp(sizes.astype(np.float64))[1]
    huge = power > _HUGE
    if huge.any():
        shrink = np.where(huge, 2.0**-200, 1.0)
        answer = _cut(values * np.repeat(shrink, sizes), power - np.where(huge, 200, 0), starts, sizes) / shrink
    else:
        answer = _cut(values, power, starts, sizes)
    return np.where(np.isfinite(largest), answer, np.nan)


def _cut(values: Floats, power: NDArray[np.int32], starts: Indices, sizes: Indices) -> Floats:
    anchor = np.repeat(np.ldexp(1.5, power), sizes)
    high = values + anchor
    high -= anchor
    anchor *= _FINER
    low = values - high
    low += anchor
    low -= anchor
    return np.add.reduceat(high, starts) + np.add.reduceat(low, starts)
