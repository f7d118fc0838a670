"""How do columns that some applications have, in any order, become columns that every application has?

A wide sort and a wide join move each row several times; here each column is moved once, alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def aligned(answer: pa.Table, keys: pa.ChunkedArray, no_rows: Mapping[str, float | None]) -> pa.Table:
    """The float32 columns of `answer` by the keys, each as long as they are, without its own `key`.

    no_rows: by column the value for nulls and for keys the answer hasn't; None leaves them null.

    >>> answer = pa.table({"key": [7, 5], "loans": pa.array([2, 1], pa.float32())})
    >>> aligned(answer, pa.chunked_array([[5, 6, 7]]), {"loans": 0.0}).to_pydict()
    {'loans': [1.0, 0.0, 2.0]}
    """
    if not answer.num_rows:
        return pa.table({name: _constant(value, len(keys)) for name, value in no_rows.items()})
    own = _whole(answer.column("key"))
    places = pc.index_in(_whole(keys).cast(own.type), value_set=own)
    found = places.is_valid().to_numpy(zero_copy_only=False)
    at = places.fill_null(0).to_numpy()
    return pa.table({name: _moved(_whole(answer.column(name)), at, found, value) for name, value in no_rows.items()})


def by_key(answer: pa.Table) -> pa.Table:
    """The rows in the order of `key`, without it.

    >>> by_key(pa.table({"key": [7, 5], "home": ["Rent", "Own"]})).to_pydict()
    {'home': ['Own', 'Rent']}
    """
    at = pc.sort_indices(answer.column("key")).to_numpy()
    everywhere = np.ones(len(at), dtype=bool)
    columns = {name: _whole(answer.column(name)) for name in answer.column_names if name != "key"}
    return pa.table(
        {
            name: _moved(column, at, everywhere, None)
            if pa.types.is_float32(column.type)
            else column.take(pa.array(at))
            for name, column in columns.items()
        }
    )


def _moved(column: pa.FloatArray, at: np.ndarray, found: np.ndarray, no_rows: float | None) -> pa.FloatArray:
    values = np.frombuffer(column.buffers()[1], np.float32, len(column), 4 * column.offset)[at]
    given = found & column.is_valid().to_numpy(zero_copy_only=False)[at] if column.null_count else found
    if no_rows is None:
        return pa.array(values, mask=~given)
    values[~given] = no_rows
    return pa.array(values)


def _constant(value: float | None, length: int) -> pa.Array:
    return pa.array(np.full(length, value, np.float32)) if value is not None else pa.nulls(length, pa.float32())


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """One array of a column's chunks."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
