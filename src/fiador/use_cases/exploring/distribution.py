"""How is one variable spread over a group, or two at once, and where does a client lie?"""

from __future__ import annotations

from fiador.use_cases.exploring.cells import binning_of, count_cells, disclose_cell, size, standings
from fiador.use_cases.exploring.population import LEVELS, Population, Row
from fiador.use_cases.exploring.subset import (
    NO_FILTER,
    Filter,
    Subset,
    find_client,
    find_variable,
    select_applications,
)
from fiador.use_cases.exploring.variables import Binning, KnownVariable
from fiador.words import say

BINS, SIDE = 40, 20  # at most: bins of a histogram, cells along a side of a pair


def histogram(
    population: Population, name: str, *, language: str, group: str = "all", key: str = "", filter_: Filter = NO_FILTER
) -> Row:
    """How a group's values of one variable are spread, with the bad rate of each cell, and where the client's lies."""
    variable = find_variable(population, name)
    subset = select_applications(population, group, filter_)
    axis = binning_of(population, variable, BINS if variable.kind == "number" else LEVELS + 1)
    counts = count_cells(population, [axis], subset)
    total = size(population, subset, counts)
    cells = (
        [disclose_cell(population, subset, [axis], (at,), counts.get((at,))) for at in (*range(axis.cells), None)]
        if total is not None
        else []
    )
    client = find_client(population, key) if key else None
    return {
        **population.dictionary.entry(variable, language),
        **_about(subset, total, language),
        **_ends(population, axis, language, enough=total is not None),
        "counts": [cell["count"] for cell in cells[:-1]],
        "bad_rates": [cell["bad_rate"] for cell in cells[:-1]],
        "missing": cells[-1]["count"] if cells else None,
        "client": client and _standing(population, variable, client, subset, language, enough=total is not None),
    }


def _standing(
    population: Population, variable: KnownVariable, client: Row, subset: Subset, language: str, *, enough: bool
) -> Row:
    value = client[variable.column]
    placed = enough and variable.kind == "number" and value is not None
    below = standings(population, subset, {variable: value})[variable.name] if placed else None
    words = population.dictionary.value_says(variable, value, language)
    return {"key": client["key"], "value": value, "value_says": words, "share_below": below}


def pair(
    population: Population, x: str, y: str, *, language: str, group: str = "all", key: str = "",
    filter_: Filter = NO_FILTER,
) -> Row:  # fmt: skip
    """How a group is spread over two variables at once; applications without a value of either are in no cell."""
    both = [find_variable(population, name) for name in (x, y)]
    subset = select_applications(population, group, filter_)
    axes = [binning_of(population, variable, SIDE) for variable in both]
    counts = count_cells(population, axes, subset)
    total = size(population, subset, counts)
    inside = sorted(place for place in counts if None not in place) if total is not None else []
    cells = [
        {"x": place[0], "y": place[1], **disclose_cell(population, subset, axes, place, counts[place])}
        for place in inside
    ]
    client = find_client(population, key) if key else None
    return {
        **{
            side: {
                **population.dictionary.entry(axis.variable, language),
                **_ends(population, axis, language, enough=total is not None),
            }
            for side, axis in zip(("x", "y"), axes, strict=True)
        },
        **_about(subset, total, language),
        "cells": [cell for cell in cells if cell["count"]],
        "client": client and _mark(population, both, client, language),
    }


def _mark(population: Population, both: list[KnownVariable], client: Row, language: str) -> Row:
    """A client's two values."""
    mark = {"key": client["key"]}
    for side, variable in zip(("x", "y"), both, strict=True):
        value = client[variable.column]
        mark |= {side: value, f"{side}_says": population.dictionary.value_says(variable, value, language)}
    return mark


def _about(subset: Subset, total: int | None, language: str) -> Row:
    """Whose applications are told of, and how many they are."""
    says = say(f"group.{subset.group}", language)
    return {"group": subset.group, "group_says": says, "enough": total is not None, "applications": total}


def _ends(population: Population, axis: Binning, language: str, *, enough: bool) -> Row:
    """An axis's edges or levels, null where its group is too small to tell."""
    levels = population.levels(axis.variable, axis.levels, language)
    return {
        "edges": list(axis.edges) if enough and axis.edges else None,
        "levels": levels if enough and axis.variable.kind == "level" else None,
    }
