"""Which tables do the files of a folder hold?

A file is told by its content; what isn't a table (a README, a picture) is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from fiador.adapters.sources.columns import DeclaredTypes
from fiador.adapters.sources.databases.sqlite import is_sqlite, open_sqlite
from fiador.adapters.sources.dumps.mysqldump import is_dump, open_dump
from fiador.adapters.sources.dumps.pg_dump import is_pg_dump, open_pg_dump
from fiador.adapters.sources.files import CsvFile, ParquetFile, is_csv, is_parquet, open_csv, open_parquet
from fiador.errors import DataError, did_you_mean, shortened
from fiador.use_cases.ports import Source
from fiador.words.places import shown

_HEAD = 1 << 16
SPELT = 3  # characters a name has at least, to be what another was meant to be
PACKED = (".gz", ".zip", ".zst", ".bz2", ".xz", ".7z", ".tar")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True)
class Format:
    """A kind of file: its name, what it is in words, how its first bytes are told, how it is opened."""

    name: str
    says: str
    recognises: Callable[[Path, bytes], bool]
    opens: Callable[[Path, DeclaredTypes], Source]


FORMATS: tuple[Format, ...] = (
    Format("parquet", "Apache Parquet, one table a file", is_parquet, open_parquet),
    Format("sqlite", "SQLite, any number of tables and views a file", is_sqlite, open_sqlite),
    Format("pg_dump", "pg_dump text of PostgreSQL, any number of tables a file", is_pg_dump, open_pg_dump),
    Format("dump", "mysqldump text of MySQL or MariaDB, any number of tables a file", is_dump, open_dump),
    Format("csv", "delimited text with a header line, one table a file", is_csv, open_csv),
)
"""In the order they are asked."""


def is_path(location: str) -> bool:
    """Whether a location names a path of this machine rather than a URL."""
    return not _SCHEME.match(location)


def open_folder(location: str, types: DeclaredTypes) -> Folder:
    """The folder, or the one file, at a path; DataError where nothing is there."""
    path = Path(location)
    if not os.path.exists(path):
        if shown(location) != location:
            hint = "A database is written so: postgresql://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE."
            raise DataError("that is neither a folder nor an address.", where=shown(location), hint=hint)
        raise DataError("there is no such folder.", where=shortened(location), hint=_near(path))
    return Folder(path, types)


def _near(path: Path) -> str:
    """The name meant, where one beside it is near; not the list of whatever lies there."""
    beside = _names(path.parent) if os.path.isdir(path.parent) else []
    near = did_you_mean(path.name, [name for name in beside if len(name) >= SPELT])
    return (
        near if near.startswith("Did") else "Give a folder with the raw tables, one file of them, or a database's URL."
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise DataError(
            f"can't be opened ({error.strerror}).", where=str(path), hint="Make it readable, or move it out."
        ) from None


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")]


@dataclass(frozen=True)
class Folder:
    """The files of a folder, not of its sub-folders, as one source.

    needed: the tables somebody will read. A file that can't be read and holds none of them is passed over; None stops
    at any that can't.
    """

    path: Path
    types: DeclaredTypes = field(default_factory=dict)
    needed: Collection[str] | None = None

    @property
    def location(self) -> str:
        """The path as it was given."""
        return str(self.path)

    def tables(self) -> dict[str, pa.Schema]:
        """The tables of its files but those passed over; DataError where there are none, or one stands in two files."""
        return dict(self._readable[0])

    def passed_over(self) -> dict[str, DataError]:
        """File name -> why it can't be read, of the files nobody needs."""
        return dict(self._readable[1])

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table; DataError naming the nearest table where there is no such one."""
        if table not in self._owners:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self._owners))
        return self._owners[table].read(table, columns)

    @property
    def apart(self) -> bool:
        """Whether several tables may be read at a time: each is a file of its own."""
        return all(isinstance(owner, CsvFile | ParquetFile) for owner in self._owners.values())

    def names(self) -> list[str]:
        """The tables' names alone: no file is read through for them."""
        return list(self._owners)

    def owner(self, table: str) -> Source | None:
        """The file that holds a table; None where there is no such table."""
        return self._owners.get(table)

    @cached_property
    def _readable(self) -> tuple[dict[str, pa.Schema], dict[str, DataError]]:
        schemas: dict[str, pa.Schema] = {}
        owners = self._owners  # opens every file, and fills `_unopened`
        faults = dict(self._unopened)
        for table, source in owners.items():
            try:
                schemas[table] = source.tables()[table]
            except DataError as fault:
                if self.needed is None or table in self.needed:
                    raise
                faults[Path(source.location).name] = fault
        if not schemas:
            raise next(iter(faults.values()))
        return schemas, faults

    @cached_property
    def _owners(self) -> dict[str, Source]:
        owners: dict[str, Source] = {}
        for source in self._files():
            for table in self._names(source):
                if table in owners:
                    both = f"{owners[table].location} and {source.location}"
                    what = f"table '{table}' stands in two files: {both}."
                    raise DataError(what, where=self.location, hint="Keep one of them in the folder.")
                owners[table] = source
        if self._unopened and (not owners or set(self.needed or ()) - set(owners)):
            raise next(iter(self._unopened.values()))  # it may hold what is needed
        if not owners:
            raise self._empty()
        return owners

    @cached_property
    def _unopened(self) -> dict[str, DataError]:
        """Files of several tables that can't be read, filled as they are opened."""
        return {}

    def _names(self, source: Source) -> list[str]:
        """The names of a file's tables; none, and the fault kept, where it can't be read and may be passed over."""
        if isinstance(source, CsvFile):
            return [source.table]
        try:
            return list(source.tables())
        except DataError as fault:
            if self.needed is None:
                raise
            self._unopened[Path(source.location).name] = fault
            return []

    def _files(self) -> Iterator[Source]:
        paths = [self.path] if self.path.is_file() else sorted(self.path.iterdir())
        for path in paths:
            if path.is_file() and not path.name.startswith("."):
                head = _head(path)
                known = next((row for row in FORMATS if row.recognises(path, head)), None)
                if known:
                    yield known.opens(path, self.types)

    def _empty(self) -> DataError:
        names = sorted(_names(self.path)) if self.path.is_dir() else [self.path.name]
        contents = (
            f" (found {', '.join(names[:5])}{', …' if len(names) > 5 else ''})" if names else ", the folder is empty"
        )
        packed = [name for name in names if name.lower().endswith(PACKED)]
        if packed:
            what, more = f"'{packed[0]}' is packed", f", as are {len(packed) - 1} more" if packed[1:] else ""
            return DataError(f"{what}{more}.", where=self.location, hint="Unpack it first, and name what came out.")
        known = "; ".join(row.says for row in FORMATS)
        return DataError(f"no tables here{contents}.", where=self.location, hint=f"A table is: {known}.")
