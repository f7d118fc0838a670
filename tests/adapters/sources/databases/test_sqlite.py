"""Is a SQLite file read by what its columns are declared as, and a value that isn't of its type named?"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from fiador.adapters.sources import open_source
from fiador.errors import DataError


def _file(tmp_path: Path, script: str, name: str = "bank.db") -> Path:
    path = tmp_path / name
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        connection.commit()
    return path


def _table(path: Path | str, table: str = "loans", **types: dict[str, str]) -> pa.Table:
    source = open_source(path, types=types)
    return pa.Table.from_batches(source.read(table), schema=source.tables()[table])


def test_a_declared_type_is_the_type_other_sources_give_it(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "CREATE TABLE loans (id integer PRIMARY KEY, n bigint, rate double, money decimal(12,2), plain numeric,"
        " name varchar(9), note text, extra json, flag boolean, day date, moment datetime, stamp timestamp, raw blob);"
        "INSERT INTO loans VALUES (1, 9007199254740993, 0.1, 12.3, 5, '00123', ' é漢😀 ', '{}', 1, '2020-02-29',"
        " '2020-02-29 01:02:03', '2020-02-29T01:02:03.000004Z', x'00ff'), (2" + ", NULL" * 12 + ");",
    )
    moment = datetime(2020, 2, 29, 1, 2, 3)
    assert _table(path).to_pylist()[0] == {
        "id": 1, "n": 9007199254740993, "rate": 0.1, "money": Decimal("12.30"), "plain": 5.0, "name": "00123",
        "note": " é漢😀 ", "extra": "{}", "flag": True, "day": date(2020, 2, 29), "moment": moment,
        "stamp": moment.replace(microsecond=4), "raw": b"\0\xff",
    }  # fmt: skip
    assert [str(kind) for kind in _table(path).schema.types] == [
        "int64", "int64", "double", "decimal128(12, 2)", "double", "string", "string", "string", "bool",
        "date32[day]", "timestamp[us]", "timestamp[us]", "binary",
    ]  # fmt: skip


def test_an_empty_text_is_missing_among_numbers_and_stays_among_texts(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int, x real, name text); INSERT INTO loans VALUES ('', '', '');")
    assert _table(path).to_pylist() == [{"id": None, "x": None, "name": ""}]


def test_a_number_written_as_text_is_a_number(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (n bigint, x blob); INSERT INTO loans VALUES ('7', 'a'), (8, 'b');")
    assert _table(path).to_pylist() == [{"n": 7, "x": b"a"}, {"n": 8, "x": b"b"}]


def test_a_view_is_of_the_type_all_its_values_have(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "CREATE TABLE t (a int, b real); INSERT INTO t VALUES (1, 0.5), (2, NULL);"
        "CREATE VIEW loans AS SELECT a + 1 AS n, a * b AS x, 'it''s ' || a AS s, NULL AS nobody FROM t;",
    )
    assert _table(path) == pa.table(
        {"n": [2, 3], "x": [0.5, None], "s": ["it's 1", "it's 2"], "nobody": pa.nulls(2, pa.string())}
    )


def test_a_portfolio_declares_what_the_file_cannot(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (day text, n text); INSERT INTO loans VALUES ('2020-02-29', '00123');")
    assert _table(path).to_pylist() == [{"day": "2020-02-29", "n": "00123"}]
    assert _table(path, loans={"day": "date"}).to_pylist() == [{"day": date(2020, 2, 29), "n": "00123"}]


@pytest.mark.parametrize(
    ("declared", "value", "words"),
    [
        ("int", "'many'", "row 2: 'many' isn't of its type, int64. Mend the value, or declare the column as text"),
        ("int", "1.5", "row 2: '1.5' isn't of its type, int64"),
        ("real", "'much'", "row 2: 'much' isn't of its type, double"),
        ("date", "20200229", "row 2: '20200229' isn't of its type, date32"),
        ("text", "x'ff'", r"row 2: .*xff.* isn't of its type, string"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_named(declared: str, value: str, words: str, tmp_path: Path) -> None:
    path = _file(tmp_path, f"CREATE TABLE loans (c {declared}); INSERT INTO loans VALUES (NULL), ({value});")
    with pytest.raises(DataError, match=rf"bank\.db: loans: column 'c', {words}"):
        _table(path)


def test_a_column_nobody_reads_makes_no_table_unreadable(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int, n int); INSERT INTO loans VALUES (1, 'many');")
    assert pa.Table.from_batches(open_source(path).read("loans", ["id"])).to_pylist() == [{"id": 1}]


def test_many_rows_come_in_batches(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "CREATE TABLE loans (id int); INSERT INTO loans WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 100000) SELECT i FROM n;",
    )
    assert [len(batch) for batch in open_source(path).read("loans")] == [65_536, 34_464]


def test_a_url_names_a_file_from_here_and_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int);", "ban k.db")
    monkeypatch.chdir(tmp_path)
    assert list(open_source("sqlite:///ban%20k.db").tables()) == ["loans"]
    assert list(open_source(f"sqlite:///{path}").tables()) == ["loans"]


def test_what_is_no_sqlite_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("just words\n")
    with pytest.raises(DataError, match=r"is no SQLite file. Name the file as it is, without sqlite://"):
        open_source(f"sqlite:///{tmp_path}/notes.txt")
    with pytest.raises(DataError, match=r"can't be opened \(No such file or directory\). Write sqlite:///PATH"):
        open_source("sqlite:///none.db")


def test_a_broken_or_empty_file_is_said(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int); INSERT INTO loans VALUES (1);")
    path.write_bytes(path.read_bytes()[:200] + b"\xff" * 200)
    with pytest.raises(DataError, match=r"bank\.db: (?:loans: )?is damaged"):
        _table(path)
    with pytest.raises(DataError, match=r"empty\.db: holds no tables"):
        open_source(_file(tmp_path, "CREATE TABLE t (id int); DROP TABLE t;", "empty.db")).tables()


def test_text_in_another_encoding_is_said(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (name text); INSERT INTO loans VALUES (CAST(x'e9' AS TEXT));")
    with pytest.raises(DataError, match=r"loans: holds text that isn't UTF-8"):
        _table(path)


def test_a_file_that_is_being_written_is_read_or_said(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int); INSERT INTO loans VALUES (1);")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO loans VALUES (2)")
        assert _table(path).num_rows == 1


def test_a_file_in_a_folder_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "read_only"
    folder.mkdir()
    path = _file(folder, "PRAGMA journal_mode = WAL; CREATE TABLE loans (id int); INSERT INTO loans VALUES (1);")
    path.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert _table(path).num_rows == 1
    finally:
        folder.chmod(stat.S_IRWXU)


def test_nothing_is_written_beside_it(tmp_path: Path) -> None:
    path = _file(tmp_path, "CREATE TABLE loans (id int); INSERT INTO loans VALUES (1);")
    before = path.read_bytes()
    _table(path)
    assert os.listdir(tmp_path) == ["bank.db"]
    assert path.read_bytes() == before


def test_a_sqlite_file_stands_in_a_folder_like_any_other(tmp_path: Path) -> None:
    _file(tmp_path, "CREATE TABLE loans (id int); CREATE TABLE people (id int);", "anything")
    (tmp_path / "ids.csv").write_text("id,n\na,1\n")
    assert sorted(open_source(tmp_path).tables()) == ["ids", "loans", "people"]
