"""What tables, with what rows, does a file of pg_dump text hold?

Read without a server, as a stream. A first pass notes where each table's rows stand (a COPY's lines, or its
INSERTs); reading a table then touches only those bytes, a few megabytes at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from fiador.adapters.sources.columns import DeclaredTypes, select_columns
from fiador.adapters.sources.dumps.faults import NotUtf8, fault
from fiador.adapters.sources.dumps.pg_places import (
    AGAIN_HINT,
    PUBLIC,
    UTF8_HINT,
    PgTable,
    Stretch,
    at_line,
    find_places,
)
from fiador.adapters.sources.dumps.pg_rows import ReadRaw, from_copy, from_insert, to_batch, typed
from fiador.adapters.sources.dumps.pg_schema import POSTGRES, POSTGRES_ESCAPED, Name, plain
from fiador.adapters.sources.dumps.rows import RowsError
from fiador.adapters.sources.dumps.statements import Dialect, Insert, grouped, statements
from fiador.adapters.sources.encoding import UTF8_BOM, is_utf16, not_utf8
from fiador.errors import DataError, did_you_mean

_BLOCK = 4 << 20
_HEAD = 1 << 16
_TAIL = 4096
_HEADER = re.compile(rb"^-- PostgreSQL database (?P<cluster>cluster )?dump\r?$", re.MULTILINE)
_TRAILER = b"-- PostgreSQL database dump complete"
_MARK = re.compile(rb"^COPY \S.* FROM stdin;|^SELECT pg_catalog\.set_config\(", re.MULTILINE)
_ESCAPED = re.compile(rb"^SET standard_conforming_strings = off;", re.MULTILINE)
_CUSTOM, _TAR, _TAR_AT = b"PGDMP", b"ustar", slice(257, 262)
_CONFLICT = re.compile(rb"\)\s*ON\s+CONFLICT\s+DO\s+NOTHING\s*\Z", re.IGNORECASE)
_LONGEST_CONFLICT = 64


def is_pg_dump(path: Path, head: bytes) -> bool:
    """Whether a file starts as one of pg_dump's; an archive of its other formats too, so that reading can name it.

    >>> is_pg_dump(Path("a"), b"--\\n-- PostgreSQL database dump\\n--\\n"), is_pg_dump(Path("b"), b"-- MySQL dump")
    (True, False)
    """
    if is_utf16(head):
        head = head.decode("utf-16", "replace").encode()
    return bool(_archive(head) or _HEADER.search(head) or _MARK.search(head))


def _archive(head: bytes) -> str:
    if head.startswith(_CUSTOM):
        return "custom or directory"
    return "tar" if head[_TAR_AT] == _TAR and head.startswith(b"toc.dat\0") else ""


def open_pg_dump(path: Path, types: DeclaredTypes) -> PgDumpFile:
    """A dump states its own types: declared ones aren't needed."""
    return PgDumpFile(path)


@dataclass(frozen=True)
class _RawRows:
    """Rows as the file writes them: where they start, which columns they give, what they say."""

    start: int
    columns: tuple[str, ...]
    text: bytes
    is_copy: bool


