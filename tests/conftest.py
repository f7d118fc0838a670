"""What do all tests share? Real data where it is, a trained bundle, and no silent skips in CI."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fiador.bundle import Bundle
from fiador.checking import load_tables
from fiador.engines import Engine, open_engine
from fiador.portfolio import Portfolio
from fiador.sources import open_source
from fiador.sources.simulate import simulate
from fiador.store import load_portfolio, parse_document, read_document, read_profile, save_bundle
from fiador.training import Settings, train

ROOT = Path(__file__).parent.parent
PORTFOLIOS = ROOT / "portfolios"
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
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
        settings=Settings(seed=seed, threads=threads), now=NOW, clock=lambda: float(next(ticks)),
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

    def read(self, table: str) -> Iterator:
        return iter(self._tables[table].to_batches())


@pytest.fixture(scope="session")
def bundle_folder(alura_document: dict, alura_engine: tuple, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on the simulated applications, written."""
    folder = tmp_path_factory.mktemp("bundle") / "alura"
    schema, engine = alura_engine
    save_bundle(trained(alura_document, schema, engine), folder)
    return folder


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    from fiador.store import open_bundle

    return open_bundle(bundle_folder)
