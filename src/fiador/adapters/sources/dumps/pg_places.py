"""Where in a pg_dump do the rows of each table stand?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from fiador.adapters.sources.dumps.pg_schema import Declared, Name, attached, declared_domain, declared_table, named
from fiador.adapters.sources.dumps.rows import whole_rows
from fiador.adapters.sources.dumps.statements import (
    Copy,
    Cut,
    CutCopy,
    CutInsert,
    Dialect,
    Insert,
    Statement,
    statements,
)
from fiador.adapters.sources.encoding import line_at, not_utf8
from fiador.errors import DataError

PUBLIC = "public"
AGAIN_HINT = "Copy the file again, or dump again with `pg_dump --format=plain`."
UTF8_HINT = "Dump again with --encoding=UTF8."
_ENCODING = re.compile(rb"SET\s+client_encoding\s*(?:=|TO)\s*'(?P<name>[^']*)'", re.IGNORECASE)
_UTF8 = (b"UTF8", b"UTF-8", b"UNICODE", b"SQL_ASCII")
_SEARCH_PATH = re.compile(rb"SET\s+search_path\s*(?:=|TO)\s*(?P<name>\"(?:[^\"]|\"\")+\"|\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Stretch:
    """Where rows stand in the file, and which columns they give (null: all)."""

    start: int
    stop: int
    columns: tuple[str, ...] | None
    is_copy: bool


@dataclass
class PgTable:
    """A created table: its columns as written, where its rows stand, and the tables whose rows are its too."""

    written: pa.Schema
    generated: tuple[str, ...] = ()
    stretches: list[Stretch] = field(default_factory=list)
    children: list[Name] = field(default_factory=list)

    @property
    def kept(self) -> pa.Schema:
        """Its columns as written, without the generated ones, which no dump holds."""
        return pa.schema([column for column in self.written if column.name not in self.generated])


def find_places(path: Path, dialect: Dialect) -> dict[Name, PgTable]:
    """Every created table, by schema and name. DataError where the file is cut or rows belong to no table."""
    places = _Found(path, {}, {})
    for statement in statements(path, dialect):
        if isinstance(statement, Cut | CutInsert | CutCopy):
            raise _cut(path, statement, dialect)
        if isinstance(statement, Insert):
            places.note_rows(statement)
        else:
            places.note(statement)
    return places.places


def at_line(path: Path, start: int, what: str, hint: str) -> DataError:
    """The error for what stands at a byte of the file, naming its line."""
    return DataError(what, where=f"{path}: line {line_at(path, start):,}", hint=hint)


@dataclass
class _Found:
    """What the statements read so far have said."""

    path: Path
    places: dict[Name, PgTable]
    domains: dict[str, pa.DataType]
    schema: str = PUBLIC

    def note(self, statement: Statement) -> None:
        try:
            self._note(statement)
        except UnicodeDecodeError:
            raise not_utf8(self.path, table="CREATE TABLE", hint=UTF8_HINT) from None
        except ValueError as error:
            hint = "Export this table as CSV or Parquet instead."
            raise at_line(self.path, statement.start, str(error), hint) from None

    def _note(self, statement: Statement) -> None:
        text = statement.text
        if table := declared_table(text, self.domains):
            self._note_table(statement, table)
        elif domain := declared_domain(text, self.domains):
            self.domains[domain[0]] = domain[1]
        elif pair := attached(text):
            self._note_child(*pair)
        elif path := _SEARCH_PATH.match(text):
            self.schema = named(path["name"])
        elif (encoding := _ENCODING.match(text)) and encoding["name"].upper() not in _UTF8:
            what = f"the dump is in {encoding['name'].decode()}, not in UTF-8."
            raise at_line(self.path, statement.start, what, UTF8_HINT)

    def _note_table(self, statement: Statement, table: Declared) -> None:
        name = self._full(table.name)
        if name in self.places:
            what = f"table '{'.'.join(name)}' is created twice."
            raise at_line(self.path, statement.start, what, "Keep one of the two.")
        parents = [self.places[parent] for parent in map(self._full, table.parents) if parent in self.places]
        columns = {column.name: column for parent in parents for column in parent.written}
        columns |= {column.name: column for column in table.written}
        generated = tuple({*table.generated, *(column for parent in parents for column in parent.generated)})
        self.places[name] = PgTable(pa.schema(list(columns.values())), generated)
        for parent in table.parents:
            self._note_child(parent, name)

    def _note_child(self, parent: Name, child: Name) -> None:
        parent, child = self._full(parent), self._full(child)
        if parent in self.places and child in self.places and child not in self.places[parent].children:
            self.places[parent].children.append(child)

    def note_rows(self, rows: Insert) -> None:
        name = self._full((rows.schema, rows.table))
        kind = "COPY" if isinstance(rows, Copy) else "INSERT INTO"
        if name not in self.places:
            what = f"{kind} '{rows.table}' with no CREATE TABLE before it: its columns have no types."
            raise at_line(self.path, rows.start, what, "Dump again with the structure (without --data-only).")
        stretches = self.places[name].stretches
        last = stretches[-1] if stretches else None
        if last and not last.is_copy and kind != "COPY" and last is self._last:
            stretches[-1] = Stretch(last.start, rows.stop, None, is_copy=False)
        else:
            stretches.append(Stretch(rows.start, rows.stop, rows.columns, is_copy=kind == "COPY"))
        self._last = stretches[-1]

    _last: Stretch | None = None

    def _full(self, name: Name) -> Name:
        return name if name[0] else (self.schema, name[1])


def _cut(path: Path, statement: Statement, dialect: Dialect) -> DataError:
    line = line_at(path, statement.stop)
    if not isinstance(statement, Insert) or not statement.table:
        return DataError(f"the file ends inside a statement, on line {line:,}.", where=str(path), hint=AGAIN_HINT)
    kind, whole = ("a COPY", _lines) if isinstance(statement, Copy) else ("an INSERT", _inserted)
    what = f"the file ends inside {kind}, on line {line:,}, after {whole(path, statement, dialect):,} whole rows."
    return DataError(what, where=f"{path}: {statement.table}", hint=AGAIN_HINT)


def _lines(path: Path, cut: Insert, dialect: Dialect) -> int:
    return line_at(path, cut.stop) - line_at(path, cut.start)


def _inserted(path: Path, cut: Insert, dialect: Dialect) -> int:
    same = (s for s in statements(path, dialect) if isinstance(s, Insert) and s.table == cut.table)
    return sum(whole_rows(insert.text, escapes=dialect.escapes) for insert in same)
