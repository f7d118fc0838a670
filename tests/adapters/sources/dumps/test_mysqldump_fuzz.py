"""Does whatever table a server can hold come back from its dump as it was?

Random tables, awkward on purpose, are written by our own writer, by a real mysqldump and by a real pg_dump, and
read back equal. FIADOR_FUZZ_EXAMPLES asks for more of them than a moment's worth.
"""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source

MYSQL, POSTGRES = os.environ.get("FIADOR_MYSQL_URL", ""), os.environ.get("FIADOR_POSTGRES_URL", "")
EXAMPLES = int(os.environ.get("FIADOR_FUZZ_EXAMPLES", "30"))
fuzz = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

NAMES = st.text(st.sampled_from(list("aBz09_ '\"`,();.-#%$\\é漢")), min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and name.strip(". ")
)
PIECES = st.sampled_from(
    ["'", '"', "\\", "''", "\\'", "),(", ");\n", ";", "\n", "\r", "\t", "\x1a", "\b", "\v", "\f", "\x7f", "\\N", "\\.",
     "\n\\.\n", "NULL", "_binary ", "-- no comment\n", "/* nor this */", "# or this", "E'", "::text", "$$", "0x41",
     "DEFAULT", "%", "_", " ", "a", "é", "漢", "😀", "\u2028", "\ufeff", "x" * 300]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=6).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)


@dataclass(frozen=True)
class Kind:
    """A column's type, in Arrow and on both servers, and what its values may be."""

    arrow: pa.DataType
    mysql: str
    postgres: str
    values: st.SearchStrategy[Any]


WHOLE, DAYS = st.integers(-(2**63), 2**63 - 1), st.dates(date(1000, 1, 1))
FINITE = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
KINDS = (
    Kind(pa.string(), "longtext", "text", TEXTS),
    Kind(pa.int64(), "bigint", "bigint", WHOLE),
    Kind(pa.float64(), "double", "double precision", FINITE),
    Kind(pa.bool_(), "bit(1)", "boolean", st.booleans()),
    Kind(pa.date32(), "date", "date", DAYS),
    Kind(pa.timestamp("us"), "datetime(6)", "timestamp", st.datetimes(datetime(1000, 1, 1))),
    Kind(pa.decimal128(12, 2), "decimal(12,2)", "numeric(12,2)", st.decimals(-(10**9), 10**9, places=2)),
    Kind(pa.decimal128(38, 10), "decimal(38,10)", "numeric(38,10)", st.decimals(-(10**27), 10**27, places=10)),
)
BYTES = Kind(pa.binary(), "longblob", "bytea", st.binary(max_size=30) | TEXTS.map(str.encode))
# What only one of the two servers can hold.
ZEROS = Kind(pa.string(), "longtext", "", st.lists(st.just("\0") | PIECES, max_size=6).map("".join))
EARLY = Kind(pa.date32(), "", "date", st.dates())
MONEY = Kind(pa.float64(), "", "numeric", st.integers(-(10**14), 10**14).map(float))
ENDLESS = Kind(pa.float64(), "double", "double precision", st.floats())


@dataclass(frozen=True)
class Made:
    """A table to be written: its name, its columns and its rows."""

    name: str
    kinds: dict[str, Kind]
    rows: list[tuple[Any, ...]]

    @property
    def table(self) -> pa.Table:
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.kinds)
        schema = pa.schema([(name, kind.arrow) for name, kind in self.kinds.items()])
        arrays = [pa.array(list(values), field.type) for values, field in zip(columns, schema, strict=True)]
        return pa.table(arrays, schema=schema)


@st.composite
def tables(draw: st.DrawFn, *more: Kind) -> Made:
    # Columns whose names differ in case or an accent alone are one column to MySQL.
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique_by=lambda name: name.lower().replace("é", "e")))
    kinds = {name: draw(st.sampled_from((*KINDS, *more))) for name in names}
    row = st.tuples(*(st.none() | kind.values for kind in kinds.values()))
    return Made(draw(NAMES), kinds, draw(st.lists(row, max_size=40)))


def _rows(table: pa.Table) -> list[list[object]]:
    """Rows with every NaN the same, so that equal tables are equal lists; the order is the server's own."""
    found = zip(*(column.to_pylist() for column in table.columns), strict=True)
    same = [["nan" if isinstance(v, float) and math.isnan(v) else v for v in row] for row in found]
    return sorted(same, key=repr)


def _assert_read_back(folder: Path, made: Made, name: str = "") -> None:
    source = open_source(folder)
    schema = source.tables()[name or made.name]
    read = pa.Table.from_batches(source.read(name or made.name), schema=schema)
    assert schema == made.table.schema
    assert _rows(read) == _rows(made.table)


