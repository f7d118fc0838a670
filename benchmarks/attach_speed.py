"""How fast is a live table read against the driver's own fetch, and does memory stay flat?

    python benchmarks/attach_speed.py [--rows 5000000]

Writes a table of loans into a database of its own on the servers that FIADOR_MYSQL_URL and FIADOR_POSTGRES_URL name,
reads it through fiador's source and through the driver's own streaming cursor (pymysql's SSCursor, psycopg's
server-side cursor), each in a process of its own, and drops it. Prints rows a second, seconds of
processor, the growth of the peak of resident memory, and how many times faster the source is.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pymysql
import pymysql.cursors

from fiador.adapters.sources import open_source

ROWS = 5_000_000
FETCHED = 10_000
MEGABYTE = 1_000_000
# An eighth of the rows lack an income, as some do.
MYSQL = """
CREATE TABLE loans (loan_id varchar(16), intent varchar(20), amount int, rate double, paid decimal(12,2),
                    opened date, moment datetime, income int, status tinyint(1));
INSERT INTO loans
SELECT LPAD(HEX(seq * 2654435761 & 0xffffffff), 8, '0'),
       ELT(1 + seq % 5, 'Education', 'Medical', 'Venture', 'Personal', 'Homeimprovement'),
       500 + seq % 34500, 5 + (seq % 1800) / 100, seq % 100000 / 7, DATE_ADD('2010-01-01', INTERVAL seq % 5000 DAY),
       DATE_ADD('2010-01-01', INTERVAL seq SECOND), IF(seq % 8 = 0, NULL, 12000 + seq % 90000), seq % 11 = 0
FROM seq_1_to_{rows}"""
POSTGRES = """
CREATE TABLE {schema}.loans AS
SELECT lpad(to_hex((s * 2654435761) & 4294967295), 8, '0')::varchar(16) AS loan_id,
       (array['Education', 'Medical', 'Venture', 'Personal', 'Homeimprovement'])[1 + s % 5]::varchar(20) AS intent,
       (500 + s % 34500)::int AS amount, 5 + (s % 1800) / 100.0::float8 AS rate,
       (s % 100000 / 7.0)::numeric(12,2) AS paid, date '2010-01-01' + (s % 5000)::int AS opened,
       timestamp '2010-01-01' + s * interval '1 second' AS moment,
       CASE WHEN s % 8 <> 0 THEN (12000 + s % 90000)::int END AS income, (s % 11 = 0)::int::smallint AS status
FROM generate_series(1::bigint, {rows}) AS s"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    for name, variable, loaded in (
        ("MySQL", "FIADOR_MYSQL_URL", _mysql),
        ("PostgreSQL", "FIADOR_POSTGRES_URL", _postgres),
    ):
        if not os.environ.get(variable):
            print(f"{name}: {variable} names no server")
            continue
        with loaded(os.environ[variable], rows) as (url, driver):
            ours = _apart(_through_the_source, url)
            theirs = _apart(driver, url)
        assert ours[0] == theirs[0] == rows
        for label, (count, seconds, busy, before, grown) in (("source", ours), ("driver", theirs)):
            memory = f"peak memory +{grown:.0f} MB (at {before:.0f} MB)"
            speed = f"{seconds:6.1f} s ({busy:5.1f} s of processor) {count / seconds:9,.0f} rows/s"
            print(f"{name:10} {label}: {count:,} rows {speed}, {memory}")
        print(f"{name:10} the source is {theirs[1] / ours[1]:.1f} times as fast", flush=True)


@contextmanager
def _mysql(url: str, rows: int) -> Iterator[tuple[str, Callable[[str], int]]]:
    name = f"fiador_{uuid4().hex[:12]}"
    connection = pymysql.connect(**_at(url), autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"USE {name}")
        for statement in MYSQL.format(rows=rows).split(";"):
            cursor.execute(statement)
        try:
            yield urlsplit(url)._replace(path=f"/{name}", query="").geturl(), _through_pymysql
        finally:
            cursor.execute(f"DROP DATABASE {name}")


@contextmanager
def _postgres(url: str, rows: int) -> Iterator[tuple[str, Callable[[str], int]]]:
    name = f"fiador_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(POSTGRES.format(schema=name, rows=rows))
        try:
            yield urlsplit(url)._replace(query=f"schema={name}").geturl(), _through_psycopg
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def _at(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname,
        "port": parts.port or 3306,
        "user": parts.username,
        "password": parts.password or "",
    }


def _through_the_source(url: str) -> int:
    return sum(len(batch) for batch in open_source(url).read("loans"))


def _through_pymysql(url: str) -> int:
    database = urlsplit(url).path[1:]
    with (
        pymysql.connect(**_at(url), database=database, cursorclass=pymysql.cursors.SSCursor) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM loans")
        return sum(len(rows) for rows in iter(lambda: cursor.fetchmany(FETCHED), ()))


def _through_psycopg(url: str) -> int:
    address, _, schema = url.partition("?schema=")
    with psycopg.connect(address) as connection, connection.cursor(name="loans") as cursor:
        cursor.itersize = FETCHED
        cursor.execute(f"SELECT * FROM {schema}.loans")
        return sum(len(rows) for rows in iter(lambda: cursor.fetchmany(FETCHED), []))


Measurement = tuple[int, float, float, float, float]
"""Rows, seconds, seconds of processor in this process, peak memory in MB before, and by how many it grew."""


def _apart(reader: Callable[[str], int], url: str) -> Measurement:
    """A reading in a fresh process, whose peak of memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (reader, url))


def _measure(reader: Callable[[str], int], url: str) -> Measurement:
    before, start, busy = _peak(), time.perf_counter(), time.process_time()
    rows = reader(url)
    return rows, time.perf_counter() - start, time.process_time() - busy, before, _peak() - before


def _peak() -> float:
    """The process's peak resident memory in MB; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
