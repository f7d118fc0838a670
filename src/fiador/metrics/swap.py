"""Whose decision changes from one policy to another, and how did those applications turn out?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fiador.errors import DataError

OUTCOMES = ("approve", "refer", "decline", "refused")


@dataclass(frozen=True)
class SwapCell:
    """The applications with one outcome before and one after. known: those whose target is known; bad: of which bad."""

    before: str
    after: str
    applications: int
    known: int
    bad: int

    @property
    def bad_rate(self) -> float | None:
        return self.bad / self.known if self.known else None


@dataclass(frozen=True)
class SwapSet:
    """A cell for every pair of OUTCOMES, those that no application has included."""

    cells: tuple[SwapCell, ...]

    @property
    def applications(self) -> int:
        return sum(cell.applications for cell in self.cells)

    @property
    def changed(self) -> int:
        """Applications whose outcome is another one."""
        return sum(cell.applications for cell in self.cells if cell.before != cell.after)

    @property
    def swapped_in(self) -> SwapCell:
        """Approved after, not before, whatever it was."""
        return _sum("", "approve", (c for c in self.cells if c.before != "approve" and c.after == "approve"))

    @property
    def swapped_out(self) -> SwapCell:
        """Approved before, no longer after."""
        return _sum("approve", "", (c for c in self.cells if c.before == "approve" and c.after != "approve"))

    @property
    def approved(self) -> tuple[SwapCell, SwapCell]:
        """All that were approved before, and all that are after."""
        before = _sum("approve", "", (c for c in self.cells if c.before == "approve"))
        return before, _sum("", "approve", (c for c in self.cells if c.after == "approve"))

    def cell(self, before: str, after: str) -> SwapCell:
        return next(c for c in self.cells if (c.before, c.after) == (before, after))


def swap_set(before: ArrayLike, after: ArrayLike, bad: ArrayLike | None = None) -> SwapSet:
    """Two policies' outcomes of the same applications, counted in pairs. bad: 1, 0, or NaN where nobody knows yet.

    Raises DataError where lengths differ.

    >>> swapped = swap_set(["approve", "decline", "approve"], ["approve", "approve", "refer"], [0, 1, np.nan])
    >>> swapped.swapped_in.applications, swapped.swapped_in.bad_rate
    (1, 1.0)
    """
    old, new = np.asarray(before, dtype=object), np.asarray(after, dtype=object)
    outcome = np.full(len(old), np.nan) if bad is None else np.asarray(bad, dtype=np.float64)
    if not len(old) == len(new) == len(outcome):
        raise DataError(
            f"there are {len(old)} outcomes before, {len(new)} after and {len(outcome)} targets.",
            where="metrics",
            hint="Give columns of one length.",
        )
    cells = []
    for was in OUTCOMES:
        for becomes in OUTCOMES:
            here = outcome[(old == was) & (new == becomes)]
            cells.append(SwapCell(was, becomes, len(here), int(np.isfinite(here).sum()), int(np.nansum(here))))
    return SwapSet(tuple(cells))


def realised_profit(approved: ArrayLike, bad: ArrayLike, *, loss_if_bad: ArrayLike, gain_if_good: ArrayLike) -> float:
    """What the approved applications whose target is known earned: the goods' gains less the bads' losses.

    bad: 1, 0 or NaN (not known: counted as nothing). A NaN loss or gain (no exposure) counts as nothing.

    >>> realised_profit([True, True, False], [0, 1, 0], loss_if_bad=[10, 10, 10], gain_if_good=[3, 3, 3])
    -7.0
    """
    outcome = np.asarray(bad, dtype=np.float64)
    gain, loss = np.asarray(gain_if_good, dtype=np.float64), np.asarray(loss_if_bad, dtype=np.float64)
    profit = np.where(outcome == 0, gain, np.where(outcome == 1, -loss, 0.0))
    return float(np.nansum(profit[np.asarray(approved, dtype=bool)]))


def _sum(before: str, after: str, cells: Iterable[SwapCell]) -> SwapCell:
    group = list(cells)
    counts = ([getattr(c, name) for c in group] for name in ("applications", "known", "bad"))
    return SwapCell(before, after, *(sum(values) for values in counts))
