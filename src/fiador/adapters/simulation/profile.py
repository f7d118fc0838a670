"""What do a lender's tables look like, told in statistics and no row?

A profile holds, per column, its marginal distribution and its shares of null and of '', for all columns of an
application their rank correlations, and for child tables how many rows a parent has. It is what a simulation
draws from, what a monitor compares with, and small enough to read: `fiador profile PORTFOLIO` writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from fiador.adapters.simulation.absence import missing_together
from fiador.adapters.simulation.marginals import (
    FEWEST_ROWS,
    PROBABILITIES,
    distribution,
    frequencies,
    marginal,
    shares,
    values_of,
)
from fiador.errors import DataError, did_you_mean
from fiador.portfolio import Link, Portfolio
from fiador.use_cases.ports import Progress, Source, silent
from fiador.words.places import shown

FORMAT = 1
# Enough for a rank correlation to the second decimal; more would cost minutes, every pair being ranked anew.
_MOST_ROWS_CORRELATED = 50_000

Column = tuple[str, str]
"""(table, column), tables by the portfolio's names."""


def profile_of(portfolio: Portfolio, source: Source, *, progress: Progress = silent) -> dict[str, Any]:
    """The profile of a portfolio's tables as a source holds them. DataError where a table or the target isn't there."""
    tables: dict[str, pa.Table] = {}
    steps = len(portfolio.tables) + 2
    for table in portfolio.tables.values():
        progress(f"reading {table.name}", len(tables), steps)
        tables[table.name] = _read(source, table.source_names)
    target = (portfolio.base, portfolio.target.column)
    if target[1] not in tables[target[0]].column_names:
        near = did_you_mean(target[1], tables[target[0]].column_names)
        raise DataError(
            f"no column '{target[1]}', the target.", where=f"{shown(source.location)}: {target[0]}", hint=near
        )
    progress("describing columns", steps - 2, steps)
    rows = {name: tables[name] for name in tables if not portfolio.tables[name].many}
    keys = key_columns(portfolio)
    base = profile(rows, keys=keys, target=target, joined=join(portfolio, tables), bad=portfolio.target.bad)
    progress("describing child tables", steps - 1, steps)
    children = {name: _child(portfolio, name, tables, keys) for name in tables if name not in rows}
    progress("done", steps, steps)
    return {**base, "children": children}


def _read(source: Source, names: tuple[str, ...]) -> pa.Table:
    parts = [pa.Table.from_batches(source.read(name), source.tables()[name]) for name in names]
    return parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="permissive")


def profile(
    tables: Mapping[str, pa.Table],
    *,
    keys: set[Column],
    target: Column,
    joined: pd.DataFrame,
    bad: int | str = 1,
) -> dict[str, Any]:
    """Marginals of every column that isn't a key, and the rank correlations between them, as plain JSON values.

    `joined` is what `join` makes. Numbers (dates as days since 1970) have their quantiles at `probabilities`,
    from 0.5 to 99.5 %, texts the shares of their levels; levels that fewer than 20 rows have are `other`
    together. Levels are ordered by their bad rate, so that a rank means more risk. Null and '' enter no
    quantile, level or correlation but are counted: `null` and `blank` are shares of all rows. `correlation` is
    Spearman's, over pairs of present values of at most 50,000 rows, in the order of `columns`; the target, as
    bad or not, is its last row and column.
    """
    inputs = [
        (t, c) for t, table in tables.items() for c in table.column_names if (t, c) not in keys and (t, c) != target
    ]
    outcome = joined[_dotted(target)]
    is_bad = (outcome == bad).astype(float).where(outcome.notna())
    marginals = {
        _dotted(column): marginal(tables[column[0]][column[1]], joined[_dotted(column)], is_bad) for column in inputs
    }
    return {
        "format": FORMAT,
        "rows": len(joined),
        "probabilities": np.round(PROBABILITIES, 4).tolist(),
        "target": {
            **shares(tables[target[0]][target[1]]),
            "bad_rate": round(float(is_bad.mean()), 6) if is_bad.notna().any() else None,
        },
        "columns": marginals,
        "correlation": _correlation(joined, marginals, is_bad),
        **_missing(joined[list(marginals)]),
    }


def to_json(profile: Mapping[str, Any]) -> str:
    """A profile as JSON a person can read: a line per statistic, and per row of the correlations."""
    text = json.dumps(profile, ensure_ascii=False, indent=1, allow_nan=False)
    return re.sub(r"\[[^\[\]{}]*\]", lambda innermost: " ".join(innermost[0].split()), text) + "\n"


