"""How is each measure computed of runs of rows, one application's or a million's?

A kernel is named by its measure's row in `MEASURES`. A number that isn't there is NaN here, and null outside; so is
what is divided by 0, since null is what isn't finite. No kernel's answer depends on the order of a run's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa

from fiador.measures import ROUNDING, TAME
from fiador.measures.measurement import Flag, Measurement
from fiador.measures.places import Collector, Indices, Singles
from fiador.measures.runs import Block, Values, blocks
from fiador.measures.totals import Floats

_SIGN = np.uint32(1 << 31)
_FEW_CELLS = 8  # a row: a mark in a table of groups and values costs less than sorting them
OfRows = Callable[[Block, Measurement], Floats]
OfValues = Callable[[Values, Measurement], Floats]
OF_ROWS: dict[str, OfRows] = {}
OF_VALUES: dict[str, OfValues] = {}


def _of_rows(kernel: OfRows) -> OfRows:
    """A kernel of all rows, their values or not."""
    OF_ROWS[kernel.__name__] = kernel
    return kernel


def _of_values(kernel: OfValues) -> OfValues:
    """A kernel of the values there are."""
    OF_VALUES[kernel.__name__] = kernel
    return kernel


def measure(
    batches: Iterable[pa.RecordBatch], by: int, measurements: Sequence[Measurement], collector: Collector
) -> None:
    """Each group's features, by name, to a collector; the batches' first `by` columns identify a group.

    Raises Scattered where the rows of a group don't stand together.
    """
    in_turn = sorted(measurements, key=lambda each: (str(_rows_of(each)), each.measure.latest or 0))
    for block in blocks(batches, by):
        collector.add(block.groups, _columns(block, in_turn))


def _columns(block: Block, measurements: Sequence[Measurement]) -> dict[str, Singles]:
    """Each feature of each run of a block, by name; neighbours that read the same rows of a column share them."""
    if not block.runs:
        return {each.name: np.empty(0, np.float32) for each in measurements}
    columns: dict[str, Singles] = {}
    before: Measurement | None = None
    with np.errstate(all="ignore"):
        for each in measurements:
            kernel = each.measure.kernel
            if kernel in OF_ROWS:
                columns[each.name] = _stated(OF_ROWS[kernel](block, each), block, each)
                continue
            if before is None or _rows_of(before) != _rows_of(each):
                values = subset = block.values(*_rows_of(each))
            if before is None or subset is values or before.measure.latest != each.measure.latest:
                subset = values.latest(each.measure.latest) if each.measure.latest else values
            columns[each.name] = _stated(subset.spread(OF_VALUES[kernel](subset, each)), block, each)
            before = each
    return columns


def _rows_of(measurement: Measurement) -> tuple[str, str | None, tuple[Flag, ...]]:
    """Which values on which rows it is of."""
    return measurement.value or "", measurement.time, measurement.conditions


def _stated(numbers: Floats, block: Block, measurement: Measurement) -> Singles:
    """What the measure and the feature state, as float32; what isn't finite is null."""
    if measurement.measure.only_nulls is not None:
        numbers = np.where(np.isnan(numbers), measurement.measure.only_nulls, numbers)
    if measurement.null_for_none:
        numbers = np.where(block.count(measurement.conditions) == 0, np.nan, numbers)
    single = numbers.astype(np.float32) + np.float32(0)  # no negative zero: which of two is met first is chance
    endless = np.isinf(single)
    return np.where(endless, np.float32(np.nan), single) if endless.any() else single


@_of_rows
def rows(block: Block, measurement: Measurement) -> Floats:
    return block.count(measurement.conditions).astype(np.float64)


@_of_rows
def share(block: Block, measurement: Measurement) -> Floats:
    return np.asarray(block.count(measurement.conditions) / block.count(measurement.window))


@_of_values
def since(values: Values, measurement: Measurement) -> Floats:
    return -values.largest


