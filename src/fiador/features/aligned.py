"""How do columns that some applications have, in any order, become columns that every application has?

A wide sort and a wide join move each row several times; here each column is moved once, alone. A number that isn't
there is NaN on the way, and null in a table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Pieces = dict[str, list[Singles]]


def aligned(
    own: pa.ChunkedArray, found: Pieces, keys: pa.ChunkedArray, no_rows: Mapping[str, float | None]
) -> pa.Table:
    """Columns found for their `own` keys as columns of all `keys`.

    Each is taken out of `found` as it is moved, so that none is held twice. no_rows: by column the value where there is
    none; None leaves it null.

    >>> own, keys = pa.chunked_array([[7, 5]]), pa.chunked_array([[5, 6, 7]])
    >>> found = {"loans": [np.array([2], np.float32), np.array([1], np.float32)]}
    >>> aligned(own, found, keys, {"loans": 0.0}).to_pydict()
    {'loans': [1.0, 0.0, 2.0]}
    """
    if not len(own):
        return pa.table({name: with_nulls(_constant(value, len(keys))) for name, value in no_rows.items()})
    values = _whole(own)
    places = pc.index_in(_whole(keys).cast(values.type), value_set=values)
    at = places.fill_null(len(own)).to_numpy().astype(np.int64)  # who has no rows finds what is put after the last
    return pa.table({name: _moved(found.pop(name), at, value) for name, value in no_rows.items()})


def by_key(answer: pa.Table) -> pa.Table:
    """The rows in the order of `key`, without it.

    >>> by_key(pa.table({"key": [7, 5], "home": ["Rent", "Own"]})).to_pydict()
    {'home': ['Own', 'Rent']}
    """
    keys, columns = _whole(answer.column("key")), answer.drop_columns("key")
    if _rises(keys):
        return columns
    at = pc.sort_indices(keys)
    return pa.table(
        {name: _taken(column, at) for name, column in zip(columns.column_names, columns.columns, strict=True)}
    )


def _taken(column: pa.ChunkedArray, at: pa.Array) -> pa.Array:
    whole = _whole(column)
    return with_nulls(_singles(whole)[at.to_numpy()]) if pa.types.is_float32(whole.type) else whole.take(at)


def pieces(answer: pa.Table) -> Pieces:
    """The float32 columns of a table, without its `key`."""
    return {name: [_singles(_whole(answer.column(name)))] for name in answer.column_names if name != "key"}


def with_nulls(values: Singles) -> pa.FloatArray:
    """The numbers as Arrow has them, null where they are NaN; they aren't copied."""
    missing = np.isnan(values)
    if not missing.any():
        return pa.array(values)
    given = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.FloatArray.from_buffers(pa.float32(), len(values), [given, pa.py_buffer(values)])


def _moved(parts: list[Singles], at: NDArray[np.int64], no_rows: float | None) -> pa.FloatArray:
    none = np.float32(np.nan if no_rows is None else no_rows)
    values = np.concatenate([*parts, [none]], dtype=np.float32)[at]
    return with_nulls(values if no_rows is None else np.where(np.isnan(values), none, values))


def _singles(column: pa.FloatArray) -> Singles:
    return np.asarray(column.fill_null(np.nan).to_numpy())


def _rises(keys: pa.Array) -> bool:
    """Whether keys are in order already, as those of a store are."""
    return len(keys) < 2 or bool(pc.all(pc.greater_equal(keys.slice(1), keys.slice(0, len(keys) - 1))).as_py())


def _constant(value: float | None, length: int) -> Singles:
    return np.full(length, np.nan if value is None else value, np.float32)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """One array of a column's chunks."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
