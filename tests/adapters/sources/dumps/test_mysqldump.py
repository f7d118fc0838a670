"""Is a dump read as the server would read it, and a broken one refused in words that help?"""

from __future__ import annotations

import os
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.sources import open_source
from fiador.errors import DataError

SHARED = Path(os.environ.get("FIADOR_SHARED", "../shared")) / "data" / "alura_cash"
LOANS = "CREATE TABLE `loans` (\n  `id` varchar(16) DEFAULT NULL,\n  `amount` int DEFAULT NULL\n);\n"
HEADER = "-- MySQL dump 10.13  Distrib 8.0.30, for Linux (x86_64)\n--\n"
TRAILER = "-- Dump completed on 2026-01-02  3:04:05\n"


def _file(tmp_path: Path, text: str | bytes, name: str = "loans.sql") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _rows(path: Path, table: str = "loans") -> list[tuple[object, ...]]:
    source = open_source(path)
    read = pa.Table.from_batches(source.read(table), schema=source.tables()[table])
    return list(zip(*(column.to_pylist() for column in read.columns), strict=True))


# --- what is read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"'it\'s'", "it's"),
        ("'it''s'", "it's"),
        (r"'\''", "'"),
        (r"'\\'", "\\"),
        (r"'\\\''", "\\'"),
        (r"'\\\\'", "\\\\"),
        (r"'\"quoted\"'", '"quoted"'),
        (r"'a\nb\rc\td\0e\Zf\bg'", "a\nb\rc\td\0e\x1af\bg"),
        (r"'100\% of \_all'", r"100\% of \_all"),
        (r"'\q'", "q"),
        ("'a),(b'", "a),(b"),
        ("'a;\nINSERT INTO `x` VALUES (1);\n'", "a;\nINSERT INTO `x` VALUES (1);\n"),
        ("'-- no comment'", "-- no comment"),
        ("'/* nor this */ # or this'", "/* nor this */ # or this"),
        ("'NULL'", "NULL"),
        ("NULL", None),
        ("''", ""),
        ("'00123'", "00123"),
        ("'  blanks stay  '", "  blanks stay  "),
        ("'é漢😀'", "é漢😀"),
        ("'_binary'", "_binary"),
    ],
)
def test_a_text_is_what_the_server_would_say(written: str, meant: str | None, tmp_path: Path) -> None:
    path = _file(tmp_path, LOANS + f"INSERT INTO `loans` VALUES ({written},1),('next',2);\n")
    assert _rows(path) == [(meant, 1), ("next", 2)]


# What may stand between two quotes, piece by piece, and what each piece means.
PIECES = {
    "''": "'", r"\'": "'", r"\\": "\\", r'\"': '"', '"': '"', r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\0": "\0",
    r"\Z": "\x1a", r"\b": "\b", r"\%": r"\%", r"\_": r"\_", r"\x": "x", "\n": "\n",
    "),(": "),(", ";": ";", "-- ": "-- ",
    "/*": "/*",
    "NULL": "NULL", "_binary ": "_binary ", " ": " ", "é": "é", "a": "a",
}  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(sorted(PIECES))), min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_text_means_the_sum_of_its_pieces(texts: list[list[str]]) -> None:
    rows = ",".join(f"('{''.join(text)}',{n})" for n, text in enumerate(texts))
    with tempfile.TemporaryDirectory() as folder:
        path = _file(Path(folder), LOANS + f"INSERT INTO `loans` VALUES {rows};\n")
        assert _rows(path) == [("".join(PIECES[piece] for piece in text), n) for n, text in enumerate(texts)]


def test_every_type_of_a_create_table_is_told(tmp_path: Path) -> None:
    create = r"""CREATE TABLE `loans` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s; a \'key\', (or so',
  `kind` enum('a,b',')') COLLATE utf8mb4_bin DEFAULT 'a,b',
  `half` double GENERATED ALWAYS AS (`id` / 2) STORED,
  `notes` json DEFAULT NULL CHECK (json_valid(`notes`)),
  `money` decimal(12,2) DEFAULT NULL /*!80023 INVISIBLE */,
  `flag` bit(1) DEFAULT b'0',
  `moment` timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  `day` date DEFAULT '0000-00-00',
  `year` year(4) DEFAULT NULL,
  `raw` varbinary(8) DEFAULT NULL,
  `place` point DEFAULT NULL,
  `ratio` float(7,2) DEFAULT (1 + (2 * (3))),
  PRIMARY KEY (`id`),
  UNIQUE KEY `k` (`kind`(10)) USING BTREE,
  CONSTRAINT `c` FOREIGN KEY (`id`) REFERENCES `other` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY RANGE (`id`)
(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */;
"""
    columns = "`id`,`kind`,`notes`,`money`,`flag`,`moment`,`day`,`year`,`raw`,`place`,`ratio`"
    row = r"""7,'a,b','{\"n\": 1}',-12.30,b'1','2020-02-29 01:02:03.000004','0000-00-00',1999,
_binary 'x\'\0',NULL,1.5"""
    path = _file(tmp_path, create + f"INSERT INTO `loans` ({columns}) VALUES ({row});\n")
    moment = datetime(2020, 2, 29, 1, 2, 3, 4)
    money = Decimal("-12.30")
    assert _rows(path) == [(7, "a,b", '{"n": 1}', money, True, moment, None, 1999, b"x'\0", None, 1.5)]


