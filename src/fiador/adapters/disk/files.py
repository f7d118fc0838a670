"""How is a table or a text written to a file, whole or not at all?"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from fiador.adapters.disk.aside import file_beside
from fiador.errors import DataError, shortened

TABLES = (".parquet", ".csv")  # what `write_table` writes


def require_file(out: Path, *, suffixes: tuple[str, ...] = ()) -> Path:
    """The file something may be written to; DataError where it can't be, before time is spent on what goes into it.

    >>> require_file(Path("."))
    Traceback (most recent call last):
    fiador.errors.DataError: .: is a folder. Name the file to write in it.
    """
    if suffixes and out.suffix not in suffixes:
        hint = f"Name a {' or a '.join(suffixes)} file."
        what = f"can't write '{out.suffix}' files." if out.suffix else "the name says no format."
        raise DataError(what, where=str(out), hint=hint)
    try:
        if out.is_dir():
            raise DataError("is a folder.", where=str(out), hint="Name the file to write in it.")
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            return out
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> DataError:
    what = f"can't be written ({error.strerror or error})."
    return DataError(what, where=shortened(str(out)), hint="Make room, or name another file.")


def write_text(text: str, out: Path) -> None:
    """Write a text file in UTF-8, aside first; DataError where it can't be written."""
    _write_aside(out, lambda aside: aside.write_text(text, encoding="utf-8", newline="\n"))


def write_table(rows: pa.Table, out: Path) -> None:
    """Write a table as .parquet or .csv, aside first; DataError where it can't be written.

    In .csv an apostrophe stands before a text that a spreadsheet would run: one that begins with = + - @.
    """
    require_file(out, suffixes=TABLES)
    if out.suffix == ".parquet":
        _write_aside(out, lambda aside: pyarrow.parquet.write_table(rows, aside))
    else:
        _write_aside(out, lambda aside: pyarrow.csv.write_csv(_for_a_spreadsheet(rows), aside))


def _for_a_spreadsheet(rows: pa.Table) -> pa.Table:
    """The rows, an apostrophe before every text and column name that would run as a formula; numbers untouched."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            safe = pc.replace_substring_regex(rows.column(at), pattern=r"^([=+\-@\t\r])", replacement=r"'\1")
            rows = rows.set_column(at, field, safe)
    return rows.rename_columns([re.sub(r"^(?=[=+\-@\t\r])", "'", name) for name in rows.column_names])


def _write_aside(out: Path, write: Callable[[Path], object]) -> None:
    try:
        with file_beside(require_file(out)) as aside:
            write(aside)
    except OSError as error:
        raise _unwritable(out, error) from None
