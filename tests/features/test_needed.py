"""Is a raw column asked for as long as something reads it, and no longer?"""

from __future__ import annotations

import copy

import pytest

from fiador.features.needed import columns_read, no_longer_read, raw_still_read, without
from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema, raw_columns, schema_of
from fiador.portfolio import parse_document


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


def test_a_column_that_no_decision_reads_is_none_it_reads(tiny):
    def read(inputs):
        return {name: columns_read(tiny, table, inputs) & set(table.columns) for name, table in tiny.tables.items()}

    everything = read(set(tiny.features) - {"gender"})
    assert set(tiny.tables["people"].columns) - everything["people"] == {"gender"}  # protected: no model reads it
    assert everything["payments"] == {"loan_id", "days_before", "paid", "due"}  # key, clock, measured, compared
    little = read(["burden"])
    assert {"amount", "income"} <= little["loans"] | little["people"]
    assert "purpose" not in little["loans"]
