"""How does a feature table become the numbers a model reads? Everything here is learned inside the fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OrdinalEncoder

Features = Mapping[str, str]  # name -> number | level, in order


def frame(table: pa.Table, features: Features, *, numbers: type[np.floating[Any]] = np.float64) -> pd.DataFrame:
    """The feature columns as pandas: numbers of the type asked for (null = NaN), levels object (null = NaN).

    >>> rows = pa.table({"age": pa.array([30, None], pa.float32()), "home": ["Rent", None]})
    >>> frame(rows, {"age": "number", "home": "level"})
        age  home
    0  30.0  Rent
    1   NaN   NaN
    """
    columns = {}
    for name, kind in features.items():
        column = table.column(name)
        if kind == "number":
            columns[name] = column.cast(pa.from_numpy_dtype(numbers)).to_numpy(zero_copy_only=False)
        else:
            columns[name] = np.array([np.nan if v is None else v for v in column.to_pylist()], dtype=object)
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))


def levels_and_numbers(features: Features) -> tuple[list[str], list[str]]:
    """The names of level features, then of number features, each in order.

    >>> levels_and_numbers({"age": "number", "home": "level", "debt": "number"})
    (['home'], ['age', 'debt'])
    """
    return [n for n, k in features.items() if k == "level"], [n for n, k in features.items() if k == "number"]


def for_trees(features: Features) -> ColumnTransformer:
    """Levels as codes first, numbers as they are after; missing and unseen levels are NaN."""
    from sklearn.compose import ColumnTransformer

    levels, numbers = levels_and_numbers(features)
    return ColumnTransformer([("levels", _level_codes(), levels), ("numbers", "passthrough", numbers)])


def _level_codes() -> OrdinalEncoder:
    """A level's code; one never seen in the fit is missing, as a null is."""
    from sklearn.preprocessing import OrdinalEncoder

    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan)


def for_linear(features: Features) -> ColumnTransformer:
    """Numbers: median, a flag where missing, standardised. Levels: a column each, missing its own."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    levels, numbers = levels_and_numbers(features)
    number = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    level = make_pipeline(
        _level_codes(),
        SimpleImputer(strategy="constant", fill_value=-1, keep_empty_features=True),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("numbers", number, numbers), ("levels", level, levels)])
