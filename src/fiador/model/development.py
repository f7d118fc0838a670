"""Which rows is a model developed on, and on which side of each split does a row lie?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from fiador.errors import DataError
from fiador.model.preparation import Features, frame
from fiador.model.split import folds as draw_folds
from fiador.model.split import same_side
from fiador.portfolio import Target


@dataclass(frozen=True)
class Development:
    """Labelled rows development keeps, sorted by key.

    rows: the feature frame, its numbers float32, as they were made. bad: 0 or 1. fold: 0 … folds − 1. exposure: NaN
    where not given. features: without the protected ones. keys: (n,) of the applications. learned: for each fold the
    learned columns as a fit without that fold may see them; those in `rows` are of models that saw no outcome of the
    row's own fold.
    """

    rows: pd.DataFrame
    features: Features
    bad: NDArray[np.int64]
    fold: NDArray[np.int64]
    exposure: NDArray[np.float64]
    folds: int
    seed: int
    keys: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    learned: Sequence[pd.DataFrame] = ()

    def without(self, fold: int) -> Development:
        """The same rows as a fit that leaves out this fold sees them: none has a value that this fold's outcomes moved.

        Rows of the fold itself are as they will be scored, by models fitted on the other folds.
        """
        return replace(self, rows=self.rows.assign(**self.learned[fold])) if self.learned else self

    def read(self, features: Iterable[str], chosen: NDArray[Any]) -> pd.DataFrame:
        """Some features of the rows chosen, by mask or position, as a model reads them: numbers float64."""
        rows = self.rows[list(features)].loc[chosen]
        return rows.astype({name: np.float64 for name in rows if rows[name].dtype == np.float32})


def development(
    features: pa.Table,
    labels: pa.Table,
    kinds: Features,
    *,
    target: Target,
    protected: Iterable[str],
    folds: int,
    seed: int,
) -> Development:
    """Development rows from the feature statement and the development statement, both sorted by key.

    Rows left out, and rows without a target, are in neither. Exact duplicates, and one applicant's applications, lie on
    one side of every split.
    """
    if features.num_rows != labels.num_rows or features.column("key") != labels.column("key"):
        raise DataError(
            "features and labels don't name the same applications.",
            where="development",
            hint="A looked-up table matches twice.",
        )
    raw = np.array(labels.column("target").to_pylist(), dtype=object)
    labelled = np.array([value is not None for value in raw]) & np.array(
        [r is None for r in labels.column("dropped_by").to_pylist()]
    )
    inputs = {name: kind for name, kind in kinds.items() if name not in set(protected)}
    rows = frame(features, inputs, numbers=np.float32).loc[labelled].reset_index(drop=True)
    bad = np.array([int(value == target.bad) for value in raw[labelled]], dtype=np.int64)
    applicant = np.array(labels.column("applicant").to_pylist(), dtype=object)[labelled]
    exposure = (
        features.column("exposure").cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)[labelled]
    )
    twins = pd.DataFrame({"twin": np.array(labels.column("twin").to_pylist(), dtype=object)[labelled]})
    fold = draw_folds(bad, same_side(twins, applicant), n=folds, seed=seed)
    keys = features.column("key").combine_chunks().filter(pa.array(labelled))
    return Development(rows, inputs, bad, np.asarray(fold, dtype=np.int64), exposure, folds, seed, keys)


def fingerprint(data: Development) -> str:
    """The sha256 of the rows developed on: inputs, outcomes and folds, in order. The same from every source.

    What tells a validator, who has the tables, that they are the ones. Missing numbers are one bit pattern.
    """
    digest = hashlib.sha256()
    for name, kind in data.features.items():
        digest.update(f"{name}:{kind}".encode())
        if kind == "number":
            values = data.rows[name].to_numpy(dtype="<f8") + 0.0  # -0.0 is 0.0
            digest.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
        else:
            levels = [None if pd.isna(v) else v for v in data.rows[name].to_numpy(dtype=object)]
            digest.update(json.dumps(levels, ensure_ascii=False).encode())
    for whole in (data.bad, data.fold):
        digest.update(whole.astype("<i8").tobytes())
    return digest.hexdigest()
