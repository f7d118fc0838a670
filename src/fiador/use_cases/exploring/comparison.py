"""How does a client compare with a group, feature by feature?"""

from __future__ import annotations

from typing import Any

from fiador.use_cases import scoring
from fiador.use_cases.exploring.cells import standings
from fiador.use_cases.exploring.disclosure import BASE, FEWEST
from fiador.use_cases.exploring.population import Population, Row
from fiador.use_cases.exploring.sql import GROUPS, commonest_sql, quartiles_sql
from fiador.use_cases.exploring.subset import Subset, find_client, select_applications
from fiador.use_cases.exploring.variables import KnownVariable
from fiador.words import say


def compare(population: Population, key: str, *, language: str, group: str = "approved") -> Row:
    """A client's model features beside those of a group, the one that moved the client's risk most first."""
    subset = select_applications(population, group)
    client = find_client(population, key)
    size = population.group_size(group)
    return {
        "key": key,
        "group": group,
        "group_says": say(f"group.{group}", language),
        "enough": size >= FEWEST,
        "applications": size if size >= FEWEST else None,
        "rows": _rows(population, client, subset, language) if size >= FEWEST else [],
    }


def _rows(population: Population, client: Row, subset: Subset, language: str) -> list[Row]:
    variables = _by_weight(population, client)
    usual = _usual(population, subset.group)
    values = {variable: client[variable.column] for variable in variables if client[variable.column] is not None}
    standing = standings(population, subset, values)
    return [
        _compared(
            population, v, client[v.column], usual=usual[v.name], standing=standing.get(v.name), language=language
        )
        for v in variables
    ]


def _by_weight(population: Population, client: Row) -> list[KnownVariable]:
    """The model's features, the one that moved the client's risk most first."""
    features = {name: client[population.variables[name].column] for name in population.bundle.model.features}
    weights = scoring.contributions_of(population.bundle, features)
    return [population.variables[name] for name in sorted(weights, key=lambda name: -abs(weights[name]))]


def _usual(population: Population, group: str) -> Row:
    """Per model feature of a group its quartiles, or its commonest level; worked out once a group."""
    if group not in population.usual:
        where, table = GROUPS[group], population.table
        variables = [population.variables[n] for n in population.bundle.model.features if n in population.variables]
        quartiles = population.ask(quartiles_sql(table, variables, where))[0]
        usual: Row = {v.name: quartiles[v.column] for v in variables if v.kind == "number"}
        for variable in variables:
            if variable.kind == "level":
                levels = population.ask(commonest_sql(table, variable, where))
                usual[variable.name] = levels[0]["level"] if levels and levels[0]["applications"] >= BASE else None
        population.usual[group] = usual
    return population.usual[group]


def _compared(
    population: Population, variable: KnownVariable, value: Any, *, usual: Any, standing: float | None, language: str
) -> Row:
    dictionary, number = population.dictionary, variable.kind == "number"
    low, median, high = usual if number and usual else (None, None, None)

    def in_words(each: Any) -> str:
        return dictionary.value_says(variable, each, language)

    return {
        **dictionary.entry(variable, language),
        "value": value,
        "value_says": in_words(value),
        "median": median,
        "median_says": in_words(median) if number else None,
        "low": low,
        "low_says": in_words(low) if number else None,
        "high": high,
        "high_says": in_words(high) if number else None,
        "share_below": standing if number else None,
        "level_share": None if number else standing,
        "typical_says": in_words(median if number else usual),
    }
