"""What are the features of every application, built table by table?

A table's rows come from the engine batch after batch, those of one application together, and are measured as they
come; columns are then aligned by application: no wide join, no wide sort, and no more in memory than the columns
themselves. Tables are independent, so as many are read at a time as the engine likes; what reads several tables'
measures is computed last, from those columns alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.compile import MEASURED, Part, Rows, compile_by_table, keys_sql
from fiador.features.schema import Schema
from fiador.measures.aligned import Aligned, Gathered, Places, Scattered, aligned, by_key
from fiador.measures.kernels import measure
from fiador.portfolio import LearnedFeature, Portfolio

if TYPE_CHECKING:
    from fiador.features.learned import LearnedRows
    from fiador.model.champion import Champion
    from fiador.use_cases.ports import Engine


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
    models: Mapping[str, Champion] | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> Iterator[Built]:
    """Each part as it is built: `key` first, then tables as they are ready, last what reads several of them.

    models: by table the model of its rows, opened; without one a table's learned features are left out.
    """
    started = clock()
    keys = engine.query(keys_sql(portfolio, schema))
    yield Built(portfolio.base, keys, keys.num_rows, clock() - started)
    call = _Call(engine, Places(keys.column("key")), {"key": keys.column("key")}, models or {}, clock)
    compiled = compile_by_table(portfolio, schema, _fillable(portfolio, names, call.models))
    read = {name for part in compiled for name in part.measured}
    early = [part for part in compiled if not part.measured]
    late = [part for part in compiled if part.measured]
    left, held = Counter(part.table for part in compiled), defaultdict[str, list[Built]](list)
    for each in (early, late):
        for built in _side_by_side(each, call):
            call.kept.update({name: built.columns.column(name) for name in built.columns.column_names if name in read})
            held[built.table].append(built)
            if len(held[built.table]) == left[built.table]:
                yield _as_one(held.pop(built.table))


def build(
    portfolio: Portfolio,
    schema: Schema,
    engine: Engine,
    *,
    names: Iterable[str] | None = None,
    models: Mapping[str, Champion] | None = None,
) -> pa.Table:
    """`key` and every feature wanted, in the order declared; numbers are float32. Rows without a key are left out.

    models: as `parts` takes them.
    """
    wanted = None if names is None else set(names)
    whole = in_order(portfolio, parts(portfolio, schema, engine, names=wanted, models=models))
    return whole if wanted is None else whole.select([n for n in whole.column_names if n == "key" or n in wanted])


def in_order(portfolio: Portfolio, built: Iterable[Built]) -> pa.Table:
    """All parts as one table: `key`, then the features in the order declared. No value is copied."""
    columns: dict[str, pa.ChunkedArray] = {}
    for part in built:
        columns |= dict(zip(part.columns.column_names, part.columns.columns, strict=True))
    return pa.table({name: columns[name] for name in ("key", *portfolio.features) if name in columns})


@dataclass(frozen=True)
class _Call:
    """What every part is built with. kept: `key`, and by name the columns that later parts read."""

    engine: Engine
    places: Places
    kept: dict[str, pa.ChunkedArray]
    models: Mapping[str, Champion]
    clock: Callable[[], float]


def _side_by_side(parts: Sequence[Part], call: _Call) -> Iterator[Built]:
    """Parts as they are ready, `engine.at_once` at a time: a finished one is let go of before the next begins."""
    waiting, running = list(reversed(_in_turn(parts))), set[Future[Built]]()
    with ThreadPoolExecutor(call.engine.at_once) as pool:
        while waiting or running:
            while waiting and len(running) < call.engine.at_once:
                running.add(pool.submit(_built, waiting.pop(), call))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            while done:
                yield done.pop().result()


def _in_turn(parts: Sequence[Part]) -> list[Part]:
    """The widest first, then from the narrowest up: what two wide ones hold at a time is seldom held."""
    by_width = sorted(parts, key=lambda part: len(part.features))
    return by_width[-1:] + by_width[:-1]


def _as_one(built: Sequence[Built]) -> Built:
    """The parts of one table as one."""
    columns = {name: part.columns.column(name) for part in built for name in part.columns.column_names}
    return Built(built[0].table, pa.table(columns), built[0].rows, sum(part.seconds for part in built))


def _fillable(portfolio: Portfolio, names: Iterable[str] | None, models: Mapping[str, Champion]) -> list[str]:
    """The features wanted, without those of rows no model is given for."""
    wanted = portfolio.features if names is None else names
    learned = {name: f.table for name, f in portfolio.features.items() if isinstance(f, LearnedFeature)}
    return [name for name in wanted if name not in learned or learned[name] in models]


def _built(part: Part, call: _Call) -> Built:
    started = call.clock()
    columns = _of_rows(part, call) if part.no_rows else _of_applications(part, call)
    rows = int(call.engine.query(part.rows_sql).column("rows")[0].as_py())
    return Built(part.table, columns, rows, call.clock() - started)


def _of_applications(part: Part, call: _Call) -> pa.Table:
    """What is no measure, of every application."""
    measured = {MEASURED: pa.table({name: call.kept[name] for name in ("key", *part.measured)})}
    return by_key(call.engine.query(part.sql, tables=measured if part.measured else {}))


def _of_rows(part: Part, call: _Call) -> pa.Table:
    """What is measured of a table's rows, for every application."""
    if part.rows and not part.sql:
        return _measured(part.rows, call.engine, lambda: Aligned(call.places, part.no_rows))
    given = _said(part.learned, call) if part.learned else {}
    if part.rows:
        given[part.rows.named] = _gathered(part.rows, call.engine)
    return aligned(call.engine.query(part.sql, tables=given), call.places, part.no_rows)


def _gathered(rows: Rows, engine: Engine) -> pa.Table:
    return _measured(rows, engine, lambda: Gathered(asked.name for asked in rows.asked))


def _measured(rows: Rows, engine: Engine, new: Callable[[], Aligned | Gathered]) -> pa.Table:
    """What is measured of each parent's rows: where they lie, or where these don't stand together, sorted."""
    given = {each.named: _gathered(each, engine) for each in rows.below}
    if not given:  # an outer join hands on the rows without a match after the others
        try:
            return _asked(rows, rows.sql, given, engine, new())
        except Scattered:
            pass  # what was measured until then is let go of with the error
    return _asked(rows, rows.together, given, engine, new())


def _asked(rows: Rows, sql: str, given: Mapping[str, pa.Table], engine: Engine, found: Aligned | Gathered) -> pa.Table:
    measure(engine.rows(sql, tables=given), rows.by, rows.asked, found)
    return found.table()


def _said(rows: LearnedRows, call: _Call) -> dict[str, pa.Table]:
    from fiador.use_cases.row_models import said_of

    return said_of([rows], call.models, call.engine)
