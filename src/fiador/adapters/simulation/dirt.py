"""What goes wrong with good rows on their way into a bank's tables?

Only what the portfolio declares: damaged rows, impossible values, nulls and blanks, blank keys, exact
repetitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fiador.errors import PortfolioError, did_you_mean
from fiador.portfolio import DamagedRows, Outlier

Generator = np.random.Generator


def qualified(name: str, columns: list[str], where: str) -> str:
    """The `table.column` that a bare or dotted name means; PortfolioError where none or several do.

    >>> qualified("age", ["people.age", "people.name"], "tiny: simulate.outliers")
    'people.age'
    """
    meant = [column for column in columns if name in (column, column.split(".", 1)[1])]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise PortfolioError(f"'{name}' may be {' or '.join(meant)}.", where=where, hint="Write table.column.")
    raise PortfolioError(f"no column '{name}'.", where=where, hint=did_you_mean(name, columns))


def damage(rows: pd.DataFrame, damaged: DamagedRows | None, draw: Generator, *, where: str) -> pd.DataFrame:
    """A share of rows whose named columns, all together, are another application's."""
    if damaged is None:
        return rows
    columns = [qualified(name, list(rows.columns), where) for name in damaged.columns]
    hit = draw.choice(len(rows), size=round(damaged.share * len(rows)), replace=False)
    donors = draw.permutation(len(rows))[: len(hit)]
    result = rows.copy()
    for column in columns:
        values = rows[column].to_numpy(copy=True)
        values[hit] = rows[column].to_numpy()[donors]
        result[column] = values
    return result


def misstate(rows: pd.DataFrame, outliers: Mapping[str, Outlier], draw: Generator, *, where: str) -> pd.DataFrame:
    """Impossible values in place of real ones: at least one of each declared kind."""
    result = rows.copy()
    for name, outlier in outliers.items():
        column = qualified(name, list(rows.columns), f"{where}.{name}")
        hit = _some(len(rows), outlier.share, draw)
        values = result[column].to_numpy(copy=True)
        values[hit] = draw.choice(np.array(outlier.values), size=len(hit))
        result[column] = values
    return result


def blank_out(rows: pd.DataFrame, marginals: Mapping[str, Mapping[str, Any]], draw: Generator) -> pd.DataFrame:
    """Each column's shares of null and of '', independent of everything else."""
    result = {}
    for name in rows.columns:
        shares = marginals[name]
        chance = draw.random(len(rows))
        values = rows[name].astype(object).to_numpy(copy=True)
        values[chance < shares["null"] + shares["blank"]] = ""
        values[chance < shares["null"]] = None
        result[name] = values
    return pd.DataFrame(result, index=rows.index)


def blank_keys(
    ids: Mapping[str, npt.NDArray[Any]], shares: Mapping[str, float], draw: Generator, *, where: str
) -> dict[str, npt.NDArray[Any]]:
    """Keys blanked by declared share, at least one each; the same key is lost in every table that declares it."""
    result = {name: values.copy() for name, values in ids.items()}
    order = draw.permutation(len(next(iter(ids.values()))))
    for name, share in shares.items():
        column = qualified(name, list(ids), f"{where}.{name}")
        result[column][order[: _count(len(order), share)]] = ""
    return result


def repeat(rows: pd.DataFrame, count: int, draw: Generator) -> pd.DataFrame:
    """The rows, and `count` of them once more."""
    again = rows.iloc[draw.choice(len(rows), size=count, replace=count > len(rows))]
    return pd.concat([rows, again], ignore_index=True)


def _some(rows: int, share: float, draw: Generator) -> npt.NDArray[np.int64]:
    return draw.choice(rows, size=_count(rows, share), replace=False)


def _count(rows: int, share: float) -> int:
    return min(rows, max(1, round(share * rows))) if share > 0 else 0
