"""Which known applications meet conditions, row by row? For an authorised BI tool, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fiador.use_cases import applications
from fiador.use_cases.exploring.population import Population, Row
from fiador.use_cases.exploring.sql import OWN, rows_condition, rows_sql, total_sql
from fiador.use_cases.exploring.variables import KnownVariable

Ends = tuple[float | None, float | None]


@dataclass(frozen=True)
class Where:
    """Which applications a list holds: every condition given, all at once. equal: a variable's exact value."""

    outcome: str | None = None
    actual: str | None = None
    search: str | None = None
    equal: Mapping[KnownVariable, str] = field(default_factory=dict)
    pd: Ends = (None, None)
    score: Ends = (None, None)


@dataclass(frozen=True)
class RowPage:
    """One page of applications as flat rows, and how many there are in all; next: the offset of the page after."""

    rows: list[Row]
    total: int
    limit: int
    offset: int

    @property
    def next(self) -> int | None:
        return applications.offset_after(self.offset, len(self.rows), self.total)


def list_rows(
    population: Population, *, names: Mapping[str, KnownVariable], where: Where, limit: int, offset: int,
    language: str | None = None,
) -> RowPage:  # fmt: skip
    """Known applications by key: what was decided, what became of them, and variables under the names given.

    Whole numbers are whole; with a language, levels are in its words. Counts are exact: single rows are no secret here.
    """
    equal = {"outcome": where.outcome, "actual": where.actual, **{v.column: x for v, x in where.equal.items()}}
    condition, values = rows_condition(
        equal={column: value for column, value in equal.items() if value is not None},
        bounds={"pd": where.pd, "score": where.score},
        search=where.search or "",
    )
    columns = [*OWN, *(variable.column for variable in names.values())]
    total = int(population.ask(total_sql(population.table, condition), values)[0]["total"])
    page = {**values, "limit": limit, "offset": offset}
    answer = population.engine.query(rows_sql(population.table, dict.fromkeys(columns), condition), page)
    cells = {name: answer.column(name).to_pylist() for name in OWN}
    cut_off = population.bundle.cut_off
    cells["cut_off"] = [cut_off] * answer.num_rows
    cells["class"] = [None if pd is None else int(pd >= cut_off) for pd in cells["pd"]]
    cells |= {name: _display(population, v, answer.column(v.column).to_pylist(), language) for name, v in names.items()}
    page_rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    return RowPage(page_rows, total, limit, offset)


def _display(population: Population, variable: KnownVariable, values: list[Any], language: str | None) -> list[Any]:
    if variable.kind == "number" and population.spreads[variable.name].whole:
        return [None if value is None else int(value) for value in values]
    if variable.kind == "level" and language:
        words = {v: population.dictionary.level_says(variable, v, language) for v in set(values) if v is not None}
        return [words.get(value) for value in values]
    return values
