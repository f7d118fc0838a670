"""How much does each column add once a booster has all of them, and how much would chance?

A LightGBM is fitted several times, each time without one part of the rows, on the columns and a few of pure chance.
Nothing is measured on the part left out: leaving it out shakes the fit, and a column that counts only sometimes shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from fiador.metrics.sample import Floats
from fiador.model.selection.portrait import Float32s
from fiador.model.split import Integers

PROBES = 5  # the strongest of so many columns of chance is what a column is held against
PARTS = 3
ROUNDS = 100
BINNED = 10_000  # rows bins are cut from: enough for 63, and half the time
A_TREE = 0.15, 60  # a tree looks at so large a share of the columns, and at so many at least


@dataclass(frozen=True)
class Gains:
    """(columns,) each, means over fits. share: of all gain. rank: from 1, the most gain; ties share theirs.

    probe: the share of the strongest column of chance, mean over fits.
    """

    share: Floats
    rank: Floats
    probe: float


def gains(columns: Float32s, bad: Integers, parts: Sequence[Integers], *, levels: Sequence[int], seed: int) -> Gains:
    """What each column adds to a booster's fit, averaged over fits that leave out one part of the rows each.

    columns: (n, columns), NaN = missing. parts: each (n,), the part a row lies in; one drawn, and one by time where
    decisions are dated. levels: the positions of columns of codes. In one thread: on so few rows a second one waits.
    """
    from lightgbm import Dataset, train

    probes = np.random.default_rng((seed, 1)).random((len(columns), PROBES), dtype=np.float32)
    setup = _setup(len(columns), columns.shape[1] + PROBES, seed=seed)
    whole = Dataset(
        np.hstack([columns, probes]), bad, params=setup, categorical_feature=list(levels), free_raw_data=False
    ).construct()
    shares = []
    for part in parts:
        for out in np.unique(part):
            booster = train(setup, whole.subset(np.flatnonzero(part != out).tolist()), num_boost_round=ROUNDS)
            gain = np.asarray(booster.feature_importance("gain"), dtype=np.float64)
            shares.append(gain / max(float(gain.sum()), np.finfo(np.float64).tiny))
    by_fit = np.array(shares)
    own, chance = by_fit[:, :-PROBES], by_fit[:, -PROBES:]
    return Gains(own.mean(axis=0), rankdata(-own, axis=1).mean(axis=0), float(chance.max(axis=1).mean()))


def _setup(rows: int, columns: int, *, seed: int) -> dict[str, object]:
    """Leaves grow with the rows: in small ones chance splits best."""
    share, fewest = A_TREE
    return {
        "objective": "binary",
        "num_leaves": 15,
        "min_data_in_leaf": max(20, rows // 250),
        "max_bin": 63,
        "feature_fraction": min(1.0, max(share, fewest / columns)),
        "bin_construct_sample_cnt": BINNED,
        "enable_bundle": False,
        "feature_pre_filter": False,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "seed": seed,
        "verbose": -1,
    }


def drawn_parts(bad: Integers, *, seed: int) -> Integers:
    """(n,) the part each row lies in, 0 … PARTS − 1: goods and bads dealt round in a drawn order.

    >>> sorted(drawn_parts(np.array([0, 0, 0, 1, 1, 1]), seed=0)[:3].tolist())
    [0, 1, 2]
    """
    rng = np.random.default_rng((seed, 2))
    parts = np.empty(len(bad), dtype=np.int64)
    for outcome in (0, 1):
        rows = rng.permutation(np.flatnonzero(bad == outcome))
        parts[rows] = np.arange(len(rows)) % PARTS
    return parts


def time_parts(dates: NDArray[np.generic]) -> Integers:
    """(n,) the third of the decisions each lies in by date, 0 the oldest; equal dates lie together.

    >>> time_parts(np.array(["2020-01-01", "2021-01-01", "2022-01-01"], dtype="datetime64[D]")).tolist()
    [0, 1, 2]
    """
    order = rankdata(dates.astype(np.float64) if dates.dtype.kind != "M" else dates.astype(np.int64), method="min") - 1
    return np.asarray(order * PARTS // len(dates), dtype=np.int64)
