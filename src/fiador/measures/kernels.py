"""How is each measure computed of every run of rows at once?

A row a measure, beside its SQL in `measures.py`: the same value, whatever the rows, to the float32 it is rounded to.
A number that isn't there is NaN here, and null outside; so is what is divided by 0, since null is what isn't finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from fiador.measures import ROUNDING, TAME
from fiador.measures.aligned import Found, Indices, Singles
from fiador.measures.asked import Asked
from fiador.measures.runs import Block, Floats, Taken, blocks

_SIGN = np.uint32(1 << 31)


def measure(batches: Iterable[pa.RecordBatch], by: int, asked: Sequence[Asked], found: Found) -> None:
    """Each group's features, by name, to where they are kept; the batches' first `by` columns tell a group.

    Raises Scattered where the rows of a group don't stand together.
    """
    turned = in_turn(asked)
    for block in blocks(batches, by):
        found.add(block.groups, computed(block, turned))


def computed(block: Block, asked: Sequence[Asked]) -> dict[str, Singles]:
    """Each feature of each run of a block, by name.

    What reads the same rows of the same column is computed together where `in_turn` has put it side by side.
    """
    if not block.runs:
        return {each.name: np.empty(0, np.float32) for each in asked}
    found: dict[str, Singles] = {}
    read: tuple[object, ...] = ()
    with np.errstate(all="ignore"):
        for each in asked:
            if each.measure.name in COUNTS:
                answer = COUNTS[each.measure.name](block, each)
            else:
                assert each.value
                if read != (reads := (each.value, each.time, each.wanted)):
                    taken, read = block.taken(*reads), reads
                answer = taken.spread(KERNELS[each.measure.name](taken, each))
            found[each.name] = _stated(answer, block, each)
    return found


def in_turn(asked: Sequence[Asked]) -> list[Asked]:
    """What is asked, so that what reads the same rows and values stands side by side."""
    return sorted(asked, key=lambda each: (each.value or "", str(each.wanted), each.time or ""))


def _stated(answer: Floats, block: Block, asked: Asked) -> Singles:
    """What the measure and the feature state, as float32; what isn't finite is null."""
    if asked.measure.only_nulls is not None:
        answer = np.where(np.isnan(answer), asked.measure.only_nulls, answer)
    if asked.null_for_none:
        answer = np.where(block.counted(asked.wanted) == 0, np.nan, answer)
    single = answer.astype(np.float32)
    endless = np.isinf(single)
    return np.where(endless, np.float32(np.nan), single) if endless.any() else single


def _rows(block: Block, asked: Asked) -> Floats:
    return block.counted(asked.wanted).astype(np.float64)


def _share(block: Block, asked: Asked) -> Floats:
    return np.asarray(block.counted(asked.wanted) / block.counted(asked.window))


def _since(taken: Taken, asked: Asked) -> Floats:
    return -taken.over(np.maximum, taken.values)


def _mean(taken: Taken, asked: Asked) -> Floats:
    return _sum(taken, asked) / taken.sizes


def _min(taken: Taken, asked: Asked) -> Floats:
    return taken.over(np.fmin, taken.values)


def _max(taken: Taken, asked: Asked) -> Floats:
    return taken.over(np.maximum, taken.values)


def _sum(taken: Taken, asked: Asked) -> Floats:
    return _unless_rounding(taken.total, taken.spread_of_values * taken.sizes)


def _var(taken: Taken, asked: Asked) -> Floats:
    tame = taken.where(np.abs(taken.values) < TAME)
    about = _centred(tame, tame.values)
    return taken.of(tame, tame.over(np.add, about * about) / (tame.sizes - 1))


def _std(taken: Taken, asked: Asked) -> Floats:
    return np.sqrt(_var(taken, asked))


def _first(taken: Taken, asked: Asked) -> Floats:
    return taken.first


def _last(taken: Taken, asked: Asked) -> Floats:
    return taken.last


