"""What does each slice of the ranking hold: how many, how many bads, what PD were they given?

Slices are of equal mass, counted from the riskiest down. Equal PDs lie in one slice, that of the middle of their run,
as in `ece`; a slice nobody lies in is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from fiador.metrics.calibration import ECE_BINS
from fiador.metrics.intervals import wilson
from fiador.metrics.sample import sample


@dataclass(frozen=True)
class Slice:
    """rows, bads: counts. mean_pd, low_pd, high_pd: of the PDs in it. low, high: Wilson's interval of its bad rate."""

    rows: int
    bads: int
    mean_pd: float
    low_pd: float
    high_pd: float
    low: float
    high: float

    @property
    def bad_rate(self) -> float:
        return self.bads / self.rows


def slices(y: ArrayLike, pd: ArrayLike, *, bins: int = ECE_BINS) -> list[Slice]:
    """The riskiest slice first; a reliability curve in 15, gains and lift in 10. Raises DataError for no rows or NaN.

    >>> [(each.rows, each.bads, each.mean_pd) for each in slices([0, 0, 0, 1], [0.1, 0.1, 0.8, 0.8], bins=2)]
    [(2, 1, 0.8), (2, 0, 0.1)]
    """
    ladder = sample(y, pd).ladder
    bounds = ladder.slices(bins)[0]
    bads, rows = ladder.bads[0], ladder.bads[0] + ladder.goods[0]
    pd_sums = np.concatenate([[0.0], np.cumsum(np.diff(rows) * ladder.predictions)])
    result = []
    for start, end in pairwise(bounds):
        if end == start:
            continue
        inside, bad = rows[end] - rows[start], bads[end] - bads[start]
        high_pd, low_pd = float(ladder.predictions[start]), float(ladder.predictions[end - 1])
        mean = float(np.clip((pd_sums[end] - pd_sums[start]) / inside, low_pd, high_pd))
        low, high = wilson(int(bad), int(inside))
        result.append(Slice(int(inside), int(bad), mean, low_pd, high_pd, low, high))
    return result
