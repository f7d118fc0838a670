"""Does the engine keep to its memory, read only what it was opened for, and write nothing?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.engines import open_engine
from fiador.adapters.engines.limits import memory_bytes
from fiador.errors import DataError
from fiador.use_cases.ports import Engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    pq.write_table(pa.table({"id": [1, 2], "paid": [1.5, None]}), tmp_path / "store" / "a.parquet")
    pq.write_table(pa.table({"id": [3], "late": [True]}), tmp_path / "store" / "b.parquet")
    pq.write_table(pa.table({"id": [9]}), tmp_path / "other.parquet")
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Engine:
    return open_engine(reads=[str(folder / "store")])


def test_attached_files_are_one_table_null_where_a_file_lacks_the_column(engine: Engine, folder: Path) -> None:
    engine.attach("loans", [str(folder / "store" / name) for name in ("a.parquet", "b.parquet")], ["id", "paid"])
    rows = engine.query("SELECT * FROM loans ORDER BY id").to_pylist()
    assert rows == [{"id": 1, "paid": 1.5}, {"id": 2, "paid": None}, {"id": 3, "paid": None}]


def test_rows_of_one_statement_go_before_an_attached_table(engine: Engine, folder: Path) -> None:
    engine.attach("loans", [str(folder / "store" / "a.parquet")], ["id"])
    asked = engine.query("SELECT id FROM loans", tables={"loans": pa.table({"id": [70]})})
    assert asked.column("id").to_pylist() == [70]
    assert engine.query("SELECT count(*) AS n FROM loans").column("n")[0].as_py() == 2


def test_a_file_elsewhere_cannot_be_attached(engine: Engine, folder: Path) -> None:
    with pytest.raises(DataError, match=r"loans: can't be read by the engine \(Permission Error"):
        engine.attach("loans", [str(folder / "other.parquet")], ["id"])


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_parquet('{folder}/other.parquet')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1 AS one) TO '{folder}/written.parquet'",
        "ATTACH '{folder}/new.duckdb' AS other",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_nothing_else_on_the_disk_is_reached(engine: Engine, folder: Path, statement: str) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(DataError, match="the engine refused a statement"):
        engine.query(statement.format(folder=folder))
    assert sorted(folder.rglob("*")) == before


def test_an_engine_opened_for_nothing_reads_nothing(folder: Path) -> None:
    with pytest.raises(DataError, match="Permission Error"):
        open_engine().query(f"SELECT * FROM read_parquet('{folder}/store/a.parquet')")


def test_what_does_not_fit_in_memory_is_spilled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = open_engine(memory=memory_bytes("64MB"))
    (spill,) = tmp_path.iterdir()
    drawn = np.random.default_rng(0).random(15_000_000)  # 120 MB, more than it may take
    schema = pa.schema([("paid", pa.float64())])
    engine.load("payments", schema, pa.Table.from_arrays([drawn], schema=schema).to_batches(100_000))
    assert any(spill.iterdir())
    total = engine.query("SELECT sum(paid) AS total FROM payments").column("total")[0].as_py()
    assert total == pytest.approx(drawn.sum())
    del engine
    assert not spill.exists()


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    engine = open_engine(memory=memory_bytes("64MB"))
    with pytest.raises(
        DataError, match=r"there is too little memory for this\. .* Give it more: --memory, or FIADOR_M"
    ):
        engine.query("SELECT list(range) AS every FROM range(50000000)")


@pytest.mark.parametrize("size", ["much", "4", "-4GB", "1MB", "4GBs", ""])
def test_an_amount_of_memory_is_a_number_and_a_unit(size: str) -> None:
    with pytest.raises(DataError, match=r"is no amount of memory to work with\. Write 4GB, or 512MB\."):
        memory_bytes(size)
