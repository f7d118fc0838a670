"""Is a pg_dump read as the server would read it, and anything else refused in words that help?"""

from __future__ import annotations

import io
import math
import os
import subprocess
import tarfile
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from fiador.adapters.sources import open_source
from fiador.errors import DataError

SERVER = os.environ.get("FIADOR_POSTGRES_URL", "")
needs_server = pytest.mark.skipif(not SERVER, reason="no PostgreSQL server: set FIADOR_POSTGRES_URL")

HEADER = """--
-- PostgreSQL database dump
--

\\restrict ywCFZGtZ1

-- Dumped from database version 15.20
-- Dumped by pg_dump version 15.20

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

"""
TRAILER = """
--
-- PostgreSQL database dump complete
--

\\unrestrict ywCFZGtZ1

"""
LOANS = (
    "CREATE TABLE public.loans (\n    id text,\n    amount integer\n);\n\n\nALTER TABLE public.loans OWNER TO root;\n\n"
)
COPY = "COPY public.loans (id, amount) FROM stdin;\n"


def _file(folder: Path, text: str | bytes, name: str = "bank.sql") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _dump(folder: Path, body: str) -> Path:
    return _file(folder, HEADER + body + TRAILER)


def _rows(path: Path, table: str = "loans") -> list[tuple[Any, ...]]:
    source = open_source(path)
    read = pa.Table.from_batches(source.read(table), schema=source.tables()[table])
    return list(zip(*(column.to_pylist() for column in read.columns), strict=True))


# --- a COPY -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("", ""),
        (r"\N", None),
        (r"\\N", r"\N"),
        (r"a\tb", "a\tb"),
        (r"a\nb", "a\nb"),
        (r"\b\f\r\v", "\b\f\r\v"),
        (r"C:\\new\\table", r"C:\new\table"),
        (r"\\\\", r"\\"),
        (r"\\.", r"\."),
        (r"\101\x42\x6E\t", "ABn\t"),
        (r"\x9\12", "\t\n"),
        (r"\x", "x"),
        (r"\q", "q"),
        ('it\'s "quoted"; -- so', 'it\'s "quoted"; -- so'),
        ("NULL", "NULL"),
        ("),(", "),("),
        ("  blanks stay  ", "  blanks stay  "),
        ("é漢😀", "é漢😀"),
        ("COPY public.loans (id, amount) FROM stdin;", "COPY public.loans (id, amount) FROM stdin;"),
    ],
)
def test_a_copied_text_is_what_the_server_would_say(written: str, meant: str | None, tmp_path: Path) -> None:
    path = _dump(tmp_path, LOANS + COPY + f"{written}\t1\nnext\t\\N\n\\.\n\n")
    assert _rows(path) == [(meant, 1), ("next", None)]


def test_a_column_of_blanks_and_nulls_keeps_its_rows(tmp_path: Path) -> None:
    create = "CREATE TABLE public.loans (\n    id text\n);\n"
    assert _rows(_dump(tmp_path, create + "COPY public.loans (id) FROM stdin;\n\n\\N\n\n\\.\n")) == [
        ("",),
        (None,),
        ("",),
    ]


def test_windows_line_ends_are_no_part_of_a_value(tmp_path: Path) -> None:
    text = (HEADER + LOANS + COPY + "a\t1\nb\\\\\t2\n\\.\n" + TRAILER).replace("\n", "\r\n")
    assert _rows(_file(tmp_path, text)) == [("a", 1), ("b\\", 2)]


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    assert _rows(_dump(tmp_path, LOANS + COPY + "\\.\n")) == []
    assert _rows(_dump(tmp_path, LOANS)) == []


@pytest.mark.parametrize("filler", ["x" * 1000, r"\\" * 500, r"\t;" * 400, "'(" * 500])
def test_a_copy_across_many_blocks_loses_nothing(filler: str, tmp_path: Path) -> None:
    path = _dump(tmp_path, LOANS + COPY + "".join(f"{filler}\t{n}\n" for n in range(11_700)) + "\\.\n")
    assert path.stat().st_size > 2 * (4 << 20)
    batches = list(open_source(path).read("loans"))
    assert len(batches) > 1
    assert [n for batch in batches for n in batch.column("amount").to_pylist()] == list(range(11_700))
    meant = filler.replace(r"\\", "\\").replace(r"\t", "\t")
    assert {text for batch in batches for text in batch.column("id").to_pylist()} == {meant}


