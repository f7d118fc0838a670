"""What are the features of every application, built table by table?

One statement a `many` table, whose columns are then aligned by application: no wide join, no wide sort, and no more in
memory than the columns themselves. Statements are independent, so as many run at a time as the engine likes; what reads
several tables' measures is computed last, from those columns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.aligned import aligned, by_key
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
    """Each part as it is built: `key` first, then tables as they are ready, last what reads several of them."""
    started = clock()
    base = portfolio.base
    keys = engine.query(keys_sql(portfolio, schema))
    yield Built(base, keys, keys.num_rows, clock() - started)
    kept: dict[str, pa.ChunkedArray] = {"key": keys.column("key")}
    compiled = compile_by_table(portfolio, schema, names)
    read = {name for part in compiled for name in part.measured}
    of_base = []
    for built in _side_by_side([part for part in compiled if not part.measured], engine, kept, clock):
        kept |= {name: built.columns.column(name) for name in built.columns.column_names if name in read}
        if built.table == base:
            of_base.append(built)
        else:
            yield built
    of_base += _side_by_side([part for part in compiled if part.measured], engine, kept, clock)
    if of_base:
        yield _as_one(of_base)


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


def _side_by_side(
    parts: Sequence[Part], engine: Engine, kept: dict[str, pa.ChunkedArray], clock: Callable[[], float]
) -> Iterator[Built]:
    """Parts as they are ready, `engine.at_once` at a time: a finished one is let go of before the next begins."""
    waiting, running = list(reversed(parts)), set[Future[Built]]()
    with ThreadPoolExecutor(engine.at_once) as pool:
        while waiting or running:
            while waiting and len(running) < engine.at_once:
                running.add(pool.submit(_built, waiting.pop(), engine, kept, clock))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            while done:
                yield done.pop().result()


def _as_one(built: Sequence[Built]) -> Built:
    """The parts of one table as one."""
    columns = {name: part.columns.column(name) for part in built for name in part.columns.column_names}
    return Built(built[0].table, pa.table(columns), built[0].rows, sum(part.seconds for part in built))


def _built(part: Part, engine: Engine, kept: dict[str, pa.ChunkedArray], clock: Callable[[], float]) -> Built:
    started = clock()
    given = {MEASURED: pa.table({name: kept[name] for name in ("key", *part.measured)})} if part.measured else None
    answer = engine.query(part.sql, tables=given)
    columns = aligned(answer, kept["key"], part.no_rows) if part.no_rows else by_key(answer)
    rows = int(engine.query(part.rows_sql).column("rows")[0].as_py())
    return Built(part.table, columns, rows, clock() - started)
