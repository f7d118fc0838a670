"""How does DuckDB answer one statement over a few rows, again and again?

Planning a statement of a hundred features costs many times its work on one application. So it is planned once, over
tables whose rows are put in afterwards; a plan made without rows knows nothing of them, and is right for all. One
thread does the work: on so few rows, waking a second costs more than it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

import duckdb
import pyarrow as pa

from fiador.adapters.engines.limits import Limits, walled

STATEMENTS = 128  # kept planned: a bundle has one a table and one of its own rows, and eight bundles stay open


class Counter:
    """A DuckDB of its own that keeps no table. Safe to ask from several threads: each has a plan to itself."""

    def __init__(self) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": "1",
        }
        self._connection = duckdb.connect(":memory:", config=settings)
        # a list of levels is compared one by one: a hash table for it, made anew each time, costs more than the query
        self._connection.execute("SET disabled_optimizers = 'in_clause'")
        walled(self._connection, Limits())
        self._free: dict[str, list[_Planned]] = {}
        self._lock = Lock()

    def answer(self, sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer to a statement that reads these tables and no others; duckdb.Error where it can't be."""
        planned = self._taken(sql, tables) or _Planned(self._connection.cursor(), sql, tables)
        answer = planned.answer(tables)  # one that fails is not used again
        self._give_back(sql, planned)
        return answer

    def _taken(self, sql: str, tables: Mapping[str, pa.Table]) -> _Planned | None:
        with self._lock:
            free = self._free.get(sql, [])
            at = next((n for n, planned in enumerate(free) if planned.fits(tables)), None)
            return None if at is None else free.pop(at)

    def _give_back(self, sql: str, planned: _Planned) -> None:
        with self._lock:
            free = self._free.pop(sql, [])
            self._free[sql] = [*free, planned]  # last: the one asked longest ago goes first
            if len(self._free) > STATEMENTS:
                del self._free[next(iter(self._free))]


class _Planned:
    """A statement planned over tables of fixed columns."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, pa.Table]) -> None:
        self._cursor = cursor
        self._places = {name: _TableSlot(table.schema) for name, table in tables.items()}
        for name, place in self._places.items():
            cursor.register(name, place)
        cursor.execute(f"PREPARE asked AS {sql}")

    def fits(self, tables: Mapping[str, pa.Table]) -> bool:
        """Whether the tables have the names, columns and types it was planned for."""
        places = self._places
        return places.keys() == tables.keys() and all(places[n].schema.equals(t.schema) for n, t in tables.items())

    def answer(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer over these rows, which are let go of afterwards."""
        for name, table in tables.items():
            self._places[name].table = table
        try:
            return self._cursor.execute("EXECUTE asked").to_arrow_table()
        finally:
            for place in self._places.values():
                place.table = place.schema.empty_table()


class _TableSlot:
    """A table whose rows change while its columns stay: Arrow's stream interface, asked anew by each execution."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.table = schema.empty_table()

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)
