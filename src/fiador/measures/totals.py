"""What is the sum of each run's numbers, whatever order they come in?

The last bit of a plain sum of doubles depends on the order of its terms, and what is a float32 afterwards now and then
with it. Here sums are of whole numbers, of hundredths or of a power of two that the run decides, so that each is exact:
a function of the run's numbers alone, in a batch of a million as for one applicant.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_EXACT = 2.0**53  # whole numbers up to here are doubles
_BITS = 62  # of a whole number that a sum may fill
_TINY = -961  # a power of two: of runs whose largest number lies below, 2⁻¹⁰²³ is the unit
_FEW = 256  # rows that are looked at first


def totals(values: Floats, starts: Indices, sizes: Indices, magnitudes: Floats) -> Floats:
    """The sum of each run of recorded values; runs follow each other and none is empty.

    magnitudes: each run's largest number, whatever its sign. Money and counts are summed in hundredths, as they were
    written; everything else as `fixed_point_totals` does. A run's sum doesn't depend on those it is handed in with.

    >>> runs = np.array([0.1, 0.2, 0.3, 1e16, 1.0, -1e16]), np.array([0, 3]), np.array([3, 3])
    >>> totals(*runs, np.array([0.3, 1e16])).tolist()
    [0.6, 1.0]
    """
    if not len(sizes):
        return values[:0]
    if _are_whole(values[:_FEW]) and _are_whole(values) and (magnitudes * sizes).max() * 100 <= _EXACT:
        return np.add.reduceat(values, starts) + 0.0  # no negative zero
    heads = values[starts]  # a run whose first is no hundredth is of none: the others have to be looked through
    exact = (magnitudes * sizes * 100 <= _EXACT) & (np.rint(heads * 100) / 100 == heads)
    if exact.all():
        units = values * 100
        np.rint(units, out=units)
        if (units / 100 == values).all():
            return np.add.reduceat(units, starts) / 100 + 0.0
    return _run_by_run(values, starts, sizes, magnitudes, exact)


def fixed_point_totals(values: Floats, starts: Indices, sizes: Indices) -> Floats:
    """The sum of each run of computed numbers; NaN where one is not finite.

    A term is rounded to a whole number of units, of which the largest term times the rows has at most 2⁶².

    >>> fixed_point_totals(np.array([1 / 3, 1 / 3, 1 / 3, np.nan]), np.array([0, 3]), np.array([3, 1])).tolist()
    [1.0, nan]
    """
    return _fixed_point(values, starts, sizes, np.maximum.reduceat(np.abs(values), starts) if len(values) else values)


def _run_by_run(
    values: Floats, starts: Indices, sizes: Indices, magnitudes: Floats, exact: NDArray[np.bool_]
) -> Floats:
    """Some runs are of hundredths, others are not. exact: those that may be."""
    sums = _fixed_point(values, starts, sizes, magnitudes) + 0.0
    if exact.any():
        chosen, counts = values[np.repeat(exact, sizes)], sizes[exact]
        firsts = np.cumsum(counts) - counts
        units = np.rint(chosen * 100)
        of_hundredths = np.logical_and.reduceat(units / 100 == chosen, firsts)
        sums[exact] = np.where(of_hundredths, np.add.reduceat(units, firsts) / 100 + 0.0, sums[exact])
    return sums


def _are_whole(values: Floats) -> bool:
    return bool((np.rint(values) == values).all())


def _fixed_point(values: Floats, starts: Indices, sizes: Indices, magnitudes: Floats) -> Floats:
    """Each number is rounded to a whole one of a unit that the run's largest number and its rows decide."""
    power = np.maximum(np.frexp(magnitudes)[1] + np.frexp(sizes.astype(np.float64))[1], _TINY)
    scale = np.ldexp(1.0, _BITS - power)
    with np.errstate(invalid="ignore"):  # what is not finite is no whole number
        units = np.rint(values * np.repeat(scale, sizes)).astype(np.int64)
    return np.where(np.isfinite(magnitudes), np.add.reduceat(units, starts) / scale, np.nan)
