"""Which statements compute a plan: the applications' keys, each table's rows, the applications' own row?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fiador.expression import quote
from fiador.features.columns import with_empty
from fiador.features.many import RowsStatement, group_steps, joined_to, rows_statement
from fiador.features.plan import Plan, RowValue
from fiador.features.relations import APPLICATION, Step, assemble, lines
from fiador.measures.measurement import float32

MEASURED = "fiador:measured"  # the table of measured features that a statement is given, by `key`


@dataclass(frozen=True)
class TallyStatement:
    """A table's rows, and how what is measured of them finds its application.

    links: of the table of keys the columns that are equal to what identifies the rows' parent; ("key",) mostly.
    """

    rows: RowsStatement
    links: tuple[str, ...]
    no_rows: dict[str, float | None]


@dataclass(frozen=True)
class OwnStatement:
    """What is computed of every application's own row: `key`, features, and what decides beside them.

    measured: the features it reads from the table MEASURED, given beside the raw ones.
    """

    sql: str
    features: tuple[str, ...]
    measured: tuple[str, ...]


@dataclass(frozen=True)
class Statements:
    """A plan's statements, each written once: when first asked for."""

    plan: Plan

    @cached_property
    def keys(self) -> str:
        return keys_sql(self.plan, self.plan.relations.joined())

    @cached_property
    def parents(self) -> str:
        """The same, where applications need not be as many as their joined rows: fewer tables are read."""
        relations = self.plan.relations
        apart = [each for each in self.plan.tallies if any(up != relations.key for up, _ in each.joins)]
        return keys_sql(self.plan, relations.joined_up_from(each.link.of for each in apart))

    @cached_property
    def tallies(self) -> list[TallyStatement]:
        return tally_statements(self.plan)

    @cached_property
    def own(self) -> list[OwnStatement]:
        return own_statements(self.plan)

    @cached_property
    def decision(self) -> OwnStatement:
        return decision_statement(self.plan)


def keys_sql(plan: Plan, steps: list[Step]) -> str:
    """`key` of every application that has one, in order; beside it what tables hang on that don't hang on the key."""
    key = plan.relations.key
    items = ", ".join([f"{key} AS key", *(f"{column} AS {quote(name)}" for column, name in _links(plan).items())])
    final = f"SELECT {items}\nFROM {APPLICATION}\nWHERE {key} IS NOT NULL\nORDER BY key"
    return assemble(steps, final)


def tally_statements(plan: Plan) -> list[TallyStatement]:
    """What is measured, a table each."""
    links = {plan.relations.key: "key", **_links(plan)}
    return [
        TallyStatement(rows_statement(plan.relations, each), tuple(links[up] for up, _ in each.joins), each.no_rows)
        for each in plan.tallies
    ]


def own_statements(plan: Plan) -> list[OwnStatement]:
    """The features that are not measured, in two statements: those that read no measured one need wait for none."""
    names = [name for name in plan.names if plan.values[name]]
    late = [name for name in names if not plan.reads[name].isdisjoint(plan.measured)]
    early = [name for name in names if name not in set(late)]
    return [_own(plan, each, decides=False) for each in (early, late) if each]


def decision_statement(plan: Plan) -> OwnStatement:
    """All features that are not measured, and what else a decision needs.

    `exposure` (null where costs are a matrix), `rule:NAME` (boolean, may be null) and one flag a breach.
    """
    return _own(plan, [name for name in plan.names if plan.values[name]], decides=True)


def whole_sql(plan: Plan) -> str:
    """One statement that computes everything, measures by group by: the second method, which decides nothing.

    One row an application, sorted by key; numbers are float32, levels text.
    """
    relations = plan.relations
    items = [f"{relations.key} AS key", *(f"{_stored(plan, name)} AS {quote(name)}" for name in plan.names)]
    steps = [step for each in plan.tallies for step in group_steps(relations, each)]
    steps += [each.group_step for each in plan.learned]
    final = f"SELECT\n    {lines([*items, *_decisive(plan)])}\nFROM {_with_groups(plan)}\nORDER BY key"
    return assemble([*relations.joined(), *steps], final)


