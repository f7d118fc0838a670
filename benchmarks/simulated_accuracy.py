"""How near does LightGBM on at most 200 selected features come to the best there is?

    python -m benchmarks.simulated_accuracy [--applications 24000] [--data FOLDER --truth FOLDER] [--portfolio FOLDER]

Draws the seven tables (or takes a database drawn before), computes every feature, selects and fits on the applications
whose outcome is known, and asks the others: they are in no fit. What is answered is compared with each one's true
probability, which is read here and nowhere else: AUC as expected over the outcomes it leads to, the calibration line
through it, and ECE against it. With the rows of the child tables, and from the application alone.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.history.truth import expected_auc
from fiador.adapters.sources import open_source
from fiador.features.development import compile_development_sql
from fiador.features.plan import compile_sql
from fiador.metrics.logistic import fit_line
from fiador.metrics.sample import log_odds
from fiador.model.calibration import calibrate
from fiador.model.candidates import Contest, contests
from fiador.model.champion import pack, unpack
from fiador.model.development import Development, development
from fiador.model.fitting import fit, out_of_fold
from fiador.model.preparation import Features, frame
from fiador.model.selection import kept_features, select
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.feature_table import build
from fiador.use_cases.ports import Stored
from fiador.use_cases.tables import load_tables

ROOT = Path(__file__).parent.parent
BINS = 15  # of equal mass, as for every ECE here
AIM = 0.015  # AUC


@dataclass(frozen=True)
class Others:
    """The applications no fit sees: their features, and their true probability of bad."""

    rows: pa.Table
    pd: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description="How near does LightGBM come to the best there is?")
    parser.add_argument("--applications", type=int, default=24_000, help="how many to draw")
    parser.add_argument("--data", type=Path, help="a database drawn before, or its store, with --truth")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--portfolio", type=Path, default=ROOT / "portfolios" / "home_credit")
    parser.add_argument("--candidate", default="lightgbm")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, truth = arguments.data or Path(folder) / "data", arguments.truth or Path(folder) / "truth"
        if not arguments.data:
            draw(arguments.portfolio, arguments.applications, data, truth)
        compare(arguments.portfolio, arguments.candidate, data, truth)


def draw(portfolio: Path, applications: int, data: Path, truth: Path) -> None:
    options = ["--applications", str(applications), "--out", str(data), "--truth", str(truth)]
    subprocess.run([sys.executable, "-m", "fiador", "simulate", str(portfolio), *options], check=True)


def compare(folder: Path, candidate: str, data: Path, truth: Path) -> None:
    document = read_document(folder)
    portfolio = parse_document({**document, "training": {**document["training"], "candidates": [candidate]}})
    history, others = read(portfolio, data, truth)
    print(f"{len(history.bad):,} applications to learn from, {history.bad.mean():.2%} bad", end="; ")
    print(f"{len(others.pd):,} to be asked")
    best = expected_auc(others.pd, others.pd)
    print(f"AUC of the true probability: {best:.4f}")
    alone = {n: k for n, k in history.features.items() if n not in of_children(portfolio, history.features)}
    everyone = np.ones(len(history.bad), dtype=bool)
    for name, features in (("with child rows", history.features), ("application alone", alone)):
        start = time.process_time()
        selector = select(features, history, everyone, portfolio.selection, declared=document["features"], seed=0)
        inputs = kept_features(selector, features)
        selected = time.process_time() - start
        contest = contests(portfolio, inputs, lender_set=[], seed=0, threads=2, rows=len(history.bad))[0]
        raw, calibrated = predict(contest, history, others)
        fitted = time.process_time() - start - selected
        print(f"\n{name}: {len(inputs)} of {len(features):,} features kept", end="; ")
        print(f"{selected:.0f} CPU s to select, {fitted:.0f} to fit and calibrate")
        report(raw, calibrated, others.pd)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


def read(portfolio: Portfolio, data: Path, truth: Path) -> tuple[Development, Others]:
    """The applications with an outcome, and those without; the truth is kept to the latter."""
    start, source = time.process_time(), open_source(data, types=portfolio.types)
    engine = open_engine(reads=[str(data)] if isinstance(source, Stored) else [])
    schema = load_tables(portfolio, source, engine)
    kinds = compile_sql(portfolio, schema).features
    features = build(portfolio, schema, engine)
    labels = engine.query(compile_development_sql(portfolio, schema))
    features = features.append_column("exposure", pa.nulls(len(features), pa.float64()))
    print(f"{len(kinds):,} features of {len(features):,} applications in {time.process_time() - start:.0f} CPU s")
    has_outcome = pc.is_valid(labels.column("target"))
    nobody_knows = pc.invert(has_outcome)
    true = pq.read_table(truth / "truth.parquet", columns=[portfolio.key, "pd"]).to_pandas()
    rest = features.filter(nobody_knows)
    pd_of = true.set_index(portfolio.key)["pd"].loc[rest.column("key").to_pylist()].to_numpy()
    developed = development(
        features.filter(has_outcome), labels.filter(has_outcome), kinds,
        target=portfolio.target, protected=portfolio.policy.protected, folds=portfolio.training.folds, seed=0,
    )  # fmt: skip
    return developed, Others(rest, pd_of)


def of_children(portfolio: Portfolio, features: Features) -> set[str]:
    """The features that are, or read, a measure of child rows."""
    measures = {name for name in features if portfolio.features[name].measure}
    row = {name: portfolio.features[name].row for name in features}
    while more := {
        name
        for name, sql in row.items()
        if sql and name not in measures and any(r.column in measures for r in sql.refs)
    }:
        measures |= more
    return measures


def predict(contest: Contest, data: Development, others: Others) -> tuple[np.ndarray, np.ndarray]:
    """(as fitted, calibrated on the folds) of those who are asked."""
    champion = unpack(pack(contest.candidate.name, fit(contest, data), contest.features))
    raw = 1 / (1 + np.exp(-champion.log_odds(frame(others.rows, contest.features))))
    held_out = out_of_fold(contest, data, lambda _: None)
    return raw, calibrate(data.bad, held_out, calibrator="platt").apply(raw)


def report(raw: np.ndarray, calibrated: np.ndarray, true: np.ndarray) -> None:
    auc, best = expected_auc(raw, true), expected_auc(true, true)
    print(f"  AUC {auc:.4f}, {best - auc:.4f} below the best: {'within' if best - auc <= AIM else 'NOT within'} {AIM}")
    for name, pd in (("calibrated", calibrated), ("as fitted", raw)):
        line = fit_line(true, log_odds(pd))
        slope, intercept = float(line.slope[0]), float(line.intercept[0])
        print(f"  {name}: slope {slope:.3f}, intercept {intercept:+.3f}, ECE {ece(pd, true):.4f}", end=", ")
        print(f"mean PD {pd.mean():.4f} of {true.mean():.4f}", flush=True)


def ece(pd: np.ndarray, true: np.ndarray) -> float:
    """Σ over bins of equal mass of share · |mean PD − mean true probability|."""
    parts = np.array_split(np.argsort(pd, kind="stable"), BINS)
    distances = [abs(pd[part].mean() - true[part].mean()) * len(part) for part in parts]
    return float(sum(distances) / len(pd))


if __name__ == "__main__":
    main()
