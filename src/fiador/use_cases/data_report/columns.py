"""What does one column of the joined rows hold: numbers, or codes of its levels?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fiador.use_cases.data_report.values import Kind

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class ColumnValues:
    """numbers: NaN where missing (dates as days since 1970); codes into `levels`: −1 where missing. One of the two."""

    name: str
    table: str
    column: str
    kind: Kind
    numbers: Floats | None = None
    codes: Codes | None = None
    levels: tuple[str, ...] = ()

    @property
    def missing(self) -> NDArray[np.bool_]:
        if self.numbers is not None:
            return np.isnan(self.numbers)
        assert self.codes is not None
        return self.codes < 0


def column_of(name: str, table: str, column: str, values: pa.ChunkedArray) -> ColumnValues:
    """A column as it came from the engine."""
    kind = values.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return ColumnValues(name, table, column, "number", numbers=_numbers(values.cast(pa.float64(), safe=False)))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        days = pc.cast(pc.cast(values, pa.date32()), pa.int32()).cast(pa.float64())
        return ColumnValues(name, table, column, "date", numbers=_numbers(days))
    return _levels(name, table, column, values.cast(pa.string()))


def _numbers(values: pa.ChunkedArray) -> Floats:
    return np.asarray(values.to_numpy(), dtype=np.float64)


def _levels(name: str, table: str, column: str, values: pa.ChunkedArray) -> ColumnValues:
    """Levels in the order of the alphabet, so that equal tables give equal codes whatever the order of their rows."""
    encoded = values.combine_chunks().dictionary_encode()
    levels = [str(level) for level in encoded.dictionary.to_pylist()]
    order = sorted(range(len(levels)), key=levels.__getitem__)
    place = np.empty(len(levels) + 1, dtype=np.int64)
    place[-1] = -1
    place[order] = np.arange(len(levels))
    codes = encoded.indices.fill_null(len(levels)).to_numpy(zero_copy_only=False).astype(np.int64)
    return ColumnValues(name, table, column, "level", codes=place[codes], levels=tuple(levels[i] for i in order))
