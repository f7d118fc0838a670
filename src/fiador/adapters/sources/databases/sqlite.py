"""Which tables, with what rows, does a SQLite file hold?

SQLite keeps each value in a class of its own and takes a column's type as advice. So a column is of its declared
type, or, where the table declares none (a view's expression), of what all its values are; a text that can't be
such a value is refused, and '' among numbers is missing. Read with Python's own SQLite, read-only.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote as as_url
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from fiador.adapters.sources.cells import Misfit, to_type
from fiador.adapters.sources.columns import DeclaredTypes, select_fields
from fiador.adapters.sources.dumps.mysql_schema import MOST_DIGITS
from fiador.errors import DataError, did_you_mean
from fiador.expression import quote
from fiador.portfolio.types import TYPES

_BATCH = 1 << 16
_MARK = b"SQLite format 3\0"
_DECIMAL = re.compile(r"(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)


def is_sqlite(path: Path, head: bytes) -> bool:
    """Whether a file starts as SQLite's do."""
    return head.startswith(_MARK)


def open_sqlite(path: Path, types: DeclaredTypes) -> SqliteFile:
    """A SQLite file as its tables and views."""
    return SqliteFile(path, types)


def open_sqlite_url(url: str, types: DeclaredTypes) -> SqliteFile:
    """The file that sqlite:///relative or sqlite:////absolute names; DataError where it is no SQLite file."""
    path = Path(unquote(urlsplit(url).path.removeprefix("/")))
    try:
        with path.open("rb") as file:
            head = file.read(len(_MARK))
    except OSError as error:
        hint = "Write sqlite:///PATH, or sqlite:////PATH where it starts at the root."
        raise DataError(f"can't be opened ({error.strerror}).", where=url, hint=hint) from None
    if not is_sqlite(path, head):
        raise DataError("is no SQLite file.", where=url, hint="Name the file as it is, without sqlite://.")
    return SqliteFile(path, types)


@dataclass(frozen=True)
class SqliteFile:
    """The tables and views of one SQLite file, generated columns included; SQLite's own tables are left out.

    A portfolio's declared type goes before the file's, which knows no dates. DataError where the file is broken
    or a value isn't of its column's type.
    """

    path: Path
    declared: DeclaredTypes = field(default_factory=dict)

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def tables(self) -> dict[str, pa.Schema]:
        """Its tables and views."""
        return dict(self._schemas)

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table or view, 65,536 at a time."""
        if table not in self._schemas:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._schemas))
        return self._batches(table, select_fields(self._schemas[table], columns))

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self._opened(table) as connection:
            rows = connection.execute(f"SELECT {', '.join(map(quote, schema.names))} FROM {quote(table)}")
            before = 0
            while batch := rows.fetchmany(_BATCH):
                columns = zip(zip(*batch, strict=True), schema, strict=True)
                arrays = [self._typed(list(values), column, table, before) for values, column in columns]
                yield pa.record_batch(arrays, schema=schema)
                before += len(batch)

    def _typed(self, values: list[object], column: pa.Field, table: str, before: int) -> pa.Array:
        try:
            return typed(values, column.type)
        except Misfit as misfit:
            place = f"column '{column.name}', row {before + misfit.index + 1:,}"
            what = f"{place}: {misfit.shown} isn't of its type, {column.type}."
            hint = "Mend the value, or declare the column as text."
            raise DataError(what, where=f"{self.location}: {table}", hint=hint) from None

    @cached_property
    def _schemas(self) -> Mapping[str, pa.Schema]:
        with self._opened() as connection:
            names = [name for (name,) in connection.execute(_TABLES)]
            schemas = {name: self._schema(connection, name) for name in names}
        if not schemas:
            raise DataError("holds no tables.", where=self.location, hint="Name the file the tables were written to.")
        return schemas

    def _schema(self, connection: sqlite3.Connection, table: str) -> pa.Schema:
        declared = self.declared.get(table, {})
        fields = []
        for name, stated in connection.execute(_COLUMNS, (table,)).fetchall():
            kind = TYPES[declared[name]].arrow if declared.get(name) in TYPES else declared_type(stated)
            fields.append((name, kind or _found_type(connection, table, name)))
        return pa.schema(fields)

    @contextmanager
    def _opened(self, table: str = "") -> Iterator[sqlite3.Connection]:
        where = f"{self.location}: {table}" if table else self.location
        try:
            with closing(self._connection()) as connection:
                yield connection
        except sqlite3.Error as error:
            what, hint = _meaning(str(error))
            raise DataError(what, where=where, hint=hint) from None

    def _connection(self) -> sqlite3.Connection:
        """Read-only. Where SQLite can't write its own files beside it, and no changes wait there, the file alone."""
        address = f"file:{as_url(str(self.path.resolve()))}?mode=ro"
        waiting = self.path.with_name(f"{self.path.name}-wal")
        try:
            return _connected(address)
        except sqlite3.OperationalError:
            if waiting.exists() and waiting.stat().st_size:
                raise
            return _connected(f"{address}&immutable=1")


