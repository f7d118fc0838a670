"""How long does one application take, from raw rows to a decision, beside the LightGBM call alone?

Medians in one process over 200 applications. `python -m benchmarks.one_application`
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient

from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.disk.portfolios import read_document
from fiador.adapters.engines import open_engine
from fiador.adapters.sources import open_source
from fiador.portfolio import parse_document
from fiador.service.app import create_app
from fiador.use_cases import applications, scoring
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
TIMES = 200


def median(call: Callable[[str], object], keys: list[str]) -> float:
    """Milliseconds."""
    times = []
    for key in keys:
        start = time.perf_counter()
        call(key)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    document = read_document(ROOT / "portfolios" / "alura_cash")
    document = {**document, "training": {**document["training"], "candidates": ["lightgbm"]}}
    portfolio, engine = parse_document(document), open_engine()
    schema = load_tables(portfolio, open_source(SHARED / "data" / "alura_cash", types=portfolio.types), engine)
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        trained = train(
            portfolio, document, schema, engine, options=TrainingOptions(0), now=now, clock=time.perf_counter
        )
        save_bundle(trained, Path(folder) / "bundle")
        bundle = open_bundle(Path(folder) / "bundle")
    keys = applications.list_applications(bundle, engine=engine, limit=TIMES).keys
    rows = {key: applications.application(bundle, key, engine=engine) for key in keys}
    client = TestClient(create_app(bundle, engine))
    champion = scorer_of(bundle).champion
    frame = scoring.score(bundle, engine=engine).rows
    at = {key: frame.iloc[[n]] for n, key in enumerate(keys)}
    model = median(lambda key: (champion.log_odds(at[key]), champion.phi(at[key])), keys)
    decide = median(lambda key: scoring.decide(bundle, rows[key], engine=engine), keys)
    look_up = median(lambda key: scoring.score_one(bundle, key, engine=engine), keys)
    http = median(lambda key: client.post("/v1/decisions", json={"tables": rows[key]}).raise_for_status(), keys)
    print(f"model and contributions alone    {model:.1f} ms")
    print(f"raw rows to decision             {decide:.1f} ms ({decide / model:.1f} times)")
    print(f"known application by key         {look_up:.1f} ms ({look_up / model:.1f} times)")
    print(f"POST /v1/decisions               {http:.1f} ms ({http / model:.1f} times)")


if __name__ == "__main__":
    main()
