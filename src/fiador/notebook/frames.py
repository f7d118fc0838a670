"""How do frames that a person holds become raw tables? Through Arrow, whichever library made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from fiador.errors import DataError, did_you_mean
from fiador.portfolio.types import TYPES, column_type


@dataclass(frozen=True)
class FrameSource:
    """Frames by table name as a source: pandas, Polars, Arrow, whatever has `__arrow_c_stream__`.

    types: as a portfolio declares them. A column declared whole may come as doubles: pandas keeps whole numbers so
    where one is missing.
    """

    frames: Mapping[str, Any]
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    location: str = "frames in memory"

    def tables(self) -> dict[str, pa.Schema]:
        return {name: table.schema for name, table in self._tables.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        if table not in self._tables:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._tables))
        rows = self._tables[table]
        yield from (rows if columns is None else rows.select(list(columns))).to_batches()

    @cached_property
    def _tables(self) -> dict[str, pa.Table]:
        return {name: _whole(arrow_table(name, f), self.types.get(name, {})) for name, f in self.frames.items()}


def _whole(rows: pa.Table, types: Mapping[str, str]) -> pa.Table:
    """The rows with doubles as whole numbers where that is what they are, and what is declared."""
    for at, column in enumerate(rows.schema):
        if types.get(column.name) == "integer" and pa.types.is_floating(column.type):
            with suppress(pa.ArrowInvalid):  # a fraction among them: whoever reads the column says it
                rows = rows.set_column(at, column.name, rows.column(at).cast(pa.int64()))
    return rows


def arrow_table(name: str, frame: Any) -> pa.Table:
    """A frame as an Arrow table of the few types raw tables have; DataError where it is no frame, or can't be read so.

    The index of a pandas frame is a column where it has a name.

    >>> arrow_table("loans", pa.table({"term": pa.array([12, 24], pa.int16())})).schema.field("term").type
    DataType(int64)
    """
    if not hasattr(frame, "__arrow_c_stream__"):
        what = f"is a {type(frame).__name__}, not a frame."
        raise DataError(what, where=name, hint="Give a pandas, Polars or Arrow frame of its rows.")
    rows = _rows(name, frame)
    return pa.table({c: _plain(f"{name}.{c}", rows.column(at)) for at, c in enumerate(rows.column_names)})


def _rows(name: str, frame: Any) -> pa.Table:
    try:
        if hasattr(frame, "index") and hasattr(frame, "iloc"):  # pandas: what its index holds, only the index knows
            return pa.Table.from_pandas(frame, preserve_index=None not in frame.index.names)
        return pa.table(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        hint = "Give each column values of one type."
        raise DataError(f"can't be read as a table ({_first_line(error)}).", where=name, hint=hint) from None


def _plain(where: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as the files' sources would hand it on: no dictionary, no view, whole numbers of 64 bits, no zone."""
    stated = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    kind = column_type(stated)
    plain = stated if kind is None or pa.types.is_decimal(stated) else TYPES[kind].arrow
    try:
        return values if values.type == plain else values.cast(plain)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        hint = f"Give it as {kind}, or leave the column out."
        raise DataError(f"{values.type} can't be read ({_first_line(error)}).", where=where, hint=hint) from None


def raw_rows(tables: Mapping[str, Any]) -> dict[str, list[dict[str, object]]]:
    """One application's rows by table, from lists of rows, one row, or frames; what is not a number is missing."""
    return {name: [_present(row) for row in _listed(name, rows)] for name, rows in tables.items()}


def _listed(name: str, rows: Any) -> Sequence[Mapping[str, object]]:
    if isinstance(rows, Mapping):
        return [rows]
    return rows if isinstance(rows, list | tuple) else arrow_table(name, rows).to_pylist()


def _present(row: Mapping[str, object]) -> dict[str, object]:
    import pandas as pd

    return {
        column: None if pd.api.types.is_scalar(value) and pd.isna(value) else value for column, value in row.items()
    }


def _first_line(error: Exception) -> str:
    return str(error.args[-1] if error.args else error).splitlines()[0]
