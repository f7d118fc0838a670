"""How well are Berka's loans ranked: out of time with the aggregates as given, and by cross-validation with our own?

    python -m benchmarks.berka

Loans of 1997 and 1998 are tested by models fitted on those before; interval: bootstrap of the tested loans. The 392
loans with all their transactions are cross-validated ten times over five folds; interval: Nadeau and Bengio (2003),
whose variance allows for the folds' shared rows. Finished loans (status A, B) are ranked apart from running ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyarrow import csv
from scipy.stats import t

from fiador.adapters.disk.portfolios import load_portfolio
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.features.development import compile_development_sql
from fiador.features.plan import compile_sql
from fiador.features.schema import Schema
from fiador.features.statements import Statements
from fiador.metrics.discrimination import auc as ranked
from fiador.model.candidates import Contest, contests
from fiador.model.development import Development, development
from fiador.model.fitting import out_of_fold
from fiador.portfolio import Portfolio
from fiador.use_cases.checking import check, require
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Engine
from fiador.use_cases.tables import load_tables

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data" / "berka"
FROM = date(1997, 1, 1)
BASELINES = {"lightgbm": 0.9238, "logistic_regression": 0.9289}  # the data's README, 27 features, no tuning
FOLDS, REPEATS, DRAWS = 5, 10, 1000
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Loans:
    """Development rows of one portfolio, and of each loan its date and status, in the same order."""

    portfolio: Portfolio
    draw: Callable[[int], Development]
    dates: NDArray[np.datetime64]
    status: NDArray[np.str_]

    def contests(self, without: str = "") -> Iterator[Contest]:
        features = {name: kind for name, kind in self.draw(0).features.items() if name != without}
        for contest in contests(self.portfolio, features, lender_set=(), seed=0, rows=len(self.status)):
            if contest.name in BASELINES:
                yield contest


def loans(file: str) -> Loans:
    portfolio = load_portfolio(ROOT / "portfolios" / "berka" / file)
    engine = open_engine()
    schema = load_tables(portfolio, open_source(str(DATA), types=portfolio.types), engine)
    require(check(portfolio, schema, engine))
    keys, draw = _developed(portfolio, schema, engine)
    raw = csv.read_csv(DATA / "loan.csv")
    of = {key: at for at, key in enumerate(raw.column("loan_id").to_pylist())}
    order = [of[key] for key in keys]
    dates = np.array(raw.column("date").to_pylist(), dtype="datetime64[D]")[order]
    return Loans(portfolio, draw, dates, np.array(raw.column("status").to_pylist())[order])


def _developed(p: Portfolio, schema: Schema, engine: Engine) -> tuple[list[int], Callable[[int], Development]]:
    query = compile_sql(p, schema)
    features = decision_columns(Statements(query), RawTables(engine))
    labels = engine.query(compile_development_sql(p, schema))
    in_development = [reason is None for reason in labels.column("dropped_by").to_pylist()]
    keys = [key for key, stays in zip(labels.column("key").to_pylist(), in_development, strict=True) if stays]

    def draw(seed: int) -> Development:
        return development(
            features, labels, query.features, target=p.target, protected=p.policy.protected, folds=FOLDS, seed=seed
        )

    return keys, draw


def auc(bad: NDArray[np.int64], predicted: Floats) -> float:
    return float(ranked(bad, predicted))


def out_of_time(loans: Loans, *, without: str = "") -> None:
    later: Mask = loans.dates >= np.datetime64(FROM)
    data = loans.draw(0)
    split = replace(data, fold=later.astype(np.int64), folds=2)
    rate = data.bad[later].mean(), data.bad[~later].mean()
    print(f"out of time: {(~later).sum()} loans at {rate[1]:.3f} bad -> {later.sum()} at {rate[0]:.3f}")
    for contest in loans.contests(without):
        predicted = out_of_fold(contest, split, lambda _: None)[later]
        bad, status = data.bad[later], loans.status[later]
        low, high = _bootstrap(bad, predicted)
        print(
            f"  {contest.name:<20} {len(contest.features)} features  {auc(bad, predicted):.4f} [{low:.3f}, {high:.3f}]"
            f"  baseline {BASELINES[contest.name]:.4f}  {_apart(bad, predicted, status)}"
        )


def cross_validated(loans: Loans) -> None:
    first = loans.draw(0)
    print(f"cross-validated: {len(first.bad)} loans, {first.bad.sum()} bad, {FOLDS} folds, {REPEATS} times")
    for contest in loans.contests():
        by_fold, finished, running = [], [], []
        for seed in range(REPEATS):
            data = loans.draw(seed)
            predicted = out_of_fold(contest, data, lambda _: None)
            by_fold += [auc(data.bad[data.fold == f], predicted[data.fold == f]) for f in range(FOLDS)]
            is_finished = np.isin(loans.status, ["A", "B"])
            finished.append(auc(data.bad[is_finished], predicted[is_finished]))
            running.append(auc(data.bad[~is_finished], predicted[~is_finished]))
        low, high = _corrected(np.array(by_fold))
        apart = f"finished {np.mean(finished):.3f}  running {np.mean(running):.3f} (pooled over folds)"
        count = len(contest.features)
        print(f"  {contest.name:<20} {count} features  {np.mean(by_fold):.4f} [{low:.3f}, {high:.3f}]  {apart}")


def _apart(bad: NDArray[np.int64], predicted: Floats, status: NDArray[np.str_]) -> str:
    figures = []
    for name, of in (("finished", ("A", "B")), ("running", ("C", "D"))):
        mask = np.isin(status, of)
        figures.append(f"{name} {auc(bad[mask], predicted[mask]):.3f} ({bad[mask].sum()} bad of {mask.sum()})")
    return "  ".join(figures)


def _bootstrap(bad: NDArray[np.int64], predicted: Floats) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    drawn = []
    while len(drawn) < DRAWS:
        at = rng.integers(0, len(bad), len(bad))
        if 0 < bad[at].sum() < len(bad):
            drawn.append(auc(bad[at], predicted[at]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _corrected(by_fold: Floats) -> tuple[float, float]:
    """Mean ± t · sd · sqrt(1/n + tested/trained) over n folds of all repeats, cut at 1."""
    n = len(by_fold)
    half = t.ppf(0.975, n - 1) * by_fold.std(ddof=1) * np.sqrt(1 / n + 1 / (FOLDS - 1))
    return float(by_fold.mean() - half), float(min(by_fold.mean() + half, 1))


def main() -> None:
    aggregates = loans("given_aggregates.toml")
    print("aggregates as given (given_aggregates.toml)")
    out_of_time(aggregates)
    print("  without the number of persons on the account, which has no date:")
    out_of_time(aggregates, without="persons")
    cross_validated(aggregates)
    for file in ("portfolio.toml", "second_person.toml"):
        print(f"our own aggregates, loans with all their transactions ({file})")
        cross_validated(loans(file))


if __name__ == "__main__":
    main()
