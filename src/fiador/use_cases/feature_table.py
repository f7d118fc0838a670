"""What are the features of every application? One way in: for one applicant, a batch, training and history alike.

SQL makes a table's rows: typed, cleaned, known at the decision, joined to what is below them. Kernels measure those
that stand together by application, one row or a million; columns are then put where their application stands: no wide
join, no wide sort. What reads several tables' measures is computed last, from those columns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from fiador.features.plan import Plan, compile_sql
from fiador.features.schema import Schema
from fiador.features.statements import Statements
from fiador.measures.places import (
    Places,
    placed,
)
from fiador.portfolio import Portfolio
from fiador.use_cases.parts import Part, RawTables, own_columns, part_tasks, table_parts
from fiador.use_cases.ports import Progress, silent

if TYPE_CHECKING:
    from fiador.model.champion import Champion
    from fiador.use_cases.ports import Engine


def feature_parts(
    statements: Statements,
    raw: RawTables,
    *,
    clock: Callable[[], float] = lambda: 0.0,
    progress: Progress = silent,
) -> Iterator[Part]:
    """Each table's features as they are ready: `key` first, then tables, the base's own last.

    Rows without a key are left out; numbers are float32.
    """
    started = clock()
    keys = raw.answer(statements.keys)
    yield Part(statements.plan.portfolio.base, keys.select(["key"]), clock() - started)
    yield from table_parts(statements, raw, keys, part_tasks(statements, own=True), clock=clock, progress=progress)


def build(
    portfolio: Portfolio,
    schema: Schema,
    engine: Engine,
    *,
    names: Iterable[str] | None = None,
    models: Mapping[str, Champion] | None = None,
    progress: Progress = silent,
) -> pa.Table:
    """`key` and every feature wanted, in the order declared, of the tables an engine holds.

    models: by table the model of its rows; without one its learned features are left out.
    """
    plan = compile_sql(portfolio, schema, names)
    return in_order(plan, feature_parts(Statements(plan), RawTables(engine, models=models or {}), progress=progress))


def in_order(plan: Plan, parts: Iterable[Part]) -> pa.Table:
    """All parts as one table: `key`, then the features in the order declared. No value is copied."""
    columns = _joined(parts)
    return pa.table({name: columns[name] for name in ("key", *plan.names) if name in columns})


def measured_columns(statements: Statements, raw: RawTables, *, progress: Progress = silent) -> pa.Table:
    """`key` and every feature that is measured of rows, wanted or read."""
    keys = raw.answer(statements.keys)
    return _measured(statements, raw, keys, progress)


def decision_columns(
    statements: Statements, raw: RawTables, *, measured: pa.Table | None = None, progress: Progress = silent
) -> pa.Table:
    """`key`, every feature, rules, exposure and breaches of every application, in key order.

    measured: `key` and the measured features, where they are known beforehand. An application without a key has rows in
    no table.
    """
    plan = statements.plan
    if measured is None:
        measured = _measured(statements, raw, raw.answer(statements.parents), progress) if plan.measured else None
    own = own_columns(statements.decision, raw, measured)
    columns = dict(zip(own.column_names, own.columns, strict=True))
    if measured is not None:
        columns |= _beside(own.column("key"), measured, plan)
    rest = [name for name in own.column_names if name != "key" and name not in plan.features]
    return pa.table({name: columns[name] for name in ("key", *plan.names, *rest)})


def _measured(statements: Statements, raw: RawTables, keys: pa.Table, progress: Progress) -> pa.Table:
    parts = table_parts(statements, raw, keys, part_tasks(statements, own=False), progress=progress)
    columns = {"key": keys.column("key"), **_joined(parts)}
    rows = keys.num_rows
    names = statements.plan.measured
    table = pa.table({"key": columns["key"], **{n: columns.get(n, pa.nulls(rows, pa.float32())) for n in names}})
    once = Places(keys.column("key")).once
    return table if once is None else table.take(pa.array(once))


def _joined(parts: Iterable[Part]) -> dict[str, pa.ChunkedArray]:
    columns: dict[str, pa.ChunkedArray] = {}
    for part in parts:
        columns |= dict(zip(part.columns.column_names, part.columns.columns, strict=True))
    return columns


def _beside(keys: pa.ChunkedArray, measured: pa.Table, plan: Plan) -> dict[str, pa.Array]:
    """The measured features of the plan, in the order of other keys."""
    names = [name for name in plan.names if name in plan.measured]
    if keys.equals(measured.column("key")):
        return {name: measured.column(name) for name in names}
    at = Places(measured.column("key")).of(keys)
    return {name: placed(measured.column(name), at, plan.measured[name]) for name in names}
