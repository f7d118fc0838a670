"""What tables, with what rows, does a file of mysqldump text hold?

Read without a server, as a stream. A first pass notes where each table's INSERTs stand (and that the dump is
whole); reading a table then touches only those bytes, a few megabytes at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import pyarrow as pa

from fiador.adapters.sources.columns import DeclaredTypes, select_columns
from fiador.adapters.sources.dumps.faults import NotUtf8, fault, read_as
from fiador.adapters.sources.dumps.mysql_schema import created_table
from fiador.adapters.sources.dumps.rows import DumpRows, RowsError, read_columns, to_batch, to_csv, whole_rows
from fiador.adapters.sources.dumps.statements import (
    Cut,
    CutInsert,
    Insert,
    Statement,
    after_comments,
    foreign,
    grouped,
    statements,
)
from fiador.adapters.sources.encoding import UTF8_BOM, is_utf16, line_at, not_utf8
from fiador.errors import DataError, did_you_mean

_TAIL = 4096
# MariaDB's own puts a sandbox mark before its header.
_HEADER = re.compile(rb"(?:/\*M![^\n]*\n)?-- (?:MySQL|MariaDB) dump ")
_TRAILER = b"-- Dump completed"
# A page of prose may start with "Use this:", a dump starts with a statement.
_FIRST = re.compile(
    rb"CREATE\s+(?:TABLE|DATABASE|SCHEMA)\s|DROP\s+(?:TABLE|DATABASE|SCHEMA)\s"
    rb"|(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s|LOCK\s+TABLES\s"
    rb"|SET\s+[@\w.]+\s*=|SET\s+NAMES\s|USE\s+\S+\s*;|START\s+TRANSACTION|BEGIN\s*;",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    rb"^(?:CREATE\s+TABLE|INSERT\s+(?:IGNORE\s+)?INTO|REPLACE\s+INTO)\s", re.IGNORECASE | re.MULTILINE
)
_FOREIGN = (
    (re.compile(rb"\s*PRAGMA foreign_keys|^INSERT INTO sqlite_sequence", re.MULTILINE), "SQLite (.dump)"),
    (
        re.compile(rb"^SET (?:ANSI_NULLS|IDENTITY_INSERT) |^(?:CREATE TABLE|INSERT(?: INTO)?) \[", re.MULTILINE),
        "SQL Server",
    ),
    (re.compile(rb"^REM INSERTING into |^SET DEFINE OFF;|^\s+\"?\w+\"? VARCHAR2\s?\(", re.MULTILINE), "Oracle"),
)
_ENCODING_HINT = "Dump again with --default-character-set=utf8mb4."
_AGAIN_HINT = "Copy the file again, or dump the table again."


def is_dump(path: Path, head: bytes) -> bool:
    """Whether a file starts as SQL text; another dialect's dump is told too, so that reading can name it.

    >>> is_dump(Path("a"), b"-- MySQL dump 10.13"), is_dump(Path("b"), b"id,amount")
    (True, False)
    """
    if is_utf16(head):
        head = head.decode("utf-16", "replace").encode()
    starts_as_sql = _FIRST.match(after_comments(head)) and _STATEMENT.search(head)
    return bool(_HEADER.match(head.removeprefix(UTF8_BOM)) or starts_as_sql or _dialect(head))


def _dialect(head: bytes) -> str:
    return next((name for mark, name in _FOREIGN if mark.search(head)), "")


def open_dump(path: Path, types: DeclaredTypes) -> DumpFile:
    """A dump states its own types: declared ones aren't needed."""
    return DumpFile(path)


