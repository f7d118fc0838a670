"""What is known as of another moment than the decision's own, and which tables can't tell?"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.engines import open_engine
from fiador.errors import PortfolioError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema
from fiador.portfolio import AsOf, Portfolio, parse
from fiador.portfolio.types import TYPES
from fiador.use_cases.checking import check, left_out_by
from fiador.use_cases.feature_table import build

ENGINE = open_engine()


def document(unit: str) -> dict:
    dated = unit in ("date", "timestamp")
    when = unit if dated else "integer"
    head = {"name": "dated" if dated else "relative", "currency": "EUR", "rows": "loans", "key": "id"}
    return {
        "format": 1,
        "portfolio": {**head, "decided_at": "decided"} if dated else head,
        "target": {"column": "bad", "means": "bad"},
        "tables": {
            "loans": {"columns": {"id": "text", "born": "date", "decided": "date", "bad": "integer"}},
            "bills": {
                "many": {"of": "loans", "on": "id"}, "time": "at", "unit": unit, "reveals": {"paid": "seen"},
                "columns": {"id": "text", "at": when, "seen": when, "paid": "number"},
            },
        },
        "features": {
            "bills": {"measure": "rows", "of": "bills", "says": "bills"},
            "lately": {"measure": "rows", "of": "bills", "within": 3 if unit == "months" else 90, "says": "lately"},
            "paid": {"measure": "sum", "of": "bills.paid", "says": "paid"},
            "since": {"measure": "since", "of": "bills", "says": "since"},
            "age": {"row": "date_diff('year', born, decided)", "says": "age"},
        },
        "costs": {"bad_approved": 10, "good_declined": 1},
    }  # fmt: skip


def tables(p: Portfolio, rows: dict[str, list[tuple]]) -> dict[str, pa.Table]:
    """Rows in the order of the declared columns."""
    found = {}
    for name, table in p.tables.items():
        columns = list(zip(*rows[name], strict=True)) or [()] * len(table.columns)
        pairs = zip(table.columns.items(), columns, strict=True)
        found[name] = pa.table({c: pa.array(list(values)).cast(TYPES[t].arrow) for (c, t), values in pairs})
    return found


def features(p: Portfolio, rows: dict[str, list[tuple]], names=None) -> dict[str, dict]:
    query = compile_sql(p, declared_schema(p), names)
    answer = ENGINE.query(query.sql, tables=tables(p, rows)).to_pylist()
    return {row["key"]: {name: row[name] for name in query.features} for row in answer}


LOANS = [
    ("1", date(1970, 5, 1), date(1996, 6, 30), 0),
    ("2", date(1970, 5, 1), date(1996, 12, 31), 1),
    ("3", date(1970, 5, 1), date(1997, 1, 1), 0),
    ("4", date(1970, 5, 1), None, 0),
]
BILLS = [
    ("1", date(1996, 6, 1), date(1996, 6, 10), 5.0),
    ("1", date(1996, 12, 1), date(1997, 2, 1), 7.0),  # fell due before the year ended, paid after
    ("1", date(1996, 12, 31), date(1996, 12, 31), 9.0),  # of the day itself: not known yet
    ("2", date(1996, 12, 30), date(1996, 12, 30), 1.0),
]


def test_every_application_is_decided_at_the_date_asked_for_and_later_ones_are_left_out():
    p = parse(document("date")).at(AsOf(on=date(1996, 12, 31)))
    found = features(p, {"loans": LOANS, "bills": BILLS})
    assert set(found) == {"1", "2"}
    # 1: two bills due by then, the later one's payment not yet seen; 30 days since it fell due
    assert found["1"] == {"bills": 2, "lately": 1, "paid": 5, "since": 30, "age": 26}
    assert found["2"] == {"bills": 1, "lately": 1, "paid": 1, "since": 1, "age": 26}


def test_days_before_the_decision_move_every_application_by_as_much():
    p = parse(document("date")).at(AsOf(days_before=20))
    found = features(p, {"loans": LOANS, "bills": BILLS})
    assert set(found) == {"1", "2", "3", "4"}
    # decided on 10 June: the payment of that day is not known yet
    assert found["1"] == {"bills": 1, "lately": 1, "paid": 0, "since": 9, "age": 26}


@pytest.mark.parametrize(
    ("unit", "bills", "answer"),
    [
        ("days", [(-100, -95, 5.0), (-91, -40, 7.0), (-90, -90, 9.0), (-5, -5, 1.0)], (2, 5, 1)),
        ("days", [(-300, -300, 5.0), (-181, -180, 7.0)], (2, 12, 91)),
        ("months", [(-9, -8, 5.0), (-3, -2, 7.0), (-2, -2, 9.0)], (2, 5, 3 - 90 * 12 / 365.25)),
    ],
)
def test_relative_times_count_from_so_many_days_before_the_decision(unit, bills, answer):
    p = parse(document(unit)).at(AsOf(days_before=90))
    rows = {"loans": LOANS[:1], "bills": [("1", *bill) for bill in bills]}
    found = features(p, rows)["1"]
    assert (found["bills"], found["paid"], found["since"]) == pytest.approx(answer, rel=1e-6)


def test_a_marker_that_is_cleaned_away_is_no_time_that_moves():
    declared = document("days")
    declared["tables"]["bills"] |= {"clean": {"at": "nullif(at, -999)", "seen": "nullif(seen, 365243)"}}
    declared["features"]["seen"] = {"measure": "max", "of": "bills.seen", "says": "seen"}
    p = parse(declared).at(AsOf(days_before=90))
    found = features(p, {"loans": LOANS[:1], "bills": [("1", -100, 365243, 5.0), ("1", -999, -95, 7.0)]})["1"]
    assert (found["bills"], found["paid"], found["seen"]) == (1, 0, None)


@pytest.mark.parametrize("unit", ["date", "timestamp"])
def test_as_of_a_date_is_a_database_in_which_every_decision_bears_that_date(unit):
    p, on = parse(document(unit)), date(1996, 12, 31)
    moved = [(key, born, on, bad) for key, born, decided, bad in LOANS if decided and decided <= on]
    asked = features(p.at(AsOf(on=on)), {"loans": LOANS, "bills": BILLS})
    assert asked == features(p, {"loans": moved, "bills": BILLS})


BILL = st.tuples(st.integers(-200, 200), st.integers(-200, 200), st.integers(0, 9))


@pytest.mark.parametrize("unit", ["date", "days"])
@settings(max_examples=10, deadline=None)
@given(bills=st.lists(BILL, max_size=5), ago=st.integers(1, 99))
def test_what_is_revealed_after_the_moment_asked_for_moves_no_feature(unit, bills, ago):
    p = parse(document(unit)).at(AsOf(days_before=ago))
    decided = LOANS[0][2]

    def seen(rows: list[tuple]) -> dict:
        def when(days: int) -> object:
            return decided + timedelta(days) if unit == "date" else days

        return features(p, {"loans": LOANS[:1], "bills": [("1", when(at), when(told), v) for at, told, v in rows]})

    known = [(at, told, float(v) if told < -ago else None) for at, told, v in bills if at < -ago]
    assert seen([(at, told, float(v)) for at, told, v in bills]) == seen(known)


@pytest.mark.parametrize(
    ("unit", "changed", "as_of", "words"),
    [
        ("date", {"kind": "snapshot"}, AsOf(on=date(1996, 1, 1)), r"tables.bills: its columns hold a later state"),
        ("days", {"kind": "snapshot"}, AsOf(days_before=9), r'tables.bills: .*\(kind = "snapshot"\).* as of -9 is not'),
        ("days", {}, AsOf(on=date(1996, 1, 1)), "portfolio.decided_at: no application says when.*--as-of -90"),
    ],
)  # fmt: skip
def test_what_a_table_can_t_tell_is_refused_with_its_name(unit, changed, as_of, words):
    declared = document(unit)
    declared["tables"]["bills"] |= changed
    p = parse(declared)
    with pytest.raises(PortfolioError, match=words):
        compile_sql(p.at(as_of), declared_schema(p))


def test_a_table_without_a_clock_and_one_that_counts_from_the_decision_are_refused():
    declared = document("date")
    del declared["tables"]["bills"]["time"], declared["tables"]["bills"]["unit"], declared["tables"]["bills"]["reveals"]
    declared["features"] = {"bills": declared["features"]["bills"]}
    p = parse(declared).at(AsOf(on=date(1996, 1, 1)))
    with pytest.raises(PortfolioError, match="tables.bills: no `time` says when its rows happened"):
        compile_sql(p, declared_schema(p))
    declared = document("days")
    declared["portfolio"]["decided_at"] = "decided"
    p = parse(declared).at(AsOf(on=date(1996, 1, 1)))
    with pytest.raises(PortfolioError, match="tables.bills: its times count days from each decision, so 1996-01-01"):
        compile_sql(p, declared_schema(p))


def test_a_snapshot_that_no_feature_wanted_reads_is_in_nobody_s_way():
    declared = document("date")
    declared["tables"]["bills"]["kind"] = "snapshot"
    p = parse(declared).at(AsOf(on=date(1996, 12, 31)))
    assert features(p, {"loans": LOANS, "bills": BILLS}, ["age"]) == {"1": {"age": 26}, "2": {"age": 26}}


def test_the_applications_left_out_are_counted_and_in_no_file():
    p = parse(document("date")).at(AsOf(on=date(1996, 12, 31)))
    engine = open_engine()
    for name, table in tables(p, {"loans": LOANS, "bills": BILLS}).items():
        engine.load(name, table.schema, iter(table.to_batches()))
    later, undated = left_out_by(p, engine)
    assert later.says == "loans.decided: 1 application decided after 1996-12-31, left out"
    assert undated.says == "loans.decided: 1 application without a date, left out"
    report = check(p, declared_schema(p), engine)
    assert report.findings[:2] == (later, undated)
    assert (report.accounting.read, report.accounting.bad) == (2, 1)
    assert build(p, declared_schema(p), engine).column("bills").to_pylist() == [2, 1]  # table by table as in one go


def test_as_of_is_asked_for_and_never_declared():
    with pytest.raises(PortfolioError, match=r"dated: as_of: unknown key 'as_of'"):
        parse({**document("date"), "as_of": "1996-12-31"})
