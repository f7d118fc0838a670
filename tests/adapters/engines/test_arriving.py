"""Are tables that are read in the background all there for who needs them, and is what is wrong with one told?"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pyarrow as pa
import pytest

from fiador.adapters.engines import open_engine
from fiador.errors import DataError

SCHEMA = pa.schema([("id", pa.int64())])


def batches(*ids: int, after: Event | None = None, fault: str = "") -> Iterator[pa.RecordBatch]:
    if after:
        assert after.wait(20)
    for each in ids:
        yield pa.record_batch({"id": [each]}, schema=SCHEMA)
    if fault:
        raise DataError(fault, where="loans")


def test_a_statement_waits_for_the_tables_it_names_and_for_no_others():
    engine, gone = open_engine(side_by_side=True), Event()
    engine.load("loans", SCHEMA, batches(1, 2), apart=True)
    engine.load("months", SCHEMA, batches(7, after=gone), apart=True)
    assert engine.query('SELECT sum(id) AS n FROM "loans"').to_pylist() == [{"n": 3}]
    gone.set()
    assert engine.query('SELECT id FROM "loans" UNION SELECT id FROM "months" ORDER BY id')["id"].to_pylist() == [
        1,
        2,
        7,
    ]


@pytest.mark.parametrize("apart", [True, False])
def test_rows_added_to_a_table_come_after_its_own_and_a_column_it_lacks_is_null(apart):
    engine = open_engine(side_by_side=True)
    engine.load("loans", SCHEMA, batches(2, 1), apart=apart)
    more = pa.table({"id": [3], "bad": [0]})
    engine.load("loans", more.schema, iter(more.to_batches()), apart=apart)
    found = pa.Table.from_batches(engine.rows('SELECT * FROM "loans"'))
    assert found.to_pydict() == {"id": [2, 1, 3], "bad": [None, None, 0]}


def test_what_is_wrong_with_a_table_is_told_to_who_asks_for_it():
    engine = open_engine(side_by_side=True)
    engine.load("loans", SCHEMA, batches(1, fault="row 2 isn't whole."), apart=True)
    for _ in range(2):
        with pytest.raises(DataError, match=r"loans: row 2 isn't whole\."):
            engine.query('SELECT * FROM "loans"')


def test_the_first_fault_is_told_to_everybody_and_nothing_is_read_in_vain():
    engine, gone, read = open_engine(side_by_side=True), Event(), list[int]()

    def endless() -> Iterator[pa.RecordBatch]:
        assert gone.wait(20)
        while len(read) < 1000:
            read.append(len(read))
            yield pa.record_batch({"id": [1]}, schema=SCHEMA)

    engine.load("months", SCHEMA, endless(), apart=True)
    engine.load("loans", SCHEMA, batches(1, fault="row 2 isn't whole."), apart=True)
    with pytest.raises(DataError, match=r"row 2 isn't whole"):
        engine.query('SELECT * FROM "loans"')
    gone.set()
    with pytest.raises(DataError, match=r"row 2 isn't whole"):
        engine.query('SELECT * FROM "months"')
    assert len(read) == 1


def test_rows_in_batches_are_those_of_the_whole_answer_and_a_failure_on_the_way_is_told():
    engine = open_engine()
    sql = "SELECT i, i % 7 AS n FROM range(600000) AS t(i)"
    batched = list(engine.rows(sql))
    assert len(batched) > 2
    assert pa.Table.from_batches(batched).equals(engine.query(sql).combine_chunks())
    with pytest.raises(DataError, match="the engine refused a statement .*Could not convert"):
        list(engine.rows("SELECT CAST(CASE WHEN i > 500000 THEN 'x' ELSE '1' END AS INT) FROM range(600000) AS t(i)"))
