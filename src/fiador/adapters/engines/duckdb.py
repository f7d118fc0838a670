"""How does DuckDB keep raw tables and answer queries?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from fiador.adapters.engines.arriving import Arriving
from fiador.adapters.engines.counter import Counter
from fiador.adapters.engines.limits import Limits, exhausted, walled
from fiador.errors import DataError, FiadorError
from fiador.expression import literal, quote

BATCH = 245_760  # rows read from an answer at a time: two of DuckDB's own groups; of fewer, each batch costs its calls
MANY = 500_000  # rows from which all processors are worth planning anew for


class DuckDBEngine:
    """An in-memory DuckDB. Safe to query from several threads: each query has a cursor of its own.

    It loads no extension and writes no file but what it spills, and reads none but those under the folders named when
    it was opened: the SQL it runs is fiador's, and the walls stand anyway.
    """

    def __init__(self, *, memory: int | None = None, reads: Sequence[str] = (), side_by_side: bool = False) -> None:
        """memory: bytes the process should keep to, more is spilled to a temporary folder; None takes what there is.

        side_by_side: for few statements over all rows, one thread each. Tables stay as they came, in Arrow, unless
        memory is bounded: what DuckDB copies it can spill.
        """
        self._spill = TemporaryDirectory(prefix="fiador-") if memory is not None else None
        self._connection = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self.at_once = 1
        if side_by_side:
            threads = int(self._connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
            self.at_once = 1 if memory is not None else threads
            self._connection.execute("SET threads = 1")
        # a list of levels is compared one by one: rewritten as a join, it is made even where nothing reads its answer
        self._connection.execute("SET disabled_optimizers = 'in_clause'")
        spill = Path(self._spill.name) if self._spill else None
        walled(self._connection, Limits(memory, spill, folders=tuple(reads)))
        self._loaded: set[str] = set()
        self._arriving = Arriving(self.at_once) if side_by_side and memory is None else None
        self._counter = Counter()

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, apart: bool = False) -> None:
        if self._arriving is not None:
            self._arriving.add(name, schema, batches, apart=apart)
            return
        faults: list[FiadorError] = []
        reader = pa.RecordBatchReader.from_batches(schema, remembering(batches, faults))
        cursor = self._connection.cursor()
        cursor.register("__incoming__", reader)
        start = f"INSERT INTO {quote(name)} BY NAME" if name in self._loaded else f"CREATE TABLE {quote(name)} AS"
        try:
            cursor.execute(f"{start} SELECT * FROM __incoming__")
        except duckdb.Error as error:
            if faults:  # the source's own words, not the engine's about them
                raise faults[0] from None
            raise exhausted(error, where=name) or DataError(
                f"can't be kept by the engine ({_first_line(error)}).", where=name
            ) from error
        finally:
            cursor.unregister("__incoming__")
        self._loaded.add(name)

    def attach(self, name: str, files: Sequence[str], columns: Sequence[str]) -> None:
        paths = ", ".join(literal(file) for file in files)
        items = ", ".join(quote(column) for column in columns)
        sql = f"SELECT {items} FROM read_parquet([{paths}], union_by_name = true)"
        try:
            self._connection.cursor().execute(f"CREATE VIEW {quote(name)} AS {sql}")
        except duckdb.Error as error:
            raise DataError(f"can't be read by the engine ({_first_line(error)}).", where=name) from error

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, tables: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        cursor = self._cursor(sql, tables or {})
        try:
            return cursor.execute(sql, parameters or {}).to_arrow_table()
        except duckdb.Error as error:
            raise _refused(error) from error
        finally:
            cursor.close()

    def rows(self, sql: str, *, tables: Mapping[str, pa.Table] | None = None) -> Iterator[pa.RecordBatch]:
        cursor = self._cursor(sql, tables or {})
        try:
            reader = cursor.execute(sql).to_arrow_reader(BATCH)
            yield pa.RecordBatch.from_pylist([], reader.schema)  # of no rows, what they would be is told
            yield from reader
        except (duckdb.Error, OSError) as error:
            raise _refused(error) from error
        finally:
            cursor.close()

    def _cursor(self, sql: str, tables: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        arrivals = self._arriving.named_in(sql) if self._arriving else {}
        for name, table in {**arrivals, **tables}.items():
            cursor.register(name, table)
        return cursor

    def answer(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        if sum(table.num_rows for table in tables.values()) > MANY:
            return self.query(sql, tables=tables)
        try:
            return self._counter.answer(sql, tables)
        except duckdb.Error as error:
            raise _refused(error) from error


_READ: list[object] = []  # a mark for each reading that has begun and not ended


def remembering(batches: Iterable[pa.RecordBatch], faults: list[FiadorError]) -> Iterator[pa.RecordBatch]:
    """The batches; an error among them is remembered, since the engine would wrap it in its own."""
    mark = object()
    _READ.append(mark)
    try:
        yield from batches
    except FiadorError as error:
        faults.append(error)
        raise
    finally:
        _READ.remove(mark)


def still_reads() -> bool:
    """Whether a thread may still read for a statement that failed: an interpreter that ends now would be aborted."""
    return bool(_READ)


def _refused(error: Exception) -> DataError:
    return exhausted(error, where="the engine") or DataError(
        f"the engine refused a statement ({_first_line(error)}).", hint="Look at it with `fiador sql`."
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
