"""What is known of every application under which name, and into which bins or levels does a variable fall?

Protected attributes, and whatever is made from them, are no variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fiador.bundle import RawColumn
from fiador.features.plan import Plan
from fiador.portfolio import Portfolio
from fiador.portfolio.types import TYPES


@dataclass(frozen=True)
class KnownVariable:
    """One thing known of every application. kind: number | level | date. column: where the population keeps it.

    table and raw: the raw column it is; both empty for a feature.
    """

    name: str
    column: str
    kind: str
    table: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Binning:
    """Where a variable's values fall: bins from `first`, each `step` wide, or `levels` and all others as one.

    edges are a number's; levels hold None last where there are others. Values beyond the ends fall into the end bins.
    """

    variable: KnownVariable
    edges: tuple[float, ...] = ()
    levels: tuple[str | None, ...] = ()

    @property
    def cells(self) -> int:
        return len(self.levels) or max(0, len(self.edges) - 1)


def variables_of(
    portfolio: Portfolio, raw: Mapping[str, Mapping[str, RawColumn]], query: Plan
) -> dict[str, KnownVariable]:
    """Every variable by name: the features in order, then raw values of base and looked-up tables that are none."""
    protected = set(portfolio.policy.protected)
    touching = query.touching(protected)
    values = [(name, kind, "", "") for name, kind in query.features.items() if name not in touching]
    visible = {each for name, *_ in values for each in query.reads[name]}
    behind = {each for name in touching for each in query.reads[name]} - visible
    for table, columns in raw.items():
        for column, raw_column in columns.items() if not portfolio.tables[table].many else ():
            dotted = f"{table}.{column}"
            if (
                raw_column.role == "value"
                and column not in portfolio.features
                and not {column, dotted} & (protected | behind)
            ):
                values.append((dotted, TYPES[raw_column.type].variable, table, column))
    return {
        name: KnownVariable(name, f"v{at}", kind, table, column)
        for at, (name, kind, table, column) in enumerate(values)
    }
