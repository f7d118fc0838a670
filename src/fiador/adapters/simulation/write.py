"""How do tables become files that a bank could have delivered?

A dump has mysqldump's own shape, so that a server loads it and the same reader reads it. Every file is
written aside and renamed when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from fiador.adapters.disk.aside import file_beside
from fiador.errors import DataError, did_you_mean

# mysqldump's own line length: net_buffer_length, 1 MB.
_LINE = 1 << 20
_ROWS = 1 << 16
_LONGEST_VARCHAR = 255
# What mysql_real_escape_string escapes, the backslash first.
_ESCAPES = (
    ("\\", "\\\\"),
    ("'", "\\'"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\0", "\\0"),
    ("\x1a", "\\Z"),
)

Writer = Callable[[Path, str, pa.Table, str, datetime], None]


def write_tables(
    tables: Mapping[str, pa.Table], folder: Path, *, format: str, database: str, written_at: datetime
) -> tuple[Path, ...]:
    """Write each table to its own file in `folder` (made if absent); the paths, in the tables' order.

    `format` is "dump", "csv" or "parquet"; `database` names the database in a dump's header and file names. A
    dump can't say NaN or infinity: they become NULL, as on a server. DataError at an unknown format or a column
    type that no server column has.
    """
    if format not in _WRITERS:
        raise DataError(f"no format '{format}'.", where="format", hint=did_you_mean(format, _WRITERS))
    suffix, write = _WRITERS[format]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"can't be made ({error.strerror}).", where=str(folder), hint="Name another folder.") from None
    paths = []
    for name, table in tables.items():
        path = folder / (f"{database}_{name}{suffix}" if format == "dump" else f"{name}{suffix}")
        try:
            with file_beside(path) as aside:
                write(aside, name, table, database, written_at)
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataError(
                f"can't be written ({reason}).", where=str(path), hint="Is there room, and may you write there?"
            ) from None
        paths.append(path)
    return tuple(paths)


def _write_csv(path: Path, name: str, table: pa.Table, database: str, written_at: datetime) -> None:
    pyarrow.csv.write_csv(table, path)


def _write_parquet(path: Path, name: str, table: pa.Table, database: str, written_at: datetime) -> None:
    pq.write_table(table, path, compression="zstd")


def _write_dump(path: Path, name: str, table: pa.Table, database: str, written_at: datetime) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD.format(database=database, create=create_table(name, table)))
        file.write(f"\n--\n-- Dumping data for table {_name(name)}\n--\n\nLOCK TABLES {_name(name)} WRITE;\n")
        file.write(f"/*!40000 ALTER TABLE {_name(name)} DISABLE KEYS */;\n")
        for line in insert_lines(name, table):
            file.write(line)
        file.write(f"/*!40000 ALTER TABLE {_name(name)} ENABLE KEYS */;\nUNLOCK TABLES;\n")
        file.write(_TAIL.format(written_at=written_at.strftime("%Y-%m-%d %H:%M:%S")))


def create_table(name: str, table: pa.Table) -> str:
    """The DROP and CREATE TABLE of a table, every column nullable, texts compared byte for byte.

    >>> print(create_table("ids", pa.table({"loan_id": ["a"], "n": [1]})))
    DROP TABLE IF EXISTS `ids`;
    CREATE TABLE `ids` (
      `loan_id` varchar(16) DEFAULT NULL,
      `n` bigint DEFAULT NULL
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
    """
    columns = [
        f"  {_name(column)} {_server_type(name, column, table[column])} DEFAULT NULL" for column in table.column_names
    ]
    lines = ",\n".join(columns)
    ending = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;"
    return f"DROP TABLE IF EXISTS {_name(name)};\nCREATE TABLE {_name(name)} (\n{lines}\n{ending}"


def insert_lines(name: str, table: pa.Table) -> Iterator[str]:
    """The rows as INSERT statements, one a line, each at most a megabyte unless a single row is longer."""
    start = f"INSERT INTO {_name(name)} VALUES "
    for batch in table.to_batches(max_chunksize=_ROWS):
        rows = _rows(batch)
        ends = np.cumsum(pc.binary_length(rows).to_numpy(zero_copy_only=False) + 1)
        lines = ends // (_LINE - len(start.encode()) - 2)
        for line in np.unique(lines):
            yield f"{start}{','.join(rows.filter(pa.array(lines == line)).to_pylist())};\n"


def _rows(batch: pa.RecordBatch) -> pa.Array:
    literals = [pc.fill_null(_literal(column), "NULL") for column in batch.columns]
    return pc.binary_join_element_wise(pa.scalar("("), pc.binary_join_element_wise(*literals, ","), pa.scalar(")"), "")


def _literal(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "b'1'", "b'0'")
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)).cast(pa.string())
    if pa.types.is_string(kind) or pa.types.is_temporal(kind):
        escaped = reduce(lambda text, pair: pc.replace_substring(text, *pair), _ESCAPES, column.cast(pa.string()))
        return pc.binary_join_element_wise("'", escaped, "'", "")
    return column.cast(pa.string())


def _server_type(table: str, name: str, column: pa.ChunkedArray) -> str:
    kind = column.type
    if pa.types.is_string(kind):
        longest = pc.max(pc.utf8_length(column)).as_py() or 0
        width = next((width for width in (16, 64, _LONGEST_VARCHAR) if longest <= width), None)
        return f"varchar({width})" if width else "longtext"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    for is_kind, word in _SERVER_TYPES:
        if is_kind(kind):
            return word
    raise DataError(
        f"column '{name}' is of type {kind}, which no dump can hold.",
        where=table,
        hint="Write it as Parquet.",
    )


def _name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


_SERVER_TYPES = (
    (pa.types.is_integer, "bigint"),
    (pa.types.is_floating, "double"),
    (pa.types.is_boolean, "bit(1)"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime(6)"),
)
_WRITERS: dict[str, tuple[str, Writer]] = {
    "dump": (".sql", _write_dump),
    "csv": (".csv", _write_csv),
    "parquet": (".parquet", _write_parquet),
}
_HEAD = """\
-- MySQL dump 10.13  Distrib 8.0, written by fiador
--
-- Host: localhost    Database: {database}
-- ------------------------------------------------------

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

{create}
"""
_TAIL = """
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;

-- Dump completed on {written_at}
"""
