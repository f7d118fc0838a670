"""Which of many features does a model need?

Six filters, in this order, each with a reason and a figure for what it takes out: constant, duplicate, nulls,
correlation, importance, most. The first two take only what says nothing of its own, and are always asked. The others
judge: they are asked where more than `most` features are left, or where the portfolio states their bound. Everything is
learned on the rows given to `fit`, so inside a fold on that fold's training rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from fiador.errors import DataError
from fiador.model.development import Development
from fiador.model.preparation import Features
from fiador.model.selection.correlation import centred_ranks, strength, twins
from fiador.model.selection.gain import drawn_parts, gains, time_parts
from fiador.model.selection.portrait import is_level, numbers_of, portrait
from fiador.portfolio import Selection

NULL_RATE = 0.99  # asked of a crowd: one row in a hundred still tells of 3,000 in 300,000
CORRELATION = 0.99  # asked of a crowd: at 0.99 two ranks differ by less than a hundredth of a spread
RANKED = 20_000  # rows ranked at most: at ρ = 0.99 its standard error is then 0.00014
GAINED = 50_000  # rows a booster is fitted on at most


@dataclass(frozen=True)
class Removal:
    """Why a feature is not read. reason: one of REASONS. figure: what it was judged by. of: the feature it repeats."""

    reason: str
    figure: float
    of: str = ""


# reason -> what its figure is
REASONS: dict[str, str] = {
    "constant": "the share of rows without a value: 1 where there is none, 0 where all have the same",
    "duplicate": "1; `of` names the earlier feature that is equal in every row, nulls included",
    "nulls": "the share of rows without a value",
    "correlation": "Spearman's ρ with `of`, a feature that stays",
    "importance": "its gain over the gain of the strongest of five columns of chance",
    "most": "its rank by gain, mean over fits",
}


class Selector(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Keeps the features that are worth reading: a scikit-learn transformer over a frame of numbers and levels.

    most: features at most. null_rate, correlation: the bound of a filter, and chance: `drop` or `keep` what adds no
    more than chance; None: asked, with its default, where more than `most` are left. declared: names a person thought
    of: of two that rank alike they stay. seed: draws rows, parts and columns of chance.

    Learned: features_ (names kept, in the frame's order), removals_ (name -> Removal), rank_ (name -> mean rank by
    gain, of those a booster was fitted on).

    >>> rows = pd.DataFrame({"age": [30.0, 41.0, 52.0], "years": [30.0, 41.0, 52.0], "one": [1.0, 1.0, 1.0]})
    >>> selector = Selector().fit(rows, [0, 1, 0])
    >>> selector.features_, selector.removals_["years"]
    (['age'], Removal(reason='duplicate', figure=1.0, of='age'))
    """

    def __init__(
        self,
        *,
        most: int = 200,
        null_rate: float | None = None,
        correlation: float | None = None,
        chance: str | None = None,
        declared: Iterable[str] = (),
        seed: int = 0,
    ) -> None:
        self.most = most
        self.null_rate = null_rate
        self.correlation = correlation
        self.chance = chance
        self.declared = declared
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: ArrayLike, *, dates: NDArray[np.generic] | None = None) -> Self:
        """X: (n, features). y: (n,) 0 or 1. dates: (n,) of the decisions, where known: ranks are then averaged over
        thirds of time as well. Raises DataError where no feature is left."""
        validate_data(self, X, skip_check_array=True)
        bad = np.asarray(y, dtype=np.int64)
        self.removals_: dict[str, Removal] = {}
        self.rank_: dict[str, float] = {}
        self.features_: list[str] = list(X.columns)
        missing = self._drop_silent(X)
        crowd = len(self.features_) > self.most
        if (bound := _bound(self.null_rate, NULL_RATE, crowd)) is not None:
            self._drop({name: Removal("nulls", missing[name]) for name in self.features_ if missing[name] > bound})
        if (bound := _bound(self.correlation, CORRELATION, crowd)) is not None:
            self._drop(self._twins(X, bad, bound))
        drop = self.chance == "drop" or (self.chance is None and crowd)
        if drop or len(self.features_) > self.most:
            self._drop_weak(X, bad, dates, drop=drop)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The features kept, as they are, in the frame's order."""
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        return X[self.features_]

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        check_is_fitted(self)
        return np.array(self.features_, dtype=object)

    def _drop(self, removals: Mapping[str, Removal]) -> None:
        names = [name for name in self.features_ if name not in removals]
        if not names:
            counts = Counter(each.reason for each in {**self.removals_, **removals}.values())
            breakdown = ", ".join(f"{count} {reason}" for reason, count in counts.items())
            raise DataError(
                f"no feature is left of {sum(counts.values())}: {breakdown}.",
                where="selection",
                hint="Declare features that differ between applications, or loosen [selection].",
            )
        self.features_ = names
        self.removals_ |= removals

    def _drop_silent(self, X: pd.DataFrame) -> dict[str, float]:
        """Take out constants, then duplicates; each column's share of missing rows."""
        portraits = {name: portrait(X[name]) for name in self.features_}
        self._drop({name: Removal("constant", each.missing) for name, each in portraits.items() if each.constant})
        first: dict[bytes, str] = {}
        duplicates = {}
        for name in self.features_:
            earlier = first.setdefault(portraits[name].digest, name)
            if earlier != name:
                duplicates[name] = Removal("duplicate", 1.0, earlier)
        self._drop(duplicates)
        return {name: each.missing for name, each in portraits.items()}

    def _twins(self, X: pd.DataFrame, bad: NDArray[np.int64], bound: float) -> dict[str, Removal]:
        """Of two numbers that rank alike the one a person declared stays, then the stronger, then the earlier."""
        rows = self._drawn(len(bad), RANKED)
        ranks = {n: centred_ranks(numbers_of(X[n].iloc[rows])[0]) for n in self.features_ if not is_level(X[n])}
        declared = set(self.declared)
        worth = {name: (name not in declared, -strength(each, bad[rows])) for name, each in ranks.items()}
        order = sorted(ranks, key=worth.__getitem__)
        pairs = twins([ranks[name] for name in order], above=bound)
        return {order[at]: Removal("correlation", rho, order[stays]) for at, stays, rho in pairs}

    def _drop_weak(
        self, X: pd.DataFrame, bad: NDArray[np.int64], dates: NDArray[np.generic] | None, *, drop: bool
    ) -> None:
        """Take out what adds no more than chance, then all but the `most` that rank best over fits; the best stays."""
        rows = self._drawn(len(bad), GAINED)
        columns = np.stack([numbers_of(X[name].iloc[rows])[0] for name in self.features_], axis=1)
        parts = [drawn_parts(bad[rows], seed=self.seed), *([] if dates is None else [time_parts(dates[rows])])]
        levels = [at for at, name in enumerate(self.features_) if is_level(X[name])]
        gain = gains(columns, bad[rows], parts, levels=levels, seed=self.seed)
        self.rank_ = dict(zip(self.features_, gain.rank.tolist(), strict=True))
        order = sorted(self.features_, key=self.rank_.__getitem__)
        share = dict(zip(self.features_, gain.share.tolist(), strict=True))
        if drop:
            chance = max(gain.probe, np.finfo(np.float64).tiny)
            weak = [name for name in order[1:] if share[name] <= gain.probe]
            self._drop({name: Removal("importance", share[name] / chance) for name in weak})
        rest = [name for name in order if name not in self.removals_]
        self._drop({name: Removal("most", self.rank_[name]) for name in rest[self.most :]})

    def _drawn(self, rows: int, most: int) -> NDArray[np.int64]:
        """Which rows are looked at: all, or `most` of them by the seed, in order."""
        if rows <= most:
            return np.arange(rows)
        return np.sort(np.random.default_rng((self.seed, 0)).permutation(rows)[:most])


