"""Which of a table's rows stand together, and which of those count?

Rows come in batches. Those of one group that follow each other are a run; a block is a batch whose runs are whole, so
that each is measured where it lies, without a table of groups. Rows that batches cut in two make a block of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fiador.measures.measurement import Flag
from fiador.measures.places import Indices, require_once
from fiador.measures.totals import Floats, fixed_point_totals, totals

Truths = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True)
class Block:
    """Rows of whole runs, where each run starts, and how many of the first columns identify a group."""

    rows: pa.RecordBatch
    starts: Indices
    by: int
    _masks: dict[tuple[Flag, ...], Truths] = field(default_factory=dict)
    _by_level: dict[str, Indices] = field(default_factory=dict)
    _in_time: dict[str, tuple[Indices, Indices]] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        return len(self.starts)

    @cached_property
    def ends(self) -> Indices:
        return np.append(self.starts[1:], self.rows.num_rows)

    @cached_property
    def sizes(self) -> Indices:
        return self.ends - self.starts

    @cached_property
    def groups(self) -> pa.RecordBatch:
        """The columns that identify a group, a row a run."""
        return self.rows.select(range(self.by)).take(pa.array(self.starts))

    def mask(self, flags: tuple[Flag, ...]) -> Truths:
        """Whether all flags hold, by row."""
        if flags not in self._masks:
            masks = [self._holds(flag) for flag in flags]
            self._masks[flags] = masks[0] if len(masks) == 1 else np.logical_and.reduce(masks)
        return self._masks[flags]

    def _holds(self, flag: Flag) -> Truths:
        column = self.rows.column(flag.column)
        if flag.level is None:
            return _bits(column.buffers()[1], column)
        return np.asarray(_values(column) == flag.level)

    def count(self, flags: tuple[Flag, ...]) -> Indices:
        """How many rows of each run all flags hold for."""
        if len(flags) == 1 and flags[0].level is not None:
            levels = self._level_counts(flags[0].column)
            return levels[:, flags[0].level] if flags[0].level < levels.shape[1] else np.zeros(self.runs, np.int64)
        return _counts(self.mask(flags), self.ends) if flags else self.sizes

    def _level_counts(self, column: str) -> Indices:
        """How many rows of each run have each level of a column, told by its number."""
        if column not in self._by_level:
            levels = _values(self.rows.column(column))
            width = int(levels.max()) + 1
            cells = np.repeat(np.arange(self.runs) * width, self.sizes) + levels
            self._by_level[column] = np.bincount(cells, minlength=self.runs * width).reshape(self.runs, width)
        return self._by_level[column]

    def present(self, column: str) -> Truths | None:
        """Where a column has a value; None where all rows have one."""
        array = self.rows.column(column)
        return _bits(array.buffers()[0], array) if array.null_count else None

    def numbers(self, column: str) -> Floats:
        """A column's numbers; where it has none anything may stand."""
        array = self.rows.column(column)
        return _values(array if pa.types.is_float64(array.type) else array.cast(pa.float64(), safe=False))

    def codes(self, column: str) -> NDArray[np.int32]:
        """A number for each different value of a column; where it has none anything may stand."""
        array = self.rows.column(column)
        if pa.types.is_floating(array.type):
            array = pc.add(array, 0.0)  # zero, whatever its sign
        return _values(array.dictionary_encode().indices)

    def in_time(self, time: str) -> tuple[Indices, Indices]:
        """The rows by run and time, and a number for each row's run and time, the same where both are."""
        if time not in self._in_time:
            moment = np.repeat(np.arange(self.runs), self.sizes) << 32 | _ranks(self.numbers(time))
            self._in_time[time] = np.argsort(moment), moment
        return self._in_time[time]

    def values(self, value: str, time: str | None, conditions: tuple[Flag, ...]) -> Values:
        """The values of a column on rows that count; of all others nothing is left."""
        masks = [self.mask(conditions)] if conditions else []
        columns = dict.fromkeys([value, *([time] if time else [])])
        masks += [mask for column in columns if (mask := self.present(column)) is not None]
        whole = Values(self, value, time, None, self.starts, self.sizes, None)
        return whole.where(masks[0] if len(masks) == 1 else np.logical_and.reduce(masks)) if masks else whole


