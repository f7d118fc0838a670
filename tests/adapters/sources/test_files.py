"""Are CSV and Parquet files read as what they say, and folders told by content?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from sqlite3 import connect

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fiador.adapters.sources import FORMATS, SOURCES, open_source, passed_over
from fiador.adapters.sources.columns import DeclaredTypes
from fiador.errors import DataError


def _file(tmp_path: Path, content: str | bytes, name: str = "loans.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _table(path: Path, table: str = "loans", types: DeclaredTypes | None = None) -> pa.Table:
    source = open_source(path, types=types)
    return pa.Table.from_batches(source.read(table), schema=source.tables()[table])


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", ""], pa.int64(), [1, -2, None]),
        (["1", "2.50"], pa.float64(), [1.0, 2.5]),
        (["1e3", "-0.5"], pa.float64(), [1000.0, -0.5]),
        (["00123", "7"], pa.string(), ["00123", "7"]),
        (["-007"], pa.string(), ["-007"]),
        (["007.5"], pa.string(), ["007.5"]),
        (["1234567890123456789"], pa.string(), ["1234567890123456789"]),
        (["2020-02-29", ""], pa.date32(), [date(2020, 2, 29), None]),
        (["2021-02-29"], pa.string(), ["2021-02-29"]),
        (["2020-02-29 01:02:03"], pa.timestamp("us"), [datetime(2020, 2, 29, 1, 2, 3)]),
        (["2020-02-29", "soon"], pa.string(), ["2020-02-29", "soon"]),
        (["true", "false"], pa.string(), ["true", "false"]),
        (["", ""], pa.string(), [None, None]),
        (['""', "a"], pa.string(), ["", "a"]),
        (["NULL", "nan"], pa.string(), ["NULL", "nan"]),
        (['"a,b"', '"say ""no"""', '"two\nlines"'], pa.string(), ["a,b", 'say "no"', "two\nlines"]),
    ],
)
def test_an_undeclared_column_is_what_all_its_values_can_be(
    cells: list[str], kind: pa.DataType, values: list[object], tmp_path: Path
) -> None:
    lines = "".join(f"k,{cell}\n" for cell in cells)
    column = _table(_file(tmp_path, f"key,value\n{lines}"))["value"]
    assert (column.type, column.to_pylist()) == (kind, values)


def test_a_late_value_changes_the_type_of_the_whole_column(tmp_path: Path) -> None:
    body = "".join(f"{n},{'x' * 100}\n" for n in range(100_000))
    table = _table(_file(tmp_path, f"n,filler\n{body}00123,x\n"))
    assert table.num_rows == 100_001
    assert table["n"].to_pylist()[-2:] == ["99999", "00123"]


def test_a_declared_type_is_the_type(tmp_path: Path) -> None:
    types = {"loans": {"id": "text", "paid": "boolean", "rate": "number"}}
    table = _table(_file(tmp_path, "id,paid,rate\n7,true,3\n8,,\n"), types=types)
    assert table.to_pylist() == [
        {"id": "7", "paid": True, "rate": 3.0},
        {"id": "8", "paid": None, "rate": None},
    ]


