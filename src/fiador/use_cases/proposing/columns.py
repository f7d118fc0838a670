"""What does each column of a table hold?

Counts are exact whatever the size, except that distinct values of a table of more than a million rows are estimated
first and counted only where they may name rows. `''` and NULL are both missing; NaN and infinity are too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fiador.expression import quote
from fiador.portfolio.types import ColumnType

if TYPE_CHECKING:
    from fiador.use_cases.ports import Engine

COUNTED = 1_000_000  # rows up to which distinct values are counted, not estimated
LEVELS = 100  # values up to which a column's values are listed
_AT_ONCE = 12  # columns counted in one statement: each distinct count keeps its values in memory
MILLENNIUM = 365243  # days: Home Credit's "none" in a column of days
MARKERS = (MILLENNIUM, 2147483647, -2147483648)
_NINES = 3  # 999 and longer
_NEARLY = 0.5  # an estimate of this share of the rows is counted exactly: it may be off by a fifth


@dataclass(frozen=True)
class ColumnFacts:
    """One column as it stands in its table.

    missing: null, blank or no finite number; blank: of which ''. distinct: values beside missing ones; an estimate
    where `exact` is false. low, high: of numbers and dates. at_low, at_high: rows that hold them; next_low, next_high:
    the nearest other values; all four where one end may stand for none. negative, positive: rows of numbers; whole:
    rows without a fraction, of a column that may have one. length: mean of texts. levels: value -> rows, most frequent
    first; empty where there are more than LEVELS.
    """

    table: str
    name: str
    kind: ColumnType
    rows: int
    missing: int
    blank: int = 0
    distinct: int = 0
    exact: bool = True
    low: Any = None
    high: Any = None
    at_low: int = 0
    at_high: int = 0
    next_low: float | None = None
    next_high: float | None = None
    negative: int = 0
    positive: int = 0
    whole: int = 0
    length: float = 0.0
    levels: Mapping[Any, int] | None = None

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.rows - self.missing

    @property
    def is_number(self) -> bool:
        return self.kind in ("integer", "number")

    @property
    def is_date(self) -> bool:
        return self.kind in ("date", "timestamp")

    @property
    def is_unique(self) -> bool:
        return self.exact and self.present > 0 and self.distinct == self.present

    @property
    def is_whole(self) -> bool:
        """Whether it may name rows: texts, and numbers without a fraction (a nullable identifier is often a float)."""
        return self.kind in ("text", "integer") or (self.kind == "number" and 0 < self.present == self.whole)


@dataclass(frozen=True)
class TableFacts:
    """One table of the source: its rows and columns, in the source's order."""

    name: str
    rows: int
    columns: Mapping[str, ColumnFacts]


def look_at(table: str, kinds: Mapping[str, ColumnType], engine: Engine) -> TableFacts:
    """Count what a loaded table holds, column by column."""
    rows = int(engine.query(f"SELECT count(*) AS n FROM {quote(table)}").column("n")[0].as_py())
    columns: list[ColumnFacts] = []
    names = list(kinds)
    for start in range(0, len(names), _AT_ONCE):
        some = {name: kinds[name] for name in names[start : start + _AT_ONCE]}
        columns += _extremes(table, list(_count_columns(table, some, rows, engine)), engine)
    return TableFacts(table, rows, {c.name: _with_levels(_recount(c, engine), engine) for c in columns})


def value_sql(column: str, kind: ColumnType, owner: str = "") -> str:
    """A column's value as SQL: missing ones null, numbers as doubles.

    >>> print(value_sql("a", "text", "t"))
    nullif(CAST("t"."a" AS VARCHAR), '')
    """
    name = f"{quote(owner)}.{quote(column)}" if owner else quote(column)
    if kind == "text":
        return f"nullif(CAST({name} AS VARCHAR), '')"
    if kind == "integer":
        return f"CAST({name} AS DOUBLE)"
    if kind == "number":
        return f"CASE WHEN isfinite(CAST({name} AS DOUBLE)) THEN CAST({name} AS DOUBLE) END"
    return name


def _count_columns(table: str, kinds: Mapping[str, ColumnType], rows: int, engine: Engine) -> Iterator[ColumnFacts]:
    items = [
        f"{sql} AS {quote(f'{n}:{what}')}" for n, c in enumerate(kinds) for what, sql in _counts(c, kinds[c], rows)
    ]
    answer = engine.query(f"SELECT {', '.join(items)} FROM {quote(table)}").to_pylist()[0]
    for n, (name, kind) in enumerate(kinds.items()):
        figures = {key.split(":", 1)[1]: figure for key, figure in answer.items() if key.startswith(f"{n}:")}
        missing = rows - int(figures.pop("given"))
        length = float(figures.pop("length", None) or 0.0)
        yield ColumnFacts(table, name, kind, rows, missing, length=length, exact=rows <= COUNTED, **figures)


