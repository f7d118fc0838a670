"""Who runs the SQL? A row an engine; each keeps raw tables and answers queries, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fiador.errors import PortfolioError, did_you_mean
from fiador.use_cases.ports import Engine


@dataclass(frozen=True)
class EngineRow:
    name: str
    says: str
    open: Callable[[int | None, Sequence[str], bool], Engine]


def _duckdb(memory: int | None, reads: Sequence[str], side_by_side: bool) -> Engine:
    from fiador.adapters.engines.duckdb import DuckDBEngine

    return DuckDBEngine(memory=memory, reads=reads, side_by_side=side_by_side)


ENGINES: dict[str, EngineRow] = {
    e.name: e for e in (EngineRow("duckdb", "embedded, in this process; the reference", _duckdb),)
}


def open_engine(
    name: str = "duckdb", *, memory: int | None = None, reads: Sequence[str] = (), side_by_side: bool = False
) -> Engine:
    """A fresh engine by name; PortfolioError with the nearest known name where there is none.

    memory: bytes the process should keep to; what doesn't fit is spilled to disk. None takes what the machine has.
    reads: folders whose files may be attached; nothing else on the disk can be read. side_by_side: for a few
    statements over all rows, each on one processor, instead of one at a time on all; tables may arrive meanwhile.
    """
    if name not in ENGINES:
        raise PortfolioError(f"no engine '{name}'.", hint=did_you_mean(name, ENGINES))
    return ENGINES[name].open(memory, reads, side_by_side)