@pytest.mark.parametrize("zero", ["0000-00-00", "2020-00-00", "2020-05-00"])
def test_a_zero_date_is_null(zero: str, tmp_path: Path) -> None:
    create = "CREATE TABLE `loans` (`day` date, `moment` datetime);\n"
    path = _file(tmp_path, create + f"INSERT INTO `loans` VALUES ('{zero}','{zero} 00:00:00'),('2020-10-05',NULL);\n")
    assert _rows(path) == [(None, None), (date(2020, 10, 5), None)]


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO `loans` VALUES ('a',1),('b',2);",
        "INSERT INTO `loans` VALUES ('a',1);\nINSERT INTO `loans` VALUES ('b',2);",
        "INSERT INTO `loans` VALUES ('a',1); INSERT INTO `loans` VALUES ('b',2);",
        "INSERT INTO `loans` VALUES\n('a',1),\n('b',2);",
        "INSERT INTO `loans` VALUES\r\n('a',1),\r\n('b',2);\r",
        "INSERT INTO loans (id, amount) VALUES ( 'a' , 1 ) , ( 'b' , 2 ) ;",
        "INSERT INTO `loans` (`amount`, `id`) VALUES (1,'a'),(2,'b');",
        "INSERT  IGNORE INTO `bank`.`loans` VALUES ('a',1),('b',2);",
        "REPLACE INTO `loans` VALUES ('a',1),('b',2);",
        "insert into `loans` values (_binary 'a',1),(_binary'b',2);",
    ],
)
def test_every_way_to_write_an_insert_says_the_same(insert: str, tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, f"{LOANS}{insert}\n")) == [("a", 1), ("b", 2)]


def test_a_column_the_insert_leaves_out_is_null(tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, LOANS + "INSERT INTO `loans` (`amount`) VALUES (1);\n")) == [(None, 1)]


def test_a_table_of_one_empty_text_has_one_row(tmp_path: Path) -> None:
    create = "CREATE TABLE `loans` (`id` text);\n"
    assert _rows(_file(tmp_path, create + "INSERT INTO `loans` VALUES (''),(NULL),('');\n")) == [
        ("",),
        (None,),
        ("",),
    ]


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, LOANS)) == []


def test_views_triggers_routines_and_version_comments_are_passed_over(tmp_path: Path) -> None:
    extras = r"""
/*!50001 CREATE VIEW `v` AS SELECT 1 AS `it's`*/;
SET @saved = 'a;b';
INSERT INTO `loans` VALUES ('a',1);
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t` BEFORE INSERT ON `loans`
  FOR EACH ROW BEGIN
  -- it's a trap
  INSERT INTO `loans` VALUES ('no',0);
END */;;
CREATE PROCEDURE `p`() BEGIN INSERT INTO `loans` VALUES ('no',0); END ;;
DELIMITER ;
-- it's a comment with a quote
/* and it's another */
# and a third: it's
LOCK TABLES `loans` WRITE;
INSERT INTO `loans` VALUES ('b',2);
UNLOCK TABLES;
"""
    source = open_source(_file(tmp_path, HEADER + LOANS + extras + TRAILER.rstrip("\n")))
    assert list(source.tables()) == ["loans"]
    assert [row for batch in source.read("loans") for row in batch.column("id").to_pylist()] == ["a", "b"]


def test_tables_may_share_a_file_or_have_their_own(tmp_path: Path) -> None:
    other = "CREATE TABLE `people` (`id` text);\nINSERT INTO `people` VALUES ('p');\n"
    _file(tmp_path, LOANS + "INSERT INTO `loans` VALUES ('a',1);\n" + other)
    _file(tmp_path, "CREATE TABLE `ids` (`id` text);\nINSERT INTO `ids` VALUES ('i');\n", "ids.txt")
    _file(tmp_path, "# a README, with `INSERT INTO` nowhere at a line's start\n", "README.md")
    _file(tmp_path, b"\x89PNG\r\n\x1a\n\0\0", "picture.png")
    assert sorted(open_source(tmp_path).tables()) == ["ids", "loans", "people"]
    assert _rows(tmp_path, "people") == [("p",)]


