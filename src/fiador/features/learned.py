"""Which rows of a `many` table does a model speak of, and what is measured of the risk it sees in them?

One statement lists the rows known at the decision; the risk a model sees in each is then measured by application, as
any other column is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from fiador.expression import quote
from fiador.features.columns import KEY, RowColumn, measure_reads, model_input, no_rows, row_time
from fiador.features.many import RowsStatement, group_steps, row_steps, rows_statement, steps_above
from fiador.features.relations import APPLICATION, Relations, Step, assemble, lines
from fiador.features.tally import conditions_of, rows_of, straight_link
from fiador.measures import MEASURES, YEAR
from fiador.measures.measurement import Flag, Measurement, float32
from fiador.portfolio import Feature, Table

TIME = quote("for:time")


@dataclass(frozen=True)
class LearnedRows:
    """The rows of one table that a model speaks of.

    sql: answers `for:key` (the application's; a row of two applications is there twice), `for:time` (relative to the
    decision, null where the table has no time) and each input, numbers as float32; it reads what was measured `below`
    as tables by their names, `whole_sql` measures that by group by. inputs: name -> number | level. measurements: what
    is measured of the risk, over a table of key, time and `learned`.
    """

    table: str
    sql: str
    whole_sql: str
    inputs: Mapping[str, str]
    below: tuple[RowsStatement, ...]
    measurements: tuple[Measurement, ...]

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.measurements)

    @property
    def no_rows(self) -> dict[str, float | None]:
        """By feature the value of an application without rows; None is null."""
        return {each.name: each.no_rows for each in self.measurements}

    @property
    def named(self) -> str:
        """The name by which a statement reads the risk of the rows."""
        return f"fiador:learned:{self.table}"

    @property
    def in_order(self) -> str:
        """The rows sorted by everything they say: in the same order from every source, which a fit depends on."""
        return f"{self.sql}\nORDER BY {', '.join(str(at) for at in range(1, len(self.inputs) + 3))}"

    @property
    def group_step(self) -> Step:
        """The measurements by group by, the second method: a step that reads the table `named`."""
        items = [f"{each.sql} AS {quote(each.name)}" for each in self.measurements]
        groups = f"SELECT {lines(['key', *items])}\n  FROM {quote(self.named)}\n  GROUP BY key"
        return f"{self.table}:learned", groups

    def with_risk(self, rows: pa.Table, risk: pa.Array) -> pa.Table:
        """Key and time of each row the statement answered, and the risk a model sees in it."""
        columns = {"key": rows.column("for:key"), "time": rows.column("for:time"), "learned": risk}
        return pa.table(columns)


def learned_rows(relations: Relations, features: Sequence[Feature]) -> LearnedRows:
    """The rows that all learned features of one table measure."""
    p = relations.portfolio
    table = p.tables[features[0].table]
    inputs = {name: model_input(relations, table, name) for name in p.learned[table.name].of}
    time = [RowColumn(row_time(relations, table), "number", frozenset())] if table.time else []
    conditions = conditions_of(relations, table, features[0])
    columns = [*inputs.values(), *time, *(each.column for each in conditions)]
    names = {sql: f"of:{at}" for at, sql in enumerate(dict.fromkeys(column.sql for column in columns))}
    rows = rows_of(relations, table, straight_link(relations, table), columns, names=names)
    key = quote(f"{p.base}.{p.key}")
    items = [f"{key} AS {KEY}", f"CAST({quote(names[time[0].sql]) if time else 'NULL'} AS DOUBLE) AS {TIME}"]
    items += [f"{_input(quote(names[c.sql]), c.kind)} AS {quote(name)}" for name, c in inputs.items()]
    on = " AND ".join(f"{up} = own.{own}" for up, own in rows.joins)
    source = f"FROM {APPLICATION} JOIN {quote(f'{rows.name}:rows')} AS own ON {on}"
    counts = [f"{key} IS NOT NULL", *(Flag(names[each.column.sql], each.level).sql for each in conditions)]
    final = f"SELECT\n    {lines(items)}\n{source}\nWHERE {' AND '.join(counts)}"
    below = [step for each in rows.below for step in group_steps(relations, each)]
    return LearnedRows(
        table=table.name,
        sql=assemble([*steps_above(relations, rows), *row_steps(relations, rows)], final),
        whole_sql=assemble([*relations.joined(), *below, *row_steps(relations, rows)], final),
        inputs={name: "level" if column.kind == "text" else "number" for name, column in inputs.items()},
        below=tuple(rows_statement(relations, each) for each in rows.below),
        measurements=tuple(_measurement(feature, table) for feature in features),
    )


def learned_reads(relations: Relations, feature: Feature) -> frozenset[str]:
    """Every name a learned feature reads: its table, what its model reads, its condition and its clock."""
    table = relations.portfolio.tables[feature.table]
    inputs = (model_input(relations, table, name).reads for name in relations.portfolio.learned[table.name].of)
    return measure_reads(relations, feature.model_copy(update={"of": feature.table})).union(*inputs)


def _input(sql: str, kind: str) -> str:
    """A column as a model reads it: a level as text, everything else as a float32."""
    return sql if kind == "text" else float32(f"CAST({sql} AS DOUBLE)")


def _measurement(feature: Feature, table: Table) -> Measurement:
    assert feature.measure
    measure = MEASURES[feature.measure]
    return Measurement(
        name=feature.name,
        measure=measure,
        value="learned",
        time="time" if measure.timed else None,
        window=(),
        conditions=(),
        half_life=YEAR.get(table.unit or "days", YEAR["days"]),
        no_rows=no_rows(feature),
    )
