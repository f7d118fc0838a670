"""Does DuckDB, reading a file by itself, get the rows the file's source hands on?"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.sources import open_source
from fiador.adapters.sources.files import CsvFile
from fiador.adapters.sources.folder import Folder
from fiador.adapters.sources.native import likely_tables, scan
from fiador.errors import DataError

ODD = [
    "", "0", "7", "-7", "007", "-0", "+7", " 7", "7 ", "1.5", "2.", ".5", "1e3", "1E-2", "1_000", "0x1F", "inf", "nan",
    "123456789012345678", "1234567890123456789", "12345678901234567890", "2020-02-29", "2021-02-29", "2020-2-9",
    "0000-01-01", "2020-02-29 24:00:00", "2020-02-29T01:02", "2020-02-29 01:02:03.123456", "true", "TRUE", "yes",
    "NULL", "#", "two\nlines", 'say "no"', "a,b", "a;b", "São", "\t", "'", "\\", "\\N", "  ",
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(ODD),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=5),
)


def _read_natively(path: Path, types: dict) -> pa.Table | None:
    """What DuckDB makes of the file by itself; None where it leaves the reading to the source."""
    source = open_source(path.parent, types=types)
    try:
        found = scan(source, path.stem, likely_tables(source)[path.stem])
    except DataError:  # not even its beginning can be read: the source says why
        return None
    if found is None:
        return None
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    try:
        return connection.execute(found.sql).to_arrow_table()
    except duckdb.Error:
        return None


def _as_its_source(path: Path, types: dict) -> pa.Table:
    source = open_source(path.parent, types=types)
    return pa.Table.from_batches(source.read(path.stem), schema=source.tables()[path.stem])


def _same(one: pa.Table, other: pa.Table) -> bool:
    """Types and values alike, NaN and -0 told apart from null and 0."""
    return one.schema == other.schema and [str(row) for row in one.to_pylist()] == [str(r) for r in other.to_pylist()]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, st.booleans()), max_size=6),
    declared=st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["text", "integer", "number", "boolean", "date", "timestamp"]),
        max_size=2,
    ),
    mark=st.sampled_from([",", ";", "\t"]),
)
def test_what_duckdb_reads_from_delimited_text_is_what_its_source_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: list, declared: dict, mark: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "loans.csv"
    text = io.StringIO()
    for first, second, quoted in [("a", "b", False), *rows]:
        csv.writer(
            text, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        ).writerow([first, second])
    path.write_bytes(text.getvalue().encode())
    found = _read_natively(path, {"loans": declared})
    if found is not None:
        assert _same(found, _as_its_source(path, {"loans": declared}))


@pytest.mark.parametrize("cell", ["x\ry", "x\r"])
def test_a_bare_carriage_return_ends_a_line_for_both(tmp_path: Path, cell: str) -> None:
    (tmp_path / "loans.csv").write_bytes(f"a,b\n1,2\n{cell},3\n".encode())
    assert _read_natively(tmp_path / "loans.csv", {}) is None
    with pytest.raises(DataError, match="cells, the header 2"):
        _as_its_source(tmp_path / "loans.csv", {})


@pytest.mark.parametrize(
    "rows",
    ["1,2.5\n-3,\n", '"1","x, y"\n2,"two\nlines"\n', "", "1,\n,\n", "\n1,2\n\n", "1,2020-02-29\r\n2,2021-03-01\r\n"],
)
def test_plain_delimited_text_is_read_by_duckdb(tmp_path: Path, rows: str) -> None:
    end = "\r\n" if "\r" in rows else "\n"
    (tmp_path / "loans.csv").write_bytes(f"a,b{end}{rows}".encode())
    found = _read_natively(tmp_path / "loans.csv", {})
    assert found is not None
    assert _same(found, _as_its_source(tmp_path / "loans.csv", {}))


@pytest.mark.parametrize("late", ["0x1F", "007", " 7", "1.5", "seven", '""', "12345678901234567890"])
def test_a_cell_that_is_not_plainly_of_its_type_is_left_to_the_source(tmp_path: Path, late: str) -> None:
    (tmp_path / "loans.csv").write_text("a,b\n" + "1,x\n" * 5000 + f"{late},x\n")
    assert _read_natively(tmp_path / "loans.csv", {"loans": {"a": "integer"}}) is None


def test_the_beginning_of_a_file_types_a_column_as_soon_as_it_shows_a_value(tmp_path: Path) -> None:
    wide = "x" * 200
    lines = [f"{wide},,\n"] * 40_000 + [f"{wide},2.5,\n"]  # past the first block
    (tmp_path / "loans.csv").write_text("a,b,c\n" + "".join(lines))
    likely = CsvFile(tmp_path / "loans.csv").likely
    assert likely == pa.schema([("a", pa.string()), ("b", pa.float64()), ("c", pa.string())])


def test_the_names_of_a_folder_cost_no_reading_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loans.csv").write_text("a,b\n1,2\n")
    monkeypatch.setattr(CsvFile, "_texts", lambda self: pytest.fail("read"))
    source = open_source(tmp_path)
    assert isinstance(source, Folder)
    assert source.names() == ["loans"]


STATED = {
    "whole": pa.array([1, None, -3], pa.int32()), "long": pa.array([2**62, None, 0], pa.int64()),
    "short": pa.array([1.5, float("nan"), None], pa.float32()), "double": pa.array([0.1, float("inf"), None]),
    "text": pa.array(["", None, "São"]), "large": pa.array(["a", None, ""], pa.large_string()),
    "level": pa.array(["a", "b", None]).dictionary_encode(), "truth": pa.array([True, None, False]),
    "day": pa.array([date(2020, 2, 29), None, date(1, 1, 1)]),
    "money": pa.array([Decimal("1.10"), None, Decimal("-2.00")], pa.decimal128(12, 2)),
}  # fmt: skip


def test_parquet_read_by_duckdb_is_what_its_source_reads(tmp_path: Path) -> None:
    pq.write_table(pa.table(STATED), tmp_path / "loans.parquet")
    found = _read_natively(tmp_path / "loans.parquet", {})
    assert found is not None
    assert _same(found, _as_its_source(tmp_path / "loans.parquet", {}))


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us", "America/Sao_Paulo"), pa.timestamp("ns"), pa.uint64(), pa.time32("s"), pa.null()],
)
def test_types_the_two_might_read_differently_are_left_to_the_source(tmp_path: Path, kind: pa.DataType) -> None:
    moment = [datetime(2020, 2, 29, 1, 2, 3), None] if pa.types.is_timestamp(kind) else [None, None]
    pq.write_table(pa.table({"a": pa.array(moment, kind)}), tmp_path / "loans.parquet")
    source = open_source(tmp_path)
    assert scan(source, "loans", source.tables()["loans"]) is None


def test_a_path_that_reads_as_a_pattern_is_left_to_the_source(tmp_path: Path) -> None:
    (tmp_path / "loans [2].csv").write_text("a,b\n1,2\n")
    source = open_source(tmp_path)
    assert scan(source, "loans [2]", source.tables()["loans [2]"]) is None
