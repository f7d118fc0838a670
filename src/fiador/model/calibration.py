"""How do raw predictions become probabilities that can be priced?

A calibrator is monotone, so it moves no rank. It is judged only on folds it wasn't fitted on: `cross_fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fiador.errors import BundleError, PortfolioError, did_you_mean

Floats = NDArray[np.float64]
FLOOR = 1e-6  # calibrated PD is clipped to [1e-6, 1 − 1e-6]
_STEPS = 50


class Calibrator(Protocol):
    """Applies what it learned: (n,) raw probabilities to (n,) PDs."""

    def apply(self, p: Floats) -> Floats: ...

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Platt:
    """PD = 1 / (1 + exp(−(intercept + slope · logit p))), slope never negative (Platt, 1999)."""

    intercept: float
    slope: float

    def apply(self, p: Floats) -> Floats:
        return _clip(1 / (1 + np.exp(-(self.intercept + self.slope * _logit(p)))))

    def to_json(self) -> dict[str, Any]:
        return {"name": "platt", "intercept": self.intercept, "slope": self.slope}


@dataclass(frozen=True)
class Isotonic:
    """PD by linear interpolation between learned points; flat beyond them."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def apply(self, p: Floats) -> Floats:
        return _clip(np.interp(p, self.x, self.y))

    def to_json(self) -> dict[str, Any]:
        return {"name": "isotonic", "x": list(self.x), "y": list(self.y)}


@dataclass(frozen=True)
class Uncalibrated:
    """The raw prediction, clipped."""

    def apply(self, p: Floats) -> Floats:
        return _clip(p)

    def to_json(self) -> dict[str, Any]:
        return {"name": "none"}


def fit_platt(y: NDArray[np.int64], p: Floats) -> Platt:
    """Maximum likelihood by Newton. Where predictions are all alike, or rank backwards, only the intercept is fitted."""
    rate = float(np.clip(y.mean(), FLOOR, 1 - FLOOR))
    flat = Platt(float(np.log(rate / (1 - rate))), 0.0)
    x = _logit(p)
    if np.ptp(x) < FLOOR:
        return flat
    design, at = np.stack([np.ones_like(x), x], axis=1), np.array([0.0, 1.0])
    for _ in range(_STEPS):
        q = 1 / (1 + np.exp(-design @ at))
        information = design.T @ (design * (q * (1 - q))[:, None]) + FLOOR * np.eye(2)
        step = np.linalg.solve(information, design.T @ (y - q))
        at = at + step
        if np.abs(step).max() < FLOOR**2:
            break
    return Platt(float(at[0]), float(at[1])) if at[1] > 0 and np.isfinite(at).all() else flat


def fit_isotonic(y: NDArray[np.int64], p: Floats) -> Isotonic:
    """The monotone step function of least squares (pool adjacent violators)."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(out_of_bounds="clip").fit(p, y)
    return Isotonic(tuple(fitted.X_thresholds_.tolist()), tuple(fitted.y_thresholds_.tolist()))


@dataclass(frozen=True)
class CalibratorRow:
    name: str
    says: str
    fit: Callable[[NDArray[np.int64], Floats], Calibrator]
    read: Callable[[Mapping[str, Any]], Calibrator]


CALIBRATORS: dict[str, CalibratorRow] = {
    c.name: c
    for c in (
        CalibratorRow("platt", "logistic in the log-odds", fit_platt, lambda d: Platt(d["intercept"], d["slope"])),
        CalibratorRow("isotonic", "monotone steps", fit_isotonic, lambda d: Isotonic(tuple(d["x"]), tuple(d["y"]))),
        CalibratorRow("none", "the raw prediction", lambda _y, _p: Uncalibrated(), lambda _: Uncalibrated()),
    )
}


def calibrate(y: NDArray[np.int64], p: Floats, *, calibrator: str) -> Calibrator:
    """A calibrator fitted on out-of-fold predictions `p`; PortfolioError for an unknown name."""
    if calibrator not in CALIBRATORS:
        raise PortfolioError(
            f"no calibrator '{calibrator}'.", where="training.calibrator", hint=did_you_mean(calibrator, CALIBRATORS)
        )
    return CALIBRATORS[calibrator].fit(y, p)


def cross_fit(y: NDArray[np.int64], p: Floats, fold: NDArray[np.int64], *, calibrator: str) -> Floats:
    """(n,) calibrated PDs, each fold's by a calibrator fitted on the other folds' out-of-fold predictions."""
    pd = np.empty_like(p)
    for k in np.unique(fold):
        held_out = fold == k
        pd[held_out] = calibrate(y[~held_out], p[~held_out], calibrator=calibrator).apply(p[held_out])
    return pd


def calibrator_from_json(data: Mapping[str, Any]) -> Calibrator:
    """The calibrator a bundle holds."""
    if data.get("name") not in CALIBRATORS:
        raise BundleError(
            f"no calibrator '{data.get('name')}'.", hint="The bundle was written by another version: train again."
        )
    return CALIBRATORS[str(data["name"])].read(data)


def _logit(p: Floats) -> Floats:
    clipped = np.clip(p, FLOOR, 1 - FLOOR)
    return np.log(clipped / (1 - clipped))


def _clip(pd: Floats) -> Floats:
    return np.clip(pd, FLOOR, 1 - FLOOR)
