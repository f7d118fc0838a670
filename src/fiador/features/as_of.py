"""What changes where applications are decided as of another moment, and which tables can't tell?

Every table tells its rows' times from the decision, so moving the decision is enough: its date becomes another, or
clocks that count from it are moved. What isn't a clock stays: the application's own row is what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fiador.errors import PortfolioError
from fiador.expression import literal, quote
from fiador.measures import YEAR
from fiador.portfolio import Portfolio, Table


def redated(portfolio: Portfolio, columns: Mapping[str, str], typed: str) -> str:
    """The base table's typed rows with the decision's date as asked for; unchanged where none is, or has no date.

    columns: name -> type. typed: the SELECT that answers them.
    """
    as_of, decided = portfolio.as_of, portfolio.head.decided_at
    if as_of is None or decided is None:
        return typed
    kind = columns.get(decided, "text").upper()
    if kind not in ("DATE", "TIMESTAMP"):
        where = f"{portfolio.name}: portfolio.decided_at"
        raise PortfolioError(f"'{decided}' is no date.", where=where, hint="Declare it as date or timestamp.")
    name, applied = quote(decided), ""
    if as_of.on:
        day, applied = literal(as_of.on.isoformat()), f"\n  WHERE {decided_by(portfolio, as_of.on)}"
    else:
        day = f"{name} - INTERVAL {as_of.days_before} DAY"
    items = [f"CAST({day} AS {kind}) AS {name}" if c == decided else quote(c) for c in columns]
    return f"SELECT {', '.join(items)}\n  FROM ({typed}){applied}"


def retimed(portfolio: Portfolio, table: Table, columns: Sequence[str], cleaned: str) -> str:
    """A `many` table's cleaned rows with its relative clocks counted from the moment asked for; else unchanged.

    columns: quoted names of what the SELECT `cleaned` answers and is wanted. Markers are null by now: they don't move.
    """
    as_of = portfolio.as_of
    if as_of is None or table.is_dated or not table.time:
        return cleaned
    clocks = {table.time, *table.reveals.values(), *([table.known_at] if table.known_at else [])}
    moved = {quote(clock): f"{quote(clock)} - ({moment(portfolio, table)}) AS {quote(clock)}" for clock in clocks}
    return f"SELECT {', '.join(moved.get(column, column) for column in columns)}\n  FROM ({cleaned})"


def moment(portfolio: Portfolio, table: Table) -> str:
    """When the decision is, in the unit of a table's relative times: 0, or so many before the application's own."""
    as_of = portfolio.as_of
    if as_of is None or as_of.days_before is None:
        return "0"
    return f"-{_in(table.unit, as_of.days_before)}"


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


def _in(unit: str | None, days: int) -> str:
    """Days in a table's unit: a month is a twelfth of a year.

    >>> _in("days", 90), _in("months", 90)
    ('90', '2.9568788501026693')
    """
    return repr(days * YEAR["months"] / YEAR["days"]) if unit == "months" else str(days)
