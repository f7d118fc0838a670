"""Of several versions of one event, which one does a decision know?"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.engines import open_engine
from fiador.errors import DataError, PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.portfolio import AsOf, Portfolio, parse
from fiador.portfolio.types import TYPES
from fiador.use_cases.checking import check, require

DECIDED = date(2020, 6, 30)


def document(unit: str = "days") -> dict:
    when = "integer" if unit == "days" else "date"
    dated = {"decided_at": "decided"} if unit == "date" else {}
    return {
        "format": 1,
        "portfolio": {"name": "versions", "currency": "EUR", "rows": "loans", "key": "id", **dated},
        "target": {"column": "bad", "means": "bad"},
        "tables": {
            "loans": {"columns": {"id": "text", "decided": "date", "bad": "integer"}},
            "debts": {
                "many": {"of": "loans", "on": "id"}, "key": "debt", "time": "at", "unit": unit,
                "kind": "versioned", "known_at": "told",
                "columns": {"id": "text", "debt": "text", "at": when, "told": when, "owed": "number"},
            },
        },
        "features": {
            "debts": {"measure": "rows", "of": "debts", "says": "debts"},
            "owed": {"measure": "sum", "of": "debts.owed", "says": "owed"},
        },
        "costs": {"bad_approved": 10, "good_declined": 1},
    }  # fmt: skip


PORTFOLIOS = {unit: parse(document(unit)) for unit in ("days", "date")}


def tables(p: Portfolio, debts: list[tuple]) -> dict[str, pa.Table]:
    """debts: (debt, days to the event, days to when it became known, owed) of loan 1."""
    dated = p.tables["debts"].is_dated
    rows = {
        "loans": [{"id": "1", "decided": DECIDED, "bad": 0}, {"id": "2", "decided": DECIDED, "bad": 1}],
        "debts": [
            {
                "id": "1", "debt": debt, "owed": owed,
                "at": DECIDED + timedelta(at) if dated else at,
                "told": None if told is None else DECIDED + timedelta(told) if dated else told,
            }
            for debt, at, told, owed in debts
        ],
    }  # fmt: skip
    return {
        name: pa.table({c: pa.array([r[c] for r in rows[name]], TYPES[t].arrow) for c, t in table.columns.items()})
        for name, table in p.tables.items()
    }


@pytest.fixture(scope="module")
def engine():
    return open_engine()


def owed(engine, unit: str, debts: list[tuple], as_of: AsOf | None = None) -> tuple[float, float]:
    p = PORTFOLIOS[unit].at(as_of)
    answer = engine.query(compile_sql(p, declared_schema(p)).sql, tables=tables(p, debts)).to_pylist()
    return answer[0]["debts"], answer[0]["owed"]


@pytest.mark.parametrize("unit", PORTFOLIOS)
@pytest.mark.parametrize(
    ("debts", "answer"),
    [
        ([("a", -30, -29, 5.0), ("a", -30, -9, 7.0), ("b", -20, -19, 1.0)], (2, 8)),  # the later version counts
        ([("a", -30, -9, 7.0), ("a", -30, -29, 5.0)], (1, 7)),  # whatever the order of rows
        ([("a", -30, -29, 5.0), ("a", -30, 0, 7.0)], (1, 5)),  # a correction of the day itself is not known yet
        ([("a", -30, -29, 5.0), ("a", 3, -9, 5.0)], (0, 0)),  # since corrected: it is still to happen
        ([("a", 3, -29, 5.0), ("a", -3, -2, 6.0)], (1, 6)),  # since corrected: it has happened
        ([("a", -30, -29, 5.0), ("a", -30, None, 7.0)], (1, 5)),  # nobody knows since when: not known
        ([("a", -30, 4, 5.0)], (0, 0)),  # an event learnt of later
        ([("a", -30, -9, 5.0), ("a", -30, -9, 7.0)], (1, 7)),  # told at once: the larger, whatever the order
        ([(None, -30, -9, 5.0), (None, -30, -8, 7.0)], (2, 12)),  # no key: each its own event
    ],
)
def test_the_version_known_last_before_the_decision_counts_and_no_other(engine, unit, debts, answer):
    assert owed(engine, unit, debts) == answer


@pytest.mark.parametrize("unit", PORTFOLIOS)
@pytest.mark.parametrize(("before", "answer"), [(30, (0, 0)), (29, (0, 0)), (28, (1, 5)), (9, (1, 5)), (8, (1, 7))])
def test_as_of_an_earlier_moment_the_version_known_then_counts(engine, unit, before, answer):
    debts = [("a", -30, -29, 5.0), ("a", -30, -9, 7.0)]
    assert owed(engine, unit, debts, AsOf(days_before=before)) == answer


VERSIONS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(-9, 5), st.integers(-9, 5), st.integers(0, 9)), max_size=6
)


@pytest.mark.parametrize("unit", PORTFOLIOS)
@settings(max_examples=10, deadline=None)
@given(debts=VERSIONS)
def test_it_is_what_reading_the_versions_in_the_order_they_came_in_would_leave(engine, unit, debts):
    latest: dict[str, tuple] = {}
    for debt, at, told, amount in sorted(debts, key=lambda row: (row[2], row[1], row[3])):
        if told < 0:
            latest[debt] = (at, amount)
    counted = [amount for at, amount in latest.values() if at < 0]
    assert owed(engine, unit, [(d, at, told, float(v)) for d, at, told, v in debts]) == (len(counted), sum(counted))


def test_a_versioned_table_says_which_rows_are_versions_of_one():
    wrong = document()
    del wrong["tables"]["debts"]["key"]
    with pytest.raises(
        PortfolioError, match='tables.debts: kind = "versioned" needs `key`: which rows are versions of'
    ):
        parse(wrong)


def test_check_takes_versions_for_no_duplicates_and_two_told_at_once_for_one():
    p = PORTFOLIOS["days"]

    def found(debts: list[tuple]):
        engine = open_engine()
        for name, table in tables(p, debts).items():
            engine.load(name, table.schema, iter(table.to_batches()))
        return check(p, declared_schema(p), engine)

    assert not found([("a", -30, -29, 5.0), ("a", -30, -9, 7.0)]).refusals
    with pytest.raises(DataError, match="debts.debt, told: 1 key in more than one row"):
        require(found([("a", -30, -29, 5.0), ("a", -30, -29, 7.0)]))