@dataclass(frozen=True)
class PgDumpFile:
    """One file of pg_dump text, its rows written by COPY or by INSERT.

    '' stays '', \\N and NULL are null, and so are dates and moments of infinity. A moment with a zone is in
    UTC. A partitioned table, or one that others inherit from, has their rows too, as on the server. A table of
    `public`, or one whose name no other schema has, goes by its name alone, another by `schema.table`.
    DataError where the file is cut, isn't plain text or UTF-8, or holds a row that doesn't fit its table.
    """

    path: Path

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def tables(self) -> dict[str, pa.Schema]:
        """The tables its CREATE TABLEs declare."""
        return {called: plain(self._places[name].kept) for called, name in self._names.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table, in batches of about four megabytes of text."""
        if table not in self._names:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._names))
        name = self._names[table]
        return select_columns(self._batches(name, self._places[name].kept), columns)

    def _batches(self, name: Name, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        place, rows = self._places[name], 0
        for stretch in place.stretches:
            for part in self._copied(stretch, place) if stretch.is_copy else self._inserted(stretch, place):
                batch = self._batch(name, part, schema, rows)
                rows += len(batch)
                yield batch
        for child in place.children:
            yield from self._batches(child, schema)

    def _copied(self, stretch: Stretch, place: PgTable) -> Iterator[_RawRows]:
        """A COPY's lines, whole ones, a few megabytes at a time."""
        columns, at, carried = self._columns(stretch.start, stretch.columns, place), stretch.start, b""
        with self.path.open("rb") as file:
            file.seek(at)
            while columns and (remainder := stretch.stop - at - len(carried)):
                carried += file.read(min(_BLOCK, remainder))
                if end := carried.rfind(b"\n") + 1:
                    yield _RawRows(at, columns, carried[:end], is_copy=True)
                    at, carried = at + end, carried[end:]

    def _inserted(self, stretch: Stretch, place: PgTable) -> Iterator[_RawRows]:
        """INSERTs' values, a few megabytes together."""
        inserts = statements(self.path, self._dialect, start=stretch.start, stop=stretch.stop)
        for group in grouped(statement for statement in inserts if isinstance(statement, Insert)):
            columns = self._columns(group[0].start, group[0].columns, place)
            yield _RawRows(group[0].start, columns, b",".join(map(_values, group)), is_copy=False)

    def _columns(self, start: int, listed: tuple[str, ...] | None, place: PgTable) -> tuple[str, ...]:
        known = place.written.names
        columns = tuple(known) if listed is None else listed
        for column in columns:
            if column not in known or columns.count(column) > 1:
                what = f"rows name column '{column}', which CREATE TABLE doesn't have once."
                raise at_line(self.path, start, what, did_you_mean(column, known))
        return columns

    def _batch(self, name: Name, part: _RawRows, schema: pa.Schema, before: int) -> pa.RecordBatch:
        try:
            rows = self._reader(part)
        except RowsError as error:
            raise at_line(self.path, part.start, f"{name[1]}: after row {before:,}: {error}", AGAIN_HINT) from None
        try:
            return to_batch(rows, part.columns, schema)
        except pa.ArrowInvalid:
            raise self._unreadable(rows, part.columns, name, before) from None

    def _reader(self, part: _RawRows) -> ReadRaw:
        if part.is_copy:
            return from_copy(part.text, part.columns)
        return from_insert(part.text, part.columns, escapes=self._dialect.escapes)

    def _unreadable(self, read: ReadRaw, columns: tuple[str, ...], name: Name, before: int) -> DataError:
        table = name[1] if name[0] == PUBLIC else ".".join(name)
        try:
            what = fault(read, columns, self._places[name].kept, before=before, read_as=typed)
        except NotUtf8:
            return not_utf8(self.path, table=table, hint=UTF8_HINT)
        hint = "Mend the row at its source and dump again."
        return DataError(what, where=f"{self.location}: {table}", hint=hint)

    @cached_property
    def _names(self) -> dict[str, Name]:
        """What each table goes by."""
        schemas = Counter(table for _, table in self._places)

        def called(name: Name) -> str:
            return name[1] if name[0] == PUBLIC or schemas[name[1]] == 1 else ".".join(name)

        return {called(name): name for name in self._places}

    @cached_property
    def _places(self) -> dict[Name, PgTable]:
        self._refuse_other_forms()
        places = find_places(self.path, self._dialect)
        self._refuse_unfinished()
        return places

    @cached_property
    def _dialect(self) -> Dialect:
        return POSTGRES_ESCAPED if _ESCAPED.search(self._head) else POSTGRES

    @cached_property
    def _head(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(_HEAD).removeprefix(UTF8_BOM)

    def _refuse_other_forms(self) -> None:
        if kind := _archive(self._head):
            what = f"this is a pg_dump archive of the {kind} format, not text."
            raise DataError(what, where=self.location, hint="Dump again with `pg_dump --format=plain`.")
        if is_utf16(self._head):
            hint = "PowerShell's '>' writes it: dump again with --file=FILE."
            raise DataError("the file is UTF-16, not UTF-8.", where=self.location, hint=hint)
        header = _HEADER.search(self._head)
        if header and header["cluster"]:
            what = "this is a dump of a whole cluster (pg_dumpall), not of one database."
            raise DataError(what, where=self.location, hint="Dump the one: `pg_dump --format=plain DATABASE`.")

    def _refuse_unfinished(self) -> None:
        with self.path.open("rb") as file:
            file.seek(max(self.path.stat().st_size - _TAIL, 0))
            tail = file.read()
        if _HEADER.search(self._head) and _TRAILER not in tail:
            what = f"the dump has its header but not its last line, '{_TRAILER.decode()}'; rows may be missing."
            raise DataError(what, where=self.location, hint=AGAIN_HINT)


def _values(insert: Insert) -> bytes:
    """An INSERT's rows, without the words that let a server pass over rows it has."""
    tail = insert.text[-_LONGEST_CONFLICT:]
    return insert.text[: len(insert.text) - len(tail)] + _CONFLICT.sub(b")", tail) if tail[-1:] != b")" else insert.text
