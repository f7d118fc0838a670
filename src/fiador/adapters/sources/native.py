"""Which SQL lets DuckDB read a file by itself, value for value as the file's source would hand it on?

Through Python a row costs several times as much. Only what is surely the same is read so: a CSV cell that isn't
plainly of its column's type stops the reading, and the source reads the file instead, with its own words for what
is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fiador.adapters.disk.aside import is_pattern
from fiador.adapters.sources.cells import INFERRED
from fiador.adapters.sources.files import CsvFile, ParquetFile
from fiador.adapters.sources.folder import Folder
from fiador.errors import DataError
from fiador.expression import literal, quote
from fiador.use_cases.ports import Source

_TYPES: tuple[tuple[pa.DataType, str], ...] = (
    (pa.string(), "VARCHAR"),
    (pa.int64(), "BIGINT"),
    (pa.float64(), "DOUBLE"),
    (pa.bool_(), "BOOLEAN"),
    (pa.date32(), "DATE"),
    (pa.timestamp("us"), "TIMESTAMP"),
)
_PATTERNS: dict[pa.DataType, str] = {
    pa.int64(): INFERRED["integer"][0],
    pa.float64(): INFERRED["number"][0],
    pa.bool_(): "true|false|0|1",
    pa.date32(): r"[1-9]\d{3}-\d{2}-\d{2}",
    pa.timestamp("us"): r"[1-9]\d{3}-\d{2}-\d{2}[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?",
}
"""Cells that DuckDB and pyarrow read alike; what either reads beyond them is left to the source."""
_ALIKE = (
    pa.types.is_signed_integer, pa.types.is_float32, pa.types.is_float64, pa.types.is_string, pa.types.is_large_string,
    pa.types.is_boolean, pa.types.is_date32,
)  # fmt: skip
"""What both read alike in Parquet: no zones, nanoseconds or unsigned numbers."""


@dataclass(frozen=True)
class Scan:
    """SQL that answers a table's rows, and the one file it reads."""

    path: Path
    sql: str


def sql_type(arrow: pa.DataType) -> str | None:
    """DuckDB's name for the type of a stored column; None where it has none that keeps every value.

    >>> sql_type(pa.int64()), sql_type(pa.decimal128(12, 2)), sql_type(pa.binary())
    ('BIGINT', 'DECIMAL(12, 2)', None)
    """
    if pa.types.is_decimal128(arrow):
        return f"DECIMAL({arrow.precision}, {arrow.scale})"
    return next((name for known, name in _TYPES if arrow == known), None)


def likely_tables(source: Source) -> dict[str, pa.Schema]:
    """A source's tables; those of CSV files typed by what is declared and by the file's beginning alone.

    What the beginning says holds for the file only if every cell is read as that type, which `scan` sees to.
    """
    if not isinstance(source, Folder):
        return source.tables()
    schemas = {}
    for name in source.names():
        owner = source.owner(name) or source
        try:
            schemas[name] = owner.likely if isinstance(owner, CsvFile) else owner.tables()[name]
        except DataError:
            if source.needed is None or name in source.needed:
                raise
    return schemas


def scan(source: Source, table: str, schema: pa.Schema) -> Scan | None:
    """How DuckDB reads these columns of a table by itself, with these types; None where the source has to.

    A reading that meets a cell, a row or a byte that isn't as it should be fails with an error of DuckDB's.
    """
    owner = source.owner(table) if isinstance(source, Folder) else source
    if isinstance(owner, ParquetFile | CsvFile) and is_pattern(owner.path):
        return None
    try:
        if isinstance(owner, ParquetFile):
            return _parquet(owner, schema)
        return _csv(owner, schema) if isinstance(owner, CsvFile) else None
    except DataError:  # the source's own reading says it, with the row
        return None


def _parquet(file: ParquetFile, schema: pa.Schema) -> Scan | None:
    stated = pq.read_schema(file.path)
    if len(set(stated.names)) != len(stated.names) or not all(_is_alike(stated.field(c.name).type) for c in schema):
        return None
    items = [f"CAST({quote(c.name)} AS {sql_type(c.type)}) AS {quote(c.name)}" for c in schema]
    return Scan(file.path, f"SELECT {', '.join(items)} FROM read_parquet({literal(str(file.path))})")


def _is_alike(stated: pa.DataType) -> bool:
    if pa.types.is_dictionary(stated):
        return bool(pa.types.is_string(stated.value_type))
    return pa.types.is_decimal128(stated) or any(is_kind(stated) for is_kind in _ALIKE)


def _csv(file: CsvFile, schema: pa.Schema) -> Scan | None:
    names, delimiter = file.header
    kinds = {file.likely.field(c.name).type for c in schema}
    if len(names) < 2 or not all(kind in _PATTERNS or kind == pa.string() for kind in kinds):
        return None
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    items = [_cell(quote(c.name), c.type) + f" AS {quote(c.name)}" for c in schema]
    return Scan(
        file.path,
        f"SELECT {', '.join(items)} FROM read_csv({literal(str(file.path))}, columns = {{{columns}}}, skip = 1,"
        f" delim = {literal(delimiter)}, auto_detect = false, header = false, quote = '\"', escape = '\"',"
        " nullstr = '', allow_quoted_nulls = false, strict_mode = true, null_padding = false)",
    )


def _cell(name: str, kind: pa.DataType) -> str:
    if kind == pa.string():
        return name
    typed = f"CAST({name} AS {sql_type(kind)})"
    plain = f"{name} IS NULL OR regexp_full_match({name}, {literal(_PATTERNS[kind])})"
    if kind == pa.int64():  # dearer to match than to write back, which tells as much
        plain = f"coalesce(CAST({typed} AS VARCHAR) = {name}, TRUE)"
    return f"CASE WHEN {plain} THEN {typed} ELSE error('a cell is not plainly of its type') END"