def test_a_byte_order_mark_is_no_part_of_the_dump(tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, b"\xef\xbb\xbf" + f"{LOANS}INSERT INTO `loans` VALUES ('a',1);\n".encode())) == [
        ("a", 1)
    ]


@pytest.mark.parametrize("filler", ["x" * 1000, r"\'" * 500, "\\\\" * 500, ";" * 1000])
def test_statements_across_many_blocks_lose_nothing(filler: str, tmp_path: Path) -> None:
    rows = [f"('{filler}',{n})" for n in range(11_700)]
    lines = [f"INSERT INTO `loans` VALUES {','.join(rows[at : at + 900])};\n" for at in range(0, 11_700, 900)]
    path = _file(tmp_path, LOANS + "".join(lines))
    assert path.stat().st_size > 2 * (4 << 20)
    batches = list(open_source(path).read("loans"))
    assert len(batches) > 1
    assert [n for batch in batches for n in batch.column("amount").to_pylist()] == list(range(11_700))
    meant = filler.replace(r"\'", "'").replace("\\\\", "\\")
    assert {text for batch in batches for text in batch.column("id").to_pylist()} == {meant}


@pytest.mark.parametrize("filler", ["x" * 1000, r"\'),(" * 200, "a'',;" * 200])
def test_one_insert_longer_than_many_blocks_is_read_in_parts(filler: str, tmp_path: Path) -> None:
    rows = [f"('{filler}',{n})" for n in range(20_000)]
    text = LOANS + f"INSERT INTO `loans` VALUES {','.join(rows)};\nINSERT INTO `loans` VALUES ('last',20000);\n"
    batches = list(open_source(_file(tmp_path, text)).read("loans"))
    assert len(batches) > 2
    assert [n for batch in batches for n in batch.column("amount").to_pylist()] == list(range(20_001))
    cut = _file(tmp_path, text[: text.index("('last'") - 40], "cut.sql")
    with pytest.raises(
        DataError,
        match=r"cut\.sql: loans: the file ends inside an INSERT, on line 5, after 19,999 whole rows",
    ):
        open_source(cut).tables()


@pytest.mark.skipif(not SHARED.is_dir(), reason="FIADOR_SHARED holds no data/alura_cash")
def test_the_real_dumps_have_their_34489_rows_and_known_blanks() -> None:
    source = open_source(SHARED)
    read = {name: pa.Table.from_batches(source.read(name)) for name in source.tables()}
    assert {name: len(table) for name, table in read.items()} == dict.fromkeys(
        ["dados_mutuarios", "emprestimos", "historicos_banco", "ids"], 34_489
    )
    assert read["emprestimos"]["loan_status"].null_count == 343
    assert read["emprestimos"]["loan_grade"].to_pylist().count("") == 310
    assert read["ids"]["person_id"].to_pylist().count("") == 4


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_dump_cut_inside_an_insert_names_table_line_and_rows(tmp_path: Path) -> None:
    text = LOANS + "INSERT INTO `loans` VALUES ('a',1),('b),(',2);\nINSERT INTO `loans` VALUES ('c',3),('d'"
    with pytest.raises(
        DataError, match=r"loans\.sql: loans: .*ends inside an INSERT, on line 6, after 3 whole rows\. Copy"
    ):
        open_source(_file(tmp_path, text)).tables()


def test_a_dump_cut_inside_a_text_does_not_count_its_pieces_as_rows(tmp_path: Path) -> None:
    text = LOANS + "INSERT INTO `loans` VALUES ('a',1),('b),(b),(b"
    with pytest.raises(DataError, match="after 1 whole rows"):
        open_source(_file(tmp_path, text)).tables()


@pytest.mark.parametrize("kept", ["CREATE TABLE `loans` (\n  `id` varc", LOANS + "INSERT INTO `lo"])
def test_a_dump_cut_elsewhere_is_refused_too(kept: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ends inside a statement, on line"):
        open_source(_file(tmp_path, HEADER + kept)).tables()


def test_a_dump_without_its_last_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError,
        match="its header but not its last line, '-- Dump completed'; rows may be missing",
    ):
        open_source(_file(tmp_path, HEADER + LOANS)).tables()


