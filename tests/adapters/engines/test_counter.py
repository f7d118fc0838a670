"""Is a statement that is planned once right for whatever rows come after?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from fiador.adapters.engines import open_engine
from fiador.adapters.engines.counter import STATEMENTS
from fiador.errors import DataError
from fiador.use_cases.ports import Engine

SUM = "SELECT sum(paid) AS paid, count(*) AS rows FROM payments JOIN people USING (id) WHERE state IN ('a', 'b')"
STATES = pa.schema([("id", pa.int64()), ("state", pa.string())])


@pytest.fixture
def engine() -> Engine:
    return open_engine()


def tables(paid: list[float | None], states: list[str | None]) -> dict[str, pa.Table]:
    ids = pa.array(range(len(paid)), pa.int64())
    people = pa.table({"id": pa.array(range(len(states)), pa.int64()), "state": pa.array(states, pa.string())})
    return {"payments": pa.table({"id": ids, "paid": pa.array(paid, pa.float64())}), "people": people}


@pytest.mark.parametrize("paid", [[], [1.0], [2.0, None, 4.0], [float(n) for n in range(5000)]])
def test_no_rows_one_row_and_many_are_answered_as_by_a_plan_of_their_own(engine: Engine, paid: list) -> None:
    engine.answer(SUM, tables([7.0], ["a"]))  # it is planned by now
    given = tables(paid, ["a", "b", "c", None] * (len(paid) // 4 + 1))
    assert engine.answer(SUM, given).equals(engine.query(SUM, tables=given))


def test_columns_of_another_type_are_planned_apart(engine: Engine) -> None:
    whole = tables([1.0, 2.0], ["a", "b"])
    texts = {**whole, "people": whole["people"].rename_columns(["id", "state"]).append_column("x", pa.array(["", ""]))}
    decimals = {**whole, "payments": pa.table({"id": [0, 1], "paid": pa.array([1, 2], pa.int64())})}
    assert engine.answer(SUM, whole).to_pylist() == [{"paid": 3.0, "rows": 2}]
    assert engine.answer(SUM, texts).to_pylist() == [{"paid": 3.0, "rows": 2}]
    assert engine.answer(SUM, decimals).to_pylist() == [{"paid": 3, "rows": 2}]


def test_several_at_once_do_not_see_each_others_rows(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: engine.answer(SUM, tables([float(n)], ["a"])).to_pylist(), range(60)))
    assert answers == [[{"paid": float(n), "rows": 1}] for n in range(60)]


def test_kept_tables_are_not_seen_and_a_failed_statement_leaves_the_next_whole(engine: Engine) -> None:
    engine.load("people", STATES, iter(pa.table({"id": [0], "state": ["a"]}, schema=STATES).to_batches()))
    with pytest.raises(DataError, match=r"the engine refused a statement \(.*people.*\)"):
        engine.answer(SUM, {"payments": tables([1.0], [])["payments"]})
    failing = "SELECT CAST(state AS BIGINT) AS n FROM people"
    with pytest.raises(DataError, match="the engine refused a statement"):
        engine.answer(failing, {"people": tables([], ["a"])["people"]})
    assert engine.answer(failing, {"people": tables([], ["4"])["people"]}).to_pylist() == [{"n": 4}]


def test_more_statements_than_are_kept_are_answered_all_the_same(engine: Engine) -> None:
    given = tables([1.0], ["a"])
    for _ in range(2):
        for n in range(STATEMENTS + 2):
            assert engine.answer(f"SELECT paid + {n} AS n FROM payments", given).to_pylist() == [{"n": 1.0 + n}]
