"""How does a model's prediction become a probability of default?

A calibrator is rising, so it never changes who is riskier and adds no reason. What is reported of calibrated
PDs comes from `cross_fit`: no row's PD depends on the outcomes of its own fold. The shipped calibrator,
`calibrate`, is fitted on all out-of-fold predictions; nothing is reported on those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiador.errors import BundleError, DataError, PortfolioError, did_you_mean
from fiador.metrics.logistic import expit, fit_line
from fiador.metrics.sample import Floats, clip_pd, log_odds, sample


class Calibration(Protocol):
    """A fitted calibrator: data, and how it is applied. Predictions and PDs: (n,) in [0, 1]; PDs are clipped."""

    kind: ClassVar[str]

    def apply(self, prediction: ArrayLike) -> Floats: ...

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Platt:
    """PD = expit(intercept + slope · logit(prediction)); a slope of 0 gives everybody the bad rate.

    >>> Platt(intercept=0.0, slope=1.0).apply([0.25]).round(9).tolist()
    [0.25]
    """

    kind: ClassVar[str] = "platt"
    intercept: float
    slope: float

    def apply(self, prediction: ArrayLike) -> Floats:
        return clip_pd(expit(self.intercept + self.slope * log_odds(prediction)))

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "intercept": self.intercept, "slope": self.slope}


@dataclass(frozen=True)
class Isotonic:
    """A rising line through knots, level beyond the first and the last.

    >>> Isotonic(predictions=(0.2, 0.4), pds=(0.1, 0.3)).apply([0.1, 0.3, 0.9]).round(9).tolist()
    [0.1, 0.2, 0.3]
    """

    kind: ClassVar[str] = "isotonic"
    predictions: tuple[float, ...]
    pds: tuple[float, ...]

    def apply(self, prediction: ArrayLike) -> Floats:
        return clip_pd(np.interp(np.asarray(prediction, dtype=np.float64), self.predictions, self.pds))

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "predictions": list(self.predictions), "pds": list(self.pds)}


@dataclass(frozen=True)
class NoCalibration:
    """The prediction as it is, clipped.

    >>> NoCalibration().apply([0.0, 0.5]).tolist()
    [1e-06, 0.5]
    """

    kind: ClassVar[str] = "none"

    def apply(self, prediction: ArrayLike) -> Floats:
        return clip_pd(prediction)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind}


@dataclass(frozen=True)
class Calibrator:
    """A way to calibrate: fit(y, predictions) gives the fitted value, read back from its JSON by `from_json`."""

    name: str
    fit: Callable[[Floats, Floats], Calibration]
    from_json: Callable[[Mapping[str, Any]], Calibration]
    says: Mapping[str, str]


def calibrate(y: ArrayLike, prediction: ArrayLike, *, calibrator: str = "platt") -> Calibration:
    """The calibrator fitted on outcomes and out-of-fold predictions, (n,) each: others would teach it overfitting.

    Raises PortfolioError: unknown calibrator; DataError: no rows, one class, NaN, a prediction outside [0, 1].

    >>> calibrate([0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5]).apply([0.5]).round(9).tolist()
    [0.25]
    """
    row = _row(calibrator)
    on = sample(y, prediction).in_range().require_both_classes()
    return row.fit(on.y, on.pd)


def cross_fit(y: ArrayLike, prediction: ArrayLike, fold: ArrayLike, *, calibrator: str = "platt") -> Floats:
    """(n,) calibrated PDs: each fold's by the calibrator fitted on the other folds' out-of-fold predictions.

    fold: (n,) whole numbers. Raises as `calibrate`, and DataError where there are fewer than two folds.

    >>> cross_fit([0, 1, 0, 0, 0, 1], [0.5] * 6, [0, 0, 1, 1, 1, 1]).round(9).tolist()
    [0.25, 0.25, 0.5, 0.5, 0.5, 0.5]
    """
    outcomes, predictions, side = np.asarray(y), np.asarray(prediction, dtype=np.float64), np.asarray(fold)
    if len(np.unique(side)) < 2 or side.shape != outcomes.shape:
        raise DataError(
            "cross-fitting needs two folds or more, and a fold for each row.",
            where="calibration",
            hint="Draw folds first.",
        )
    pds = np.empty(len(outcomes))
    for held_out in _each_fold(side):
        calibration = calibrate(outcomes[~held_out], predictions[~held_out], calibrator=calibrator)
        pds[held_out] = calibration.apply(predictions[held_out])
    return pds


def calibrator_from_json(data: Mapping[str, Any]) -> Calibration:
    """The fitted calibrator a bundle holds; BundleError where it holds something else.

    >>> calibrator_from_json({"kind": "platt", "intercept": 0.1, "slope": 1.2})
    Platt(intercept=0.1, slope=1.2)
    """
    kind = data.get("kind")
    if kind not in CALIBRATORS:
        raise BundleError(
            f"no calibrator of kind '{kind}'.",
            where="calibration",
            hint="Another version wrote it: train again.",
        )
    try:
        return CALIBRATORS[str(kind)].from_json(data)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"the calibrator can't be read ({error}).", where="calibration", hint="Train again."
        ) from error


def _fit_platt(y: Floats, prediction: Floats) -> Platt:
    """Platt (1999), on log-odds, by maximum likelihood: the mean PD is the bad rate.

    Where the classes are separated no finite line fits best: then his targets, (bads + 1)/(bads + 2) and
    1/(goods + 2). Everybody gets the bad rate where predictions are constant or rank upside down.
    """
    bads, goods = y.sum(), (1 - y).sum()
    line = fit_line(y, log_odds(prediction))
    if np.isnan(line.slope[0]):
        line = fit_line(np.where(y == 1, (bads + 1) / (bads + 2), 1 / (goods + 2)), log_odds(prediction))
    slope = float(line.slope[0])
    if not slope > 0:
        return Platt(intercept=float(np.log(bads / goods)), slope=0.0)
    return Platt(intercept=float(line.intercept[0]), slope=slope)


def _fit_isotonic(y: Floats, prediction: Floats) -> Isotonic:
    """Pool adjacent violators (Ayer et al. 1955): the rising step function nearest in squares, lines between steps."""
    from scipy.optimize import isotonic_regression

    distinct, at, rows = np.unique(prediction, return_inverse=True, return_counts=True)
    rate = np.bincount(at, weights=y) / rows
    fitted = isotonic_regression(rate, weights=rows).x
    level = np.diff(fitted) == 0
    inside_a_level = np.concatenate([[False], level[1:] & level[:-1], [False]])[: len(fitted)]
    knots = ~inside_a_level
    return Isotonic(tuple(distinct[knots].tolist()), tuple(fitted[knots].tolist()))


def _open_platt(data: Mapping[str, Any]) -> Platt:
    intercept, slope = float(data["intercept"]), float(data["slope"])
    if not (np.isfinite(intercept) and np.isfinite(slope) and slope >= 0):
        raise ValueError("intercept and slope must be numbers, the slope at least 0")
    return Platt(intercept, slope)


def _open_isotonic(data: Mapping[str, Any]) -> Isotonic:
    predictions, pds = (np.asarray(data[name], dtype=np.float64) for name in ("predictions", "pds"))
    if not (
        predictions.ndim == 1
        and predictions.shape == pds.shape
        and len(pds) > 0
        and _rises(predictions)
        and _rises(pds)
    ):
        raise ValueError("predictions and pds must be rising lists of one length")
    return Isotonic(tuple(predictions.tolist()), tuple(pds.tolist()))


def _rises(values: Floats) -> bool:
    return bool(np.isfinite(values).all() and (np.diff(values) >= 0).all())


CALIBRATORS: dict[str, Calibrator] = {
    row.name: row
    for row in (
        Calibrator(
            "platt",
            _fit_platt,
            _open_platt,
            {"en": "a line in log-odds", "fr": "une droite en log-cotes", "pt-BR": "uma reta em log-chances"},
        ),
        Calibrator(
            "isotonic",
            _fit_isotonic,
            _open_isotonic,
            {"en": "a rising curve", "fr": "une courbe croissante", "pt-BR": "uma curva crescente"},
        ),
        Calibrator(
            "none",
            lambda _y, _p: NoCalibration(),
            lambda _: NoCalibration(),
            {"en": "as predicted", "fr": "tel que prédit", "pt-BR": "como previsto"},
        ),
    )
}


def _row(name: str) -> Calibrator:
    if name not in CALIBRATORS:
        raise PortfolioError(
            f"no calibrator '{name}'.", where="training.calibrator", hint=did_you_mean(name, CALIBRATORS)
        )
    return CALIBRATORS[name]


def _each_fold(side: NDArray[Any]) -> list[NDArray[np.bool_]]:
    return [side == number for number in np.unique(side)]
