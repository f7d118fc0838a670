"""What does every place that holds raw tables promise?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

    def read(self, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of one table in the source's own order, in batches of its schema; DataError where unreadable."""
        ...
