"""Where do raw tables come from?

A source is a place that states its tables with their types and streams their rows: a folder (or one file) whose
files are told by their content, or a live database. `SOURCES` holds one row per kind of place, `FORMATS` one per
kind of file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fiador.adapters.sources.columns import DeclaredTypes
from fiador.adapters.sources.databases.sqlite import open_sqlite_url
from fiador.adapters.sources.folder import FORMATS, Folder, Format, is_path, open_folder
from fiador.errors import DataError
from fiador.use_cases.ports import Source

MYSQL_SCHEMES, POSTGRES_SCHEMES = ("mysql", "mariadb"), ("postgresql", "postgres")
__all__ = ["FORMATS", "SOURCES", "DeclaredTypes", "Format", "Source", "SourceKind", "open_source", "passed_over"]


@dataclass(frozen=True)
class SourceKind:
    """A kind of place raw tables are read from: its name, what it is in words, how it is told and opened."""

    name: str
    says: str
    recognises: Callable[[str], bool]
    opens: Callable[[str, DeclaredTypes], Source]


def _of(*schemes: str) -> Callable[[str], bool]:
    """Whether a location is a URL of one of the schemes; `mysql+pymysql://`, SQLAlchemy's spelling, is one too."""
    return lambda location: location.partition("://")[0].split("+")[0].lower() in schemes


def _mysql(location: str, types: DeclaredTypes) -> Source:
    from fiador.adapters.sources.databases.mysql import open_mysql

    return open_mysql(location, types)


def _postgres(location: str, types: DeclaredTypes) -> Source:
    from fiador.adapters.sources.databases.postgres import open_postgres

    return open_postgres(location, types)


def _store(location: str, types: DeclaredTypes) -> Source:
    from fiador.adapters.sources.store import open_store

    return open_store(location, types)


def _is_store(location: str) -> bool:
    from fiador.adapters.sources.store import is_store

    return is_path(location) and is_store(location)


SOURCES: tuple[SourceKind, ...] = (
    SourceKind(
        "store", "a store written by fiador ingest: typed Parquet files sorted by application", _is_store, _store
    ),
    SourceKind(
        "folder",
        "a folder of mysqldump or pg_dump text, CSV, Parquet or SQLite files, or one such file",
        is_path,
        open_folder,
    ),
    SourceKind("mysql", "mysql://USER@HOST:PORT/DATABASE, MySQL or MariaDB", _of(*MYSQL_SCHEMES), _mysql),
    SourceKind("postgres", "postgresql://USER@HOST:PORT/DATABASE?schema=NAME", _of(*POSTGRES_SCHEMES), _postgres),
    SourceKind("sqlite", "sqlite:///PATH, one SQLite file", _of("sqlite"), open_sqlite_url),
)


def open_source(
    location: str | Path,
    *,
    types: Mapping[str, Mapping[str, str]] | None = None,
    needed: Collection[str] | None = None,
) -> Source:
    """The source at a location, its tables not read yet.

    `needed`: the tables somebody will read. A file of a folder that holds none of them and can't be read is then passed
    over; None stops at any file that can't.

    `types` = {table: {column: "text" | "integer" | "number" | "boolean" | "date" | "timestamp"}}, as declared
    in a portfolio; only formats that state no types (CSV) use it. DataError where nothing recognises the
    location: the scheme of an unknown URL is named, never the rest of it, which may hold a password.

    >>> open_source("oracle://scott:tiger@bank/loans")
    Traceback (most recent call last):
    fiador.errors.DataError: source: no source reads 'oracle://'. Known: a folder of ...
    """
    for place in SOURCES:
        if place.recognises(str(location)):
            source = place.opens(str(location), types or {})
            return replace(source, needed=needed) if isinstance(source, Folder) else source
    known = "; ".join(place.says for place in SOURCES)
    raise DataError(
        f"no source reads '{str(location).partition('://')[0]}://'.", where="source", hint=f"Known: {known}."
    )


def passed_over(source: Source) -> dict[str, str]:
    """File name -> why it can't be read, of the files of a folder that nobody needs."""
    faults = source.passed_over() if isinstance(source, Folder) else {}
    return {name: f"{fault.what} {fault.hint}".strip() for name, fault in faults.items()}
