"""Which statements answer what a report on raw tables shows?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fiador.expression import quote
from fiador.features.development import dropped_by, kept
from fiador.features.relations import APPLICATION, Relations, assemble
from fiador.features.schema import Schema, key_columns, own_column
from fiador.portfolio import Link, Portfolio, Table

EXAMPLES = 5  # rows shown of a rule's breaches
STRANGE = 12  # unexpected values shown of a column


def value_columns(portfolio: Portfolio, schema: Schema) -> list[tuple[str, str]]:
    """(table, column) of every raw value on an application's row: no key, no link, no target."""
    tables = [t for t in portfolio.tables.values() if not t.many]
    return [
        (t.name, c)
        for t in tables
        for c in schema.tables[t.name]
        if c not in key_columns(portfolio, t.name) and (t.name, c) != (portfolio.base, portfolio.target.column)
    ]


def applications_sql(portfolio: Portfolio, schema: Schema) -> str:
    """target, dropped_by, every raw value as `table.column`, a boolean flag a breach; sorted by key, without it."""
    relations = Relations(portfolio, schema, with_target=True)
    items = [
        f"{quote(f'{portfolio.base}.{portfolio.target.column}')} AS target",
        f"{dropped_by(relations)} AS dropped_by",
        *(quote(f"{table}.{column}") for table, column in value_columns(portfolio, schema)),
        *(quote(breach.flag) for breach in relations.breaches()),
    ]
    key = quote(f"{portfolio.base}.{portfolio.key}")
    return assemble(relations.joined(), f"SELECT {', '.join(items)}\nFROM {APPLICATION}\nORDER BY {key}")


@dataclass(frozen=True)
class Strange:
    """The values of one column that aren't as expected, with their counts, the most frequent first."""

    table: str
    column: str
    sql: str


def strange_sql(portfolio: Portfolio, schema: Schema) -> list[Strange]:
    """For every expectation the statement that answers `value` (as text) and `rows` of what breaches it."""
    kept_as_is = portfolio.model_copy(
        update={"tables": {name: _untouched(table) for name, table in portfolio.tables.items()}}
    )
    relations = Relations(kept_as_is, schema, with_target=True)
    return [
        Strange(t.name, c, assemble(relations.table(t), _strange(relations, t, c)))
        for t in kept_as_is.tables.values()
        for c in t.expect
    ]


def _untouched(table: Table) -> Table:
    """The table with its breaches flagged and their values left as they are."""
    kept_ = {c: e.model_copy(update={"breach": "keep"}) for c, e in table.expect.items()}
    return table.model_copy(update={"expect": kept_})


def _strange(relations: Relations, table: Table, column: str) -> str:
    rows = f"FROM {relations.last_step(table.name)}\nWHERE {quote(f'breach:{column}')} AND {quote(column)} IS NOT NULL"
    item = f"CAST({quote(column)} AS VARCHAR) AS value, count(*) AS rows"
    return f"SELECT {item}\n{rows}\nGROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {STRANGE}"


def example_columns(portfolio: Portfolio, schema: Schema) -> Mapping[str, list[tuple[str, str]]]:
    """For every consistency rule the (table, column) its rows are shown by: those it reads, without keys."""
    scope = Relations(portfolio, schema).scope
    columns = {}
    for name, rule in portfolio.consistency.items():
        places = [scope.locate(ref, f"{portfolio.name}: consistency.{name}.holds") for ref in rule.holds.refs]
        columns[name] = [(t, c) for t, c in dict.fromkeys(places) if c not in key_columns(portfolio, t)]
    return columns


def examples_sql(portfolio: Portfolio, schema: Schema, rule: str, columns: list[tuple[str, str]]) -> str:
    """A few of the kept applications that breach a rule, by the columns it reads; the same ones every time."""
    relations = Relations(portfolio, schema, with_target=True)
    items = ", ".join(quote(f"{t}.{c}") for t, c in columns)
    key = quote(f"{portfolio.base}.{portfolio.key}")
    condition = f"WHERE {quote(f'breach:consistency.{rule}')} AND {kept(relations)}\nORDER BY hash({key}), {key}"
    return assemble(relations.joined(), f"SELECT {items}\nFROM {APPLICATION}\n{condition}\nLIMIT {EXAMPLES}")


def children_sql(portfolio: Portfolio, schema: Schema, table: Table, link: Link) -> str:
    """How many parents have how many known rows: `children`, `parents`, fewest children first."""
    relations = Relations(portfolio, schema, with_target=True)
    parent = portfolio.tables[link.of]
    steps = list(dict([*relations.table(parent), *relations.table(table)]).items())
    by = ", ".join(quote(child) for _, child in link.on)
    known = f" WHERE {_known_condition(portfolio, schema, table)}" if table.known else ""
    counts = f"(SELECT {by}, count(*) AS n FROM {relations.last_step(table.name)}{known} GROUP BY {by})"
    on = " AND ".join(f"a.{quote(up)} = b.{quote(down)}" for up, down in link.on)
    rows = f"FROM {relations.last_step(parent.name)} AS a LEFT JOIN {counts} AS b ON {on}"
    final = f"SELECT coalesce(b.n, 0) AS children, count(*) AS parents\n{rows}\nGROUP BY 1 ORDER BY 1"
    return assemble(steps, final)


def _known_condition(portfolio: Portfolio, schema: Schema, table: Table) -> str:
    """The condition on a table's own rows that they are known at the decision."""
    assert table.known
    where = f"{portfolio.name}: {table.name}.known"
    return (
        f"coalesce({table.known.sql(lambda ref: quote(own_column(portfolio, schema, table.name, ref, where)))}, FALSE)"
    )


def missing_sql(portfolio: Portfolio, schema: Schema, table: Table) -> tuple[str, list[str]]:
    """The columns that aren't keys, and the statement that answers `rows` and how many miss each of them: m0, m1, …"""
    relations = Relations(portfolio, schema, with_target=True)
    columns = [c for c in schema.tables[table.name] if c not in key_columns(portfolio, table.name)]
    items = [f"count(*) - count({quote(c)}) AS m{n}" for n, c in enumerate(columns)]
    final = f"SELECT {', '.join(['count(*) AS rows', *items])}\nFROM {relations.last_step(table.name)}"
    return assemble(relations.table(table), final), columns
