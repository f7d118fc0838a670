"""Which of a row's columns are null, and which are so together?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fiador.adapters.simulation.marginals import FEWEST_ROWS

Mask = npt.NDArray[np.bool_]

# Columns whose nulls are this correlated come from one form that was or wasn't filled in.
_TOGETHER = 0.5
_MOST_ROWS = 50_000


def missing_together(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Blocks of columns that are null together, with the share of rows of each pattern that 20 rows or more have.

    A pattern is a text of 0 and 1 (null), a character a column. Columns whose nulls say nothing of another's are in
    no block. Shares are of the rows whose pattern is told.

    >>> frame = pd.DataFrame({"a": [1.0] * 30 + [None] * 30, "b": ["x"] * 30 + [None] * 30, "c": 1.0})
    >>> missing_together(frame)
    [{'columns': ['a', 'b'], 'patterns': {'00': 0.5, '11': 0.5}}]
    """
    null = frame.iloc[:: -(-len(frame) // _MOST_ROWS) or 1].isna()
    null = null.loc[:, (null.sum() >= FEWEST_ROWS) & ((~null).sum() >= FEWEST_ROWS)]
    blocks = []
    for columns in _blocks(null):
        patterns = null[columns].astype(int).astype(str).agg("".join, axis=1).value_counts()
        kept = patterns[patterns >= FEWEST_ROWS].sort_index()
        shares = {str(pattern): round(float(rows) / int(kept.sum()), 6) for pattern, rows in kept.items()}
        blocks.append({"columns": columns, "patterns": shares})
    return blocks


def _blocks(null: pd.DataFrame) -> list[list[str]]:
    """Columns joined by correlated nulls, directly or through others; blocks of two or more."""
    if null.shape[1] < 2:
        return []
    near = (null.astype(float).corr() > _TOGETHER).to_numpy()
    places, blocks = list(range(null.shape[1])), []
    while places:
        block, reached = set(), {places[0]}
        while reached:
            block |= reached
            reached = {int(other) for one in reached for other in np.flatnonzero(near[one])} - block
        places = [at for at in places if at not in block]
        if len(block) > 1:
            blocks.append([str(null.columns[at]) for at in sorted(block)])
    return blocks


def absent(profile: Mapping[str, Any], columns: list[str], count: int, draw: np.random.Generator) -> dict[str, Mask]:
    """Which rows of each of the `columns` (by the profile's names) are null: blocks by pattern, others on their own."""
    result: dict[str, Mask] = {}
    for block in profile.get("missing", ()):
        names = [name for name in block["columns"] if name in columns]
        if names:
            result |= {name: mask for name, mask in _patterned(block, count, draw).items() if name in names}
    for name in columns:
        share = profile["columns"][name]["null"]
        if name not in result and share > 0:
            result[name] = draw.random(count, dtype=np.float32) < share
    return result


def _patterned(block: Mapping[str, Any], count: int, draw: np.random.Generator) -> dict[str, Mask]:
    shares = np.array(list(block["patterns"].values()))
    ends = np.cumsum(shares / shares.sum())[:-1]
    drawn = np.searchsorted(ends, draw.random(count), side="right")
    bits = np.array([[bit == "1" for bit in pattern] for pattern in block["patterns"]])
    return {name: bits[drawn, at] for at, name in enumerate(block["columns"])}
