"""Can anything not known at the decision move a feature?"""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.engines import open_engine
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema

PAYMENT = st.tuples(
    st.integers(-400, 400), st.none() | st.floats(0, 1000, width=32), st.none() | st.floats(0, 1000, width=32)
)
RAW = {
    "loans": {
        "loan_id": pa.string(),
        "person_id": pa.string(),
        "amount": pa.int64(),
        "purpose": pa.string(),
        "defaulted": pa.int64(),
    },
    "people": {"person_id": pa.string(), "age": pa.int64(), "income": pa.float64(), "gender": pa.string()},
    "payments": {"loan_id": pa.string(), "days_before": pa.int64(), "paid": pa.float64(), "due": pa.float64()},
}


def table(name: str, rows: list[tuple]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in RAW[name]]
    return pa.table({c: pa.array(list(v), type=t) for (c, t), v in zip(RAW[name].items(), columns, strict=True)})


ENGINE = open_engine()


def features(portfolio, payments: list[tuple], target: int) -> list[dict]:
    tables = {
        "loans": table("loans", [("1", "a", 100, "car", target), ("2", "a", 200, "home", 1 - target)]),
        "people": table("people", [("a", 40, 50.0, "f")]),
        "payments": table("payments", payments),
    }
    return ENGINE.query(compile_sql(portfolio, declared_schema(portfolio)).sql, tables=tables).to_pylist()


@settings(max_examples=40, deadline=None)
@given(known=st.lists(PAYMENT, max_size=5), later=st.lists(PAYMENT, max_size=5), target=st.integers(0, 1))
def test_rows_that_come_later_and_the_target_move_no_feature(tiny, known, later, target):
    past = [("1", abs(days) + 1, paid, due) for days, paid, due in known]
    future = [("1", -abs(days), paid, due) for days, paid, due in later]
    assert features(tiny, past + future, target) == features(tiny, past, 1 - target)


def test_the_check_would_notice_a_leak(tiny):
    assert features(tiny, [("1", 5, 10.0, 10.0)], 0) != features(tiny, [("1", 5, 11.0, 10.0)], 0)
