"""Are the features of training, a batch, a history and the service equal to the last bit, whatever order rows come in?

All enter `use_cases/feature_table.py`. Of each portfolio the whole matrix is compared, then applications one by one as
the service computes them from raw rows, their rows in another order still.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.disk.portfolios import load_portfolio, read_history, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.history.block import DrawPlan
from fiador.adapters.simulation.history.declared import parse as parse_history
from fiador.adapters.simulation.history.stream import write_history
from fiador.adapters.sources import open_source
from fiador.features.plan import compile_sql
from fiador.features.schema import raw_columns
from fiador.features.statements import Statements
from fiador.portfolio import Portfolio
from fiador.use_cases.feature_table import build, decision_columns, measured_columns
from fiador.use_cases.lookup import rows_sql
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Engine
from fiador.use_cases.scoring.request import arrow_tables
from fiador.use_cases.tables import load_tables

PORTFOLIOS = Path(__file__).parents[2] / "portfolios"
SHARED = Path(os.environ.get("FIADOR_SHARED", PORTFOLIOS.parents[1] / "shared")) / "data"
SERVED = 12  # applications computed one by one


@dataclass(frozen=True)
class Lender:
    """A portfolio with its raw tables, in memory by the source's names."""

    portfolio: Portfolio
    tables: dict[str, pa.Table]
    source: type

    def engine(self, *, shuffled: int | None = None) -> tuple[Statements, Engine]:
        tables = self.tables
        if shuffled is not None:
            draws = np.random.default_rng(shuffled)
            tables = {name: table.take(draws.permutation(table.num_rows)) for name, table in tables.items()}
        engine = open_engine(side_by_side=shuffled is not None)
        schema = load_tables(self.portfolio, self.source(tables), engine)
        return Statements(compile_sql(self.portfolio, schema)), engine


@pytest.fixture(scope="module", params=["tiny", "alura_cash", "berka", "home_credit"])
def lender(request: pytest.FixtureRequest, in_memory: type, tmp_path_factory: pytest.TempPathFactory) -> Lender:
    portfolio = load_portfolio(PORTFOLIOS / request.param)
    if request.param == "home_credit":
        folder = tmp_path_factory.mktemp("drawn")
        declared = parse_history(read_history(portfolio, PORTFOLIOS / "home_credit"), portfolio)
        draw = DrawPlan(portfolio, declared, read_profile(portfolio, PORTFOLIOS / "home_credit"), 3000, 5)
        write_history(draw, folder, truth=None, generator="", format="parquet", processes=1)
        return Lender(portfolio, {file.stem: pq.read_table(file) for file in folder.glob("*.parquet")}, in_memory)
    folder = PORTFOLIOS / "tiny" / "data" if request.param == "tiny" else SHARED / request.param
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set FIADOR_SHARED")
    source = open_source(folder, types=portfolio.types, needed=portfolio.source_names)
    tables = {name: pa.Table.from_batches(source.read(name)) for name in portfolio.source_names}
    return Lender(portfolio, tables, in_memory)


def require_equal(one: pa.Table, other: pa.Table) -> None:
    """Equal to the last bit, nulls where nulls are."""
    assert one.column_names == other.column_names
    for name in one.column_names:
        left, right = one.column(name).combine_chunks(), other.column(name).combine_chunks()
        if pa.types.is_float32(left.type):
            bits = [np.asarray(column.fill_null(0.25).to_numpy()).view(np.int32) for column in (left, right)]
            assert left.is_null().equals(right.is_null()), name
            assert np.array_equal(*bits), (name, np.flatnonzero(bits[0] != bits[1])[:5])
        else:
            assert left.equals(right), name


def served(lender: Lender, statements: Statements, engine: Engine, keys: list[object]) -> Iterator[pa.Table]:
    """Each application as the service computes it, from its raw rows, turned round."""
    plan = statements.plan
    raw = raw_columns(lender.portfolio, plan.relations.schema, {})
    for key in keys:
        rows = {
            name: engine.query(sql, {"key": str(key)}).to_pylist()[::-1]
            for name, sql in rows_sql(lender.portfolio, raw).items()
        }
        yield decision_columns(statements, RawTables(engine, arrow_tables(lender.portfolio, raw, rows)))


def test_training_a_batch_a_history_and_the_service_measure_alike_to_the_last_bit(lender: Lender) -> None:
    statements, engine = lender.engine()
    training = decision_columns(statements, RawTables(engine))
    again, other = lender.engine(shuffled=1)
    require_equal(decision_columns(again, RawTables(other)), training)
    measured = measured_columns(again, RawTables(other)) if statements.plan.measured else None
    require_equal(decision_columns(statements, RawTables(engine), measured=measured), training)
    keyed = training.filter(training.column("key").is_valid())
    features = build(lender.portfolio, again.plan.relations.schema, other)
    require_equal(features, keyed.select(features.column_names))
    at = np.linspace(0, keyed.num_rows - 1, SERVED).astype(int)
    known = keyed.take(at)
    alone = list(served(lender, statements, engine, known.column("key").to_pylist()))
    require_equal(pa.concat_tables(alone).cast(known.schema), known)
