"""How many of the rows sent for an application does no feature see, and why?

Not known at its decision, or hanging under no row that was sent. Both are left out by rule: who sends them is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fiador.expression import quote
from fiador.features.many import unknown_rows
from fiador.features.relations import Relations, assemble
from fiador.features.schema import Schema
from fiador.portfolio import Portfolio, Table

Step = tuple[str, str]


@dataclass(frozen=True)
class Unread:
    """The statement, of one row, and of each of its columns the (table, column, why) it counts rows for.

    why: `unknown` at the decision, or `unmatched`.
    """

    sql: str
    counts: tuple[tuple[str, str, str], ...]


def unread(portfolio: Portfolio, schema: Schema) -> Unread | None:
    """What counts them, over the rows of one application; None where no table could have such rows."""
    relations = Relations(portfolio, schema)
    tables = [t for t in portfolio.tables.values() if t.many]
    counts = [each for table in tables for each in (*_unknown(relations, table), *_unmatched(relations, table))]
    if not counts:
        return None
    steps = dict([*relations.joined(), *(step for more, _, _ in counts for step in more)])
    columns = ",\n  ".join(f"({sql}) AS {quote(f'c{n}')}" for n, (_, sql, _) in enumerate(counts))
    return Unread(assemble(list(steps.items()), f"SELECT\n  {columns}"), tuple(what for _, _, what in counts))


def _unknown(relations: Relations, table: Table) -> Iterator[tuple[list[Step], str, tuple[str, str, str]]]:
    counted = unknown_rows(relations, table)
    if counted:
        yield *counted, (table.name, table.time or "", "unknown")


def _unmatched(relations: Relations, table: Table) -> Iterator[tuple[list[Step], str, tuple[str, str, str]]]:
    """Only under rows that may be several, or that `where` may leave out: under one row every row sent is its own."""
    above = [relations.portfolio.tables[link.of] for link in table.many]
    if any(not parent.many and not parent.where for parent in above):
        return
    steps = list(relations.table(table))
    nowhere = []
    for link in table.many:
        parent = relations.portfolio.tables[link.of]
        steps += relations.table(parent)
        on = " AND ".join(f"above.{quote(up)} = own.{quote(down)}" for up, down in link.on)
        nowhere.append(f"NOT EXISTS (SELECT 1 FROM {relations.last_step(parent.name)} AS above WHERE {on})")
    sql = f"SELECT count(*) FROM {relations.last_step(table.name)} AS own WHERE {' AND '.join(nowhere)}"
    yield steps, sql, (table.name, table.many[0].on[0][1], "unmatched")
