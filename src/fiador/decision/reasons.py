"""Which few features moved this application's risk most, without saying one thing twice?

Exact contributions in log-odds, one reason a correlated group, never a protected feature. A group speaks only in the
direction of its net contribution, through the feature that carries most of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MOST = 4  # reasons a decision gives at most
LEAST = 0.01  # log-odds; below about one per cent of the odds a feature is no reason


def pick(
    contributions: NDArray[np.float64],
    *,
    raising: NDArray[np.bool_],
    features: Sequence[str],
    groups: Mapping[str, str],
    protected: Iterable[str] = (),
) -> NDArray[np.int64]:
    """(n, 4) feature positions, strongest first, −1 where there are no more.

    contributions: (n, features). raising: which rows want what raises their risk (declined, referred); the others get
    what lowers it. groups: feature -> group; a feature without one is its own.

    >>> x = np.array([[0.9, 0.5, -0.2, 0.1]])
    >>> pick(x, raising=np.array([True]), features=["a", "b", "c", "d"], groups={"a": "g", "b": "g"}).tolist()
    [[0, 3, -1, -1]]
    """
    signed = np.where(raising[:, None], contributions, -contributions)
    allowed = [i for i, name in enumerate(features) if name not in set(protected)]
    names = [groups.get(features[i]) or f"={features[i]}" for i in allowed]
    net, leader = [], []
    for group in dict.fromkeys(names):
        members = np.array([i for i, name in zip(allowed, names, strict=True) if name == group])
        net.append(signed[:, members].sum(axis=1))
        leader.append(members[signed[:, members].argmax(axis=1)])
    if not net:
        return np.full((len(contributions), MOST), -1, dtype=np.int64)
    return _strongest(np.stack(net, axis=1), np.stack(leader, axis=1), signed)


def _strongest(net: NDArray[np.float64], leader: NDArray[np.int64], signed: NDArray[np.float64]) -> NDArray[np.int64]:
    """The leaders of the strongest groups, ordered by their own contributions: the figures a reader sees."""
    order = np.argsort(-net, axis=1, kind="stable")[:, :MOST]
    picked = np.take_along_axis(leader, order, axis=1)
    own = np.take_along_axis(signed, picked, axis=1)
    own[np.take_along_axis(net, order, axis=1) < LEAST] = -np.inf
    shown = np.argsort(-own, axis=1, kind="stable")
    picked = np.where(np.isinf(np.take_along_axis(own, shown, axis=1)), -1, np.take_along_axis(picked, shown, axis=1))
    spare = MOST - picked.shape[1]
    return np.pad(picked, ((0, 0), (0, spare)), constant_values=-1) if spare else picked
