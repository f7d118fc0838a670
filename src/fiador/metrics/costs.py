"""Which cut-off do the costs ask for, and what does one cost?

Declined: pd >= cut-off. A bad approved costs what is lost, a good declined what is not earned; both per application, in
money (exposure · LGD, exposure · margin) or in the units of a matrix. PDs are clipped to [1e-6, 1 − 1e-6].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fiador.errors import DataError
from fiador.metrics.sample import Floats, Sample, clip_pd, ratio, sample


def money_cut_off(*, margin: float, lgd: float) -> float:
    """margin / (margin + lgd): the PD at which approving earns nothing, (1 − pd)·margin = pd·lgd.

    Both are shares of exposure, so exposure cancels. Raises DataError unless both are positive.

    >>> round(money_cut_off(margin=0.06, lgd=0.45), 9)
    0.117647059
    """
    return _cut_off(gain=margin, loss=lgd, names=("margin", "lgd"))


def matrix_cut_off(*, bad_approved: float, good_declined: float) -> float:
    """good_declined / (good_declined + bad_approved), as money_cut_off (Elkan 2001). Raises DataError unless positive.

    >>> round(matrix_cut_off(bad_approved=10, good_declined=1), 9)
    0.090909091
    """
    return _cut_off(gain=good_declined, loss=bad_approved, names=("good_declined", "bad_approved"))


def realised_cost(
    y: ArrayLike, pd: ArrayLike, *, cut_off: float | Floats, loss_if_bad: ArrayLike, gain_if_good: ArrayLike
) -> float:
    """Mean cost per application of declining from the cut-off on: approved bads · loss + declined goods · gain.

    cut_off: one, or one per application. loss_if_bad, gain_if_good: one, or one per application.

    >>> realised_cost([0, 1, 1, 0], [0.1, 0.2, 0.9, 0.8], cut_off=0.5, loss_if_bad=10, gain_if_good=1)
    2.75
    """
    on = sample(y, pd)
    loss, gain = _stakes(on, loss_if_bad, gain_if_good)
    declined = clip_pd(on.in_range().pd) >= cut_off
    return float(np.where(declined, gain, loss).mean())


def empirical_cut_off(y: ArrayLike, pd: ArrayLike, *, loss_if_bad: ArrayLike, gain_if_good: ArrayLike) -> float:
    """The cut-off that would have cost least on these rows: the middle between two neighbouring PDs.

    Also considered: declining everybody and approving everybody. Of equally cheap ones the lowest is taken. One sort;
    loss_if_bad, gain_if_good as in realised_cost.

    >>> round(empirical_cut_off([0, 0, 1, 0, 1], [0.1, 0.2, 0.4, 0.5, 0.9], loss_if_bad=10, gain_if_good=1), 9)
    0.3
    """
    on = sample(y, pd)
    loss, gain = _stakes(on, loss_if_bad, gain_if_good)
    distinct, step = np.unique(clip_pd(on.in_range().pd), return_inverse=True)
    extra = np.bincount(step, weights=loss - gain, minlength=len(distinct))
    cheapest = int(np.argmin(np.concatenate([[0.0], np.cumsum(extra)])))
    edges = np.concatenate([[0.0], distinct, [1.0]])
    below, above = edges[cheapest], edges[cheapest + 1]
    middle = (below + above) / 2
    # two neighbouring floats have no middle: the upper one parts them as well
    return float(middle if middle > below else above)


def cost_by_cut_off(
    y: ArrayLike,
    pd: ArrayLike,
    cut_offs: ArrayLike,
    *,
    loss_if_bad: ArrayLike,
    gain_if_good: ArrayLike,
    weights: ArrayLike | None = None,
) -> Floats:
    """(cut-offs,) what `realised_cost` says at each; with `weights`, (draws, n), it is (draws, cut-offs). One sort.

    NaN in a draw without rows. loss_if_bad, gain_if_good as in realised_cost.

    >>> cost_by_cut_off([0, 1, 1, 0], [0.1, 0.2, 0.9, 0.8], [0.0, 0.5, 1.0], loss_if_bad=10, gain_if_good=1).tolist()
    [0.5, 2.75, 5.0]
    """
    on = sample(y, pd, weights)
    loss, gain = _stakes(on, loss_if_bad, gain_if_good)
    bounded = clip_pd(on.in_range().pd)
    order = np.argsort(bounded, kind="stable")
    approved = np.searchsorted(bounded[order], np.asarray(cut_offs, dtype=np.float64), side="left")
    extra = np.cumsum(on.weights[:, order] * (loss - gain)[order], axis=1)
    up_to = np.concatenate([np.zeros((len(extra), 1)), extra], axis=1)[:, approved]
    costs = ratio((on.weights * gain).sum(axis=1, keepdims=True) + up_to, on.total[:, None], otherwise=np.nan)
    return costs if on.drawn else np.asarray(costs[0])


@dataclass(frozen=True)
class Approvals:
    """At each cut-off, (cut-offs,): the share approved, and how many are approved and how many of them are bad."""

    share: Floats
    rows: Floats
    bads: Floats


def approvals(y: ArrayLike, pd: ArrayLike, cut_offs: ArrayLike) -> Approvals:
    """Who lies below each cut-off.

    >>> below = approvals([0, 1, 1, 0], [0.1, 0.2, 0.9, 0.8], [0.0, 0.5])
    >>> below.share.tolist(), below.bads.tolist()
    ([0.0, 0.5], [0.0, 1.0])
    """
    on = sample(y, pd)
    bounded = clip_pd(on.in_range().pd)
    order = np.argsort(bounded, kind="stable")
    rows = np.searchsorted(bounded[order], np.asarray(cut_offs, dtype=np.float64), side="left")
    bads = np.concatenate([[0.0], np.cumsum(on.y[order])])[rows]
    return Approvals(rows / len(on.y), rows.astype(np.float64), bads)


def _cut_off(*, gain: float, loss: float, names: tuple[str, str]) -> float:
    for name, value in zip(names, (gain, loss), strict=True):
        if not (value > 0 and np.isfinite(value)):
            raise DataError(
                f"{name} is {value:g}, and a cut-off needs a positive number.",
                where="costs",
                hint="Mend [costs].",
            )
    return gain / (gain + loss)


def _stakes(on: Sample, loss_if_bad: ArrayLike, gain_if_good: ArrayLike) -> tuple[Floats, Floats]:
    """(n,) what approving costs, (n,) what declining costs."""
    loss = np.where(on.y == 1, np.asarray(loss_if_bad, dtype=np.float64), 0.0)
    gain = np.where(on.y == 0, np.asarray(gain_if_good, dtype=np.float64), 0.0)
    if not (np.isfinite(loss).all() and np.isfinite(gain).all()):
        unknown = int((~np.isfinite(loss) | ~np.isfinite(gain)).sum())
        raise DataError(
            f"{unknown} applications have no known cost.",
            where="costs",
            hint="Give every one an exposure, or leave it out.",
        )
    return loss, gain
