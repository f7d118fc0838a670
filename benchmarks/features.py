"""How fast are the features of a full Home Credit database, in how much memory, and are they the yardstick's?

    python -m benchmarks.features [--data FOLDER] [--work FOLDER] [--sizes 100,10,1] [--times 3] [--only STAGE,...]
                                  [--duckdb FOLDER]

The database is drawn with `fiador simulate`, or given with --data (the seven tables as Parquet). A smaller size is its
first applicants by key, with all their rows. The yardstick is the pandas script of the shared folder; it and fiador run
in turn, each in a process of its own; figures are medians of --times runs. --duckdb: a folder with another version, as
`pip install --target FOLDER duckdb==2.0.0` makes one. Stages:

    ingest   the store, from Parquet and from CSV            speed    at every size: yardstick, kept, streamed; growth
    values   every child feature against the yardstick's, at every size but the full one
    memory   the largest size under --memory 2GB             csv      yardstick and fiador straight from CSV
    rich     every feature of the portfolio
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("FIADOR_SHARED", ROOT.parent / "shared"))
SCRIPT = SHARED / "bench" / "pandas_reference.py"
RICH = ROOT / "portfolios" / "home_credit"
YARDSTICK = RICH / "yardstick.toml"
CHILDREN = ("bureau", "previous", "pos", "card", "instalments")
FULL = 356_255


@dataclass(frozen=True)
class Bench:
    """What is measured: the database as delivered, where everything is written, how often a run is repeated."""

    data: Path
    work: Path
    times: int
    duckdb: Path | None

    def raw(self, part: int) -> Path:
        """The first 1/part of the applicants, as Parquet."""
        return self.data if part == 1 else self.work / f"raw_{part}"

    def store(self, part: int) -> Path:
        return self.work / f"store_{part}"

    @property
    def csv(self) -> Path:
        return self.work / "csv"


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast are the features of a full Home Credit database?")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--sizes", default="100,10,1")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", default=",".join(STAGES))
    parser.add_argument("--duckdb", type=Path)
    arguments = parser.parse_args()
    if unknown := set(arguments.only.split(",")) - set(STAGES):
        parser.error(f"no stage {', '.join(sorted(unknown))}; known: {', '.join(STAGES)}")
    sizes = sorted((int(part) for part in arguments.sizes.split(",")), reverse=True)
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or Path(folder)
        bench = Bench(arguments.data or drawn(work), work, arguments.times, arguments.duckdb)
        for stage in arguments.only.split(","):
            print(f"\n-- {stage}", flush=True)
            STAGES[stage](bench, sizes)


def drawn(work: Path) -> Path:
    """The simulated database, drawn unless it is there."""
    data = work / "data"
    if not data.is_dir():
        fiador("simulate", RICH, "--applications", FULL, "--processes", 2, "--out", data, "--truth", work / "truth")
    return data


def ingest(bench: Bench, sizes: list[int]) -> None:
    """Both formats of the largest size, then the stores the other stages read."""
    part = sizes[-1]
    cut(bench, part)
    as_csv(bench, part)
    for name, source in (("Parquet", bench.raw(part)), ("CSV", bench.csv)):
        line(f"1/{part} from {name}", timed("ingest", RICH, "--source", source, "--out", bench.work / "again"))


def speed(bench: Bench, sizes: list[int]) -> None:
    """Yardstick, matrix kept, streamed by table, in turn; then how time grows with the rows."""
    streamed = {}
    for part in sizes:
        stored(bench, part)
        runs: dict[str, list[dict]] = {"pandas": [], "kept": [], "streamed": []}
        for _ in range(bench.times):
            runs["pandas"].append(reference(bench.raw(part)))
            runs["kept"].append(once(bench, YARDSTICK, bench.store(part), "--keep"))
            runs["streamed"].append(once(bench, YARDSTICK, bench.store(part)))
        figures = {name: middle(each) for name, each in runs.items()}
        for name, figure in figures.items():
            line(f"1/{part} {name}", figure, against=figures["pandas"])
        streamed[part] = figures["streamed"]
    growth(streamed)


def growth(figures: dict[int, dict]) -> None:
    """The exponent of time in rows between each size and the next; start-up is in the smallest."""
    parts = sorted(figures, reverse=True)
    for small, large in pairwise(parts):
        for clock in ("wall_s", "cpu_s"):
            exponent = math.log(figures[large][clock] / figures[small][clock]) / math.log(small / large)
            print(f"  1/{small} to 1/{large}: {clock} grows with exponent {exponent:.2f}")


def values(bench: Bench, sizes: list[int]) -> None:
    """How many child features differ by more than 1e-5 and 1e-6, or are null elsewhere."""
    for part in [part for part in sizes if part != 1] or sizes:
        stored(bench, part)
        ours, theirs = bench.work / "ours.parquet", bench.work / "theirs.parquet"
        once(bench, YARDSTICK, bench.store(part), "--out", ours)
        reference(bench.raw(part), theirs)
        compare(part, ours, theirs)


def compare(part: int, ours: Path, theirs: Path) -> None:
    import numpy as np
    import pandas as pd

    theirs_by_key = pd.read_parquet(theirs).set_index("SK_ID_CURR").sort_index()
    names = [c for c in theirs_by_key if "__" in c and c.partition("__")[0].partition("_")[0] in CHILDREN]
    ours_by_key = pd.read_parquet(ours).set_index("key").loc[theirs_by_key.index]
    missing = [name for name in names if name not in ours_by_key]
    wrong = [
        name
        for name in names
        if name in ours_by_key
        and not np.isclose(
            ours_by_key[name].to_numpy(float), theirs_by_key[name].to_numpy(float), rtol=1e-5, atol=1e-6, equal_nan=True
        ).all()
    ]
    print(f"  1/{part}: {len(names)} child features, {len(missing)} missing, {len(wrong)} different {wrong[:5]}")


def memory(bench: Bench, sizes: list[int]) -> None:
    stored(bench, sizes[-1])
    line(f"1/{sizes[-1]} streamed, 2GB", once(bench, YARDSTICK, bench.store(sizes[-1]), memory="2GB"))


def csv(bench: Bench, sizes: list[int]) -> None:
    as_csv(bench, sizes[-1])
    theirs = reference(bench.csv)
    line("CSV pandas", theirs, against=theirs)
    line("CSV kept", once(bench, YARDSTICK, bench.csv, "--keep"), against=theirs)


def rich(bench: Bench, sizes: list[int]) -> None:
    stored(bench, sizes[-1])
    line(f"1/{sizes[-1]} rich, streamed", once(bench, RICH, bench.store(sizes[-1])))
    line(f"1/{sizes[-1]} rich, streamed, 4GB", once(bench, RICH, bench.store(sizes[-1]), memory="4GB"))


STAGES = {"ingest": ingest, "speed": speed, "values": values, "memory": memory, "csv": csv, "rich": rich}


def reference(data: Path, *out: Path) -> dict:
    ran = subprocess.run([sys.executable, SCRIPT, data, *out], check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def once(bench: Bench, portfolio: Path, source: Path, *more: object, memory: str = "") -> dict:
    """One run of fiador in a process of its own."""
    environment = {**os.environ, "FIADOR_MEMORY": memory} if memory else dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or what is imported on the way is compiled at every run
    if bench.duckdb:
        environment["PYTHONPATH"] = str(bench.duckdb)
    words = [sys.executable, "-m", "benchmarks.features_once", portfolio, source, *more]
    ran = subprocess.run(
        [str(w) for w in words], check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    return json.loads(ran.stdout)


def middle(runs: list[dict]) -> dict:
    """The median of every figure."""
    return {**runs[0], **{name: median(run[name] for run in runs) for name in ("wall_s", "cpu_s", "peak_gb")}}


def line(name: str, figure: dict, *, against: dict | None = None) -> None:
    text = f"  {name:<26}{figure['wall_s']:>9.2f} s {figure['cpu_s']:>9.2f} processor s {figure['peak_gb']:>6.2f} GB"
    if against:
        times = [against[clock] / figure[clock] for clock in ("wall_s", "cpu_s")]
        text += f"   {times[0]:.2f} times as fast ({times[1]:.2f} by processor)"
        text += f", {figure['peak_gb'] / against['peak_gb']:.2f} of its peak"
    print(f"{text}   {figure.get('columns', '')}", flush=True)


def stored(bench: Bench, part: int) -> None:
    cut(bench, part)
    if not bench.store(part).is_dir():
        fiador("ingest", RICH, "--source", bench.raw(part), "--out", bench.store(part))


def cut(bench: Bench, part: int) -> None:
    """The first 1/part of the applicants by key, and all their rows."""
    folder = bench.raw(part)
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    keys = f"SELECT SK_ID_CURR FROM read_parquet('{bench.data}/application_*.parquet', union_by_name = true)"
    first = f"SELECT * FROM ({keys}) ORDER BY 1 LIMIT {FULL // part}"
    for file in bench.data.glob("*.parquet"):
        column = "SK_ID_CURR" if file.stem != "bureau_balance" else "SK_ID_BUREAU"
        own_keys = first if column == "SK_ID_CURR" else f"SELECT SK_ID_BUREAU FROM '{folder}/bureau.parquet'"
        if column == "SK_ID_BUREAU":
            copy(
                f"SELECT * FROM '{bench.data}/bureau.parquet' WHERE SK_ID_CURR IN ({first})", folder / "bureau.parquet"
            )
        copy(f"SELECT * FROM '{file}' WHERE {column} IN ({own_keys})", folder / file.name)


def as_csv(bench: Bench, part: int) -> None:
    cut(bench, part)
    if not bench.csv.is_dir():
        bench.csv.mkdir(parents=True)
        for file in bench.raw(part).glob("*.parquet"):
            copy(f"SELECT * FROM '{file}'", bench.csv / f"{file.stem}.csv")


def copy(sql: str, target: Path) -> None:
    kind = "FORMAT csv, HEADER" if target.suffix == ".csv" else "FORMAT parquet"
    duckdb.execute(f"COPY ({sql}) TO '{target}' ({kind})")


def fiador(*words: object) -> None:
    subprocess.run([sys.executable, "-m", "fiador", *map(str, words)], check=True, stdout=2, stderr=subprocess.DEVNULL)


def timed(*words: object) -> dict:
    """Seconds, processor seconds and peak memory of one command."""
    before, start = os.times(), time.perf_counter()
    code = f"import resource as r, runpy, sys; sys.argv = {['fiador', *map(str, words)]!r}\n"
    code += "try: runpy.run_module('fiador', run_name='__main__')\n"
    code += "finally: print(r.getrusage(r.RUSAGE_SELF).ru_maxrss / 1e6)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall_s": time.perf_counter() - start, "cpu_s": busy, "peak_gb": float(ran.stdout.split()[-1])}


if __name__ == "__main__":
    main()
