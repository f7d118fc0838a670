"""How much memory may DuckDB take, where does it spill, and what is said when neither is enough?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from fiador.errors import DataError

_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]I?B)", re.IGNORECASE)
_LEAST = 64 * 10**6
_OURS = 200 * 10**6  # what Python, Arrow and the code of DuckDB take: an estimate, on the safe side
_SHARE = 0.8  # of the rest: DuckDB counts its buffers, not every byte it asks the system for
_SHORT = "out of memory error"  # how an answer that is read batch by batch says it
_FULL = ("no space left", "max_temp_directory_size", "disk quota", "file too large")


def memory_bytes(size: str) -> int:
    """A size as people write it, in bytes; DataError where it is none, or less than 64MB.

    >>> memory_bytes("4GB"), memory_bytes("1.5 GiB")
    (4000000000, 1610612736)
    """
    match = _SIZE.fullmatch(size.strip())
    amount = int(float(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if amount < _LEAST:
        raise DataError(f"'{size}' is no amount of memory to work with.", where="memory", hint="Write 4GB, or 512MB.")
    return amount


@dataclass(frozen=True)
class Limits:
    """What a DuckDB may take: bytes of memory for the whole process (None: as much as it likes), a folder to spill to,
    and the files and folders it may touch beside it.
    """

    memory: int | None = None
    spill: Path | None = None
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = field(default=())


def walled(connection: duckdb.DuckDBPyConnection, limits: Limits) -> duckdb.DuckDBPyConnection:
    """The connection with its limits set for good: nothing else on the disk can be read or written, nothing loaded."""
    if limits.memory is not None:
        buffers = max(_LEAST, int((limits.memory - _OURS) * _SHARE))
        connection.execute("SET memory_limit = $1", [f"{buffers}B"])
    if limits.spill is not None:
        connection.execute("SET temp_directory = $1", [str(limits.spill)])
    connection.execute("SET allowed_paths = $1", [list(limits.files)])
    connection.execute("SET allowed_directories = $1", [list(limits.folders)])
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def exhausted(error: Exception, *, where: str) -> DataError | None:
    """An error of DuckDB's, or of reading its answer, that says memory or disk ran out; None where it says another."""
    text = str(error).lower()
    if any(mark in text for mark in _FULL):
        return DataError("the disk is full. Nothing was changed.", where=where, hint="Free some space and try again.")
    if isinstance(error, duckdb.OutOfMemoryException) or _SHORT in text:
        hint = "Give it more: --memory, or FIADOR_MEMORY."
        return DataError("there is too little memory for this. Nothing was changed.", where=where, hint=hint)
    return None
