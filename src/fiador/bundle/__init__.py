"""What is a trained portfolio, as values?

A Bundle holds everything a decision needs and nothing else decides: the portfolio, the raw columns it reads, the
champion's files, the calibrator, the cut-off, and what its figures were. How it is read and written: store.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fiador.portfolio import Bounds, Portfolio
from fiador.portfolio.types import ColumnType

BUNDLE_FORMAT = 2  # 2: with evaluation.json


@dataclass(frozen=True)
class RawColumn:
    """One column of a raw table. role: key | link | target | value. example: a typical development value."""

    type: ColumnType
    role: str
    example: object = None


@dataclass(frozen=True)
class ModelFiles:
    """The champion as data: which candidate it is, its inputs in order (name -> number | level), and its files."""

    candidate: str
    features: Mapping[str, str]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Reference:
    """What an application is compared with: development goods below the cut-off (all goods if fewer than 50).

    phi: mean contribution per feature, log-odds. log_odds: mean of the raw log-odds. typical: median or most frequent
    level per feature, None where there is none.
    """

    rows: int
    log_odds: float
    phi: Mapping[str, float]
    typical: Mapping[str, float | str | None]


@dataclass(frozen=True)
class Bundle:
    """A trained portfolio.

    document: the merged portfolio file as read. portfolio: what of it decisions need, without the features in
    `dropped`, which selection took out and nothing that stays reads. calibration: the fitted calibrator as data.
    cut_off: on calibrated PD. metrics: metrics.json. evaluation: evaluation.json, what a report draws. distributions:
    per feature, counts of development goods and bads. development: row counts. learned: by table the model that says a
    risk of each of its rows.
    """

    id: str
    created_at: str
    version: str
    document: Mapping[str, Any]
    portfolio: Portfolio
    raw: Mapping[str, Mapping[str, RawColumn]]
    model: ModelFiles
    calibration: Mapping[str, Any]
    cut_off: float
    reference: Reference
    metrics: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    distributions: Mapping[str, Any]
    development: Mapping[str, Any]
    timings: Mapping[str, Any]
    dropped: tuple[str, ...] = ()
    learned: Mapping[str, ModelFiles] = field(default_factory=dict)

    @property
    def champion(self) -> Mapping[str, Any]:
        """The champion's figures in metrics.json."""
        figures: Mapping[str, Any] = self.metrics["candidates"][self.metrics["champion"]]
        return figures

    @property
    def missed_gate(self) -> list[str]:
        """Every bound of the portfolio's `[acceptance]` that the champion misses, in words."""
        gate = self.portfolio.acceptance.metrics
        sentences = (_miss(name, bounds, self.champion[name]["mean"]) for name, bounds in gate.items())
        return [words for words in sentences if words]


def _miss(name: str, bounds: Bounds, value: float | None) -> str:
    if value is None:
        return f"{name} has no value"
    if bounds.min is not None and value < bounds.min:
        return f"{name} {value:.4f} is below {bounds.min:g}"
    if bounds.max is not None and value > bounds.max:
        return f"{name} {value:.4f} is above {bounds.max:g}"
    return ""
