"""How well could the best of all models do, told from the truth behind a drawn database?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.number[Any]]

# Probabilities are counted in bins so fine that ties in them move the figure in its fifth decimal.
_BINS = 20_000


@dataclass(frozen=True)
class Figures:
    """What a block's truth adds to the whole's: applicants, bad outcomes, and how many of each at every probability."""

    bad: int
    expected_bad: Floats
    expected_good: Floats

    @classmethod
    def of(cls, parts: Sequence[Figures]) -> Figures:
        """The figures of all blocks together."""
        return cls(
            sum(part.bad for part in parts),
            np.sum([part.expected_bad for part in parts], axis=0),
            np.sum([part.expected_good for part in parts], axis=0),
        )

    def summary(self) -> dict[str, Any]:
        """Applicants, the drawn and the true bad rate, and the AUC of the true probability, as expected."""
        rows = float(self.expected_bad.sum() + self.expected_good.sum())
        return {
            "applicants": round(rows),
            "bad_rate": round(self.bad / rows, 6),
            "true_bad_rate": round(float(self.expected_bad.sum()) / rows, 6),
            "best_auc": round(_area(self.expected_bad, self.expected_good), 5),
        }


def figures(truth: pa.Table, *, outcome: str, bad: int | str) -> Figures:
    """The figures of one block: its `pd` and its drawn outcome."""
    pd = truth["pd"].to_numpy()
    at = np.clip((pd * _BINS).astype(int), 0, _BINS - 1)
    return Figures(
        int((truth[outcome].to_numpy() == bad).sum()),
        np.bincount(at, pd, _BINS),
        np.bincount(at, 1 - pd, _BINS),
    )


def expected_auc(score: Floats, pd: Floats) -> float:
    """The AUC a score has on average over the outcomes that true probabilities lead to; ties count half.

    >>> expected_auc(np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    1.0
    >>> expected_auc(np.array([1.0, 1.0]), np.array([0.2, 0.7]))
    0.5
    """
    _, at = np.unique(score, return_inverse=True)
    return _area(np.bincount(at, pd), np.bincount(at, 1 - pd))


def _area(bads: Floats, goods: Floats) -> float:
    """The share of pairs of a bad and a good whose bad stands higher, both counted from the lowest score up."""
    below = np.cumsum(goods) - goods
    return float((bads * (below + goods / 2)).sum() / (bads.sum() * goods.sum()))