@given(tables(ZEROS))
@settings(fuzz, max_examples=5 * EXAMPLES)
def test_our_own_writers_dump_is_read_back_equal(made: Made) -> None:
    with tempfile.TemporaryDirectory() as folder:
        at = datetime(2026, 1, 2, 3, 4, 5)
        write_tables({made.name: made.table}, Path(folder), format="dump", database="bank", written_at=at)
        _assert_read_back(Path(folder), made)


@pytest.fixture(scope="module")
def mysql() -> Iterator[tuple[Any, str]]:
    """A connection, and a database of the tests' own."""
    if not MYSQL:
        pytest.skip("no MySQL or MariaDB server: set FIADOR_MYSQL_URL")
    pymysql = pytest.importorskip("pymysql")
    url, database = urlsplit(MYSQL), f"fiador_{uuid.uuid4().hex[:12]}"
    server = pymysql.connect(
        host=url.hostname, port=url.port or 3306, user=url.username, password=url.password or "", autocommit=True
    )
    with server, server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        cursor.execute(f"USE {database}")
        yield cursor, database
        cursor.execute(f"DROP DATABASE {database}")


MYSQLDUMP = ((), ("--hex-blob", "--complete-insert"), ("--skip-extended-insert",), ("--skip-opt", "--compact"))


@given(made=tables(BYTES, ZEROS), options=st.sampled_from(MYSQLDUMP))
@fuzz
def test_a_real_mysqldump_is_read_back_equal(mysql: tuple[Any, str], made: Made, options: tuple[str, ...]) -> None:
    cursor, database = mysql
    quoted = {name: "`" + name.replace("`", "``") + "`" for name in (*made.kinds, made.name)}
    columns = ", ".join(f"{quoted[name]} {kind.mysql}" for name, kind in made.kinds.items())
    cursor.execute(f"CREATE TABLE {quoted[made.name]} ({columns})")
    try:
        places = ", ".join(["%s"] * len(made.kinds))
        if made.rows:
            insert = f"INSERT INTO {quoted[made.name].replace('%', '%%')} VALUES ({places})"
            cursor.executemany(insert, made.rows)
        with tempfile.TemporaryDirectory() as folder:
            _dump_mysql(database, Path(folder) / "bank.sql", *options)
            _assert_read_back(Path(folder), made)
    finally:
        cursor.execute(f"DROP TABLE {quoted[made.name]}")


def _dump_mysql(database: str, path: Path, *options: str) -> None:
    url = urlsplit(MYSQL)
    login = [f"--host={url.hostname}", f"--port={url.port or 3306}", f"--user={url.username}"]
    words = ["mysqldump", *login, "--default-character-set=utf8mb4", *options, f"--result-file={path}", database]
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "MYSQL_PWD": url.password or ""})


@pytest.fixture(scope="module")
def postgres() -> Iterator[tuple[Any, str]]:
    """A connection, and a schema of the tests' own."""
    if not POSTGRES:
        pytest.skip("no PostgreSQL server: set FIADOR_POSTGRES_URL")
    psycopg = pytest.importorskip("psycopg")
    schema = f"fiador_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")
        server.execute(f"SET search_path = {schema}")
        yield server, schema
        server.execute(f"DROP SCHEMA {schema} CASCADE")


PG_DUMP = ((), ("--inserts",), ("--column-inserts", "--rows-per-insert=7"), ("--quote-all-identifiers",))


@given(made=tables(BYTES, ENDLESS, EARLY, MONEY), options=st.sampled_from(PG_DUMP))
@fuzz
def test_a_real_pg_dump_is_read_back_equal(postgres: tuple[Any, str], made: Made, options: tuple[str, ...]) -> None:
    server, schema = postgres
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in (*made.kinds, made.name)}
    columns = ", ".join(f"{quoted[name]} {kind.postgres}" for name, kind in made.kinds.items())
    server.execute(f"CREATE TABLE {quoted[made.name]} ({columns})")
    try:
        with server.cursor() as cursor:
            places = ", ".join(f"%s::{kind.postgres}" for kind in made.kinds.values())
            cursor.executemany(f"INSERT INTO {quoted[made.name].replace('%', '%%')} VALUES ({places})", made.rows)
        with tempfile.TemporaryDirectory() as folder:
            words = ["pg_dump", "-n", schema, "-f", f"{folder}/bank.sql", *options, POSTGRES]
            subprocess.run(words, check=True, capture_output=True)
            _assert_read_back(Path(folder), made)
    finally:
        server.execute(f"DROP TABLE {quoted[made.name]}")
