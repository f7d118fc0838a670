"""How is each table's part of the features computed: its rows asked for, measured, put where they belong?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from fiador.expression import quote
from fiador.features.learned import LearnedRows
from fiador.features.many import RowsStatement
from fiador.features.statements import MEASURED, OwnStatement, Statements, TallyStatement
from fiador.measures.kernels import measure
from fiador.measures.places import (
    ApplicationColumns,
    GroupColumns,
    Keys,
    Places,
    Scattered,
    in_key_order,
    linked,
)
from fiador.use_cases.ports import Progress, silent

if TYPE_CHECKING:
    from fiador.model.champion import Champion
    from fiador.use_cases.ports import Engine


Columns: TypeAlias = "ApplicationColumns | GroupColumns"


@dataclass(frozen=True)
class RawTables:
    """Where raw rows are: in the engine, or `sent` by name beside it, none of the engine's then being read.

    models: by table the model of its rows, opened; without one a table's learned features are null.
    """

    engine: Engine
    sent: Mapping[str, pa.Table] | None = None
    models: Mapping[str, Champion] = field(default_factory=dict)

    @property
    def at_once(self) -> int:
        return self.engine.at_once if self.sent is None else 1

    def answer(self, sql: str, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """The answer to one statement. beside: tables it reads that aren't raw."""
        if self.sent is None:
            return self.engine.query(sql, tables=beside)
        tables = {**self.sent, **(beside or {})}
        return self.engine.answer(sql, {name: table for name, table in tables.items() if quote(name) in sql})

    def count(self, table: str) -> int:
        """How many rows a raw table has."""
        return int(self.answer(f"SELECT count(*) AS rows FROM {quote(table)}").column("rows")[0].as_py())

    def hold(self, table: str) -> bool:
        """Whether a raw table may have any rows."""
        return self.sent is None or self.sent[table].num_rows > 0


@dataclass(frozen=True)
class Part:
    """Features of one table, aligned with the keys. seconds: they took."""

    table: str
    columns: pa.Table
    seconds: float


@dataclass(frozen=True)
class _Call:
    """What every part is computed with. columns: `key`, and by name those that later parts read."""

    raw: RawTables
    places: Places
    keys: pa.Table
    columns: dict[str, pa.ChunkedArray]
    clock: Callable[[], float]


@dataclass(frozen=True)
class _Task:
    """One part of the work: the table it is of, the features it makes, how."""

    table: str
    width: int
    columns: Callable[[_Call], pa.Table]
    late: bool = False


def learned_columns(rows: LearnedRows, risks: pa.Table) -> pa.Table:
    """What is measured of the risk seen in each row: `key`, and a column a feature, a row an application with any."""
    columns = GroupColumns(rows.features)
    measure(risks.sort_by("key").select(["key", "time", "learned"]).to_batches(), 1, rows.measurements, columns)
    return columns.table() if risks.num_rows else pa.table({"key": risks.column("key"), **_none(rows.features)})


def learned_row_list(rows: LearnedRows, raw: RawTables, *, in_order: bool = False) -> pa.Table:
    """The rows a model speaks of. in_order: sorted by all they say, which a fit depends on."""
    below = {each.named: _groups(each, raw) for each in rows.below}
    return raw.answer(rows.in_order if in_order else rows.sql, below)


def _none(names: Sequence[str]) -> dict[str, pa.Array]:
    return {name: pa.nulls(0, pa.float32()) for name in names}


def own_columns(statement: OwnStatement, raw: RawTables, measured: pa.Table | None) -> pa.Table:
    """What is computed of the applications' own rows, in key order."""
    beside = {}
    if measured is not None and statement.measured:
        beside[MEASURED] = measured.select(["key", *statement.measured])
    return in_key_order(raw.answer(statement.sql, beside))


def part_tasks(statements: Statements, *, own: bool) -> list[_Task]:
    plan = statements.plan
    tasks = [_tally_task(each) for each in statements.tallies]
    tasks += [_learned_task(each) for each in plan.learned]
    return tasks + [_own_task(plan.portfolio.base, each) for each in statements.own] if own else tasks


def _tally_task(statement: TallyStatement) -> _Task:
    return _Task(statement.rows.table, len(statement.no_rows), lambda call: _tally_columns(statement, call))


def _learned_task(rows: LearnedRows) -> _Task:
    def columns(call: _Call) -> pa.Table:
        from fiador.use_cases.row_models import risks_of

        if rows.table not in call.raw.models:
            return pa.table({})
        groups = learned_columns(rows, risks_of(rows, call.raw.models, call.raw))
        return linked(groups, [call.keys.column("key")], rows.no_rows)

    return _Task(rows.table, len(rows.measurements), columns)


