"""What are the figures of a training run, as data?

`metrics.json`: {"candidates": {NAME: {METRIC: {"mean", "sd", "low", "high"}, …}}, "champion": NAME, …}. mean and sd are
over folds; low and high a 95 % bootstrap interval within folds. Nothing in it depends on the time or the machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from fiador.model.candidates import CANDIDATES
from fiador.model.comparison import CandidateFigures, CutOffs, Ranking, choose_by_fold, compare
from fiador.model.development import Development
from fiador.model.selection import REASONS
from fiador.portfolio import Portfolio

DIGITS = 10  # enough to tell any two figures apart, few enough that a last bit doesn't show


def metrics_json(
    portfolio: Portfolio,
    eligible: Sequence[str],
    candidates: Mapping[str, CandidateFigures],
    empirical: CutOffs,
    data: Development,
    *,
    selection: Mapping[str, Any],
) -> dict[str, Any]:
    """Every candidate's figures, the choice among those that may ship, the two cut-offs, and how many features stayed.

    selection: of `selection_json`, the champion's.
    """
    aim = portfolio.training.aim
    ranking = compare({name: candidates[name] for name in eligible}, aim)
    choice = choose_by_fold(candidates, aim, eligible)
    removals = Counter(each["reason"] for each in selection["dropped"])
    body = {
        "format": 1,
        "candidates": {name: _candidate(name, m, ships=name in eligible) for name, m in candidates.items()},
        "champion": ranking.best,
        "choice": {
            "aim": aim,
            "eligible": list(eligible),
            "says": ranking_says(ranking),
            "runner_up": ranking.runner_up,
            "difference": ranking.difference.mean,
            "low": ranking.difference.low,
            "high": ranking.difference.high,
            "significant": ranking.significant,
            "chosen_by_fold": choice.names,
            "aim_outside_the_choice": choice.mean,
        },
        "empirical_cut_off": asdict(empirical),
        "selection": {
            "considered": selection["considered"],
            "kept": len(selection["kept"]),
            "alike": selection["alike"],
            "dropped": {reason: removals[reason] for reason in REASONS},
        },
        "rows": {"labelled": len(data.bad), "bad": int(data.bad.sum()), "folds": data.folds, "seed": data.seed},
    }
    figures: dict[str, Any] = plain(body)
    return figures


def _candidate(name: str, figures: CandidateFigures, *, ships: bool) -> dict[str, Any]:
    base = CANDIDATES[name.split("+", maxsplit=1)[0]]
    by_metric = {metric: asdict(interval) for metric, interval in figures.intervals.items()}
    why_not = base.compared_only or "reads the lender's own opinion, which this policy doesn't ship"
    shipping = {"ships": ships, "compared_only": None if ships else why_not}
    return {
        **by_metric,
        "confusion": dict(figures.confusion),
        "pooled_auc": figures.pooled_auc,
        "uncalibrated": dict(figures.uncalibrated),
        **shipping,
    }


def ranking_says(ranking: Ranking) -> str:
    """The comparison of the champion with the next best that may ship, in a sentence."""
    if ranking.runner_up is None:
        return "no other candidate may ship"
    gap = f"{ranking.difference.mean:+.4f} [{ranking.difference.low:+.4f}, {ranking.difference.high:+.4f}]"
    verdict = "better than" if ranking.significant else "no significant difference from"
    return f"{verdict} {ranking.runner_up}: {gap}"


def plain(value: Any, shortened: Callable[[float], float] = lambda v: round(v, DIGITS)) -> Any:
    """A value as JSON holds it: numbers shortened, NaN and infinity as null.

    >>> plain({"a": (1.0, float("nan")), "b": np.int64(2)})
    {'a': [1.0, None], 'b': 2}
    """
    if isinstance(value, Mapping):
        return {name: plain(each, shortened) for name, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each, shortened) for each in value]
    if isinstance(value, float | np.floating):
        return shortened(float(value)) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
