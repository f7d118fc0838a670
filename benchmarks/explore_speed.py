"""How fast are groups of 300,000 known applications told, over HTTP? `python -m benchmarks.explore_speed`

Simulated Alura applications in Parquet; a bundle trained on 20,000 of them; the service as a process of its own, asked
by one caller with other variables, groups, clients and filters every time. Memory and processor time are the kernel's
for that process; the processor time of a request is the same on a busy machine, its wall time is not.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyarrow as pa

from fiador.adapters.disk.bundles import save_bundle
from fiador.adapters.disk.portfolios import read_document, read_profile
from fiador.adapters.engines import open_engine
from fiador.adapters.simulation.simulate import simulate
from fiador.adapters.simulation.write import write_tables
from fiador.adapters.sources import open_source
from fiador.portfolio import Portfolio, parse_document
from fiador.use_cases.tables import load_tables
from fiador.use_cases.training import TrainingOptions, train

ROOT = Path(__file__).parent.parent
ALURA = ROOT / "portfolios" / "alura_cash"
NUMBERS = ("person_age", "person_income", "loan_amnt", "loan_percent_income", "person_emp_length", "loan_int_rate")
LEVELS = ("loan_intent", "person_home_ownership", "loan_grade", "cb_person_default_on_file")
GROUPS = ("all", "approved", "referred", "declined", "goods", "bads")
TRAINED_ON = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=300_000)
    parser.add_argument("--times", type=int, default=150)
    arguments = parser.parse_args()
    with prepared(arguments.applications) as place, served(place) as (caller, process):
        ready, before = time.perf_counter(), processor(process.pid)
        caller.get("/v1/explore/variables").raise_for_status()
        spent = processor(process.pid) - before
        seconds = time.perf_counter() - ready
        print(f"applications scored and kept {seconds:.1f} s after the service is ready, processor {spent:.1f} s")
        measure(caller, arguments.times, process.pid)
        print(f"memory {memory(process.pid, 'VmRSS'):.2f} GB, peak {memory(process.pid, 'VmHWM'):.2f} GB")


@contextmanager
def prepared(applications: int) -> Iterator[Path]:
    """A folder with `known`, the applications, and `bundle`, trained on 20,000 others; gone afterwards."""
    document = read_document(ALURA)
    document = {**document, "training": {**document["training"], "candidates": ["lightgbm"]}}
    portfolio = parse_document(document)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, count in (("train", min(TRAINED_ON, applications)), ("known", applications)):
            written(simulated(portfolio, count), place / name)
        trained(portfolio, document, place)
        yield place


def simulated(portfolio: Portfolio, applications: int) -> dict[str, pa.Table]:
    return simulate(portfolio, profile=read_profile(portfolio, ALURA), applications=applications, seed=1)


def written(tables: dict[str, pa.Table], folder: Path) -> None:
    write_tables(tables, folder, format="parquet", database="bank", written_at=datetime(2026, 1, 1))


def trained(portfolio: Portfolio, document: dict, place: Path) -> None:
    engine = open_engine()
    schema = load_tables(portfolio, open_source(place / "train", types=portfolio.types), engine)
    now = datetime.now(UTC)
    bundle = train(portfolio, document, schema, engine, options=TrainingOptions(0), now=now, clock=time.perf_counter)
    save_bundle(bundle, place / "bundle")


@contextmanager
def served(place: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "fiador", "serve", str(place / "bundle"), "--source", str(place / "known")]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as caller:
            while not _answers(caller):
                assert process.poll() is None, "the service ended"
                time.sleep(0.05)
            resident = memory(process.pid, "VmRSS")
            print(f"service ready in {time.perf_counter() - start:.1f} s, {resident:.2f} GB with the tables read")
            yield caller, process
    finally:
        process.terminate()
        process.wait()


def _answers(caller: httpx.Client) -> bool:
    try:
        return caller.get("/health/ready").is_success
    except httpx.TransportError:
        return False


def measure(caller: httpx.Client, times: int, process: int) -> None:
    page = caller.get("/v1/applications", params={"limit": 200, "offset": 1000}).json()["applications"]
    for name, question in questions([each["key"] for each in page]).items():
        milliseconds, before = [], processor(process)
        for _ in range(times):
            path, params = question()
            start = time.perf_counter()
            caller.get(path, params=params).raise_for_status()
            milliseconds.append((time.perf_counter() - start) * 1000)
        p50, p95 = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
        spent = (processor(process) - before) / times * 1000
        print(f"{name:<34} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  processor {spent:6.1f} ms", flush=True)


def questions(applications: list[str]) -> dict[str, Callable[[], tuple[str, dict]]]:
    """What is asked, by name: an address and its parameters, others each time."""
    keys = itertools.cycle(applications)
    variables, groups = itertools.cycle([*NUMBERS, *LEVELS]), itertools.cycle([*GROUPS, "all"])
    ages = itertools.cycle(range(21, 55))

    def of(**parameters: object) -> dict:
        return {**parameters, "group": next(groups), "key": next(keys)}

    def pair() -> dict:
        return of(x=next(variables), y=next(variables))

    def adults() -> dict:
        return {"filter_variable": "person_age", "filter_operator": "ge", "filter_value": next(ages)}

    explore, histogram = "/v1/explore", "/v1/explore/histogram"
    return {
        "variables": lambda: (f"{explore}/variables", {}),
        "histogram": lambda: (histogram, of(variable=next(variables))),
        "histogram, filtered": lambda: (histogram, {**of(variable=next(variables)), **adults()}),
        "pair": lambda: (f"{explore}/pair", pair()),
        "pair, filtered": lambda: (f"{explore}/pair", {**pair(), **adults()}),
        "compare": lambda: (f"{explore}/compare", of()),
        "applications/{key}": lambda: (f"{explore}/applications/{next(keys)}", {}),
        "bi/decision": lambda: ("/v1/bi/decision", {"person_age": next(ages), "loan_amnt": 8000}),
        "bi/applications.json, 1,000 rows": lambda: (
            "/v1/bi/applications.json",
            {"limit": 1000, "offset": 1000 * next(ages)},
        ),
    }


def processor(process: int) -> float:
    """Seconds of processor time a running process has taken, all threads together."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int, what: str) -> float:
    """GB, as Linux tells it of a running process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024**2


if __name__ == "__main__":
    main()