# --- an INSERT ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'it''s'", "it's"),
        (r"'C:\new'", r"C:\new"),
        (r"'\'", "\\"),
        (r"E'it\'s\n\\\t\x41\101\u00e9\U0001F600'", "it's\n\\\tAAé😀"),
        ("e'a''b'", "a'b"),
        (r"'(E''\'' is text)'", r"(E'\' is text)"),
        ("'a;\nINSERT INTO public.loans VALUES (''x'', 1);\n'", "a;\nINSERT INTO public.loans VALUES ('x', 1);\n"),
        ("'a::text'", "a::text"),
        ("'NULL'", "NULL"),
        ("'DEFAULT'", "DEFAULT"),
        ("NULL", None),
        ("''", ""),
        ("B'101'", "101"),
    ],
)
def test_an_inserted_text_is_what_the_server_would_say(written: str, meant: str | None, tmp_path: Path) -> None:
    path = _dump(
        tmp_path,
        LOANS + f"INSERT INTO public.loans VALUES ({written}, 1);\nINSERT INTO public.loans VALUES ('next', -2);\n",
    )
    assert _rows(path) == [(meant, 1), ("next", -2)]


def test_texts_escape_where_the_dump_says_they_do(tmp_path: Path) -> None:
    text = (
        HEADER.replace("strings = on", "strings = off")
        + LOANS
        + r"INSERT INTO public.loans VALUES ('a\\b''c\'d', 1);"
        + "\n"
    )
    assert _rows(_file(tmp_path, text + TRAILER)) == [("a\\b'c'd", 1)]


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO public.loans VALUES ('a', 1), ('b', 2);",
        "INSERT INTO public.loans VALUES\n\t('a', 1),\n\t('b', 2);",
        "INSERT INTO public.loans (id, amount) VALUES ('a', 1);\n"
        "INSERT INTO public.loans (amount, id) VALUES (2, 'b');",
        'INSERT INTO loans ("id", amount) OVERRIDING SYSTEM VALUE VALUES (\'a\', 1), (\'b\', 2);',
        "INSERT INTO public.loans VALUES ('a', 1), ('b', 2)\n\tON CONFLICT DO NOTHING;",
        "insert into public.Loans values ('a', 1);\ninsert into public.LOANS values ('b', 2);",
    ],
)  # fmt: skip
def test_every_way_to_write_an_insert_says_the_same(insert: str, tmp_path: Path) -> None:
    assert _rows(_dump(tmp_path, LOANS + insert + "\n")) == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("filler", ["x" * 1000, "''),(" * 200, ";\\" * 500])
def test_one_insert_longer_than_many_blocks_is_read_in_parts(filler: str, tmp_path: Path) -> None:
    rows = ",\n\t".join(f"('{filler}', {n})" for n in range(20_000))
    batches = list(open_source(_dump(tmp_path, f"{LOANS}INSERT INTO public.loans VALUES\n\t{rows};\n")).read("loans"))
    assert len(batches) > 1
    assert [n for batch in batches for n in batch.column("amount").to_pylist()] == list(range(20_000))


# --- what a dump declares -----------------------------------------------------------------------------------

