"""Who runs the SQL? A row an engine; each keeps raw tables and answers queries, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from fiador.errors import PortfolioError, did_you_mean


class Engine(Protocol):
    """What the use cases ask of an engine.

    at_once: how many statements to ask it at a time.
    """

    at_once: int

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, apart: bool = False) -> None:
        """Keep a raw table under `name`, or add to it where it exists.

        apart: the batches may be read in another thread, beside others'. What is wrong with them is then told to who
        asks for the table first.
        """
        ...

    def attach(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        """Show columns of Parquet files as a raw table under `name`, read where they are and not copied.

        Only files under the folders the engine was opened with; a column that some files lack is null there.
        """
        ...

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, tables: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """The answer to one statement. `tables` are seen by this statement alone, before kept ones of the same name."""
        ...

    def rows(self, sql: str, *, tables: Mapping[str, pa.Table] | None = None) -> Iterator[pa.RecordBatch]:
        """The answer to one statement, batch after batch, at least one: in its table's order, or in that asked."""
        ...

    def answer(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer to one statement over these tables alone, none kept. Asked often, it is planned once."""
        ...


@dataclass(frozen=True)
class EngineRow:
    name: str
    says: str
    open: Callable[[int | None, Sequence[str], bool], Engine]


def _duckdb(memory: int | None, reads: Sequence[str], side_by_side: bool) -> Engine:
    from fiador.engines.duckdb import DuckDBEngine

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
