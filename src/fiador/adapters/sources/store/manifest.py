"""What does a store say of itself?

Its manifest names every file with its rows, size and digest. Replacing the manifest is what changes a store: a file it
doesn't name is not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from fiador.adapters.disk.manifest import MANIFEST, FolderKind

STORE = FolderKind(
    "store",
    format=2,  # 2: each row says which ingest brought it
    restore=f"Restore {MANIFEST} from a copy, or ingest anew into another folder.",
    elsewhere="ingest anew into another folder",
)
_DECIMAL = "decimal128"


@dataclass(frozen=True)
class StoredFile:
    """One Parquet file: its path in the store, its rows, its size and the SHA-256 of its bytes."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class StoredTable:
    """One table of the source: its columns and their Arrow types, its files, and the column they are sorted by.

    sorted_by: a column of its own, or the hidden one that says whose application a row is; rows without one are last.
    orphans: rows that lead to no application of the store.
    """

    columns: Mapping[str, str]
    sorted_by: str
    files: tuple[StoredFile, ...]
    orphans: int

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(name, _arrow(kind)) for name, kind in self.columns.items()])


@dataclass(frozen=True)
class Taken:
    """One ingest: when, with which fiador, from where (no password), the rows it brought, by table, and its digest."""

    at: str
    version: str
    source: str
    rows: Mapping[str, int]
    id: str


@dataclass(frozen=True)
class StoreManifest:
    """A store's tables, by their names in the source, and the ingests they come from, the first one first.

    generation: grows by one with each ingest, and names the folder of the files it wrote.
    """

    portfolio: str
    generation: int
    tables: Mapping[str, StoredTable]
    ingests: tuple[Taken, ...]

    def since(self, ids: Sequence[str]) -> int | None:
        """The generation a reader of these ingests has seen; None where the store isn't those and later appends."""
        own = [taken.id for taken in self.ingests]
        return self.generation - (len(own) - len(ids)) if own[: len(ids)] == list(ids) else None

    @property
    def files(self) -> set[str]:
        return {file.name for table in self.tables.values() for file in table.files}


def columns_of(schema: pa.Schema) -> dict[str, str]:
    """The columns of a schema as the manifest writes them.

    >>> columns_of(pa.schema([("id", pa.int64()), ("due", pa.date32())]))
    {'id': 'int64', 'due': 'date32[day]'}
    """
    return {column.name: str(column.type) for column in schema}


def to_json(manifest: StoreManifest) -> bytes:
    """The manifest as the bytes of its file."""
    tables = {name: {"rows": table.rows, **asdict(table)} for name, table in manifest.tables.items()}
    ingests = [asdict(ingest) for ingest in manifest.ingests]
    head = {"portfolio": manifest.portfolio, "generation": manifest.generation}
    return STORE.to_json({**head, "ingests": ingests, "tables": tables})


def read_manifest(folder: Path) -> StoreManifest:
    """The manifest of a store; DataError where it can't be read, or is of another format."""
    return STORE.read(folder, _manifest)


def _manifest(content: Mapping[str, Any]) -> StoreManifest:
    tables = {
        name: StoredTable(
            dict(entry["columns"]),
            entry["sorted_by"],
            tuple(StoredFile(**file) for file in entry["files"]),
            entry["orphans"],
        )
        for name, entry in content["tables"].items()
    }
    for table in tables.values():
        _ = table.schema
    ingests = tuple(Taken(**taken) for taken in content["ingests"])
    return StoreManifest(content["portfolio"], content["generation"], tables, ingests)


def _arrow(name: str) -> pa.DataType:
    """An Arrow type from its name; ValueError where it is none."""
    if name.startswith(_DECIMAL):
        precision, scale = name.removeprefix(_DECIMAL).strip("()").split(",")
        return pa.decimal128(int(precision), int(scale))
    return pa.type_for_alias(name)


def described(path: Path, *, name: str, rows: int) -> StoredFile:
    """A file as the manifest names it, its digest taken."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(name, rows, path.stat().st_size, digest)
