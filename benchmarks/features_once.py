"""What does one run over every application cost? Prints rows, columns, seconds, processor seconds and peak memory.

    python -m benchmarks.features_once PORTFOLIO SOURCE [--keep] [--out FILE]

Streamed unless `--keep`: each table's columns are let go of before the next; with it the whole matrix is in memory at
the end. FIADOR_MEMORY caps the memory. One JSON line, as the yardstick prints it, and DuckDB's version.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import duckdb

from fiador.adapters.disk.files import write_table
from fiador.cli.options import read_portfolio, read_tables
from fiador.use_cases.feature_table import in_order, parts
from fiador.use_cases.ports import silent


def main() -> None:
    parser = argparse.ArgumentParser(description="One run over every application.")
    parser.add_argument("portfolio")
    parser.add_argument("source")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    print(json.dumps(measured(wanted)))


def measured(wanted: argparse.Namespace) -> dict[str, object]:
    started = time.perf_counter()  # after what is imported, as the yardstick's is
    portfolio, location = read_portfolio(wanted.portfolio, wanted.source)
    schema, engine = read_tables(portfolio, location, silent, needs_target=False, side_by_side=True)
    built = parts(portfolio, schema, engine)
    if wanted.keep or wanted.out:
        whole = in_order(portfolio, built)
        rows, columns = whole.num_rows, whole.num_columns - 1
    else:
        shapes = [each.columns.shape for each in built]
        rows, columns = shapes[0][0], sum(width for _, width in shapes[1:])
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "rows": rows, "columns": columns, "wall_s": round(time.perf_counter() - started, 2),
        "cpu_s": round(used.ru_utime + used.ru_stime, 2), "peak_gb": round(used.ru_maxrss / 1e6, 2),
        "duckdb": duckdb.__version__,
    }  # fmt: skip
    if wanted.out:
        write_table(whole, wanted.out)
    return figures


if __name__ == "__main__":
    main()
