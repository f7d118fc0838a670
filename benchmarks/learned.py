"""What do models over the rows of Home Credit's tables earn, and what do they cost in training?

    python -m benchmarks.learned [--applications 29000 | --source FOLDER] [--seed 0]

`portfolios/home_credit/learned.toml` against `portfolio.toml`, LightGBM alone, on the same rows in the same folds. The
interval is of the mean difference over folds, widened for the rows that folds share (fiador.metrics.intervals).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.bundle import Bundle
from fiador.metrics.intervals import fold_interval
from fiador.portfolio import parse_document
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

PORTFOLIO = Path(__file__).parent.parent / "portfolios" / "home_credit"


def main() -> None:
    parser = argparse.ArgumentParser(description="What do learned child features earn on simulated applications?")
    parser.add_argument("--applications", type=int, default=29_000, help="drawn where no --source is given")
    parser.add_argument("--source", type=Path, help="a folder with the seven tables, drawn before")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = arguments.source or drawn(arguments.applications, arguments.seed, Path(folder))
        without, learned = (
            trained(PORTFOLIO / name, source, arguments.seed) for name in ("portfolio.toml", "learned.toml")
        )
    gain = by_fold(learned) - by_fold(without)
    low, high = fold_interval(gain) or (np.nan, np.nan)
    print(f"AUC without {by_fold(without).mean():.4f}, learned {by_fold(learned).mean():.4f}")
    print(f"gained {gain.mean():+.4f} (95 %: {low:+.4f} to {high:+.4f}), by fold {np.round(gain, 4).tolist()}")


def drawn(applications: int, seed: int, folder: Path) -> Path:
    command = ["simulate", PORTFOLIO, "--applications", applications, "--seed", seed, "--out", folder]
    subprocess.run([sys.executable, "-m", "fiador", *map(str, command)], check=True, stdout=subprocess.DEVNULL)
    return folder


def trained(portfolio: Path, source: Path, seed: int) -> Bundle:
    """A bundle with LightGBM as its only candidate; prints the features read and processor seconds by step."""
    document = read_document(portfolio)
    document["training"] = {**document.get("training", {}), "candidates": ["lightgbm"]}
    declared, engine = parse_document(document), open_engine()
    schema = load_tables(declared, open_source(source, types=declared.types), engine)
    options = TrainingOptions(seed=seed, threads=1)
    bundle = train(declared, document, schema, engine, options=options, now=datetime.now(UTC), clock=time.process_time)
    learned = [name for name in bundle.model.features if "__learned__" in name]
    print(
        f"{portfolio.name}: {len(bundle.model.features)} features read, of these learned {', '.join(learned) or 'none'}"
    )
    print(f"  processor s: {sum(bundle.timings.values()):.0f}, of these learning {bundle.timings['learn']:.0f}")
    return bundle


def by_fold(bundle: Bundle) -> np.ndarray:
    return np.array([fold["auc"] for fold in bundle.evaluation["candidates"]["lightgbm"]["folds"]])


if __name__ == "__main__":
    main()
