"""Is a raw column asked for as long as something reads it, and no longer?"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.features.needed import columns_read, no_longer_read, raw_still_read, without
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema, raw_columns, schema_of
from fiador.portfolio import parse_document

PORTFOLIOS = Path(__file__).parents[2] / "portfolios"


@pytest.fixture
def needed(tiny_document):
    """needed(dropped, change) -> (the tiny portfolio's features nothing reads any more, its raw columns by table)."""

    def of(dropped, change=lambda _: None):
        document = copy.deepcopy(tiny_document)
        change(document)
        portfolio = parse_document(document)
        schema = declared_schema(portfolio)
        query = compile_sql(portfolio, schema)
        gone = no_longer_read(portfolio, query, dropped)
        raw = raw_still_read(portfolio, query, gone, raw_columns(portfolio, schema, {}))
        narrow = without(portfolio, gone, raw)
        again = compile_sql(narrow, schema_of(raw))  # what is left still compiles
        assert set(again.features) == set(query.features) - set(gone)
        assert again.rules == query.rules
        return gone, {table: set(columns) for table, columns in raw.items()}

    return of


def test_without_a_dropped_feature_everything_is_asked_for_as_before(needed, tiny):
    gone, raw = needed([])
    assert gone == ()
    assert raw == {name: set(table.columns) for name, table in tiny.tables.items()}
    assert without(tiny, (), {}) is tiny


def test_a_column_only_dropped_features_read_is_asked_for_no_more(needed):
    gone, raw = needed(["largest_due", "smallest_due", "short_payments", "purpose"])
    assert gone == ("purpose", "short_payments", "largest_due", "smallest_due")  # as declared
    assert raw["payments"] == {"loan_id", "days_before", "paid"}  # `known` reads days_before, mean_paid reads paid
    assert raw["loans"] == {"loan_id", "person_id", "amount", "defaulted"}


def test_a_dropped_feature_that_one_which_stays_reads_is_still_computed(needed):
    gone, raw = needed(["burden"])
    assert gone == ()  # burden_per_year_of_age reads it
    gone, raw = needed(["burden", "burden_per_year_of_age"])
    assert gone == ("burden", "burden_per_year_of_age")
    assert "income" in raw["people"]  # the consistency rule reads it, and a missing one refers


def test_what_a_rule_reads_stays_whatever_the_model_reads(needed):
    gone, raw = needed(["age", "burden_per_year_of_age"])
    assert gone == ("burden_per_year_of_age",)  # the rule on the age reads the feature
    assert "age" in raw["people"]

    def rule_on_payments(document):
        document["policy"]["rules"]["late"] = {"when": "short_payments > 3", "outcome": "refer", "says": "late"}

    gone, raw = needed(["largest_due", "smallest_due", "short_payments"], rule_on_payments)
    assert gone == ("largest_due", "smallest_due")
    assert "due" in raw["payments"]


def test_what_the_exposure_and_an_acting_expectation_read_stays(needed):
    def money(document):
        document["costs"] = {"exposure": "amount", "lgd": 0.4, "margin": 0.1}
        del document["tables"]["loans"]["expect"]["amount"]
        del document["consistency"]

    dropped = ["amount", "burden", "burden_per_year_of_age"]
    gone, raw = needed(dropped, money)
    assert "amount" not in gone  # the exposure reads the feature
    assert "amount" in raw["loans"]
    assert "income" in raw["people"]  # a missing one refers

    def quiet(document):
        document["tables"]["people"]["expect"]["income"] = {"min": 0}
        del document["tables"]["loans"]["expect"]["amount"]
        del document["consistency"]

    _, raw = needed(dropped, quiet)
    assert "income" not in raw["people"]  # an expectation that only makes it null keeps nothing
    assert "amount" not in raw["loans"]


def test_what_the_cleaning_of_a_column_that_stays_reads_stays_too(needed):
    def cleaned(document):
        document["tables"]["payments"]["clean"] = {"paid": "coalesce(paid, due)", "due": "nullif(due, 0)"}

    _, raw = needed(["largest_due", "smallest_due", "short_payments"], cleaned)
    assert "due" in raw["payments"]
    dropped = ["largest_due", "smallest_due", "short_payments", "mean_paid", "total_paid"]
    _, raw = needed(dropped, cleaned)
    assert raw["payments"] == {"loan_id", "days_before"}


def test_the_columns_a_decision_reads(tiny):
    plan = compile_sql(tiny, declared_schema(tiny))

    def read(*inputs):
        return {name: columns_read(plan, inputs, table) for name, table in tiny.tables.items()}

    everything = read(*set(tiny.features) - {"gender"})
    assert everything["loans"] == {"amount", "purpose"}  # links and keys are not values
    assert everything["people"] == {"age", "income"}  # gender is protected: no model reads it
    assert everything["payments"] == {"days_before", "paid", "due"}  # clock, measured, compared
    little = read("burden")
    assert (little["loans"], little["payments"]) == ({"amount"}, set())
    assert little["people"] == {"age", "income"}  # a rule reads the age


@pytest.mark.parametrize("name", ["home_credit", "berka"])
def test_every_column_that_a_feature_reads_through_others_is_read(name):
    portfolio = load_portfolio(PORTFOLIOS / name)
    plan = compile_sql(portfolio, declared_schema(portfolio))
    read = {table.name: columns_read(plan, plan.names, table) for table in portfolio.tables.values()}
    raw = {f"{table}.{column}" for table, columns in plan.relations.schema.tables.items() for column in columns}
    values = {each for reads in plan.reads.values() for each in reads} & raw
    assert values <= {f"{table}.{column}" for table, columns in read.items() for column in columns}
    if portfolio.head.decided_at:
        assert portfolio.head.decided_at in read[portfolio.base]
