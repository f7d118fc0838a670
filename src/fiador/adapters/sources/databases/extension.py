"""Where is the DuckDB extension that reads a kind of database?

It comes as a Python package, one of fiador's extras, and is loaded from the package's own file: nothing is
downloaded, and nothing is written to a home folder.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb

from fiador.errors import DataError


def extension_file(name: str, *, extra: str, place: str, version: str = duckdb.__version__) -> Path:
    """The file of a DuckDB extension made for this DuckDB; DataError naming the extra where it isn't installed.

    >>> extension_file("no_scanner", extra="none", place="Paper")
    Traceback (most recent call last):
    fiador.errors.DataError: source: reading Paper needs an extra that isn't installed. Run: pip install 'fiador[none]'
    """
    hint = f"Run: pip install 'fiador[{extra}]'"
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        raise DataError(f"reading {place} needs an extra that isn't installed.", where="source", hint=hint)
    file = Path(package.origin).parent / "extensions" / f"v{version}" / f"{name}.duckdb_extension"
    if not file.is_file():
        what = f"the extension that reads {place} isn't made for DuckDB {version}."
        raise DataError(what, where="source", hint=hint)
    return file
