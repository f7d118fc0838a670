"""Which SQL makes the rows of a `many` table ready to be measured?

In steps: typed; what is revealed later taken away, and the decision's own date beside it where times are dates;
cleaned; of a versioned table the latest version known; joined to what was measured of the tables under it; only rows
known at the decision. They are measured before they are joined to their parent: a join first would turn no history
into a count of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fiador.errors import PortfolioError
from fiador.expression import Ref, quote
from fiador.features.as_of import moment, retimed
from fiador.features.columns import (
    DECIDED,
    KEY,
    are_dated,
    before_decision,
    clock,
    known_condition,
    raw_column,
)
from fiador.features.relations import APPLICATION, Relations, Step, assemble, has_levels, lines
from fiador.features.schema import own_column
from fiador.features.tally import Tally, is_under_many
from fiador.measures.measurement import Measurement
from fiador.portfolio import Link, Table


def row_steps(relations: Relations, tally: Tally) -> list[Step]:
    """The steps that make a tally's rows, the last called `NAME:rows`; what is below is read as tables of its name."""
    joins = [f"FROM {quote(_ready(relations, tally.table, tally.link))} AS own"]
    for below in tally.below:
        on = " AND ".join(f"own.{up} = {quote(below.name)}.{child}" for up, child in below.joins)
        joins.append(f"LEFT JOIN {quote(below.name)} ON {on}")
    items = [f"own.{column} AS {column}" for column in tally.by]
    items += [f"{sql} AS {quote(name)}" for sql, name in tally.columns]
    where = f"\n  WHERE {tally.known}" if tally.known else ""
    rows = f"SELECT {lines(items)}\n  " + "\n  ".join(joins) + where
    return [*ready_steps(relations, tally.table, tally.link), (f"{tally.name}:rows", rows)]


@dataclass(frozen=True)
class RowsStatement:
    """A table's rows to be measured, and what of those that have the same parent.

    sql: answers the first `by` columns, which identify the parent's row, and every column measured; it reads what was
    measured `below` as tables by their names. named: how what is measured of it is read itself.
    """

    table: str
    named: str
    sql: str
    by: int
    measurements: tuple[Measurement, ...]
    below: tuple[RowsStatement, ...]

    @property
    def together(self) -> str:
        """The same rows, sorted so that those of one parent stand together."""
        return f"{self.sql}\nORDER BY {', '.join(str(at) for at in range(1, self.by + 1))}"


def rows_statement(relations: Relations, tally: Tally) -> RowsStatement:
    """The statement that answers a tally's rows, and those for what is below."""
    conditions = " AND ".join(f"{column} IS NOT NULL" for column in tally.by)
    final = f"SELECT *\nFROM {quote(f'{tally.name}:rows')}\nWHERE {conditions}"
    sql = assemble([*steps_above(relations, tally), *row_steps(relations, tally)], final)
    below = tuple(rows_statement(relations, each) for each in tally.below)
    return RowsStatement(tally.table.name, tally.name, sql, len(tally.by), tally.measurements, below)


def steps_above(relations: Relations, tally: Tally) -> list[Step]:
    """The steps up to the application's row, as far as a tally's rows lead to it."""
    link = tally.link
    while is_under_many(relations, link):
        link = link_up(relations, relations.portfolio.tables[link.of])
    return relations.joined_up_from([link.of])


def group_steps(relations: Relations, tally: Tally) -> list[Step]:
    """Everything as common table expressions, the group by last, under the tally's name: the second method."""
    measures = [f"{each.sql} AS {quote(each.name)}" for each in tally.measurements]
    rows, by = quote(f"{tally.name}:rows"), ", ".join(tally.by)
    groups = f"SELECT {lines([*tally.by, *measures])}\n  FROM {rows}\n  GROUP BY {by}"
    below = [step for each in tally.below for step in group_steps(relations, each)]
    return [*below, *row_steps(relations, tally), (tally.name, groups)]


def unknown_rows(relations: Relations, table: Table) -> tuple[list[Step], str] | None:
    """Steps, and a SELECT that counts the rows not known at the decision; None where every row is.

    Older versions of a known event are no rows of their own: they are not counted.
    """
    link = link_up(relations, table)
    column = known_condition(relations, table)
    if not column.sql or column.carried:
        return None
    known = column.sql
    if table.known_at:
        known += f" AND coalesce({before_decision(relations, table, table.known_at, 'known_at')}, FALSE)"
    source = quote(_step(relations, table, link, "clean"))
    count = f"SELECT count(*) FROM {source} AS own WHERE NOT coalesce({known}, FALSE)"
    return ready_steps(relations, table, link), count


def ready_steps(relations: Relations, table: Table, link: Link) -> list[Step]:
    """typed, seen (dated, and without what is revealed later), clean, and of a versioned table current."""
    typed, seen, clean = (_step(relations, table, link, step) for step in ("typed", "seen", "clean"))
    dated = are_dated(relations)
    carried = [KEY, DECIDED] if dated else []
    steps = [relations.table(table)[0]]
    source = typed
    if dated or table.reveals:
        steps += _seen_steps(relations, table, link, typed)
        source = seen
    own = [quote(c) for c in relations.columns(table.name)]
    own += [quote(f"level:{c}") for c in table.expect if has_levels(table, c)]
    declared = bool(table.clean or table.expect)
    rows = relations.cleaned(table, source, carried) if declared else f"SELECT * FROM {quote(source)}"
    steps.append((clean, retimed(relations.portfolio, table, [*own, *carried], rows)))
    if table.known_at:
        steps.append((_ready(relations, table, link), _current(relations, table, link, clean)))
    return steps


