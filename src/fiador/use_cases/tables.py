"""How do a portfolio's tables get from a source into an engine, and are they there at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import BaseModel

from fiador.errors import DataError
from fiador.expression import Expression
from fiador.features.development import compile_joined_sql
from fiador.features.schema import Schema, key_columns, read_schema
from fiador.portfolio import Portfolio
from fiador.portfolio.types import ColumnType, column_type, is_readable
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
    return read_schema(portfolio, readable_types(portfolio, schemas), needs_target=needs_target)


def readable_types(portfolio: Portfolio, tables: Mapping[str, pa.Schema]) -> dict[str, dict[str, ColumnType | None]]:
    """The columns of a source's tables and their types, without the bytes, lists and structures that nobody names.

    DataError where the portfolio names one.
    """
    types = {
        name: {column.name: column_type(column.type) for column in schema if is_readable(column.type)}
        for name, schema in tables.items()
    }
    unread = [
        (table, column)
        for table in portfolio.tables.values()
        for name in table.source_names
        for column in tables.get(name, ())
        if not is_readable(column.type)
    ]
    for table, column in unread:
        own = {*_names(table), *_names(portfolio.synthesis.get(table.name)), *key_columns(portfolio, table.name)}
        known = any(column.name in columns for columns in types.values())
        meant = {f"{table.name}.{column.name}"} | (set() if known else {column.name})
        if column.name in own or meant & set(_names(portfolio, texts=False)):
            what = f"is of type {column.type} in the source, which nothing here reads."
            hint = "Cast it in the source to text or to a number, or take it out of the portfolio."
            raise DataError(what, where=f"{portfolio.name}: {table.name}.{column.name}", hint=hint)
    return types


def _names(part: object, *, texts: bool = True) -> Iterator[str]:
    """The columns that the expressions of a part of a portfolio name, dotted or bare. texts: every other text too."""
    if isinstance(part, Expression):
        yield from map(str, part.refs)
    elif isinstance(part, str):
        yield from [part] if texts else []
    elif isinstance(part, BaseModel):
        for _, each in part:
            yield from _names(each, texts=texts)
    elif isinstance(part, Mapping):
        yield from part if texts else []
        for each in part.values():
            yield from _names(each, texts=texts)
    elif isinstance(part, tuple | list | frozenset):
        for each in part:
            yield from _names(each, texts=texts)


def _stackable(field: pa.Field, kind: str) -> pa.Field:
    """A column as every table stacked with it can hold it: one of whole numbers, where another has fractions."""
    return field.with_type(pa.float64()) if kind == "number" and pa.types.is_integer(field.type) else field


def joined(portfolio: Portfolio, schema: Schema, engine: Engine) -> pa.Table:
    """The joined, cleaned rows development keeps."""
    return engine.query(compile_joined_sql(portfolio, schema))