def _change(taken: Taken, asked: Asked) -> Floats:
    return taken.last - taken.first


def _departure(taken: Taken, asked: Asked) -> Floats:
    departure = taken.last - (taken.total - taken.last) / (taken.sizes - 1)
    return _unless_rounding(departure, np.abs(taken.last))


def _trend(taken: Taken, asked: Asked) -> Floats:
    times, values = (_centred(taken, each) for each in (taken.times, taken.values))
    slope = taken.over(np.add, times * values) / taken.over(np.add, times * times)
    took = taken.over(np.maximum, times) - taken.over(np.minimum, times)
    return _unless_rounding(slope, taken.over(np.maximum, np.abs(taken.values)) / took)


def _recent(taken: Taken, asked: Asked) -> Floats:
    weights = np.exp2(taken.times / asked.half_life)
    recent = taken.over(np.add, taken.values * weights) / taken.over(np.add, weights)
    return _unless_rounding(recent, taken.spread_of_values)


def _distinct(taken: Taken, asked: Asked) -> Floats:
    codes = taken.codes.astype(np.int64)
    width = int(codes.max(initial=0)) + 1
    met = np.sort(taken.run * width + codes)
    new = np.diff(met, prepend=-1) > 0
    return np.bincount(met[new] // width, minlength=len(taken.sizes)).astype(np.float64)


def _of_last(rows: int, measure: Callable[[Taken, Asked], Floats]) -> Callable[[Taken, Asked], Floats]:
    return lambda taken, asked: measure(taken.latest(rows), asked)


def _quantile(percent: int) -> Callable[[Taken, Asked], Floats]:
    """Nearest rank. Rounding keeps the order of numbers, so the answer's float32 is found among the values'."""

    def quantile(taken: Taken, asked: Asked) -> Floats:
        rank = taken.sizes - (100 - percent) * taken.sizes // 100
        ranked = _ranked(taken.run, taken.values.astype(np.float32))
        found: Floats = ranked[taken.starts + np.maximum(rank, 1) - 1]
        return found

    return quantile


def _ranked(run: Indices, values: Singles) -> Floats:
    """The values of each run in order: run and value are sorted as one whole number."""
    values[np.isnan(values)] = np.nan  # one of them, and after all numbers
    bits = values.view(np.uint32)
    rising = np.where(bits & _SIGN, ~bits, bits | _SIGN)
    sorted_bits = np.sort(run << 32 | rising).astype(np.uint32)
    return np.where(sorted_bits & _SIGN, sorted_bits ^ _SIGN, ~sorted_bits).view(np.float32).astype(np.float64)


def _unless_rounding(left: Floats, of: Floats) -> Floats:
    """What is left of numbers so large; 0 where it is no more than their rounding."""
    return np.where((np.abs(left) <= ROUNDING * of) & np.isfinite(of), 0, left)


def _centred(taken: Taken, values: Floats) -> Floats:
    """Values about their run's mean. Taken from the first, so that equal ones are exactly 0."""
    distance = values - taken.each(values[taken.starts])
    return distance - taken.each(taken.over(np.add, distance) / taken.sizes)


COUNTS: Mapping[str, Callable[[Block, Asked], Floats]] = {"rows": _rows, "share": _share}
"""What is told of all rows, their values or not."""

KERNELS: Mapping[str, Callable[[Taken, Asked], Floats]] = {
    "since": _since, "mean": _mean, "min": _min, "max": _max, "sum": _sum, "var": _var, "std": _std, "first": _first,
    "last": _last, "change": _change, "departure": _departure, "trend": _trend, "recent": _recent,
    "distinct": _distinct,
    **{
        f"last{rows}_{name}": _of_last(rows, measure)
        for rows in (3, 5, 10) for name, measure in (("mean", _mean), ("max", _max), ("sum", _sum))
    },
    **{f"q{percent}": _quantile(percent) for percent in (10, 25, 50, 75, 90)},
}  # fmt: skip
"""What is told of the values there are."""
