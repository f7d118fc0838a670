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
import pandas  # noqa: F401 DuckDB imports it with its first statement; the yardstick before its clock starts

from fiador.adapters.disk.files import write_table
from fiador.cli.options import read_portfolio, read_tables
from fiador.features.plan import compile_sql
from fiador.features.statements import Statements
from fiador.use_cases.feature_table import feature_parts, in_order
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import silent


def main() -> None:
    parser = argparse.ArgumentParser(description="One run over every application.")
    parser.add_argument("portfolio")
    parser.add_argument("source")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments)))


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    start = time.perf_counter()  # after what is imported, as the yardstick's is
    portfolio, location = read_portfolio(arguments.portfolio, arguments.source)
    schema, engine = read_tables(portfolio, location, silent, needs_target=False, side_by_side=True)
    plan = compile_sql(portfolio, schema)
    parts = feature_parts(Statements(plan), RawTables(engine))
    if arguments.keep or arguments.out:
        whole = in_order(plan, parts)
        rows, columns = whole.num_rows, whole.num_columns - 1
    else:
        shapes = [each.columns.shape for each in parts]
        rows, columns = shapes[0][0], sum(width for _, width in shapes[1:])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "rows": rows, "columns": columns, "wall_s": round(time.perf_counter() - start, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "peak_gb": round(usage.ru_maxrss / 1e6, 2),
        "duckdb": duckdb.__version__,
    }  # fmt: skip
    if arguments.out:
        write_table(whole, arguments.out)
    return figures


if __name__ == "__main__":
    main()
