"""How risky is each row of a table, and which model may judge which row?

A model is fitted on the rows with their application's outcome. No row is given a risk by a model that saw the outcomes
of its application's fold; and where a fold is held out of a fit, no row is given one by a model that saw that fold
either. So a model is fitted without each fold, without each pair of folds, and, to ship, on all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fiador.bundle import ModelFiles
from fiador.errors import DataError
from fiador.metrics.sample import Floats
from fiador.model.candidates import MANY_ROWS
from fiador.model.champion import Champion, pack, unpack
from fiador.model.contributions import probability
from fiador.model.development import Development
from fiador.model.preparation import Features, for_trees, frame, levels_and_numbers

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

FITTED = 200_000  # rows a model is fitted on at most, drawn by the seed; each row is given a risk all the same
LEAST_FOLDS = 3  # one held out, one whose rows are given a risk, one to learn from


@dataclass
class RowModels:
    """The models of one table's rows, each fitted when it is first asked for.

    table: to name in errors. rows: (n,) the inputs, in an order that depends on what they say alone. owner: (n,) the
    place of each row's application in development. Each application weighs the same, however many rows it has.
    """

    table: str
    rows: pd.DataFrame
    inputs: Features
    owner: NDArray[np.int64]
    data: Development
    seed: int
    threads: int = 1
    _models: dict[frozenset[int], ModelFiles] = field(default_factory=dict)

    def whole(self) -> ModelFiles:
        """The model fitted on every row: what ships, and speaks of applications that are not in development."""
        return self._without(frozenset())

    def risk(self, held_out: int | None = None) -> Floats:
        """(n,) each row's probability of bad, by models fitted without its application's own fold.

        held_out: the fold a fit leaves out; the models left it out as well.
        """
        risks = np.full(len(self.owner), np.nan)
        fold = self.data.fold[self.owner]
        for own in range(self.data.folds):
            inside = fold == own
            left_out = frozenset({own} if held_out is None else {own, held_out})
            if inside.any():
                risks[inside] = risk_of(unpack(self._without(left_out)), self.rows[inside])
        return risks

    def _without(self, folds: frozenset[int]) -> ModelFiles:
        if folds not in self._models:
            self._models[folds] = self._fit(~np.isin(self.data.fold[self.owner], list(folds)))
        return self._models[folds]

    def _fit(self, mask: NDArray[np.bool_]) -> ModelFiles:
        rows = np.flatnonzero(mask & self._drawn)
        bad = self.data.bad[self.owner[rows]]
        if len(np.unique(bad)) < 2:
            what = f"the rows a model would be fitted on ({len(rows):,}) belong to applications of one outcome."
            raise DataError(what, where=f"learned.{self.table}", hint="Bring more rows, or leave it out.")
        levels, _ = levels_and_numbers(self.inputs)
        pipeline = _pipeline(self.inputs, self.seed, self.threads if len(rows) >= MANY_ROWS else 1).fit(
            self.rows.iloc[rows],
            bad,
            model__sample_weight=self._weight[rows],
            model__categorical_feature=list(range(len(levels))),
        )
        return pack("lightgbm", pipeline, self.inputs)

    @property
    def _weight(self) -> Floats:
        """(n,) one over the rows of its application."""
        return 1.0 / np.bincount(self.owner)[self.owner]

    @property
    def _drawn(self) -> NDArray[np.bool_]:
        """(n,) the rows models are fitted on: all, or FITTED of them by the seed."""
        drawn = np.ones(len(self.owner), dtype=bool)
        if len(drawn) > FITTED:
            drawn[np.random.default_rng((self.seed, len(drawn))).permutation(len(drawn))[FITTED:]] = False
        return drawn


def row_models(
    table: str, rows: pa.Table, inputs: Features, data: Development, *, seed: int, threads: int = 1
) -> tuple[RowModels, pa.Array]:
    """The models over those rows whose application is in development, and which rows these are, as a mask.

    rows: `for:key`, the application, and the inputs. Raises DataError where there are fewer than three folds.
    """
    if data.folds < LEAST_FOLDS:
        what = f"{data.folds} folds are drawn, and a model of a table's rows needs {LEAST_FOLDS}."
        raise DataError(what, where=f"learned.{table}", hint="Ask for three or more: [training] folds.")
    place = pc.index_in(rows.column("for:key").combine_chunks(), value_set=data.keys)
    developed = place.is_valid()
    owner = place.filter(developed).to_numpy().astype(np.int64)
    return RowModels(table, frame(rows.filter(developed), inputs), inputs, owner, data, seed, threads), developed


def risk_of(model: Champion, rows: pd.DataFrame) -> Floats:
    """(n,) each row's probability of bad by a model of rows, uncalibrated; (0,) of no rows."""
    return probability(model.log_odds(rows)) if len(rows) else np.empty(0)


def _pipeline(inputs: Features, seed: int, threads: int) -> Pipeline:
    """A small, slow LightGBM: a single row says little, and what it says is averaged."""
    from lightgbm import LGBMClassifier
    from sklearn.pipeline import Pipeline

    model = LGBMClassifier(
        n_estimators=100, learning_rate=0.05, num_leaves=15, min_child_samples=100, n_jobs=threads, random_state=seed,
        verbose=-1, deterministic=True, force_row_wise=True,
    )  # fmt: skip
    return Pipeline([("prepare", for_trees(inputs)), ("model", model)])
