"""How long does a transaction with a database last?

As long as one reading follows another; not longer, since on many servers it keeps a table from being altered.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable

import duckdb


class Session:
    """A connection in a transaction, which ends with the session, or when it has rested too long.

    stop: the statement by which another connection has the server stop what this one reads; '' where a reading that
    is left early ends at once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, stop: str = "") -> None:
        self.connection = connection
        self._reading = threading.Event()
        self._end = weakref.finalize(self, _end, connection, self._reading, stop)
        self._claim = threading.Lock()
        self._timer = threading.Timer(0, lambda: None)

    def read(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Start a reading; `rest` says that it came to its end."""
        self._reading.set()
        return self.connection.execute(sql)

    def rest(self, seconds: float) -> Session:
        """Let nobody read for a while: after so many seconds the transaction ends."""
        self._reading.clear()
        self._claim = threading.Lock()
        self._timer = threading.Timer(seconds, _end_unclaimed, (self._claim, self._end))
        self._timer.daemon = True
        self._timer.start()
        return self

    def wake(self) -> bool:
        """Take it up again; false where its transaction has ended."""
        self._timer.cancel()
        return self._claim.acquire(blocking=False)


def _end_unclaimed(claim: threading.Lock, end: Callable[[], object]) -> None:
    if claim.acquire(blocking=False):
        end()


def _end(connection: duckdb.DuckDBPyConnection, reading: threading.Event, stop: str) -> None:
    """Give up a transaction that has read all it wanted.

    Where the server is gone there is nothing left to give up, and whoever was reading was told. Left to DuckDB, a
    failing end of a transaction ends the process; and PostgreSQL would first send all the rows that are left.
    """
    with contextlib.suppress(duckdb.Error):
        if stop and reading.is_set():
            connection.cursor().execute(stop).fetchall()
    with contextlib.suppress(duckdb.Error):
        connection.rollback()
    connection.close()
