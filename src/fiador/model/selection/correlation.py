"""Which numbers rank applications alike, and which of two such ranks bads and goods better?

Ranks are taken among the values given; a missing value lies in their middle, so it moves neither figure. Two columns
that are null together are not alike for that: what a null says is left to the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from fiador.metrics.sample import Floats
from fiador.model.selection.portrait import Float32s

BLOCK = 256  # columns held against all later ones at once


def centred_ranks(values: Float32s) -> Floats:
    """(n,) each value's rank among those given, ties sharing theirs, less the mean rank; 0 where missing.

    >>> centred_ranks(np.array([5, 1, np.nan, 5], dtype=np.float32)).tolist()
    [0.5, -1.0, 0.0, 0.5]
    """
    present = ~np.isnan(values)
    ranks = np.zeros(len(values))
    ranks[present] = rankdata(values[present]) - (int(present.sum()) + 1) / 2
    return ranks


def strength(ranks: Floats, bad: NDArray[np.int64]) -> float:
    """|AUC − ½| of one column: a pair of a bad and a good in which a value is missing counts as a tie.

    ranks: (n,) centred. The sum of the bads' centred ranks over the number of pairs (Mann and Whitney 1947). In
    [0, ½]; 0 where there are no bads, or no goods.

    >>> strength(centred_ranks(np.array([1, 2, 3, 4], dtype=np.float32)), np.array([0, 0, 1, 1]))
    0.5
    """
    pairs = int(bad.sum()) * int((1 - bad).sum())
    return abs(float(ranks @ bad)) / pairs if pairs else 0.0


def twins(ranks: Sequence[Floats], *, above: float) -> Iterator[tuple[int, int, float]]:
    """(column, the earlier one it repeats, their Spearman correlation) of each that repeats one which stays.

    ranks: centred, (n,) each, the one to keep first. A column goes where its |ρ| with one that stays is over `above`;
    of several the first. Columns are taken in blocks, in one thread: two threads add in an order of their own.

    >>> ranks = [centred_ranks(np.array(each, dtype=np.float32)) for each in ([1, 2, 3], [2, 1, 2], [10, 20, 30])]
    >>> [(column, earlier, round(rho, 4)) for column, earlier, rho in twins(ranks, above=0.9)]
    [(2, 0, 1.0)]
    """
    unit = np.stack([_unit(each) for each in ranks]) if ranks else np.empty((0, 0), dtype=np.float32)
    stays = np.ones(len(unit), dtype=bool)
    with threadpool_limits(limits=1):
        for start in range(0, len(unit), BLOCK):
            block = unit[start : start + BLOCK] @ unit[start:].T
            for at, row in enumerate(block, start):
                if stays[at]:
                    again = start + np.flatnonzero((np.abs(row) > above) & stays[start:])
                    for other in again[again > at].tolist():
                        stays[other] = False
                        yield other, at, float(np.clip(row[other - start], -1, 1))


def _unit(ranks: Floats) -> Float32s:
    length = float(np.sqrt(ranks @ ranks))
    return (ranks / length if length else ranks).astype(np.float32)
