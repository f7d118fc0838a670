"""What is known of every application, and what must not be among it?"""

from __future__ import annotations

from typing import Any

import pytest

from fiador.features.plan import compile_sql
from fiador.features.schema import declared_schema, raw_columns
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.exploring.sql import population_sql
from fiador.use_cases.exploring.variables import KnownVariable, variables_of


def told(portfolio: Portfolio) -> dict[str, KnownVariable]:
    schema = declared_schema(portfolio)
    assert schema is not None
    return variables_of(portfolio, raw_columns(portfolio, schema, {}), compile_sql(portfolio, schema))


def test_features_come_first_then_raw_values_that_are_none(tiny: Portfolio) -> None:
    found = told(tiny)
    assert list(found)[:4] == ["amount", "purpose", "age", "burden"]
    assert list(found)[-1] == "people.income"
    assert (found["people.income"].table, found["people.income"].raw) == ("people", "income")
    assert found["purpose"].kind == "level"


def test_keys_links_the_target_and_tables_of_many_rows_are_no_variables(tiny: Portfolio) -> None:
    named = " ".join(told(tiny))
    for hidden in ("loan_id", "person_id", "defaulted", "days_before", "payments.paid"):
        assert hidden not in named


def test_a_protected_attribute_is_no_variable_raw_or_made_into_something(tiny_document: dict[str, Any]) -> None:
    tiny_document["policy"]["protected"] = ["gender", "age"]
    found = told(parse_document(tiny_document))
    assert not {"gender", "people.gender", "age", "people.age", "burden_per_year_of_age"} & set(found)
    assert "burden" in found


def test_what_only_a_protected_feature_reads_is_no_variable(tiny_document: dict[str, Any]) -> None:
    says = {"en": "sex", "fr": "sexe", "pt-BR": "sexo"}
    tiny_document["features"] = {
        **{name: f for name, f in tiny_document["features"].items() if name != "gender"},
        "sex": {"row": "lower(gender)", "says": says},
    }
    tiny_document["policy"]["protected"] = ["sex"]
    found = told(parse_document(tiny_document))
    assert not {"sex", "people.gender"} & set(found)


def test_names_of_a_portfolio_never_reach_the_sql_of_the_population(tiny_document: dict[str, Any]) -> None:
    """A feature may be called anything, ours among it."""
    tiny_document["features"]["pd"] = {**tiny_document["features"]["amount"], "row": "amount * 2"}
    portfolio = parse_document(tiny_document)
    schema, found = declared_schema(portfolio), told(portfolio)
    assert schema is not None
    sql, values = population_sql(portfolio, schema, found.values(), with_target=True)
    assert found["pd"].column.startswith("v")
    assert values == {"good": 0, "bad": 1}
    assert "AS pd" not in sql


@pytest.mark.parametrize(("good", "bad", "known"), [(0, 1, {"good": 0, "bad": 1}), ("no", "yes", {})])
def test_a_target_that_cannot_be_compared_tells_no_class(
    tiny_document: dict[str, Any], good: object, bad: object, known: dict[str, object]
) -> None:
    tiny_document["target"] |= {"good": good, "bad": bad}
    portfolio = parse_document(tiny_document)
    schema = declared_schema(portfolio)
    assert schema is not None
    assert population_sql(portfolio, schema, told(portfolio).values(), with_target=True)[1] == known