@dataclass
class _InsertedTable:
    """A created table: its schema, and the stretches of the file where its INSERTs stand."""

    schema: pa.Schema
    stretches: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class DumpFile:
    """One file of mysqldump text.

    '' stays '', NULL is null, zero dates are null, numbers in text columns stay text. DataError where the
    file is cut, isn't UTF-8, is another dialect's, or holds a row that doesn't fit its table.
    """

    path: Path

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def tables(self) -> dict[str, pa.Schema]:
        """The tables its CREATE TABLEs declare."""
        return {name: place.schema for name, place in self._places.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table, in batches of about four megabytes of text."""
        if table not in self._places:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._places))
        return select_columns(self._batches(self._places[table]), columns)

    def _batches(self, place: _InsertedTable) -> Iterator[pa.RecordBatch]:
        inserts = (s for start, stop in place.stretches for s in statements(self.path, start=start, stop=stop))
        rows = 0
        for group in grouped(s for s in inserts if isinstance(s, Insert)):
            batch = self._batch(group, place.schema, rows)
            rows += len(batch)
            yield batch

    @cached_property
    def _places(self) -> dict[str, _InsertedTable]:
        self._refuse_foreign()
        places: dict[str, _InsertedTable] = {}
        last = ""
        for statement in statements(self.path):
            if isinstance(statement, Cut | CutInsert):
                raise self._cut(statement)
            last = self._note(statement, places, last)
        self._refuse_unfinished()
        return places

    def _note(self, statement: Statement, places: dict[str, _InsertedTable], last: str) -> str:
        """Keep what a statement says; the table it inserts into, if it does."""
        if isinstance(statement, Insert):
            self._place_rows(statement, places, last)
            return statement.table
        try:
            created = created_table(statement.text)
        except UnicodeDecodeError:
            raise not_utf8(self.path, table="CREATE TABLE", hint=_ENCODING_HINT) from None
        except ValueError as error:
            raise self._at(statement, str(error), "Export this table as CSV or Parquet instead.") from None
        if created and created.name in places:
            raise self._at(statement, f"table '{created.name}' is created twice.", "Keep one of the two.")
        if created:
            places[created.name] = _InsertedTable(created.schema)
        return ""

    def _place_rows(self, insert: Insert, places: dict[str, _InsertedTable], last: str) -> None:
        if insert.table not in places:
            what = f"INSERT INTO '{insert.table}' with no CREATE TABLE before it: its columns have no types."
            raise self._at(insert, what, "Dump again with the structure (without --no-create-info).")
        stretches = places[insert.table].stretches
        if last == insert.table:
            stretches[-1] = (stretches[-1][0], insert.stop)
        else:
            stretches.append((insert.start, insert.stop))

    def _batch(self, group: list[Insert], schema: pa.Schema, before: int) -> pa.RecordBatch:
        table, columns = group[0].table, self._columns(group[0], schema)
        try:
            rows = to_csv(b",".join(insert.text for insert in group))
        except RowsError as error:
            raise self._at(group[0], f"{table}: after row {before:,}: {error}", _AGAIN_HINT) from None
        try:
            return to_batch(rows, columns, schema)
        except pa.ArrowInvalid:
            raise self._unreadable(rows, columns, schema, group[0], before) from None

    def _columns(self, insert: Insert, schema: pa.Schema) -> tuple[str, ...]:
        columns = insert.columns or tuple(schema.names)
        for name in columns:
            if name not in schema.names or columns.count(name) > 1:
                what = f"{insert.table}: INSERT names column '{name}', which CREATE TABLE doesn't have once."
                raise self._at(insert, what, did_you_mean(name, schema.names))
        return columns

    def _unreadable(
        self, rows: DumpRows, columns: tuple[str, ...], schema: pa.Schema, insert: Insert, before: int
    ) -> DataError:
        try:
            reader = partial(read_columns, rows, columns)
            what = fault(reader, columns, schema, before=before, read_as=read_as)
        except NotUtf8:
            return not_utf8(self.path, table=insert.table, hint=_ENCODING_HINT)
        return DataError(
            what, where=f"{self.location}: {insert.table}", hint="Mend the row at its source and dump again."
        )

    def _at(self, statement: Statement, what: str, hint: str) -> DataError:
        return DataError(what, where=f"{self.location}: line {line_at(self.path, statement.start):,}", hint=hint)

    def _refuse_foreign(self) -> None:
        with self.path.open("rb") as file:
            head = file.read(_TAIL)
        if is_utf16(head) and (dialect := _dialect(head.decode("utf-16", "replace").encode())):
            raise foreign(self.path, dialect)
        if is_utf16(head):
            hint = "PowerShell's '>' writes it: dump again with --result-file=FILE."
            raise DataError("the file is UTF-16, not UTF-8.", where=self.location, hint=hint)
        if not _HEADER.match(head.removeprefix(UTF8_BOM)) and (dialect := _dialect(head)):
            raise foreign(self.path, dialect)

    def _refuse_unfinished(self) -> None:
        with self.path.open("rb") as file:
            head = file.read(_TAIL)
            file.seek(max(self.path.stat().st_size - _TAIL, 0))
            tail = file.read()
        if _HEADER.match(head.removeprefix(UTF8_BOM)) and _TRAILER not in tail:
            what = "the dump has its header but not its last line, '-- Dump completed'; rows may be missing."
            raise DataError(what, where=self.location, hint=_AGAIN_HINT)

    def _cut(self, statement: Statement) -> DataError:
        line = line_at(self.path, statement.stop)
        if not isinstance(statement, Insert):
            what = f"the file ends inside a statement, on line {line:,}."
            return DataError(what, where=self.location, hint=_AGAIN_HINT)
        inserts = (s for s in statements(self.path) if isinstance(s, Insert) and s.table == statement.table)
        rows = sum(whole_rows(insert.text) for insert in inserts)
        what = f"the file ends inside an INSERT, on line {line:,}, after {rows:,} whole rows."
        return DataError(what, where=f"{self.location}: {statement.table}", hint=_AGAIN_HINT)
