"""Where do raw tables come from?

A source is a place that states its tables with their types and streams their rows. Today a place is a folder
(or one file) whose files are told by their content; `SOURCES` holds one row per kind of place, `FORMATS` one
per kind of file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fiador.errors import DataError
from fiador.sources.folder import FORMATS, Format, is_path, open_folder
from fiador.sources.interface import DeclaredTypes, Source

__all__ = ["FORMATS", "SOURCES", "DeclaredTypes", "Format", "Place", "Source", "open_source"]


@dataclass(frozen=True)
class Place:
    """A kind of place raw tables are read from: its name, what it is in words, how it is told and opened."""

    name: str
    says: str
    recognises: Callable[[str], bool]
    opens: Callable[[str, DeclaredTypes], Source]


SOURCES: tuple[Place, ...] = (
    Place("folder", "a folder of mysqldump text, CSV or Parquet files, or one such file", is_path, open_folder),
)


def open_source(location: str | Path, *, types: Mapping[str, Mapping[str, str]] | None = None) -> Source:
    """The source at a location, its tables not read yet.

    `types` = {table: {column: "text" | "integer" | "number" | "boolean" | "date" | "timestamp"}}, as declared
    in a portfolio; only formats that state no types (CSV) use it. DataError where nothing recognises the
    location: the scheme of an unknown URL is named, never the rest of it, which may hold a password.

    >>> open_source("oracle://scott:tiger@bank/loans")
    Traceback (most recent call last):
    fiador.errors.DataError: source: no source reads 'oracle://'. Known: a folder of ...
    """
    for place in SOURCES:
        if place.recognises(str(location)):
            return place.opens(str(location), types or {})
    known = "; ".join(place.says for place in SOURCES)
    raise DataError(f"no source reads '{urlsplit(str(location)).scheme}://'.", where="source", hint=f"Known: {known}.")
