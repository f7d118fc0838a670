"""Which tables, with what rows, does a live database hold?

DuckDB attaches it read-only and hands its rows on as Arrow, a batch at a time. A server differs from another in
how it is attached, how it lists its columns and how they are selected: one `Server` each (`mysql.py`,
`postgres.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import duckdb
import pyarrow as pa

from fiador.adapters.sources.cells import Misfit, first_that_fails
from fiador.adapters.sources.columns import DeclaredTypes
from fiador.adapters.sources.databases.address import Address
from fiador.adapters.sources.databases.extension import extension_file
from fiador.adapters.sources.databases.faults import translate_errors
from fiador.adapters.sources.databases.patience import within
from fiador.adapters.sources.databases.session import Session
from fiador.errors import DataError, did_you_mean

Ask = Callable[[str], list[tuple[object, ...]]]
"""Asks the server itself, in its own SQL: a statement -> rows."""

_BATCH = 1 << 16


@dataclass(frozen=True)
class ServerColumn:
    """A column: its type here and as the server states it, and the SQL that selects it.

    as_text: whether no type here stands for the server's, so that its values come as the server writes them.
    """

    name: str
    type: pa.DataType
    stated: str
    selected: str
    as_text: bool = False


Tables = Mapping[str, Sequence[ServerColumn]]


@dataclass(frozen=True)
class Server:
    """A kind of database server.

    attach: an address -> the statements that attach it as `db`, read-only; a password stands in a CREATE SECRET
    alone, which no error repeats. asks: its function that runs a statement on the server. tables: (ask, address,
    the tables a portfolio declares) -> what is there. select: (address, table, columns) -> DuckDB's SQL. stop: what
    asks for a connection's own number, and what stops the reading of the one of that number; null where none is needed.
    """

    name: str
    extension: str
    extra: str
    settings: tuple[str, ...]
    attach: Callable[[Address], tuple[str, ...]]
    asks: str
    tables: Callable[[Ask, Address, Sequence[str]], Tables]
    select: Callable[[Address, str, Sequence[ServerColumn]], str]
    stop: tuple[str, str] | None = None


@dataclass(frozen=True)
class Database:
    """The tables and views of one schema of a database, all as of the moment it was first looked at.

    One transaction serves every reading that follows another within `patience` seconds; two at a time see a moment
    each. It ends then, or when the last reference to this goes. `seconds`: how long a server is waited for.
    DataError, never with a password in it, where the server can't be reached, refuses, or goes away.
    """

    server: Server
    address: Address
    declared: DeclaredTypes = field(default_factory=dict)
    seconds: float = 10
    patience: float = 60
    _idle: list[Session] = field(default_factory=list, repr=False, compare=False)

    @property
    def location(self) -> str:
        """The URL, without a password."""
        return self.address.shown

    def tables(self) -> dict[str, pa.Schema]:
        """Its tables and views; DataError where there are none, or a declared column is of a type nothing here is."""
        return {name: _schema(columns) for name, columns in self._tables.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table or view, 65,536 at a time, in no order; columns not asked for stay on the server."""
        if table not in self._tables:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._tables))
        by_name = {column.name: column for column in self._tables[table]}
        return self._batches(table, [by_name[name] for name in (by_name if columns is None else columns)])

    @cached_property
    def _tables(self) -> Tables:
        session = self._session()
        with translate_errors(self.address):
            ask = _asking(session.connection, self.server.asks)
            tables = self.server.tables(ask, self.address, tuple(self.declared))
        self._idle.append(session.rest(self.patience))
        if not tables:
            hint = "Name another database or ?schema=, or grant its reader SELECT."
            raise DataError("no tables here that this user may see.", where=self.location, hint=hint)
        for table, columns in tables.items():
            self._refuse_unlike(table, columns)
        return tables

    def _refuse_unlike(self, table: str, columns: Sequence[ServerColumn]) -> None:
        for column in columns:
            kind = self.declared.get(table, {}).get(column.name, "text")
            if column.as_text and kind != "text":
                what = f"column '{column.name}' is of type {column.stated}, which can't be read as {kind}."
                hint = "Cast it in a view and name the view, declare it as text, or leave the column undeclared."
                raise DataError(what, where=f"{self.location}: {table}", hint=hint)

    def _batches(self, table: str, columns: Sequence[ServerColumn]) -> Iterator[pa.RecordBatch]:
        session, schema = self._session(), _schema(columns)
        with translate_errors(self.address, table=table):
            selected = session.read(self.server.select(self.address, table, columns))
            for batch in selected.to_arrow_reader(_BATCH):
                arrays = [self._typed(batch.column(n), column, table) for n, column in enumerate(schema)]
                yield pa.record_batch(arrays, schema=schema)
        self._idle.append(session.rest(self.patience))  # one that failed, or whose reader left early, isn't used again

    def _typed(self, cells: pa.Array, column: pa.Field, table: str) -> pa.Array:
        try:
            return _cast(cells, column.type)
        except pa.ArrowInvalid:
            index = first_that_fails(cells, lambda part: _cast(part, column.type))
            shown = Misfit(index, str(cells[index].as_py())).shown
            what = f"column '{column.name}': {shown} can't be kept as {column.type}."
            hint = "Cast the column in a view, or leave it undeclared."
            raise DataError(what, where=f"{self.location}: {table}", hint=hint) from None

    def _session(self) -> Session:
        """One whose transaction is open and which nobody is reading from."""
        while self._idle:
            session = self._idle.pop()
            if session.wake():
                return session
        return self._opened()

    def _opened(self) -> Session:
        file = extension_file(self.server.extension, extra=self.server.extra, place=self.server.name)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_persistent_secrets": "true" if self.address.secret else "false",
        }
        with translate_errors(self.address):
            connection = duckdb.connect(":memory:", config=settings)
            connection.execute(f"LOAD {literal(str(file))}")
            for statement in (*self.server.settings, *self.server.attach(self.address)):
                within(self.seconds, partial(connection.execute, statement))
            connection.execute("SET lock_configuration = true")
            connection.begin()
            return Session(connection, stop=self._stop(connection))

    def _stop(self, connection: duckdb.DuckDBPyConnection) -> str:
        if self.server.stop is None:
            return ""
        number, statement = self.server.stop
        ((own,),) = _asking(connection, self.server.asks)(number)
        return f"SELECT * FROM {self.server.asks}('db', {literal(statement.format(own))})"


def literal(text: str) -> str:
    """A text as a SQL literal of DuckDB, and of every server that keeps to the standard.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def secret(kind: str, values: Mapping[str, object]) -> str:
    """The statement that keeps what identifies a reader as the secret `reader`, which no error repeats.

    >>> secret("mysql", {"USER": "o'neil", "PORT": None})
    "CREATE TEMPORARY SECRET reader (TYPE mysql, USER 'o''neil')"
    """
    parts = [f"{name} {literal(str(value))}" for name, value in values.items() if value is not None]
    return f"CREATE TEMPORARY SECRET reader ({', '.join([f'TYPE {kind}', *parts])})"


def _schema(columns: Sequence[ServerColumn]) -> pa.Schema:
    return pa.schema([(column.name, column.type) for column in columns])


def _cast(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    if cells.type == kind:
        return cells
    if pa.types.is_float32(cells.type):  # 1.1, which a dump writes, and not 1.10000002384
        return cells.cast(pa.string()).cast(kind)
    return cells.cast(kind)


def _asking(connection: duckdb.DuckDBPyConnection, function: str) -> Ask:
    return lambda sql: connection.execute(f"SELECT * FROM {function}('db', {literal(sql)})").fetchall()
