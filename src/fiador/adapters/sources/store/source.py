"""Which tables, with what rows, does a store hold?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fiador.adapters.sources.columns import DeclaredTypes, select_fields
from fiador.adapters.sources.store.manifest import STORE, StoredTable, StoreManifest, read_manifest
from fiador.errors import DataError, did_you_mean
from fiador.portfolio.types import column_type
from fiador.use_cases.ports import BROUGHT

_RESTORE = "Restore the file from a copy, or ingest anew."


def is_store(location: str) -> bool:
    """Whether a location is the folder of a store."""
    return STORE.is_one(Path(location))


def open_store(location: str, types: DeclaredTypes) -> Store:
    """The store in a folder; DataError where its manifest can't be read, or a file is gone or of another size.

    It states its own types. What it named when it was opened it goes on reading, whatever is ingested meanwhile.
    """
    store = Store(Path(location))
    for table in store.manifest.tables.values():
        for file in table.files:
            path = store.path / file.name
            if not path.is_file():
                raise DataError(f"'{file.name}' is missing.", where=location, hint=_RESTORE)
            if path.stat().st_size != file.bytes:
                raise DataError(f"'{file.name}' was changed after it was written.", where=location, hint=_RESTORE)
    return store


@dataclass(frozen=True)
class Store:
    """The tables of a store by their names in the source it was made from, sorted by application."""

    path: Path

    @cached_property
    def manifest(self) -> StoreManifest:
        """What it said of itself when it was opened."""
        return read_manifest(self.path)

    @property
    def location(self) -> str:
        """The folder as it was given."""
        return str(self.path)

    @property
    def types(self) -> dict[str, dict[str, str]]:
        """Its columns' types in a portfolio's words, by table: how rows to append are read."""
        return {
            name: {c.name: column_type(c.type) or "text" for c in table.schema}
            for name, table in self.manifest.tables.items()
        }

    def tables(self) -> dict[str, pa.Schema]:
        """Its tables, types as they were ingested."""
        return {name: table.schema for name, table in self.manifest.tables.items()}

    def files(self, table: str) -> tuple[str, ...]:
        """The Parquet files of a table; an engine may read them where they are."""
        return tuple(str(self.path.absolute() / file.name) for file in self._table(table).files)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Columns every file has beside the source's: no portfolio sees them, fiador's own statements may."""
        return (BROUGHT,)

    def sorted_by(self, table: str) -> str:
        """The column of its files that says whose application a row is."""
        return self._table(table).sorted_by

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one table, a file after the other, each by application; DataError where a file is unreadable."""
        schema = select_fields(self._table(table).schema, columns)
        for name in self.files(table):
            try:
                with pq.ParquetFile(name) as file:
                    for batch in file.iter_batches(columns=schema.names):
                        yield pa.record_batch([batch.column(c.name).cast(c.type) for c in schema], schema=schema)
            except (pa.ArrowInvalid, OSError) as error:
                what = f"'{Path(name).name}' can't be read ({str(error).splitlines()[0]})."
                raise DataError(what, where=self.location, hint=_RESTORE) from None

    def _table(self, table: str) -> StoredTable:
        if table not in self.manifest.tables:
            raise DataError(f"no table '{table}'.", where=self.location, hint=did_you_mean(table, self.manifest.tables))
        return self.manifest.tables[table]
