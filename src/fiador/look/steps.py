"""Which round numbers does a person count in?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil, floor, log10

FACTORS = (1.0, 2.0, 2.5, 5.0)
MEASURABLE = 1e-300, 1e300  # what lies nearer or further apart has no steps a double could count


def round_steps(least: float, *, whole: bool = False, factors: Sequence[float] = FACTORS) -> Iterator[float]:
    """1, 2, 2.5 and 5 times powers of ten, upwards without end, from the power of ten at or below `least` (above 0).

    whole: whole numbers alone.

    >>> from itertools import islice
    >>> list(islice(round_steps(0.3), 5)), list(islice(round_steps(0.3, whole=True), 5))
    ([0.1, 0.2, 0.25, 0.5, 1.0], [1.0, 2.0, 5.0, 10.0, 20.0])
    """
    steps = (factor * 10.0**power for power in count(floor(log10(least))) for factor in factors)
    return (step for step in steps if not whole or step.is_integer())


def round_values(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most `most` multiples of one round step from low to high; whole: whole numbers alone.

    >>> round_values(0, 1, 5), round_values(0, 7, 4, whole=True)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 2.0, 4.0, 6.0])
    """
    if not high > low or most < 2:
        return [low]
    if not MEASURABLE[0] < high - low < MEASURABLE[1]:
        return [low, high]
    step = next(s for s in round_steps((high - low) / most, whole=whole) if len(_multiples(s, low, high)) <= most)
    return list(dict.fromkeys(clean(index * step) for index in _multiples(step, low, high)))


def clean(value: float) -> float:
    """A number without the last digits, which arithmetic has made up: 0.1 times 3 is 0.3."""
    return float(f"{value:.12g}")


def _multiples(step: float, low: float, high: float) -> range:
    return range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)