EVERY_TYPE = """CREATE TYPE public.mood AS ENUM (
    'calm',
    'tense'
);
CREATE DOMAIN public.share AS numeric(5,4)
\tCONSTRAINT share_check CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (1)::numeric)));
CREATE TABLE public.loans (
    id bigint NOT NULL,
    "a ""b"" (c, d" character varying(10) DEFAULT 'x,\\'::character varying,
    money numeric(12,2) DEFAULT 0.00,
    anything numeric,
    wide numeric(60,3),
    rounded numeric(5,-2),
    ok boolean DEFAULT false NOT NULL,
    at timestamp without time zone,
    at_zone timestamp(3) with time zone DEFAULT now(),
    day date,
    clock time with time zone,
    span interval,
    raw bytea,
    doc jsonb DEFAULT '{}'::jsonb,
    twice integer GENERATED ALWAYS AS ((id * 2)) STORED,
    small real,
    mood public.mood,
    "share" public.share,
    tags text[] DEFAULT '{}'::text[],
    rate double precision,
    nick "char",
    CONSTRAINT positive CHECK (((id > 0) AND (money > (0)::numeric)))
)
WITH (fillfactor='70');
"""


def test_every_type_of_a_create_table_is_told(tmp_path: Path) -> None:
    copy = (
        'COPY public.loans (id, "a ""b"" (c, d", money, anything, wide, rounded, ok, at, at_zone, day, clock, span, '
        'raw, doc, small, mood, "share", tags, rate, nick) FROM stdin;\n'
        "7\tx\t-12.30\t1.5\t2.25\t1200\tt\t2020-02-29 01:02:03.000004\t2020-02-29 00:00:00+05:30\t2020-02-29\t"
        '10:00:00+02\t1 day\t\\\\x00ff5c\t{"n": "\\\\n"}\t0.5\tcalm\t0.2500\t{a,b}\tInfinity\tc\n'
        + "\t".join([r"\N"] * 6 + ["f"] + [r"\N"] * 13) + "\n\\.\n"
    )  # fmt: skip
    path = _dump(tmp_path, EVERY_TYPE + copy)
    schema = open_source(path).tables()["loans"]
    assert dict(zip(schema.names, map(str, schema.types), strict=True)) == {
        "id": "int64", 'a "b" (c, d': "string", "money": "decimal128(12, 2)", "anything": "double", "wide": "double",
        "rounded": "decimal128(7, 0)", "ok": "bool", "at": "timestamp[us]", "at_zone": "timestamp[us]",
        "day": "date32[day]", "clock": "string", "span": "string", "raw": "binary", "doc": "string",
        "small": "double", "mood": "string", "share": "decimal128(5, 4)", "tags": "string", "rate": "double",
        "nick": "string",
    }  # fmt: skip
    first, second = _rows(path)
    assert first == (
        7, "x", Decimal("-12.30"), 1.5, 2.25, Decimal(1200), True, datetime(2020, 2, 29, 1, 2, 3, 4),
        datetime(2020, 2, 28, 18, 30), date(2020, 2, 29), "10:00:00+02", "1 day", b"\x00\xff\\", '{"n": "\\n"}', 0.5,
        "calm", Decimal("0.2500"), "{a,b}", float("inf"), "c",
    )  # fmt: skip
    assert second == (*[None] * 6, False, *[None] * 13)


def test_infinity_is_no_date_and_a_decimal_that_is_no_number_is_null(tmp_path: Path) -> None:
    columns = "d date, t timestamp without time zone, n numeric(6,2), f double precision"
    create = f"CREATE TABLE public.loans ({columns});\n"
    meant = [(None, None, None, float("-inf")), (date(2020, 1, 2), datetime(1850, 1, 1), Decimal("1.50"), 1e308)]
    lines = "infinity\t-infinity\tNaN\t-Infinity\n2020-01-02\t1850-01-01 00:00:00\t1.50\t1e308\n"
    assert _rows(_dump(tmp_path, f"{create}COPY public.loans (d, t, n, f) FROM stdin;\n{lines}\\.\n")) == meant
    values = "('infinity', '-infinity', 'NaN', '-Infinity'), ('2020-01-02', '1850-01-01 00:00:00', 1.50, '1e308')"
    assert _rows(_dump(tmp_path, f"{create}INSERT INTO public.loans VALUES {values};\n")) == meant


def test_a_generated_column_is_left_out_however_its_rows_are_written(tmp_path: Path) -> None:
    columns = "a integer, b integer GENERATED ALWAYS AS ((a + 1)) STORED, c text"
    inserted = "INSERT INTO public.loans VALUES (1, DEFAULT, 'x');\n"
    copied = "COPY public.loans (a, c) FROM stdin;\n1\tx\n\\.\n"
    for rows in (inserted, copied):
        assert _rows(_dump(tmp_path, f"CREATE TABLE public.loans ({columns});\n{rows}")) == [(1, "x")]


