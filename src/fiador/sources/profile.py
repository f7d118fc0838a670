"""What do a lender's tables look like, told in statistics and no row?

A profile holds, per column, its marginal distribution and its shares of null and of '', and for all columns
together their rank correlations. It is what a simulation draws from, and small enough to read:
`portfolios/alura_cash/profile.json` is `to_json(profile_of(portfolio, open_source(folder)))`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fiador.errors import DataError
from fiador.portfolio import Portfolio
from fiador.sources.interface import Source

FORMAT = 1
# The outer half percents are left out: an extreme value is a person.
PROBABILITIES = np.linspace(0.005, 0.995, 101)
# A level that fewer rows have could point at them.
FEWEST_ROWS = 20
_MOST_DECIMALS = 6

Column = tuple[str, str]
"""(table, column), tables by the portfolio's names."""


def profile_of(portfolio: Portfolio, source: Source) -> dict[str, Any]:
    """The profile of a portfolio's tables as a source holds them."""
    tables = {
        table.name: pa.concat_tables(
            [pa.Table.from_batches(source.read(name), source.tables()[name]) for name in table.source_names]
        )
        for table in portfolio.tables.values()
    }
    target = (portfolio.base, portfolio.target.column)
    joined = join(portfolio, tables)
    return profile(tables, keys=key_columns(portfolio), target=target, joined=joined, bad=portfolio.target.bad)


def profile(
    tables: Mapping[str, pa.Table],
    *,
    keys: set[Column],
    target: Column,
    joined: pd.DataFrame,
    bad: int | str = 1,
) -> dict[str, Any]:
    """Marginals of every column that isn't a key, and the rank correlations between them, as plain JSON values.

    `joined` has one row per application and its columns named `table.column`. Numbers (dates as days) have
    their quantiles from 0.5 to 99.5 %, texts the shares of their levels; a level with fewer than 20 rows is
    left out, and so are the keys. Levels are ordered by their bad rate, so that a rank means more risk. Null
    and '' enter no quantile, share or correlation but are counted: `null` and `blank` are shares of all rows.
    `correlation` is Spearman's, over pairs of present values, in the order of `columns`; the target, as bad
    or not, is its last row and column.
    """
    inputs = [
        (t, c) for t, table in tables.items() for c in table.column_names if (t, c) not in keys and (t, c) != target
    ]
    outcome = joined[_dotted(target)]
    is_bad = (outcome == bad).astype(float).where(outcome.notna())
    marginals = {
        _dotted(column): _marginal(tables[column[0]][column[1]], joined[_dotted(column)], is_bad) for column in inputs
    }
    ranks = {name: _ranks(joined[name], told.get("levels")) for name, told in marginals.items()}
    correlation = pd.DataFrame({**ranks, "": is_bad}).corr(method="spearman").fillna(0.0)
    return {
        "format": FORMAT,
        "rows": len(joined),
        "target": {**_shares(tables[target[0]][target[1]]), "bad_rate": round(float(is_bad.mean()), 6)},
        "columns": marginals,
        "correlation": np.round(correlation.to_numpy(), 4).tolist(),
    }


def to_json(profile: Mapping[str, Any]) -> str:
    """A profile as JSON a person can read: a line per statistic, and per row of the correlations."""
    text = json.dumps(profile, ensure_ascii=False, indent=1)
    return re.sub(r"\[[^\[\]{}]*\]", lambda innermost: " ".join(innermost[0].split()), text) + "\n"


def key_columns(portfolio: Portfolio) -> set[Column]:
    """The columns that only say which row belongs to which: they are drawn anew, never profiled."""
    keys = {(portfolio.base, portfolio.key)}
    for table in portfolio.tables.values():
        keys |= {(table.name, column) for column in table.key}
        for link in (table.one, *table.many):
            keys |= (
                {(link.of, above) for above, _ in link.on} | {(table.name, below) for _, below in link.on}
                if link
                else set()
            )
    return keys


def join(portfolio: Portfolio, tables: Mapping[str, pa.Table]) -> pd.DataFrame:
    """One row per application with the columns of all its `one` tables, named `table.column`.

    A blank or repeated key finds no row: this joins to describe, and `check` is where such keys are judged.
    """
    frame = _prefixed(portfolio.base, tables)
    for table in portfolio.tables.values():
        if table.one:
            above = [f"{table.one.of}.{column}" for column, _ in table.one.on]
            below = [f"{table.name}.{column}" for _, column in table.one.on]
            looked_up = _prefixed(table.name, tables).drop_duplicates(below, keep=False)
            present = looked_up[below].replace("", None).notna().all(axis=1)
            frame = frame.merge(looked_up[present], how="left", left_on=above, right_on=below)
    return frame


def _prefixed(name: str, tables: Mapping[str, pa.Table]) -> pd.DataFrame:
    return tables[name].to_pandas().add_prefix(f"{name}.")


def _dotted(column: Column) -> str:
    return ".".join(column)


def _shares(column: pa.ChunkedArray) -> dict[str, Any]:
    """A column's type, and the shares of its null and '' rows."""
    rows = max(len(column), 1)
    blank = pc.sum(pc.equal(column, "")).as_py() or 0 if pa.types.is_string(column.type) else 0
    return {
        "type": str(column.type),
        "null": round(column.null_count / rows, 6),
        "blank": round(blank / rows, 6),
    }


def _marginal(column: pa.ChunkedArray, joined: pd.Series, is_bad: pd.Series) -> dict[str, Any]:
    if pa.types.is_string(column.type):
        return {**_shares(column), "levels": _levels(joined, is_bad)}
    values = _numbers(joined).dropna().to_numpy()
    if not len(values):
        raise DataError("has no values to profile.", where=str(joined.name), hint="Give a source that fills it.")
    decimals = next(
        (d for d in range(_MOST_DECIMALS) if bool(np.allclose(values, np.round(values, d), atol=1e-9))),
        _MOST_DECIMALS,
    )
    quantiles = [float(f"{value:.7g}") for value in np.quantile(values, PROBABILITIES)]
    return {**_shares(column), "decimals": decimals, "quantiles": quantiles}


def _levels(texts: pd.Series, is_bad: pd.Series) -> dict[str, float]:
    """The share of each level among present values, levels in the order of their bad rate."""
    present = texts[texts.notna() & (texts != "")]
    told = (
        pd.DataFrame({"level": present, "bad": is_bad})
        .dropna(subset="level")
        .groupby("level")["bad"]
        .agg(["size", "mean"])
    )
    told = told[told["size"] >= FEWEST_ROWS].sort_values(["mean", "size"])
    return {str(level): round(float(share), 6) for level, share in (told["size"] / told["size"].sum()).items()}


def _ranks(values: pd.Series, levels: Mapping[str, float] | None) -> pd.Series:
    if levels is None:
        return _numbers(values)
    return values.map({level: rank for rank, level in enumerate(levels)}).astype(float)


def _numbers(values: pd.Series) -> pd.Series:
    """Numbers as they are, moments as days since 1970."""
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values.astype(float)
    if pd.api.types.is_datetime64_any_dtype(values.dtype) or _holds_dates(values):
        return (pd.to_datetime(values) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return pd.to_numeric(values).astype(float)


def _holds_dates(values: pd.Series) -> bool:
    first = values.dropna().head(1).tolist()
    return bool(first) and hasattr(first[0], "year")
