"""How does DuckDB keep raw tables and answer queries?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import duckdb
import pyarrow as pa

from fiador.errors import DataError, FiadorError
from fiador.expression import quote


class DuckDBEngine:
    """An in-memory DuckDB. Safe to query from several threads: each query has a cursor of its own.

    It reads and writes no file, and loads no extension: the SQL it runs is fiador's, and the walls stand anyway.
    """

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._loaded: set[str] = set()

    def load(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        faults: list[FiadorError] = []
        reader = pa.RecordBatchReader.from_batches(schema, _remembering(batches, faults))
        cursor = self._connection.cursor()
        cursor.register("__incoming__", reader)
        start = f"INSERT INTO {quote(name)} BY NAME" if name in self._loaded else f"CREATE TABLE {quote(name)} AS"
        try:
            cursor.execute(f"{start} SELECT * FROM __incoming__")
        except duckdb.Error as error:
            if faults:  # the source's own words, not the engine's about them
                raise faults[0] from None
            raise DataError(f"can't be kept by the engine ({_first_line(error)}).", where=name) from error
        finally:
            cursor.unregister("__incoming__")
        self._loaded.add(name)
        counted = cursor.execute(f"SELECT count(*) FROM {quote(name)}").fetchone()
        return int(counted[0]) if counted else 0

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, tables: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        cursor = self._connection.cursor()
        for name, table in (tables or {}).items():
            cursor.register(name, table)
        try:
            return cursor.execute(sql, parameters or {}).to_arrow_table()
        except duckdb.Error as error:
            raise DataError(
                f"the engine refused a statement ({_first_line(error)}).", hint="Look at it with `fiador sql`."
            ) from error
        finally:
            cursor.close()


def _remembering(batches: Iterable[pa.RecordBatch], faults: list[FiadorError]) -> Iterator[pa.RecordBatch]:
    """The batches; an error among them is remembered, since the engine would wrap it in its own."""
    try:
        yield from batches
    except FiadorError as error:
        faults.append(error)
        raise


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
