"""How many applications lie where? Cells along one variable or two, each count as it may be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fiador.use_cases.exploring.disclosure import FEWEST, bin_edges, share
from fiador.use_cases.exploring.population import Population, Row
from fiador.use_cases.exploring.sql import cells_sql, standing_sql
from fiador.use_cases.exploring.subset import Subset
from fiador.use_cases.exploring.variables import Binning, KnownVariable

Place = tuple[int | None, ...]  # a cell's position along each axis; None: without a value


def binning_of(population: Population, variable: KnownVariable, most: int) -> Binning:
    """A variable's bins, or its levels and all others as one, `most` of them."""
    spread = population.spreads[variable.name]
    if variable.kind == "number":
        low, high = spread.low, spread.high
        if low is None or high is None:
            return Binning(variable)
        return Binning(variable, edges=tuple(bin_edges(low, high, whole=spread.whole, most=most)))
    cut = len(spread.levels) + spread.others > most
    levels = spread.levels[: most - 1] if cut else spread.levels
    return Binning(variable, levels=(*levels, None) if cut or spread.others else levels)


def size(population: Population, subset: Subset, counts: Mapping[Place, Row]) -> int | None:
    """How many applications a question is told to have; null under 20."""
    total = population.round_count(sum(cell["applications"] for cell in counts.values()), subset.of())
    return total if total >= FEWEST else None


def count_cells(population: Population, axes: Sequence[Binning], subset: Subset) -> dict[Place, Row]:
    """What was counted in each cell that holds anybody: exact, not yet to be told."""
    sql, more = cells_sql(population.table, axes, subset.where)
    counts = population.ask(sql, {**subset.values, **more})
    return {tuple(row[f"c{at}"] for at in range(len(axes))): row for row in counts}


def disclose_cell(
    population: Population, subset: Subset, axes: Sequence[Binning], place: Place, counts: Row | None
) -> Row:
    """A cell's count, and its bad and declined shares among those counted; a share only of at least 20."""
    if counts is None:
        return {"count": 0, "bad_rate": None, "declined": None}
    where = [_place_says(axis, at) for axis, at in zip(axes, place, strict=True)]
    count, labelled, bads, declined = (
        population.round_count(counts[name], subset.of(part, *where))
        for name, part in (("applications", ""), ("labelled", "labelled"), ("bads", "bads"), ("declined", "declined"))
    )
    return {"count": count, "bad_rate": share(bads, labelled), "declined": share(declined, count)}


def _place_says(axis: Binning, at: int | None) -> str:
    """A cell in words of ours."""
    name = axis.variable.name
    if at is None:
        return f"{name} is missing"
    if axis.edges:
        return f"{name} from {axis.edges[at]!r} to {axis.edges[at + 1]!r}"
    level = axis.levels[at]
    return f"{name} is none of {axis.levels!r}" if level is None else f"{name} is {level!r}"


def standings(
    population: Population, subset: Subset, values: Mapping[KnownVariable, object]
) -> dict[str, float | None]:
    """By variable, of a group's values the share below the client's, or of the client's own level."""
    sql, own = standing_sql(population.table, values, subset.where)
    counts = population.ask(sql, {**subset.values, **own})[0]
    return {v.name: _standing(population, subset, v, value, counts) for v, value in values.items()}


def _standing(
    population: Population, subset: Subset, variable: KnownVariable, value: object, counts: Row
) -> float | None:
    name, column = variable.name, variable.column
    compared = f"{name} {'below' if variable.kind == 'number' else 'is'} {value!r}"
    like = population.round_count(counts[f"like_{column}"], subset.of(compared))
    return share(like, population.round_count(counts[f"given_{column}"], subset.of(f"{name} is given")))
