"""Is a live database read as a dump of it would be, and a fault of it told in words that help?"""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.adapters.sources.databases.address import read_address
from fiador.adapters.sources.databases.extension import extension_file
from fiador.adapters.sources.databases.faults import meaning
from fiador.errors import DataError

PASSWORD = "pa'ss/w@rd:#%20\\"
MANY = 400_000
PORTFOLIO = Path(__file__).parents[3] / "portfolios" / "tiny"


def _table(url: str, table: str, **types: dict[str, str]) -> pa.Table:
    source = open_source(url, types=types)
    return pa.Table.from_batches(source.read(table), schema=source.tables()[table])


def _rows(url: str, table: str) -> list[tuple[object, ...]]:
    """The rows of a table, in the order of their first column: a database has none of its own."""
    read = _table(url, table)
    return sorted(zip(*(column.to_pylist() for column in read.columns), strict=True), key=lambda row: str(row[0]))


# --- what is read -------------------------------------------------------------------------------------------


def test_every_mysql_type_is_the_type_a_dump_of_it_has(mysql, tmp_path: Path) -> None:
    mysql.run(
        "CREATE TABLE kinds (id int, tiny tinyint(1), small smallint unsigned, big bigint, born year, ratio float,"
        " rate double, money decimal(12,2), whole decimal(10), wide decimal(50,4), fixed char(4), name varchar(20),"
        " kind enum('a','b'), marks set('x','y'), extra json, at_time time, person uuid, code binary(3), raw blob,"
        " flag bit(1), flags bit(9), day date, moment datetime(6), stamp timestamp NULL, place point)"
    )
    mysql.run(
        "INSERT INTO kinds VALUES (1, 7, 65535, -9223372036854775808, 1999, 1.1, 0.1, -12.30, 9999999999, 1.5,"
        " 'ab', ' é漢😀 ', 'b', 'x,y', '{\"n\": 1}', '-12:03:04', '123e4567-e89b-12d3-a456-426614174000', 'ab',"
        " x'00ff', b'1', b'101', '2020-02-29', '2020-02-29 01:02:03.000004', '2020-06-01 00:00:00', POINT(1, 2)),"
        " (2" + ", NULL" * 24 + "), (3, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', NULL, '', NULL, NULL, NULL, '', '', b'0',"
        " b'0', '0000-00-00', '2020-05-00 00:00:00', '0000-00-00 00:00:00', NULL)"
    )
    live = _table(mysql.url, "kinds").sort_by("id")
    assert {str(field.type) for field in live.schema} == {
        "int64", "double", "decimal128(12, 2)", "decimal128(10, 0)", "string", "binary", "bool", "date32[day]",
        "timestamp[us]",
    }  # fmt: skip
    assert live.slice(0, 1).to_pylist() == [
        {
            "id": 1, "tiny": 7, "small": 65535, "big": -(2**63), "born": 1999, "ratio": 1.1, "rate": 0.1,
            "money": Decimal("-12.30"), "whole": Decimal(9999999999), "wide": 1.5, "fixed": "ab", "name": " é漢😀 ",
            "kind": "b", "marks": "x,y", "extra": '{"n": 1}', "at_time": "-12:03:04",
            "person": "123e4567-e89b-12d3-a456-426614174000", "code": b"ab\0", "raw": b"\0\xff", "flag": True,
            "flags": b"\0\x05", "day": date(2020, 2, 29), "moment": datetime(2020, 2, 29, 1, 2, 3, 4),
            "stamp": live["stamp"][0].as_py(), "place": live["place"][0].as_py(),
        }
    ]  # fmt: skip
    assert all(live.slice(2, 1)[name][0].as_py() is None for name in ("day", "moment", "stamp"))
    dump = tmp_path / "kinds.sql"
    host = ["-h", "127.0.0.1", "-u", "root"]
    dump.write_bytes(subprocess.run(["mysqldump", *host, mysql.name, "kinds"], check=True, capture_output=True).stdout)
    assert _table(str(dump), "kinds").sort_by("id") == live


