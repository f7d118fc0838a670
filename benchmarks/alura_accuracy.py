"""How well does LightGBM rank the real Alura loans, on which rows, with and without the lender's own opinion?

LightGBM's defaults on the eleven raw columns, five folds, mean of the fold AUCs, mean over seeds 0–2; then, with the
portfolio as shipped, calibration on folds outside the fit. `python -m benchmarks.alura_accuracy`
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.portfolio import parse_document
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
SEEDS = (0, 1, 2)
EXPECTED = {
    ("raw_columns_strict_rows.toml", "lightgbm+lender_set"): (0.940, 0.946),
    ("raw_columns.toml", "lightgbm+lender_set"): (0.934, 0.941),
    ("raw_columns_strict_rows.toml", "lightgbm"): (0.893, 0.903),
    ("raw_columns.toml", "lightgbm"): (0.886, 0.898),
}


def metrics(file: str, seed: int) -> dict:
    document = read_document(ROOT / "portfolios" / "alura_cash" / file)
    document = {**document, "training": {**document["training"], "candidates": ["lightgbm"]}}
    portfolio, engine = parse_document(document), open_engine()
    schema = load_tables(portfolio, open_source(SHARED / "data" / "alura_cash", types=portfolio.types), engine)
    now = datetime.now(UTC)
    bundle = train(portfolio, document, schema, engine, options=TrainingOptions(seed), now=now, clock=time.perf_counter)
    return dict(bundle.metrics)


def main() -> None:
    print("mean of fold AUCs, seeds 0–2")
    for file in ("raw_columns_strict_rows.toml", "raw_columns.toml"):
        runs = [metrics(file, seed) for seed in SEEDS]
        for name in ("lightgbm+lender_set", "lightgbm"):
            low, high = EXPECTED[file, name]
            aucs = [run["candidates"][name]["auc"]["mean"] for run in runs]
            mean = sum(aucs) / len(aucs)
            inside = "inside" if low <= mean <= high else "OUTSIDE"
            seeds = " ".join(f"{auc:.4f}" for auc in aucs)
            rows = runs[0]["rows"]["labelled"]
            print(f"  {name:<20} {rows:,} rows  {mean:.4f}  ({seeds})  {inside} {low}–{high}")
    figures = metrics("portfolio.toml", 0)["candidates"]["lightgbm"]
    raw = figures["uncalibrated"]
    print("calibration of the champion (portfolio.toml, seed 0), cross-fitted Platt")
    for name in ("calibration_slope", "brier", "log_loss", "ece"):
        interval = f"[{figures[name]['low']:.4f}, {figures[name]['high']:.4f}]"
        print(f"  {name:<18} raw {raw[name]:.4f}  calibrated {figures[name]['mean']:.4f} {interval}")


if __name__ == "__main__":
    main()
