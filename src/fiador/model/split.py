"""Which rows lie on which side of a split?

Rows that are the same application in all but name, or the same applicant's, lie on one side. Folds are stratified by
the target, and drawn once for every candidate.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fiador.errors import DataError

Ints = NDArray[np.int64]


def same_side(rows: pd.DataFrame, applicant: NDArray[np.object_] | None = None) -> Ints:
    """(n,) group numbers: rows are together if equal in every column (nulls equal) or of one applicant, transitively.

    An applicant of null is nobody's.

    >>> frame = pd.DataFrame({"income": [1.0, 2.0, 1.0, 3.0]})
    >>> same_side(frame, np.array(["a", "b", "c", "b"], dtype=object)).tolist()
    [0, 1, 0, 1]
    """
    n = len(rows)
    alike = rows.groupby(list(rows), dropna=False, sort=False).ngroup().to_numpy() if rows.shape[1] else np.arange(n)
    edges = [(np.arange(n), n + alike)]
    if applicant is not None:
        codes, _ = pd.factorize(applicant)
        known = np.flatnonzero(codes >= 0)
        edges.append((known, n + int(alike.max(initial=0)) + 1 + codes[known]))
    start, end = (np.concatenate(part) for part in zip(*edges, strict=True))
    size = int(end.max(initial=0)) + 1
    graph = coo_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    numbers, _ = pd.factorize(component[:n])
    return np.asarray(numbers, dtype=np.int64)


def folds(y: Ints, groups: Ints, *, n: int = 5, seed: int) -> Ints:
    """(rows,) fold numbers 0 … n − 1: every group in one fold, bads and goods spread evenly.

    Groups with as many rows and bads are shuffled and dealt round in turn, the largest first, each kind starting where
    the last one stopped. DataError where a class has fewer groups than folds.

    >>> fold = folds(np.array([0, 0, 0, 0, 1, 1]), np.arange(6), n=2, seed=0)
    >>> sorted(fold[4:].tolist())
    [0, 1]
    """
    group_rows = np.bincount(groups)
    group_bads = np.bincount(groups, weights=y).astype(np.int64)
    for name, count in (("bad", group_bads), ("good", group_rows - group_bads)):
        if int((count > 0).sum()) < n:
            have = int((count > 0).sum())
            raise DataError(
                f"{have} {name} applications can't fill {n} folds.",
                where="folds",
                hint="Use fewer folds, or more data.",
            )
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(group_rows))
    order = shuffled[np.lexsort((-group_bads[shuffled], -group_rows[shuffled]))]
    fold_of_group = np.empty(len(group_rows), dtype=np.int64)
    fold_of_group[order] = np.arange(len(order)) % n
    return fold_of_group[groups]