@pytest.mark.parametrize(
    "content",
    [
        "id;n\na;1\n",
        "id\tn\na\t1\n",
        "id,n\na,1",
        "id,n\r\na,1\r\n",
        "\ufeffid,n\na,1\n",
        '"id","n"\n"a","1"\n',
        "id,n\n\na,1\n\n",
    ],
)
def test_every_common_way_to_delimit_says_the_same(content: str, tmp_path: Path) -> None:
    assert _table(_file(tmp_path, content)).to_pylist() == [{"id": "a", "n": 1}]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    table = _table(_file(tmp_path, "id,n\n"))
    assert (table.num_rows, table.column_names) == (0, ["id", "n"])


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    assert _table(_file(tmp_path, ",n\n1,2\n")).column_names == ["column_1", "n"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,n\na,1\nb,2,3\n", r"loans\.csv: line 3 has 3 cells, the header 2"),
        ('id,n\n"a\na",1\nb\n', r"loans\.csv: line 4 has 1 cells, the header 2"),
        ("id,id\na,1\n", "the header names column 'id' twice"),
        ("", "the first line names no columns"),
        (
            "id,n\nSão,1\n".encode("latin-1"),
            r"byte 0xe3 at offset 6 \(line 2\) isn't UTF-8. Save the file as UTF-8",
        ),
        ("São,n\n1,1\n".encode("latin-1"), r"byte 0xe3 at offset 1 \(line 1\) isn't UTF-8"),
        ("id,n\na,1\n".encode("utf-16"), "the file is UTF-16"),
        ('id,n\n"a,1\nb,2\n', "can't be read as delimited text|cells, the header 2"),
    ],
)
def test_a_broken_file_says_where_it_breaks(content: str | bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        _table(_file(tmp_path, content))


def test_a_file_that_cant_be_read_is_passed_over_where_nobody_needs_it(tmp_path: Path) -> None:
    _file(tmp_path, "id,n\na,1\n")
    (tmp_path / "notes.csv").write_bytes("text\nS\xe3o\n".encode("latin-1"))
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"notes\.csv.*isn't UTF-8|torn\.parquet.*can't be read as Parquet"):
        open_source(tmp_path).tables()
    source = open_source(tmp_path, needed=["loans"])
    assert list(source.tables()) == ["loans"]
    assert list(passed_over(source)) == ["torn.parquet", "notes.csv"]
    assert "isn't UTF-8" in passed_over(source)["notes.csv"]
    with pytest.raises(DataError, match=r"notes\.csv.*isn't UTF-8"):
        open_source(tmp_path, needed=["loans", "notes"]).tables()
    with pytest.raises(DataError, match=r"torn\.parquet: can't be read as Parquet"):  # it may hold what is needed
        open_source(tmp_path, needed=["people"]).tables()


def test_a_folder_none_of_whose_files_can_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_bytes("text\nS\xe3o\n".encode("latin-1"))
    with pytest.raises(DataError, match="isn't UTF-8"):
        open_source(tmp_path, needed=()).tables()


def test_a_date_that_is_none_is_told_by_its_row_wherever_it_stands(tmp_path: Path) -> None:
    path = _file(tmp_path, "id,day\n" + "a,2020-01-01\n" * 400_000 + "b,2020-13-01\n")
    with pytest.raises(DataError, match="column 'day', row 400,001: '2020-13-01' isn't of its type, date"):
        _table(path, types={"loans": {"id": "text", "day": "date"}})


def test_blanks_around_a_declared_number_are_no_part_of_it(tmp_path: Path) -> None:
    path = _file(tmp_path, 'id,n,x\n a, 1 ,"2.5 "\nb,,\n')
    assert _table(path, types={"loans": {"n": "integer", "x": "number"}}).to_pylist() == [
        {"id": " a", "n": 1, "x": 2.5},
        {"id": "b", "n": None, "x": None},
    ]


def test_several_tables_may_be_read_at_a_time_where_each_is_a_file_of_its_own(tmp_path: Path) -> None:
    _file(tmp_path, "id,n\na,1\n", "loans.csv")
    assert open_source(tmp_path).apart
    connect(tmp_path / "more.sqlite").execute("CREATE TABLE people (id TEXT)")
    assert not open_source(tmp_path).apart


def test_a_cell_that_is_not_of_its_declared_type_is_named(tmp_path: Path) -> None:
    path = _file(tmp_path, "id,n\na,1\nb,\nc,many\n")
    with pytest.raises(DataError, match=r"loans\.csv: column 'n', row 3: 'many' isn't of its type, integer. Mend"):
        _table(path, types={"loans": {"n": "integer"}})