def test_bytes_in_the_older_form_are_read_too(tmp_path: Path) -> None:
    create = "CREATE TABLE public.loans (\n    raw bytea\n);\n"
    path = _dump(tmp_path, create + "COPY public.loans (raw) FROM stdin;\na\\\\000\\\\\\\\b\n\\N\n\\.\n")
    assert _rows(path) == [(b"a\0\\b",), (None,)]


def test_a_table_that_others_are_part_of_has_their_rows(tmp_path: Path) -> None:
    text = """CREATE TABLE public.loans (
    id text,
    amount integer
)
PARTITION BY LIST (amount);
CREATE TABLE public.loans_1 (
    amount integer,
    id text
);
CREATE TABLE public.old (
    note text
)
INHERITS (public.loans);
ALTER TABLE ONLY public.loans ATTACH PARTITION public.loans_1 FOR VALUES IN (1);
COPY public.loans_1 (amount, id) FROM stdin;
1\ta
\\.
COPY public.old (id, amount, note) FROM stdin;
b\t2\tkept
\\.
"""
    path = _dump(tmp_path, text)
    assert sorted(_rows(path)) == [("a", 1), ("b", 2)]
    assert _rows(path, "loans_1") == [(1, "a")]
    assert _rows(path, "old") == [("b", 2, "kept")]


def test_a_name_in_two_schemas_is_told_by_its_schema_except_in_public(tmp_path: Path) -> None:
    tables = "".join(
        f"CREATE TABLE {name} (\n    id text\n);\nCOPY {name} (id) FROM stdin;\n{name}\n\\.\n"
        for name in ("public.loans", "old.loans", "bank.people", "a.ids", "b.ids")
    )
    path = _dump(tmp_path, tables)
    assert list(open_source(path).tables()) == ["loans", "old.loans", "people", "a.ids", "b.ids"]
    assert _rows(path) == [("public.loans",)]
    assert _rows(path, "old.loans") == [("old.loans",)]
    with pytest.raises(DataError, match=r"no table 'ids'. Did you mean '[ab].ids'"):
        open_source(path).read("ids")


def test_an_older_dump_names_its_schema_once(tmp_path: Path) -> None:
    body = "SET search_path = bank, pg_catalog;\nCREATE TABLE loans (id text);\nCOPY loans (id) FROM stdin;\na\n\\.\n"
    assert _rows(_dump(tmp_path, body)) == [("a",)]


def test_bodies_comments_and_rules_are_no_rows(tmp_path: Path) -> None:
    extras = """CREATE FUNCTION public.f() RETURNS trigger
    LANGUAGE plpgsql
    AS $fn$begin insert into public.loans values ('no', 0); -- it's
return new; end;$fn$;


CREATE FUNCTION public.g() RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO public.loans (id, amount)
   VALUES ('no'::text, 0);
 INSERT INTO public.loans VALUES ('no', 0);
END;


CREATE RULE r AS
    ON INSERT TO public.people DO ( INSERT INTO public.loans (id)
  VALUES ('no'::text);
 INSERT INTO public.loans VALUES ('no', 0);
);


COMMENT ON TABLE public.loans IS 'it''s
COPY public.loans (id, amount) FROM stdin;
no\t0
\\.
';
INSERT INTO public.nothing DEFAULT VALUES;
SELECT pg_catalog.setval('public.loans_id_seq', 1, false);
\\connect bank
"""
    assert _rows(_dump(tmp_path, LOANS + extras + COPY + "a\t1\n\\.\n")) == [("a", 1)]


def test_dumps_of_two_systems_may_share_a_folder(tmp_path: Path) -> None:
    _dump(tmp_path, LOANS + COPY + "a\t1\n\\.\n")
    _file(tmp_path, "CREATE TABLE `ids` (`id` text);\nINSERT INTO `ids` VALUES ('i');\n", "ids.sql")
    assert (_rows(tmp_path), _rows(tmp_path, "ids")) == ([("a", 1)], [("i",)])


