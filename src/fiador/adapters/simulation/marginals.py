"""How is one column distributed, told so that nobody can be found in it?

Twenty rows stand behind everything told: a level that fewer have is counted among `other` and not named, a
quantile has so many rows on either side, and whole numbers that hardly repeat (they may number persons) keep
three digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# The outer half percents are left out: an extreme value is a person.
PROBABILITIES = np.linspace(0.005, 0.995, 101)
# A level that fewer rows have could point at them.
FEWEST_ROWS = 20
_MOST_DECIMALS = 6
_DIGITS, _DIGITS_OF_LABELS = 7, 3
_HARDLY_REPEATS = 0.95
_DAY = 86_400_000_000


def values_of(column: pa.ChunkedArray) -> pd.Series:
    """A column to describe: texts as they are, anything else as a number (a date in days since 1970, NaN missing).

    >>> values_of(pa.chunked_array([pa.array([86400 * 10**6, None], pa.timestamp("us"))])).tolist()
    [1.0, nan]
    """
    kind = column.type
    if pa.types.is_string(kind):
        return column.to_pandas()
    if pa.types.is_timestamp(kind):
        return _floats(column.cast(pa.int64())) / _DAY
    if pa.types.is_date(kind):
        return _floats(column.cast(pa.int32()))
    return _floats(column) if is_described(kind) else pd.Series(np.nan, index=range(len(column)))


def is_described(kind: pa.DataType) -> bool:
    """Whether a type has numbers, dates or levels to tell of; bytes have none."""
    tests = (pa.types.is_string, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_such(kind) for is_such in (*tests, pa.types.is_timestamp, pa.types.is_date))


def _floats(column: pa.ChunkedArray) -> pd.Series:
    whole = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return whole.cast(pa.float64(), safe=False).to_pandas()


def shares(column: pa.ChunkedArray) -> dict[str, Any]:
    """A column's type, and the shares of its null (or NaN) and '' rows.

    >>> shares(pa.chunked_array([["a", "", None, "b"]]))
    {'type': 'string', 'null': 0.25, 'blank': 0.25}
    """
    rows = max(len(column), 1)
    missing = column.null_count
    if pa.types.is_floating(column.type):
        missing = pc.sum(pc.is_null(column, nan_is_null=True)).as_py() or 0
    blank = pc.sum(pc.equal(column, "")).as_py() or 0 if pa.types.is_string(column.type) else 0
    return {"type": str(column.type), "null": round(missing / rows, 6), "blank": round(blank / rows, 6)}


def marginal(column: pa.ChunkedArray, values: pd.Series, is_bad: pd.Series | None = None) -> dict[str, Any]:
    """The shares of a table's column, and the distribution of its `values`, one per application or child row.

    A text has `levels` and the share of all `other` ones; anything else `decimals` and `quantiles`, none of
    them where nothing, or too little, is known.
    """
    if pa.types.is_string(column.type):
        return {**shares(column), **_levels(values, is_bad, _counted(column))}
    is_time = pa.types.is_temporal(column.type)
    return {**shares(column), **distribution(values.to_numpy(dtype=np.float64), is_time=is_time)}


def distribution(numbers: npt.NDArray[np.float64], *, is_time: bool = False) -> dict[str, Any]:
    """Decimals and quantiles of numbers, those that aren't finite left out.

    >>> distribution(np.arange(1000.0))["quantiles"][:2], distribution(np.arange(39.0))["quantiles"]
    ([20.0, 20.0], [])
    """
    known = numbers[np.isfinite(numbers)]
    decimals = next(
        (d for d in range(_MOST_DECIMALS) if bool(np.allclose(known, np.round(known, d), atol=1e-9))), _MOST_DECIMALS
    )
    if len(known) < 2 * FEWEST_ROWS:
        return {"decimals": decimals if len(known) else 0, "quantiles": []}
    edge = FEWEST_ROWS / len(known)
    digits = _DIGITS_OF_LABELS if decimals == 0 and not is_time and _label_rows(known) else _DIGITS
    quantiles = np.quantile(known, np.clip(PROBABILITIES, edge, 1 - edge))
    return {"decimals": decimals, "quantiles": [float(f"{value:.{digits}g}") for value in quantiles]}


def _label_rows(known: npt.NDArray[np.float64]) -> bool:
    """Whether whole numbers hardly repeat: they may be a person's, an account's, not a quantity."""
    return len(np.unique(known)) > _HARDLY_REPEATS * len(known)


def distance(marginal: Mapping[str, Any], values: pd.Series) -> float:
    """How far values are from a marginal, nulls left out of both: from 0, the same, to 1.

    Of levels the total variation. Of numbers the largest gap, at the stated quantiles, between the two distribution
    functions (Kolmogorov and Smirnov's); the outer half percents aren't told and not compared.

    >>> distance({"levels": {"a": 0.5, "b": 0.5}}, pd.Series(["a", "a", "a", "b"]))
    0.25
    >>> same = {"decimals": 0, "quantiles": list(np.arange(1.0, 102.0))}
    >>> round(distance(same, pd.Series(np.arange(1.0, 102.0))), 2)
    0.0
    """
    present = values.dropna()
    if "levels" in marginal:
        shares = pd.Series(marginal["levels"], dtype=float)
        return float(present.value_counts(normalize=True).sub(shares / shares.sum(), fill_value=0).abs().sum() / 2)
    if not marginal["quantiles"] or present.empty:
        return 0.0
    stated = (
        pd.Series(PROBABILITIES, np.round(marginal["quantiles"], marginal["decimals"]))
        .groupby(level=0)
        .agg(["min", "max"])
    )
    ranked = np.sort(present.to_numpy(dtype=float))
    up_to = np.searchsorted(ranked, stated.index, "right") / len(ranked)
    below = np.searchsorted(ranked, stated.index, "left") / len(ranked)
    return max(float((stated["max"] - up_to).max()), float((below - stated["min"]).max()), 0.0)


def frequencies(counts: pd.Series) -> dict[str, Any]:
    """The share of each number of children among parents, and of all numbers that fewer than 20 parents have.

    >>> frequencies(pd.Series([0] * 60 + [2] * 38 + [9] * 2))
    {'counts': {'0': 0.6, '2': 0.38}, 'other': 0.02}
    """
    rows, sizes = max(len(counts), 1), counts.value_counts().sort_index()
    kept = sizes[sizes >= FEWEST_ROWS]
    named = {str(int(count)): round(float(parents) / rows, 6) for count, parents in kept.items()}
    return {"counts": named, "other": round(float(sizes.sum() - kept.sum()) / rows, 6)}


def _counted(column: pa.ChunkedArray) -> Mapping[str, int]:
    """How many rows have each level that enough rows have."""
    counts = pc.value_counts(column)
    counts = counts.filter(pc.greater_equal(counts.field("counts"), FEWEST_ROWS))
    return dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))


def _levels(texts: pd.Series, is_bad: pd.Series | None, own: Mapping[str, int]) -> dict[str, Any]:
    """Shares among present values, levels in the order of their bad rate, or the most frequent first."""
    present = texts[texts.notna() & (texts != "")]
    outcome = is_bad if is_bad is not None else pd.Series(0.0, index=texts.index)
    levels = pd.DataFrame({"level": present, "bad": outcome}).dropna(subset="level").groupby("level")["bad"]
    counts = levels.agg(["size", "mean"])
    enough = (counts["size"] >= FEWEST_ROWS) & (counts.index.map(own).to_numpy(dtype=float) >= FEWEST_ROWS)
    kept = counts[enough].sort_values(
        ["mean", "size"] if is_bad is not None else ["size"], ascending=is_bad is not None
    )
    present_rows = max(len(present), 1)
    return {
        "levels": {str(level): round(float(rows) / present_rows, 6) for level, rows in kept["size"].items()},
        "other": round(float(counts["size"].sum() - kept["size"].sum()) / present_rows, 6),
    }
