"""Do rows that stand together by application give what the one statement gives, whatever the rows?

A batch of all applications is measured over runs of rows, one applicant at the counter by a group by: the same
numbers to a step of float32, nulls in the same places. Rows come scattered or in order, in batches that cut runs.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.engines import open_engine
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.features.statements import Statements
from fiador.measures import MEASURES
from fiador.measures.kernels import measure
from fiador.measures.places import ApplicationColumns, Places, Scattered
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.feature_table import build
from fiador.use_cases.ports import Engine

LOANS = ("00", "01", "a", "b", "z")
NUMBERS = (None, 0.0, -0.0, 1.0, 3.0, 0.1, 4567.89, -4567.89, 1e-9, 1e155, 1e308, np.inf, np.nan, 16777217.25)
ROW = st.tuples(
    st.sampled_from(LOANS),
    st.none() | st.integers(-40, 3),
    st.sampled_from(NUMBERS) | st.integers(-10_000, 10_000).map(lambda cents: cents / 100),
    st.sampled_from((None, "", "a", "b", "other")),
)
CONDITIONS: tuple[dict, ...] = (
    {}, {"where": "state = 'a'"}, {"where": "state IS NULL", "within": 12}, {"within": 6}, {"where": "value > 1"},
    {"where": "state = 'b'", "empty": "null"},
)  # fmt: skip


def portfolio() -> Portfolio:
    of = {"rows": "months", "number": "months.value", "value": "months.state"}
    features = {
        f"{name}_{at}": {"measure": name, "of": of[measure.takes], "says": name, **condition}
        for name, measure in MEASURES.items()
        for at, condition in enumerate(CONDITIONS)
        if (measure.windowed or "within" not in condition) and not (name == "share" and "where" not in condition)
    }
    features["of_derived"] = {"measure": "mean", "of": "months.tenth", "says": "x"}
    months = {
        "many": {"of": "loans", "on": "id"}, "time": "at", "unit": "months",
        "columns": {"id": "text", "at": "integer", "value": "number", "state": "text"},
        "expect": {"state": ["a", "b"]}, "derive": {"tenth": "value / 10"},
    }  # fmt: skip
    return parse_document({
        "format": 1,
        "portfolio": {"name": "measured", "currency": "EUR", "rows": "loans", "key": "id"},
        "target": {"column": "bad", "means": "bad"},
        "tables": {"loans": {"columns": {"id": "text", "bad": "integer"}}, "months": months},
        "features": features,
        "costs": {"bad_approved": 10, "good_declined": 1},
    })  # fmt: skip


PORTFOLIO = portfolio()
SCHEMA = declared_schema(PORTFOLIO)
PLAN = compile_sql(PORTFOLIO, SCHEMA)
(MONTHS,) = Statements(PLAN).tallies


def tables(rows: list[tuple]) -> dict[str, pa.Table]:
    names, types = ("id", "at", "value", "state"), (pa.string(), pa.int64(), pa.float64(), pa.string())
    columns = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(types)]
    return {"loans": pa.table({"id": LOANS[:4]}), "months": pa.table(columns, names=names)}


def opened(raw: dict[str, pa.Table]) -> Engine:
    engine = open_engine()
    for name, table in raw.items():
        engine.load(name, table.schema, iter(table.to_batches()))
    return engine


def require_same(found: pa.Table, expected: pa.Table) -> None:
    for name in PORTFOLIO.features:
        one, other = (table.column(name).to_numpy(zero_copy_only=False) for table in (found, expected))
        assert np.array_equal(np.isnan(one), np.isnan(other)), (name, one, other)
        # what is left of numbers that cancel: the values are up to ten thousand, or as large as they get
        left = 1e-8 if PORTFOLIO.features[name].measure in ("trend", "departure", "change") else 0
        assert np.allclose(one, other, rtol=3e-7, atol=left, equal_nan=True), (name, one, other)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, max_size=40))
def test_scattered_rows_and_rows_in_order_give_what_the_statement_gives(rows):
    expected = open_engine().query(PLAN.sql, tables=tables(rows))
    for order in (rows, sorted(rows, key=lambda row: row[0])):
        require_same(build(PORTFOLIO, SCHEMA, opened(tables(order))), expected)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, max_size=40), size=st.integers(1, 12))
def test_batches_that_cut_an_application_s_rows_lose_none(rows, size):
    raw, engine = tables(sorted(rows, key=lambda row: row[0])), open_engine()
    expected = engine.query(PLAN.sql, tables=raw)
    found = ApplicationColumns(Places(raw["loans"].column("id")), MONTHS.no_rows)
    batches = engine.query(MONTHS.rows.sql, tables=raw).to_batches(max_chunksize=size)
    measure(batches, MONTHS.rows.by, MONTHS.rows.measurements, found)
    require_same(found.table(), expected)


def test_rows_of_one_application_in_two_places_are_not_measured_apart():
    raw = tables([("a", -1, 1.0, "a"), ("b", -1, 1.0, "a"), ("a", -2, 1.0, "a"), ("b", -2, 1.0, "a")])
    found = ApplicationColumns(Places(raw["loans"].column("id")), MONTHS.no_rows)
    for size in (1, 4):
        batches = open_engine().query(MONTHS.rows.sql, tables=raw).to_batches(max_chunksize=size)
        with pytest.raises(Scattered):
            measure(batches, MONTHS.rows.by, MONTHS.rows.measurements, found)
