"""How much does one variable tell about another?

Numbers against numbers by Spearman's rank correlation, levels against levels by Cramér's V, levels against numbers by
the correlation ratio, and any against the target by its information value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.metrics.sample import Floats

MISSING = -1  # the code of a level that isn't given


def ranks(values: ArrayLike) -> Floats:
    """The rank of each number among those given, ties sharing the mean of theirs; NaN stays NaN.

    >>> ranks([10, float("nan"), 30, 10]).tolist()
    [1.5, nan, 3.0, 1.5]
    """
    x = np.asarray(values, dtype=np.float64)
    present = ~np.isnan(x)
    _, place, counts = np.unique(x[present], return_inverse=True, return_counts=True)
    result = np.full(len(x), np.nan)
    result[present] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return result


def spearman(ranked: ArrayLike) -> Floats:
    """(k, k) rank correlations of an (n, k) matrix of `ranks`, each pair over the rows where both are given.

    Pearson's correlation of the ranks, which are taken over all given values of a column: Spearman's rho where nothing
    is missing. NaN where fewer than three rows are shared, or one of the two doesn't vary on them.

    >>> spearman([[1, 1], [2, 2], [3, 4], [4, 3]])[0, 1].round(2)
    np.float64(0.8)
    """
    x = np.asarray(ranked, dtype=np.float64)
    x = x - np.where(np.isnan(x).all(axis=0), 0.0, np.nanmean(np.where(np.isnan(x).all(axis=0), 0.0, x), axis=0))
    present = (~np.isnan(x)).astype(np.float64)
    x = np.nan_to_num(x)
    n, sums, squares = present.T @ present, x.T @ present, (x * x).T @ present
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = x.T @ x - sums * sums.T / n
        spread = squares - sums**2 / n
        spread = np.where(spread > 1e-9 * np.maximum(squares, 1.0), spread, np.nan)
        rho = shared / np.sqrt(spread * spread.T)
    return np.where(n >= 3, np.clip(rho, -1.0, 1.0), np.nan)


def rank_correlation(one: ArrayLike, other: ArrayLike) -> float:
    """Spearman's rho of two columns, ties at their mean rank; NaN as `spearman` says.

    >>> round(rank_correlation([1, 2, 3], [10, 30, 20]), 12)
    0.5
    """
    ranked = np.column_stack([ranks(one), ranks(other)])
    return float(spearman(ranked)[0, 1]) if len(ranked) else float("nan")


def cross_table(one: ArrayLike, other: ArrayLike) -> Floats:
    """Counts by two codes (0, 1, …), rows where either is missing (−1) left out.

    >>> cross_table([0, 1, 1, -1], [0, 0, 1, 1]).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    a, b = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
    present = (a > MISSING) & (b > MISSING)
    a, b = a[present], b[present]
    if not len(a):
        return np.zeros((0, 0))
    high, wide = int(a.max()) + 1, int(b.max()) + 1
    return np.bincount(a * wide + b, minlength=high * wide).reshape(high, wide).astype(np.float64)


def cramers_v(table: ArrayLike) -> float:
    """How far a table of counts is from independence, in [0, 1], corrected for its size (Bergsma 2013): tables of
    chance come out near 0 whatever their number of levels. NaN where one side has a single level.

    >>> cramers_v([[10, 0], [0, 10]]) > 0.9, cramers_v([[10, 10], [10, 10]])
    (True, 0.0)
    """
    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0] if counts.size else counts
    if min(counts.shape) < 2:
        return float("nan")
    n = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi2 = float(((counts - expected) ** 2 / expected).sum() / n)
    rows, columns = counts.shape
    by_chance = (rows - 1) * (columns - 1) / (n - 1)
    sides = (side - (side - 1) ** 2 / (n - 1) for side in (rows, columns))
    smaller = min(sides) - 1
    return float(np.sqrt(max(phi2 - by_chance, 0.0) / smaller)) if smaller > 0 else float("nan")


def correlation_ratios(codes: Sequence[ArrayLike], values: ArrayLike) -> Floats:
    """(m, k) η of each column of an (n, k) matrix against each of m sets of levels: the root of the share of its
    variance that lies between levels, in [0, 1] (Fisher 1925).

    Rows where either is missing (−1, NaN) are left out, pair by pair; NaN where a column doesn't vary or is shared by a
    single level.

    >>> correlation_ratios([[0, 0, 1, 1]], [[1, 0], [3, 0], [5, 0], [7, 0]]).round(4).tolist()
    [[0.8944, nan]]
    """
    x = np.asarray(values, dtype=np.float64)
    present = (~np.isnan(x)).astype(np.float64)
    x = np.nan_to_num(x - np.nansum(x, axis=0) / np.maximum(present.sum(axis=0), 1.0))
    squares = x * x
    ratios = [_between(np.asarray(each, dtype=np.int64), present, x, squares) for each in codes]
    return np.stack(ratios) if ratios else np.zeros((0, x.shape[1]))


def _between(levels: NDArray[np.int64], present: Floats, x: Floats, squares: Floats) -> Floats:
    """(k,) η of centred columns against one set of levels; sums by level, on rows sorted by it."""
    order = np.argsort(levels, kind="stable")
    order = order[np.searchsorted(levels[order], 0) :]
    if not len(order):
        return np.full(x.shape[1], np.nan)
    starts = np.flatnonzero(np.diff(levels[order], prepend=-1))
    counts, sums, total = (np.add.reduceat(part[order], starts, axis=0) for part in (present, x, squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = sums.sum(axis=0) ** 2 / counts.sum(axis=0)
        spread = total.sum(axis=0) - middle
        between = np.where(counts > 0, sums**2 / counts, 0.0).sum(axis=0) - middle
        varies = (spread > 1e-9 * np.maximum(total.sum(axis=0), 1e-300)) & ((counts > 0).sum(axis=0) > 1)
        return np.asarray(np.where(varies, np.sqrt(np.clip(between / spread, 0.0, 1.0)), np.nan))


def information_value(goods: ArrayLike, bads: ArrayLike, *, floor: float = 0.5) -> float:
    """Σ (share of goods − share of bads)·ln(share of goods / share of bads) over bins (Siddiqi 2006, §6), less what
    chance adds to it, at least 0.

    Chance adds (k − 1)·(1/goods + 1/bads) over k non-empty bins: to second order the sum is the χ² of the k × 2 table
    times 1/goods + 1/bads, and χ² of no association is k − 1 on average. PSI, the same sum between two samples, has the
    same expectation (Yurdakul 2018). In bins of a few goods or bads chance adds somewhat more, and cutting at 0 leaves
    a little of it. A bin without goods or without bads counts `floor` of them, which keeps the logarithm finite. NaN
    without goods or without bads.

    >>> round(information_value([60, 40], [20, 80]), 4)  # 0.7167, less 1 · (1/100 + 1/100)
    0.6967
    """
    good, bad = np.asarray(goods, dtype=np.float64), np.asarray(bads, dtype=np.float64)
    some = good + bad > 0
    good, bad = good[some], bad[some]
    if not good.sum() or not bad.sum():
        return float("nan")
    by_chance = (len(good) - 1) * (1 / good.sum() + 1 / bad.sum())
    good, bad = np.maximum(good, floor) / good.sum(), np.maximum(bad, floor) / bad.sum()
    return max(float(((good - bad) * np.log(good / bad)).sum() - by_chance), 0.0)
