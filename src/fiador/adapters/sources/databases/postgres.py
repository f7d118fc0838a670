"""How is a PostgreSQL database attached, and of which types are its columns?

Rows are selected on the server, each column cast there to the type it is read as: DuckDB's own reading of a
`numeric` without digits takes NaN for 0 and loses the last digits.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from fiador.adapters.sources.columns import DeclaredTypes
from fiador.adapters.sources.databases import Ask, Database, Server, ServerColumn, Tables, literal, secret
from fiador.adapters.sources.databases.address import Address, read_address
from fiador.adapters.sources.dumps.mysql_schema import MOST_DIGITS
from fiador.errors import DataError, did_you_mean
from fiador.expression import quote

_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "ssl_min_protocol_version")
OPTIONS = (*_TLS, "channel_binding", "connect_timeout", "host", "port", "passfile", "service", "target_session_attrs")
_SECONDS_TO_CONNECT = "8"
_SCHEMA = "public"


def open_postgres(url: str, types: DeclaredTypes) -> Database:
    """The database a postgresql:// URL names. What it leaves out comes from the environment, as libpq reads it."""
    return Database(POSTGRES, read_address(url, options=OPTIONS), types)


def _attach(address: Address) -> tuple[str, ...]:
    options = {"connect_timeout": _SECONDS_TO_CONNECT, "application_name": "fiador", **address.options}
    connection = " ".join(f"{name}='{_escaped(value)}'" for name, value in options.items())
    attach = f"ATTACH {literal(connection)} AS db (TYPE postgres, READ_ONLY, SECRET"
    if address.secret:
        return (f"{attach} {quote(address.secret)})",)
    values = {
        "HOST": address.host,
        "PORT": address.port,
        "USER": address.user,
        "PASSWORD": address.password,
        "DATABASE": address.database,
    }
    return (secret("postgres", values), f"{attach} reader)")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


# Every table, view and partition of the schema; a domain is the type below it. Columns this user may not read are
# left out, unless that is all of them: then reading says what is missing.
_COLUMNS = """
WITH RECURSIVE below AS (
    SELECT oid AS of, oid, typname, typtype, typbasetype, typtypmod AS modifier FROM pg_type
    UNION ALL
    SELECT below.of, t.oid, t.typname, t.typtype, t.typbasetype,
           CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE below.modifier END
    FROM below JOIN pg_type t ON below.typtype = 'd' AND t.oid = below.typbasetype
)
SELECT c.relname AS t, a.attname AS c, below.typname AS d, format_type(a.atttypid, a.atttypmod) AS s,
       CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE below.modifier END AS m,
       has_column_privilege(c.oid, a.attnum, 'SELECT') AS r
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN below ON below.of = a.atttypid AND below.typtype <> 'd'
WHERE n.nspname = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname, a.attnum"""


def _tables(ask: Ask, address: Address, declared: Sequence[str]) -> Tables:
    tables: dict[str, list[tuple[bool, ServerColumn]]] = {}
    for table, name, word, stated, modifier, readable in ask(
        _COLUMNS.format(schema=literal(address.schema or _SCHEMA))
    ):
        column = _column(str(name), str(word), str(stated), int(str(modifier)))
        tables.setdefault(str(table), []).append((bool(readable), column))
    if not tables:
        _name_schemas(ask, address)
    return {
        table: [column for readable, column in columns if readable] or [column for _, column in columns]
        for table, columns in tables.items()
    }


_SCHEMAS = """
SELECT DISTINCT n.nspname AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg^_%' ESCAPE '^'"""


def _name_schemas(ask: Ask, address: Address) -> None:
    """DataError naming the schemas that hold tables, where others than the one asked for do."""
    schema = address.schema or _SCHEMA
    others = [str(name) for (name,) in ask(_SCHEMAS)]
    if others:
        hint = f"Name another with ?schema=. {did_you_mean(schema, others)}"
        raise DataError(f"schema '{schema}' holds no tables.", where=address.shown, hint=hint)


_ENDLESS = "CASE WHEN isfinite({c}) THEN {c} END"
_TYPES: dict[str, tuple[pa.DataType, str]] = {
    **dict.fromkeys(("int2", "int4", "int8"), (pa.int64(), "{c}")),
    "oid": (pa.int64(), "{c}::int8"),
    "float8": (pa.float64(), "{c}"),
    "float4": (pa.float64(), "{c}::float8"),
    "bool": (pa.bool_(), "{c}"),
    "bytea": (pa.binary(), "{c}"),
    "date": (pa.date32(), _ENDLESS),
    "timestamp": (pa.timestamp("us"), _ENDLESS),
    "timestamptz": (pa.timestamp("us"), "CASE WHEN isfinite({c}) THEN {c} AT TIME ZONE 'UTC' END"),
    **dict.fromkeys(("text", "varchar"), (pa.string(), "{c}")),
    **dict.fromkeys(("bpchar", "name", "citext", "uuid", "json", "jsonb", "time"), (pa.string(), "{c}::text")),
}
"""How each PostgreSQL type is selected and kept; numeric has its own digits, every other type is its text."""
# The text COPY writes, which a cast to text isn't for every type (an inet gets its mask).
_AS_COPIED = "CASE WHEN {c} IS NOT NULL THEN format('%s', {c}) END"


def _column(name: str, word: str, stated: str, modifier: int) -> ServerColumn:
    if word == "numeric":
        kind, selected = _numeric(modifier)
    else:
        kind, selected = _TYPES.get(word, (pa.string(), _AS_COPIED))
    return ServerColumn(
        name, kind, stated, selected.format(c=quote(name)), as_text=word != "numeric" and word not in _TYPES
    )


def _numeric(modifier: int) -> tuple[pa.DataType, str]:
    """A decimal of its digits, NaN null; a number where it states none, or more than 38.

    The modifier holds both numbers, 4 added: `numerictypmodin` in PostgreSQL's src/backend/utils/adt/numeric.c.

    >>> _numeric((12 << 16 | 2) + 4)[0], _numeric(-1)
    (Decimal128Type(decimal128(12, 2)), (DataType(double), '{c}::float8'))
    """
    stated, scale = (modifier - 4) >> 16 & 0xFFFF, ((modifier - 4 & 0x7FF) ^ 0x400) - 0x400
    digits, scale = max(stated, scale) - min(scale, 0), max(scale, 0)
    if modifier < 0 or digits > MOST_DIGITS:
        return pa.float64(), "{c}::float8"
    return pa.decimal128(digits, scale), f"(CASE WHEN {{c}} <> 'NaN' THEN {{c}} END)::numeric({digits},{scale})"


def _select(address: Address, table: str, columns: Sequence[ServerColumn]) -> str:
    selected = ", ".join(f"{column.selected} AS c{n}" for n, column in enumerate(columns))
    sql = f"SELECT {selected} FROM {quote(address.schema or _SCHEMA)}.{quote(table)}"
    return f"SELECT * FROM postgres_query('db', {literal(sql)})"


_STOP = ("SELECT pg_backend_pid() AS n", "SELECT pg_cancel_backend({}) AS n")

POSTGRES = Server("PostgreSQL", "postgres_scanner", "postgres", (), _attach, "postgres_query", _tables, _select, _STOP)
