"""Which raw rows belong to a known application, and which applications are there?"""

from __future__ import annotations

from collections.abc import Mapping

from fiador.bundle import RawColumn
from fiador.expression import quote
from fiador.portfolio import Portfolio

_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def rows_sql(portfolio: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]]) -> dict[str, str]:
    """Per table the statement that answers the raw rows of application `$key`, the target left out."""
    return {table: _rows(portfolio, table, columns) for table, columns in raw.items()}


def _rows(p: Portfolio, table: str, columns: Mapping[str, RawColumn]) -> str:
    wanted = ", ".join(
        f"CAST(t0.{quote(c)} AS {_TYPES[column.type]}) AS {quote(c)}"
        for c, column in columns.items()
        if column.role != "target"
    )
    joins, at, current = "", 0, p.tables[table]
    while link := current.link:
        on = " AND ".join(_equal(f"t{at}.{quote(child)}", f"t{at + 1}.{quote(parent)}") for parent, child in link.on)
        joins += f" JOIN {quote(link.of)} AS t{at + 1} ON {on}"
        at, current = at + 1, p.tables[link.of]
    return f"SELECT {wanted} FROM {quote(table)} AS t0{joins} WHERE CAST(t{at}.{quote(p.key)} AS VARCHAR) = $key"


def _equal(child: str, parent: str) -> str:
    """Blank keys link nothing: '' = '' would give every blank row to every blank application."""
    return f"{child} = {parent} AND CAST({child} AS VARCHAR) <> ''"


def page_sql(portfolio: Portfolio) -> tuple[str, str]:
    """The statements that list keys beginning with `$search` (by `$limit`, `$offset`), and count them."""
    key, base = f"CAST({quote(portfolio.key)} AS VARCHAR)", quote(portfolio.base)
    rows = f"FROM {base} WHERE {key} <> '' AND starts_with({key}, $search)"
    return f"SELECT {key} AS key {rows} ORDER BY key LIMIT $limit OFFSET $offset", f"SELECT count(*) AS total {rows}"
