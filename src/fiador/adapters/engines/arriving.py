"""Which tables stay as they come, and are read while others are computed with?

Nothing is copied: they are Arrow's, and lent to each statement that names them. One that is still being read is waited
for by the first statement that needs it; who needs others goes on. Once one can't be read, no other is read further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from fiador.errors import FiadorError
from fiador.expression import quote


class Arriving:
    """Tables by name. at_once: how many are read at a time."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once)
        self._tables: dict[str, Future[pa.Table]] = {}
        self._fault: FiadorError | None = None

    def add(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, apart: bool) -> None:
        """Keep a table, or more rows of one. apart: it may be read in the background; else it is read now."""
        before = self._tables.get(name)

        def read() -> pa.Table:
            table = pa.Table.from_batches(self._unless_in_vain(batches), schema)
            return pa.concat_tables([before.result(), table], promote_options="default") if before else table

        self._tables[name] = self._pool.submit(read) if apart else _done(read())

    def named_in(self, sql: str) -> dict[str, pa.Table]:
        """The tables a statement may name, read to their end. Raises the first thing that was wrong with any table."""
        return {name: reading.result() for name, reading in self._tables.items() if quote(name) in sql}

    def _unless_in_vain(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches, until one of another table can't be read: nobody will ask for these then."""
        try:
            for batch in batches:
                if self._fault:
                    raise self._fault
                yield batch
        except FiadorError as fault:
            self._fault = self._fault or fault
            raise self._fault from None


def _done(table: pa.Table) -> Future[pa.Table]:
    reading: Future[pa.Table] = Future()
    reading.set_result(table)
    return reading