@dataclass(frozen=True)
class Values:
    """Rows that count and have a value, in runs of at least one.

    rows: which of the block's, None for all. starts, sizes: of each run among them. runs: which of the block's these
    are, None for all.
    """

    block: Block
    value: str
    time: str | None
    rows: Indices | None
    starts: Indices
    sizes: Indices
    runs: Indices | None

    def where(self, mask: Truths) -> Values:
        """Those of its rows a mask holds for."""
        if mask.all():
            return self
        counts = _counts(mask, self.starts + self.sizes)
        runs = np.flatnonzero(counts)
        rows = np.flatnonzero(mask)
        return self._with(rows if self.rows is None else self.rows[rows], counts[runs], runs)

    def latest(self, count: int) -> Values:
        """The last so many of each run, or all; of rows at one time those with larger values are the later."""
        sizes = np.minimum(self.sizes, count)
        ends = np.cumsum(sizes)
        place = np.repeat(self.starts + self.sizes - ends, sizes) + np.arange(int(sizes.sum()))
        return self._with(self._in_order[place], sizes, np.arange(len(sizes)))

    @cached_property
    def _in_order(self) -> Indices:
        """The block's rows that are here, by run, time and value."""
        assert self.time
        order, moment = self.block.in_time(self.time)
        if self.rows is not None:
            here = np.zeros(self.block.rows.num_rows, dtype=bool)
            here[self.rows] = True
            order = order[here[order]]
        moments = moment[order]
        same = moments[1:] == moments[:-1]
        if same.any():
            tied = np.append(same, False) | np.append(False, same)
            rows, order = order[tied], order.copy()
            order[tied] = rows[np.lexsort((self.block.numbers(self.value)[rows], moments[tied]))]
        return order

    def _with(self, rows: Indices, sizes: Indices, runs: Indices) -> Values:
        """Other rows of the block in its stead. runs: which of its runs still have any."""
        runs = runs if self.runs is None else self.runs[runs]
        return Values(self.block, self.value, self.time, rows, np.cumsum(sizes) - sizes, sizes, runs)

    @cached_property
    def numbers(self) -> Floats:
        return self._of(self.block.numbers(self.value))

    @cached_property
    def at_times(self) -> Values:
        """The times of its rows in the values' stead."""
        assert self.time
        return replace(self, value=self.time)

    @property
    def times(self) -> Floats:
        return self.at_times.numbers

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        return self._of(self.block.codes(self.value))

    @cached_property
    def run(self) -> Indices:
        """The number of each row's run."""
        return self.each(np.arange(len(self.sizes)))

    @cached_property
    def total(self) -> Floats:
        return totals(self.numbers, self.starts, self.sizes, self.magnitudes)

    def total_of(self, numbers: Floats) -> Floats:
        """The sum of each run of computed numbers, whatever the order of its rows."""
        return fixed_point_totals(numbers, self.starts, self.sizes)

    @cached_property
    def about_mean(self) -> Floats:
        """The values about their run's mean, exactly 0 where all are equal."""
        about = self.numbers - self.each(self.total / self.sizes)
        equal = self.largest == self.smallest
        return np.where(self.each(equal), 0.0, about) if equal.any() else about

    @cached_property
    def largest(self) -> Floats:
        """The largest value of each run; NaN is larger than all numbers."""
        return self.over(np.maximum, self.numbers)

    @cached_property
    def smallest(self) -> Floats:
        return self.over(np.fmin, self.numbers)

    @cached_property
    def magnitudes(self) -> Floats:
        """The largest value of each run, whatever its sign."""
        return np.maximum(np.abs(self.largest), np.abs(self.smallest))

    @cached_property
    def span(self) -> Floats:
        """How far the values of a run are apart."""
        return self.largest - self.smallest

    @cached_property
    def last(self) -> Floats:
        """The latest value; of several at one time the largest."""
        latest = self.times == self.each(self.at_times.largest)
        return self.over(np.maximum, np.where(latest, self.numbers, -np.inf))

    @cached_property
    def first(self) -> Floats:
        """The earliest value; of several at one time the smallest."""
        earliest = self.times == self.each(self.at_times.smallest)
        return self.over(np.fmin, np.where(earliest, self.numbers, np.inf))

    def over(self, reduce: np.ufunc, numbers: Floats) -> Floats:
        """One number a run."""
        return reduce.reduceat(numbers, self.starts) if len(numbers) else numbers[:0]

    def each(self, of_run: NDArray[Number]) -> NDArray[Number]:
        """A run's value on each of its rows."""
        return np.repeat(of_run, self.sizes)

    def of(self, fewer: Values, of_run: Floats) -> Floats:
        """What was computed of fewer of its rows, for each of its runs; NaN where none was left."""
        return of_run if fewer is self else fewer.spread(of_run)[slice(None) if self.runs is None else self.runs]

    def spread(self, of_run: Floats) -> Floats:
        """The value of each of the block's runs; NaN where none of its rows is here."""
        if self.runs is None:
            return of_run
        column = np.full(self.block.runs, np.nan)
        column[self.runs] = of_run
        return column

    def _of(self, column: NDArray[Number]) -> NDArray[Number]:
        return column if self.rows is None else column[self.rows]


