"""How do a portfolio's tables get from a source into an engine, and are they there at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.development import compile_joined_sql
from fiador.features.schema import Schema, read_schema
from fiador.portfolio import Portfolio
from fiador.portfolio.types import column_type
from fiador.use_cases.ports import Apart, Progress, Stored, silent
from fiador.use_cases.row_numbers import number_rows

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine, Source


def load_tables(
    portfolio: Portfolio, source: Source, engine: Engine, *, progress: Progress = silent, needs_target: bool = True
) -> Schema:
    """Read the portfolio's tables into an engine; what they hold. DataError where they aren't as declared.

    The files of a store are attached, not copied. needs_target: False for new applications, whose outcome nobody knows.
    """
    source = number_rows(portfolio, source)
    schemas = source.tables()
    schema = _schema(portfolio, schemas, needs_target=needs_target)
    if isinstance(source, Stored):
        for t in portfolio.tables.values():
            files = [file for name in t.source_names for file in source.files(name)]
            engine.attach(t.name, files, [*schema.tables[t.name], *source.hidden])
        return schema
    pairs = [(t.name, name) for t in portfolio.tables.values() for name in t.source_names]
    begun = iter(range(len(pairs)))
    apart = isinstance(source, Apart) and source.apart

    def batches(name: str, fields: pa.Schema) -> Iterator[pa.RecordBatch]:
        progress(f"reading {name}", next(begun), len(pairs))
        yield from (batch.cast(fields) for batch in source.read(name, fields.names))

    for table, name in pairs:
        names = [c for c in schema.tables[table] if c in schemas[name].names]
        fields = pa.schema([_stackable(schemas[name].field(c), schema.tables[table][c]) for c in names])
        engine.load(table, fields, batches(name, fields), apart=apart)
    return schema


def find_schema(portfolio: Portfolio, source: Source) -> Schema:
    """What a source's tables hold, with the target or without. DataError where they aren't as declared."""
    return _schema(portfolio, number_rows(portfolio, source).tables(), needs_target=False)


def _schema(portfolio: Portfolio, schemas: Mapping[str, pa.Schema], *, needs_target: bool) -> Schema:
    types = {name: {f.name: column_type(f.type) for f in schema} for name, schema in schemas.items()}
    return read_schema(portfolio, types, needs_target=needs_target)


def _stackable(field: pa.Field, kind: str) -> pa.Field:
    """A column as every table stacked with it can hold it: one of whole numbers, where another has fractions."""
    return field.with_type(pa.float64()) if kind == "number" and pa.types.is_integer(field.type) else field


def joined(portfolio: Portfolio, schema: Schema, engine: Engine) -> pa.Table:
    """The joined, cleaned rows development keeps."""
    return engine.query(compile_joined_sql(portfolio, schema))
