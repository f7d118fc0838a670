"""Who runs the SQL? A row an engine; each keeps raw tables and answers queries, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from fiador.errors import PortfolioError, did_you_mean


class Engine(Protocol):
    """What the use cases ask of an engine."""

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        """Keep a raw table under `name` (appending where it exists); the rows read."""
        ...

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, tables: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """The answer to one statement. `tables` are seen by this statement alone, before kept ones of the same name."""
        ...


@dataclass(frozen=True)
class EngineRow:
    name: str
    says: str
    open: Callable[[], Engine]


def _duckdb() -> Engine:
    from fiador.engines.duckdb import DuckDBEngine

    return DuckDBEngine()


ENGINES: dict[str, EngineRow] = {
    e.name: e for e in (EngineRow("duckdb", "embedded, in this process; the reference", _duckdb),)
}


def open_engine(name: str = "duckdb") -> Engine:
    """A fresh engine by name; PortfolioError with the nearest known name where there is none."""
    if name not in ENGINES:
        raise PortfolioError(f"no engine '{name}'.", hint=did_you_mean(name, ENGINES))
    return ENGINES[name].open()
