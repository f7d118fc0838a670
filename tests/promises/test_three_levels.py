"""Over three levels, on dates and on relative time: can the future move a feature, and is online what batch is?

Small random databases: applications with decision dates, their accounts, the months of each account, and payments that
hang under an account and straight under the application. Accounts and months are versioned, payments a snapshot with
amounts revealed later, notes events. What is not known at the decision is changed and added.
"""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiador.adapters.engines import open_engine
from fiador.bundle import RawColumn
from fiador.errors import RequestError
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema, raw_columns
from fiador.portfolio import Portfolio, parse
from fiador.portfolio.types import TYPES
from fiador.use_cases.lookup import rows_sql
from fiador.use_cases.scoring.request import arrow_tables

DECIDED = {"A": date(2020, 3, 31), "B": date(2020, 2, 29)}
WORDS = {
    "tables": {"accounts": "accounts", "months": "months", "payments": "payments", "notes": "notes"},
    "columns": {"limit": "limit", "owed": "owed", "paid": "paid", "worst": "worst", "gave": "gave", "points": "points"},
    "windows": {"w": "lately"}, "subsets": {"big": "big"},
}  # fmt: skip
SYNTHESIS = {
    "months": {"measures": ["rows"], "of": {"owed": ["max", "last", "trend"]}, "windows": {"w": 40}},
    "payments": {"measures": ["rows", "since"], "of": {"paid": ["sum", "first", "change"]}, "windows": {"w": 40}},
    "notes": {"measures": ["rows"], "of": {"points": ["sum", "last"]}},
    "accounts": {
        "measures": ["rows", "share"], "of": {"limit": ["sum", "last"], "worst": ["max"], "gave": ["sum"]},
        "windows": {"w": 40}, "subsets": {"big": "limit > 5"},
    },
}  # fmt: skip


def portfolio(unit: str) -> Portfolio:
    """The same tables with times as dates, or as days relative to the decision."""
    dated = unit == "date"
    when = "date" if dated else "integer"
    clock = {"time": "at", "unit": unit}
    straight = {"of": "applications", "on": "id"}
    head = {"name": "levels", "currency": "EUR", "rows": "applications", "key": "id"}
    document = {
        "format": 1,
        "portfolio": {**head, "decided_at": "decided"} if dated else head,
        "target": {"column": "bad", "means": "bad"},
        "tables": {
            "applications": {"columns": {"id": "text", "decided": "date", "bad": "integer"}},
            "accounts": {
                "many": straight, **clock, "kind": "versioned", "known_at": "told", "key": "account",
                "columns": {"id": "text", "account": "text", "at": when, "told": when, "limit": "number"},
                "derive": {"worst": "months__owed__max", "gave": "payments__paid__sum"},
            },
            "months": {
                "many": {"of": "accounts", "on": "account"}, **clock,
                "kind": "versioned", "known_at": "told", "key": ["account", "month"],
                "columns": {"account": "text", "month": "text", "at": when, "told": when, "owed": "number"},
            },
            "notes": {
                "many": straight, **clock, "kind": "event",
                "columns": {"id": "text", "at": when, "points": "number"},
            },
            "payments": {
                "many": [straight, {"of": "accounts", "on": "account"}], **clock, "reveals": {"paid": "seen"},
                "kind": "snapshot",
                "columns": {"id": "text", "account": "text", "at": when, "seen": when, "paid": "number"},
            },
        },
        "synthesis": copy.deepcopy(SYNTHESIS),
        "features": {"per_limit": {"row": "accounts__gave__sum / accounts__limit__sum", "says": "x"}},
        "costs": {"bad_approved": 10, "good_declined": 1},
    }  # fmt: skip
    return parse(document, texts=dict.fromkeys(("en", "fr", "pt-BR"), WORDS))


PORTFOLIOS = {unit: portfolio(unit) for unit in ("date", "days")}
QUERIES = {p.head.decided_at: compile_sql(p, declared_schema(p)).sql for p in PORTFOLIOS.values()}
ENGINE = open_engine()
BEFORE, LATER = st.integers(-90, -1), st.integers(0, 90)
VALUE = st.none() | st.sampled_from([0.0, 1.0, 5.0, 5.0, 8.5])
OWNER = st.sampled_from(["A", "B"])
ACCOUNT = st.sampled_from(["A1", "A2", "B1"])


