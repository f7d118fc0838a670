"""How does the shipped model answer: its log-odds, and exactly which feature contributed what?

phi(x) is a feature's share of the raw log-odds: LightGBM's own path-dependent TreeSHAP, or a linear model's
coefficient times its column, summed over the columns a feature became. Opening a model runs no code from its files.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from fiador.bundle import ModelFiles
from fiador.errors import BundleError
from fiador.metrics.sample import Floats
from fiador.model.preparation import Features, levels_and_numbers

# Types a logistic-regression pipeline holds beyond what skops trusts by itself. Never fed from the file.
TRUSTED_TYPES = ["numpy.dtype"]
MANY_ROWS = 1_000


class Champion(Protocol):
    """rows: the feature frame. log_odds: raw, uncalibrated, (n,). phi: (n, features); with `bias` they sum to it."""

    @property
    def features(self) -> Features: ...

    @property
    def bias(self) -> float: ...

    def log_odds(self, rows: pd.DataFrame) -> Floats: ...

    def phi(self, rows: pd.DataFrame) -> Floats: ...


@dataclass(frozen=True)
class LightGBMChampion:
    """A booster and the codes of its levels."""

    features: Features
    levels: Mapping[str, list[str]]
    booster: Any
    bias: float

    def log_odds(self, rows: pd.DataFrame) -> Floats:
        return np.asarray(self.booster.predict(self._matrix(rows), raw_score=True, num_threads=1), dtype=np.float64)

    def phi(self, rows: pd.DataFrame) -> Floats:
        threads = 0 if len(rows) >= MANY_ROWS else 1  # all cores for a batch; at the counter others want theirs
        shares = self.booster.predict(self._matrix(rows), pred_contrib=True, num_threads=threads)
        by_tree_order = np.asarray(shares)[:, :-1]
        levels, numbers = levels_and_numbers(self.features)
        order = [*levels, *numbers]
        return np.stack([by_tree_order[:, order.index(name)] for name in self.features], axis=1)

    def _matrix(self, rows: pd.DataFrame) -> Floats:
        levels, numbers = levels_and_numbers(self.features)
        matrix = np.full((len(rows), len(self.features)), np.nan)
        for at, name in enumerate(levels):
            codes = {level: float(code) for code, level in enumerate(self.levels[name])}
            matrix[:, at] = [codes.get(value, np.nan) for value in rows[name].to_numpy(dtype=object)]
        for at, name in enumerate(numbers, len(levels)):  # many columns at once cost pandas a millisecond
            matrix[:, at] = rows[name].to_numpy()
        return matrix


@dataclass(frozen=True)
class LinearChampion:
    """A fitted logistic-regression pipeline: `prepare`, then `model`."""

    features: Features
    pipeline: Pipeline
    bias: float

    def log_odds(self, rows: pd.DataFrame) -> Floats:
        return np.asarray(self.pipeline.decision_function(self._rows(rows)), dtype=np.float64)

    def phi(self, rows: pd.DataFrame) -> Floats:
        prepare, model = self.pipeline.named_steps["prepare"], self.pipeline.named_steps["model"]
        columns = np.asarray(prepare.transform(self._rows(rows))) * model.coef_[0]
        owners = np.array(_owners(prepare, self.features))
        return np.stack([columns[:, owners == name].sum(axis=1) for name in self.features], axis=1)

    def _rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        levels, _ = levels_and_numbers(self.features)
        return rows[list(self.features)].astype(dict.fromkeys(levels, object))


def _owners(prepare: ColumnTransformer, features: Features) -> list[str]:
    """The feature behind each prepared column, in order, as the fitted steps tell: names alone can mislead."""
    levels, numbers = levels_and_numbers(features)
    owners: list[str] = []
    if numbers:
        imputer = prepare.named_transformers_["numbers"][0]
        owners += [*numbers, *(numbers[at] for at in imputer.indicator_.features_)]
    if levels:
        categories = prepare.named_transformers_["levels"][-1].categories_
        owners += [name for name, values in zip(levels, categories, strict=True) for _ in values]
    return owners


def pack(candidate: str, fitted: Pipeline, features: Features) -> ModelFiles:
    """A fitted candidate as data-only files."""
    return ModelFiles(candidate, dict(features), _FORMATS[candidate].pack(fitted, features))


def unpack(model: ModelFiles) -> Champion:
    """The champion its files hold; BundleError where they hold something else."""
    if model.candidate not in _FORMATS:
        raise BundleError(
            f"no champion of kind '{model.candidate}'.", hint="It was written by another version: train again."
        )
    try:
        return _FORMATS[model.candidate].unpack(model)
    except (KeyError, ValueError, TypeError) as error:
        raise BundleError(f"the model's files can't be read ({error}).", hint="Train again.") from error


def _pack_lightgbm(fitted: Pipeline, features: Features) -> dict[str, bytes]:
    names, _ = levels_and_numbers(features)
    encoder = fitted.named_steps["prepare"].named_transformers_["levels"]
    categories = [[v for v in c if isinstance(v, str)] for c in encoder.categories_] if names else []
    booster = fitted.named_steps["model"].booster_
    return {
        "lightgbm.txt": booster.model_to_string(num_iteration=-1).encode(),
        "levels.json": json.dumps(dict(zip(names, categories, strict=True)), ensure_ascii=False, indent=1).encode(),
    }


def _unpack_lightgbm(model: ModelFiles) -> Champion:
    from lightgbm import Booster

    booster = Booster(model_str=model.files["lightgbm.txt"].decode())
    levels = json.loads(model.files["levels.json"])
    empty = LightGBMChampion(model.features, levels, booster, 0.0)
    rows = pd.DataFrame({n: [np.nan] for n in model.features}, dtype=object)
    bias = float(np.asarray(booster.predict(empty._matrix(rows), pred_contrib=True, num_threads=1))[0, -1])
    return LightGBMChampion(model.features, levels, booster, bias)


def _pack_linear(fitted: Pipeline, features: Features) -> dict[str, bytes]:
    import skops.io

    return {"pipeline.skops": _canonical(skops.io.dumps(fitted))}


def _canonical(dump: bytes) -> bytes:
    """The same skops file for the same pipeline: objects numbered in order instead of by address, no times.

    skops names objects and their files by memory address; the digits are replaced wherever they stand.
    """
    with zipfile.ZipFile(io.BytesIO(dump)) as archive:
        schema = archive.read("schema.json").decode()
        addresses = dict.fromkeys(re.findall(r'"__id__": (\d+)', schema))
        numbers = {address: str(number) for number, address in enumerate(addresses, 1)}
        pattern = re.compile(r"\b(" + "|".join(numbers) + r")\b")
        files = {pattern.sub(lambda m: numbers[m[0]], n): archive.read(n) for n in archive.namelist()}
    files["schema.json"] = pattern.sub(lambda m: numbers[m[0]], schema).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in sorted(files):
            copy.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), files[name])
    return out.getvalue()


def _unpack_linear(model: ModelFiles) -> Champion:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        pipeline = skops.io.loads(model.files["pipeline.skops"], trusted=TRUSTED_TYPES)
    except UntrustedTypesFoundException as error:
        raise BundleError(
            f"the model file holds types that are not trusted ({error}).", hint="Take another bundle."
        ) from None
    return LinearChampion(model.features, pipeline, float(pipeline.named_steps["model"].intercept_[0]))


@dataclass(frozen=True)
class _Format:
    pack: Callable[[Pipeline, Features], dict[str, bytes]]
    unpack: Callable[[ModelFiles], Champion]


_FORMATS = {
    "lightgbm": _Format(_pack_lightgbm, _unpack_lightgbm),
    "logistic_regression": _Format(_pack_linear, _unpack_linear),
}