# --- what is refused ----------------------------------------------------------------------------------------


INSERT = "INSERT INTO public.loans "


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("CREATE TABLE public.lo", "the file ends inside a statement, on line 15"),
        ("COPY public.lo", "the file ends inside a statement, on line 15"),
        (LOANS + COPY + "a\t1\nb\t2\nc", r"bank\.sql: loans: .* inside a COPY, on line 26, after 2 whole rows\. Copy"),
        (LOANS + INSERT + "VALUES ('a', 1);\n" + INSERT + "VALUES ('b', 2), ('),(", "line 24, after 2 whole rows"),
        (LOANS + COPY + "a\t1\n\\.\n", "but not its last line, '-- PostgreSQL database dump complete'; rows may be"),
    ],
)
def test_a_dump_that_is_cut_says_where(body: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        open_source(_file(tmp_path, HEADER + body)).tables()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (COPY + "a\t1\n\\.\n", r"COPY 'loans' with no CREATE TABLE before it.*without --data-only"),
        (LOANS + COPY.replace("amount", "amont") + "a\t1\n\\.\n", "line 24: .* 'amont'.*Did you mean 'amount'"),
        (LOANS + COPY + "a\t1\nb\tmany\n\\.\n", "loans: column 'amount', row 2: 'many' isn't of its type, int64"),
        (LOANS + COPY + "a\t1\nb\n\\.\n", "loans: row 2 holds 1 values for 2 columns"),
        (LOANS + INSERT + "VALUES ('a', 1), ('b', 1.5);\n", "column 'amount', row 2: '1.5' isn't of its type"),
        (LOANS + INSERT + "VALUES ('a'::text, 1);\n", "a value carries a type cast"),
        (LOANS + INSERT + "SELECT 1;\n", "line 23 holds an INSERT without VALUES"),
        (LOANS + "COPY public.loans FROM '/loans';\n", "line 23 holds a COPY that isn't FROM stdin in the text format"),
        (LOANS + LOANS, "table 'public.loans' is created twice"),
        ("SET client_encoding = 'LATIN1';\n", "the dump is in LATIN1, not in UTF-8. Dump again with --encoding=UTF8"),
    ],
)
def test_what_it_cannot_read_it_says(body: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        _rows(_dump(tmp_path, body))


def test_a_dump_of_a_whole_cluster_says_to_dump_one_database(tmp_path: Path) -> None:
    text = HEADER.replace("database dump", "database cluster dump") + "\\connect bank\n"
    with pytest.raises(DataError, match=r"a whole cluster \(pg_dumpall\).*`pg_dump --format=plain DATABASE`"):
        open_source(_file(tmp_path, text)).tables()


def test_another_encoding_names_the_byte_and_the_line(tmp_path: Path) -> None:
    text = (HEADER + LOANS + COPY + "São\t1\n\\.\n" + TRAILER).encode("latin-1")
    at = text.index(0xE3)
    with pytest.raises(DataError, match=rf"loans: byte 0xe3 at offset {at} \(line 24\) isn't UTF-8. Dump again"):
        _rows(_file(tmp_path, text))
    with pytest.raises(DataError, match="UTF-16, not UTF-8.*dump again with --file=FILE"):
        _rows(_file(tmp_path, (HEADER + LOANS + TRAILER).encode("utf-16")))


def _tar() -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        member = tarfile.TarInfo("toc.dat")
        member.size = 5
        archive.addfile(member, io.BytesIO(b"PGDMP"))
    return kept.getvalue()


@pytest.mark.parametrize(("content", "kind"), [(b"PGDMP\x01\x0e\x00", "custom or directory"), (_tar(), "tar")])
def test_an_archive_says_how_to_write_text(content: bytes, kind: str, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=rf"archive of the {kind} format, not text. Dump again with `pg_dump --format=plain`"
    ):
        open_source(_file(tmp_path, content, "bank.dump")).tables()


# --- a real server ------------------------------------------------------------------------------------------


@pytest.fixture
def dumped(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """dumped(sql, *options) -> the file pg_dump wrote of a schema of the test's own, in which the SQL has run."""
    schema = f"fiador_{uuid.uuid4().hex[:12]}"

    def run(sql: str, *options: str) -> Path:
        words = f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema};\n{sql}"
        subprocess.run(
            ["psql", "-qX", "-v", "ON_ERROR_STOP=1", SERVER], input=words.encode(), check=True, capture_output=True
        )
        path = tmp_path / "bank.sql"
        subprocess.run(["pg_dump", "-n", schema, "-f", str(path), *options, SERVER], check=True, capture_output=True)
        return path

    yield run
    subprocess.run(
        ["psql", "-qX", "-c", f"DROP SCHEMA IF EXISTS {schema} CASCADE", SERVER], check=True, capture_output=True
    )


AWKWARD = r"""
CREATE TYPE mood AS ENUM ('calm', 'tense');
CREATE TABLE "loans ""of"" the bank" (
  id serial PRIMARY KEY, note text DEFAULT 'x,y(\', money numeric(10,2), any_number numeric, ok boolean, at timestamp,
  at_zone timestamptz, day date, raw bytea, doc jsonb, mood mood, tags text[], small real,
  twice int GENERATED ALWAYS AS (1 + 1) STORED, ident bigint GENERATED BY DEFAULT AS IDENTITY, code char(4));
INSERT INTO "loans ""of"" the bank"
  (note, money, any_number, ok, at, at_zone, day, raw, doc, mood, tags, small, code) VALUES
  (E'a\tb\\n''\n\r\x0b\f\b),(', -1.5, 1.25, true, '2020-02-29 10:00:00.5', '2020-01-01 00:00+02', '2020-02-29',
   '\x00ff5c', '{"a": "b\\n"}', 'calm', '{a,b}', 0.5, 'ab'),
  ('', NULL, 'NaN', false, 'infinity', '1900-01-01 00:00+00:19:32', '-infinity', '\x', NULL, NULL, NULL, 'Infinity',
   NULL);
INSERT INTO "loans ""of"" the bank" (note) VALUES ('\.'), ('\N');
CREATE TABLE part (id int, k int) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
INSERT INTO part VALUES (1, 1);
CREATE VIEW v AS SELECT 1 AS one;
CREATE FUNCTION g() RETURNS void BEGIN ATOMIC INSERT INTO part VALUES (9, 1); END;
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
"""


@needs_server
@pytest.mark.parametrize(
    "options",
    [
        (), ("--inserts",), ("--column-inserts",), ("--inserts", "--rows-per-insert=3", "--on-conflict-do-nothing"),
        ("--create",), ("--clean", "--if-exists"), ("--no-owner", "--no-comments", "--quote-all-identifiers"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_whatever_options_a_real_pg_dump_has_the_rows_are_the_same(
    options: tuple[str, ...], dumped: Callable[..., Path]
) -> None:
    path = dumped(AWKWARD, *options)
    assert sorted(open_source(path).tables()) == ['loans "of" the bank', "nothing", "part", "part_1"]
    first, second, *rest = _rows(path, 'loans "of" the bank')
    assert first == (
        1, "a\tb\\n'\n\r\v\f\b),(", Decimal("-1.50"), 1.25, True, datetime(2020, 2, 29, 10, 0, 0, 500_000),
        datetime(2019, 12, 31, 22), date(2020, 2, 29), b"\x00\xff\\", '{"a": "b\\\\n"}', "calm", "{a,b}", 0.5, 1,
        "ab  ",
    )  # fmt: skip
    before_zones = datetime(1899, 12, 31, 23, 40, 28)
    assert math.isnan(second[3])
    assert (*second[:3], *second[4:]) == (
        2, "", None, False, None, before_zones, None, b"", None, None, None, float("inf"), 2, None,
    )  # fmt: skip
    assert [row[1] for row in rest] == ["\\.", "\\N"]
    assert _rows(path, "part") == _rows(path, "part_1") == [(1, 1)]
