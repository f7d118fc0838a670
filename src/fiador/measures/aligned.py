"""How do columns that some groups have, block after block, become columns that every application has?

A wide sort and a wide join move each row several times; here each number is put where it belongs as it is found. A
number that isn't there is NaN on the way, and null in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Indices = NDArray[np.int64]
Keys: TypeAlias = "pa.Array | pa.ChunkedArray"


class Scattered(Exception):
    """The rows of some group don't stand together: what was measured of some of them is not it."""


class Found(Protocol):
    """Where what is measured of groups goes."""

    def add(self, groups: pa.RecordBatch, columns: Mapping[str, Singles]) -> None:
        """Keep what was measured of some groups, told by their columns. Raises Scattered where one was there before."""
        ...


class Places:
    """The place of each application among all keys, which are in order; of equal ones the first's."""

    def __init__(self, keys: Keys) -> None:
        self.count = len(keys)
        self._keys = keys
        self._found: dict[pa.DataType, Callable[[Keys], Indices]] = {}
        first = self.of(keys)
        self._first = None if (np.diff(first) > 0).all() else first

    def of(self, keys: Keys) -> Indices:
        """By key its place, −1 for one that is no application. A date is the timestamp of its midnight.

        >>> Places(pa.array(["a", "c"])).of(pa.array(["c", "b"])).tolist()
        [1, -1]
        """
        if keys.type not in self._found:
            own = self._keys.cast(keys.type)
            self._found[keys.type] = _among_numbers(own) if pa.types.is_integer(keys.type) else _among_others(own)
        return self._found[keys.type](keys)

    def everywhere(self, column: Singles) -> Singles:
        """A column whose numbers stand at the first of equal keys, at all of them."""
        return column if self._first is None else column[self._first]


def _among_numbers(own: Keys) -> Callable[[Keys], Indices]:
    numbers = own.to_numpy()

    def found(keys: Keys) -> Indices:
        asked = _as_numpy(keys)
        if not len(numbers):
            return np.full(len(asked), -1)
        at = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
        return np.where(numbers[at] == asked, at, -1)

    return found


def _among_others(own: Keys) -> Callable[[Keys], Indices]:
    place = {key: at for at, key in reversed(list(enumerate(own.to_pylist())))}
    return lambda keys: np.fromiter((place.get(key, -1) for key in keys.to_pylist()), np.int64, len(keys))


class Aligned:
    """Columns of every application. no_rows: by column the value where nothing was measured; None is null.

    >>> found = Aligned(Places(pa.array([5, 6, 7])), {"loans": 0.0})
    >>> found.add(pa.record_batch({"key": [7, 5]}), {"loans": np.array([2, 1], np.float32)})
    >>> found.table().to_pydict()
    {'loans': [1.0, 0.0, 2.0]}
    """

    def __init__(self, places: Places, no_rows: Mapping[str, float | None]) -> None:
        self._places, self._no_rows = places, no_rows
        self._columns = {
            name: np.full(places.count, np.nan if value is None else value, np.float32)
            for name, value in no_rows.items()
        }
        self._seen = np.zeros(places.count, dtype=bool)

    def add(self, groups: pa.RecordBatch, columns: Mapping[str, Singles]) -> None:
        at = self._places.of(groups.column(0))
        known = slice(None) if (at >= 0).all() else at >= 0
        at = at[known]
        if self._seen[at].any():
            raise Scattered
        self._seen[at] = True
        for name, value in self._no_rows.items():
            found = columns[name][known]
            self._columns[name][at] = found if value is None else np.where(np.isnan(found), np.float32(value), found)

    def table(self) -> pa.Table:
        """The columns, in the order of the keys. They aren't copied: nothing is added afterwards."""
        return pa.table({name: with_nulls(self._places.everywhere(column)) for name, column in self._columns.items()})


