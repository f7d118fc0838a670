"""How long does one application take: known, new, and a thousand at once?

    python -m benchmarks.online [--data FOLDER] [--applications 8000] [--features 150] [--memory 4GB]

Portfolio home_credit. A bundle of so many features is trained on the first applications of a full-size database (or of
one that is simulated, where no --data is given); all of the data goes into a store and its history. Then, in one
process, 200 times each: a known applicant's features from the history, a new applicant's of about 60 raw rows by SQL,
the same to the decision; and 1,000 applications at once. Medians, wall clock and processor, in milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fiador.adapters.disk import history
from fiador.adapters.disk.bundles import open_bundle, save_bundle
from fiador.adapters.disk.portfolios import read_document, read_history, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.engines.limits import memory_bytes
from fiador.adapters.simulation.history.block import DrawPlan
from fiador.adapters.simulation.history.declared import parse as parse_history
from fiador.adapters.simulation.history.stream import write_history
from fiador.adapters.sources import open_source, store
from fiador.bundle import Bundle
from fiador.portfolio import parse_document
from fiador.use_cases import applications, scoring
from fiador.use_cases.feature_table import decision_columns
from fiador.use_cases.lookup import ASKED, rows_of_asked_sql
from fiador.use_cases.parts import RawTables
from fiador.use_cases.ports import Engine
from fiador.use_cases.scoring.request import arrow_tables
from fiador.use_cases.scoring.scorer import scorer_of
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

FOLDER = Path(__file__).parent.parent / "portfolios" / "home_credit"
TIMES, MANY, ROWS = 200, 1000, 60
Rows = dict[str, list[dict[str, object]]]


def main() -> None:
    parser = argparse.ArgumentParser(description="How long does one application take?")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--applications", type=int, default=8000)
    parser.add_argument("--features", type=int, default=150)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--folder", type=Path, help="where stores, bundle and history go, and stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, arguments.folder or Path(folder))


def measure(arguments: Any, folder: Path) -> None:
    document = chosen(read_document(FOLDER), arguments.features)
    data = arguments.data or simulated(arguments.applications, folder / "data")
    memory = memory_bytes(arguments.memory)
    if not store.is_store(str(folder / "store")):
        store.ingest(parse_document(document), open_source(data), folder / "store", now=now(), memory=memory)
    bundle = trained(document, first(data, arguments.applications, folder / "first"), folder / "bundle")
    engine = open_engine(memory=memory, reads=[str(folder / "store")])
    source = open_source(folder / "store")
    load_tables(bundle.portfolio, source, engine, needs_target=False)
    began, busy = time.perf_counter(), time.process_time()
    place = folder / "history"
    manifest = history.keep(bundle, place, store=source.manifest, engine=engine, scratch=open_engine, now=now())
    cost = f"{time.perf_counter() - began:.1f} s, {time.process_time() - busy:.1f} processor s"
    megabytes = sum(manifest.files.values()) / 1e6
    print(f"{len(bundle.model.features)} features, {len(scorer_of(bundle).plan.sql):,} characters of SQL")
    print(f"history of {manifest.applications:,} applications: {cost}, {megabytes:,.0f} MB")
    report(bundle, engine, history.open_history(place, bundle, store=source.manifest))


def report(bundle: Bundle, engine: Engine, applicants: history.History) -> None:
    scorer = scorer_of(bundle)
    keys = applications.list_applications(bundle, engine=engine, limit=MANY).keys
    thousand = rows_of(bundle, engine, keys)
    single = by_application(bundle, thousand)
    near = sorted(single, key=lambda key: abs(sum(map(len, single[key].values())) - ROWS))[:TIMES]
    counts = [sum(map(len, single[key].values())) for key in near]
    print(f"new applicants have {min(counts)} to {max(counts)} raw rows, a median of {statistics.median(counts):.0f}")

    def from_rows(key: str) -> object:
        rows = arrow_tables(bundle.portfolio, bundle.raw, single[key])
        return decision_columns(scorer.statements, RawTables(engine, rows))

    def from_history(key: str) -> object:
        values = applicants.of(key)
        assert values is not None
        return scoring.features_on_history(bundle, values, engine=engine)

    tell("known: look-up and row features", from_history, keys[:TIMES])
    tell(
        "known: look-up to decision",
        lambda key: scoring.score_one(bundle, key, engine=engine, history=applicants),
        keys[:TIMES],
    )
    tell("new: raw rows to features", from_rows, near)
    tell("new: raw rows to decision", lambda key: scoring.decide(bundle, single[key], engine=engine), near)
    raw = RawTables(engine, thousand)
    tell(f"{MANY:,} at once: features", lambda _: decision_columns(scorer.statements, raw), range(7))
    tell(f"{MANY:,} at once, scored", lambda _: scoring.score(bundle, engine=engine, tables=thousand), range(7))
    tell("known, without a history: to decision", lambda key: scoring.score_one(bundle, key, engine=engine), keys[:10])


def tell(what: str, call: Callable[[Any], object], items: Sequence[Any]) -> None:
    """Call for each item; the medians, after two calls that plan the statement."""
    for item in items[:2]:
        call(item)
    walls, workings = [], []
    for item in items:
        began, busy = time.perf_counter(), time.process_time()
        call(item)
        walls.append((time.perf_counter() - began) * 1000)
        workings.append((time.process_time() - busy) * 1000)
    print(
        f"{what:40} p50 {statistics.median(walls):7.1f} ms   processor {statistics.median(workings):7.1f} ms",
        flush=True,
    )


def rows_of(bundle: Bundle, engine: Engine, keys: list[str]) -> dict[str, pa.Table]:
    """The raw rows of applications, by table."""
    keys_table = {ASKED: pa.table({"key": pa.array([int(key) for key in keys])})}
    statements = rows_of_asked_sql(bundle.portfolio, bundle.raw)
    return {table: engine.query(sql, tables=keys_table) for table, sql in statements.items()}


def by_application(bundle: Bundle, tables: dict[str, pa.Table]) -> dict[str, Rows]:
    """The same rows as a caller sends them, by application."""
    rows: dict[str, Rows] = {}
    owner: dict[object, str] = {}
    for name, table in tables.items():
        for row in table.to_pylist():
            key = str(row["SK_ID_CURR"]) if "SK_ID_CURR" in row else owner[row["SK_ID_BUREAU"]]
            if name == "bureau":
                owner[row["SK_ID_BUREAU"]] = key
            rows.setdefault(key, {}).setdefault(name, []).append(row)
    return rows


def chosen(document: dict[str, Any], features: int) -> dict[str, Any]:
    """The portfolio with one candidate that reads so many features, whatever they earn."""
    selection = {"most": features, "chance": "keep", "null_rate": 1.0, "correlation": 1.0}
    return {**document, "training": {"candidates": ["lightgbm"], "folds": 2}, "selection": selection, "acceptance": {}}


def trained(document: dict[str, Any], source: Path, folder: Path) -> Bundle:
    if not folder.exists():
        portfolio, engine = parse_document(document), open_engine()
        schema = load_tables(portfolio, open_source(source), engine)
        options = TrainingOptions(0, threads=2)
        bundle = train(portfolio, document, schema, engine, options=options, now=now(), clock=time.perf_counter)
        save_bundle(bundle, folder)
    return open_bundle(folder)


def first(data: Path, applications: int, folder: Path) -> Path:
    """The tables of the first applications by key."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = pq.read_table(data / "application_train.parquet", columns=["SK_ID_CURR"]).column("SK_ID_CURR")
    last = sorted(keys.to_pylist())[:applications][-1]
    loans = pq.read_table(data / "bureau.parquet", columns=["SK_ID_BUREAU"], filters=[("SK_ID_CURR", "<=", last)])
    for file in data.glob("*.parquet"):
        one = ("SK_ID_BUREAU", "in", set(loans.column("SK_ID_BUREAU").to_pylist()))
        near = ("SK_ID_CURR", "<=", last)
        pq.write_table(
            pq.read_table(file, filters=[one if file.stem == "bureau_balance" else near]), folder / file.name
        )
    return folder


def simulated(applications: int, folder: Path) -> Path:
    portfolio = parse_document(read_document(FOLDER))
    declaration = parse_history(read_history(portfolio, FOLDER), portfolio)
    plan = DrawPlan(portfolio, declaration, read_profile(portfolio, FOLDER), applications, 0)
    write_history(plan, folder, truth=None, generator="", format="parquet", processes=2)
    return folder


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