_TABLES = """
SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name"""
_COLUMNS = "SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid"


def _connected(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=10, check_same_thread=False)
    connection.execute("SELECT count(*) FROM sqlite_schema")  # it opens the file only now
    return connection


def _meaning(complaint: str) -> tuple[str, str]:
    if "locked" in complaint:
        return "another program is writing to it.", "Try again when it is done, or read a copy."
    if "UTF-8" in complaint:
        return f"holds text that isn't UTF-8 ({complaint}).", "Mend the value, or leave the column out in a view."
    if "malformed" in complaint or "not a database" in complaint:
        return f"is damaged ({complaint}).", "Copy the file again."
    return f"can't be read as SQLite ({complaint}).", "Open it with the sqlite3 program to see why."


_NAMED: tuple[tuple[str, pa.DataType], ...] = (
    (r"bool", pa.bool_()),
    (r"^date$", pa.date32()),
    (r"^(datetime|timestamp)", pa.timestamp("us")),
    (r"^(json|jsonb|uuid|time|enum|set)\b", pa.string()),
    (r"int", pa.int64()),
    (r"char|clob|text", pa.string()),
    (r"blob|binary", pa.binary()),
    (r"real|floa|doub|numeric|decimal|number", pa.float64()),
)
"""What a declared type means, in the order asked: words other systems use, then SQLite's own rule of affinity
(section 3.1 of its "Datatypes In SQLite")."""


def declared_type(stated: str) -> pa.DataType | None:
    """The type a column's declaration means; null where it declares none that says anything.

    >>> declared_type("VARCHAR(16)"), declared_type("decimal(12, 2)"), declared_type("")
    (DataType(string), Decimal128Type(decimal128(12, 2)), None)
    """
    if digits := _DECIMAL.match(stated):
        size, scale = int(digits[1]), int(digits[2] or 0)
        return pa.decimal128(size, scale) if 0 < size <= MOST_DIGITS else pa.float64()
    return next((kind for pattern, kind in _NAMED if re.search(pattern, stated, re.IGNORECASE)), None)


_CLASSES: tuple[tuple[set[str], pa.DataType], ...] = (
    (set(), pa.string()),
    ({"integer"}, pa.int64()),
    ({"integer", "real"}, pa.float64()),
    ({"blob"}, pa.binary()),
)


def _found_type(connection: sqlite3.Connection, table: str, column: str) -> pa.DataType:
    """The type all values of a column share; text where they share none."""
    sql = f"SELECT DISTINCT typeof({quote(column)}) FROM {quote(table)} WHERE {quote(column)} IS NOT NULL"
    classes = {name for (name,) in connection.execute(sql)}
    return next((kind for known, kind in _CLASSES if classes <= known), pa.string())


_SAME: tuple[tuple[pa.DataType, set[type]], ...] = (
    (pa.string(), {str, type(None)}),
    (pa.int64(), {int, type(None)}),
    (pa.float64(), {float, type(None)}),
    (pa.binary(), {bytes, type(None)}),
)


def typed(values: list[object], type_: pa.DataType) -> pa.Array:
    """Values of any of SQLite's classes as a type; '' is null but in a text. Misfit at the first that can't be.

    >>> typed([1, "2", "", None], pa.float64()).to_pylist()
    [1.0, 2.0, None, None]
    """
    if any(type_ == kind and set(map(type, values)) <= classes for kind, classes in _SAME):
        return pa.array(values, type_)
    if pa.types.is_binary(type_):
        return pa.array([v if v is None or isinstance(v, bytes) else str(v).encode() for v in values], type_)
    texts = [_text(value, type_, index) for index, value in enumerate(values)]
    if pa.types.is_string(type_):
        return pa.array(texts, type_)
    cells = pa.array([text or None for text in texts], pa.string())
    if pa.types.is_timestamp(type_) and any(text and text[-1] == "Z" for text in texts):
        return to_type(cells, pa.timestamp("us", "UTC")).cast(type_)
    return to_type(cells, type_)


def _text(value: object, type_: pa.DataType, index: int) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Misfit(index, repr(value)) from None
    if isinstance(value, float) and pa.types.is_decimal(type_):
        return f"{value:.{type_.scale}f}"  # SQLite keeps decimals as doubles
    return None if value is None else str(value)
