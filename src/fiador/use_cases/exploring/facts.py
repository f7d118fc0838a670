"""What is known of one application, in plain words?"""

from __future__ import annotations

from fiador.use_cases import applications
from fiador.use_cases.exploring.population import Population, Row
from fiador.use_cases.exploring.subset import find_client
from fiador.use_cases.exploring.variables import KnownVariable


def application_facts(population: Population, key: str, language: str) -> Row:
    """Everything known of one application in plain words: its raw values, then what is computed from them."""
    row = find_client(population, key)
    raw = applications.application(population.bundle, key, engine=population.engine)
    ordered = sorted(population.variables.values(), key=lambda v: not population.dictionary.column(v)[0])
    return {"key": key, "rows": [_fact(population, variable, row, raw, language) for variable in ordered]}


def _fact(population: Population, variable: KnownVariable, row: Row, raw: Row, language: str) -> Row:
    dictionary = population.dictionary
    table, column = dictionary.column(variable)
    value = _plain((raw[table] or [{}])[0].get(column)) if table else row[variable.column]
    says = population.bundle.portfolio.tables[table].says if table else None
    return {
        "variable": variable.name,
        "table": table or None,
        "table_says": says[language] if says else table or None,
        "column": column or None,
        "says": dictionary.says(variable, language),
        "value": value,
        "value_says": dictionary.value_says(variable, value, language),
        "used": dictionary.used(variable),
        "description": dictionary.definition(variable),
    }


def _plain(value: object) -> float | str | None:
    """A raw value as the population keeps it: a number, or text; '' is missing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, int | float) else str(value)
