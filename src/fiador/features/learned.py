"""Which rows of a `many` table does a model speak of, and how is what it says of them measured?

Two statements with the model between them, in training, in a batch and at the counter alike: one lists the rows known
at the decision; what the model says of each is a table beside the others, which the second measures by application.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from fiador.expression import quote
from fiador.features.many import KEY, ManyTables, Measured
from fiador.features.relations import APPLICATION, assemble, lines
from fiador.measures import MEASURES, YEAR
from fiador.measures.asked import float32
from fiador.portfolio import Feature, Link, Table

TIME = quote("for:time")


@dataclass(frozen=True)
class LearnedRows:
    """The rows of one table that a model speaks of.

    sql: answers `for:key` (the application's; a row of two applications is there twice), `for:time` (relative to the
    decision, null where the table has no time) and each input, numbers as float32. inputs: name -> number | level.
    measures: answers `key` and the features, from the table `given` of key, time and `learned`.
    """

    table: str
    sql: str
    inputs: Mapping[str, str]
    measures: str
    features: tuple[str, ...]

    @property
    def given(self) -> str:
        """The name by which the measures read what the model says."""
        return f"fiador:learned:{self.table}"

    @property
    def in_order(self) -> str:
        """The rows sorted by everything they say: in the same order from every source, which a fit depends on."""
        return f"{self.sql}\nORDER BY {', '.join(str(at) for at in range(1, len(self.inputs) + 3))}"

    def said(self, rows: pa.Table, risk: pa.Array) -> pa.Table:
        """The table `given`: what a model says of each row the statement answered."""
        columns = {"key": rows.column("for:key"), "time": rows.column("for:time"), "learned": risk}
        return pa.table(columns)


@dataclass(frozen=True)
class LearnedTables:
    """What a portfolio learns of its tables' rows, as SQL."""

    many: ManyTables

    def rows(self, features: Sequence[Feature], link: Link) -> LearnedRows:
        """The rows that all learned features of one table measure."""
        p = self.many.relations.portfolio
        table = p.tables[features[0].table]
        listed = self.many.listed(features[0], link, p.learned[table.name].of)
        key = quote(f"{p.base}.{p.key}")
        items = [f"{key} AS {KEY}", f"CAST({listed.time} AS DOUBLE) AS {TIME}"]
        items += [f"{_input(sql, kind)} AS {quote(name)}" for name, (sql, kind) in listed.columns.items()]
        on = " AND ".join(f"{up} = own.{own}" for up, own in listed.joins)
        rows = f"FROM {APPLICATION} JOIN {quote(listed.name)} AS own ON {on}\nWHERE {key} IS NOT NULL"
        wanted = f" AND {listed.wanted}" if listed.wanted else ""
        sql = assemble([*self.many.relations.joined(), *listed.steps], f"SELECT\n    {lines(items)}\n{rows}{wanted}")
        inputs = {name: "level" if kind == "text" else "number" for name, (_, kind) in listed.columns.items()}
        names = tuple(f.name for f in features)
        return LearnedRows(table.name, sql, inputs, self._grouped(features, table), names)

    def measured(self, features: Sequence[Feature]) -> Measured:
        """All learned features of one table, one row an application that has any row a model speaks of."""
        p = self.many.relations.portfolio
        table = p.tables[features[0].table]
        name = f"{table.name}:learned"
        joins = ((quote(f"{p.base}.{p.key}"), "key"),)
        return Measured((name, self._grouped(features, table)), name, joins)

    def reads(self, feature: Feature, link: Link) -> frozenset[str]:
        """Every name a learned feature reads: its table, what its model reads, its condition and its clock."""
        of = self.many.relations.portfolio.learned[feature.table].of
        listed = self.many.listed(feature, link, of)
        around = self.many.reads(feature.model_copy(update={"of": feature.table}))
        return around.union(*listed.reads.values())

    def _grouped(self, features: Sequence[Feature], table: Table) -> str:
        items = [f"{_measure(f, table)} AS {quote(f.name)}" for f in features]
        return f"SELECT {lines(['key', *items])}\n  FROM {quote(f'fiador:learned:{table.name}')}\n  GROUP BY key"


def _input(sql: str, kind: str) -> str:
    """A column as a model reads it: a level as text, everything else as a float32."""
    return sql if kind == "text" else float32(f"CAST({sql} AS DOUBLE)")


def _measure(feature: Feature, table: Table) -> str:
    assert feature.measure
    measure = MEASURES[feature.measure]
    value = "CASE WHEN time IS NOT NULL THEN learned END" if measure.timed else "learned"
    half_life = YEAR.get(table.unit or "days", YEAR["days"])
    whole = {"counted": "count(*)", "looked_at": "count(*)"}
    sql = measure.sql.format(value=value, time="time", half_life=f"{half_life:g}", **whole)
    return float32(f"CAST({sql} AS DOUBLE)")
