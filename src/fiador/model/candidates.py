"""Which models are compared, and which of them may ship?

A row a candidate. Each is a plain scikit-learn pipeline. A candidate ships only if it explains exactly in log-odds and
has a data-only format; the others are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fiador.model.preparation import Features, for_linear, for_trees, levels_and_numbers
from fiador.portfolio import Portfolio

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MANY_ROWS = 100_000
Risks = Mapping[str, str]  # feature -> up | down, where declared


@dataclass(frozen=True)
class Request:
    """What a candidate is made from: its inputs, declared directions, seed, threads, and how many rows there are."""

    features: Features
    risks: Risks
    seed: int
    threads: int = 1
    rows: int = 0

    @property
    def openmp_threads(self) -> int:
        """Threads inside one fit. On fewer rows a second OpenMP thread mostly waits, and on a busy machine it spins."""
        return self.threads if self.rows >= MANY_ROWS else 1

    def directions(self) -> list[int]:
        """+1, −1 or 0 per input in the order trees see them: levels first. Levels have no direction."""
        levels, numbers = levels_and_numbers(self.features)
        sign = {"up": 1, "down": -1}
        return [0 for _ in levels] + [sign.get(self.risks.get(n, ""), 0) for n in numbers]


@dataclass(frozen=True)
class Candidate:
    """format: lightgbm | skops where it ships, else empty; then `compared_only` says why."""

    name: str
    says: str
    make: Callable[[Request], Pipeline]
    fit_parameters: Callable[[Request], dict[str, Any]] = lambda _: {}
    format: str = ""
    compared_only: str = ""
    also_with_lender_set: bool = False

    @property
    def ships(self) -> bool:
        return bool(self.format)


def _chain(prepare: Any, model: Any) -> Pipeline:
    from sklearn.pipeline import Pipeline

    return Pipeline([("prepare", prepare), ("model", model)])


def _dummy(request: Request) -> Pipeline:
    from sklearn.dummy import DummyClassifier

    return _chain(for_trees(request.features), DummyClassifier(strategy="prior"))


def _logistic(request: Request) -> Pipeline:
    from sklearn.linear_model import LogisticRegression

    return _chain(for_linear(request.features), LogisticRegression(max_iter=1000))


def _tree(request: Request) -> Pipeline:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(min_samples_leaf=50, random_state=request.seed)
    return _chain(for_trees(request.features), model)


def _forest(request: Request) -> Pipeline:
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(
        n_estimators=100, min_samples_leaf=5, n_jobs=request.threads, random_state=request.seed
    )
    return _chain(for_trees(request.features), model)


def _hist(request: Request) -> Pipeline:
    from sklearn.ensemble import HistGradientBoostingClassifier

    levels, _ = levels_and_numbers(request.features)
    model = HistGradientBoostingClassifier(
        categorical_features=list(range(len(levels))) or None,
        monotonic_cst=request.directions(),
        random_state=request.seed,
    )
    return _chain(for_trees(request.features), model)


def _lightgbm(request: Request) -> Pipeline:
    from lightgbm import LGBMClassifier

    directions = request.directions()
    model = LGBMClassifier(
        n_jobs=request.openmp_threads, random_state=request.seed, verbose=-1, deterministic=True, force_row_wise=True,
        monotone_constraints=directions if any(directions) else None,
    )  # fmt: skip
    return _chain(for_trees(request.features), model)


def _lightgbm_fit(request: Request) -> dict[str, Any]:
    levels, _ = levels_and_numbers(request.features)
    return {"model__categorical_feature": list(range(len(levels)))}


_AVERAGES = "averages probabilities: no additive log-odds"
CANDIDATES: dict[str, Candidate] = {
    c.name: c
    for c in (
        Candidate("dummy", "the development bad rate for everyone", _dummy, compared_only="a floor to measure against"),
        Candidate("logistic_regression", "logistic regression", _logistic, format="skops", also_with_lender_set=True),
        Candidate("decision_tree", "one tree, leaves of at least 50", _tree, compared_only=_AVERAGES),
        Candidate("random_forest", "100 trees, leaves of at least 5", _forest, compared_only=_AVERAGES),
        Candidate("hist_gradient_boosting", "scikit-learn's boosting", _hist, compared_only="gives no contributions"),
        Candidate("lightgbm", "LightGBM", _lightgbm, _lightgbm_fit, format="lightgbm", also_with_lender_set=True),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Contest:
    """One candidate with one set of inputs: `lightgbm`, or `lightgbm+lender_set` with the lender's own opinion too."""

    name: str
    candidate: Candidate
    request: Request
    lender_set: bool

    @property
    def features(self) -> Features:
        return self.request.features

    def reading(self, features: Features) -> Contest:
        """The same contest with only these inputs."""
        return replace(self, request=replace(self.request, features=dict(features)))


def contests(
    portfolio: Portfolio, features: Features, *, lender_set: Iterable[str], seed: int, threads: int = 1, rows: int = 0
) -> list[Contest]:
    """Every candidate without the lender-set features; where there are any, some also with them.

    lender_set: the features that are, or read, the lender's own opinion.
    """
    names = portfolio.training.candidates or tuple(CANDIDATES)
    opinions = set(lender_set)
    own = {n: k for n, k in features.items() if n not in opinions}
    risks = {n: f.risk for n, f in portfolio.features.items() if f.risk}
    result = [Contest(n, CANDIDATES[n], Request(own, risks, seed, threads, rows), False) for n in names]
    if len(own) < len(features):
        both = [CANDIDATES[n] for n in names if CANDIDATES[n].also_with_lender_set]
        result += [
            Contest(f"{c.name}+lender_set", c, Request(dict(features), risks, seed, threads, rows), True) for c in both
        ]
    return result
