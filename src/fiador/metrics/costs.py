"""What does a cut-off cost, and which one costs least?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.errors import DataError

Floats = NDArray[np.float64]


def money_cut_off(*, margin: float, lgd: float) -> float:
    """The PD at which a loan's expected margin equals its expected loss: margin / (margin + lgd), shares of exposure.

    >>> round(money_cut_off(margin=0.05, lgd=0.45), 10)
    0.1
    """
    return margin / (margin + lgd)


def matrix_cut_off(*, bad_approved: float, good_declined: float) -> float:
    """The PD at which approving and declining cost alike: good_declined / (good_declined + bad_approved).

    >>> matrix_cut_off(bad_approved=9, good_declined=1)
    0.1
    """
    return good_declined / (good_declined + bad_approved)


def realised_cost(
    y: ArrayLike, pd: ArrayLike, *, cut_off: float, loss_if_bad: ArrayLike, gain_if_good: ArrayLike
) -> float:
    """The mean cost per application: bads approved lose, goods declined forgo. Rows whose stakes aren't known are left out.

    >>> realised_cost([0, 1], [0.5, 0.1], cut_off=0.3, loss_if_bad=[900, 900], gain_if_good=[100, 100])
    500.0
    """
    bad, predicted, loss, gain = _known(y, pd, loss_if_bad, gain_if_good)
    declined = predicted >= cut_off
    return float(np.where(declined, np.where(bad, 0.0, gain), np.where(bad, loss, 0.0)).mean())


def empirical_cut_off(y: ArrayLike, pd: ArrayLike, *, loss_if_bad: ArrayLike, gain_if_good: ArrayLike) -> float:
    """The cut-off with the least realised cost on these rows: a midpoint between two predictions, 0 or 1 at the ends.

    One sort and a cumulative sum price every threshold. Of equal costs the lowest cut-off is taken.

    >>> empirical_cut_off([0, 1, 1], [0.2, 0.4, 0.8], loss_if_bad=[9, 9, 9], gain_if_good=[1, 1, 1])
    0.30000000000000004
    """
    bad, predicted, loss, gain = _known(y, pd, loss_if_bad, gain_if_good)
    order = np.argsort(predicted, kind="stable")
    values = predicted[order]
    change = np.where(bad, loss, -gain)[order]  # what approving one more row adds to the cost of declining all
    cost = np.concatenate([[0.0], np.cumsum(change)])
    starts = np.concatenate([[True], np.diff(values) != 0, [True]])
    best = int(np.flatnonzero(starts)[np.argmin(cost[starts])])
    if best == 0:
        return 0.0
    return 1.0 if best == len(values) else float((values[best - 1] + values[best]) / 2)


def _known(
    y: ArrayLike, pd: ArrayLike, loss: ArrayLike, gain: ArrayLike
) -> tuple[NDArray[np.bool_], Floats, Floats, Floats]:
    bad, predicted = np.asarray(y) == 1, np.asarray(pd, dtype=np.float64)
    lost, gained = np.asarray(loss, dtype=np.float64), np.asarray(gain, dtype=np.float64)
    known = ~(np.isnan(lost) | np.isnan(gained))
    if not known.any():
        raise DataError("no application has a known exposure.", where="costs", hint="Check costs.exposure.")
    return bad[known], predicted[known], lost[known], gained[known]
