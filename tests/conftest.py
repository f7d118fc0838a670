"""What do all tests share? Real data where it is, a trained bundle, and no silent skips in CI."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from hypothesis import settings

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.disk.portfolios import load_portfolio, read_document, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.sources import open_source
from fiador.bundle import Bundle
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.ports import Engine
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

ROOT = Path(__file__).parent.parent
PORTFOLIOS = ROOT / "portfolios"
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
# No test asserts a time: a busy machine is no fault. CI draws the same examples for the same code, so that a change is
# judged by what it changed; everywhere else each run draws anew, and what it finds becomes a test of its own.
settings.register_profile("fiador", deadline=None, derandomize=bool(os.environ.get("FIADOR_SAME_DRAWS")))
settings.load_profile("fiador")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where FIADOR_NO_SKIPS is set (CI), a test that skips has failed: the data and servers it needs must be there."""
    report = yield
    if os.environ.get("FIADOR_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped where nothing may skip: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def alura_dumps() -> Path:
    """The four real dumps."""
    folder = SHARED / "data" / "alura_cash"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set FIADOR_SHARED")
    return folder


@pytest.fixture(scope="session")
def alura() -> Portfolio:
    return load_portfolio(PORTFOLIOS / "alura_cash")


@pytest.fixture(scope="session")
def tiny() -> Portfolio:
    return load_portfolio(PORTFOLIOS / "tiny")


@pytest.fixture
def tiny_document() -> dict:
    """The tiny portfolio as data, for a test to change before it parses it."""
    return read_document(PORTFOLIOS / "tiny")


@pytest.fixture(scope="session")
def load() -> Callable[[Portfolio, Path], tuple]:
    """load(portfolio, folder) -> (schema, engine) with the portfolio's tables read from a folder."""

    def read(portfolio: Portfolio, folder: Path) -> tuple:
        engine = open_engine()
        return load_tables(portfolio, open_source(folder, types=portfolio.types), engine), engine

    return read


@pytest.fixture(scope="session")
def train_on() -> Callable[..., Bundle]:
    """train_on(document, schema, engine, seed=, threads=) -> a bundle, not yet written."""
    return trained


def trained(document: dict, schema: object, engine: Engine, *, seed: int = 0, threads: int = 1) -> Bundle:
    """A bundle trained as the command line does, under a clock that ticks once a reading."""
    ticks = itertools.count()
    return train(
        parse_document(document), document, schema, engine,
        options=TrainingOptions(seed=seed, threads=threads), now=NOW, clock=lambda: float(next(ticks)),
    )  # fmt: skip


@pytest.fixture(scope="session")
def simulated(alura: Portfolio) -> dict:
    """4,000 simulated applications, table by table."""
    return simulate(alura, profile=read_profile(alura, PORTFOLIOS / "alura_cash"), applications=4000, seed=1)


@pytest.fixture(scope="session")
def alura_document() -> dict:
    """The Alura portfolio with LightGBM as its only candidate: most tests need no other."""
    document = read_document(PORTFOLIOS / "alura_cash")
    return {**document, "training": {**document["training"], "candidates": ["lightgbm"]}}


@pytest.fixture(scope="session")
def alura_engine(alura: Portfolio, simulated: dict) -> tuple:
    """(schema, engine) holding the simulated applications."""
    engine = open_engine()
    return load_tables(alura, _InMemory(simulated), engine), engine


@pytest.fixture(scope="session")
def in_memory() -> type:
    """in_memory(tables) -> a source of tables that are already here."""
    return _InMemory


class _InMemory:
    """A source of tables that are already here."""

    location = "memory"

    def __init__(self, tables: dict) -> None:
        self._tables = tables

    def tables(self) -> dict:
        return {name: table.schema for name, table in self._tables.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator:
        kept = self._tables[table]
        return iter((kept if columns is None else kept.select(list(columns))).to_batches())


@pytest.fixture(scope="session")
def bundle_folder(alura_document: dict, alura_engine: tuple, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on the simulated applications, written."""
    folder = tmp_path_factory.mktemp("bundle") / "alura"
    schema, engine = alura_engine
    save_bundle(trained(alura_document, schema, engine), folder)
    return folder


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    from fiador.adapters.disk.bundles import open_bundle

    return open_bundle(bundle_folder)


@pytest.fixture
def fiador(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """fiador(*arguments) -> (exit code, what it printed, what it complained of)."""
    from fiador.cli import commands

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fiador", *map(str, arguments)])
        try:
            commands.run()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@dataclass(frozen=True)
class TestServer:
    """A place of a test's own on a real server: its URL, how SQL is run there, and a cursor to load rows with."""

    __test__ = False
    url: str
    name: str
    run: Callable[..., list[tuple]]

    def address(self, *, user: str | None = None, password: str | None = None, port: int | None = None) -> str:
        """The URL with another user, password or port."""
        parts = urlsplit(self.url)
        who = user or parts.username
        given = f":{quote(password, safe='')}" if password else ""
        host = f"{parts.hostname}:{port or parts.port}"
        return parts._replace(netloc=f"{who}{given}@{host}").geturl()


@pytest.fixture(scope="module")
def mysql() -> Iterator[TestServer]:
    """A database of this file's own on the server FIADOR_MYSQL_URL names; gone when its tests are done."""
    url = urlsplit(os.environ.get("FIADOR_MYSQL_URL", ""))
    if not url.hostname:
        pytest.skip("FIADOR_MYSQL_URL names no server")
    import pymysql

    name = f"fiador_{uuid4().hex[:12]}"
    at = {"host": url.hostname, "port": url.port or 3306, "user": url.username, "password": url.password or ""}
    connection = pymysql.connect(**at, autocommit=True, charset="utf8mb4")

    def run(sql: str, rows: Sequence[tuple] | None = None) -> list[tuple]:
        with connection.cursor() as cursor:
            (cursor.execute if rows is None else cursor.executemany)(sql, *([] if rows is None else [rows]))
            return list(cursor.fetchall())

    run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    run(f"USE {name}")
    run("SET sql_mode = ''")
    yield TestServer(url._replace(path=f"/{name}", query="").geturl(), name, run)
    run(f"DROP DATABASE {name}")
    connection.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[TestServer]:
    """A schema of this file's own on the server FIADOR_POSTGRES_URL names; gone when its tests are done."""
    url = os.environ.get("FIADOR_POSTGRES_URL", "")
    if not url:
        pytest.skip("FIADOR_POSTGRES_URL names no server")
    import psycopg

    name = f"fiador_{uuid4().hex[:12]}"
    connection = psycopg.connect(url, autocommit=True)

    def run(sql: str, rows: Sequence[tuple] | None = None) -> list[tuple]:
        with connection.cursor() as cursor:
            if rows is not None:
                cursor.executemany(sql, rows)
                return []
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    run(f"CREATE SCHEMA {name}")
    run(f"SET search_path = {name}")
    yield TestServer(urlsplit(url)._replace(query=f"schema={name}").geturl(), name, run)
    run(f"DROP SCHEMA {name} CASCADE")
    connection.close()
