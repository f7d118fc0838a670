"""What can be measured over an application's rows in a `many` table?

A closed vocabulary, one row each: its SQL, its value where there are no rows, and where there are only nulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`sql` holds `{value}`, the column, and `{filter}`, the condition on rows.

    empty: the value for an application without rows (None is null). The value for rows of only nulls is `only_nulls`.
    """

    name: str
    sql: str
    needs_column: bool
    empty: float | None
    only_nulls: float | None
    says: Mapping[str, str]


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            "rows",
            "count(*){filter}",
            False,
            0.0,
            None,
            {"en": "number of rows", "fr": "nombre de lignes", "pt-BR": "número de linhas"},
        ),
        Measure("mean", "avg({value}){filter}", True, None, None, {"en": "mean", "fr": "moyenne", "pt-BR": "média"}),
        Measure("min", "min({value}){filter}", True, None, None, {"en": "smallest", "fr": "minimum", "pt-BR": "menor"}),
        Measure("max", "max({value}){filter}", True, None, None, {"en": "largest", "fr": "maximum", "pt-BR": "maior"}),
        Measure(
            "sum", "coalesce(sum({value}){filter}, 0)", True, 0.0, 0.0, {"en": "total", "fr": "total", "pt-BR": "total"}
        ),
    )
}