@_of_values
def mean(values: Values, measurement: Measurement) -> Floats:
    return total(values, measurement) / values.sizes


@_of_values
def smallest(values: Values, measurement: Measurement) -> Floats:
    return values.smallest


@_of_values
def largest(values: Values, measurement: Measurement) -> Floats:
    return values.largest


@_of_values
def total(values: Values, measurement: Measurement) -> Floats:
    return _unless_rounding(values.total, values.span * values.sizes)


@_of_values
def variance(values: Values, measurement: Measurement) -> Floats:
    is_tame = (values.magnitudes < TAME).all()
    tame = values if is_tame else values.where(np.abs(values.numbers) < TAME)
    return values.of(tame, tame.total_of(tame.about_mean**2) / (tame.sizes - 1))


@_of_values
def deviation(values: Values, measurement: Measurement) -> Floats:
    return np.sqrt(variance(values, measurement))


@_of_values
def first(values: Values, measurement: Measurement) -> Floats:
    return values.first


@_of_values
def last(values: Values, measurement: Measurement) -> Floats:
    return values.last


@_of_values
def change(values: Values, measurement: Measurement) -> Floats:
    return values.last - values.first


@_of_values
def departure(values: Values, measurement: Measurement) -> Floats:
    departed = values.last - (values.total - values.last) / (values.sizes - 1)
    return _unless_rounding(departed, np.abs(values.last))


@_of_values
def trend(values: Values, measurement: Measurement) -> Floats:
    at = values.at_times
    slope = values.total_of(at.about_mean * values.about_mean) / values.total_of(at.about_mean**2)
    return _unless_rounding(slope, values.magnitudes / (at.largest - at.smallest))


@_of_values
def recent(values: Values, measurement: Measurement) -> Floats:
    weights = np.exp2(values.times / measurement.half_life)
    weighted = values.total_of(values.numbers * weights) / values.total_of(weights)
    return _unless_rounding(weighted, values.span)


@_of_values
def distinct(values: Values, measurement: Measurement) -> Floats:
    width = int(values.codes.max(initial=0)) + 1
    cells = values.run * width + values.codes
    if width * len(values.sizes) <= _FEW_CELLS * len(cells):
        marks = np.zeros((len(values.sizes), width), dtype=bool)
        marks.reshape(-1)[cells] = True
        return np.asarray(marks.sum(axis=1), dtype=np.float64)
    cells = np.sort(cells)
    new = np.diff(cells, prepend=-1) > 0
    return np.bincount(cells[new] // width, minlength=len(values.sizes)).astype(np.float64)


@_of_values
def quantile(values: Values, measurement: Measurement) -> Floats:
    """Nearest rank. Rounding keeps the order of numbers, so the answer's float32 is one of the values'."""
    percent = measurement.measure.percent
    assert percent is not None
    rank = values.sizes - (100 - percent) * values.sizes // 100
    ranked = _ranked(values.run, values.numbers.astype(np.float32))
    return np.asarray(ranked[values.starts + np.maximum(rank, 1) - 1])


def _ranked(run: Indices, numbers: Singles) -> Floats:
    """The numbers of each run in order: run and number are sorted as one whole number."""
    numbers[np.isnan(numbers)] = np.nan  # one of them, and after all numbers
    bits = numbers.view(np.uint32)
    rising = np.where(bits & _SIGN, ~bits, bits | _SIGN)
    sorted_bits = np.sort(run << 32 | rising).astype(np.uint32)
    return np.where(sorted_bits & _SIGN, sorted_bits ^ _SIGN, ~sorted_bits).view(np.float32).astype(np.float64)


def _unless_rounding(rest: Floats, of: Floats) -> Floats:
    """What is left of numbers so large; 0 where it is no more than their rounding."""
    return np.where((np.abs(rest) <= ROUNDING * of) & np.isfinite(of), 0, rest)
