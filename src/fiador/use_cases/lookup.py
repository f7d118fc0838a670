"""Which raw rows belong to a known application, which applications are there, and which have new rows?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from fiador.bundle import RawColumn
from fiador.expression import quote
from fiador.portfolio import Link, Portfolio
from fiador.portfolio.types import TYPES
from fiador.use_cases.ports import BROUGHT

ASKED = "fiador:asked"


def rows_sql(portfolio: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]]) -> dict[str, str]:
    """Per table the statement that answers the raw rows of application `$key`, the target left out."""
    key = raw[portfolio.base][portfolio.key].type
    return {
        table: _rows(portfolio, table, columns, lambda at: _is_key(portfolio, at, key))
        for table, columns in raw.items()
    }


def rows_of_asked_sql(portfolio: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]]) -> dict[str, str]:
    """The same for every application in the table ASKED, whose one column is `key`."""

    def is_asked(at: int) -> str:
        return f"t{at}.{quote(portfolio.key)} IN (SELECT key FROM {quote(ASKED)})"

    return {table: _rows(portfolio, table, columns, is_asked) for table, columns in raw.items()}


def owned_rows_sql(portfolio: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]]) -> dict[str, str]:
    """Of the base and each looked-up table the raw rows beside `key`, the application's that has them, in its order."""
    statements = {}
    for table, columns in raw.items():
        if not portfolio.tables[table].many:
            joins, at = _joins(next(_ways(portfolio, table)))
            key = f"t{at}.{quote(portfolio.key)}"
            statements[table] = (
                f"SELECT {key} AS key, {_wanted(columns)} FROM {quote(table)} AS t0{joins}"
                f" WHERE CAST({key} AS VARCHAR) <> '' ORDER BY key"
            )
    return statements


def touched_sql(portfolio: Portfolio) -> str:
    """`key`: the applications that any row brought by an ingest after `$since` belongs to, each once."""
    statements = []
    for table in portfolio.tables:
        for way in _ways(portfolio, table):
            joins, at = _joins(way)
            statements.append(
                f"SELECT t{at}.{quote(portfolio.key)} AS key FROM {quote(table)} AS t0{joins}"
                f" WHERE t0.{quote(BROUGHT)} > $since"
            )
    return f"SELECT DISTINCT key FROM ({' UNION ALL '.join(statements)}) WHERE key IS NOT NULL"


def _wanted(columns: Mapping[str, RawColumn]) -> str:
    return ", ".join(
        f"CAST(t0.{quote(c)} AS {TYPES[column.type].sql}) AS {quote(c)}"
        for c, column in columns.items()
        if column.role != "target"
    )


def _rows(p: Portfolio, table: str, columns: Mapping[str, RawColumn], is_meant: Callable[[int], str]) -> str:
    """is_meant: the condition on the base's row, given the number of its table."""
    items = _wanted(columns)
    ways = list(_ways(p, table))
    if len(ways) == 1 and not any(p.tables[link.of].where for link in ways[0] if link.of != p.base):
        joins, at = _joins(ways[0])
        return f"SELECT {items} FROM {quote(table)} AS t0{joins} WHERE {is_meant(at)}"
    conditions = []
    for way in ways:  # a row that several ways, or several rows, lead to the application is one row
        joins, at = _joins(way[1:], start=1)
        link = way[0]
        on = " AND ".join(_equal(f"t0.{quote(child)}", f"t1.{quote(parent)}") for parent, child in link.on)
        conditions.append(f"EXISTS (SELECT 1 FROM {quote(link.of)} AS t1{joins} WHERE {on} AND {is_meant(at)})")
    return f"SELECT {items} FROM {quote(table)} AS t0 WHERE {' OR '.join(conditions)}"


def _ways(p: Portfolio, table: str) -> Iterator[list[Link]]:
    """Every chain of links from a table up to the base."""
    if table == p.base:
        yield []
    for link in p.tables[table].links:
        for rest in _ways(p, link.of):
            yield [link, *rest]


def _joins(way: Sequence[Link], *, start: int = 0) -> tuple[str, int]:
    """The joins up a chain, and the number of its last table."""
    joins = ""
    for at, link in enumerate(way, start):
        on = " AND ".join(_equal(f"t{at}.{quote(child)}", f"t{at + 1}.{quote(parent)}") for parent, child in link.on)
        joins += f" JOIN {quote(link.of)} AS t{at + 1} ON {on}"
    return joins, start + len(way)


def _is_key(p: Portfolio, at: int, raw_key: str) -> str:
    key = f"t{at}.{quote(p.key)}"
    condition = f"CAST({key} AS VARCHAR) = $key"
    if raw_key == "integer":  # compared as a number as well: only so are rows sorted by it skipped and not read
        condition += f" AND {key} = TRY_CAST($key AS BIGINT)"
    return condition


def _equal(child: str, parent: str) -> str:
    """Blank keys link nothing: '' = '' would give every blank row to every blank application."""
    return f"{child} = {parent} AND CAST({child} AS VARCHAR) <> ''"


def page_sql(portfolio: Portfolio) -> tuple[str, str]:
    """The statements that list keys beginning with `$search` (by `$limit`, `$offset`), and count them."""
    key, base = f"CAST({quote(portfolio.key)} AS VARCHAR)", quote(portfolio.base)
    rows = f"FROM {base} WHERE {key} <> '' AND starts_with({key}, $search)"
    return f"SELECT {key} AS key {rows} ORDER BY key LIMIT $limit OFFSET $offset", f"SELECT count(*) AS total {rows}"
