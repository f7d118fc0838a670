"""Where on paper does a value stand, and which round values name an axis?"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fiador.look.steps import MEASURABLE, clean, round_values
from fiador.reports.svg import width_of

Show = Callable[[float], str]
GAP = 10.0  # px between two labels of an axis
_TOLD_APART = 1e-9  # of the larger end: steps below it need more digits than are written


def plain(value: float) -> str:
    """A number as Python writes it, where no language is at hand."""
    return f"{value:g}"


@dataclass(frozen=True)
class PlotAxis:
    """One axis: what it says, how its numbers are written, and its ends (None: those of the data, made round).

    whole: ticks at whole numbers only.
    """

    says: str = ""
    show: Show = plain
    low: float | None = None
    high: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Scale:
    """Values to places: `low` stands at `start`, `high` at `end` (px; end may be above start)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """
        >>> Scale(0, 10, 100, 200)(5)
        150.0
        """
        width = self.high / 2 - self.low / 2  # by halves: two ends may lie further apart than a double is
        along = (value / 2 - self.low / 2) / width
        return self.start + (self.end - self.start) * along


def ends(axis: PlotAxis, values: Iterable[float | None], *, zero: bool = False) -> tuple[float, float]:
    """The ends of an axis: its own, else round ones around the finite values; never the same twice.

    >>> ends(PlotAxis(), [3, 97]), ends(PlotAxis(low=0), [0, 0])
    ((0.0, 100.0), (0, 1.0))
    """
    known = [v for v in values if v is not None and math.isfinite(v)]
    known += [0.0] if zero else []
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low, high = (low if axis.low is None else axis.low), (high if axis.high is None else axis.high)
    if not high - low > MEASURABLE[0]:
        high = _next_end(low) if axis.high is None else axis.high
        low = low if high > low else high - max(abs(high) / 2, 1.0)
    if not MEASURABLE[0] < high - low < MEASURABLE[1]:
        return low, high
    steps = round_values(low, high, 6)
    step = steps[1] - steps[0] if len(steps) > 1 else high - low
    if not step > max(abs(low), abs(high)) * _TOLD_APART:
        return low, high
    below = low if axis.low is not None else clean(math.floor(low / step + 1e-9) * step)
    above = high if axis.high is not None else clean(math.ceil(high / step - 1e-9) * step)
    return (below, above) if math.isfinite(above - below) else (low, high)


def _next_end(low: float) -> float:
    """An end above another: twice it, or one more than nothing, while that is a number."""
    return min(low + (abs(low) if abs(low) > MEASURABLE[0] else 1.0), sys.float_info.max)


def fitting_ticks(axis: PlotAxis, scale: Scale, most: int = 8) -> list[float]:
    """Ticks of a horizontal axis, as many as stand side by side without touching."""
    for count in range(most, 1, -1):
        chosen = round_values(scale.low, scale.high, count, whole=axis.whole)
        if side_by_side([scale(v) for v in chosen], [axis.show(v) for v in chosen]):
            return chosen
    return round_values(scale.low, scale.high, 2, whole=axis.whole)[:1]


def side_by_side(places: Sequence[float], labels: Sequence[str]) -> bool:
    """Do labels centred at these places keep their distance?"""
    ends = [place + width_of(each) / 2 for place, each in zip(places, labels, strict=True)]
    starts = [place - width_of(each) / 2 for place, each in zip(places, labels, strict=True)]
    return all(start - end >= GAP for end, start in zip(ends, starts[1:], strict=False))
