"""How do a table's rows become a file sorted by application, in bounded memory?

DuckDB sorts, and spills what doesn't fit. It may touch the source's files, the store's folder, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from fiador.adapters.engines.duckdb import remembering
from fiador.adapters.engines.limits import Limits, exhausted, walled
from fiador.adapters.sources.native import sql_type
from fiador.adapters.sources.store.order import HIDDEN, Order
from fiador.errors import DataError, FiadorError
from fiador.expression import literal, quote
from fiador.portfolio import Link
from fiador.use_cases.ports import BROUGHT

INCOMING = "__incoming__"
ROW_GROUP = 122_880
"""Rows that are skipped or read together, DuckDB's own measure: one application's are in one group or two."""


class Misread(Exception):
    """A file isn't what its beginning says; its source has to read it."""


@dataclass(frozen=True)
class Parent:
    """Where a table finds its applications: the link to its parent, the parent's files, the column that sorts them."""

    link: Link
    files: tuple[str, ...]
    column: str


@dataclass(frozen=True)
class StoredRows:
    """What a store has already: files, the columns they have, and those by which a row that is there is told."""

    files: tuple[str, ...]
    held: frozenset[str]
    columns: tuple[str, ...]


class Sorter:
    """A DuckDB that reads a source's files or rows, and writes sorted Parquet files."""

    def __init__(self, limits: Limits, *, where: str) -> None:
        self._connection = walled(
            duckdb.connect(
                ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
            ),
            limits,
        )
        self._where = where

    def close(self) -> None:
        """Let go of what is still being read or spilled."""
        self._connection.close()

    def write(
        self,
        rows: str,
        schema: pa.Schema,
        order: Order,
        target: Path,
        *,
        parent: Parent | None,
        known: StoredRows | None,
        brought: str,
    ) -> int:
        """Sort what a SELECT answers into a file, the columns typed as the schema says; how many rows.

        brought: SQL over a row t that says which ingest it came with.
        Raises Misread where DuckDB can't read the rows as that, DataError where memory or disk run out.
        """
        sql = sorted_rows(f"({rows})", schema, order, parent=parent, known=known, brought=brought)
        options = f"FORMAT parquet, PARQUET_VERSION v1, COMPRESSION lz4_raw, ROW_GROUP_SIZE {ROW_GROUP}"
        try:
            counted = self._connection.execute(f"COPY ({sql}) TO {literal(str(target))} ({options})").fetchone()
        except duckdb.Error as error:
            raise exhausted(error, where=self._where) or Misread(str(error)) from error
        return int(counted[0]) if counted else 0

    def write_stream(
        self,
        batches: Iterator[pa.RecordBatch],
        read: pa.Schema,
        schema: pa.Schema,
        order: Order,
        target: Path,
        *,
        parent: Parent | None,
        known: StoredRows | None,
        brought: str,
    ) -> int:
        """Sort rows that a source hands on; an error among them is the source's own."""
        faults: list[FiadorError] = []
        reader = pa.RecordBatchReader.from_batches(read, remembering(batches, faults))
        self._connection.register(INCOMING, reader)
        try:
            return self.write(f"FROM {INCOMING}", schema, order, target, parent=parent, known=known, brought=brought)
        except Misread as error:
            if faults:
                raise faults[0] from None
            complaint = str(error).splitlines()[0]
            raise DataError(f"{target.stem} can't be stored ({complaint}).", where=self._where) from error
        finally:
            self._connection.unregister(INCOMING)

    def orphans(self, files: Sequence[str], column: str, base: Sequence[str], key: str) -> int:
        """The rows of files whose column holds no key of the base table."""
        sql = (
            f"SELECT count(*) FROM {parquet(files)} AS t"
            f" WHERE NOT EXISTS (SELECT 1 FROM {parquet(base)} AS b WHERE b.{quote(key)} = t.{quote(column)}"
            f" AND {_is_given(f'b.{quote(key)}')})"
        )
        counted = self._connection.execute(sql).fetchone()
        return int(counted[0]) if counted else 0


def sorted_rows(
    rows: str, schema: pa.Schema, order: Order, *, parent: Parent | None, known: StoredRows | None, brought: str
) -> str:
    """The SELECT of rows in their order; those that lead to no application come last."""
    items = [f"CAST(t.{quote(c.name)} AS {sql_type(c.type)}) AS {quote(c.name)}" for c in schema]
    joins, key = "", f"t.{quote(order.column)}"
    if not parent and pa.types.is_string(schema.field(order.column).type):
        key = f"nullif({key}, '')"
    if parent:
        joins, key = f" LEFT JOIN ({_keys(parent)}) AS p ON {_on(parent.link)}", "p.application"
        items.append(f"p.application AS {quote(HIDDEN)}")
    items.append(f"CAST({brought} AS INTEGER) AS {quote(BROUGHT)}")
    new = f" WHERE {_is_new(known, schema)}" if known else ""
    by = ", ".join(f"{each} NULLS LAST" for each in (key, *(f"t.{quote(column)}" for column in order.within)))
    return f"SELECT {', '.join(items)} FROM {rows} AS t{joins}{new} ORDER BY {by}"


def _keys(parent: Parent) -> str:
    """A parent's application by the columns of the link. One that several share is the first's: no row is doubled."""
    above = [f"{quote(name)} AS {quote(f'p{at}')}" for at, (name, _) in enumerate(parent.link.on)]
    filled = " AND ".join(_is_given(quote(name)) for name in (*(name for name, _ in parent.link.on), parent.column))
    return (
        f"SELECT {', '.join(above)}, min({quote(parent.column)}) AS application"
        f" FROM {parquet(parent.files)} WHERE {filled} GROUP BY {', '.join(quote(name) for name, _ in parent.link.on)}"
    )


def _on(link: Link) -> str:
    return " AND ".join(f"t.{quote(child)} = p.{quote(f'p{at}')}" for at, (_, child) in enumerate(link.on))


def _is_new(known: StoredRows, schema: pa.Schema) -> str:
    """The condition that a row isn't there: by its key, or where that is blank, by all of its columns."""
    keys = [quote(c) for c in known.columns]
    same = " AND ".join(f"k.{c} = t.{c} AND {_is_given(f't.{c}')}" for c in keys)
    typed = {quote(c.name): sql_type(c.type) for c in schema if c.name in known.held}
    alike = " AND ".join(f"k.{c} IS NOT DISTINCT FROM CAST(t.{c} AS {kind})" for c, kind in typed.items())
    blank = {row: " OR ".join(f"NOT {_is_given(f'{row}.{c}')}" for c in keys) for row in ("k", "t")}
    there = f"FROM {parquet(known.files)} AS k WHERE"
    return (
        f"NOT EXISTS (SELECT 1 {there} {same})"
        f" AND NOT EXISTS (SELECT 1 {there} ({blank['k']}) AND ({blank['t']}) AND {alike})"
    )


def _is_given(name: str) -> str:
    """A blank key is no key: '' = '' would give every blank row to every blank application."""
    return f"({name} IS NOT NULL AND CAST({name} AS VARCHAR) <> '')"


def parquet(files: Sequence[str]) -> str:
    """The files as one table."""
    return f"read_parquet([{', '.join(literal(file) for file in files)}], union_by_name = true)"
