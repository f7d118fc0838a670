"""How far off may a rate or a median of a sample be?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

Z95 = 1.959963984540054  # the normal distribution's 97.5 % quantile


@dataclass(frozen=True)
class Rate:
    """`hits` of `of` rows: the share, and its 95 % interval; all three None without rows."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


def rate(hits: int, of: int) -> Rate:
    """A rate with its Wilson interval.

    >>> rate(0, 0).value, round(rate(1, 4).value, 2)
    (None, 0.25)
    """
    if of <= 0:
        return Rate(int(hits), 0, None, None, None)
    return Rate(int(hits), int(of), hits / of, *wilson(hits, of))


def wilson(hits: int, of: int, *, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927), within [0, 1] and sensible at 0 and at 1.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). NaN without rows.

    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if of <= 0:
        return math.nan, math.nan
    p, spread = hits / of, z * z / of
    middle = p + spread / 2
    half = z * math.sqrt(p * (1 - p) / of + spread / (4 * of))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if hits == 0 else low), (1.0 if hits == of else high)


def chance_of_difference(one: Rate, other: Rate) -> float | None:
    """The chance of two rates at least this far apart if they were one: the pooled two-sided z test. None where a side
    has no rows; 1 where both are all or nothing.

    >>> round(chance_of_difference(rate(15, 100), rate(30, 100)), 4)
    0.0111
    """
    if one.value is None or other.value is None:
        return None
    pooled = (one.hits + other.hits) / (one.of + other.of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of))
    if error == 0:
        return 1.0
    return math.erfc(abs(one.value - other.value) / error / math.sqrt(2))


def fold_interval(values: ArrayLike) -> tuple[float, float] | None:
    """The 95 % interval of a mean over at least two folds, each a difference on the same rows; None where one is NaN.

    Student's t with the variance widened to 1/k + 1/(k−1): any two folds' models share most of the rows they were
    fitted on, and a plain t test takes them for independent (Nadeau and Bengio 2003).

    >>> [round(end, 4) for end in fold_interval([0.01, 0.02, 0.03])]
    [-0.0193, 0.0593]
    """
    differences = np.asarray(values, dtype=np.float64)
    folds = len(differences)
    if folds < 2 or np.isnan(differences).any():
        return None
    error = float(differences.std(ddof=1)) * math.sqrt(1 / folds + 1 / (folds - 1))
    mean, half = float(differences.mean()), float(stdtrit(folds - 1, 0.975)) * error
    return mean - half, mean + half


def median_interval(values: ArrayLike, *, z: float = Z95) -> tuple[float, float, float] | None:
    """(median, low, high) of at least one number: the order statistics n/2 ± z·√n/2 (Conover 1999, §3.2), which ask
    nothing of the distribution. None without numbers; NaN is left out.

    >>> median_interval([3, 1, 2])
    (2.0, 1.0, 3.0)
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = np.sort(numbers[~np.isnan(numbers)])
    if not len(numbers):
        return None
    half = z * math.sqrt(len(numbers)) / 2
    low = max(math.ceil(len(numbers) / 2 - half) - 1, 0)
    high = min(math.ceil(len(numbers) / 2 + half) - 1, len(numbers) - 1)
    return float(np.median(numbers)), float(numbers[low]), float(numbers[high])
