"""On which side of a split does a row lie?

Folds are drawn once and shared by every candidate. Rows that say the same thing, and the applications of one person,
lie on one side, or a model would be tested on what it has seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fiador.errors import DataError

Integers = NDArray[np.int64]


def folds(y: ArrayLike, groups: ArrayLike, *, n: int = 5, seed: int) -> Integers:
    """(rows,) the fold of each row, 0 … n − 1: the same share of bads in each, a group never torn.

    y: (rows,) 0 or 1, 1 = bad. groups: (rows,) any label. Groups alike in goods and bads are shuffled and dealt
    round, the biggest first; what is left over goes to the lightest folds. The same rows in the same order give
    the same folds. Raises DataError: a third outcome, or fewer groups with bads (or goods) than folds.

    >>> folds([1, 1, 0, 0, 0, 0], [7, 7, 1, 2, 3, 4], n=2, seed=0)
    Traceback (most recent call last):
    fiador.errors.DataError: folds: only 1 group of rows has a bad, and 2 folds need one each. ...
    >>> drawn = folds([1, 0, 1, 0, 0, 0], [1, 1, 2, 2, 3, 4], n=2, seed=0)
    >>> bool(drawn[0] == drawn[1] != drawn[2] == drawn[3] and drawn[4] != drawn[5])
    True
    """
    bad = _outcomes(y)
    labels, group = np.unique(np.asarray(groups), return_inverse=True)
    if len(group) != len(bad):
        raise DataError(f"{len(bad)} outcomes, but {len(group)} groups.", where="folds", hint="Give one group per row.")
    size = np.bincount(group, minlength=len(labels))
    bads = np.bincount(group, weights=bad, minlength=len(labels)).astype(np.int64)
    _require_enough(size - bads, bads, n)
    dealt = _deal(size - bads, bads, n, np.random.default_rng(seed))
    result = dealt[group]
    _require_both_classes(bad, result, n)
    return result


def same_side(frame: pd.DataFrame, applicant: ArrayLike | None = None) -> Integers:
    """(rows,) group numbers by first appearance: rows that must not be parted by a split.

    Together are rows equal in every column of `frame` (nulls are equal), the rows of one applicant, and whatever these
    two join. applicant: (rows,) or None; a null applicant joins nothing. A frame without columns joins nothing.

    >>> same_side(pd.DataFrame({"age": [30, 30, 41, 52]}), ["ana", "bob", "bob", None]).tolist()
    [0, 0, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    content = _content(frame)
    if applicant is None:
        return content
    person, _ = pd.factorize(np.asarray(applicant, dtype=object))
    if len(person) != len(content):
        raise DataError(
            f"{len(content)} rows, but {len(person)} applicants.",
            where="folds",
            hint="Give one applicant per row.",
        )
    named = person >= 0
    contents = int(content.max(initial=-1)) + 1
    nodes = contents + int(person.max(initial=-1)) + 1
    links = coo_array((np.ones(int(named.sum())), (content[named], person[named] + contents)), shape=(nodes, nodes))
    _, component = connected_components(links, directed=False)
    return _numbered(component[content])


def _content(frame: pd.DataFrame) -> Integers:
    """(rows,) equal numbers for rows equal in every column."""
    if frame.shape[1] == 0:
        return np.arange(len(frame), dtype=np.int64)
    alike = np.zeros(len(frame), dtype=np.int64)
    for position in range(frame.shape[1]):
        codes, levels = pd.factorize(frame.iloc[:, position], use_na_sentinel=False)
        alike = _numbered(alike * max(len(levels), 1) + codes)
    return alike


def _numbered(labels: NDArray[np.int_]) -> Integers:
    return np.asarray(pd.factorize(labels)[0], dtype=np.int64)


def _outcomes(y: ArrayLike) -> Integers:
    outcomes = np.asarray(y)
    odd = [value for value in pd.unique(outcomes) if value not in (0, 1)]
    if odd:
        raise DataError(
            f"an outcome is {odd[0]!s}, and only 0 (good) and 1 (bad) are known.",
            where="folds",
            hint="Leave indeterminate rows out.",
        )
    return outcomes.astype(np.int64)


def _require_enough(goods: Integers, bads: Integers, n: int) -> None:
    if n < 2:
        raise DataError(f"{n} folds are asked for.", where="folds", hint="Ask for two or more.")
    for word, counts in (("good", goods), ("bad", bads)):
        count = int((counts > 0).sum())
        if count < n:
            groups = "group of rows has" if count == 1 else "groups of rows have"
            raise DataError(
                f"only {count} {groups} a {word}, and {n} folds need one each.",
                where="folds",
                hint="Ask for fewer folds, or bring more rows.",
            )


def _require_both_classes(bad: Integers, fold: Integers, n: int) -> None:
    rows, bads = np.bincount(fold, minlength=n), np.bincount(fold, weights=bad, minlength=n)
    if (bads == 0).any() or (bads == rows).any():
        raise DataError(
            "the groups are too big to give every fold a good and a bad.",
            where="folds",
            hint="Ask for fewer folds.",
        )


def _deal(goods: Integers, bads: Integers, n: int, rng: np.random.Generator) -> Integers:
    """(groups,) the fold of each group. A loop over kinds of groups, of which there are few, not over groups."""
    shuffled = rng.permutation(len(goods))
    order = shuffled[np.lexsort((-bads[shuffled], -(goods + bads)[shuffled]))]
    kinds = np.stack([goods[order], bads[order]], axis=1)
    starts = np.append(0, np.flatnonzero((np.diff(kinds, axis=0) != 0).any(axis=1)) + 1)
    fold = np.empty(len(goods), dtype=np.int64)
    load = np.zeros((n, 2))
    whole = np.array([goods.sum(), bads.sum()])
    for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        kind = kinds[start]
        # lightest in what this kind brings; then in rows
        lightest = np.lexsort((load.sum(axis=1), load / whole @ kind))
        position = np.arange(end - start) % n
        fold[order[start:end]] = lightest[position]
        load[lightest] += np.bincount(position, minlength=n)[:, None] * kind
    return fold
