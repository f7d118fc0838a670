"""Which tables are one table in several parts: years, or applications with and without an outcome?

The same columns, the target aside; of the same types; and no application twice. Such parts are stacked on the base
table, so that links and keys are counted over all of them. What is alike and can't be stacked is told with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiador.expression import quote
from fiador.use_cases.proposing.columns import ColumnFacts, TableFacts, look_at
from fiador.use_cases.proposing.targets import TargetColumn, target_of

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine
    from fiador.use_cases.proposing.choice import Choice

_ALIKE = 0.9  # of two tables' column names in common, from which one continues the other
_WIDE = 5


@dataclass(frozen=True)
class Continuation:
    """The tables that continue the base one: those stacked on it, and those kept apart, each with why."""

    stacked: tuple[str, ...]
    apart: Mapping[str, str]

    @property
    def all(self) -> set[str]:
        return {*self.stacked, *self.apart}


def continuations(base: str, tables: Mapping[str, TableFacts], choice: Choice, engine: Engine) -> Continuation:
    """The tables with the base one's columns, told apart by whether they can be stacked on it."""
    own = set(tables[base].columns) - {choice.target.column}
    alike = []
    for table in tables.values():
        theirs = set(table.columns) - {choice.target.column}
        if table.name != base and len(own) >= _WIDE and len(own & theirs) >= _ALIKE * len(own | theirs):
            alike.append(table.name)
    stacked: list[str] = []
    apart: dict[str, str] = {}
    for name in alike:
        why_not = _why_not([base, *stacked], name, tables, choice, engine)
        if why_not:
            apart[name] = f'the columns of {base}, but {why_not}; else it would be from = ["{base}", "{name}"]'
        else:
            stacked.append(name)
    return Continuation(tuple(stacked), apart)


def stack(
    alike: Continuation, tables: Mapping[str, TableFacts], choice: Choice, engine: Engine
) -> tuple[TableFacts, TargetColumn]:
    """The base table with its further parts, and the target, counted anew."""
    base = choice.target.table
    if not alike.stacked:
        return tables[base], choice.target
    for name in alike.stacked:
        rows = engine.query(f"SELECT * FROM {quote(name)}")
        engine.load(base, rows.schema, rows.to_batches())
    facts = look_at(base, {c.name: c.kind for c in tables[base].columns.values()}, engine)
    return facts, target_of(facts.columns[choice.target.column], str(choice.target.bad))


def _why_not(parts: list[str], name: str, tables: Mapping[str, TableFacts], choice: Choice, engine: Engine) -> str:
    """Why a table can't be stacked on the parts before it; '' where it can."""
    base, table = tables[parts[0]], tables[name]
    unlike = [c for c in table.columns.values() if c.name in base.columns and not _fits(c, base.columns[c.name])]
    strange = set(table.columns) - set(base.columns)
    missing = set(base.columns) - set(table.columns) - {choice.target.column}
    key = choice.key
    if not table.rows:
        return "it has no rows"
    if unlike:
        return f"{unlike[0].name} is {unlike[0].kind} there and {base.columns[unlike[0].name].kind} here"
    if strange or missing:
        return f"{sorted(strange | missing)[0]} is in one of them alone"
    if key not in table.columns:
        return "no column names the rows of both"
    both = " UNION ALL ".join(f"SELECT {quote(key)} AS k FROM {quote(part)}" for part in (*parts, name))
    twice = engine.query(f"SELECT k FROM ({both}) WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1").num_rows
    return f"{twice:,} values of {key} stand twice" if twice else ""


def _fits(column: ColumnFacts, above: ColumnFacts) -> bool:
    """Whether a column's values are of the type of the one it is put under; one without values is of any."""
    return column.kind == above.kind or not column.present or (column.kind, above.kind) == ("integer", "number")