class Gathered:
    """What was measured of groups that are no applications, one after another."""

    def __init__(self, names: Iterable[str]) -> None:
        self._groups: list[pa.RecordBatch] = []
        self._columns: dict[str, list[Singles]] = {name: [] for name in names}

    def add(self, groups: pa.RecordBatch, columns: Mapping[str, Singles]) -> None:
        self._groups.append(groups)
        for name, pieces in self._columns.items():
            pieces.append(columns[name])

    def table(self) -> pa.Table:
        """The groups' own columns, then what was measured. Raises Scattered where a group is there twice."""
        groups = pa.Table.from_batches(self._groups)
        require_once(groups.columns)
        columns = {name: with_nulls(np.concatenate(pieces)) for name, pieces in self._columns.items()}
        return pa.table({**dict(zip(groups.column_names, groups.columns, strict=True)), **columns})


def aligned(answer: pa.Table, places: Places, no_rows: Mapping[str, float | None]) -> pa.Table:
    """The float32 columns of an answer, in any order and by its `key`, as columns of every application.

    >>> answer = pa.table({"key": [7, 5], "loans": pa.array([2, 1], pa.float32())})
    >>> aligned(answer, Places(pa.array([5, 6, 7])), {"loans": 0.0}).to_pydict()
    {'loans': [1.0, 0.0, 2.0]}
    """
    found = Aligned(places, no_rows)
    groups = pa.record_batch({"key": _whole(answer.column("key"))})
    found.add(groups, {name: _singles(_whole(answer.column(name))) for name in no_rows})
    return found.table()


def by_key(answer: pa.Table) -> pa.Table:
    """The rows in the order of `key`, without it.

    >>> by_key(pa.table({"key": [7, 5], "home": ["Rent", "Own"]})).to_pydict()
    {'home': ['Own', 'Rent']}
    """
    keys, columns = _whole(answer.column("key")), answer.drop_columns("key")
    if _rises(keys):
        return columns
    at = pc.sort_indices(keys)
    return pa.table({name: _taken(columns.column(name), at) for name in columns.column_names})


def require_once(columns: Sequence[Keys]) -> None:
    """Pass where the columns of each group stand once, or raise Scattered."""
    if not _all_once(columns):
        raise Scattered


def _all_once(columns: Sequence[Keys]) -> bool:
    """Whether no two rows are equal in all columns."""
    if len(columns) > 1:
        table = pa.table({str(at): column for at, column in enumerate(columns)})
        return bool(table.group_by(table.column_names).aggregate([]).num_rows == table.num_rows)
    (column,) = columns
    if not pa.types.is_integer(column.type):
        return bool(pc.count_distinct(column).as_py() == len(column))
    keys = np.sort(_as_numpy(column))  # many times faster than a table of them
    return not (keys[1:] == keys[:-1]).any()


def with_nulls(values: Singles) -> pa.FloatArray:
    """The numbers as Arrow has them, null where they are NaN; they aren't copied."""
    missing = np.isnan(values)
    if not missing.any():
        return pa.array(values)
    given = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.FloatArray.from_buffers(pa.float32(), len(values), [given, pa.py_buffer(values)])


def _as_numpy(keys: Keys) -> NDArray[Any]:
    return np.asarray(keys.to_numpy(zero_copy_only=False) if isinstance(keys, pa.Array) else keys.to_numpy())


def _taken(column: pa.ChunkedArray, at: pa.Array) -> pa.Array:
    whole = _whole(column)
    return with_nulls(_singles(whole)[at.to_numpy()]) if pa.types.is_float32(whole.type) else whole.take(at)


def _singles(column: pa.FloatArray) -> Singles:
    return np.asarray(column.fill_null(np.nan).to_numpy())


def _rises(keys: pa.Array) -> bool:
    """Whether keys are in order already, as those of a store are."""
    return len(keys) < 2 or bool(pc.all(pc.greater_equal(keys.slice(1), keys.slice(0, len(keys) - 1))).as_py())


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """One array of a column's chunks."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
