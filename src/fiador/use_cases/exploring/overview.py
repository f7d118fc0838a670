"""What can be explored: which variables and groups, how large, and in which words?"""

from __future__ import annotations

from fiador.use_cases.exploring.disclosure import FEWEST, share
from fiador.use_cases.exploring.population import Population, Row, conditions
from fiador.use_cases.exploring.variables import KnownVariable


def overview(population: Population, language: str) -> Row:
    """What can be explored: every variable in words, how it is made and how it lies, and how many are in each group."""
    shown = [v for v in population.variables.values() if v.kind != "date"]
    return {
        "applications": population.group_size("all"),
        "labelled": population.round_count(population.labelled, conditions("labelled")),
        "groups": {group: population.group_size(group) for group in population.counts},
        "fewest": FEWEST,
        "variables": [_entry(population, variable, language) for variable in shown],
    }


def _entry(population: Population, variable: KnownVariable, language: str) -> Row:
    dictionary, spread = population.dictionary, population.spreads[variable.name]
    entry, everybody = dictionary.entry(variable, language), population.group_size("all")
    enough = everybody >= FEWEST
    missing = population.round_count(spread.missing, conditions(f"{variable.name} is missing"))
    return {
        "name": entry.pop("variable"),
        **entry,
        "description": dictionary.definition(variable),
        "tables": dictionary.tables(variable),
        "used": dictionary.used(variable),
        "lender_set": dictionary.lender_set(variable),
        "levels": population.levels(variable, spread.levels, language) if variable.kind == "level" else None,
        "low": spread.low if enough else None,
        "high": spread.high if enough else None,
        "missing": share(missing, everybody),
    }
