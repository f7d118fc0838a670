"""How do a portfolio's tables get from a source into an engine, and are they there at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.compile import compile_joined_sql
from fiador.features.schema import Schema, read_schema
from fiador.portfolio import Portfolio
from fiador.portfolio.types import column_type
from fiador.use_cases.ports import Apart, Progress, Stored, silent
from fiador.use_cases.row_numbers import numbered

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine, Source


def load_tables(
    portfolio: Portfolio, source: Source, engine: Engine, *, progress: Progress = silent, needs_target: bool = True
) -> Schema:
    """Read the portfolio's tables into an engine; what they hold. DataError where they aren't as declared.

    The files of a store are attached, not copied. needs_target: False for new applications, whose outcome nobody knows.
    """
    source = numbered(portfolio, source)
    found = source.tables()
    schema = _schema(portfolio, found, needs_target=needs_target)
    if isinstance(source, Stored):
        for t in portfolio.tables.values():
            files = [file for name in t.source_names for file in source.files(name)]
            engine.attach(t.name, files, [*schema.tables[t.name], *source.hidden])
        return schema
    asked = [(t.name, name) for t in portfolio.tables.values() for name in t.source_names]
    begun = iter(range(len(asked)))
    apart = isinstance(source, Apart) and source.apart

    def batches(name: str, read: pa.Schema) -> Iterator[pa.RecordBatch]:
        progress(f"reading {name}", next(begun), len(asked))
        yield from (batch.cast(read) for batch in source.read(name, read.names))

    for table, name in asked:
        wanted = [c for c in schema.tables[table] if c in found[name].names]
        read = pa.schema([_stackable(found[name].field(c), schema.tables[table][c]) for c in wanted])
        engine.load(table, read, batches(name, read), apart=apart)
    return schema


def find_schema(portfolio: Portfolio, source: Source) -> Schema:
    """What a source's tables hold, with the target or without. DataError where they aren't as declared."""
    return _schema(portfolio, numbered(portfolio, source).tables(), needs_target=False)


def _schema(portfolio: Portfolio, found: Mapping[str, pa.Schema], *, needs_target: bool) -> Schema:
    types = {name: {f.name: column_type(f.type) for f in schema} for name, schema in found.items()}
    return read_schema(portfolio, types, needs_target=needs_target)


def _stackable(field: pa.Field, kind: str) -> pa.Field:
    """A column as every table stacked with it can hold it: one of whole numbers, where another has fractions."""
    return field.with_type(pa.float64()) if kind == "number" and pa.types.is_integer(field.type) else field


def joined(portfolio: Portfolio, schema: Schema, engine: Engine) -> pa.Table:
    """The joined, cleaned rows development keeps."""
    return engine.query(compile_joined_sql(portfolio, schema))
