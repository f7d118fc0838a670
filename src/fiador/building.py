"""What are the features of every application, built table by table?

One statement a `many` table, each answering columns aligned by application: no wide join, and no more in memory than
the columns themselves. What reads several tables' measures is computed last, from those columns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.compile import MEASURED, Part, compile_by_table, keys_sql
from fiador.features.schema import Schema
from fiador.portfolio import Portfolio

if TYPE_CHECKING:
    from fiador.engines import Engine


@dataclass(frozen=True)
class Built:
    """One part's columns, aligned with the keys. rows: how many raw rows its table has. seconds: it took."""

    table: str
    columns: pa.Table
    rows: int
    seconds: float


def parts(
    portfolio: Portfolio,
    schema: Schema,
    engine: Engine,
    *,
    names: Iterable[str] | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> Iterator[Built]:
    """Each part as it is built: `key` first, then every `many` table, last what is no measure."""
    started = clock()
    base = portfolio.base
    keys = engine.query(keys_sql(portfolio, schema))
    yield Built(base, keys, keys.num_rows, clock() - started)
    kept: dict[str, pa.ChunkedArray] = {"key": keys.column("key")}
    compiled = compile_by_table(portfolio, schema, names)
    read = {name for part in compiled for name in part.measured}
    for part in compiled:
        built = _built(part, engine, kept, clock)
        kept |= {name: built.columns.column(name) for name in part.features if name in read}
        yield built


def build(portfolio: Portfolio, schema: Schema, engine: Engine, *, names: Iterable[str] | None = None) -> pa.Table:
    """`key` and every feature wanted, in the order declared; numbers are float32. Rows without a key are left out."""
    chosen = None if names is None else list(names)
    whole = in_order(portfolio, parts(portfolio, schema, engine, names=chosen))
    return whole if chosen is None else whole.select(["key", *(n for n in portfolio.features if n in set(chosen))])


def in_order(portfolio: Portfolio, built: Iterable[Built]) -> pa.Table:
    """All parts as one table: `key`, then the features in the order declared. No value is copied."""
    columns: dict[str, pa.ChunkedArray] = {}
    for part in built:
        columns |= dict(zip(part.columns.column_names, part.columns.columns, strict=True))
    return pa.table({name: columns[name] for name in ("key", *portfolio.features) if name in columns})


def _built(part: Part, engine: Engine, kept: dict[str, pa.ChunkedArray], clock: Callable[[], float]) -> Built:
    started = clock()
    given = {MEASURED: pa.table({name: kept[name] for name in ("key", *part.measured)})} if part.measured else None
    columns = engine.query(part.sql, tables=given)
    rows = int(engine.query(part.rows_sql).column("rows")[0].as_py())
    return Built(part.table, columns, rows, clock() - started)
