"""How long does the full Home Credit database take to draw, in how much memory, and how near is it to the profile?

    python -m benchmarks.simulator [--applications 356255] [--processes 2] [--portfolio FOLDER] [--out FOLDER]

Draws the seven tables to Parquet with `fiador simulate` in processes of its own, whose memory is sampled together; then
prints rows against the published ones, each column further than 0.05 from the profile, and three AUCs:
of the true probability, of the application's columns, and what the drawn outcomes make of the true probability.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sklearn.metrics import roc_auc_score

from fiador.adapters.disk.portfolios import load_portfolio, read_profile
from fiador.adapters.simulation.history.truth import expected_auc
from fiador.adapters.simulation.marginals import distance
from fiador.portfolio import Portfolio

ROOT = Path(__file__).parent.parent
FULL = 356_255
PUBLISHED = {
    "application_train": 307_511,
    "application_test": 48_744,
    "bureau": 1_716_428,
    "bureau_balance": 27_299_925,
    "previous_application": 1_670_214,
    "POS_CASH_balance": 10_001_358,
    "credit_card_balance": 3_840_312,
    "installments_payments": 13_605_401,
}
# Distances and the application's AUC are taken from at most so many rows: more move no second decimal.
MOST_ROWS = 400_000
MOST_APPLICATIONS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description="How long does the full database take to draw?")
    parser.add_argument("--applications", type=int, default=FULL)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--portfolio", type=Path, default=ROOT / "portfolios" / "home_credit")
    parser.add_argument("--out", type=Path, help="keep the database here; a temporary folder without it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = arguments.out or Path(folder)
        draw(arguments, out)
        sizes(out / "data", arguments.applications)
        portfolio = load_portfolio(arguments.portfolio)
        distances(portfolio, read_profile(portfolio, arguments.portfolio), out / "data")
        aucs(out)


def draw(arguments: argparse.Namespace, out: Path) -> None:
    """Draw the database, and print seconds, processor seconds, peak memory of all processes and bytes written."""
    command = [
        sys.executable, "-m", "fiador", "simulate", str(arguments.portfolio),
        "--applications", str(arguments.applications), "--processes", str(arguments.processes),
        "--out", str(out / "data"), "--truth", str(out / "truth"),
    ]  # fmt: skip
    start, peak = time.perf_counter(), 0
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        peak = max(peak, memory(running.pid))
        time.sleep(0.2)
    seconds = time.perf_counter() - start
    if running.returncode:
        sys.exit(f"{' '.join(command)} failed with exit status {running.returncode}")
    usage = os.times()
    written = sum(file.stat().st_size for file in (out / "data").iterdir())
    print(f"{arguments.applications:,} applications, {arguments.processes} processes: {seconds:.1f} s", end=", ")
    print(f"{usage.children_user + usage.children_system:.1f} processor s, peak {peak / 1e9:.2f} GB", end=", ")
    print(f"{written / 1e9:.2f} GB of Parquet")


def memory(process: int) -> int:
    """Bytes that a process and those it started hold, shared pages divided among their holders (Linux)."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return own + sum(memory(int(child)) for child in children)


def sizes(data: Path, applications: int) -> None:
    for name, published in PUBLISHED.items():
        rows = pq.read_metadata(data / f"{name}.parquet").num_rows
        print(f"  {name:<22} {rows:>12,} rows  {rows / applications * FULL / published:6.3f} of the published share")


def distances(portfolio: Portfolio, profile: dict, data: Path) -> None:
    """Print the columns that are far from the profile, and the median and largest distance of each table."""
    for name, table in portfolio.tables.items():
        columns = profile["columns"] if name == portfolio.base else profile["children"][name]["columns"]
        frame = pd.concat([first_rows(data / f"{file}.parquet") for file in table.source_names])
        gaps = {c: distance(columns[f"{name}.{c}"], frame[c]) for c in frame.columns if f"{name}.{c}" in columns}
        nulls = max(abs(frame[c].isna().mean() - columns[f"{name}.{c}"]["null"]) for c in gaps)
        far = ", ".join(f"{c} {d:.2f}" for c, d in sorted(gaps.items(), key=lambda pair: -pair[1]) if d > 0.05)
        print(f"  {name:<16} median {np.median(list(gaps.values())):.3f}, largest {max(gaps.values()):.3f}", end=", ")
        print(f"share of nulls off by at most {nulls:.3f}; {far}")


def first_rows(path: Path) -> pd.DataFrame:
    batches = pq.ParquetFile(path).iter_batches(batch_size=MOST_ROWS)
    return next(batches).to_pandas()


def aucs(out: Path) -> None:
    """Print the best AUC, the application's, and the drawn outcomes' AUC of the true probability."""
    truth = pq.read_table(out / "truth" / "truth.parquet").to_pandas().set_index("SK_ID_CURR")
    summary = json.loads((out / "truth" / "truth.json").read_text(encoding="utf-8"))
    drawn = roc_auc_score(truth["TARGET"], truth["pd"])
    print(f"  bad {summary['bad_rate']:.4f} (true {summary['true_bad_rate']:.4f})", end=", ")
    print(f"best AUC {summary['best_auc']:.4f}", end=", ")
    print(f"on the outcomes drawn {drawn:.4f}, application only {application_auc(out, truth):.4f}")


def application_auc(out: Path, truth: pd.DataFrame) -> float:
    """How well the application's columns alone can rank: boosted trees fitted to the true log-odds, on others' rows."""
    frame = pd.read_parquet(out / "data" / "application_train.parquet").set_index("SK_ID_CURR").drop(columns="TARGET")
    frame = frame.iloc[:MOST_APPLICATIONS]
    frame = frame.astype(dict.fromkeys(frame.select_dtypes("str").columns, "category"))
    chance = truth["pd"].loc[frame.index]
    held_out = np.random.default_rng(0).random(len(frame)) < 0.3
    model = lightgbm.LGBMRegressor(
        n_estimators=500, learning_rate=0.05, colsample_bytree=0.4, min_child_samples=60, verbose=-1, n_jobs=2
    ).fit(frame[~held_out], np.log(chance / (1 - chance))[~held_out])
    return expected_auc(model.predict(frame[held_out]), chance[held_out].to_numpy())


if __name__ == "__main__":
    main()
