"""What is every feature of a portfolio called, what is it made from, and what is it where there are no rows?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fiador.features.plan import compile_sql
from fiador.features.schema import Schema
from fiador.measures import MEASURES
from fiador.portfolio import Feature, Portfolio


@dataclass(frozen=True)
class Entry:
    """One feature: its name, its words by language, how it is made, the raw columns it reads, its value for no rows.

    no_rows: None is null; it is None too for a feature that measures no rows.
    """

    name: str
    says: dict[str, str]
    made: str
    sources: tuple[str, ...]
    no_rows: float | None


def catalogue(portfolio: Portfolio, schema: Schema, names: Iterable[str] | None = None) -> list[Entry]:
    """The data dictionary, in the order of the features."""
    query = compile_sql(portfolio, schema, names)
    raw = {f"{table}.{column}" for table, columns in schema.tables.items() for column in columns}
    return [
        Entry(
            name,
            dict(portfolio.features[name].says),
            definition(portfolio.features[name]),
            tuple(sorted(query.reads[name] & raw)) or tuple(t for t in schema.tables if t in query.reads[name]),
            _no_rows(portfolio.features[name]),
        )
        for name in query.features
    ]


def definition(feature: Feature) -> str:
    """How a feature is made, as the portfolio would say it; '' for a raw column as it stands.

    >>> definition(Feature(name="late", measure="rows", of="bureau", where="overdue > 0", within=365, says="late"))
    'rows(bureau) where overdue > 0 within 365'
    """
    if not feature.measure:
        return str(feature.row) if feature.row else ""
    where = f" where {feature.where}" if feature.where else ""
    within = f" within {feature.within:g}" if feature.within else ""
    return f"{feature.measure}({feature.of}){where}{within}"


def _no_rows(feature: Feature) -> float | None:
    return MEASURES[feature.measure].empty if feature.measure and feature.empty == "declared" else None