def _ready(relations: Relations, table: Table, link: Link) -> str:
    """The name of the step that holds a table's rows, one an event."""
    return _step(relations, table, link, "current" if table.known_at else "clean")


def _current(relations: Relations, table: Table, link: Link, clean: str) -> str:
    """Of each event of a parent the version known last at the decision; a row without a key is its own event.

    Two versions known since one moment are told apart by their columns, so that no order of rows matters.
    """
    assert table.known_at
    known = f"coalesce({before_decision(relations, table, table.known_at, 'known_at')}, FALSE)"
    key = [quote(raw_column(relations, table, c, "key")) for c in table.key]
    event = [*(quote(own) for _, own in link.on), *key, *([KEY] if are_dated(relations) else [])]
    rest = [quote(c) for c in relations.columns(table.name) if c != table.known_at]
    latest = ", ".join(f"own.{c} DESC NULLS LAST" for c in [quote(table.known_at), *rest])
    by = ", ".join(f"own.{c}" for c in dict.fromkeys(event))
    nth = f"row_number() OVER (PARTITION BY {by} ORDER BY {latest})"
    blank = " OR ".join(f"own.{c} IS NULL" for c in key)
    return f"SELECT *\n  FROM {quote(clean)} AS own\n  WHERE {known}\n  QUALIFY {blank} OR {nth} = 1"


def _step(relations: Relations, table: Table, link: Link, step: str) -> str:
    """A step's name: where rows are dated, a table under two others is seen from each of them."""
    apart = are_dated(relations) and step != "typed" and is_under_many(relations, link)
    return f"{table.name}:{step} of {link.of}" if apart else f"{table.name}:{step}"


def _seen_steps(relations: Relations, table: Table, link: Link, typed: str) -> list[Step]:
    """The rows as an application sees them at its decision."""
    items = [_revealed(relations, table, c) for c in relations.columns(table.name)]
    rows = f"FROM {quote(typed)} AS own"
    seen = _step(relations, table, link, "seen")
    if not are_dated(relations):
        return [(seen, f"SELECT {lines(items)}\n  {rows}")]
    steps, above, on = _seen_from(relations, link)
    items += [f"above.{KEY} AS {KEY}", f"above.{DECIDED} AS {DECIDED}"]
    return [*steps, (seen, f"SELECT {lines(items)}\n  {rows}\n  JOIN {above} AS above ON {on}")]


def _seen_from(relations: Relations, link: Link) -> tuple[list[Step], str, str]:
    """(steps, the parent's rows with their application's key and date of decision, how rows join them)."""
    p = relations.portfolio
    if is_under_many(relations, link):
        above = p.tables[link.of]
        up = link_up(relations, above)
        keys = ", ".join(dict.fromkeys([*(quote(c) for c, _ in link.on), KEY, DECIDED]))
        on = " AND ".join(f"above.{quote(parent)} = own.{quote(own)}" for parent, own in link.on)
        parents = f"(SELECT DISTINCT {keys} FROM {quote(_ready(relations, above, up))})"
        return ready_steps(relations, above, up), parents, on
    key, decided = quote(f"{p.base}.{p.key}"), quote(f"{p.base}.{_decided_at(relations)}")
    on = " AND ".join(f"above.{quote(f'{link.of}.{up}')} = own.{quote(own)}" for up, own in link.on)
    return [], f"(SELECT {key} AS {KEY}, {decided} AS {DECIDED}, * FROM {APPLICATION})", on


def link_up(relations: Relations, table: Table) -> Link:
    """The link of a table by which an application sees its rows."""
    return next((link for link in table.many if not is_under_many(relations, link)), table.many[0])


def _decided_at(relations: Relations) -> str:
    p = relations.portfolio
    where = f"{p.name}: portfolio.decided_at"
    column = own_column(p, relations.schema, p.base, Ref("", str(p.head.decided_at)), where)
    if relations.schema.kind(p.base, column) != "date":
        raise PortfolioError(f"'{column}' is no date.", where=where, hint="Declare it as date or timestamp.")
    return column


def _revealed(relations: Relations, table: Table, column: str) -> str:
    """A column, null where its value became known only after the decision."""
    name = f"own.{quote(column)}"
    if column not in table.reveals:
        return f"{name} AS {quote(column)}"
    at = clock(relations, table, table.reveals[column], f"reveals.{column}")
    decided = f"above.{DECIDED}" if table.is_dated else moment(relations.portfolio, table)
    return f"CASE WHEN own.{at} < {decided} THEN {name} END AS {quote(column)}"


def joined_to(parents: str, tallies: Sequence[Tally]) -> list[str]:
    """FROM and LEFT JOINs of what was measured to the rows it belongs to."""
    joins = [f"FROM {parents}"]
    for each in tallies:
        name = quote(each.name)
        on = " AND ".join(f"{up} = {name}.{own}" for up, own in each.joins)
        joins.append(f"LEFT JOIN {name} ON {on}")
    return joins
