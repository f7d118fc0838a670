"""Are the joined rows, and every figure of a model, the same from wherever the tables come?

The real dumps as they are; MariaDB loaded with them; PostgreSQL loaded with copies, and a pg_dump of that; SQLite;
CSV; Parquet. Row for row, type for type, and the bytes of metrics.json.
"""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.csv
import pytest

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source
from fiador.bundle import Bundle
from fiador.portfolio import Portfolio
from fiador.use_cases.tables import joined, load_tables

PLACES = ("mysql", "postgres", "pg_dump", "sqlite", "csv", "parquet")
PORTFOLIO = Path(__file__).parents[2] / "portfolios" / "alura_cash"
# MariaDB has no collation of this name; text is compared by bytes anyway.
OURS, THEIRS = b"utf8mb4_0900_ai_ci", b"utf8mb4_bin"
WRITTEN_AT = datetime(2026, 1, 2)
POSTGRES = {pa.string(): "text", pa.int64(): "bigint", pa.float64(): "double precision"}
SQLITE = {pa.string(): "text", pa.int64(): "integer", pa.float64(): "real"}


@pytest.fixture(scope="module")
def tables(alura_dumps: Path) -> dict[str, pa.Table]:
    """The tables of the dumps, as the reader of dumps gives them."""
    source = open_source(alura_dumps)
    return {name: pa.Table.from_batches(source.read(name), schema) for name, schema in source.tables().items()}


@pytest.fixture
def place(request: pytest.FixtureRequest, alura_dumps: Path, tables: dict[str, pa.Table], tmp_path: Path) -> str:
    """The location of the same tables at another place."""
    kind = request.param
    if kind == "mysql":
        return _into_mysql(request.getfixturevalue("mysql"), alura_dumps)
    if kind in ("postgres", "pg_dump"):
        server = request.getfixturevalue("postgres")
        _into_postgres(server, tables)
        return server.url if kind == "postgres" else _dumped(server, tmp_path)
    if kind == "sqlite":
        return _into_sqlite(tables, tmp_path / "alura.db")
    write_tables(tables, tmp_path, format=kind, database="alura", written_at=WRITTEN_AT)
    return str(tmp_path)


def _into_mysql(server, dumps: Path) -> str:
    at = urlsplit(server.url)
    command = ["mysql", f"--host={at.hostname}", f"--port={at.port or 3306}", f"--user={at.username}", server.name]
    environment = {**os.environ, **({"MYSQL_PWD": at.password} if at.password else {})}
    for dump in sorted(dumps.glob("*.sql*")):
        subprocess.run(command, input=dump.read_bytes().replace(OURS, THEIRS), check=True, env=environment)
    return server.url


def _into_postgres(server, tables: dict[str, pa.Table]) -> None:
    import psycopg

    with psycopg.connect(os.environ["FIADOR_POSTGRES_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {server.name}")
        for name, table in tables.items():
            cursor.execute(f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({_columns(table, POSTGRES)})")
            text = io.BytesIO()
            pyarrow.csv.write_csv(table, text, pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed"))
            with cursor.copy(f"COPY {name} FROM STDIN WITH (FORMAT csv)") as copy:
                copy.write(text.getvalue())


def _dumped(server, folder: Path) -> str:
    asked = ["pg_dump", os.environ["FIADOR_POSTGRES_URL"], f"--schema={server.name}"]
    (folder / "alura.sql").write_bytes(subprocess.run(asked, check=True, capture_output=True).stdout)
    return str(folder)


def _into_sqlite(tables: dict[str, pa.Table], path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        for name, table in tables.items():
            connection.execute(f"CREATE TABLE {name} ({_columns(table, SQLITE)})")
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * table.num_columns)})", rows)
        connection.commit()
    return f"sqlite:///{path}"


def _columns(table: pa.Table, words: dict[pa.DataType, str]) -> str:
    return ", ".join(f"{field.name} {words[field.type]}" for field in table.schema)


@pytest.fixture(scope="module")
def document() -> dict:
    """The Alura portfolio with one fast candidate, on the smallest loans; all of it where FIADOR_FULL_TRAINING asks."""
    document = read_document(PORTFOLIO)
    if os.environ.get("FIADOR_FULL_TRAINING"):
        return document
    small = {**document["tables"]["emprestimos"], "where": "loan_amnt <= 1500"}
    return {
        **document,
        "tables": {**document["tables"], "emprestimos": small},
        "training": {**document["training"], "candidates": ["logistic_regression"], "folds": 3},
    }


Read = Callable[[str], tuple[pa.Table, bytes]]


@pytest.fixture(scope="module")
def read(
    alura: Portfolio, document: dict, train_on: Callable[..., Bundle], tmp_path_factory: pytest.TempPathFactory
) -> Read:
    """read(location) -> (the joined rows, the bytes of metrics.json)."""

    def joined_and_measured(location: str) -> tuple[pa.Table, bytes]:
        engine = open_engine()
        schema = load_tables(alura, open_source(location, types=alura.types), engine)
        folder = tmp_path_factory.mktemp("bundle") / "alura"
        save_bundle(train_on(document, schema, engine), folder)
        return joined(alura, schema, engine), (folder / "metrics.json").read_bytes()

    return joined_and_measured


@pytest.fixture(scope="module")
def from_dumps(read: Read, alura_dumps: Path) -> tuple[pa.Table, bytes]:
    return read(str(alura_dumps))


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_rows_types_and_figures_are_those_of_the_dumps(
    place: str, from_dumps: tuple[pa.Table, bytes], read: Read
) -> None:
    rows, metrics = from_dumps
    theirs, their_metrics = read(place)
    assert rows.num_rows == 34_485
    assert theirs.schema == rows.schema
    assert theirs.equals(rows)
    assert their_metrics == metrics
