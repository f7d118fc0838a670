"""Does a column differ between applications, and does another hold exactly the same, row by row?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Float32s = NDArray[np.float32]
NAN = np.float32(np.nan)


@dataclass(frozen=True)
class Portrait:
    """A column in short. missing: the share of rows without a value. constant: every row is alike, missing or not.

    digest: equal where kind, values and nulls are equal, row by row.
    """

    missing: float
    constant: bool
    digest: bytes


def portrait(column: pd.Series) -> Portrait:
    """The portrait of a column of one row or more.

    >>> one, two = pd.Series([1.0, np.nan]), pd.Series([1.0, np.nan])
    >>> portrait(one) == portrait(two), portrait(one).missing, portrait(one).constant
    (True, 0.5, False)
    """
    values, levels = numbers_of(column)
    digest = hashlib.blake2b(repr(levels).encode(), digest_size=16)
    digest.update(values.tobytes())
    missing = np.isnan(values)
    alike = bool(missing.all() or (values == values[0]).all())
    return Portrait(float(missing.mean()), alike, digest.digest())


def numbers_of(column: pd.Series) -> tuple[Float32s, tuple[str, ...] | None]:
    """A column as float32, missing = one NaN, and −0 as 0; a level is its place among the sorted levels.

    Features are float32 where they are made, so no number loses a digit. The levels, or None where it holds numbers.

    >>> numbers_of(pd.Series(["Rent", None, "Own"], dtype=object))
    (array([ 1., nan,  0.], dtype=float32), ('Own', 'Rent'))
    """
    if is_level(column):
        codes, levels = pd.factorize(column.to_numpy(dtype=object), sort=True)
        return np.where(codes < 0, NAN, codes).astype(np.float32), tuple(str(level) for level in levels)
    values = column.to_numpy(dtype=np.float32) + np.float32(0.0)
    return np.where(np.isnan(values), NAN, values), None


def is_level(column: pd.Series) -> bool:
    """Whether a column holds levels, not numbers.

    >>> is_level(pd.Series(["Own", None], dtype=object)), is_level(pd.Series([1.0]))
    (True, False)
    """
    return not pd.api.types.is_numeric_dtype(column.dtype)
