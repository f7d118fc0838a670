"""Where on paper does a value stand, and which round values name an axis?"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fiador.reports.svg import width_of

Show = Callable[[float], str]
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
GAP = 10.0  # px between two labels of an axis
_TOLD_APART = 1e-9  # of the larger end: steps below it need more digits than are written
MEASURABLE = 1e-300, 1e300  # what lies nearer or further apart has no steps a double could count


def plain(value: float) -> str:
    """A number as Python writes it, where no language is at hand."""
    return f"{value:g}"


@dataclass(frozen=True)
class PlotAxis:
    """One axis: what it says, how its numbers are written, and its ends (None: those of the data, made round).

    whole: ticks at whole numbers only. log: equal distances are equal ratios; values up to zero are left out.
    """

    says: str = ""
    show: Show = plain
    low: float | None = None
    high: float | None = None
    whole: bool = False
    log: bool = False


@dataclass(frozen=True)
class Scale:
    """Values to places: `low` stands at `start`, `high` at `end` (px; end may be above start)."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """
        >>> Scale(0, 10, 100, 200)(5), Scale(1, 100, 0, 200, log=True)(10)
        (150.0, 100.0)
        """
        low, high, at = (_logged(v) if self.log else v for v in (self.low, self.high, value))
        along = (at / 2 - low / 2) / (high / 2 - low / 2)  # by halves: two ends may lie further apart than a double is
        return self.start + (self.end - self.start) * along


def _logged(value: float) -> float:
    return math.log10(max(value, 1e-300))


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most `most` round values from low to high: 1, 2, 2.5 or 5 times a power of ten apart.

    >>> ticks(0, 1, 5), ticks(0, 7, 4, whole=True)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 2.0, 4.0, 6.0])
    """
    if not high > low or most < 2:
        return [low]
    if not MEASURABLE[0] < high - low < MEASURABLE[1]:
        return [low, high]
    power = 10 ** math.floor(math.log10((high - low) / most))
    for times in (*_STEPS, *(10 * s for s in _STEPS[1:])):
        step = times * power
        if whole and step != round(step):
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [_clean(index * step) for index in range(first, last + 1)]
    return [low, high]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values whose ratios are alike: 1, 2 and 5 times powers of ten, or powers alone.

    >>> log_ticks(1, 100, 7), log_ticks(1, 1e6, 4)
    ([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0], [1.0, 100.0, 10000.0, 1000000.0])
    """
    powers = range(math.floor(_logged(low)), math.ceil(_logged(high)) + 1)
    for each in (
        [t * 10.0**p for p in powers for t in (1, 2, 5)],
        *([10.0**p for p in powers[::s]] for s in (1, 2, 3)),
    ):
        inside = [_clean(v) for v in each if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
        if len(inside) <= most:
            return inside
    return [low, high]


def _clean(value: float) -> float:
    return float(f"{value:.12g}")


def ends(axis: PlotAxis, values: Iterable[float | None], *, zero: bool = False) -> tuple[float, float]:
    """The ends of an axis: its own, else round ones around the finite values; never the same twice.

    >>> ends(PlotAxis(), [3, 97]), ends(PlotAxis(low=0), [0, 0])
    ((0.0, 100.0), (0, 1.0))
    """
    known = [v for v in values if v is not None and math.isfinite(v) and (v > 0 or not axis.log)]
    known += [0.0] if zero and not axis.log else []
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low, high = (low if axis.low is None else axis.low), (high if axis.high is None else axis.high)
    if not high - low > MEASURABLE[0]:
        high = _next_end(low) if axis.high is None else axis.high
        low = low if high > low else high - max(abs(high) / 2, 1.0)
    if axis.log or not MEASURABLE[0] < high - low < MEASURABLE[1]:
        return low, high
    steps = ticks(low, high, 6)
    step = steps[1] - steps[0] if len(steps) > 1 else high - low
    if not step > max(abs(low), abs(high)) * _TOLD_APART:
        return low, high
    below = low if axis.low is not None else _clean(math.floor(low / step + 1e-9) * step)
    above = high if axis.high is not None else _clean(math.ceil(high / step - 1e-9) * step)
    return (below, above) if math.isfinite(above - below) else (low, high)


def _next_end(low: float) -> float:
    """An end above another: twice it, or one more than nothing, while that is a number."""
    return min(low + (abs(low) if abs(low) > MEASURABLE[0] else 1.0), sys.float_info.max)


def axis_ticks(axis: PlotAxis, low: float, high: float, most: int) -> list[float]:
    """The round values that name an axis."""
    return log_ticks(low, high, most) if axis.log else ticks(low, high, most, whole=axis.whole)


def fitting_ticks(axis: PlotAxis, scale: Scale, most: int = 8) -> list[float]:
    """Ticks of a horizontal axis, as many as stand side by side without touching."""
    for count in range(most, 1, -1):
        chosen = axis_ticks(axis, scale.low, scale.high, count)
        if side_by_side([scale(v) for v in chosen], [axis.show(v) for v in chosen]):
            return chosen
    return axis_ticks(axis, scale.low, scale.high, 2)[:1]


def side_by_side(places: Sequence[float], labels: Sequence[str]) -> bool:
    """Do labels centred at these places keep their distance?"""
    ends = [place + width_of(each) / 2 for place, each in zip(places, labels, strict=True)]
    starts = [place - width_of(each) / 2 for place, each in zip(places, labels, strict=True)]
    return all(start - end >= GAP for end, start in zip(ends, starts[1:], strict=False))
