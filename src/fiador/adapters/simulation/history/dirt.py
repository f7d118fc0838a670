"""What goes wrong with good rows of a history on their way into a bank's tables?

Only what is declared, and little of it: rows written twice, rows whose parent is nobody, values no column should hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fiador.adapters.simulation.history.declared import TableHistory
from fiador.errors import PortfolioError, did_you_mean

Generator = np.random.Generator
Places = npt.NDArray[np.integer[Any]]

# Ids of parents that aren't there: above any that are.
_NOBODY = 2_000_000_000


@dataclass(frozen=True)
class Soiled:
    """A table's rows: the columns that say whose they are, the others, and which rows are written twice."""

    keys: Mapping[str, pa.Array]
    columns: Mapping[str, pa.Array]
    again: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(next(iter(self.keys.values())))


def soil(rows: Soiled, declared: TableHistory, above: tuple[str, ...], draw: Generator, *, where: str) -> Soiled:
    """The rows with the declared shares of orphans (`above` names their parent), impossible values and repetitions."""
    keys, columns = dict(rows.keys), dict(rows.columns)
    lost = _hit(len(rows), declared.orphans, draw)
    if len(lost):
        for name in above:
            keys[name] = _put(keys[name], lost, _NOBODY + lost)
    for name, outlier in declared.outliers.items():
        if name not in columns:
            raise PortfolioError(f"outliers: no column '{name}'.", where=where, hint=did_you_mean(name, columns))
        hit = _hit(len(rows), outlier.share, draw)
        columns[name] = _put(columns[name], hit, draw.choice(np.array(outlier.values), len(hit)))
    return Soiled(keys, columns, _hit(len(rows), declared.duplicates, draw))


def _hit(rows: int, share: float, draw: Generator) -> Places:
    """Rows hit by chance, so that a small share holds over all blocks and not at least one in each."""
    return np.asarray(draw.choice(rows, size=min(rows, int(draw.poisson(share * rows))), replace=False))


def _put(column: pa.Array, at: Places, values: npt.NDArray[Any]) -> pa.Array:
    mask = np.zeros(len(column), dtype=bool)
    mask[at] = True
    new = np.zeros(len(column), dtype=column.type.to_pandas_dtype())
    new[at] = values
    return pc.if_else(pa.array(mask), pa.array(new, column.type), column)