def _bound(stated: float | None, default: float, crowd: bool) -> float | None:
    """The bound a filter is asked with; None where it isn't asked."""
    return stated if stated is not None else default if crowd else None


def select(
    features: Features,
    data: Development,
    rows: NDArray[np.bool_],
    bounds: Selection,
    *,
    declared: Iterable[str],
    seed: int,
) -> Selector:
    """What selection learns of some development rows: the features a model fitted on them reads."""
    selector = Selector(**bounds.model_dump(), declared=tuple(declared), seed=seed)
    return selector.fit(data.rows.loc[rows, list(features)], data.bad[rows])


def kept_features(selector: Selector, features: Features) -> Features:
    """The features it keeps, with their kinds, in order."""
    return {name: features[name] for name in selector.features_}


def selection_json(whole: Selector, by_fold: Sequence[Selector]) -> dict[str, Any]:
    """What was kept of all rows, what was dropped and why, and in how many folds each was kept.

    alike: how alike two folds' selections are: |both| / |either|, mean over pairs (Jaccard).
    """
    folds = Counter(name for each in by_fold for name in each.features_)
    pairs = [(set(one.features_), set(two.features_)) for one, two in combinations(by_fold, 2)]
    return {
        "considered": len(whole.features_) + len(whole.removals_),
        "most": whole.most,
        "folds": len(by_fold),
        "alike": float(np.mean([len(one & two) / len(one | two) for one, two in pairs])),
        "kept": [{"feature": n, "folds": folds[n], "rank": whole.rank_.get(n)} for n in whole.features_],
        "dropped": [
            {"feature": name, "reason": each.reason, "figure": each.figure, "of": each.of or None, "folds": folds[name]}
            for name, each in whole.removals_.items()
        ],
    }
