"""How do columns that some groups have, block after block, become columns that every application has?

A wide sort and a wide join move each row several times; here each number is put where it belongs as it comes. A number
that isn't there is NaN on the way, and null in a table.
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


class Collector(Protocol):
    """Where what is measured of groups goes."""

    def add(self, groups: pa.RecordBatch, columns: Mapping[str, Singles]) -> None:
        """Keep what was measured of some groups, by their columns. Raises Scattered where one came before."""
        ...


class Places:
    """The place of each application among all keys, which are in order; of equal ones the first's."""

    def __init__(self, keys: Keys) -> None:
        self.count = len(keys)
        self._keys = keys
        self._by_type: dict[pa.DataType, Callable[[Keys], Indices]] = {}
        first = self.of(keys)
        self._first = None if (np.diff(first) > 0).all() else first

    def of(self, keys: Keys) -> Indices:
        """By key its place, −1 for one that is no application. A date is the timestamp of its midnight.

        >>> Places(pa.array(["a", "c"])).of(pa.array(["c", "b", None])).tolist()
        [1, -1, -1]
        """
        if keys.type not in self._by_type:
            own = self._keys.cast(keys.type)
            self._by_type[keys.type] = _among_numbers(own) if pa.types.is_integer(keys.type) else _among_others(own)
        places = self._by_type[keys.type](keys)
        return np.where(_as_numpy(pc.is_valid(keys)), places, -1) if keys.null_count else places

    def everywhere(self, column: Singles) -> Singles:
        """A column whose numbers stand at the first of equal keys, at all of them."""
        return column if self._first is None else column[self._first]

    @property
    def once(self) -> Indices | None:
        """The places of keys, each once; None where every key stands once."""
        return None if self._first is None else np.unique(self._first)


def _among_numbers(own: Keys) -> Callable[[Keys], Indices]:
    numbers = own.to_numpy()

    def places(keys: Keys) -> Indices:
        sought = _as_numpy(keys.fill_null(0) if keys.null_count else keys)
        if not len(numbers):
            return np.full(len(sought), -1)
        at = np.minimum(np.searchsorted(numbers, sought), len(numbers) - 1)
        return np.where(numbers[at] == sought, at, -1)

    return places


def _among_others(own: Keys) -> Callable[[Keys], Indices]:
    place = {key: at for at, key in reversed(list(enumerate(own.to_pylist())))}
    return lambda keys: np.fromiter((place.get(key, -1) for key in keys.to_pylist()), np.int64, len(keys))


class ApplicationColumns:
    """Columns of every application. no_rows: by column the value where nothing was measured; None is null.

    >>> columns = ApplicationColumns(Places(pa.array([5, 6, 7])), {"loans": 0.0})
    >>> columns.add(pa.record_batch({"key": [7, 5]}), {"loans": np.array([2, 1], np.float32)})
    >>> columns.table().to_pydict()
    {'loans': [1.0, 0.0, 2.0]}
    """

    def __init__(self, places: Places, no_rows: Mapping[str, float | None]) -> None:
        self._places, self._no_rows = places, no_rows
        self._columns = {name: _filled(places.count, value) for name, value in no_rows.items()}
        self._seen = np.zeros(places.count, dtype=bool)

    def add(self, groups: pa.RecordBatch, columns: Mapping[str, Singles]) -> None:
        at = self._places.of(groups.column(0))
        known = slice(None) if (at >= 0).all() else at >= 0
        at = at[known]
        if self._seen[at].any():
            raise Scattered
        self._seen[at] = True
        for name, value in self._no_rows.items():
            numbers = columns[name][known]
            self._columns[name][at] = _or_stated(numbers, value)

    def table(self) -> pa.Table:
        """The columns, in the order of the keys. They aren't copied: nothing is added afterwards."""
        return pa.table({name: with_nulls(self._places.everywhere(column)) for name, column in self._columns.items()})


class GroupColumns:
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


def linked(groups: pa.Table, links: Sequence[Keys], no_rows: Mapping[str, float | None]) -> pa.Table:
    """Columns of groups as columns of every application, whose `links` are equal to the groups' first columns.

    >>> groups = pa.table({"account": [3, 1], "orders": pa.array([2, 1], pa.float32())})
    >>> linked(groups, [pa.array([1, 2, 3, 3, None])], {"orders": 0.0}).to_pydict()
    {'orders': [1.0, 0.0, 2.0, 2.0, 0.0]}
    """
    at = _group_of(links, groups.columns[: len(links)])
    return pa.table({name: placed(groups.column(name), at, value) for name, value in no_rows.items()})


