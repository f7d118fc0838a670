"""What can be explored: which variables and groups, how large, and in which words?"""

from __future__ import annotations

from fiador.use_cases.exploring.disclosure import FEWEST, share
from fiador.use_cases.exploring.population import Population, Row, conditions
from fiador.use_cases.exploring.sql import KnownVariable


def variables(population: Population, language: str) -> Row:
    """What can be explored: every variable in words, how it is made and how it lies, and how many are in each group."""
    shown = [v for v in population.variables.values() if v.kind != "date"]
    return {
        "applications": population.told_of("all"),
        "labelled": population.told(population.labelled, conditions("labelled")),
        "groups": {group: population.told_of(group) for group in population.counts},
        "fewest": FEWEST,
        "variables": [_entry(population, variable, language) for variable in shown],
    }


def _entry(population: Population, variable: KnownVariable, language: str) -> Row:
    told, spread = population.dictionary, population.spreads[variable.name]
    named, everybody = told.entry(variable, language), population.told_of("all")
    enough = everybody >= FEWEST
    missing = population.told(spread.missing, conditions(f"{variable.name} is missing"))
    return {
        "name": named.pop("variable"),
        **named,
        "description": told.made(variable),
        "tables": told.tables(variable),
        "used": told.used(variable),
        "lender_set": told.lender_set(variable),
        "levels": population.levels(variable, spread.levels, language) if variable.kind == "level" else None,
        "low": spread.low if enough else None,
        "high": spread.high if enough else None,
        "missing": share(missing, everybody),
    }