def blocks(batches: Iterable[pa.RecordBatch], by: int) -> Iterator[Block]:
    """The rows in blocks of whole runs; the first `by` columns identify a group. Raises Scattered.

    >>> batches = [pa.record_batch({"of": part}) for part in ([1, 1, 2, 3], [3, 3], [3, 4])]
    >>> [(block.rows.column("of").to_pylist(), block.starts.tolist()) for block in blocks(batches, 1)]
    [([2], [0]), ([1, 1, 3, 3, 3, 3, 4], [0, 2, 6])]
    """
    edges: list[pa.RecordBatch] = []
    for batch in batches:
        starts = _starts(batch, by)
        if len(starts) < 3:
            edges.append(batch)
            continue
        first, last = int(starts[1]), int(starts[-1])
        edges.append(pa.concat_batches([batch.slice(0, first), batch.slice(last)]))  # a copy: the batch is let go of
        yield _of_each_once(Block(batch.slice(first, last - first), starts[1:-1] - first, by))
    if edges:
        whole = pa.concat_batches(edges)
        yield _of_each_once(Block(whole, _starts(whole, by), by))


def _of_each_once(block: Block) -> Block:
    require_once(block.groups.columns)
    return block


def _starts(batch: pa.RecordBatch, by: int) -> Indices:
    """Where a row differs from the one before it in one of the first `by` columns."""
    differs = np.zeros(batch.num_rows, dtype=bool)
    differs[:1] = True
    for column in batch.columns[:by]:
        before, after = column.slice(0, max(0, len(column) - 1)), column.slice(1)
        differs[1:] |= pc.not_equal(after, before).to_numpy(zero_copy_only=False)
    return np.flatnonzero(differs)


def _ranks(times: Floats) -> Indices:
    """Whole numbers below 2³² in the order of times, the same where these are."""
    whole = np.rint(times)
    low, high = whole.min(), whole.max()
    if high - low < 2**32 and np.array_equal(whole, times):
        return np.asarray(whole - low, dtype=np.int64)
    ranks: Indices = np.unique(times, return_inverse=True)[1]
    return ranks


def _counts(mask: Truths, ends: Indices) -> Indices:
    """How many rows a mask holds for, of each run of those before an end."""
    upto = np.cumsum(mask, dtype=np.int32)[ends - 1].astype(np.int64)
    upto[1:] -= upto[:-1].copy()
    return upto


def _values(array: pa.Array) -> NDArray[Any]:
    """The numbers of an array where they lie; at a null anything."""
    kind = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * np.dtype(kind).itemsize)


def _bits(buffer: pa.Buffer, array: pa.Array) -> Truths:
    """The bits of one of an array's buffers."""
    first = array.offset // 8
    packed = np.frombuffer(buffer, np.uint8)[first : (array.offset + len(array) + 7) // 8]
    return np.unpackbits(packed, bitorder="little").view(bool)[array.offset % 8 : array.offset % 8 + len(array)]
