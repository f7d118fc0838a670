"""Which columns of a table does a reader want, and of which types did somebody declare them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

DeclaredTypes = Mapping[str, Mapping[str, str]]
"""{table: {column: "text" | "integer" | "number" | "boolean" | "date" | "timestamp"}}"""


def select_fields(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    """A schema with only the columns asked for, in that order; None takes all."""
    return schema if columns is None else pa.schema([schema.field(name) for name in columns])


def select_columns(batches: Iterator[pa.RecordBatch], columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """Batches with only the columns asked for; None takes all."""
    return batches if columns is None else (batch.select(list(columns)) for batch in batches)