def placed(column: Keys, at: Indices, no_rows: float | None) -> pa.FloatArray:
    """The float32 numbers of a column at these places; −1 is a row without, which has the value stated."""
    numbers = _singles(_whole(column))
    if not len(numbers):
        return with_nulls(_filled(len(at), no_rows))
    return with_nulls(_or_stated(np.where(at < 0, np.float32(np.nan), numbers[at]), no_rows))


def _group_of(links: Sequence[Keys], groups: Sequence[Keys]) -> Indices:
    """For each row the group with equal columns; −1 where there is none."""
    codes, members = np.zeros(len(links[0]), np.int64), np.zeros(len(groups[0]), np.int64)
    for link, group in zip(links, groups, strict=True):
        kind = _common(link.type, group.type)
        values = _whole(group.cast(kind)).dictionary_encode()
        width = len(values.dictionary) + 1
        at = pc.index_in(_whole(link.cast(kind)), value_set=values.dictionary).fill_null(-1).to_numpy()
        codes = np.where((codes < 0) | (at < 0), -1, codes * width + at)
        members = members * width + values.indices.to_numpy()
    places = pc.index_in(pa.array(codes), value_set=pa.array(members)).fill_null(-1)
    return np.asarray(places.to_numpy(), np.int64)


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The type in which two columns of one kind are compared."""
    if one == other:
        return one
    if pa.types.is_temporal(one):
        return pa.timestamp("us")
    return pa.float64() if pa.types.is_floating(one) or pa.types.is_floating(other) else pa.int64()


def in_key_order(rows: pa.Table) -> pa.Table:
    """The rows in the order of `key`, those without one last.

    >>> in_key_order(pa.table({"key": [7, 5], "home": ["Rent", "Own"]})).to_pydict()
    {'key': [5, 7], 'home': ['Own', 'Rent']}
    """
    keys = _whole(rows.column("key"))
    if _rises(keys):
        return rows
    at = pc.sort_indices(keys)
    return pa.table({name: _taken(rows.column(name), at) for name in rows.column_names})


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
    if len(column) < 2:
        return True
    if not pa.types.is_integer(column.type):
        return bool(pc.count_distinct(column).as_py() == len(column))
    keys = np.sort(_as_numpy(column))  # many times faster than a table of them
    return not (keys[1:] == keys[:-1]).any()


def with_nulls(values: Singles) -> pa.FloatArray:
    """The numbers as Arrow has them, null where they are NaN; they aren't copied."""
    missing = np.isnan(values)
    if not missing.any():
        return pa.array(values)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.FloatArray.from_buffers(pa.float32(), len(values), [valid, pa.py_buffer(values)])


def _filled(count: int, value: float | None) -> Singles:
    return np.full(count, np.nan if value is None else value, np.float32)


def _or_stated(numbers: Singles, value: float | None) -> Singles:
    """The numbers, and the value stated where there are none."""
    return numbers if value is None else np.where(np.isnan(numbers), np.float32(value), numbers)


def _as_numpy(keys: Keys) -> NDArray[Any]:
    return np.asarray(keys.to_numpy(zero_copy_only=False) if isinstance(keys, pa.Array) else keys.to_numpy())


def _taken(column: pa.ChunkedArray, at: pa.Array) -> pa.Array:
    whole = _whole(column)
    return with_nulls(_singles(whole)[at.to_numpy()]) if pa.types.is_float32(whole.type) else whole.take(at)


def _singles(column: pa.FloatArray) -> Singles:
    return np.asarray(column.fill_null(np.nan).to_numpy(zero_copy_only=False))


def _rises(keys: pa.Array) -> bool:
    """Whether keys are in order already, as those of a store are, and none is missing."""
    if keys.null_count:
        return False
    return len(keys) < 2 or bool(pc.all(pc.greater_equal(keys.slice(1), keys.slice(0, len(keys) - 1))).as_py())


def _whole(column: Keys) -> pa.Array:
    """One array of a column's chunks."""
    if isinstance(column, pa.Array):
        return column
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