def test_parquet_types_become_the_plain_ones(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array(["a", None]).dictionary_encode(),
            "n": pa.array([1, 2], pa.int16()),
            "x": pa.array([1.5, None], pa.float32()),
            "at": pa.array([datetime(2020, 1, 1), None], pa.timestamp("ns", "UTC")),
            "none": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "loans.anything")
    read = _table(tmp_path)
    assert read.schema.types == [pa.string(), pa.int64(), pa.float64(), pa.timestamp("us"), pa.string()]
    assert read["at"].to_pylist() == [datetime(2020, 1, 1), None]


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"loans\.parquet: can't be read as Parquet .*Copy the file again"):
        open_source(_file(tmp_path, b"PAR1 but no more", "loans.parquet")).tables()


# --- folders ------------------------------------------------------------------------------------------------


def test_a_folder_may_mix_formats_and_hold_other_things(tmp_path: Path) -> None:
    _file(tmp_path, "CREATE TABLE `people` (`id` text);\n", "people.csv")
    _file(tmp_path, "id;n\na;1\n", "loans.data")
    _file(tmp_path, "# Loans, and how they came\n\nSome words, some more.\n", "README.md")
    _file(tmp_path, "# Loans\n\nUse this:\n\n```\nCREATE TABLE loans (id text);\n```\n", "HOWTO.md")
    _file(tmp_path, '{"a": 1,\n "b": 2}\n', "notes.json")
    _file(tmp_path, b"\0\1\2,\n\3", "blob.bin")
    pq.write_table(pa.table({"id": ["i"]}), tmp_path / "ids")
    (tmp_path / "sub").mkdir()
    assert sorted(open_source(tmp_path).tables()) == ["ids", "loans", "people"]


def test_one_table_in_two_files_names_both(tmp_path: Path) -> None:
    _file(tmp_path, "id,n\na,1\n")
    _file(tmp_path, "CREATE TABLE `loans` (`id` text);\n", "dump.sql")
    with pytest.raises(DataError, match=r"table 'loans' stands in two files: .*dump\.sql and .*loans\.csv"):
        open_source(tmp_path).tables()


def test_a_folder_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "alura_cash").mkdir()
    with pytest.raises(DataError, match=r"there is no such folder. Did you mean 'alura_cash'?"):
        open_source(tmp_path / "alura_cahs")


def test_a_folder_without_tables_says_what_it_found_and_what_a_table_is(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no tables here, the folder is empty.*mysqldump text"):
        open_source(tmp_path).tables()
    _file(tmp_path, "just words\n", "notes.txt")
    with pytest.raises(DataError, match=r"no tables here \(found notes.txt\)"):
        open_source(tmp_path).tables()


def test_what_lies_beside_is_not_recited_where_nothing_near_is_there(tmp_path: Path) -> None:
    for name in ("b", "notes.txt", "private"):
        (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=r"there is no such folder. Give a folder with the raw tables, one file"):
        open_source(tmp_path / "alba")


def test_a_packed_dump_is_to_be_unpacked_first(tmp_path: Path) -> None:
    (tmp_path / "loans.sql.gz").write_bytes(b"\x1f\x8b")
    for place in (tmp_path, tmp_path / "loans.sql.gz"):
        with pytest.raises(DataError, match=r"'loans.sql.gz' is packed. Unpack it first, and name what came out."):
            open_source(place).tables()


def test_an_unknown_scheme_is_named_and_its_password_is_not() -> None:
    with pytest.raises(DataError, match=r"no source reads 'oracle://'. Known: a store") as caught:
        open_source("oracle://scott:tiger@bank/loans")
    assert "tiger" not in str(caught.value)


def test_an_unknown_table_of_a_folder_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no table 'loan'. Did you mean 'loans'?"):
        list(open_source(_file(tmp_path, "id,n\na,1\n").parent).read("loan"))


def test_every_variant_says_what_it_is() -> None:
    assert [row.name for row in SOURCES] == ["store", "folder", "mysql", "postgres", "sqlite"]
    assert [row.name for row in FORMATS] == ["parquet", "sqlite", "pg_dump", "dump", "csv"]
    assert all(row.says for row in (*SOURCES, *FORMATS))
