"""Are the candidates, calibrator and metrics a portfolio names in their tables? Checked before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterable

from fiador.errors import PortfolioError, did_you_mean
from fiador.metrics import METRICS
from fiador.model.calibration import CALIBRATORS
from fiador.model.candidates import CANDIDATES
from fiador.portfolio import Portfolio


def require_variants(portfolio: Portfolio) -> None:
    """Pass, or a PortfolioError with the dotted path and the nearest candidate, calibrator or metric."""
    metrics = [metric.name for metric in METRICS]
    training = portfolio.training
    for word, names, table, where in (
        ("candidate", training.candidates, CANDIDATES, "training.candidates"),
        ("calibrator", [training.calibrator], CALIBRATORS, "training.calibrator"),
        ("metric", portfolio.acceptance.metrics, metrics, "acceptance"),
    ):
        _require(word, names, table, f"{portfolio.name}: {where}")


def _require(word: str, names: Iterable[str], table: Iterable[str], where: str) -> None:
    for name in names:
        if name not in table:
            raise PortfolioError(f"no {word} '{name}'.", where=where, hint=did_you_mean(name, table))