def raw(p: Portfolio) -> dict[str, dict[str, RawColumn]]:
    return raw_columns(p, declared_schema(p), {})


def given_rows(unit: str, accounts: list, months: list, payments: list, notes: list = ()) -> dict[str, list[dict]]:
    """Rows by table; days relative to the decision of the application each row belongs to."""

    def when(owner: str, days: int) -> object:
        return DECIDED[owner] + timedelta(days=days) if unit == "date" else days

    return {
        "applications": [{"id": id_, "decided": day} for id_, day in DECIDED.items()],
        "accounts": [
            {"id": a[0], "account": a, "at": when(a[0], at), "told": when(a[0], told), "limit": limit}
            for a, (at, told, limit) in zip(("A1", "A2", "B1"), accounts, strict=False)
        ],
        "months": [
            {"account": a, "month": m, "at": when(a[0], at), "told": when(a[0], told), "owed": owed}
            for a, m, at, told, owed in months
        ],
        "notes": [{"id": owner, "at": when(owner, at), "points": points} for owner, at, points in notes],
        "payments": [
            {"id": a[0], "account": a, "at": when(a[0], at), "seen": when(a[0], seen), "paid": paid}
            for a, at, seen, paid in payments
        ],
    }


def arrow(p: Portfolio, rows: dict[str, list[dict]]) -> dict[str, pa.Table]:
    return {
        name: pa.table(
            {
                c: pa.array([r.get(c) for r in rows[name]], TYPES[t].arrow)
                for c, t in table.columns.items()
                if c != "bad"
            }
        )
        for name, table in p.tables.items()
    }


def features(p: Portfolio, rows: dict[str, list[dict]]) -> dict[str, dict]:
    answer = ENGINE.query(QUERIES[p.head.decided_at], tables=arrow(p, rows)).to_pylist()
    return {row["key"]: row for row in answer}


ACCOUNTS = st.lists(st.tuples(BEFORE, BEFORE, VALUE), max_size=3)
MONTH = st.sampled_from(["m1", "m2"])
MONTHS = st.lists(st.tuples(ACCOUNT, MONTH, BEFORE, BEFORE, VALUE), max_size=6)
PAYMENTS = st.lists(st.tuples(ACCOUNT, BEFORE, BEFORE, VALUE), max_size=6)
NOTES = st.lists(st.tuples(OWNER, BEFORE, VALUE), max_size=4)


@pytest.mark.parametrize("unit", PORTFOLIOS)
@settings(max_examples=20, deadline=None)
@given(
    accounts=ACCOUNTS, months=MONTHS, payments=PAYMENTS, notes=NOTES,
    later_versions=st.lists(st.tuples(ACCOUNT, MONTH, st.integers(-90, 90), LATER, VALUE), max_size=4),
    later_notes=st.lists(st.tuples(OWNER, LATER, VALUE), max_size=2),
    later_payments=st.lists(st.tuples(ACCOUNT, LATER, LATER, VALUE), max_size=3),
    unseen=st.lists(st.tuples(ACCOUNT, BEFORE, LATER, VALUE, VALUE), max_size=3),
    corrected=st.tuples(BEFORE, LATER, VALUE),
)  # fmt: skip
def test_rows_and_values_revealed_later_move_no_feature(
    unit, accounts, months, payments, notes, later_versions, later_notes, later_payments, unseen, corrected
):
    p = PORTFOLIOS[unit]
    # a payment whose amount is revealed later: the row is known, its amount is not
    now = given_rows(unit, accounts, months, [*payments, *((a, at, seen, v) for a, at, seen, v, _ in unseen)], notes)
    then = given_rows(
        unit,
        accounts,
        [*months, *later_versions],
        [*payments, *((a, at, seen, v) for a, at, seen, _, v in unseen), *later_payments],
        [*notes, *later_notes],
    )
    then["accounts"] += given_rows(unit, [corrected], [], [])["accounts"]  # a version of A1 told after the decision
    assert features(p, then) == features(p, now)


