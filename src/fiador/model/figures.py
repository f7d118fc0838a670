"""What are the figures of a training run, as data?

`metrics.json`: {"candidates": {NAME: {METRIC: {"mean", "sd", "low", "high"}, …}}, "champion": NAME, …}. mean and sd are
over folds; low and high a 95 % bootstrap interval within folds. Nothing in it depends on the time or the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from fiador.model.candidates import CANDIDATES
from fiador.model.comparison import Comparison, CutOffs, Measured, chosen_by_fold, compare
from fiador.model.development import Development
from fiador.portfolio import Portfolio

DIGITS = 10  # enough to tell any two figures apart, few enough that a last bit doesn't show


def metrics_json(
    portfolio: Portfolio,
    eligible: Sequence[str],
    measured: Mapping[str, Measured],
    empirical: CutOffs,
    data: Development,
) -> dict[str, Any]:
    """Every candidate's figures, the choice among those that may ship, and the two cut-offs."""
    aim = portfolio.training.aim
    comparison = compare({name: measured[name] for name in eligible}, aim)
    chosen = chosen_by_fold(measured, aim, eligible)
    body = {
        "format": 1,
        "candidates": {name: _candidate(name, m) for name, m in measured.items()},
        "champion": comparison.best,
        "choice": {
            "aim": aim,
            "eligible": list(eligible),
            "says": comparison_says(comparison),
            "runner_up": comparison.runner_up,
            "difference": comparison.difference.mean,
            "low": comparison.difference.low,
            "high": comparison.difference.high,
            "significant": comparison.significant,
            "chosen_by_fold": chosen.names,
            "aim_outside_the_choice": chosen.mean,
        },
        "empirical_cut_off": asdict(empirical),
        "rows": {"labelled": len(data.bad), "bad": int(data.bad.sum()), "folds": data.folds, "seed": data.seed},
    }
    return _rounded(body)


def _candidate(name: str, m: Measured) -> dict[str, Any]:
    base = CANDIDATES[name.split("+", maxsplit=1)[0]]
    figures = {metric: asdict(interval) for metric, interval in m.intervals.items()}
    shipping = {"ships": base.ships, "compared_only": base.compared_only or None}
    return {
        **figures,
        "confusion": dict(m.confusion),
        "pooled_auc": m.pooled_auc,
        "uncalibrated": dict(m.uncalibrated),
        **shipping,
    }


def comparison_says(comparison: Comparison) -> str:
    """The comparison of the champion with the next best that may ship, in a sentence."""
    if comparison.runner_up is None:
        return "no other candidate may ship"
    gap = f"{comparison.difference.mean:+.4f} [{comparison.difference.low:+.4f}, {comparison.difference.high:+.4f}]"
    verdict = "better than" if comparison.significant else "no significant difference from"
    return f"{verdict} {comparison.runner_up}: {gap}"


def breaches_of_gate(portfolio: Portfolio, metrics: Mapping[str, Any]) -> list[str]:
    """Every bound of `[acceptance]` the champion misses, in words."""
    figures = metrics["candidates"][metrics["champion"]]
    missed = []
    for name, bounds in portfolio.acceptance.metrics.items():
        value = figures[name]["mean"]
        if value is None or (bounds.min is not None and value < bounds.min):
            missed.append(
                f"{name} {value:.4f} is below {bounds.min:g}" if value is not None else f"{name} has no value"
            )
        elif bounds.max is not None and value > bounds.max:
            missed.append(f"{name} {value:.4f} is above {bounds.max:g}")
    return missed


def _rounded(body: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers at ten digits; NaN as null."""
    return {name: _plain(value) for name, value in body.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _rounded(value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return None if not np.isfinite(value) else round(float(value), DIGITS)
    return int(value) if isinstance(value, np.integer) else value
