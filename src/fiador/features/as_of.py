"""What changes where applications are decided as of another moment, and which tables can't tell?

Every table tells its rows' times from the decision, so moving the decision is enough: its date becomes another, or
clocks that count from it are moved. What isn't a clock stays: the application's own row is what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fiador.errors import PortfolioError
from fiador.expression import literal, quote
from fiador.measures import YEAR
from fiador.portfolio import AsOf, Portfolio, Table


def moved(portfolio: Portfolio, columns: Mapping[str, str], table: Table, typed: str) -> str:
    """A table's typed rows as they are told from the moment asked for; unchanged where none is.

    columns: name -> type. typed: the SELECT that answers them.
    """
    as_of = portfolio.as_of
    if as_of is None:
        return typed
    clocks = _clocks(portfolio, table, columns)
    items = [
        f"{_moved(as_of, table, column, kind)} AS {quote(column)}" if column in clocks else quote(column)
        for column, kind in columns.items()
    ]
    applied = f"\n  WHERE {decided_by(portfolio, as_of.on)}" if table.name == portfolio.base and as_of.on else ""
    return f"SELECT {', '.join(items)}\n  FROM ({typed}){applied}"


def decided_by(portfolio: Portfolio, on: date) -> str:
    """The condition on the base table's rows that the application was decided on that date or before it."""
    return f"CAST({quote(str(portfolio.head.decided_at))} AS DATE) <= DATE {literal(on.isoformat())}"


def require_told(portfolio: Portfolio, table: Table) -> None:
    """Pass where the table's rows are known as of the moment asked for, or a PortfolioError naming it."""
    as_of = portfolio.as_of
    if as_of is None:
        return
    where = f"{portfolio.name}: tables.{table.name}"
    hint = "Leave out the features that read it, in an overlay, or take a bundle that reads none."
    if table.kind == "snapshot":
        what = f'its columns hold a later state (kind = "snapshot"), so what it said as of {as_of} is not known.'
        raise PortfolioError(what, where=where, hint=hint)
    if table.many and not table.time:
        what = f"no `time` says when its rows happened, so which there were as of {as_of} is not known."
        raise PortfolioError(what, where=where, hint=f"Declare `time` and `unit`. {hint}")
    if table.many and as_of.on and not table.is_dated:
        what = f"its times count {table.unit} from each decision, so {as_of.on} is no moment in them."
        raise PortfolioError(what, where=where, hint="Count from the decision as well: --as-of -90.")


def _clocks(portfolio: Portfolio, table: Table, columns: Mapping[str, str]) -> set[str]:
    """The columns to move: the decision's own date, and what counts from the decision."""
    decided = portfolio.head.decided_at
    if table.name == portfolio.base:
        if decided and columns.get(decided) not in ("date", "timestamp"):
            where = f"{portfolio.name}: portfolio.decided_at"
            raise PortfolioError(f"'{decided}' is no date.", where=where, hint="Declare it as date or timestamp.")
        return {decided} if decided else set()
    if table.is_dated or not table.time:
        return set()
    return {table.time, *table.reveals.values(), *([table.known_at] if table.known_at else [])}


def _moved(as_of: AsOf, table: Table, column: str, kind: str) -> str:
    name = quote(column)
    if as_of.on:
        return f"CAST({literal(as_of.on.isoformat())} AS {kind.upper()})"
    if kind in ("date", "timestamp"):
        return f"CAST({name} - INTERVAL {as_of.days_before} DAY AS {kind.upper()})"
    assert as_of.days_before
    return f"{name} + {_in(table.unit, as_of.days_before)}"


def _in(unit: str | None, days: int) -> str:
    """Days in a table's unit: a month is a twelfth of a year.

    >>> _in("days", 90), _in("months", 90)
    ('90', '2.9568788501026693')
    """
    return repr(days * YEAR["months"] / YEAR["days"]) if unit == "months" else str(days)
