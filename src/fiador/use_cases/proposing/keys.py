"""Which columns name a table's rows?

A key never repeats, isn't a measurement (no fraction, no date), and says by its name or its place that it is one. Pairs
of columns are asked only where no single one will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from fiador.expression import quote
from fiador.use_cases.proposing.columns import COUNTED, ColumnFacts, TableFacts
from fiador.use_cases.proposing.names import MONEY, is_identifier, names_table, says
from fiador.use_cases.proposing.times import times

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

_BLANK = 0.01
_LONGEST = 64  # letters; longer texts are read, not joined
_PAIRS = 12  # pairs of columns asked at most
_PARTS = 64  # of a large table's values, one is looked at first


@dataclass(frozen=True)
class TableKey:
    """What names a table's rows. columns: one, or two where none alone will do; none where nothing does.

    others: more columns that never repeat and are identifiers. why: what speaks for it.
    """

    columns: tuple[str, ...]
    others: tuple[str, ...]
    why: str

    @property
    def single(self) -> str:
        """The one column; '' where there is none."""
        return self.columns[0] if len(self.columns) == 1 else ""


def key_of(table: TableFacts, engine: Engine) -> TableKey:
    """The key of a table, from what its columns hold; a pair is counted."""
    first = next(iter(table.columns), "")
    possible = [c for c in table.columns.values() if may_name_rows(c)]
    ranked = sorted(possible, key=lambda c: -_rank(c, table, first))
    candidates = [c for c in ranked if _rank(c, table, first) > 0]
    if candidates:
        best, *rest = candidates
        others = tuple(c.name for c in rest if is_identifier(c.name))
        return TableKey((best.name,), others, _why(best, first))
    pair = _pair(table, engine)
    if pair:
        return TableKey(pair, (), "together they never repeat; none alone will do")
    return TableKey((), (), "no column, and no pair of columns, is different in every row")


def may_name_rows(column: ColumnFacts) -> bool:
    """Whether a column is different in every row that has it, and hardly ever missing."""
    short = column.kind != "text" or column.length <= _LONGEST
    rare = column.missing <= _BLANK * column.rows
    return column.is_unique and column.is_whole and short and rare and (column.rows > 1 or is_identifier(column.name))


def _rank(column: ColumnFacts, table: TableFacts, first: str) -> int:
    """How surely a column that never repeats is the table's own key; 0 where it does so by chance."""
    rank = 4 * names_table(column.name, table.name) + 3 * is_identifier(column.name)
    return rank + (column.name == first and (rank > 0 or _may_be_unnamed(column)))


def _may_be_unnamed(column: ColumnFacts) -> bool:
    """Whether a first column that is called anything may be a key: a row's number or code, not an amount."""
    return (column.kind == "integer" or column.length > 5) and not says(column.name, MONEY)


def _why(column: ColumnFacts, first: str) -> str:
    place = ", the first column" if column.name == first else ""
    return f"{column.distinct:,} values, none twice{place}"


def _pair(table: TableFacts, engine: Engine) -> tuple[str, ...]:
    """Two columns that are different together: an identifier with a time or a number."""
    identifiers = [c for c in table.columns.values() if is_identifier(c.name) and c.present == c.rows and c.is_whole]
    when = {t.column for t in times(table)}
    others = [c for c in table.columns.values() if c.name in when or c.kind == "integer"]
    pairs = [(a, b) for a, b in combinations(identifiers, 2)]
    pairs += [(a, b) for a in identifiers for b in sorted(others, key=lambda c: c.name not in when) if a.name != b.name]
    likely = [p for p in pairs if p[0].distinct * p[1].distinct >= table.rows and p[1].present == p[1].rows]
    for a, b in likely[:_PAIRS]:
        if not is_identifier(b.name) and b.name not in when:
            continue
        if is_pair_unique(table, (a.name, b.name), engine):
            return a.name, b.name
    return ()


def is_pair_unique(table: TableFacts, columns: tuple[str, str], engine: Engine) -> bool:
    """Whether two columns are different together in every row, counted; of a large table first in a part of its rows.

    The part holds all rows of some values, so that a pair that stands twice in it stands twice.
    """
    names = ", ".join(quote(c) for c in columns)
    parts = [f" WHERE hash({quote(columns[0])}) % {_PARTS} = 0"] if table.rows > COUNTED else []
    twice = f"GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
    return all(
        engine.query(f"SELECT 1 AS n FROM {quote(table.name)}{part} {twice}").num_rows == 0 for part in (*parts, "")
    )
