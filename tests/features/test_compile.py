"""Do twelve loans worked by hand come out of the SQL as they should?"""

from __future__ import annotations

import copy

import pytest

from fiador.features.development import compile_development_sql
from fiador.features.plan import compile_sql
from fiador.portfolio import parse_document
from fiador.use_cases.tables import joined


@pytest.fixture
def features(tiny, load, request):
    """The feature statement's answer on the tiny tables, by key (the one blank key is None)."""
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    rows = engine.query(compile_sql(tiny, schema).sql).to_pylist()
    return {row["key"]: row for row in rows}


def test_a_text_key_keeps_its_leading_zeros_and_rows_are_sorted_by_key(features):
    assert list(features)[:3] == ["001", "002", "003"]
    assert len(features) == 12


def test_an_application_without_history_has_zero_payments_and_no_mean(features):
    row = features["005"]
    assert (row["payments"], row["short_payments"], row["total_paid"]) == (0, 0, 0)
    assert (row["mean_paid"], row["largest_due"], row["smallest_due"]) == (None, None, None)


def test_measures_count_only_rows_known_at_the_decision(features):
    # 001 has payments 100 of 100 and 50 of 100 before the decision; 999 of 999 comes five days after
    row = features["001"]
    assert (row["payments"], row["short_payments"], row["mean_paid"], row["total_paid"], row["largest_due"]) == (
        2,
        1,
        75,
        150,
        100,
    )
    # 002's second payment falls on the day of the decision itself: not known yet
    assert (features["002"]["payments"], features["002"]["total_paid"]) == (1, 20)
    # 004's only payment comes after the decision
    assert features["004"]["payments"] == 0


def test_rows_of_only_nulls_have_a_count_a_total_of_zero_and_no_mean(features):
    row = features["003"]  # one payment, the amount paid unknown
    assert (row["payments"], row["total_paid"], row["mean_paid"], row["largest_due"]) == (1, 0, None, 75)


def test_a_feature_may_use_features_and_division_by_zero_is_null(features):
    assert features["002"]["burden"] == 4
    assert features["002"]["burden_per_year_of_age"] == pytest.approx(4 / 30, rel=1e-6)
    assert features["004"]["burden"] is None  # income 0


def test_a_breached_value_is_null_before_anything_reads_it_and_is_flagged(features):
    assert features["004"]["purpose"] is None  # boat
    assert features["004"]["breach:loans.purpose"] is True
    assert features["007"]["age"] is None  # 120
    assert features["007"]["burden_per_year_of_age"] is None
    assert features["007"]["breach:people.age"] is True


def test_a_null_breaches_only_where_the_column_is_required(features):
    assert features["003"]["breach:loans.purpose"] is False  # purpose '' is missing, not unexpected
    assert features["008"]["breach:people.income"] is True  # income '' is missing, and required


def test_an_application_whose_person_is_unknown_has_nulls_and_no_breach(features):
    row = features[None]  # person k is in no table
    assert (row["age"], row["burden"], row["breach:people.income"]) == (None, None, False)


def test_a_rule_is_true_false_or_null(features):
    assert features["006"]["rule:under_age"] is True  # 17
    assert features["001"]["rule:under_age"] is False
    assert features["003"]["rule:under_age"] is None  # age unknown


def test_numbers_are_float32_and_levels_text(tiny, load, request):
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    query = compile_sql(tiny, schema)
    table = engine.query(query.sql)
    types = {name: str(table.schema.field(name).type) for name in query.features}
    assert {types[name] for name, kind in query.features.items() if kind == "number"} == {"float"}
    assert {types[name] for name, kind in query.features.items() if kind == "level"} == {"string"}
    assert query.features["purpose"] == "level"


def test_the_scoring_statement_never_mentions_the_target(tiny, alura):
    for portfolio in (tiny, alura):
        from fiador.features.schema import declared_schema

        assert portfolio.target.column not in compile_sql(portfolio, declared_schema(portfolio)).sql


def test_development_leaves_out_a_blank_key_and_says_why(tiny, load, request):
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    rows = engine.query(compile_development_sql(tiny, schema)).to_pylist()
    assert [row["dropped_by"] for row in rows if row["dropped_by"]] == ["loans.loan_id is blank"]
    by_key = {row["key"]: row for row in rows}
    assert by_key["011"]["applicant"] == "a"
    assert by_key["011"]["twin"] == by_key["001"]["twin"]  # equal in everything but the key
    assert by_key["002"]["twin"] != by_key["001"]["twin"]


def test_the_joined_set_has_every_column_once_and_only_kept_rows(tiny, load, request):
    schema, engine = load(tiny, request.config.rootpath / "portfolios" / "tiny" / "data")
    rows = joined(tiny, schema, engine)
    assert rows.num_rows == 11
    assert rows.column_names == ["loan_id", "person_id", "amount", "purpose", "defaulted", "age", "income", "gender"]


def test_where_on_a_looked_up_table_and_cleaning_act_before_the_join(tiny_document, load, request):
    document = copy.deepcopy(tiny_document)
    document["tables"]["people"]["where"] = "gender = 'f'"
    document["tables"]["people"]["clean"] = {"income": "nullif(income, 900)"}
    portfolio = parse_document(document)
    schema, engine = load(portfolio, request.config.rootpath / "portfolios" / "tiny" / "data")
    rows = {row["key"]: row for row in engine.query(compile_sql(portfolio, schema).sql).to_pylist()}
    assert rows["002"]["age"] is None  # b is m: not looked up
    assert rows["001"]["burden"] == 1
    assert rows["009"]["burden"] is None  # income 900 is cleaned to null


def test_a_link_on_two_columns_needs_both(tmp_path, tiny_document, load):
    document = copy.deepcopy(tiny_document)
    document["tables"]["people"]["one"]["on"] = {"person_id": "person_id", "purpose": "segment"}
    document["tables"]["people"]["columns"] |= {"segment": "text"}
    (tmp_path / "loans.csv").write_text("loan_id,person_id,amount,purpose,defaulted\n1,a,10,car,0\n2,a,20,home,1\n")
    (tmp_path / "people.csv").write_text(
        "person_id,age,income,gender,segment\na,40,10,f,car\na,41,20,f,home\na,42,30,f,boat\n"
    )
    (tmp_path / "payments.csv").write_text("loan_id,days_before,paid,due\n1,1,1,1\n")
    portfolio = parse_document(document)
    schema, engine = load(portfolio, tmp_path)
    rows = {row["key"]: row["age"] for row in engine.query(compile_sql(portfolio, schema).sql).to_pylist()}
    assert rows == {"1": 40, "2": 41}