@pytest.mark.parametrize("unit", PORTFOLIOS)
def test_the_check_would_notice_a_leak_at_each_level(unit):
    p = PORTFOLIOS[unit]
    known = ([(-9, -8, 5.0)], [("A1", "m1", -3, -2, 1.0)], [("A1", -4, -2, 5.0)], [("A", -7, 2.0)])
    base = features(p, given_rows(unit, *known))
    assert base["A"]["accounts__worst__max"] == 1
    assert (base["A"]["accounts__gave__sum"], base["A"]["payments__paid__sum"]) == (5, 5)
    assert (base["A"]["payments__since"], base["A"]["notes__points__sum"]) == (4, 2)
    for changed in (
        ([(-9, -8, 8.5)], *known[1:]),
        (known[0], [("A1", "m1", -3, -2, 8.5)], *known[2:]),
        (known[0], [*known[1], ("A1", "m1", -3, -1, 8.5)], *known[2:]),  # a correction known the day before
        (*known[:2], [("A1", -4, -2, 8.5)], known[3]),
        (*known[:3], [("A", -7, 8.5)]),
    ):
        assert features(p, given_rows(unit, *changed))["A"] != base["A"]


def test_each_application_s_own_date_decides_what_it_knows():
    p = PORTFOLIOS["date"]
    rows = given_rows("date", [(-40, -40, 1.0), (-40, -40, 1.0), (-40, -40, 1.0)], [], [])
    for row in rows["accounts"]:
        row["at"] = row["told"] = date(2020, 3, 15)  # after B was decided, before A
    answers = features(p, rows)
    assert (answers["A"]["accounts__rows"], answers["B"]["accounts__rows"]) == (2, 0)


@pytest.mark.parametrize("unit", PORTFOLIOS)
@settings(max_examples=20, deadline=None)
@given(accounts=ACCOUNTS, months=MONTHS, payments=PAYMENTS, notes=NOTES)
def test_a_request_with_raw_rows_of_two_levels_is_its_row_of_the_batch(unit, accounts, months, payments, notes):
    p = PORTFOLIOS[unit]
    known = {a for a, _ in zip(("A1", "A2", "B1"), accounts, strict=False)}
    rows = given_rows(unit, accounts, [m for m in months if m[0] in known], payments, notes)
    engine, tables = open_engine(), arrow(p, rows)
    for name, table in tables.items():
        engine.load(name, table.schema, table.to_batches())
    query = QUERIES[p.head.decided_at]
    batch = {row["key"]: row for row in engine.query(query).to_pylist()}
    for key in DECIDED:
        sent = {name: engine.query(sql, {"key": key}).to_pylist() for name, sql in rows_sql(p, raw(p)).items()}
        online = engine.query(query, tables=arrow_tables(p, raw(p), sent)).to_pylist()
        assert online == [batch[key]]


def test_links_may_be_left_out_where_one_row_is_above_and_must_be_given_where_several_are():
    p = PORTFOLIOS["days"]
    one = {"id": "A", "decided": "2020-03-31"}
    account = {"at": -9, "told": -9, "limit": 5.0}
    month = {"at": -3, "told": -2, "owed": 2.0}
    query = compile_sql(p, declared_schema(p)).sql

    def asked(**tables: list[dict]) -> dict:
        sent = arrow_tables(p, raw(p), {"applications": [one], **tables})
        return open_engine().query(query, tables=sent).to_pylist()[0]

    assert asked(accounts=[account], months=[month])["accounts__worst__max"] == 2
    assert asked(months=[month])["accounts__rows"] == 0  # nobody's month makes no account
    assert asked(payments=[{"at": -2, "seen": -1, "paid": 3.0}])["payments__paid__sum"] == 3
    two = [{**account, "account": "1"}, {**account, "account": "2"}]
    assert asked(accounts=two, months=[{**month, "account": "2"}])["accounts__worst__max"] == 2
    with pytest.raises(RequestError, match="months.account: a row names none of the 2 rows of accounts. Give each row"):
        asked(accounts=two, months=[month])
