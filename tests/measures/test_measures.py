"""Is every measure what a person works out by hand, over nulls, ties, one row and no rows?

Each in two ways: by the one statement that answers everything of an application, and of rows that stand together.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fiador.adapters.engines import ENGINES, open_engine
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.measures import MEASURES
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.feature_table import build
from fiador.use_cases.ports import Engine

# (time in months before the decision, value, state): awkward applications by name
ROWS = {
    "plain": [(-24, 1.0, "a"), (-12, 4.0, "b"), (-6, None, "a"), (-1, 7.0, None)],
    "ties": [(-9, 5.0, "a"), (-9, 4.0, "a"), (-2, 6.0, "b"), (-2, 7.0, "b")],
    "one": [(-3, 2.0, "a")],
    "nulls": [(-3, None, None), (-2, None, "b")],
    "same": [(-5, 3.0, "a"), (-5, 3.0, "a")],
    "none": [],
}
TYPES = (pa.string(), pa.int64(), pa.float64(), pa.string())
EXPECTED: dict[str, dict[str, float | None]] = {
    "rows": {"plain": 4, "ties": 4, "one": 1, "nulls": 2, "same": 2, "none": 0},
    # the share, and the time since, of rows where state = 'b'
    "share": {"plain": 0.25, "ties": 0.5, "one": 0, "nulls": 0.5, "same": 0, "none": None},
    "since": {"plain": 12, "ties": 2, "one": None, "nulls": 2, "same": None, "none": None},
    "mean": {"plain": 4, "ties": 5.5, "one": 2, "nulls": None, "same": 3, "none": None},
    "min": {"plain": 1, "ties": 4, "one": 2, "nulls": None, "same": 3, "none": None},
    "max": {"plain": 7, "ties": 7, "one": 2, "nulls": None, "same": 3, "none": None},
    "sum": {"plain": 12, "ties": 22, "one": 2, "nulls": 0, "same": 6, "none": 0},
    "var": {"plain": 9, "ties": 5 / 3, "one": None, "nulls": None, "same": 0, "none": None},
    "std": {"plain": 3, "ties": (5 / 3) ** 0.5, "one": None, "nulls": None, "same": 0, "none": None},
    "first": {"plain": 1, "ties": 4, "one": 2, "nulls": None, "same": 3, "none": None},
    "last": {"plain": 7, "ties": 7, "one": 2, "nulls": None, "same": 3, "none": None},
    "change": {"plain": 6, "ties": 3, "one": 0, "nulls": None, "same": 0, "none": None},
    # the latest less the mean of all others: ties are 5, 4, 6 and then 7
    "departure": {"plain": 4.5, "ties": 2, "one": None, "nulls": None, "same": 0, "none": None},
    # ties: times −9 and −2 about −5.5 are ∓3.5; means 4.5 and 6.5 differ by 2 over 7 months;
    # plain: 69 over 2382 / 9
    "trend": {"plain": 621 / 2382, "ties": 2 / 7, "one": None, "nulls": None, "same": None, "none": None},
    # weights halve every twelve months: 2^-2, 2^-1, 2^-1/12
    "recent": {
        "plain": (1 * 0.25 + 4 * 0.5 + 7 * 2 ** (-1 / 12)) / (0.25 + 0.5 + 2 ** (-1 / 12)),
        "ties": (9 * 2 ** (-9 / 12) + 13 * 2 ** (-2 / 12)) / (2 * 2 ** (-9 / 12) + 2 * 2 ** (-2 / 12)),
        "one": 2, "nulls": None, "same": 3, "none": None,
    },
    **{
        f"last{rows}_{measure}": {
            "plain": {"mean": 4, "max": 7, "sum": 12}[measure],
            # of 4 and 5 at −9 the larger is the later
            "ties": {"mean": 6 if rows == 3 else 5.5, "max": 7, "sum": 18 if rows == 3 else 22}[measure],
            "one": 2, "nulls": 0 if measure == "sum" else None,
            "same": 6 if measure == "sum" else 3, "none": 0 if measure == "sum" else None,
        }
        for rows in (3, 5, 10) for measure in ("mean", "max", "sum")
    },
    "distinct": {"plain": 2, "ties": 2, "one": 1, "nulls": 1, "same": 1, "none": 0},  # of the states
    "q10": {"plain": 1, "ties": 4, "one": 2, "nulls": None, "same": 3, "none": None},
    "q25": {"plain": 1, "ties": 4, "one": 2, "nulls": None, "same": 3, "none": None},
    "q50": {"plain": 4, "ties": 5, "one": 2, "nulls": None, "same": 3, "none": None},
    "q75": {"plain": 7, "ties": 6, "one": 2, "nulls": None, "same": 3, "none": None},
    "q90": {"plain": 7, "ties": 7, "one": 2, "nulls": None, "same": 3, "none": None},
}  # fmt: skip


def document(features: dict) -> dict:
    """One application table, one table of its rows."""
    return {
        "format": 1,
        "portfolio": {"name": "measured", "currency": "EUR", "rows": "loans", "key": "id"},
        "target": {"column": "bad", "means": "bad"},
        "tables": {
            "loans": {"columns": {"id": "text", "bad": "integer"}},
            "months": {
                "many": {"of": "loans", "on": "id"}, "time": "at", "unit": "months", "known": "true",
                "columns": {"id": "text", "at": "integer", "value": "number", "state": "text"},
            },
        },
        "features": {name: {"says": name, **feature} for name, feature in features.items()},
        "costs": {"bad_approved": 10, "good_declined": 1},
    }  # fmt: skip


def feature(measure: str, **more: object) -> dict:
    of = {"rows": "months", "number": "months.value", "value": "months.state"}[MEASURES[measure].takes]
    where = {"where": "state = 'b'"} if measure in ("share", "since") else {}
    return {"measure": measure, "of": of, **where, **more}


def computed(
    way: str, features: dict, engine: str = "duckdb", rows: dict | None = None, derive: dict | None = None
) -> dict[str, dict[str, float | None]]:
    """feature -> application -> value."""
    declared = document(features)
    declared["tables"]["months"]["derive"] = derive or {}
    portfolio = parse_document(declared)
    rows = ROWS if rows is None else rows
    flat = [(name, *row) for name, of in rows.items() for row in of]
    tables = {
        "loans": pa.table({"id": list(rows)}),
        "months": pa.table(
            [pa.array([r[at] for r in flat], t) for at, t in enumerate(TYPES)],
            names=["id", "at", "value", "state"],
        ),
    }  # fmt: skip
    table = WAYS[way](portfolio, tables, open_engine(engine))
    assert {str(table.schema.field(name).type) for name in features} == {"float"}
    keys = table.column("key").to_pylist()
    return {name: dict(zip(keys, table.column(name).to_pylist(), strict=True)) for name in features}


def statement(portfolio: Portfolio, tables: dict[str, pa.Table], engine: Engine) -> pa.Table:
    return engine.query(compile_sql(portfolio, declared_schema(portfolio)).sql, tables=tables)


def in_runs(portfolio: Portfolio, tables: dict[str, pa.Table], engine: Engine) -> pa.Table:
    for name, table in tables.items():
        engine.load(name, table.schema, iter(table.to_batches()))
    return build(portfolio, declared_schema(portfolio), engine)


WAYS = {"statement": statement, "runs": in_runs}


@pytest.fixture(scope="module", params=list(WAYS))
def answered(request) -> Callable[..., dict[str, dict[str, float | None]]]:
    return partial(computed, request.param)


@pytest.fixture(scope="module", params=list(ENGINES))
def answers(request, answered) -> dict[str, dict[str, float | None]]:
    return answered({name: feature(name) for name in MEASURES}, request.param)


def test_every_measure_has_its_values_by_hand():
    assert set(EXPECTED) == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_what_a_person_works_out(answers, name):
    for application, expected in EXPECTED[name].items():
        found = answers[name][application]
        assert found == (None if expected is None else pytest.approx(expected, rel=1e-6)), application


@pytest.mark.parametrize("name", MEASURES)
def test_the_stated_values_for_no_rows_and_only_nulls_are_those_found(answers, name):
    measure = MEASURES[name]
    assert answers[name]["none"] == measure.empty
    if measure.takes == "number":
        assert answers[name]["nulls"] == measure.only_nulls


@pytest.mark.parametrize("name", [name for name, m in MEASURES.items() if m.empty is not None])
def test_no_rows_may_be_declared_null_also_where_a_condition_leaves_none(answered, name):
    found = answered({"x": feature(name, empty="null"), "y": feature(name, where="state = 'z'", empty="null")})
    assert found["x"]["none"] is None
    assert found["x"]["one"] is not None
    assert set(found["y"].values()) == {None}


def test_a_window_keeps_rows_at_most_so_long_before_the_decision(answered):
    found = answered({"lately": feature("sum", within=12), "share": feature("share", within=3)})
    assert found["lately"]["plain"] == 11  # 4 at −12 counts, 1 at −24 does not
    assert found["share"] == {"plain": 0, "ties": 1, "one": 0, "nulls": 0.5, "same": None, "none": None}


def test_a_row_without_a_time_is_in_no_window_and_is_neither_first_nor_last(answered):
    rows = {"a": [(None, 9.0, "a"), (-2, 3.0, "a")]}
    found = answered({"last": feature("last"), "first": feature("first"), "m": feature("rows", within=99)}, rows=rows)
    assert (found["last"]["a"], found["first"]["a"], found["m"]["a"]) == (3, 3, 1)


def test_the_last_rows_are_pandas_s_tail(answered):
    random = np.random.default_rng(3)
    rows = {str(n): [(int(t), float(t * 7 % 11), "a") for t in random.permutation(n) - n] for n in range(1, 15)}
    found = answered({name: feature(name) for name in MEASURES if name.startswith("last") and "_" in name}, rows=rows)
    for name, by_key in found.items():
        count, measure = name.removeprefix("last").split("_")
        for key, value in by_key.items():
            tail = pd.Series({t: v for t, v, _ in rows[key]}).sort_index().tail(int(count))
            assert value == pytest.approx(tail.agg(measure), rel=1e-6), (name, key)


def test_of_several_values_at_one_time_the_larger_ones_are_the_last_whatever_their_order(answered):
    of = [(-2, 9.0, "a"), (-1, 1.0, "a"), (-1, 4.0, "a"), (-1, 2.0, "a"), (-1, 3.0, "a"), (-1, None, "a")]
    for order in (of, of[::-1]):
        assert answered({"x": feature("last3_sum")}, rows={"a": order})["x"]["a"] == 9


def test_quantiles_are_numpy_s_nearest_rank(answered):
    random = np.random.default_rng(1)
    rows = {str(n): [(-1, float(v), "a") for v in random.integers(0, 50, n)] for n in range(1, 40)}
    found = answered({name: feature(name) for name in MEASURES if name.startswith("q")}, rows=rows)
    for name, by_key in found.items():
        for key, value in by_key.items():
            values = [v for _, v, _ in rows[key]]
            assert value == np.quantile(values, int(name[1:]) / 100, method="inverted_cdf"), (name, key)


def test_sums_of_money_are_the_same_in_any_order(answered):
    random = np.random.default_rng(2)
    amounts = np.round(random.gamma(1, 50_000, 5000), 2)
    sums = set()
    for _ in range(5):
        random.shuffle(amounts)
        sums.add(answered({"x": feature("sum")}, rows={"a": [(-1, float(v), "a") for v in amounts]})["x"]["a"])
    assert len(sums) == 1


@pytest.mark.parametrize(
    "name", ["mean", "sum", "var", "trend", "recent", "change", "departure", "last3_sum", "last5_mean"]
)
def test_what_is_not_finite_is_null(answered, name):
    rows = {"a": [(-2, 1e300, "a"), (-1, -1e300, "a"), (-1, 1e300, "b")]}
    value = answered({"x": feature(name)}, rows=rows)["x"]["a"]
    assert value is None or np.isfinite(value)


@pytest.mark.parametrize("name", ["sum", "mean", "last3_sum", "last5_mean", "recent"])
@pytest.mark.parametrize("values", [(0.1, 0.2, -0.3), (1234.56, 0.01, -1234.57), (4567.89, -4567.89, 0.0)])
def test_what_only_rounding_leaves_of_numbers_that_cancel_is_nothing(answered, name, values):
    rows = {"a": [(-1, value, "a") for value in values], "b": [(-1, 1e20, "a"), (-1, 3.0, "a")]}
    assert answered({"x": feature(name)}, rows=rows)["x"]["a"] == 0


@pytest.mark.parametrize("breach", ["null", "keep"])
def test_a_number_may_be_expected_among_levels_and_counted_where_it_is_none(breach):
    changed = document({"n": feature("rows", where="value = 2"), "m": feature("rows", where="state IS NULL")})
    changed["tables"]["months"]["expect"] = {
        "value": {"levels": ["1", "2"], "breach": breach}, "state": {"levels": ["a"], "breach": breach},
    }  # fmt: skip
    portfolio = parse_document(changed)
    rows = [("x", -1, 2.0, "a"), ("x", -1, 3.0, "b"), ("x", -1, 2.0, None)]
    columns = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(TYPES)]
    tables = {"loans": pa.table({"id": ["x"]}), "months": pa.table(columns, names=["id", "at", "value", "state"])}
    for way in WAYS.values():
        found = way(portfolio, tables, open_engine())
        assert found.select(["n", "m"]).to_pylist() == [{"n": 2, "m": 2 if breach == "null" else 1}]


def test_zero_is_one_value_whatever_its_sign(answered):
    rows = {"a": [(-1, 0.0, "a"), (-1, -0.0, "a")]}
    assert answered({"x": {"measure": "distinct", "of": "months.value"}}, rows=rows)["x"]["a"] == 1


def test_a_number_that_is_none_comes_after_all_others(answered):
    changed = {"x": {"measure": "q75", "of": "months.odd"}, "y": {"measure": "q10", "of": "months.odd"}}
    rows = {"a": [(-1, 1e200, "a"), (-1, 0.0, "a"), (-1, 0.0, "a"), (-1, 0.0, "a")]}
    found = answered(changed, rows=rows, derive={"odd": "value * 1e200 - value * 1e200"})
    assert (found["x"]["a"], found["y"]["a"]) == (0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measure": "maen", "of": "months.value"}, "no measure 'maen'. Did you mean 'mean'?"),
        ({"measure": "mean", "of": "months"}, "'mean' needs a column. Write of = 'months.COLUMN'."),
        ({"measure": "rows", "of": "months.value"}, "'rows' takes no column. Write of = 'months'."),
        ({"measure": "mean", "of": "months.state"}, "'mean' is of numbers; 'state' is text."),
        ({"measure": "share", "of": "months"}, "a share needs `where`"),
        ({"measure": "mean", "of": "months.valeu"}, "no column 'valeu' in months. Did you mean 'value'?"),
        ({"row": "1", "within": 3}, "has `of`, `where` or `within` without a `measure`"),
    ],
)
def test_a_measure_that_can_t_be_says_why(change, said):
    with pytest.raises(PortfolioError, match=re.escape(said)):
        compiled({"x": change})


def compiled(features: dict) -> None:
    portfolio = parse_document(document(features))
    compile_sql(portfolio, declared_schema(portfolio))


def test_a_measure_of_time_needs_the_table_s_clock():
    changed = copy.deepcopy(document({"x": feature("last")}))
    del changed["tables"]["months"]["time"], changed["tables"]["months"]["unit"]
    with pytest.raises(PortfolioError, match="no time is declared"):
        compile_sql(parse_document(changed), declared_schema(parse_document(changed)))
