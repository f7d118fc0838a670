"""How far does each feature move an application's log-odds away from a typical approved one?

contribution(x) = phi(x) − mean phi over the reference, in log-odds of the uncalibrated champion. They sum to
log_odds(x) − mean log_odds of the reference. Calibration is monotone and adds no reason.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fiador.bundle import Reference
from fiador.metrics.binning import BULK
from fiador.metrics.sample import Floats
from fiador.model.champion import Champion
from fiador.model.preparation import Features

FEWEST = 50  # development goods below the cut-off; with fewer, all goods are the reference


def probability(log_odds: Floats) -> Floats:
    """Log-odds as a probability, without overflow.

    >>> probability(np.array([0.0, -800.0])).tolist()
    [0.5, 0.0]
    """
    return np.asarray(np.where(log_odds >= 0, 1.0, np.exp(np.minimum(log_odds, 0))) / (1 + np.exp(-np.abs(log_odds))))


def contributions(champion: Champion, rows: pd.DataFrame, reference: Reference) -> Floats:
    """(n, features), columns in the order of the champion's features."""
    return np.asarray(champion.phi(rows) - np.array([reference.phi[name] for name in champion.features]))


def reference_of(
    champion: Champion, rows: pd.DataFrame, *, good: NDArray[np.bool_], below: NDArray[np.bool_]
) -> Reference:
    """The reference: development goods whose out-of-fold calibrated PD is below the cut-off; all goods if under 50."""
    peers = rows.loc[reference_rows(good=good, below=below)]
    phi = champion.phi(peers).mean(axis=0)
    typical = {name: _typical(peers[name], kind) for name, kind in champion.features.items()}
    names = list(champion.features)
    return Reference(
        len(peers), float(champion.log_odds(peers).mean()), dict(zip(names, phi.tolist(), strict=True)), typical
    )


def reference_rows(*, good: NDArray[np.bool_], below: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) which rows are the reference: goods below the cut-off; all goods where those are fewer than 50.

    >>> reference_rows(good=np.array([True, False, True]), below=np.array([True, True, False])).tolist()
    [True, False, True]
    """
    return good & below if int((good & below).sum()) >= FEWEST else good


def _typical(column: pd.Series, kind: str) -> float | str | None:
    values = column.dropna()
    if values.empty:
        return None
    return float(values.median()) if kind == "number" else str(values.value_counts().sort_index(kind="stable").idxmax())


def distributions(
    rows: pd.DataFrame, bad: NDArray[np.bool_], features: Features, *, bins: int = 24
) -> dict[str, dict[str, object]]:
    """Per feature, how development goods and bads are spread: counts in bins of equal width, or by level.

    A number's outer bins hold everything beyond the 0.5 and 99.5 per cent quantiles; missing is counted apart.
    """
    return {
        n: _number_spread(rows[n], bad, bins) if k == "number" else _level_spread(rows[n], bad)
        for n, k in features.items()
    }


def _number_spread(column: pd.Series, bad: NDArray[np.bool_], bins: int) -> dict[str, object]:
    values = column.to_numpy(dtype=np.float64)
    present = ~np.isnan(values)
    low, high = np.quantile(values[present], BULK) if present.any() else (0.0, 1.0)
    edges = _edges(values[present], float(low), float(high), bins)
    inside = np.clip(values, edges[0], edges[-1])
    goods, _ = np.histogram(inside[present & ~bad], edges)
    bads, _ = np.histogram(inside[present & bad], edges)
    missing = {"goods": int((~present & ~bad).sum()), "bads": int((~present & bad).sum())}
    return {
        "kind": "number",
        "edges": edges.tolist(),
        "goods": goods.tolist(),
        "bads": bads.tolist(),
        "missing": missing,
    }


def _edges(values: Floats, low: float, high: float, bins: int) -> Floats:
    """Bins of equal width; a whole width for whole numbers, or bars would hold one value and two in turn."""
    if len(values) and (values == np.floor(values)).all():
        width = max(1, math.ceil((high - low + 1) / bins))
        return np.arange(math.floor(low), math.ceil(high) + width + 1, width, dtype=np.float64)
    return np.linspace(low, high if high > low else low + 1, bins + 1)


def _level_spread(column: pd.Series, bad: NDArray[np.bool_]) -> dict[str, object]:
    present = column.notna().to_numpy()
    levels = sorted(str(v) for v in column.dropna().unique())
    text = column.astype(object).to_numpy()
    goods = [int(((text == level) & ~bad).sum()) for level in levels]
    bads = [int(((text == level) & bad).sum()) for level in levels]
    missing = {"goods": int((~present & ~bad).sum()), "bads": int((~present & bad).sum())}
    return {"kind": "level", "levels": levels, "goods": goods, "bads": bads, "missing": missing}