def _own_task(base: str, statement: OwnStatement) -> _Task:
    def columns(call: _Call) -> pa.Table:
        names = ("key", *statement.measured)
        measured = pa.table({name: call.columns[name] for name in names})
        once = call.places.once
        own = own_columns(statement, call.raw, measured if once is None else measured.take(pa.array(once)))
        return own.slice(0, call.keys.num_rows).drop_columns("key")  # those without a key are the last

    return _Task(base, len(statement.features), columns, late=bool(statement.measured))


def table_parts(
    statements: Statements,
    raw: RawTables,
    keys: pa.Table,
    tasks: Sequence[_Task],
    *,
    clock: Callable[[], float] = lambda: 0.0,
    progress: Progress = silent,
) -> Iterator[Part]:
    """Each table as all of its tasks are done; late ones, which read what others measured, after all others."""
    call = _Call(raw, Places(keys.column("key")), keys, {"key": keys.column("key")}, clock)
    names_read = {name for each in statements.own for name in each.measured}
    open_tasks, ready = Counter(task.table for task in tasks), dict[str, list[Part]]()
    done = 0
    progress("computing features", done, len(tasks))
    for turn in ([task for task in tasks if not task.late], [task for task in tasks if task.late]):
        for part in _side_by_side(turn, call):
            done += 1
            progress(f"computing features: {part.table}", done, len(tasks))
            call.columns.update({n: part.columns.column(n) for n in part.columns.column_names if n in names_read})
            ready.setdefault(part.table, []).append(part)
            if len(ready[part.table]) == open_tasks[part.table]:
                yield _as_one(ready.pop(part.table))


def _side_by_side(tasks: Sequence[_Task], call: _Call) -> Iterator[Part]:
    """Parts as they are ready, as many at a time as the engine likes: one is let go of before the next begins."""
    if call.raw.at_once == 1 or len(tasks) < 2:
        yield from (_part(task, call) for task in tasks)
        return
    waiting, running = list(reversed(_in_turn(tasks))), set[Future[Part]]()
    pool = ThreadPoolExecutor(call.raw.at_once)
    try:
        while waiting or running:
            while waiting and len(running) < call.raw.at_once:
                running.add(pool.submit(_part, waiting.pop(), call))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            while done:
                yield done.pop().result()
    finally:
        pool.shutdown(wait=not running, cancel_futures=True)


def _in_turn(tasks: Sequence[_Task]) -> list[_Task]:
    """The widest first, then from the narrowest up: what two wide ones hold at a time is seldom held."""
    by_width = sorted(tasks, key=lambda task: task.width)
    return by_width[-1:] + by_width[:-1]


def _as_one(parts: Sequence[Part]) -> Part:
    """The parts of one table as one."""
    columns = {name: part.columns.column(name) for part in parts for name in part.columns.column_names}
    return Part(parts[0].table, pa.table(columns), sum(part.seconds for part in parts))


def _part(task: _Task, call: _Call) -> Part:
    started = call.clock()
    columns = task.columns(call)
    return Part(task.table, columns, call.clock() - started)


def _tally_columns(statement: TallyStatement, call: _Call) -> pa.Table:
    """What is measured of a table's rows, for every application."""
    if not call.raw.hold(statement.rows.table):
        return ApplicationColumns(call.places, statement.no_rows).table()
    if statement.links == ("key",):
        return _measured_rows(statement.rows, call.raw, lambda: ApplicationColumns(call.places, statement.no_rows))
    groups = _groups(statement.rows, call.raw)
    links: list[Keys] = [call.keys.column(name) for name in statement.links]
    return linked(groups, links, statement.no_rows)


def _groups(rows: RowsStatement, raw: RawTables) -> pa.Table:
    return _measured_rows(rows, raw, lambda: GroupColumns(each.name for each in rows.measurements))


def _measured_rows(rows: RowsStatement, raw: RawTables, new: Callable[[], Columns]) -> pa.Table:
    """What is measured of each parent's rows: where they lie, or where these don't stand together, sorted."""
    below = {each.named: _groups(each, raw) for each in rows.below}
    if raw.sent is not None:
        return _measured_sent(rows, raw.answer(rows.sql, below), new)
    if not below:  # an outer join hands on the rows without a match after the others
        try:
            return _measured_batches(rows, raw.engine.rows(rows.sql), new())
        except Scattered:
            pass  # what was measured until then is let go of with the error
    return _measured_batches(rows, raw.engine.rows(rows.together, tables=below), new())


def _measured_sent(rows: RowsStatement, sent: pa.Table, new: Callable[[], Columns]) -> pa.Table:
    try:
        return _measured_batches(rows, sent.to_batches() or _no_batches(sent.schema), new())
    except Scattered:
        by = [(name, "ascending") for name in sent.column_names[: rows.by]]
        return _measured_batches(rows, sent.sort_by(by).to_batches(), new())


def _no_batches(schema: pa.Schema) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_pylist([], schema)]


def _measured_batches(
    rows: RowsStatement,
    batches: Iterable[pa.RecordBatch],
    columns: Columns,
) -> pa.Table:
    measure(batches, rows.by, rows.measurements, columns)
    return columns.table()
