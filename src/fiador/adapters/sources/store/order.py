"""By which application are a table's rows sorted, and how is it found?

Most tables hold the application's key themselves. One that hangs further down (a credit's months, under credits, under
applications) finds it at its parent, row by row, and keeps it beside its own columns.
"""

from __future__ import annotations

from dataclasses import dataclass

from fiador.errors import DataError
from fiador.portfolio import Link, Portfolio, Table

HIDDEN = "fiador:application"
"""The column that says whose application a row is, where the table has none of its own; no portfolio sees it."""


@dataclass(frozen=True)
class Order:
    """How a table is sorted: by its own column, or by the key of the parent that a link leads to.

    within: its columns that name a parent of many rows; of one application the rows of such a parent stand together.
    """

    table: str
    column: str
    via: Link | None = None
    within: tuple[str, ...] = ()


def orders(portfolio: Portfolio) -> dict[str, Order]:
    """The order of each of the portfolio's tables, each after those it is found by.

    A column of the table's own goes before a parent's, whatever the order of the links.
    """
    known = {portfolio.base: Order(portfolio.base, portfolio.key)}
    while len(known) < len(portfolio.tables):
        own = _by_own_column(portfolio, known)
        known |= own or _by_parent(portfolio, known)
    return known


def _by_own_column(p: Portfolio, known: dict[str, Order]) -> dict[str, Order]:
    return {
        table.name: Order(table.name, child, within=_within(p, table))
        for table in p.tables.values()
        if table.name not in known
        for link in reversed(table.links)
        for parent, child in link.on
        if link.of in known and known[link.of].column == parent
    }


def _by_parent(p: Portfolio, known: dict[str, Order]) -> dict[str, Order]:
    for table in p.tables.values():
        for link in table.links if table.name not in known else ():
            if link.of in known:
                return {table.name: Order(table.name, HIDDEN, link, _within(p, table))}
    raise DataError("its links lead to no application.", where=p.name, hint="Give every table a `one` or `many`.")


def _within(p: Portfolio, table: Table) -> tuple[str, ...]:
    """A table under two of many rows has the rows of the first one's together."""
    above = next((link for link in table.many if p.tables[link.of].many), None)
    return tuple(child for _, child in above.on) if above else ()
