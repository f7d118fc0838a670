"""Two bundles: which figures, features and decisions differ, and for which applications?

The first is what decides today (A), the second what might (B). Their own figures come from the folds each was trained
on; a population, scored by both, tells whose decision changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from fiador.bundle import Bundle
from fiador.decision.policy import stakes
from fiador.errors import BundleError
from fiador.features.development import compile_development_sql
from fiador.metrics import METRICS, Metric
from fiador.metrics.association import rank_correlation
from fiador.metrics.intervals import fold_interval
from fiador.metrics.swap import SwapCell, SwapSet, realised_profit, swap_set
from fiador.use_cases.checking import check_keys, require
from fiador.use_cases.scoring import Scored, score

if TYPE_CHECKING:
    from fiador.features.schema import Schema
    from fiador.use_cases.ports import Engine

Floats = NDArray[np.float64]
ALIKE = 0.2  # a population as large as the development, but for this share, is taken for the same applications
Load = Callable[[Bundle], "tuple[Schema, Engine]"]


@dataclass(frozen=True)
class Figure:
    """A metric of the two champions: mean, low and high each. difference: B − A.

    better: "a" or "b" where chance alone hardly explains the difference, else "". told_by: "folds" where both were
    measured on the same folds (the 95 % interval of the paired difference leaves out 0), else "intervals" (the two
    95 % intervals don't overlap).
    """

    name: str
    a: Mapping[str, float | None]
    b: Mapping[str, float | None]
    difference: float | None
    better: str
    told_by: str


@dataclass(frozen=True)
class ValuePair:
    """One number of A and of B on the same applications."""

    a: float
    b: float

    @property
    def difference(self) -> float:
        return self.b - self.a


@dataclass(frozen=True)
class JointDecisions:
    """The applications both bundles decide on, aligned by key.

    only_a, only_b: applications one bundle alone decides on (its `where`). expected_profit: of the approved ones, each
    bundle by its own PD; realised_profit: of the approved ones with a known target, None where no target is known.
    Both in B's costs; a referral, and an application without an exposure, count as nothing. rank_correlation: of the
    PDs, None where one is constant. changed: the rows whose outcome differs. seen: the bundles ("a", "b") whose
    development is about as large as this, or has as many goods and bads: taken for the same applications, and then no
    figure here is outside their fit.
    """

    only_a: int
    only_b: int
    swap: SwapSet
    approval_rate: ValuePair
    mean_pd: ValuePair
    expected_profit: ValuePair
    realised_profit: ValuePair | None
    known: int
    rank_correlation: float | None
    unit: str
    changed: pa.Table
    seen: tuple[str, ...]

    @property
    def in_sample(self) -> str:
        """Was a bundle trained on these applications? likely, or unknown: it keeps counts, no keys."""
        return "likely" if self.seen else "unknown"


@dataclass(frozen=True)
class BundleComparison:
    """Two bundles side by side. added, removed: features B reads and A doesn't, and the other way round."""

    a: Bundle
    b: Bundle
    figures: tuple[Figure, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    population: JointDecisions | None = None

    def to_json(self) -> dict[str, Any]:
        sides = {name: _side(bundle) for name, bundle in (("a", self.a), ("b", self.b))}
        figures = {f.name: {k: v for k, v in asdict(f).items() if k != "name"} for f in self.figures}
        features = {"added": list(self.added), "removed": list(self.removed)}
        decisions = _population_json(self.population) if self.population else None
        return {**sides, "figures": figures, "features": features, "population": decisions}


def compare(a: Bundle, b: Bundle, *, load: Load | None = None) -> BundleComparison:
    """Two bundles side by side; with `load`, also on a population: it answers a bundle's tables in an engine.

    Raises BundleError where they decide on different applications.
    """
    _require_comparable(a, b)
    before, after = set(a.model.features), set(b.model.features)
    return BundleComparison(
        a=a,
        b=b,
        figures=tuple(_figure(m, a, b) for m in METRICS if m.name in a.champion and m.name in b.champion),
        added=tuple(f for f in b.model.features if f not in before),
        removed=tuple(f for f in a.model.features if f not in after),
        population=_population(a, b, load) if load else None,
    )


def _require_comparable(a: Bundle, b: Bundle) -> None:
    """Both decide on the rows of one table by one key."""
    keys = [f"{'+'.join(p.tables[p.base].source_names)}.{p.key}" for p in (a.portfolio, b.portfolio)]
    if keys[0] != keys[1]:
        what = f"A decides on {keys[0]} ({a.portfolio.name}), B on {keys[1]} ({b.portfolio.name})."
        raise BundleError(what, hint="Compare two bundles that decide on the same applications.")


def _figure(metric: Metric, a: Bundle, b: Bundle) -> Figure:
    one, other = a.champion[metric.name], b.champion[metric.name]
    ranges = [{name: figure[name] for name in ("mean", "low", "high")} for figure in (one, other)]
    gap = _lead_on_folds(metric, a, b) if _same_folds(a, b) else None
    told_by = "folds" if gap else "intervals"
    if one["mean"] is None or other["mean"] is None:
        return Figure(metric.name, ranges[0], ranges[1], None, "", told_by)
    low, high = gap or _lead_of_intervals(metric, *ranges)
    before, after = metric.goodness([one["mean"], other["mean"]])
    better = "b" if low > 0 and after > before else "a" if high < 0 and before > after else ""
    return Figure(metric.name, ranges[0], ranges[1], other["mean"] - one["mean"], better, told_by)


def _same_folds(a: Bundle, b: Bundle) -> bool:
    """Were both measured on the same rows, drawn into the same folds?"""
    same = ("fingerprint", "seed", "folds")
    return all(name in a.development and a.development[name] == b.development.get(name) for name in same)


def _lead_on_folds(metric: Metric, a: Bundle, b: Bundle) -> tuple[float, float] | None:
    """How much better B is, fold by fold: the 95 % interval; None where a bundle doesn't keep the figure by fold."""
    one, other = (_by_fold(metric.name, bundle) for bundle in (a, b))
    if one is None or other is None or len(one) != len(other):
        return None
    return fold_interval(metric.goodness(other) - metric.goodness(one))


def _by_fold(name: str, bundle: Bundle) -> Floats | None:
    """(folds,) the champion's figure; the Gini coefficient follows from the AUC."""
    candidate = bundle.evaluation["candidates"].get(bundle.metrics["champion"], {})
    figures = [fold.get("auc" if name == "gini" else name) for fold in candidate.get("folds", [])]
    if not figures or None in figures:
        return None
    values = np.asarray(figures, dtype=np.float64)
    return 2 * values - 1 if name == "gini" else values


def _lead_of_intervals(
    metric: Metric, a: Mapping[str, float | None], b: Mapping[str, float | None]
) -> tuple[float, float]:
    """How much better B is at least and at most, each anywhere in its own interval; (−∞, ∞) where one has none.

    Where a figure is best at an ideal (a slope of 1), an interval that holds it is as good as can be at its best.
    """
    if any(side[end] is None for side in (a, b) for end in ("low", "high")):
        return -np.inf, np.inf
    (worst_a, best_a), (worst_b, best_b) = (_goodness(metric, side["low"], side["high"]) for side in (a, b))
    return worst_b - best_a, best_b - worst_a


def _goodness(metric: Metric, low: float | None, high: float | None) -> tuple[float, float]:
    assert low is not None
    assert high is not None
    ends = [low, high, *([metric.ideal] if metric.ideal is not None and low <= metric.ideal <= high else [])]
    scale = metric.goodness(ends)
    return float(scale.min()), float(scale.max())


def _population(a: Bundle, b: Bundle, load: Load) -> JointDecisions:
    """Score with both: on tables read once where both bundles read the same, else each on its own reading."""
    schema, engine = _load_checked(a, load)
    first = score(a, engine=engine)
    seen = ["a"] if _trained_on(a, len(first.pd), _labels(a, schema, engine)) else []
    if _reads(a) != _reads(b):
        schema, engine = _load_checked(b, load)
    second = score(b, engine=engine)
    labels = _labels(b, schema, engine)
    if _trained_on(b, len(second.pd), labels):
        seen.append("b")
    return _join_decisions(first, second, {label.key: label.bad for label in labels}, tuple(seen))


def _load_checked(bundle: Bundle, load: Load) -> tuple[Schema, Engine]:
    schema, engine = load(bundle)
    require(check_keys(bundle.portfolio, schema, engine))
    return schema, engine


def _reads(bundle: Bundle) -> dict[str, object]:
    """What of a source is loaded for a bundle."""
    return {t.name: (t.source_names, t.columns, t.links, t.key) for t in bundle.portfolio.tables.values()}


@dataclass(frozen=True)
class _Label:
    """What became of one application. bad: 1 or 0. kept: a development would keep it, and learn from it."""

    key: str
    bad: float
    kept: bool


def _labels(bundle: Bundle, schema: Schema, engine: Engine) -> list[_Label]:
    """One for every application with a key whose target the source holds."""
    p = bundle.portfolio
    if p.target.column not in schema.tables[p.base]:
        return []
    rows = engine.query(compile_development_sql(p, schema))
    known = {p.target.bad: 1.0, p.target.good: 0.0}
    columns = (rows.column(name).to_pylist() for name in ("key", "target", "dropped_by"))
    return [
        _Label(str(key), known[target], dropped is None)
        for key, target, dropped in zip(*columns, strict=True)
        if key is not None and target in known
    ]


def _trained_on(bundle: Bundle, applications: int, labels: Sequence[_Label]) -> bool:
    """Are these taken for the applications a bundle was trained on: about as many, or with its goods and bads?

    A bundle keeps nothing that identifies an application, so this errs towards yes.
    """
    trained = bundle.development
    if abs(applications - trained["read"]) <= ALIKE * trained["read"]:
        return True
    outcomes = [label.bad for label in labels if label.kept]
    return (len(outcomes), sum(outcomes)) == (trained["labelled"], trained["bad"])


def _join_decisions(a: Scored, b: Scored, targets: Mapping[str, float], seen: tuple[str, ...]) -> JointDecisions:
    one, other = _rows(a), _rows(b)
    both = one.add_suffix("_a").join(other.add_suffix("_b"), how="inner")
    both["bad"] = [targets.get(key, np.nan) for key in both.index]
    at_stake = stakes(b.bundle.portfolio.costs, both["exposure_b"].to_numpy(dtype=np.float64))
    approved = {side: (both[f"outcome_{side}"] == "approve").to_numpy() for side in "ab"}
    pds = {side: both[f"pd_{side}"].to_numpy(dtype=np.float64) for side in "ab"}
    money = {"loss_if_bad": at_stake.loss_if_bad, "gain_if_good": at_stake.gain_if_good}
    bad = both["bad"].to_numpy(dtype=np.float64)
    known = int(np.isfinite(bad).sum())
    correlation = rank_correlation(pds["a"], pds["b"])
    return JointDecisions(
        only_a=len(one) - len(both),
        only_b=len(other) - len(both),
        swap=swap_set(both["outcome_a"], both["outcome_b"], bad),
        approval_rate=_pair(lambda side: _mean(approved[side])),
        mean_pd=_pair(lambda side: _mean(pds[side])),
        expected_profit=_pair(lambda side: _total(at_stake.expected_profit(pds[side])[approved[side]])),
        realised_profit=_pair(lambda side: realised_profit(approved[side], bad, **money)) if known else None,
        known=known,
        rank_correlation=None if np.isnan(correlation) else correlation,
        unit=b.bundle.portfolio.head.currency if b.bundle.portfolio.costs.is_money else "units",
        changed=_changed(both),
        seen=seen,
    )


def _rows(scored: Scored) -> pd.DataFrame:
    """One row per application with a key, by key."""
    columns = {
        "outcome": np.where(scored.refused, "refused", scored.outcomes.outcome),
        "rule": scored.outcomes.rule,
        "pd": scored.pd,
        "score": scored.score.round().astype(np.int64),
        "exposure": scored.exposure,
    }
    places = [at for at, key in enumerate(scored.keys) if key is not None]
    return pd.DataFrame(columns, index=pd.Index(map(str, scored.keys), name="key", dtype=object)).iloc[places]


def _changed(both: pd.DataFrame) -> pa.Table:
    """key, outcome, pd, score and rule of each bundle, exposure, target (bad, good or null)."""
    rows = both[both["outcome_a"] != both["outcome_b"]]
    columns = {"key": pa.array(list(rows.index), pa.string())}
    types = {"outcome": pa.string(), "pd": pa.float64(), "score": pa.int64(), "rule": pa.string()}
    for name, kind in types.items():
        for side in "ab":
            columns[f"{name}_{side}"] = pa.array([None if v == "" else v for v in rows[f"{name}_{side}"]], kind)
    columns["exposure"] = pa.array(rows["exposure_b"].to_numpy(), from_pandas=True)
    columns["target"] = pa.array([{1.0: "bad", 0.0: "good"}.get(value) for value in rows["bad"]], pa.string())
    return pa.table(columns)


def _pair(of: Callable[[str], float]) -> ValuePair:
    return ValuePair(of("a"), of("b"))


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _total(values: Floats) -> float:
    return float(np.nansum(values))


def _side(bundle: Bundle) -> dict[str, Any]:
    return {
        "id": bundle.id,
        "portfolio": bundle.portfolio.name,
        "created_at": bundle.created_at,
        "champion": bundle.metrics["champion"],
        "cut_off": bundle.cut_off,
        "features": len(bundle.model.features),
        "missed": bundle.missed_gate,
        "rows": dict(bundle.metrics["rows"]),
    }


def _population_json(p: JointDecisions) -> dict[str, Any]:
    pairs = {
        name: {**asdict(pair), "difference": pair.difference} if (pair := getattr(p, name)) else None
        for name in ("approval_rate", "mean_pd", "expected_profit", "realised_profit")
    }
    cells = [_cell_json(c) for c in p.swap.cells if c.applications]
    return {
        "applications": p.swap.applications,
        "known": p.known,
        "only_a": p.only_a,
        "only_b": p.only_b,
        "changed": p.swap.changed,
        "swapped_in": _cell_json(p.swap.swapped_in),
        "swapped_out": _cell_json(p.swap.swapped_out),
        "cells": cells,
        **pairs,
        "unit": p.unit,
        "rank_correlation": p.rank_correlation,
        "in_sample": p.in_sample,
        "seen": list(p.seen),
    }


def _cell_json(cell: SwapCell) -> dict[str, Any]:
    return {**asdict(cell), "bad_rate": cell.bad_rate}
