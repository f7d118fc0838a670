"""What do the real samples of Home Credit look like, told in statistics? Writes portfolios/home_credit/profile.json.

    python -m benchmarks.home_credit_profile PORTFOLIO.toml [OUT]

Applications are the 14,472 of the sample; child rows are those of `child_unlinked`, whose applicants are others. How
many rows a parent has can't be told from these samples, so the profile doesn't.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.adapters.simulation.profile import profile_of, to_json
from fiador.portfolio import Portfolio

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
SAMPLES = SHARED / "data" / "home_credit"


class Samples:
    """The real samples under the names of the tables they are of."""

    location = str(SAMPLES)

    def __init__(self, portfolio: Portfolio) -> None:
        files = {name: SAMPLES / "child_unlinked" / f"{name}.parquet" for name in _names(portfolio)}
        self._tables = {name: _plain(pq.read_table(file)) for name, file in files.items() if file.is_file()}
        real = _plain(pq.read_table(SAMPLES / "application_dev_14472.parquet")).drop_columns(["source"])
        self._tables |= {"application_train": real, "application_test": real.slice(0, 0)}

    def tables(self) -> dict[str, pa.Schema]:
        return {name: table.schema for name, table in self._tables.items()}

    def read(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        return iter(self._tables[table].select(columns or self._tables[table].column_names).to_batches())


def profile(portfolio: Portfolio) -> dict:
    whole = profile_of(portfolio, Samples(portfolio))
    children = {
        name: {key: value for key, value in child.items() if key != "of"} for name, child in whole["children"].items()
    }
    return {**whole, "children": children}


def _names(portfolio: Portfolio) -> list[str]:
    return [name for table in portfolio.tables.values() for name in table.source_names]


def _plain(table: pa.Table) -> pa.Table:
    """Texts as strings, integers of one width: what a CSV of the same rows would be read as."""
    return pa.table({name: _column(table[name]) for name in table.column_names})


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_integer(column.type):
        return column.cast(pa.int64())
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), None, column.cast(pa.float64()))
    return column.cast(pa.string())


if __name__ == "__main__":
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "portfolios" / "home_credit" / "profile.json"
    out.write_text(to_json(profile(load_portfolio(sys.argv[1]))), encoding="utf-8")
    print(out)
