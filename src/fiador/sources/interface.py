"""What does every place that holds raw tables promise?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

DeclaredTypes = Mapping[str, Mapping[str, str]]
"""{table: {column: "text" | "integer" | "number" | "boolean" | "date" | "timestamp"}}"""

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
"""The Arrow type behind each type a portfolio may declare."""


class Source(Protocol):
    """Named tables with types, read as a stream: memory doesn't grow with the rows."""

    @property
    def location(self) -> str:
        """Where it is, as the user gave it."""
        ...

    def tables(self) -> dict[str, pa.Schema]:
        """Every table's name and Arrow schema, types as the source states them."""
        ...

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table, in batches of its schema; DataError where unreadable.

        columns: only these, in this order; None takes all. A column that isn't asked for makes no table unreadable
        where the source can leave it out. Files are read in their own order, databases in none.
        """
        ...


def asked(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    """A schema with only the columns asked for, in that order; None takes all."""
    return schema if columns is None else pa.schema([schema.field(name) for name in columns])


def chosen(batches: Iterator[pa.RecordBatch], columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """Batches with only the columns asked for; None takes all."""
    return batches if columns is None else (batch.select(list(columns)) for batch in batches)
