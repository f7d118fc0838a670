"""How long does an ingest take, from CSV or Parquet, and how much memory?

    python -m benchmarks.ingest PORTFOLIO --source FOLDER [--memory 4GB]

Writes the store into a temporary folder beside the source, prints seconds, processor seconds a million rows, and
the peak of resident memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.adapters.engines.limits import memory_bytes
from fiador.adapters.sources import open_source, store


def main() -> None:
    parser = argparse.ArgumentParser(description="How long does an ingest take?")
    parser.add_argument("portfolio")
    parser.add_argument("--source", required=True)
    parser.add_argument("--memory", default="4GB")
    arguments = parser.parse_args()
    print(_measure(arguments.portfolio, arguments.source, arguments.memory))


def _measure(path: str, place: str, memory: str) -> str:
    portfolio = load_portfolio(path)
    with tempfile.TemporaryDirectory(dir=Path(place).parent) as folder:
        began, busy = time.perf_counter(), time.process_time()
        source = open_source(place, types=portfolio.types)
        limit = memory_bytes(memory)
        manifest = store.ingest(portfolio, source, Path(folder) / "store", now=datetime.now(UTC), memory=limit)
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
        size = sum(file.bytes for table in manifest.tables.values() for file in table.files)
    rows = sum(table.rows for table in manifest.tables.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    took = f"{rows:,} rows in {seconds:.1f} s, {cpu / rows * 1e6:.2f} processor s a million, {size / 1e6:,.0f} MB"
    return f"{took}; peak {peak / 1e9:.2f} GB, memory {memory}"


if __name__ == "__main__":
    main()
