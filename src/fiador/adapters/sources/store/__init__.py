"""What is a store of ingested tables, and how is one written and read?

A folder of typed Parquet files sorted by application, and a manifest that names them. `ingest` writes it in one pass
over any source; it is a source itself, whose files an engine reads where they are.
"""

from __future__ import annotations

from fiador.adapters.sources.store.ingest import append, ingest
from fiador.adapters.sources.store.source import Store, is_store, open_store

__all__ = ["Store", "append", "ingest", "is_store", "open_store"]