def _own(plan: Plan, names: Sequence[str], *, decides: bool) -> OwnStatement:
    relations = plan.relations
    items = [f"{relations.key} AS key", *(f"{_stored(plan, name)} AS {quote(name)}" for name in names)]
    items += _decisive(plan) if decides else []
    values = [plan.values[name] for name in names]
    values += [*plan.rules.values(), plan.exposure] if decides else []
    names_read = set[str]().union(*(value.reads for value in values if value))
    measured = tuple(name for name in plan.measured if name in names_read)
    source = _with_measured(plan, measured) if measured else APPLICATION
    sql = assemble(relations.joined(), f"SELECT\n    {lines(items)}\nFROM {source}")
    return OwnStatement(sql, tuple(names), measured)


def _decisive(plan: Plan) -> list[str]:
    """What a decision needs beside features: rules, exposure, breaches."""
    rules = [f"CAST({_sql(plan, value)} AS BOOLEAN) AS {quote(f'rule:{name}')}" for name, value in plan.rules.items()]
    amount = f"CAST({_sql(plan, plan.exposure)} AS DOUBLE)" if plan.exposure else "CAST(NULL AS DOUBLE)"
    return [*rules, f"{amount} AS exposure", *(quote(breach.flag) for breach in plan.breaches)]


def _sql(plan: Plan, value: RowValue) -> str:
    """An expression over the joined row, the features it uses written out."""
    return value.expression.sql(
        lambda ref: f"({_row(plan, value.features[ref])})" if ref in value.features else quote(value.columns[ref])
    )


def _row(plan: Plan, name: str) -> str:
    value = plan.values[name]
    return _sql(plan, value) if value else quote(f"many:{name}")


def _stored(plan: Plan, name: str) -> str:
    """A feature as every reader gets it: text, or float32."""
    value, sql = plan.values[name], _row(plan, name)
    if value is None or value.kind == "text":
        return sql
    return f"TRY_CAST({sql} AS FLOAT)" if _is_finite(plan, value) else float32(f"CAST({sql} AS DOUBLE)")


def _is_finite(plan: Plan, value: RowValue) -> bool:
    """Whether it is a column's number as it was typed: no cleaning has made one infinite."""
    columns = list(value.columns.values())
    if len(columns) != 1 or _sql(plan, value) != quote(columns[0]):
        return False
    table, _, column = columns[0].partition(".")
    declared = plan.portfolio.tables[table]
    return plan.relations.schema.tables[table][column] in ("integer", "number") and column not in declared.clean


def _links(plan: Plan) -> dict[str, str]:
    """Columns of the joined row, other than its key, that tables hang on -> what they are called beside the key."""
    key = plan.relations.key
    columns = (up for each in plan.tallies for up, _ in each.joins if up != key)
    return {column: f"link:{at}" for at, column in enumerate(dict.fromkeys(columns))}


def _with_measured(plan: Plan, names: Iterable[str]) -> str:
    """The joined row of every application, with measured features read from MEASURED beside it."""
    columns = {name: f"m.{quote(name)}" for name in names}
    items = [f"{APPLICATION}.*", *(f"{column} AS {quote(f'many:{name}')}" for name, column in columns.items())]
    join = f"LEFT JOIN {quote(MEASURED)} AS m ON m.key = {plan.relations.key}"
    return f"(\n  SELECT {lines(items)}\n  FROM {APPLICATION} {join}\n)"


def _with_groups(plan: Plan) -> str:
    """The joined row with each table's measures beside it, no rows as declared."""
    if not plan.tallies and not plan.learned:
        return APPLICATION
    items = [f"{APPLICATION}.*"]
    joins = joined_to(APPLICATION, plan.tallies)
    for each in plan.tallies:
        items += [_beside(plan, f"{quote(each.name)}.", name) for name in each.no_rows]
    for learned in plan.learned:
        group = quote(learned.group_step[0])
        items += [_beside(plan, f"{group}.", name) for name in learned.features]
        joins.append(f"LEFT JOIN {group} ON {plan.relations.key} = {group}.key")
    return f"(\n  SELECT {lines(items)}\n  " + "\n  ".join(joins) + "\n)"


def _beside(plan: Plan, group: str, name: str) -> str:
    return f"{with_empty(plan.portfolio.features[name], group + quote(name))} AS {quote(f'many:{name}')}"