def key_columns(portfolio: Portfolio) -> set[Column]:
    """The columns that only say which row belongs to which, or to whom: drawn anew by a simulation, never profiled."""
    keys = {(portfolio.base, portfolio.key)}
    if portfolio.head.applicant:
        stated, _, column = portfolio.head.applicant.rpartition(".")
        named = [stated] if stated else [name for name, other in portfolio.tables.items() if not other.many]
        keys |= {(name, column) for name in named}
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
    """One row per application with the columns of all its `one` tables, named `table.column`, ready to be described.

    Keys stay as they are; of the other columns texts do, and everything else is a number (dates are days). A
    blank or repeated key finds no row: this joins to describe, and `check` is where such keys are judged.
    """
    keys = key_columns(portfolio)
    frame = _described(portfolio.base, tables, keys)
    for table in portfolio.tables.values():
        if table.one:
            above = [f"{table.one.of}.{column}" for column, _ in table.one.on]
            below = [f"{table.name}.{column}" for _, column in table.one.on]
            looked_up = _described(table.name, tables, keys).drop_duplicates(below, keep=False)
            present = looked_up[below].replace("", None).notna().all(axis=1)
            frame = frame.merge(looked_up[present], how="left", left_on=above, right_on=below)
    return frame


def _described(name: str, tables: Mapping[str, pa.Table], keys: set[Column]) -> pd.DataFrame:
    columns = {
        f"{name}.{column}": table.to_pandas() if (name, column) in keys else values_of(table)
        for column, table in zip(tables[name].column_names, tables[name].columns, strict=True)
    }
    return pd.DataFrame(columns)


def _child(portfolio: Portfolio, name: str, tables: Mapping[str, pa.Table], keys: set[Column]) -> dict[str, Any]:
    """A child table: its rows, how many of them a parent has, its columns and how they hang together in a row."""
    table = tables[name]
    columns = [column for column in table.column_names if (name, column) not in keys]
    values = pd.DataFrame({f"{name}.{column}": values_of(table[column]) for column in columns})
    marginals = {f"{name}.{column}": marginal(table[column], values[f"{name}.{column}"]) for column in columns}
    return {
        "rows": len(table),
        "of": {link.of: _children(link, tables[link.of], table) for link in portfolio.tables[name].many},
        "columns": marginals,
        "correlation": _rank_correlation(_ranked(values, marginals)),
        **_missing(values),
    }


def _missing(frame: pd.DataFrame) -> dict[str, Any]:
    """Under `missing`, the columns that are null together; nothing where no two are."""
    blocks = missing_together(frame)
    return {"missing": blocks} if blocks else {}


def _children(link: Link, parents: pa.Table, children: pa.Table) -> dict[str, Any]:
    """The distribution of the number of child rows over the parents, those without any included.

    `orphans` is the share of child rows whose key is blank or no parent's.
    """
    above = _keys(parents, [column for column, _ in link.on]).drop_duplicates()
    below = _keys(children, [column for _, column in link.on])
    counts = below.value_counts().rename("rows").reset_index()
    rows = above.merge(counts, how="left", on=list(above.columns))["rows"].fillna(0)
    orphans = (len(children) - float(rows.sum())) / max(len(children), 1)
    quantiles = distribution(rows.to_numpy(dtype=np.float64))["quantiles"]
    return {"parents": len(above), "orphans": round(orphans, 6), **frequencies(rows), "quantiles": quantiles}


def _keys(table: pa.Table, columns: list[str]) -> pd.DataFrame:
    """Key columns as texts, numbered from 0, without the rows where one is missing."""
    frame = pd.DataFrame({at: table[column].cast(pa.string()).to_pandas() for at, column in enumerate(columns)})
    return frame[(frame.notna() & (frame != "")).all(axis=1)]


def _dotted(column: Column) -> str:
    return ".".join(column)


def _correlation(joined: pd.DataFrame, marginals: Mapping[str, Any], is_bad: pd.Series) -> list[list[float]]:
    return _rank_correlation({**_ranked(joined, marginals), "": is_bad})


def _ranked(frame: pd.DataFrame, marginals: Mapping[str, Any]) -> dict[str, pd.Series]:
    return {name: _ranks(frame[name], marginal.get("levels")) for name, marginal in marginals.items()}


def _rank_correlation(columns: Mapping[str, pd.Series]) -> list[list[float]]:
    frame = pd.DataFrame(columns)
    every = slice(None, None, -(-len(frame) // _MOST_ROWS_CORRELATED) or 1)
    correlation = frame.iloc[every].corr(method="spearman", min_periods=FEWEST_ROWS).fillna(0.0)
    return [[round(float(value), 4) for value in row] for row in correlation.to_numpy()]


def _ranks(values: pd.Series, levels: Mapping[str, float] | None) -> pd.Series:
    if levels is None:
        return values.astype(float)
    return values.map({level: rank for rank, level in enumerate(levels)}).astype(float)