def test_every_postgresql_type_is_the_type_a_dump_of_it_has(postgres, tmp_path: Path) -> None:
    postgres.run("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN cents AS numeric(8,2)")
    postgres.run(
        "CREATE TABLE kinds (id int, small smallint, big bigint, ratio real, rate double precision,"
        " money numeric(12,2), plain numeric, wide numeric(50,4), price cents, name varchar(20), note text, mood mood,"
        " extra json, extra_b jsonb, at_time time, person uuid, net inet, raw bytea, flag boolean, bits bit(3),"
        " day date, moment timestamp, stamp timestamptz, marks text[], spot point, often interval)"
    )
    postgres.run(
        "INSERT INTO kinds VALUES (1, -5, -9223372036854775808, 1.5, 0.1, -12.30, 12345678901234567890.123, 1.5, 2.5,"
        " ' é漢😀 ', E'tab\\t', 'ok', '{\"n\": 1}', '{\"n\": 1}', '12:03:04.000001',"
        " '123e4567-e89b-12d3-a456-426614174000', '::1', '\\x00ff', true, b'101', '2020-02-29',"
        " '2020-02-29 01:02:03.000004', '2020-06-01 00:00:00+02', '{a,\"b c\"}', '(1,2)', '1 day'),"
        " (2" + ", NULL" * 25 + ")"
    )
    postgres.run(
        "INSERT INTO kinds (id, money, day, moment, stamp) VALUES (3, 'NaN', 'infinity', '-infinity', 'infinity')"
    )
    live = _table(postgres.url, "kinds").sort_by("id")
    assert live.slice(0, 1).to_pylist() == [
        {
            "id": 1, "small": -5, "big": -(2**63), "ratio": 1.5, "rate": 0.1, "money": Decimal("-12.30"),
            "plain": 12345678901234567890.123, "wide": 1.5, "price": Decimal("2.50"), "name": " é漢😀 ",
            "note": "tab\t",
            "mood": "ok", "extra": '{"n": 1}', "extra_b": '{"n": 1}', "at_time": "12:03:04.000001",
            "person": "123e4567-e89b-12d3-a456-426614174000", "net": "::1", "raw": b"\0\xff", "flag": True,
            "bits": "101", "day": date(2020, 2, 29), "moment": datetime(2020, 2, 29, 1, 2, 3, 4),
            "stamp": datetime(2020, 5, 31, 22), "marks": '{a,"b c"}', "spot": "(1,2)", "often": "1 day",
        }
    ]  # fmt: skip
    assert all(live[name][2].as_py() is None for name in ("money", "day", "moment", "stamp"))
    dump = tmp_path / "kinds.sql"
    asked = ["pg_dump", os.environ["FIADOR_POSTGRES_URL"], "-n", postgres.name]
    dump.write_bytes(subprocess.run(asked, check=True, capture_output=True).stdout)
    assert _table(str(dump), "kinds").sort_by("id") == live


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_a_view_is_a_table(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    place.run("CREATE TABLE seen (id int, name varchar(5))")
    place.run("INSERT INTO seen VALUES (1, 'a'), (2, 'b')")
    place.run("CREATE VIEW one_seen AS SELECT id + 1 AS n, name FROM seen WHERE id = 1")
    assert _rows(place.url, "one_seen") == [(2, "a")]


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_an_empty_table_has_its_columns_and_no_rows(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    place.run("CREATE TABLE nobody (id int, name varchar(5))")
    assert _table(place.url, "nobody") == pa.table({"id": pa.array([], pa.int64()), "name": pa.array([], pa.string())})


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_awkward_names_are_names(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    mark = "`" if server == "mysql" else '"'
    place.run(f"CREATE TABLE {mark}it's; a table{mark} ({mark}select{mark} int, {mark}a b'c{mark} int)")
    place.run(f"INSERT INTO {mark}it's; a table{mark} VALUES (1, 2)")
    assert _table(place.url, "it's; a table").to_pylist() == [{"select": 1, "a b'c": 2}]


def test_tables_that_differ_in_case_alone_are_not_mistaken_for_each_other(mysql) -> None:
    mysql.run("CREATE TABLE Cased (a int)")
    mysql.run("CREATE TABLE cased (b int)")
    mysql.run("CREATE VIEW cased_b AS SELECT b FROM cased")
    assert not {"Cased", "cased"} & set(open_source(mysql.url).tables())
    assert _table(mysql.url, "cased_b").column_names == ["b"]
    with pytest.raises(DataError, match=r"cased: another table's name differs from it in case alone. Name a view"):
        open_source(mysql.url, types={"cased": {"b": "integer"}}).tables()


def test_two_columns_may_differ_in_case_alone(postgres) -> None:
    postgres.run('CREATE TABLE cased ("A" int, a int); INSERT INTO cased VALUES (1, 2)')
    assert _table(postgres.url, "cased").to_pylist() == [{"A": 1, "a": 2}]


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_tables_are_read_as_of_one_moment(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    place.run("CREATE TABLE parents (id int)")
    place.run("CREATE TABLE children (id int)")
    source = open_source(place.url)
    assert sum(map(len, source.read("parents"))) == 0
    place.run("INSERT INTO children VALUES (1)")
    assert sum(map(len, source.read("children"))) == 0
    assert sum(map(len, open_source(place.url).read("children"))) == 1


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_a_source_that_is_not_read_keeps_no_table_from_being_altered(
    server: str, request: pytest.FixtureRequest
) -> None:
    place = request.getfixturevalue(server)
    place.run("CREATE TABLE altered (id int)")
    source = replace(open_source(place.url), patience=0.1)
    list(source.read("altered"))
    place.run("ALTER TABLE altered ADD COLUMN name varchar(5)")  # would wait for the transaction's end
    assert list(source.read("altered", ["id"])) == []


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_two_readings_at_a_time_do_not_disturb_each_other(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    _many(place, "twice", server)
    source = open_source(place.url)
    one, other = source.read("twice"), source.read("twice")
    first = [len(next(one)), len(next(other))]
    assert sum(first) + sum(map(len, one)) + sum(map(len, other)) == 2 * MANY


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_a_reading_that_is_left_early_is_stopped_on_the_server(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    _many(place, "left_early", server)
    source = open_source(place.url)
    reading = source.read("left_early")
    assert len(next(reading)) < MANY
    reading.close()
    assert sum(map(len, source.read("left_early"))) == MANY


def test_nothing_is_written(mysql, postgres) -> None:
    for place in (mysql, postgres):
        place.run("CREATE TABLE kept (id int)")
        source = open_source(place.url)
        list(source.read("kept"))
        with pytest.raises(duckdb.Error, match="read-only"):
            source._idle[0].connection.execute(f"DELETE FROM db.{place.name}.kept")


def _many(place, table: str, server: str) -> None:
    series = f"seq_1_to_{MANY}" if server == "mysql" else f"generate_series(1, {MANY}) AS s(seq)"
    place.run(f"CREATE TABLE {table} AS SELECT seq AS id, 'some words that take their time' AS words FROM {series}")


# --- columns that aren't read -------------------------------------------------------------------------------


def test_a_column_nobody_reads_makes_no_table_unreadable(mysql) -> None:
    mysql.run("CREATE TABLE wide_ids (id int, big bigint unsigned)")
    mysql.run("INSERT INTO wide_ids VALUES (1, 18446744073709551615)")
    source = open_source(mysql.url)
    assert pa.Table.from_batches(source.read("wide_ids", ["id"])).to_pylist() == [{"id": 1}]
    with pytest.raises(DataError, match=r"wide_ids: column 'big': '18446744073709551615' can't be kept as int64. Cast"):
        list(source.read("wide_ids"))


def test_a_type_without_a_match_is_named_where_the_portfolio_wants_another(postgres) -> None:
    postgres.run("CREATE TABLE shapes (id int, area box, amount money)")
    postgres.run("INSERT INTO shapes VALUES (1, '(1,1),(0,0)', '12.30')")
    assert _table(postgres.url, "shapes", shapes={"id": "integer"}).to_pylist()[0]["area"] == "(1,1),(0,0)"
    words = r"shapes: column 'amount' is of type money, which can't be read as number. Cast it in a view"
    with pytest.raises(DataError, match=words):
        _table(postgres.url, "shapes", shapes={"amount": "number"})


def test_columns_a_reader_has_no_right_to_are_left_out(postgres) -> None:
    postgres.run("CREATE TABLE people (id int, salary int); INSERT INTO people VALUES (1, 2)")
    with _role(postgres) as role:
        postgres.run(f"GRANT SELECT (id) ON people TO {role}")
        assert _table(postgres.address(user=role), "people").to_pylist() == [{"id": 1}]


# --- what goes wrong ----------------------------------------------------------------------------------------


class _role:
    """A role that may look into the schema and nothing more."""

    def __init__(self, postgres) -> None:
        self.run, self.schema, self.role = postgres.run, postgres.name, f"{postgres.name}_reader"

    def __enter__(self) -> str:
        self.run(f"CREATE ROLE {self.role} LOGIN; GRANT USAGE ON SCHEMA {self.schema} TO {self.role}")
        return self.role

    def __exit__(self, *raised: object) -> None:
        self.run(f"DROP OWNED BY {self.role}; DROP ROLE {self.role}")


@pytest.fixture
def reader(mysql) -> Iterator[str]:
    """A MySQL user with a password of awkward characters and no right but to the table `granted`."""
    name = f"r_{mysql.name[-12:]}"
    mysql.run("CREATE TABLE IF NOT EXISTS granted (id int)")
    mysql.run("CREATE TABLE IF NOT EXISTS hidden (id int)")
    mysql.run(f"CREATE USER {name} IDENTIFIED BY %s", [(PASSWORD,)])
    mysql.run(f"GRANT SELECT ON granted TO {name}")
    yield name
    mysql.run(f"DROP USER {name}")


def test_a_password_of_any_characters_opens_the_database(mysql, reader: str) -> None:
    assert list(open_source(mysql.address(user=reader, password=PASSWORD)).tables()) == ["granted"]


def test_the_password_may_stand_in_the_environment(mysql, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    assert list(open_source(mysql.address(user=reader)).tables()) == ["granted"]


def test_a_wrong_password_is_said_to_be_wrong(mysql, reader: str) -> None:
    words = r"the server refuses this user or password. Check both; a password may also stand in MYSQL_PWD"
    with pytest.raises(DataError, match=words):
        open_source(mysql.address(user=reader, password="another")).tables()


def test_a_table_a_reader_has_no_right_to_is_named(mysql, reader: str, postgres) -> None:
    source = open_source(mysql.address(user=reader, password=PASSWORD), types={"hidden": {"id": "integer"}})
    with pytest.raises(
        DataError, match=r"hidden: this user has no right to read it, or it isn't there. .* grant SELECT"
    ):
        source.tables()
    postgres.run("CREATE TABLE hidden (id int)")
    with _role(postgres) as role, pytest.raises(DataError, match=r"hidden: this user has no right to read it. Let the"):
        _table(postgres.address(user=role), "hidden")


def test_a_database_a_user_has_no_right_to_is_named(mysql, reader: str) -> None:
    url = mysql.address(user=reader, password=PASSWORD).replace(mysql.name, "mysql")
    with pytest.raises(DataError, match=r"/mysql: this user has no right to this database"):
        open_source(url).tables()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://ana:pw@nowhere.invalid/bank", "mysql://ana@nowhere.invalid/bank: there is no such host. Check"),
        ("postgresql://ana:pw@nowhere.invalid/bank", "there is no such host. Check the host's name"),
        ("mysql://ana:pw@127.0.0.1:1/bank", "no server answers at this address. Check host and port"),
        ("postgresql://ana:pw@127.0.0.1:1/bank", "no server answers at this address. Check host and port"),
        ("mysql://ana@127.0.0.1", "names no database. Write mysql://USER@HOST:PORT/DATABASE"),
        ("mysql://ana@127.0.0.1/bank?schema=risk", "MySQL has no schemas apart from databases"),
        ("mysql://ana@h/bank?sslmode=require", "'sslmode' is no option of this address. Did you mean 'ssl_mode'"),
        ("postgresql://ana@h/bank?sslmod=require", "'sslmod' is no option of this address. Did you mean 'sslmode'"),
        ("postgresql://ana@127.0.0.1/bank?secret=none_such", "DuckDB has no secret of this name. List yours"),
        ("postgresql://ana:a#b@h/bank", r"postgresql://…: the address can't be read. Write each / : @ # \? % of"),
        ("postgresql://ana:a/b@h/bank", "postgresql://…: the address can't be read."),
        ("postgresql://ana:a?b@h/bank", "postgresql://…: the address can't be read."),
        ("mysql://ana:b@[h/bank", "mysql://…: the address can't be read. .*to MYSQL_PWD"),
    ],
)
def test_an_address_that_leads_nowhere_says_what_to_check(url: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_source(url).tables()


def test_an_unknown_database_is_named(mysql, postgres) -> None:
    for place in (mysql, postgres):
        url = place.url.replace(place.url.split("?")[0].rsplit("/", 1)[1], "none_such", 1)
        with pytest.raises(DataError, match=r"/none_such.*: the server has no database of this name"):
            open_source(url).tables()


def test_an_unknown_role_is_refused(postgres) -> None:
    with pytest.raises(DataError, match=r"the server refuses this user or password. .*PGPASSWORD"):
        open_source(postgres.address(user="none_such")).tables()


def test_an_unknown_table_names_the_nearest(mysql, postgres) -> None:
    for place in (mysql, postgres):
        place.run("CREATE TABLE emprestimos (id int)")
        with pytest.raises(DataError, match=r"no table 'emprestimo'. Did you mean 'emprestimos'?"):
            open_source(place.url).read("emprestimo")


def test_an_empty_database_says_so(mysql) -> None:
    mysql.run(f"CREATE DATABASE {mysql.name}_empty")
    try:
        with pytest.raises(DataError, match="no tables here that this user may see. Name another database"):
            open_source(f"{mysql.url}_empty").tables()
    finally:
        mysql.run(f"DROP DATABASE {mysql.name}_empty")


def test_a_schema_without_tables_names_the_nearest_that_has_some(postgres) -> None:
    postgres.run("CREATE TABLE something (id int)")
    url = postgres.url[:-1]
    with pytest.raises(
        DataError, match=rf"holds no tables. Name another with \?schema=. Did you mean '{postgres.name}'"
    ):
        open_source(url).tables()


@pytest.mark.parametrize("server", ["mysql", "postgres"])
def test_a_table_that_went_away_since_it_was_listed_is_named(server: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(server)
    place.run("CREATE TABLE short_lived (id int)")
    source = open_source(place.url)
    assert "short_lived" in source.tables()
    place.run("DROP TABLE short_lived")
    with pytest.raises(DataError, match=r"short_lived: the table went away, or a view names a table that did"):
        list(source.read("short_lived"))


def test_tls_that_the_server_has_not_is_said(mysql, postgres) -> None:
    with pytest.raises(DataError, match=r"don't agree on TLS: .*SSL is required.*TLS options"):
        open_source(f"{mysql.url}?ssl_mode=required").tables()
    with pytest.raises(DataError, match=r"don't agree on TLS: server does not support SSL"):
        open_source(f"{postgres.url}&sslmode=require").tables()


@pytest.mark.parametrize(
    ("scheme", "variable"), [("MySQL", "MYSQL_PWD"), ("MariaDB", "MYSQL_PWD"), ("POSTGRES", "PGPASSWORD")]
)
def test_the_variable_a_password_may_stand_in_is_told_however_the_scheme_is_written(scheme: str, variable: str) -> None:
    address = read_address(f"{scheme}://ana@db.bank/loans", options=())
    _, hint = meaning("Access denied for user 'ana'", address)
    assert f"may also stand in {variable}." in hint


@pytest.mark.parametrize("scheme", ["mysql", "postgresql"])
def test_a_server_that_never_answers_is_not_waited_for(scheme: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(DataError, match="the server doesn't answer in time. Is the host right"):
            replace(open_source(f"{scheme}://ana:pw@127.0.0.1:{silent.getsockname()[1]}/bank"), seconds=0.5).tables()


@pytest.mark.parametrize("silent", ["answers to nobody", "accepts nobody"])
def test_a_command_ends_with_its_own_code_while_a_driver_still_waits(silent: str) -> None:
    """Ended by the interpreter, the driver's thread aborted the process (134) in two of three runs."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0 if silent == "accepts nobody" else 8)
        knocking = _fill(server.getsockname()) if silent == "accepts nobody" else []
        url = f"mysql://ana:pw@127.0.0.1:{server.getsockname()[1]}/bank"
        asked = [sys.executable, "-m", "fiador", "check", str(PORTFOLIO), "--source", url]
        running = [subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        said = [process.communicate() for process in running]
        for each in knocking:
            each.close()
    assert [process.returncode for process in running] == [DataError.exit_code] * 4, said
    assert all(out == "" and "the server doesn't answer in time. Is the host right" in err for out, err in said)


def _fill(address: tuple[str, int]) -> list[socket.socket]:
    """Take every place in a listener's queue: whoever comes later gets no answer, as from a firewall."""
    taken = [socket.socket() for _ in range(4)]
    for each in taken:
        each.setblocking(False)
        each.connect_ex(address)
    time.sleep(0.2)
    return taken


def _end_mysql(place, user: str) -> None:
    for (number,) in place.run(f"SELECT id FROM information_schema.processlist WHERE user = '{user}'"):
        place.run(f"KILL {number}")


def _end_postgres(place, user: str) -> None:
    place.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'")


@pytest.fixture
def ended(request: pytest.FixtureRequest, mysql, postgres) -> Iterator[tuple[str, Callable[[], None]]]:
    """(the URL of a reader with a table `many`, how the server ends that reader's connections)."""
    name = f"e_{mysql.name[-12:]}"
    if request.param == "mysql":
        _many(mysql, "many", "mysql")
        mysql.run(f"CREATE USER {name}")
        mysql.run(f"GRANT SELECT ON {mysql.name}.* TO {name}")
        yield mysql.address(user=name), lambda: _end_mysql(mysql, name)
        gc.collect()  # an open transaction would keep the table from going
        mysql.run("DROP TABLE many")
        mysql.run(f"DROP USER {name}")
    else:
        _many(postgres, "many", "postgres")
        with _role(postgres) as role:
            postgres.run(f"GRANT SELECT ON many TO {role}")
            yield postgres.address(user=role), lambda: _end_postgres(postgres, role)
            gc.collect()
        postgres.run("DROP TABLE many")


@pytest.mark.parametrize("ended", ["mysql", "postgres"], indirect=True)
def test_a_database_that_goes_away_half_way_leaves_nothing(ended: tuple[str, Callable[[], None]]) -> None:
    url, end = ended
    source, engine = open_source(url), open_engine()

    def cut() -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(source.read("many")):
            yield batch
            if number == 0:
                end()

    with pytest.raises(
        DataError, match=r"many: the database went away while it was read; no row of this reading is used"
    ):
        engine.load("many", source.tables()["many"], cut())
    with pytest.raises(DataError, match="many"):  # the engine kept no table
        engine.query("SELECT count(*) FROM many")
    assert sum(map(len, source.read("many"))) == MANY  # the next reading has a connection of its own


@pytest.mark.parametrize("ended", ["mysql", "postgres"], indirect=True)
def test_a_database_that_goes_away_between_two_readings_ends_no_process(ended: tuple[str, Callable[[], None]]) -> None:
    url, end = ended
    source = open_source(url)
    source.tables()
    end()
    if "mysql:" in url:  # DuckDB takes another connection
        assert sum(map(len, source.read("many"))) == MANY
    else:
        with pytest.raises(DataError, match="many: the database went away"):
            list(source.read("many"))
    del source
    gc.collect()  # where a transaction that can't be ended would end the process


# --- the extension, and where it is kept --------------------------------------------------------------------


@pytest.mark.parametrize("home", ["missing", "unwritable"])
def test_a_home_that_cannot_be_written_is_no_obstacle(home: str, mysql, postgres, tmp_path: Path) -> None:
    mysql.run("CREATE TABLE IF NOT EXISTS at_home (id int)")
    postgres.run("CREATE TABLE IF NOT EXISTS at_home (id int)")
    place = Path("/nonexistent") if home == "missing" else tmp_path / "home"
    if home == "unwritable":
        place.write_text("a file, so that nothing can be put into it")
    code = (
        "from fiador.adapters.sources import open_source\n"
        "for url in sys.argv[1:]: print(len(open_source(url).tables()))"
    )
    environment = {**os.environ, "HOME": str(place), "TMPDIR": str(tmp_path)}
    asked = [sys.executable, "-c", f"import sys; {code}", mysql.url, postgres.url]
    found = subprocess.run(asked, check=False, env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert all(int(tables) > 0 for tables in found.stdout.split())


def test_a_missing_extra_is_named() -> None:
    with pytest.raises(
        DataError, match=r"reading MySQL needs an extra that isn't installed. Run: pip install 'fiador\[mysql\]'"
    ):
        extension_file("none_such", extra="mysql", place="MySQL")
    with pytest.raises(DataError, match=r"isn't made for DuckDB 9.9.9. Run: pip install 'fiador\[mysql\]'"):
        extension_file("mysql_scanner", extra="mysql", place="MySQL", version="9.9.9")