def _counts(column: str, kind: ColumnType, rows: int) -> Iterator[tuple[str, str]]:
    value = value_sql(column, kind)
    yield "given", f"count({value})"
    yield "distinct", f"count(DISTINCT {value})" if rows <= COUNTED else f"approx_count_distinct({value})"
    if kind == "text":
        yield "blank", f"count(*) FILTER (CAST({quote(column)} AS VARCHAR) = '')"
        yield "length", f"avg(length({value}))"
        return
    if kind == "boolean":
        return
    yield "low", f"min({value})"
    yield "high", f"max({value})"
    if kind in ("integer", "number"):
        yield "negative", f"count(*) FILTER ({value} < 0)"
        yield "positive", f"count(*) FILTER ({value} > 0)"
    if kind == "number":
        yield "whole", f"count(*) FILTER ({value} = floor({value}))"


def _extremes(table: str, columns: Sequence[ColumnFacts], engine: Engine) -> list[ColumnFacts]:
    """The columns; numbers one of whose extremes may stand for none with how often both stand and what comes next."""
    items = []
    for n, c in enumerate(columns):
        if c.is_number and c.low is not None and (c.low == -1 or is_marker(c.low) or is_marker(c.high)):
            value, low, high = value_sql(c.name, c.kind), f"CAST({c.low!r} AS DOUBLE)", f"CAST({c.high!r} AS DOUBLE)"
            items += [
                f'count(*) FILTER ({value} = {low}) AS "{n}:at_low"',
                f'count(*) FILTER ({value} = {high}) AS "{n}:at_high"',
                f'min({value}) FILTER ({value} > {low}) AS "{n}:next_low"',
                f'max({value}) FILTER ({value} < {high}) AS "{n}:next_high"',
            ]  # fmt: skip
    if not items:
        return list(columns)
    answer = engine.query(f"SELECT {', '.join(items)} FROM {quote(table)}").to_pylist()[0]
    figures = [{k.split(":")[1]: v for k, v in answer.items() if k.startswith(f"{n}:")} for n in range(len(columns))]
    return [replace(c, **own) for c, own in zip(columns, figures, strict=True)]


def is_marker(number: float) -> bool:
    """Whether a number is one that often stands for none: 365243, the ends of 32 bits, 999 and longer.

    >>> is_marker(365243.0), is_marker(-999.0), is_marker(99.0)
    (True, True, False)
    """
    digits = f"{abs(number):.0f}" if float(number).is_integer() else ""
    return number in MARKERS or (len(digits) >= _NINES and set(digits) == {"9"})


def _recount(column: ColumnFacts, engine: Engine) -> ColumnFacts:
    """A column whose estimate says that it may name rows, or hold few values, counted."""
    if column.exact or LEVELS * 2 < column.distinct < _NEARLY * column.present or not column.is_whole:
        return column
    sql = f"SELECT count(DISTINCT {value_sql(column.name, column.kind)}) AS n FROM {quote(column.table)}"
    return replace(column, distinct=int(engine.query(sql).column("n")[0].as_py()), exact=True)


def _with_levels(column: ColumnFacts, engine: Engine) -> ColumnFacts:
    if not 0 < column.distinct <= LEVELS or not column.exact or column.is_date:
        return column
    value = value_sql(column.name, column.kind)
    counts = f"SELECT {value} AS v, count(*) AS n FROM {quote(column.table)} GROUP BY v"
    rows = engine.query(f"{counts} HAVING v IS NOT NULL ORDER BY n DESC, v").to_pylist()
    return replace(column, levels={row["v"]: int(row["n"]) for row in rows})


def plain(value: Any) -> str:
    """A value as a comment shows it.

    >>> plain(365243.0), plain(0.125), plain("XNA"), plain(date(2026, 11, 21))
    ('365243', '0.125', "'XNA'", '2026-11-21')
    """
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value) if isinstance(value, (int, date)) else repr(value)


def quantity(number: int, noun: str) -> str:
    """A count with its noun.

    >>> quantity(1, "row"), quantity(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(part: float, whole: float) -> str:
    """A share in words: two figures, and never 100 % or 0 % of what isn't all or nothing.

    >>> percent(1, 3), percent(999_999, 1_000_000), percent(0, 5)
    ('33 %', '> 99.9 %', '0 %')
    """
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.1:
        return "< 0.1 %"
    if 99.9 < share < 100:
        return "> 99.9 %"
    return f"{share:.0f} %" if share >= 10 or share == 0 else f"{share:.1f} %"
