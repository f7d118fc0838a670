"""Does what is written come back the same, from our reader and from a real server?"""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.simulation.write import insert_lines, write_tables
from fiador.adapters.sources import open_source
from fiador.errors import DataError

WRITTEN_AT = datetime(2026, 1, 2, 3, 4, 5)
AWKWARD = st.text(st.sampled_from(list("'\"\\,();`\n\r\t\0\x1a %_abNUL-/*#é漢😀")), max_size=12) | st.sampled_from(
    [
        "NULL",
        "),(",
        "'),('",
        "\\",
        "\\\\'",
        "\\'",
        "-- no comment",
        "/* nor this */",
        ";\n",
        "0000-00-00",
        "00123",
        "\\%",
    ]
)
TEXTS = st.none() | AWKWARD | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "other text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "truth": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("us"),
        "money": pa.decimal128(12, 2),
    }
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": TEXTS,
            "other text": TEXTS,
            "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
            "number": st.none() | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
            "truth": st.none() | st.booleans(),
            "day": st.none() | st.dates(date(1000, 1, 1)),
            "moment": st.none() | st.datetimes(datetime(1000, 1, 1)),
            "money": st.none() | st.decimals(-(10**9), 10**9, places=2),
        }
    ),
    max_size=8,
)


def _read(folder: Path, table: str) -> pa.Table:
    source = open_source(folder)
    return pa.Table.from_batches(source.read(table), schema=source.tables()[table])


@given(ROWS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_as_a_dump_is_read_back_the_same(rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    with tempfile.TemporaryDirectory() as folder:
        write_tables({"loans": table}, Path(folder), format="dump", database="bank", written_at=WRITTEN_AT)
        assert _read(Path(folder), "loans").to_pylist() == table.to_pylist()


@given(st.lists(TEXTS, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_texts_written_as_csv_are_read_back_the_same(texts: list[str | None]) -> None:
    table = pa.table({"key": ["k"] * len(texts), "text": pa.array(texts, pa.string())})
    with tempfile.TemporaryDirectory() as folder:
        write_tables({"loans": table}, Path(folder), format="csv", database="bank", written_at=WRITTEN_AT)
        source = open_source(folder, types={"loans": {"key": "text", "text": "text"}})
        assert pa.Table.from_batches(source.read("loans")).to_pylist() == table.to_pylist()


def test_parquet_is_read_back_the_same(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{"text": "00123", "money": Decimal("1.50"), "day": date(2020, 2, 29)}], schema=SCHEMA)
    write_tables({"loans": table}, tmp_path, format="parquet", database="bank", written_at=WRITTEN_AT)
    assert _read(tmp_path, "loans").to_pylist() == table.to_pylist()


def test_no_line_of_a_dump_is_longer_than_a_megabyte_and_no_row_is_lost() -> None:
    table = pa.table({"text": ["x" * 1000] * 3000})
    lines = list(insert_lines("loans", table))
    assert len(lines) == 3
    assert max(map(len, lines)) <= 1 << 20
    assert sum(line.count("x" * 1000) for line in lines) == 3000


def test_nothing_is_left_beside_a_table_that_cannot_be_written(tmp_path: Path) -> None:
    table = pa.table({"nested": [[1, 2]]})
    with pytest.raises(DataError, match=r"loans: column 'nested' is of type list<.*>, which no dump can hold"):
        write_tables({"loans": table}, tmp_path, format="dump", database="bank", written_at=WRITTEN_AT)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DataError, match=r"taken: can't be made \(File exists\)"):
        write_tables({}, tmp_path / "taken", format="csv", database="bank", written_at=WRITTEN_AT)


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no format 'parket'. Did you mean 'parquet'?"):
        write_tables({}, tmp_path, format="parket", database="bank", written_at=WRITTEN_AT)


SERVER = urlsplit(os.environ.get("FIADOR_MYSQL_URL", ""))
DATABASE = "fiador_round_trip"
EXTRAS = b"""
CREATE VIEW `it's a view` AS SELECT `whole`, 'a;b' AS `x` FROM `loans`;
DELIMITER ;;
CREATE TRIGGER `t` BEFORE INSERT ON `loans` FOR EACH ROW BEGIN
  -- it's a trap
  SET NEW.`whole` = 1; END ;;
CREATE PROCEDURE `p`() BEGIN INSERT INTO `loans` (`whole`) VALUES (1); END ;;
DELIMITER ;
"""


def _client(program: str, *words: str, database: str = "", stdin: bytes = b"") -> bytes:
    login = ["-h", SERVER.hostname or "", "-P", str(SERVER.port or 3306), "-u", SERVER.username or "root"]
    env = {**os.environ, "MYSQL_PWD": SERVER.password or ""}
    command = [program, "--default-character-set=utf8mb4", *login, *words, *([database] if database else [])]
    return subprocess.run(command, input=stdin, env=env, check=True, capture_output=True).stdout


@pytest.mark.skipif(not SERVER.hostname, reason="FIADOR_MYSQL_URL names no server")
@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--complete-insert"],
        ["--skip-extended-insert"],
        ["--compact"],
        ["--replace"],
        ["--hex-blob"],
        ["--routines"],
        ["--insert-ignore"],
        ["--databases"],
    ],
)
def test_a_real_server_loads_our_dump_and_its_own_dump_reads_back_the_same(options: list[str], tmp_path: Path) -> None:
    awkward = [
        "it's",
        'say "no"',
        "back\\slash",
        "\\'",
        "),(",
        "a;\nb",
        "-- c",
        "/* d */",
        "é漢😀",
        "",
        None,
        "\0\x1a\r\t",
        "\\%\\_",
    ]
    count = len(awkward)
    table = pa.table(
        {
            "text": pa.array(awkward, pa.string()),
            "other text": pa.array(reversed(awkward), pa.string()),
            "whole": pa.array([*range(count - 1), None], pa.int64()),
            "number": pa.array([0.1 * i for i in range(count)], pa.float64()),
            "truth": pa.array([True, False, None, *[True] * (count - 3)], pa.bool_()),
            "day": pa.array([date(2020, 2, 29)] * count, pa.date32()),
            "moment": pa.array([datetime(2020, 2, 29, 1, 2, 3, 4)] * count, pa.timestamp("us")),
            "money": pa.array([Decimal("-12.30")] * count, pa.decimal128(12, 2)),
        }
    )
    (path,) = write_tables({"loans": table}, tmp_path / "ours", format="dump", database="bank", written_at=WRITTEN_AT)
    _client("mariadb", "-e", f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    try:
        _client("mariadb", database=DATABASE, stdin=path.read_bytes())
        _client("mariadb", database=DATABASE, stdin=EXTRAS)
        (tmp_path / "theirs.sql").write_bytes(_client("mariadb-dump", *options, database=DATABASE))
    finally:
        _client("mariadb", "-e", f"DROP DATABASE IF EXISTS {DATABASE}")
    assert _read(tmp_path / "theirs.sql", "loans").to_pylist() == table.to_pylist()