def test_another_encoding_names_the_byte_and_the_line(tmp_path: Path) -> None:
    text = (LOANS + "INSERT INTO `loans` VALUES ('São',1);\n").encode("latin-1")
    path = _file(tmp_path, text)
    at = text.index(b"\xe3")
    with pytest.raises(
        DataError, match=rf"loans: byte 0xe3 at offset {at} \(line 5\) isn't UTF-8. Dump again with --default"
    ):
        _rows(path)


def test_utf16_is_named_with_the_shell_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"UTF-16, not UTF-8\. PowerShell's '>' writes it: dump again with --result-file"
    ):
        open_source(_file(tmp_path, LOANS.encode("utf-16"))).tables()


@pytest.mark.parametrize(("row", "found"), [("('c')", 1), ("('c',3,4)", 3)])
def test_a_row_with_the_wrong_number_of_values_is_named(row: str, found: int, tmp_path: Path) -> None:
    path = _file(tmp_path, LOANS + f"INSERT INTO `loans` VALUES ('a',1),('b',2),{row},('d',4);\n")
    with pytest.raises(DataError, match=rf"loans: row 3 holds {found} values for 2 columns"):
        _rows(path)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", "'x'"), ("int", "1.5"), ("double", "'x'"), ("date", "'2020-13-01'"), ("datetime", "'noon'"),
     ("decimal(4,1)", "'x'"),
     ("bit(1)", "'x'")],
)  # fmt: skip
def test_a_value_of_another_type_is_named_with_its_row(kind: str, value: str, tmp_path: Path) -> None:
    create = f"CREATE TABLE `loans` (`id` text, `v` {kind});\n"
    path = _file(
        tmp_path,
        create + f"INSERT INTO `loans` VALUES ('a',NULL);\nINSERT INTO `loans` VALUES ('b',{value});\n",
    )
    bare = value.strip("'")
    with pytest.raises(DataError, match=rf"loans: column 'v', row 2: '{bare}' isn't of its type"):
        _rows(path)


def test_rows_are_counted_across_batches_when_one_is_named(tmp_path: Path) -> None:
    line = "INSERT INTO `loans` VALUES " + ",".join([f"('{'x' * 1000}',1)"] * 1000) + ";\n"
    path = _file(tmp_path, LOANS + line * 6 + "INSERT INTO `loans` VALUES ('a','many');\n")
    with pytest.raises(DataError, match="column 'amount', row 6,001: 'many'"):
        _rows(path)


def test_rows_without_a_created_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"INSERT INTO 'loans' with no CREATE TABLE before it.*without --no-create-info"
    ):
        open_source(_file(tmp_path, "INSERT INTO `loans` VALUES ('a',1);\n")).tables()


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        (LOANS + "COPY loans FROM stdin WITH (FORMAT csv);\na\n\\.\n", "PostgreSQL"),
        ("REM INSERTING into BANK.LOANS\nSET DEFINE OFF;\nInsert into BANK.LOANS (ID) values ('a');\n", "Oracle"),
        ('CREATE TABLE "BANK"."LOANS"\n(\n  "ID" VARCHAR2(16 CHAR)\n);\n', "Oracle"),
        ("USE [bank]\nGO\nSET ANSI_NULLS ON\nGO\nCREATE TABLE [dbo].[loans]([id] [int] NULL)\nGO\n", "SQL Server"),
        ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE loans (id TEXT);\nCOMMIT;\n", "SQLite"),
    ],
)
def test_another_systems_dump_is_named_as_such(text: str, whose: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"this is a dump of {whose}.*export the tables as CSV or Parquet"):
        open_source(_file(tmp_path, text)).tables()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            LOANS + "INSERT INTO `loans` (`id`,`amont`) VALUES ('a',1);\n",
            "names column 'amont'.*Did you mean 'amount'",
        ),
        (LOANS + "INSERT INTO `loans` SELECT * FROM `x`;\n", r"line 5 holds an INSERT without VALUES"),
        (LOANS + 'INSERT INTO `loans` VALUES ("a",1);\n', "a value stands in double quotes"),
        (LOANS + "INSERT INTO `loans` VALUES ('a',abs(1));\n", "hold more than plain values"),
        (LOANS + LOANS, "table 'loans' is created twice"),
        (
            "CREATE TABLE `loans` (`id` fancy);\n",
            "column 'id' is of type 'fancy', which this reader doesn't know",
        ),
    ],
)
def test_what_it_cannot_read_it_says(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        _rows(_file(tmp_path, text))


def test_an_unknown_table_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no table 'loan'. Did you mean 'loans'?"):
        list(open_source(_file(tmp_path, LOANS)).read("loan"))
