"""How is a MySQL or MariaDB database attached, and of which types are its columns?

Types are those a dump of it is read with, so that a portfolio moves from one to the other as it is.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from fiador.adapters.sources.columns import DeclaredTypes
from fiador.adapters.sources.databases import Ask, Database, Server, ServerColumn, Tables, secret
from fiador.adapters.sources.databases.address import Address, read_address
from fiador.adapters.sources.dumps.mysql_schema import arrow_type
from fiador.errors import DataError
from fiador.expression import quote

_TLS = ("ssl_mode", "ssl_ca", "ssl_capath", "ssl_cert", "ssl_cipher", "ssl_crl", "ssl_crlpath", "ssl_key")
OPTIONS = (*_TLS, "socket")
_SETTINGS = (
    "SET mysql_tinyint1_as_boolean = false",
    "SET mysql_incomplete_dates_as_nulls = true",
    "SET mysql_session_time_zone = '+00:00'",  # as mysqldump: a TIMESTAMP is shown in the session's zone
    "SET mysql_sql_buffer_result = false",  # the server would hold the whole table before its first row
)


def open_mysql(url: str, types: DeclaredTypes) -> Database:
    """The database a mysql:// URL names; DataError where the URL names none."""
    address = read_address(url, options=OPTIONS, variable="MYSQL_PWD")
    if address.schema:
        raise DataError(
            "MySQL has no schemas apart from databases.",
            where=address.shown,
            hint="Name the database after the host.",
        )
    if not address.database and not address.secret:
        raise DataError("names no database.", where=address.shown, hint="Write mysql://USER@HOST:PORT/DATABASE.")
    return Database(MYSQL, address, types)


def _attach(address: Address) -> tuple[str, ...]:
    if address.secret:
        return (f"ATTACH '' AS db (TYPE mysql, SECRET {quote(address.secret)}, READ_ONLY)",)
    values = {
        "HOST": address.host,
        "PORT": address.port,
        "USER": address.user,
        "PASSWORD": address.password or os.environ.get("MYSQL_PWD"),
        "DATABASE": address.database,
        **{name.upper(): value for name, value in address.options.items()},
    }
    return (secret("mysql", values), "ATTACH '' AS db (TYPE mysql, SECRET reader, READ_ONLY)")


# information_schema shows a reader only the tables it has some right to.
_COLUMNS = """
SELECT table_name AS t, column_name AS c, data_type AS d, column_type AS s, numeric_precision AS p, numeric_scale AS n
FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"""


def _tables(ask: Ask, address: Address, declared: Sequence[str]) -> Tables:
    tables: dict[str, list[ServerColumn]] = {}
    for table, name, word, stated, digits, scale in ask(_COLUMNS):
        sizes = [int(str(size)) for size in (digits, scale) if size is not None]
        tables.setdefault(str(table), []).append(_column(str(name), str(word), str(stated), sizes))
    for table in declared:
        if table not in tables:
            _require_right(ask, address, table)
    return _told_apart(tables, address, declared)


def _told_apart(groups: Tables, address: Address, declared: Sequence[str]) -> Tables:
    """Without the tables whose names differ in case alone, of which DuckDB would read either."""
    alike = Counter(table.lower() for table in groups)
    for table in declared:
        if alike[table.lower()] > 1:
            what = "another table's name differs from it in case alone."
            raise DataError(what, where=f"{address.shown}: {table}", hint="Name a view of it instead.")
    return {table: columns for table, columns in groups.items() if alike[table.lower()] == 1}


def _column(name: str, word: str, stated: str, sizes: list[int]) -> ServerColumn:
    known = arrow_type(word, sizes)
    return ServerColumn(name, known or pa.string(), stated, quote(name), as_text=known is None)


def _require_right(ask: Ask, address: Address, table: str) -> None:
    """DataError where a table isn't shown because this user may not read it; nothing where there is no such table."""
    try:
        ask(f"SELECT 1 FROM `{table.replace('`', '``')}` LIMIT 0")
    except duckdb.Error as error:
        if "denied" in str(error):
            raise DataError(
                "this user has no right to read it, or it isn't there.",
                where=f"{address.shown}: {table}",
                hint="Let the database's owner grant SELECT on it.",
            ) from None


def _select(address: Address, table: str, columns: Sequence[ServerColumn]) -> str:
    return f"SELECT {', '.join(column.selected for column in columns)} FROM db.{quote(table)}"


MYSQL = Server("MySQL", "mysql_scanner", "mysql", _SETTINGS, _attach, "mysql_query", _tables, _select)
